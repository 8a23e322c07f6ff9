#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build a debug kernel from the linux-source package that is in DIRECTORY, and leave there what
# booting it and building modules for it need. kernels.sh calls this.
#   debug-kernel.sh NAME DIRECTORY
set -euo pipefail
. "$(dirname "$0")/lib.sh"

name=$1
cd "$2"
say() { printf '%s: %s\n' "$name" "$*" >&2; }

package=$(source_package "$name")
log=$PWD/make.log

# Run make, and say now and then how far it is.
compile() {
	local files=0 shown=$SECONDS line
	say "compiling ${fragments[$name]}: about 1200 files"
	while read -r line; do
		case $line in
		'CC '* | 'AS '*) files=$((files + 1)) ;;
		esac
		if [ $((SECONDS - shown)) -ge 20 ]; then
			shown=$SECONDS
			say "$files files after $((SECONDS - started)) s"
		fi
	done < <(make -j"$(nproc)" vmlinux modules 2>&1 | tee "$log")
	[ -s vmlinux ] || {
		tail -n 40 "$log" >&2
		die "the kernel did not build"
	}
}

# What make of a module outside of the tree reads.
needed() {
	printf '%s\n' Makefile .config Module.symvers tools/objtool/objtool
	find arch/x86 -maxdepth 1 -name 'Makefile*'
	find arch/x86 -type d -name include
	find include scripts -type f ! -name '*.o' ! -name '.*.cmd'
}

# Calls of make above this one, and what was given to them, are none of this one's business.
unset MAKEFLAGS MAKEOVERRIDES MAKELEVEL
export KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=bulkhead KBUILD_BUILD_HOST=bulkhead
started=$SECONDS
say "unpacking"
dpkg --fsys-tarfile "${package}"_*.deb | tar -xO "./usr/src/$package.tar.xz" | xz -T0 -dc | tar -x
rm -- *.deb
mv "$package" source
cd source
for fragment in ${fragments[$name]}; do
	cat "$here/config/$fragment"
done >wanted
# What nobody asks for is off.
make -s KCONFIG_ALLCONFIG=wanted allnoconfig 2>&1 | tee "$log" >&2
# shellcheck disable=SC2086 # a list of names
(cd "$here/config" && ../verify-config.sh "$OLDPWD/.config" ${fragments[$name]}) >&2 ||
	die "options that were asked for are not as wanted: see above"
compile

release=$(make -s kernelrelease)
echo "$release" >../release
mkdir -p ../boot ../build "../lib/modules/$release"
objcopy --strip-debug vmlinux ../vmlinux
cp .config "../boot/config-$release"
cp System.map "../boot/System.map-$release"
cp modules.builtin "../lib/modules/$release/"
needed | sort -u | tar -c -T - | tar -x -C ../build
cd ..
rm -rf source make.log
say "built in $((SECONDS - started)) s, $(du -sh . | cut -f1)"
