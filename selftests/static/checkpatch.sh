#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run the kernel's checkpatch, at its strictest, on our C files.
#   checkpatch.sh [FILE]...    default: all of them
set -euo pipefail
cd "$(dirname "$0")/../.."
. selftests/vm/lib.sh
selftests/vm/kernels.sh -q checkpatch
# It leaves a cache of the kernel's CamelCase names behind, which is empty here.
trap 'rm -f .checkpatch-camelcase.*' EXIT

# Each exception has its reason.
everywhere=(
	# Messages are not split, so that they can be searched for.
	LONG_LINE_STRING
	# It takes words such as "version" for names of functions.
	EMBEDDED_FUNCTION_NAME
)
# check-layers.sh sees that kernel versions stand in this file only.
compat=(
	LINUX_VERSION_CODE
	# It takes LINUX_VERSION_CODE for a constant.
	CONSTANT_COMPARISON
	# A list of initializers.
	COMPLEX_MACRO
)
user_space=(
	# These are the kernel's own: the C library has other types, macros and functions.
	ARRAY_SIZE BIT_MACRO PREFER_DEFINED_ATTRIBUTE_MACRO PREFER_KERNEL_TYPES STRCPY STRNCPY
	# PRIu64, _Static_assert
	CAMELCASE
	# Texts for people have several sentences.
	SPLIT_STRING
	# Lists of initializers.
	COMPLEX_MACRO
)
tests=(
	# 128 bits for oracles.
	NEW_TYPEDEFS
	# Memory that a signal handler or a racing thread changes.
	VOLATILE
	# A test ends itself where going on makes no sense, and names what it checks twice.
	MACRO_WITH_FLOW_CONTROL MACRO_ARG_REUSE
	# Tables that are expanded in several ways.
	MACRO_ARG_UNUSED
)

failed=0
# check IGNORED... -- FILE...
check() {
	local ignored=$1
	shift
	while [ "$1" != -- ]; do
		ignored+=,$1
		shift
	done
	shift
	[ $# -eq 0 ] || perl "$cache/checkpatch/checkpatch.pl" --strict --no-tree --no-summary \
		--terse --show-types --ignore "$ignored" -f "$@" || failed=1
}

if [ $# -eq 0 ]; then
	mapfile -t files < <(find kmod uapi tools selftests -name '*.[ch]' ! -name '*.mod.c' | sort)
	set -- "${files[@]}"
fi
kernel=() tools=() selftests=()
for file; do
	case $file in
	kmod/compat.h) check "${everywhere[@]}" "${compat[@]}" -- "$file" ;;
	tools/tests/* | selftests/*) selftests+=("$file") ;;
	tools/*) tools+=("$file") ;;
	*) kernel+=("$file") ;;
	esac
done
check "${everywhere[@]}" -- "${kernel[@]}"
check "${everywhere[@]}" "${user_space[@]}" -- "${tools[@]}"
check "${everywhere[@]}" "${user_space[@]}" "${tests[@]}" -- "${selftests[@]}"
exit $failed
