#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The CPU guarantee, measured on KERNELS="6.12 6.1": every scenario of guarantee.scenarios, or
# those of BENCH_SCENARIOS. BENCH=quick boots each kernel once, BENCH=full five times, which
# takes hours: if it is interrupted the next one goes on behind the guests that had ended. The
# raw lines, and a picture of the first kernel's last boot, stay in build/bench.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=selftests/bench
vm=selftests/vm/vm.sh
raw=build/bench
read -ra kernels <<<"${KERNELS:-6.12 6.1}"

case ${BENCH:-quick} in
quick) boots=1 windows=3 ;;
full) boots=5 windows=8 ;;
*)
	echo "BENCH=$BENCH is neither quick nor full" >&2
	exit 2
	;;
esac

# A line for each scenario that is wanted: its CPUs and its name.
scenarios() {
	awk -v wanted="${BENCH_SCENARIOS-}" '
	BEGIN {
		count = split(wanted, names)
		for (i = 1; i <= count; i++)
			asked[names[i]] = 1
	}
	/^[^ \t#]/ && match($0, /cpus=[0-9]+/) && (!count || $1 in asked) {
		print substr($0, RSTART + 5, RLENGTH - 5), $1
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

# With many CPUs that share QEMU's one thread, each is slow: let virtual time pass slower.
shift_of() { # CPUS
	echo $(($1 < 8))
}

# The script that is run takes no arguments. Each boot meets the ticks in another phase.
write_script() { # FILE BOOT CPUS NAME...
	local file=$1 boot=$2
	shift 2
	cat > "$file" <<-EOF
	#!/bin/sh
	# The first seconds after boot still run boot work.
	sleep 4.0$boot
	exec ./guarantee guarantee.scenarios $1 $windows ${*:2}
	EOF
}

boot() { # KERNEL BOOT CPUS NAME...
	local script=$raw/guarantee.$1.run
	write_script "$script" "${@:2}"
	$vm KERNEL="$1" SMP="$3" MEM=1G ICOUNT=1 ICOUNT_SHIFT="$(shift_of "$3")" TIMEOUT=3600 \
		SCRIPT="$script" FILES="$here/guarantee $here/guarantee.scenarios" |
		while IFS= read -r line; do
			case $line in
			# Progress, in virtual time and in ours.
			'['*) echo "$1: $line ($SECONDS s)" >&2 ;;
			*) echo "$line" ;;
			esac
		done
}

# Where the lines of each guest are kept until all have ended: what they measured, and how, is
# in the name.
parts() {
	echo "$raw/parts.$({ cat kmod/*.[ch] $here/*.[ch] $here/guarantee.scenarios
		echo "$boots $windows $list"; } | sha256sum | cut -c 1-12)"
}

# A guest for each number of CPUs: one that is taken offline goes on slowing down the rest.
measure() { # KERNEL
	local boot cpus names part
	for ((boot = 1; boot <= boots; boot++)); do
		while read -r cpus names; do
			part=$parts/$1.$boot.$cpus
			if [ -e "$part" ]; then
				echo "$1: boot $boot with $cpus CPUs is there already" >&2
			else
				# shellcheck disable=SC2086 # several names
				boot "$1" "$boot" "$cpus" $names > "$part.new"
				mv "$part.new" "$part"
			fi
			cat "$part"
		done < <(awk '{ names[$1] = names[$1] " " $2 }
			END { for (cpus in names) print cpus names[cpus] }' <<<"$list" | sort -n)
	done > "$raw/guarantee.$1"
}

# The longest one, in ms.
control_period() {
	sed -nE 's/^#define[ \t]+LIMIT_CONTROL_PERIOD_MAX_NS[ \t]+([0-9]+)000000(U?L*)$/\1/p' kmod/limits.h
}

# The windows of scenario picture, each as a step: its time, and what each group got.
steps() { # FILE ARM
	awk -F '\t' -v arm="$2" '
	$1 == "window" && $2 == "picture" && $3 == arm {
		if ($5 != end) {
			start = $5 > end ? end + 0 : 0
			end = $5
			text[end] = ""
			from[end] = start
			if (start == 0)
				count = 0
			time[++count] = end
		}
		text[end] = text[end] " " $7 / $6
	}
	END {
		for (i = 1; i <= count; i++)
			printf "%s%s\n%s%s\n", from[time[i]], text[time[i]], time[i], text[time[i]]
	}' "$1"
}

draw() { # KERNEL
	local arm
	for arm in plain bulkhead; do
		steps "$raw/guarantee.$1" $arm > $raw/picture.$arm
	done
	gnuplot -e "kernel='$1'; plain='$raw/picture.plain'; bulkhead='$raw/picture.bulkhead'" \
		$here/guarantee.gnuplot > $raw/guarantee.svg
	echo "The picture is $raw/guarantee.svg"
}

list=$(scenarios)
period=$(control_period)
[ -n "$period" ] || { echo "kmod/limits.h has no control period in ms" >&2; exit 1; }
selftests/vm/packages.sh gnuplot-nox
make -s -C $here guarantee
parts=$(parts)
[ "$boots" -gt 1 ] || rm -rf "$parts"
mkdir -p "$parts"

# Each kernel's measurement in a process group of its own, so that none of its guests is left
# behind when we are interrupted.
children=()
trap 'for child in "${children[@]}"; do kill -- "-$child" 2>/dev/null || true; done' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
set -m
for kernel in "${kernels[@]}"; do
	measure "$kernel" </dev/null &
	children+=($!)
done
set +m
status=0
for child in "${children[@]}"; do
	wait "$child" || status=1
done
children=()
[ $status -eq 0 ] || exit $status
rm -rf "$parts"

for kernel in "${kernels[@]}"; do
	awk -v kernel="$kernel" -v period="$period" -v shift="$(shift_of 8)" -f $here/guarantee.awk \
		"$raw/guarantee.$kernel"
done
! grep -q ' picture$' <<<"$list" || draw "${kernels[0]}"
