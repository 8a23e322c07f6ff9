#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Run shellcheck on every shell script of the tree, whatever its name.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v shellcheck >/dev/null || {
	echo "shellcheck is missing; selftests/vm/packages.sh installs what is needed"
	exit 1
}

# Also in a tree that was unpacked and not cloned.
files() {
	git ls-files -co --exclude-standard 2>/dev/null ||
		find . \( -name build -o -name .git \) -prune -o -type f -printf '%P\n'
}

mapfile -t scripts < <(files | sort -u | while read -r file; do
	[ -f "$file" ] || continue
	case $file in
	*.sh) echo "$file"; continue ;;
	esac
	# The first line says what others are.
	if head -c 200 "$file" | head -n 1 | tr -d '\0' |
		grep -qE '^#!.*[/ ](ba|da)?sh( |$)|^# shellcheck shell='; then
		echo "$file"
	fi
done)
printf '%s\n' "${scripts[@]}"
[ ${#scripts[@]} -ne 0 ]
shellcheck -x -P SCRIPTDIR "${scripts[@]}"
