#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build bulkhead.ko, and what guests need besides, for one of the cached kernels, in build/KERNEL.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

case $#,${1--} in
[12],[!-]*) ;;
*) usage_error "usage: module.sh KERNEL [DIRECTORY for copies of the modules]" ;;
esac
known_flavour "$1"
"$here/kernels.sh" -q "$1"
kernel=$(cached "$1")

build=$top/build/$1
mkdir -p "$build"
# Held until the copies are made: another build may want to replace the modules.
exec 9>"$build/.lock"
flock 9

# Kbuild leaves its objects beside the sources, so each kernel has its own copy of them.
# It keeps their times: only what changed is built again. What is gone there goes here.
find "$build" -name '*.[ch]' ! -name '*.mod.c' -delete
cd "$top"
find Kbuild kmod uapi selftests/{host,kunit,vm} \( -name Kbuild -o -name '*.[ch]' ! -name '*.mod.c' \) \
	-exec cp --parents -p -t "$build" {} +
# What was given to an outer make (SMP=2, -n ...) is not meant for Kbuild. Other flags than
# last time build everything again, so W=1 is for all.
# shellcheck disable=SC2086 # several flags
env -u MAKEFLAGS -u MAKEOVERRIDES make -s -j"$(nproc)" -C "$kernel/build" M="$build" BULKHEAD_VM=m \
	${KFLAGS-W=1} modules || die "$1: the module did not build"
[ $# -eq 1 ] || find "$build" -name '*.ko' -exec cp -t "$2" {} +
