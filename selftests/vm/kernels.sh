#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Fetch the stock Debian kernels that Bulkhead is tested on, with their headers, and what
# the tests need in a certain version: busybox, QEMU, checkpatch. Everything is unpacked into
# a cache and nothing is installed: an installed kernel would be the one to boot next.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

others=(busybox qemu checkpatch)

usage() {
	cat <<-EOF
	usage: kernels.sh [-n|-q] [NAME]...
	Puts each NAME into $cache/NAME, unless it is there.
	NAME: ${flavours[*]} ${others[*]} (default: all of them)
	-n: fetch nothing; fail if one is not there
	-q: say nothing about what is there already
	To get a newer kernel, delete its directory first.
	Also: ${!fragments[*]}, kernels that are built here, into $cache/NAME-HASH.
	EOF
}

# What package $1 depends on, one name a line.
depends() {
	apt-cache depends --no-recommends --no-suggests "$1" 2>/dev/null | sed -n 's/^ *|*Depends: \([^<]*\)$/\1/p'
}

# The package whose name matches $2 among the dependencies of $1.
depends_on() {
	depends "$1" | grep -Exm1 "$2" ||
		die "no package $1 that depends on $2: try apt-get update (6.12 comes with bookworm-security)"
}

apt=(apt-get -q)
# apt's own user cannot write here, which apt would otherwise complain about.
[ "$(id -u)" -ne 0 ] || apt+=(-o APT::Sandbox::User=root)

download() {
	say "$name: downloading $*"
	"${apt[@]}" download "$@" >&2 || die "$name: no download; are the package lists old (apt-get update)?"
}

unpack() {
	local deb
	say "$name: unpacking"
	for deb in *.deb; do
		dpkg -x "$deb" .
	done
	rm -- *.deb
}

# An unsigned little-endian number: $3 bytes at offset $2 of file $1.
number_at() {
	od -An -tu"$3" -j"$2" -N"$3" "$1" | tr -d ' '
}

# Unpack the kernel out of a bzImage. The guest would do it at each boot, emulated;
# the offsets are those of the x86 boot protocol, 2.08 and later.
extract_vmlinux() {
	local sectors offset length
	sectors=$(number_at "$1" 497 1)
	offset=$(number_at "$1" 584 4)
	length=$(number_at "$1" 588 4)
	# The payload's last 4 bytes are its unpacked size, not part of the stream.
	dd if="$1" of=payload bs=1M iflag=skip_bytes,count_bytes status=none \
		skip=$(((sectors + 1) * 512 + offset)) count=$((length - 4))
	zstd -dcq payload 2>/dev/null || xz -dc payload
	rm payload
}

fetch_kernel() {
	local flavour=$name-amd64 image headers common kbuild
	# Debian 12's own kernel has no version in its name.
	flavour=${flavour/#6.1-/}
	image=$(depends_on "linux-image-$flavour" 'linux-image-.*-amd64')
	headers=$(depends_on "linux-headers-$flavour" 'linux-headers-.*-amd64')
	common=$(depends_on "$headers" 'linux-headers-.*-common(-rt)?')
	kbuild=$(depends_on "$headers" 'linux-kbuild-.*')
	download "$image" "$headers" "$common" "$kbuild"

	unpack
	extract_vmlinux boot/vmlinuz-* >vmlinux
	echo "${headers#linux-headers-}" >release
	ln -s "usr/src/$headers" build
	# The one absolute path in the headers is relative to its own file from now on.
	# shellcheck disable=SC2016 # for make, not for the shell
	sed -i 's|^include /usr/src/|include $(dir $(realpath $(lastword $(MAKEFILE_LIST))))../|' build/Makefile
}

fetch_busybox() {
	download busybox-static
	unpack
}

# Debian 12's own QEMU, 7.2, cannot do virtual time with several CPUs: one that waits for
# another does not let it run. The backport, 10.0, runs with the same libraries.
fetch_qemu() {
	local mirror
	# shellcheck disable=SC2016 # for apt
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' 'Created-By: Packages' | head -n 1)
	[ -n "$mirror" ] || die "$name: apt has no lists of Debian 12 (apt-get update)"
	# Lists of its own: those of the system stay as they are.
	mkdir -p apt/lists/partial
	echo "deb $mirror bookworm-backports main" >apt/sources.list
	apt+=(-o "Dir::Etc::SourceList=$PWD/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
		-o "Dir::State::Lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt")
	"${apt[@]}" update >&2 || die "$name: $mirror has no bookworm-backports"
	download qemu-system-{x86,data}/bookworm-backports
	unpack
	rm -r apt
}

fetch_checkpatch() {
	local source=linux-source-6.12 file
	local files=(checkpatch.pl spelling.txt const_structs.checkpatch)
	download "$source"
	say "$name: unpacking"
	# tar stops at the last of them; what feeds it then dies of SIGPIPE.
	(set +o pipefail
	dpkg --fsys-tarfile "$source"_*.deb | tar -xO "./usr/src/$source.tar.xz" | xz -T0 -dc |
		tar -x --strip-components=2 --occurrence=1 "${files[@]/#/$source/scripts/}") 2>/dev/null
	for file in "${files[@]}"; do
		[ -s "$file" ] || die "$source has no scripts/$file"
	done
	rm -- *.deb
}

fetch_debug_kernel() {
	"$here/packages.sh" bc bison flex
	download "$(source_package "$name")"
	"$here/debug-kernel.sh" "$name" "$PWD"
}

# Fill a directory aside and rename it: whoever sees $target sees all of it.
fetch() (
	name=$1 target=$2
	exec 9>"$cache/.$name.lock"
	flock 9
	[ ! -d "$target" ] || exit 0
	work=$(mktemp -d "$cache/.$name.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	cd "$work"
	case $name in
	[0-9]*) fetch_kernel ;;
	debug* | kcsan) fetch_debug_kernel ;;
	*) "fetch_$name" ;;
	esac
	chmod 755 "$work"
	mv -T "$work" "$target"
	say "$name: ready in $target"
)

quiet='' look=''
case ${1-} in
-n) look=1; shift ;;
-q) quiet=1; shift ;;
-h | --help) usage; exit ;;
esac
[ $# -ne 0 ] || set -- "${flavours[@]}" "${others[@]}"
for name; do
	[[ " ${others[*]} " == *" $name "* ]] || known_flavour "$name"
done
for name; do
	target=$(cached "$name")
	if [ -d "$target" ]; then
		[ -n "$quiet$look" ] || say "$name: ready in $target"
		continue
	fi
	[ -z "$look" ] || exit 1
	command -v apt-get >/dev/null || die "apt-get is missing: the kernels come from Debian 12's package archive"
	mkdir -p "$cache"
	fetch "$name" "$target"
done
