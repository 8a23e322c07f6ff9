#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run sparse on every file of the module, built for 6.12; a warning on a file of ours is
# a failure, and so is a file that sparse did not see.
set -euo pipefail
me=$(realpath "$0")

# Kbuild calls this in place of sparse; the file is the last argument.
if [ -n "${SPARSE_SEEN-}" ]; then
	echo "${*: -1}" >>"$SPARSE_SEEN"
	exec sparse "$@"
fi

cd "$(dirname "$0")/../.."
command -v sparse >/dev/null || {
	echo "sparse is missing; selftests/vm/packages.sh installs what is needed"
	exit 1
}
SPARSE_SEEN=$(mktemp)
export SPARSE_SEEN
trap 'rm -f "$SPARSE_SEEN"' EXIT
# C=2: also those that need not be compiled. W=1 as the build before, so that none need.
output=$(make --no-print-directory modules KERNEL=6.12 KFLAGS="W=1 C=2 CHECK=$me" 2>&1) || {
	echo "$output"
	exit 1
}
echo "$output"

status=0
for source in kmod/*.c; do
	case $source in *.mod.c) continue ;; esac
	grep -q "/$source\$" "$SPARSE_SEEN" || {
		echo "$source: sparse did not see it"
		status=1
	}
done
# Headers of the kernel have warnings of their own.
if grep -E '(^|/)(kmod|uapi)/[^ ]*: (warning|error):' <<<"$output" >/dev/null; then
	status=1
fi
exit $status
