#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Enforce the layers of kmod/: KTAP output, one case for each rule.
#   check-layers.sh [DIR]          check DIR (default: kmod/ of this tree)
#   check-layers.sh --self-test    check that each rule is enforced, on bad trees
#
# The order of the objects in Kbuild is the order of the files. A comment
# "# LAYER: ..." begins a layer, and may name headers that have no object:
#
#	# adapt: limits.h compat.h
#	# pure: no kernel state
#	bulkhead-y := ledger.o settings.o
#
# As a file includes only headers of files before it there can be no cycle.
set -euo pipefail

me=$(realpath "$0")
rules=(
	"every file has one place in Kbuild, in a layer"
	"files include only headers of lower layers and of files before them"
	"pure files include nothing that has kernel state"
	"only compat.h knows kernel versions"
	"only the face layer touches user memory"
)

# What pure files may include: plain types, arithmetic, and the ABI.
pure_allowed="linux/types.h linux/kernel.h linux/limits.h linux/minmax.h linux/math64.h
	linux/bug.h linux/build_bug.h linux/string.h linux/errno.h linux/mm.h linux/bulkhead.h
	limits.h"

# Prints "RULE FILE:LINE: what is wrong" for each violation in the current directory.
violations() {
	local LC_ALL=C files
	mapfile -t files < <(find . -maxdepth 1 -name '*.[ch]' ! -name '*.mod.c' -printf '%f\n' | sort)
	export LC_ALL
	# shellcheck disable=SC2016 # for awk, not for the shell
	awk -v allowed="$pure_allowed" '
	function bad(rule, text) { print rule, FILENAME ":" FNR ": " text }

	# The lines of Kbuild: where each concept (name without .c or .h) stands.
	function place(concept, file) {
		if (concept in position) {
			print 1, "Kbuild: " file " stands there twice"
			return
		}
		position[concept] = ++last
		layer[concept] = current
	}
	function read_kbuild(    line, words, n, i, file) {
		while ((getline line < "Kbuild") > 0) {
			if (match(line, /^# [a-z]+:/)) {
				current = substr(line, 3, RLENGTH - 3)
				layers[current]
				n = split(substr(line, RLENGTH + 1), words)
				for (i = 1; i <= n; i++)
					if (words[i] ~ /^[a-z0-9_]+\.h$/) {
						place(substr(words[i], 1, length(words[i]) - 2), words[i])
						alone[words[i]]
					}
			} else if (line ~ /^bulkhead-(y|objs)[ \t]*[:+]?=/) {
				if (line ~ /\\$/)
					print 1, "Kbuild: a layer is one line: " line
				sub(/^[^=]*=/, "", line)
				n = split(line, words)
				for (i = 1; i <= n; i++) {
					if (words[i] !~ /^[a-z0-9_]+\.o$/)
						continue
					if (!current)
						print 1, "Kbuild: " words[i] " is in no layer"
					file = substr(words[i], 1, length(words[i]) - 2)
					place(file, words[i])
					object[file]
				}
			}
		}
		if (!last)
			print 1, "Kbuild: no objects"
		for (i = split("adapt pure face", words); i; i--)
			if (!(words[i] in layers))
				print 1, "Kbuild: no layer " words[i]
	}

	# The line without comments; strings that contain a comment do not occur.
	function code(line,    at) {
		while (1) {
			if (comment) {
				if (!(at = index(line, "*/")))
					return kept
				line = substr(line, at + 2)
				comment = 0
			}
			at = match(line, /\/[\/*]/)
			if (!at || substr(line, at, 2) == "//")
				return kept (at ? substr(line, 1, at - 1) : line)
			kept = kept substr(line, 1, at - 1) " "
			line = substr(line, at + 2)
			comment = 1
		}
	}

	function check_include(name, quoted,    concept) {
		if (layer[self] == "pure" && !(name in pure) &&
		    !(quoted && layer[stem(name)] == "pure"))
			bad(3, "a pure file includes " name)
		if (!quoted)
			return
		concept = stem(name)
		if (name !~ /^[a-z0-9_]+\.h$/ || !(concept in position))
			bad(2, name " is in no layer")
		else if (name == FILENAME ||
			 (concept != self && position[concept] > position[self]))
			bad(2, "includes " name ", which is not before it (layer " layer[concept] ")")
	}
	function stem(file) { return substr(file, 1, length(file) - 2) }

	BEGIN {
		for (i = split(allowed, words); i; i--)
			pure[words[i]]
		read_kbuild()
	}
	FNR == 1 {
		comment = 0
		self = stem(FILENAME)
		seen[FILENAME]
		if (!(self in position))
			bad(1, "is not in Kbuild")
		else if (FILENAME ~ /\.c$/ && !(self in object))
			bad(1, "has no object in Kbuild")
	}
	{
		kept = ""
		line = code($0)
		if (match(line, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*[">]/)) {
			name = substr(line, 1, RLENGTH - 1)
			quoted = name ~ /"/
			sub(/^[^"<]*["<]/, "", name)
			check_include(name, quoted)
		}
		if (FILENAME != "compat.h" &&
		    line ~ /(LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_|<(linux\/)?(generated\/)?(version|utsrelease)\.h>)/)
			bad(4, "depends on the kernel version")
		if (layer[self] != "face" &&
		    match(line, /(^|[^A-Za-z0-9_])(__user|(raw_)?copy_(struct_)?(from|to|in)_user(_nofault)?|_*(get|put|clear)_user|strncpy_from_user|u64_to_user_ptr|import_(iovec|ubuf)|<linux\/uaccess\.h>)/))
			bad(5, "user memory: " substr(line, RSTART))
	}
	END {
		for (file in object)
			if (!((file ".c") in seen))
				print 1, "Kbuild: there is no " file ".c"
		for (file in alone)
			if (!(file in seen))
				print 1, "Kbuild: there is no " file
	}' "${files[@]:-/dev/null}"
}

check() {
	local found number status=0
	found=$(cd "$1" && violations)
	echo "KTAP version 1"
	echo "1..${#rules[@]}"
	for number in "${!rules[@]}"; do
		if grep "^$((number + 1)) " <<<"$found" | sed 's/^[0-9]* /# /' | grep .; then
			echo "not ok $((number + 1)) ${rules[number]}"
			status=1
		else
			echo "ok $((number + 1)) ${rules[number]}"
		fi
	done
	return $status
}

# A small tree that breaks no rule.
good_tree() {
	rm -rf "$1"
	mkdir "$1"
	cd "$1"
	cat >Kbuild <<-'END'
	# Comments that begin no layer, though they name ledger.h.
	obj-m := bulkhead.o
	# adapt: limits.h compat.h
	# pure: no kernel state
	bulkhead-y := ledger.o credit.o
	# object: identity
	bulkhead-y += partition.o registry.o
	# face: what users see
	bulkhead-y += handle.o
	END
	printf '#include <linux/version.h>\n#if LINUX_VERSION_CODE < 1\n#endif\n' >compat.h
	echo '/* numbers */' >limits.h
	for file in ledger credit partition registry handle; do
		echo '#include <linux/types.h>' >$file.h
		printf '#include "%s.h"\n#include "limits.h"\n' $file >$file.c
	done
	echo '#include "ledger.h"' >>partition.c
	echo '#include "partition.h"' >>registry.h
	printf '#include "compat.h"\n#include <linux/fs.h>\n' >>registry.c
	cat >>credit.c <<-'END'
	#include "ledger.h"
	/* #include "handle.h" is a comment, as is copy_from_user and
	 * LINUX_VERSION_CODE */ // __user
	END
	printf '#include <linux/uaccess.h>\nlong f(void __user *p);\n' >>handle.c
}

tests=0
# The rule $1 (0: none) is broken by the command $3..., which is described by $2.
expect() {
	local rule=$1 what=$2 output broken
	shift 2
	# The command may well fail: then nothing is broken, which is noticed.
	output=$(good_tree "$work/tree"; cd "$work/tree"; "$@"; "$me" . 2>&1) || true
	broken=$(sed -n 's/^not ok \([0-9]*\) .*/\1/p' <<<"$output")
	tests=$((tests + 1))
	if [ "$broken" = "${rule#0}" ] && grep -q "^1\.\.${#rules[@]}$" <<<"$output"; then
		echo "ok $tests $what"
	else
		echo "# ${output//$'\n'/$'\n# '}"
		echo "not ok $tests $what"
		failed=1
	fi
}

append() { printf '%b\n' "$2" >>"$1"; }

self_test() {
	failed=0
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	echo "KTAP version 1"
	echo "1..27"
	expect 0 "a good tree" true
	expect 1 "a source that is not in Kbuild" append stray.c ''
	expect 1 "a header that is not in Kbuild" append stray.h ''
	expect 1 "an object without a source" rm registry.c
	expect 1 "a header in a layer that is not there" rm limits.h
	expect 1 "a source for a header that stands alone" append limits.c ''
	expect 1 "an object twice" append Kbuild 'bulkhead-y += ledger.o'
	expect 1 "an object in no layer" sed -i 's/^# adapt.*//; s/^# pure.*/# adapt: limits.h compat.h/' Kbuild
	expect 1 "a layer over several lines" sed -i 's/ledger.o credit.o/ledger.o credit.o \\/' Kbuild
	expect 1 "no layer pure" sed -i 's/^# pure/# clean/' Kbuild
	expect 1 "an empty tree" find . -type f -delete
	expect 2 "a higher layer" append partition.c '#include "handle.h"'
	expect 2 "a higher layer, from a header" append partition.h '#include "handle.h"'
	expect 2 "a later file of the same layer" append partition.c '  #  include	"registry.h"'
	expect 2 "a header that includes itself" append registry.h '#include "registry.h"'
	expect 2 "a cycle" append partition.h '#include "registry.h"'
	expect 2 "a header of elsewhere" append handle.c '#include "../secret.h"'
	expect 2 "an include behind a comment" append partition.c '/* a\n b */ #include "handle.h"'
	expect 3 "pure: a kernel header" append ledger.c '#include <linux/sched.h>'
	expect 3 "pure: a kernel header, from a header" append credit.h '#include <linux/mutex.h>'
	expect 3 "pure: compat.h, which has kernel headers" append ledger.c '#include "compat.h"'
	expect 4 "a kernel version" append registry.c '#if LINUX_VERSION_CODE < 2\n#endif'
	expect 4 "a kernel version, from a header" append limits.h 'int a[KERNEL_VERSION(6, 1, 0)];'
	expect 4 "linux/version.h" append partition.c '#include <linux/version.h>'
	expect 5 "a user pointer" append registry.c 'void f(char __user *p);'
	expect 5 "copy_struct_from_user" append partition.c 'int a = copy_struct_from_user(b);'
	expect 5 "linux/uaccess.h" append registry.h '#include <linux/uaccess.h>'
	return $failed
}

case ${1-} in
--self-test) self_test ;;
-*) sed -n '3,5s/^# \{0,1\}//p' "$me"; exit 2 ;;
*) check "${1:-$(dirname "$me")/../../kmod}" ;;
esac
