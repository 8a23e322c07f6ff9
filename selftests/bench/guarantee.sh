#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The CPU guarantee, measured on KERNELS="6.12 6.1": every scenario of guarantee.scenarios, or
# those of BENCH_SCENARIOS. BENCH=quick boots each kernel once, BENCH=full five times.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=selftests/bench
vm=selftests/vm/vm.sh
raw=build/bench
kernels=${KERNELS:-6.12 6.1}

case ${BENCH:-quick} in
quick) boots=1 windows=${BENCH_WINDOWS:-4} ;;
full) boots=5 windows=${BENCH_WINDOWS:-8} ;;
*) echo "BENCH=$BENCH is neither quick nor full" >&2; exit 2 ;;
esac

selftests/vm/packages.sh
make -s -C $here guarantee
mkdir -p $raw

# NAME and CPUS of the scenarios that are wanted.
scenarios() {
	awk -v wanted="${BENCH_SCENARIOS-}" '
	BEGIN {
		count = split(wanted, names)
		for (i = 1; i <= count; i++)
			asked[names[i]] = 1
	}
	/^[^ \t#]/ && match($0, /cpus=[0-9]+/) && (!count || $1 in asked) {
		print $1, substr($0, RSTART + 5, RLENGTH - 5)
		delete asked[$1]
	}
	END {
		for (name in asked) {
			print "there is no scenario " name > "/dev/stderr"
			status = 1
		}
		exit status
	}' $here/guarantee.scenarios
}

# One guest for each number of CPUs: those that are taken offline still slow down the rest.
measure() { # KERNEL
	local kernel=$1 boot cpus names script
	: > $raw/guarantee."$kernel"
	for ((boot = 1; boot <= boots; boot++)); do
		while read -r cpus; do
			names=$(awk -v cpus="$cpus" '$2 == cpus { printf " %s", $1 }' <<<"$list")
			# The script that is run takes no arguments.
			script=$raw/guarantee.$kernel.run
			printf '#!/bin/sh\n# The first seconds after boot still run boot work.\n' > "$script"
			printf 'sleep 4\nexec ./guarantee guarantee.scenarios %s\n' "$cpus $windows$names" >> "$script"
			$vm KERNEL="$kernel" SMP="$cpus" MEM=1G ICOUNT=1 TIMEOUT=3600 SCRIPT="$script" \
				FILES="$here/guarantee $here/guarantee.scenarios" |
				sed -u "/^\[/ { s/^/$kernel /; w /dev/stderr
					d }" >> $raw/guarantee."$kernel"
		done < <(awk '{ print $2 }' <<<"$list" | sort -nu)
	done
}

list=$(scenarios)
children=()
for kernel in $kernels; do
	measure "$kernel" &
	children+=($!)
done
status=0
for child in "${children[@]}"; do
	wait "$child" || status=1
done
[ $status -eq 0 ] || exit $status
for kernel in $kernels; do
	awk -v kernel="$kernel" -f $here/guarantee.awk $raw/guarantee."$kernel"
done
