#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Run the tests in /extra, or those that are named, and print their KTAP output.
# In the guest: run.sh [NAME]...; the time limit of one test is TEST_TIMEOUT seconds.

cd "${0%/*}" || exit 1
limit=${TEST_TIMEOUT:-300}
output=/tmp/run.$$
failed=0

# The tests share nothing but the module: what one leaves behind must not fail the next.
tidy() {
	for partition in /sys/fs/cgroup/bulkhead/*/; do
		[ -d "$partition" ] || continue
		echo "# left behind: $partition"
		timeout 20 bulkhead destroy --force "$(basename "$partition")" 2>&1 | sed 's/^/# /'
	done
}

# A test passes if it exits with success or skip and has printed its plan.
run_one() {
	echo "# test: $1"
	{
		timeout -k 5 "$limit" "./$1"
		echo $? >"$output.status"
		# What it left running holds the pipe.
		killall -q -KILL "$1"
	} 2>&1 | tee "$output"
	read -r status <"$output.status"
	case $status in
	124 | 137 | 143) echo "# $1: time is up after $limit s" ;;
	esac
	grep -q '^1\.\.[0-9]' "$output" || {
		echo "# $1: no plan"
		return 1
	}
	[ "$status" -eq 0 ] || [ "$status" -eq 4 ]
}

[ $# -ne 0 ] || set -- *_test *_test.sh
for name; do
	[ -f "$name" ] || continue
	chmod +x "$name"
	run_one "$name" || {
		echo "# $name: FAILED"
		failed=$((failed + 1))
	}
	tidy
done
rm -f "$output" "$output.status"
echo "# $failed tests failed"
[ "$failed" -eq 0 ]
