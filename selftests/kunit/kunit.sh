#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# In a guest with the debug kernel: load bulkhead_kunit.ko, which runs its suites, and print
# their results. A suite that did not run prints no plan, which is a failure.

suites="ledger settings weight credit portion excess column partition registry"
results=/sys/kernel/debug/kunit
failed=0

insmod /lib/modules/bulkhead_kunit.ko || failed=1
for suite in $suites; do
	echo "# test: $suite"
	# KUnit indents by four blanks and KTAP by two.
	sed 's/^    /  /' "$results/bulkhead_$suite/results" >/tmp/results || failed=1
	cat /tmp/results
	grep -q '^  1\.\.[1-9]' /tmp/results || failed=1
	! grep -q '^ *not ok' /tmp/results || failed=1
done
rmmod bulkhead_kunit || failed=1
exit $failed
