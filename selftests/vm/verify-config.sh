#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Is a kernel configured as the fragments want it? Kconfig drops without a word what depends on
# something that is not set. Of fragments that disagree the last one counts.
#   verify-config.sh CONFIG FRAGMENT...
#   verify-config.sh --self-test
set -euo pipefail

verify() {
	awk '
	# "CONFIG_A=y" is y, "# CONFIG_A is not set" is n, as is what is not named.
	function set_option(value) {
		if (FILENAME == config) {
			has[name] = value
		} else {
			wanted[name] = value
			by[name] = FILENAME
		}
	}
	BEGIN { config = ARGV[1] }
	/^CONFIG_[A-Za-z0-9_]+=/ {
		name = substr($0, 1, index($0, "=") - 1)
		set_option(substr($0, length(name) + 2))
		next
	}
	/^# CONFIG_[A-Za-z0-9_]+ is not set$/ {
		name = $2
		set_option("n")
		next
	}
	FILENAME != config && !/^(#.*)?$/ {
		print FILENAME ":" FNR ": not an option: " $0
		bad = 1
	}
	END {
		for (name in wanted) {
			if (!(name in has))
				has[name] = "n"
			if (has[name] == wanted[name])
				continue
			print by[name] " wants " name "=" wanted[name] ", the kernel has " has[name]
			bad = 1
		}
		exit bad
	}' "$@"
}

tests=0
# expect STATUS TEXT CONFIG FRAGMENT [FRAGMENT]
expect() {
	local status=0 output number=0 text
	for text in "${@:3}"; do
		printf '%b' "$text" >"$work/$number"
		number=$((number + 1))
	done
	output=$(cd "$work" && verify $(seq 0 $((number - 1)))) || status=$?
	tests=$((tests + 1))
	if [ "$status" = "$1" ] && [ "$output" = "$2" ]; then
		echo "ok $tests ${2:-as wanted}"
	else
		echo "# status $status: $output"
		echo "not ok $tests ${2:-as wanted}"
		failed=1
	fi
}

self_test() {
	failed=0
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	echo "KTAP version 1"
	echo "1..7"
	expect 0 '' 'CONFIG_A=y\nCONFIG_B=7\n# CONFIG_C is not set\n' '# why\n\nCONFIG_A=y\nCONFIG_B=7\n# CONFIG_C is not set\n# CONFIG_D is not set\n'
	expect 1 '1 wants CONFIG_KASAN=y, the kernel has n' 'CONFIG_SLUB_TINY=y\n' 'CONFIG_KASAN=y\n'
	expect 1 '1 wants CONFIG_KASAN=y, the kernel has n' '# CONFIG_KASAN is not set\n' 'CONFIG_KASAN=y\n'
	expect 1 '1 wants CONFIG_SLUB_TINY=n, the kernel has y' 'CONFIG_SLUB_TINY=y\n' '# CONFIG_SLUB_TINY is not set\n'
	expect 1 '2 wants CONFIG_B=8, the kernel has 7' 'CONFIG_A=y\nCONFIG_B=7\n' 'CONFIG_A=y\n' 'CONFIG_B=8\n'
	expect 0 '' 'CONFIG_A=y\n' '# CONFIG_A is not set\n' 'CONFIG_A=y\n'
	expect 1 '1:1: not an option: KASAN=y' 'CONFIG_KASAN=y\n' 'KASAN=y\n'
	return $failed
}

case ${1-} in
--self-test) self_test ;;
'' | -*) sed -n '5,6s/^# \{0,1\}//p' "$0"; exit 2 ;;
*) verify "$@" ;;
esac
