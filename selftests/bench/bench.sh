#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make bench: what things cost, as ratios against plain cgroup v2 in the same boot,
# under virtual time, and what the guarantees of memory (memory.sh) and CPU (guarantee.sh) are
# worth. KERNELS="6.12 6.1" are measured, and of it
# BENCHMARKS="lifecycle listing switch memory guarantee".
set -euo pipefail
cd "$(dirname "$0")/../.."
here=selftests/bench
vm=selftests/vm/vm.sh
kernels=${KERNELS:-6.12 6.1}

selftests/vm/packages.sh
make -s -C $here all
mkdir -p build

# One vCPU, one instruction per ns: what is printed as ns are instructions.
measure() { # KERNEL BENCHMARK...
	local kernel=$1
	shift
	$vm KERNEL="$kernel" SMP=1 MEM=1G ICOUNT=1 ICOUNT_SHIFT=0 TIMEOUT=1200 \
		SCRIPT=build/bench.run FILES="$here/lifecycle $here/listing $here/switch"
}

# The script that is run takes no arguments: give it a copy that has them.
script() { # BENCHMARK...
	{
		echo '#!/bin/sh'
		echo "set -- $*"
		tail -n +2 $here/guest.sh
	} > build/bench.run
	chmod +x build/bench.run
}

# A ratio is bulkhead / plain of the medians; several lines of one side are runs of
# the same, of which the median counts.
table() { # KERNEL
	awk -v kernel="$1" '
	function median(list,   values, count, i, j, swap) {
		count = split(list, values)
		for (i = 2; i <= count; i++)
			for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
				swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap
			}
		return values[int((count + 1) / 2)]
	}
	$1 == "bench" {
		if (!($2 in seen)) { order[++names] = $2; seen[$2] = 1 }
		medians[$2, $3] = medians[$2, $3] " " $4
		if ($5 > worst[$2, $3])
			worst[$2, $3] = $5
	}
	END {
		for (i = 1; i <= names; i++) {
			name = order[i]
			ours = median(medians[name, "bulkhead"])
			plain = median(medians[name, "plain"])
			printf "%-7s %-16s %12d %12d %12d %12d %8.3f\n", kernel, name, ours, \
				worst[name, "bulkhead"], plain, worst[name, "plain"], ours / plain
		}
		if (!names) {
			print "no result" > "/dev/stderr"
			exit 1
		}
	}'
}

benchmarks=${BENCHMARKS:-lifecycle listing switch memory guarantee}
costs=
memory=
guarantee=
for benchmark in $benchmarks; do
	case $benchmark in
	memory) memory=1 ;;
	guarantee) guarantee=1 ;;
	*) costs+=" $benchmark" ;;
	esac
done

header=$(printf '%-7s %-16s %12s %12s %12s %12s %8s' \
	kernel benchmark bulkhead worst plain worst ratio)
if [ -n "$costs" ]; then
	echo "instructions (one vCPU, -icount shift=0), medians and worst of all samples"
	echo "$header"
	for kernel in $kernels; do
		script "$costs"
		measure "$kernel" > build/bench."$kernel".out
		table "$kernel" < build/bench."$kernel".out
	done
fi
[ -z "$memory" ] || $here/memory.sh
[ -z "$guarantee" ] || exec $here/guarantee.sh
