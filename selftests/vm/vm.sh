#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boot a Debian kernel, stock or built with what finds mistakes, in QEMU with the module, run a script there and exit with its status.
# make vm calls this, but make turns every failure into its own status 2.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

usage() {
	cat <<-EOF
	usage: vm.sh [NAME=VALUE]...		(or the same NAMEs in the environment)
	  SCRIPT=path        any executable; without it: a shell on this terminal
	  FILES="path ..."   what else to put into /extra, where SCRIPT runs
	  KERNEL=6.12        or ${flavours[*]:1} ${!fragments[*]}
	  SMP=2 MEM=1G       the guest's CPUs and memory
	  NODES=1            or 2 NUMA nodes, with half the memory each
	  ICOUNT=0           1: virtual time, one instruction is 2^ICOUNT_SHIFT ns (default 1)
	  TIMEOUT=300        seconds for boot and SCRIPT together
	  MODULE=1           0: leave the module, /lib/modules/bulkhead.ko, unloaded
	  MODARGS="k=v ..."  the module's parameters
	  MODULES="name ..." more of the kernel's own modules, loaded with what they depend on
	  DISK=size          an empty disk, /dev/vda, that lives as long as the guest
	  APPEND="..."       more kernel command line
	Exits with SCRIPT's status; 124 when time is up; 1 when the guest died, the kernel
	complained or the module did not load; 2 on wrong arguments.
	EOF
}

for arg; do
	case $arg in
	KERNEL=* | SMP=* | MEM=* | NODES=* | ICOUNT=* | ICOUNT_SHIFT=* | TIMEOUT=* | SCRIPT=* | FILES=* | \
	MODULE=* | MODARGS=* | MODULES=* | DISK=* | APPEND=*) declare "$arg" ;;
	-h | --help) usage; exit ;;
	*) usage_error "$arg is not an argument; see vm.sh --help" ;;
	esac
