#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run every test: make check.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
	cat <<-EOF
	usage: check.sh [static] [host] [guest]		(default: all three)
	  static   builds without a warning, sparse, checkpatch, layers, shellcheck
	  host     the pure files and the tools, under sanitizers
	  guest    the tests in virtual machines
	In the environment:
	  KERNELS="6.12 6.1 6.12-rt 6.1-rt debug"   which of them to build for and to boot;
	                                      without it, debug only if it has been built
	  TESTS="abi_test ..."                which programs of selftests/guest to run
	  JOBS=2                              how many steps at once
	What each step printed is in build/check/. The last line counts the results, and the
	status is 0 if there were any and none failed.
	EOF
}

stages=
for arg; do
	case $arg in
	static | host | guest) stages+=" $arg" ;;
	-h | --help) usage; exit ;;
	*) usage >&2; exit 2 ;;
	esac
done
: "${stages:= static host guest}" "${KERNELS:=}" "${JOBS:=$(nproc)}"
: "${TESTS:=}"
# The real-time kernels run these only: that it loads, that its calls work, and the scheduler.
smoke="abi_test settings_test membership_test kill_test account_test account_sum_test"
# Who gets how much CPU. hotplug_test is the last: a CPU that has been offline is another one
# for the kernel's fair server.
rules="affinity_test gaming_test guarantee_test pressure_test quiet_test realtime_test hotplug_test"
# In guests with a kernel command line of their own.
isolation="isolation_test"
# In small guests: they take all memory there is.
memory="recall_test reserve_test shortage_test"
oom="oom_test oom_edge_test"
nodes="numa_test"
logs=build/check
mkdir -p "$logs"
rm -f "$logs"/*
begun=$SECONDS
steps=()

# In the guest stage the modules are those of the static stage, if it ran.
export KFLAGS=W=1
# What is one job less for the make that runs this is no jobserver for what runs here.
unset MAKEFLAGS MAKELEVEL

say() { printf '[%4d s] %s\n' $((SECONDS - begun)) "$*" >&2; }

wanted() { [[ " $stages " == *" $1 "* ]]; }

# Run $2... with its output in the log of step $1 and leave the counts in NAME.result.
# What it prints as failures is kept in NAME.failures.
run_ktap() {
	local name=$1 status=0 passed failed skipped
	shift
	"$@" >"$logs/$name.log" 2>&1 </dev/null || status=$?
	awk -f selftests/lib/ktap.awk "$logs/$name.log" >"$logs/$name.failures"
	read -r passed failed skipped < <(tail -n 1 "$logs/$name.failures")
	sed -i '$d' "$logs/$name.failures"
	# All results may be good and the program not: a leak at its end, a kernel that complained.
	if [ "$status" -ne 0 ] && [ "$status" -ne 4 ] && [ $((failed * passed)) -eq 0 ]; then
		[ "$failed" -ne 0 ] || failed=1
		{
			echo "exited with status $status"
			tail -n 60 "$logs/$name.log" | sed 's/^/    /'
		} >>"$logs/$name.failures"
	fi
	echo "$passed $failed $skipped" >"$logs/$name.result"
}

# The same for a command that passes or fails as a whole.
run_plain() {
	local name=$1
	shift
	if "$@" >"$logs/$name.log" 2>&1 </dev/null; then
		echo 1 0 0 >"$logs/$name.result"
	else
		{
			echo "exited with status $?"
			tail -n 60 "$logs/$name.log" | sed 's/^/    /'
		} >"$logs/$name.failures"
		echo 0 1 0 >"$logs/$name.result"
	fi
}

# Run a step, and say so.
run() {
	local name=$2 start=$SECONDS passed failed skipped
	say "$name ..."
	"run_$1" "${@:2}"
	read -r passed failed skipped <"$logs/$name.result"
	say "$name: $passed passed, $failed failed, $skipped skipped in $((SECONDS - start)) s"
}

# Begin a step, as soon as fewer than JOBS are running.
running=0
begin() {
	if [ "$running" -ge "$JOBS" ]; then
		wait -n || true
		running=$((running - 1))
	fi
	steps+=("$2")
	run "$@" &
	running=$((running + 1))
}

finish_all() {
	wait
	running=0
}

# shellcheck disable=SC2317 # called by a trap
interrupted() {
	local jobs
	mapfile -t jobs < <(jobs -p)
	# Each with all that it started, guests included.
	[ ${#jobs[@]} -eq 0 ] || kill -- "${jobs[@]/#/-}" 2>/dev/null || true
	wait
	exit 130
}
trap interrupted INT TERM
# Each job in a process group of its own.
set -m

static_stage() {
	local kernel
	begin plain checkpatch selftests/static/checkpatch.sh
	begin plain shellcheck selftests/static/shellcheck.sh
	begin ktap layers selftests/static/check-layers.sh
	begin ktap layers-self-test selftests/static/check-layers.sh --self-test
	begin ktap ktap-awk selftests/lib/ktap_awk_test.sh
	begin plain uapi-page Documentation/uapi.sh --check
	begin ktap verify-config selftests/vm/verify-config.sh --self-test
	for kernel in $KERNELS; do
		begin plain "build-$kernel" selftests/static/build.sh "$kernel"
	done
	# It takes what the build of the same kernel leaves.
	finish_all
	case " $KERNELS " in
	*" 6.12 "*) begin plain sparse selftests/static/sparse.sh ;;
	esac
}

host_stage() {
	begin ktap host make -s --no-print-directory -C selftests/host check
	begin ktap tools make -s --no-print-directory -C tools check
}

guest_programs() {
	make -s --no-print-directory -C tools all
	make -s --no-print-directory -C selftests/guest all
	make -s --no-print-directory -C selftests/torture all
}

# The files of the tests named, or of all there are but those that have steps of their own.
guest_files() {
	local name
	if [ $# -eq 0 ]; then
		for name in $rules $isolation $memory $oom $nodes; do
			set -- "$@" ! -name "$name"
		done
		find selftests/guest -maxdepth 1 -type f \
			\( -name '*_test' -o -name '*_test.sh' \) "$@" | sort
		return
	fi
	for name; do
		echo "selftests/guest/$name"
	done
}

# Boot a guest with a command. An emulated CPU may run a breakpoint that the kernel has removed
# from its code already (Documentation/testing.rst): that guest died of its emulator and tells
# nothing of us, so another takes its place. Every other end counts.
boot_with() {
	local output status try emulator='Oops: int3'
	output=$(mktemp)
	for try in 1 2 3; do
		status=0
		"$@" >"$output" 2>&1 || status=$?
		grep -qE "$emulator" "$output" || break
		echo "# guest $try died of its emulator:"
		grep -E -A 60 "$emulator" "$output" | sed 's/^/#   /'
	done
	cat "$output"
	rm "$output"
	return "$status"
}

boot() { boot_with selftests/vm/vm.sh "$@"; }

guest_step() {
	local kernel=$1 files helper
	shift
	files=$(guest_files "$@")
	# What the tests use: programs and shell functions.
	for helper in selftests/guest/json_check selftests/guest/ktap.sh; do
		[ ! -e "$helper" ] || files+=" $helper"
	done
	boot KERNEL="$kernel" SMP=2 MEM="${GUEST_MEM:-1G}" TIMEOUT=1200 \
		SCRIPT=selftests/guest/run.sh FILES="${files//$'\n'/ }"
}

# All that a guest of any kernel runs, with what finds mistakes that no test sees.
debug_step() {
	local files
	files=$(guest_files "${@:2}")
	boot KERNEL="$1" SMP=2 MEM=2G TIMEOUT=1800 SCRIPT=selftests/guest/debug.sh \
		FILES="${files//$'\n'/ } selftests/guest/run.sh selftests/guest/leaks.sh
			selftests/guest/json_check selftests/guest/ktap.sh"
}

# The module that is loaded is not the one that is tested.
kunit_step() {
	boot KERNEL="$1" SMP=2 MEM=1G TIMEOUT=900 MODULE=0 SCRIPT=selftests/kunit/kunit.sh
}

# In virtual time: a CPU that stands still would be billed to whoever was running there.
rules_step() {
	# shellcheck disable=SC2086 # a list of names
	ICOUNT=1 guest_step "$1" $rules
}

# A kernel that leaves CPU 1 alone.
isolation_step() {
	ICOUNT=1 APPEND="$2" guest_step "$1" "$isolation"
}

memory_step() {
	# shellcheck disable=SC2086 # a list of names
	GUEST_MEM=448M MODULES=zram DISK=1G guest_step "$1" $memory
}

oom_step() {
	# shellcheck disable=SC2086 # a list of names
	GUEST_MEM=448M guest_step "$1" $oom
}

# As small as a machine can be.
small_step() {
	GUEST_MEM=256M guest_step "$1" memory_test reserve_test
}

nodes_step() {
	GUEST_MEM=512M NODES=2 guest_step "$1" "$nodes"
}

# A module with fault points, for the test that makes each write of a change fail.
faults_step() {
	KFLAGS="W=1 KCFLAGS=-DBULKHEAD_FAULTS" guest_step "$1" atomic_test
}

# Everything at once, for a minute.
torture_step() {
	boot_with selftests/torture/torture.sh KERNEL="$1" MINUTES=1
}

# A kernel without PSI, on which the module has to refuse to load.
refusal_step() {
	boot KERNEL="$1" SMP=1 MEM=512M TIMEOUT=300 MODULE=0 APPEND=psi=0 \
		SCRIPT=selftests/guest/refuse_load.sh FILES=selftests/guest/ktap.sh
}

rules_stage() {
	local kernel
	for kernel in $KERNELS; do
		case $kernel in
		*-rt | debug*) continue ;;
		esac
		[ -n "$TESTS" ] || begin ktap "rules-$kernel" rules_step "$kernel"
		[[ -z $TESTS || " $TESTS " == *" $isolation "* ]] || continue
		begin ktap "isolcpus-$kernel" isolation_step "$kernel" isolcpus=1
		begin ktap "nohz-full-$kernel" isolation_step "$kernel" nohz_full=1
	done
	finish_all
}

guest_stage() {
	local kernel
	# The programs must be there first, and a module that others use be left alone.
	finish_all
	begin plain guest-programs guest_programs
	finish_all
	# The longest of them first.
	for kernel in $KERNELS; do
		# shellcheck disable=SC2086 # a list of names
		case $kernel in
		debug*)
			begin ktap "guest-$kernel" debug_step "$kernel" $TESTS
			[ -n "$TESTS" ] || begin ktap "kunit-$kernel" kunit_step "$kernel"
			;;
		esac
	done
	for kernel in $KERNELS; do
		# shellcheck disable=SC2086 # lists of names
		case $kernel in
		debug*) ;;
		*-rt) begin ktap "guest-$kernel" guest_step "$kernel" ${TESTS:-$smoke} ;;
		*) begin ktap "guest-$kernel" guest_step "$kernel" $TESTS ;;
		esac
	done
	finish_all
	rules_stage
	[ -z "$TESTS" ] || return 0
	# In each kernel's turn: this rebuilds the module that the steps above use.
	for kernel in $KERNELS; do
		case $kernel in
		*-rt | debug*) continue ;;
		esac
		begin ktap "refusal-$kernel" refusal_step "$kernel"
		finish_all
		begin ktap "faults-$kernel" faults_step "$kernel"
		finish_all
		begin ktap "memory-$kernel" memory_step "$kernel"
		begin ktap "oom-$kernel" oom_step "$kernel"
		begin ktap "small-$kernel" small_step "$kernel"
		begin ktap "nodes-$kernel" nodes_step "$kernel"
		begin ktap "torture-$kernel" torture_step "$kernel"
	done
}

# shellcheck disable=SC2086 # several
selftests/vm/packages.sh
if [ -z "$KERNELS" ]; then
	KERNELS="6.12 6.1 6.12-rt 6.1-rt"
	if selftests/vm/kernels.sh -n debug 2>/dev/null; then
		KERNELS+=" debug"
	else
		say "without the debug kernel: make debug-kernel builds it"
	fi
fi
# A debug kernel may have to be built first, which takes a while and says so.
for kernel in $KERNELS; do
	case $kernel in
	debug*) selftests/vm/kernels.sh -q "$kernel" ;;
	esac
done
say "make check:$stages, for $KERNELS, $JOBS at once"
for stage in static host guest; do
	if wanted $stage; then
		"${stage}_stage"
	fi
done
finish_all

passed=0 failed=0 skipped=0
for name in "${steps[@]}"; do
	if [ -s "$logs/$name.result" ]; then
		read -r p f s <"$logs/$name.result"
	else
		# It died before it could say anything.
		p=0 f=1 s=0
	fi
	printf '%-20s %5d passed %3d failed %3d skipped\n' "$name" "$p" "$f" "$s"
	if [ "$f" -ne 0 ]; then
		echo "  $logs/$name.log:"
		sed 's/^/  /' "$logs/$name.failures" 2>/dev/null | head -n 80 || true
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
say "done"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -ne 0 ]
