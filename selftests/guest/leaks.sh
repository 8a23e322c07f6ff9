#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck disable=SC2317 # functions are called by check
# Memory to which nobody has a pointer any more, by the kernel's own search (kmemleak).
# This is no test of run.sh: it comes after all others and leaves the module unloaded.

cd "${0%/*}" || exit 1
. ./ktap.sh

leaks=/sys/kernel/debug/kmemleak
report=/tmp/leaks

# It does not tell of what is younger than five seconds; and what is being freed or handed
# over by RCU just now is found by nobody, so it is looked for twice.
no_report() { # PATTERN
	sleep 6
	echo scan >"$leaks"
	sleep 6
	echo scan >"$leaks"
	cat "$leaks" >"$report" || return 1
	! grep -qE "$1" "$report" || {
		head -n 100 "$report" | diagnose
		return 1
	}
}

# Nobody's name is shown any more: what was the module's are numbers in the area of modules.
nothing_left() {
	rmmod bulkhead && no_report 'bulkhead|0xffffffff[a-f]'
}

[ -w "$leaks" ] || {
	echo "KTAP version 1"
	echo "1..0 # SKIP this kernel has no kmemleak"
	exit 4
}
plan 2
check "nothing is lost while the module is loaded" no_report bulkhead
check "nothing is left when it is unloaded" nothing_left
ktap_exit
