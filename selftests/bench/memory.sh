#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The memory guarantee, measured on KERNELS="6.12 6.1". BENCH=quick takes a few runs of the
# scenarios that the bars are about, without swap; BENCH=full a hundred of all in
# memory.scenarios, and again with swap in the same boot (SWAPS="0 128" are MiB of zram). Both
# measure the cost of a page fault. BENCH_SCENARIOS selects, RUNS and CYCLES take other numbers.
# JOBS=1 boots one guest at a time, instead of one for each kernel. The raw lines stay in
# build/bench.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=selftests/bench
vm=selftests/vm/vm.sh
raw=build/bench
read -ra kernels <<<"${KERNELS:-6.12 6.1}"

case ${BENCH:-quick} in
quick)
	runs=${RUNS:-3} cycles=${CYCLES:-50} swaps=${SWAPS:-0}
	some=${BENCH_SCENARIOS:-reserve-one lend-one excess excess-many cache cycle fault}
	;;
full) runs=${RUNS:-100} cycles=${CYCLES:-1000} swaps=${SWAPS:-0 128} some=${BENCH_SCENARIOS:-} ;;
*)
	echo "BENCH=$BENCH is neither quick nor full" >&2
	exit 2
	;;
esac
sides=idle,bare,plain,bulkhead

# Those that are wanted; asked for one that there is not, say so.
scenarios() {
	local known name
	known=" $(awk '/^[a-z]/ { printf "%s ", $1 }' $here/memory.scenarios)fault "
	for name in ${some:-$known}; do
		[[ $known == *" $name "* ]] || { echo "there is no scenario $name" >&2; return 1; }
		echo "$name"
	done
}

# The script that is run takes no arguments.
write_script() { # FILE KERNEL NAME...
	local file=$1 kernel=$2
	shift 2
	cat > "$file" <<-EOF
	#!/bin/sh
	set -e
	# The first seconds after boot still run boot work.
	sleep 4
	# Not where the last tenant is measured (memory.c): CPUs are another guarantee's matter.
	taskset -p 2 \$(pidof kswapd0) >/dev/null
	# Files without blocks: to read them costs no I/O, and takes page cache as others do.
	disk=/dev/zram\$(cat /sys/class/zram-control/hot_add)
	echo 64M > /sys/block/\${disk#/dev/}/disksize
	mke2fs -b 4096 \$disk >/dev/null 2>&1
	mkdir -p /mnt
	mount -t ext4 \$disk /mnt
	for swap in $swaps; do
		if [ \$swap != 0 ]; then
			disk=zram\$(cat /sys/class/zram-control/hot_add)
			echo \${swap}M > /sys/block/\$disk/disksize
			mkswap /dev/\$disk >/dev/null
			swapon /dev/\$disk
		fi
		echo "world $kernel/\$swap"
		./memory memory.scenarios $runs $cycles $sides $*
		[ \$swap = 0 ] || swapoff /dev/\$disk
	done
	EOF
}

# Progress, in virtual time and in ours; the rest goes on.
progress() { # WHAT
	local line
	while IFS= read -r line; do
		case $line in
		'['*) echo "$1: $line ($SECONDS s)" >&2 ;;
		*) echo "$line" ;;
		esac
	done
}

# Clearing pages byte by byte is what an emulator is slow at: have the kernel do it by words. (6.1
# dies of the option before it says a word.)
measure() { # KERNEL NAME...
	local script=$raw/memory.$1.run words=
	[ "$1" = 6.1 ] || words=clearcpuid=erms
	write_script "$script" "$@"
	$vm KERNEL="$1" SMP=2 MEM=384M ICOUNT=1 TIMEOUT=14400 MODULES="zram ext4 crc32c_generic" \
		APPEND="$words" SCRIPT="$script" \
		FILES="$here/memory $here/memory.scenarios" | progress "$1"
}

# One vCPU, one instruction per ns: what is printed as ns are instructions.
measure_fault() { # KERNEL
	local script=$raw/fault.$1.run
	{
		echo '#!/bin/sh'
		echo 'set -- fault'
		tail -n +2 $here/guest.sh
	} > "$script"
	$vm KERNEL="$1" SMP=1 MEM=1G ICOUNT=1 ICOUNT_SHIFT=0 TIMEOUT=1200 \
		SCRIPT="$script" FILES="$here/fault"
}

wanted=$(scenarios)
fault=$(grep -x fault <<<"$wanted" || true)
read -ra names <<<"$(grep -vx fault <<<"$wanted" | tr '\n' ' ')"
selftests/vm/packages.sh
make -s -C $here memory fault
mkdir -p $raw

# All of one kernel, one guest after the other.
measure_kernel() { # KERNEL
	local status=0
	[ ${#names[@]} -eq 0 ] || measure "$1" "${names[@]}" > "$raw/memory.$1" || status=1
	[ -z "$fault" ] || measure_fault "$1" > "$raw/fault.$1" || status=1
	return $status
}

# Each kernel's measurement in a process group of its own, so that none of its guests is left
# behind when we are interrupted.
children=()
trap 'for child in "${children[@]}"; do kill -- "-$child" 2>/dev/null || true; done' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
set -m
for kernel in "${kernels[@]}"; do
	measure_kernel "$kernel" </dev/null &
	children+=($!)
	[ "${JOBS:-0}" != 1 ] || wait $! || true
done
set +m
status=0
for child in "${children[@]}"; do
	wait "$child" || status=1
done
children=()
[ $status -eq 0 ] || exit $status

tables=()
for kernel in "${kernels[@]}"; do
	[ ${#names[@]} -eq 0 ] || tables+=("$raw/memory.$kernel")
	[ -z "$fault" ] || tables+=("world=$kernel/-" "$raw/fault.$kernel")
done
awk -v runs="$runs" -f $here/memory.awk "${tables[@]}"
