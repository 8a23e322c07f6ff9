#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build the module from scratch at W=1 for one of the cached kernels; a warning is a failure.
#   build.sh KERNEL
set -euo pipefail
cd "$(dirname "$0")/../.."

# What is not compiled does not warn. The lock is that of module.sh.
mkdir -p "build/$1"
flock "build/$1/.lock" find "build/$1" \( -name '*.o' -o -name '*.ko' \) -delete
output=$(make --no-print-directory modules KERNEL="$1" KFLAGS=W=1 2>&1) || {
	echo "$output"
	exit 1
}
echo "$output"
[ -s "build/$1/kmod/bulkhead.ko" ]
! grep -qi warning <<<"$output"