done
: "${KERNEL:=6.12}" "${SMP:=2}" "${MEM:=1G}" "${NODES:=1}" "${ICOUNT:=0}" "${ICOUNT_SHIFT:=1}" "${TIMEOUT:=300}" "${MODULE:=1}"
: "${SCRIPT:=}" "${FILES:=}" "${MODARGS:=}" "${MODULES:=}" "${DISK:=}" "${APPEND:=}"
# shellcheck disable=SC2206 # a list of paths
files=($FILES)
script=${SCRIPT##*/}
cli=$top/tools/bulkhead/bulkhead

# NAME must match an extended regular expression, described in words.
check() {
	[[ ${!1} =~ ^($2)$ ]] || usage_error "$1=${!1} is not $3"
}

check_arguments() {
	local file
	known_flavour "$KERNEL"
	check SMP '[1-9]|[1-5][0-9]|6[0-4]' 'a number of CPUs from 1 to 64'
	check MEM '[1-9][0-9]*[MG]' 'a size such as 512M or 2G'
	check NODES '[12]' '1 or 2'
	check ICOUNT '[01]' '0 or 1'
	check ICOUNT_SHIFT '[0-9]|10' 'a number from 0 to 10'
	check TIMEOUT '[1-9][0-9]{0,5}' 'a number of seconds'
	check MODULE '[01]' '0 or 1'
	check DISK '|[1-9][0-9]*[MG]' 'a size such as 512M or 2G'
	[ -z "$SCRIPT" ] || [ -f "$SCRIPT" ] || usage_error "SCRIPT=$SCRIPT is not a file"
	for file in "${files[@]}"; do
		[ -e "$file" ] || usage_error "FILES: there is no $file"
	done
	[ -n "$SCRIPT" ] || [ -t 0 ] || usage_error "without SCRIPT=path, stdin must be a terminal"
}

need() {
	local command
	for command; do
		command -v "$command" >/dev/null || die "$command is missing; selftests/vm/packages.sh installs what is needed"
	done
}

# The shared libraries and the loader of those of the given files that have any.
libraries() {
	{ find -L "$@" -type f -exec ldd {} + 2>/dev/null || true; } |
		sed -nE 's/^\t(.* => )?(\/[^ ]+) \(0x.*/\2/p' | sort -u
}

# Copy one of the kernel's own modules to where the guest loads them from in the order of
# their names: what it depends on comes first.
stage_module() { # NAME
	local tree=$kernel/lib/modules target=$root/lib/modules/stock file depends dependency
	local pattern=${1//[-_]/[-_]}
	! compgen -G "$target/*-$pattern.ko" >/dev/null || return 0
	file=$(find "$tree" -name "$pattern.ko*" -print -quit)
	if [ -z "$file" ]; then
		grep -q "/$pattern.ko$" "$tree"/*/modules.builtin || usage_error "MODULES: $KERNEL has no $1"
		return
	fi
	depends=$(modinfo -F depends "$file")
	for dependency in ${depends//,/ }; do
		stage_module "$dependency"
	done
	mkdir -p "$target"
	target+=/$(printf '%03d' "$(find "$target" -type f | wc -l)")-$(basename "${file%.ko*}").ko
	case $file in
	*.xz) xz -dc "$file" >"$target" ;;
	*) cp "$file" "$target" ;;
	esac
}

# Fill $root with the guest's file system.
stage() {
	local bash
	bash=$(command -v bash)
	mkdir -p "$root"/{bin,dev,etc,extra,lib/modules,lib64,proc,root,run,sys,tmp,usr,vm}
	ln -s bin "$root/sbin"
	ln -s ../bin ../sbin ../lib ../lib64 "$root/usr/"
	echo 'root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:
nogroup:x:65534:' >"$root/etc/group"

	cp "$here/init" "$root/init"
	cp "$here/splats" "$root/vm/"
	printf '#!/bin/sh\nkill -KILL -1\n' >"$root/vm/poweroff"
	chmod +x "$root/vm/poweroff"
	cp -L "$cache/busybox/bin/busybox" "$bash" "$root/bin/"
	cp "$cli" "$root/bin/"
	local programs=("$bash" "$cli")
	if [ -n "$SCRIPT" ]; then
		cp -L "$SCRIPT" "$root/extra/"
		chmod +x "$root/extra/$script"
		programs+=("$SCRIPT")
	fi
	[ ${#files[@]} -eq 0 ] || cp -rL "${files[@]}" "$root/extra/"

	libraries "${programs[@]}" "${files[@]}" | while read -r library; do
		mkdir -p "$root${library%/*}"
		cp -L "$library" "$root$library"
	done

	local module
	for module in $MODULES ${DISK:+virtio_pci virtio_blk}; do
		stage_module "$module"
	done

	local size=
	[ ! -t 1 ] || size=$(stty size </dev/tty 2>/dev/null | grep -v '^0 ') || size=
	cat >"$root/vm/config" <<-EOF
	ICOUNT=$ICOUNT
	MODULE=$MODULE
	MODARGS=${MODARGS@Q}
	SCRIPT=${script@Q}
	SIZE=${size@Q}
	TERM=${TERM:-vt100}
	EOF
}

needs_new_qemu() { [ "$ICOUNT" = 1 ] && [ "$SMP" -gt 1 ]; }

# What QEMU is started with, in $qemu.
configure() {
	local append="console=ttyS0 loglevel=5 log_buf_len=1M nokaslr mitigations=off tsc=reliable no_timer_check"
	# Its tests of itself take a second of every CPU.
	append+=" cryptomgr.notests"
	# Every complaint of the kernel is the end of the run, at once.
	append+=" panic=-1 oops=panic panic_on_warn=1 sysctl.kernel.softlockup_panic=1"
	append+=" sysctl.kernel.hung_task_panic=1 sysctl.kernel.panic_on_rcu_stall=1"
	# Emulated CPUs of a busy machine may stand still for a while.
	append+=" watchdog_thresh=60 workqueue.watchdog_thresh=120 rcupdate.rcu_cpu_stall_timeout=120"
	qemu=(qemu-system-x86_64)
	if needs_new_qemu; then
		qemu=("$cache/qemu/usr/bin/qemu-system-x86_64" -L "$cache/qemu/usr/share/qemu" -L /usr/share/seabios)
	fi
	if [ "$ICOUNT" = 1 ]; then
		qemu+=(-accel "tcg,thread=single" -icount "shift=$ICOUNT_SHIFT,sleep=off" -rtc clock=vm)
	else
		qemu+=(-accel "tcg,thread=multi")
		# The other CPUs are started by init, when the code may be changed; see poke_twice.c.
		append+=" maxcpus=1"
	fi
	qemu+=(-nodefaults -display none -no-reboot -cpu max -smp "$SMP" -m "$MEM"
		-kernel "$kernel/vmlinux" -initrd "$work/initramfs" -append "$append $APPEND"
		-serial "file:$log"
		-chardev "stdio,id=terminal,signal=off" -serial chardev:terminal
		-serial "file:$work/status")
}

# The even CPUs are of the one node, the odd ones of the other.
add_nodes() {
	local node half=$((${MEM%[MG]} / 2))${MEM: -1}
	[[ $half != 0* && $((${MEM%[MG]} % 2)) = 0 ]] || usage_error "MEM=$MEM cannot be halved for NODES=2"
	for node in 0 1; do
		qemu+=(-object "memory-backend-ram,id=node$node,size=$half" -numa "node,nodeid=$node,memdev=node$node")
	done
}

# The disk is a file without blocks until something is written.
add_disk() {
	truncate -s "$DISK" "$work/disk"
	qemu+=(-drive "file=$work/disk,format=raw,if=none,id=disk,cache=unsafe" -device "virtio-blk-pci,drive=disk")
}

# Run the guest; the status is QEMU's, or 124. The script's output goes through a pipe
# because QEMU makes its stdout non-blocking, also for those who share it with us.
boot() {
	if [ -z "$SCRIPT" ]; then
		"${qemu[@]}"
		return
	fi
	mkfifo "$work/output"
	cat <"$work/output" &
	local cat=$!
	timeout -k 5 "$TIMEOUT" "${qemu[@]}" </dev/null >"$work/output" &
	child=$!
	local status=0
	wait "$child" || status=$?
	child=
	wait "$cat"
	return "$status"
}

# Exit with what the guest reported; $1 is QEMU's status.
verdict() {
	local status splat
	status=$(sed -n 's/^status //p' "$work/status")
	splat=$(grep -nm1 -aE -f "$here/splats" "$log") || splat=
	if [ -n "$splat" ]; then
		say "the kernel complained ($log):"
		tail -n "+${splat%%:*}" "$log" | head -n 60 >&2
		exit 1
	fi
	if [ "$1" -eq 124 ]; then
		say "time is up after $TIMEOUT s ($log)"
		exit 124
	fi
	if grep -qx 'gave up' "$work/status"; then
		sed "1s/^/$me: /; /^gave up\$/,\$d" "$work/status" >&2
		exit 1
	fi
	if [ -z "$status" ]; then
		say "the guest died without a word; the end of $log:"
		tail -n 20 "$log" >&2
		exit 1
	fi
	[ -n "$SCRIPT" ] || exit 0
	[ "$status" -eq 0 ] || say "script exited $status (kernel log: $log)"
	exit "$status"
}

# shellcheck disable=SC2317 # called by a trap
cleanup() {
	if [ -n "${child-}" ]; then
		kill "$child" 2>/dev/null || true
		wait "$child" || true
	fi
	rm -rf "$work"
}

check_arguments
need qemu-system-x86_64 cpio gcc make modinfo
"$here/kernels.sh" -q "$KERNEL" busybox
kernel=$(cached "$KERNEL")
! needs_new_qemu || "$here/kernels.sh" -q qemu

work=$(mktemp -d)
root=$work/root
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
say "building for $KERNEL"
mkdir -p "$top/build/vm"
# Several of us may find the tools to be out of date. What was given to an outer make is
# not meant for this one.
flock "$top/build/vm/.lock" env -u MAKEFLAGS -u MAKEOVERRIDES make -s -C "$top/tools" bulkhead/bulkhead >&2 ||
	die "the tools did not build; selftests/vm/packages.sh installs what is needed"
stage
"$here/module.sh" "$KERNEL" "$root/lib/modules" >&2
(cd "$root" && find . | cpio -o -H newc -R 0:0 --quiet) >"$work/initramfs"

# Those of yesterday; another run may be deleting them, too.
find "$top/build/vm" -name '*.log' -mtime +0 -delete 2>/dev/null || true
log=$top/build/vm/$KERNEL-$$.log
touch "$log" "$work/status"	# QEMU may not come that far
configure
[ -z "$DISK" ] || add_disk
[ "$NODES" = 1 ] || add_nodes
say "booting $KERNEL, SMP=$SMP MEM=$MEM ICOUNT=$ICOUNT"
status=0
boot || status=$?
verdict "$status"
