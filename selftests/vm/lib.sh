# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scripts of selftests/vm share; meant to be sourced.

here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034 # used by the scripts that source this
top=$(realpath "$here/../..")
# shellcheck disable=SC2034
cache=$(realpath -m "${BULKHEAD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulkhead}")
flavours=(6.12 6.1 6.12-rt 6.1-rt)
# Built from Debian's source with what finds mistakes, of these fragments of selftests/vm/config.
declare -A fragments=(
	[debug]="base debug kasan"
	[debug-6.1]="base debug kasan 6.1"
	[kcsan]="base debug kcsan"
)
me=$(basename "$0" .sh)

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { say "$@"; exit 1; }
usage_error() { say "$@"; exit 2; }

known_flavour() {
	case " ${flavours[*]} ${!fragments[*]} " in
	*" $1 "*) ;;
	*) usage_error "KERNEL=$1 is not one of: ${flavours[*]} ${!fragments[*]}" ;;
	esac
}

# The package with the source of debug kernel $1.
source_package() {
	case $1 in
	*-6.1) echo linux-source-6.1 ;;
	*) echo linux-source-6.12 ;;
	esac
}

# Where in the cache $1 is. A debug kernel is named after all that it is made from, so that
# another fragment or source is another kernel.
cached() {
	local package version inputs
	if [ -z "${fragments[$1]-}" ]; then
		echo "$cache/$1"
		return
	fi
	package=$(source_package "$1")
	version=$(apt-cache show --no-all-versions "$package" 2>/dev/null | sed -n 's/^Version: //p')
	[ -n "$version" ] || die "no package $package: try apt-get update (6.12 comes with bookworm-security)"
	# shellcheck disable=SC2086 # a list of names
	inputs=$(cd "$here/config" && echo "$version" | cat - ${fragments[$1]} ../debug-kernel.sh | sha256sum)
	echo "$cache/$1-${inputs:0:12}"
}
