#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boot a guest that does everything to the module at once: make torture.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
	cat <<-EOF
	usage: torture.sh [NAME=VALUE]...	(or the same NAMEs in the environment)
	  MINUTES=1      how long, without boot
	  SEED=n         repeat a run, as far as scheduling allows
	  KERNEL=6.12    and SMP=2, MEM=512M as for vm.sh
	Exits as vm.sh does; the last line says SUCCESS or FAILURE.
	EOF
}

for arg; do
	case $arg in
	MINUTES=* | SEED=* | KERNEL=* | SMP=* | MEM=*) declare "$arg" ;;
	-h | --help) usage; exit ;;
	*) usage >&2; exit 2 ;;
	esac
done
: "${MINUTES:=1}" "${SEED:=$((RANDOM * 32768 + RANDOM + 1))}" "${KERNEL:=6.12}" "${SMP:=2}" "${MEM:=512M}"
for number in "$MINUTES" "$SEED"; do
	[[ $number =~ ^[1-9][0-9]{0,17}$ ]] || { usage >&2; exit 2; }
done

# What was given to an outer make is not meant for this one.
env -u MAKEFLAGS -u MAKEOVERRIDES make -s --no-print-directory -C selftests/torture all
# Freed memory of the kernel is poisoned, and each object knows who allocated it.
exec selftests/vm/vm.sh KERNEL="$KERNEL" SMP="$SMP" MEM="$MEM" TIMEOUT=$((MINUTES * 60 * 2 + 600)) \
	APPEND="slub_debug=FZPU,kmalloc-* torture.minutes=$MINUTES torture.seed=$SEED" \
	SCRIPT=selftests/torture/torture
