# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the scripts of selftests/vm share; meant to be sourced.

here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034 # used by the scripts that source this
top=$(realpath "$here/../..")
# shellcheck disable=SC2034
cache=$(realpath -m "${BULKHEAD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bulkhead}")
flavours=(6.12 6.1 6.12-rt 6.1-rt)
me=$(basename "$0" .sh)

say() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { say "$@"; exit 1; }
usage_error() { say "$@"; exit 2; }

known_flavour() {
	case " ${flavours[*]} " in
	*" $1 "*) ;;
	*) usage_error "KERNEL=$1 is not one of: ${flavours[*]}" ;;
	esac
}
