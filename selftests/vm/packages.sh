#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Install, with apt, what building and testing Bulkhead on Debian 12 needs, and the packages that
# are named besides, if any of it is missing.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

packages=(
	gcc libc6-dev make pahole pkgconf libelf-dev libsmartcols-dev	# build the module and the tools
	qemu-system-x86 cpio kmod xz-utils zstd			# boot the guests
	perl shellcheck sparse					# static checks
	"$@"
)

root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "neither root nor sudo; as root, run: $*"
	fi
}

command -v apt-get >/dev/null || die "apt-get is missing: this is for Debian 12; install what corresponds to: ${packages[*]}"

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null) || true
missing=()
for package in "${packages[@]}"; do
	grep -qx "installed $package" <<<"$installed" || missing+=("$package")
done

# The kernels come from the same lists, so they must be there even if nothing is missing.
if [ ${#missing[@]} -ne 0 ] || ! apt-cache show linux-image-6.12-amd64 >/dev/null 2>&1; then
	say "updating the package lists"
	root apt-get -q update >&2
fi
if [ ${#missing[@]} -ne 0 ]; then
	say "installing ${missing[*]}"
	root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}" >&2
fi
