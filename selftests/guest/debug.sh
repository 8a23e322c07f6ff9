#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Run the tests on a debug kernel, on which all takes longer, and then look for memory that
# they lost.

cd "${0%/*}" || exit 1
export TEST_TIMEOUT=900 SLOW_KERNEL=1
failed=0
./run.sh "$@" || failed=1
./run.sh leaks.sh || failed=1
exit $failed
