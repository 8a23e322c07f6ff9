#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make demo: watch a stock Debian kernel hold a guarantee beside a hostile neighbour.
set -euo pipefail
cd "$(dirname "$0")/../.."

selftests/vm/packages.sh
mkdir -p build/demo
cc -O1 -Wall -Wextra -static -pthread -o build/demo/load selftests/demo/load.c
exec selftests/vm/vm.sh KERNEL="${KERNEL:-6.12}" SMP=2 MEM=1G TIMEOUT=280 \
	SCRIPT=selftests/demo/guest.sh FILES=build/demo/load
