#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Generate Documentation/uapi.rst from the uapi header.
#   uapi.sh            write it
#   uapi.sh --check    fail if it is not what the header gives
set -eu
cd "$(dirname "$0")/.."
header=uapi/linux/bulkhead.h
page=Documentation/uapi.rst

generate() {
	LC_ALL=C awk -v header="$header" '
	# Names as literals; what else has a meaning in reStructuredText does not occur.
	function markup(text,    words, count, i, out) {
		match(text, /^ */)
		out = substr(text, 1, RLENGTH)
		count = split(substr(text, RLENGTH + 1), words, " ")
		for (i = 1; i <= count; i++)
			out = out (i > 1 ? " " : "") literal(words[i])
		return out
	}
	# One word: "(@name)," becomes "(``name``),".
	function literal(word,    before, after) {
		if (word !~ /[@_]/ || word ~ /^\*.*\*$/)
			return word
		if (match(word, /^[("]+/)) {
			before = substr(word, 1, RLENGTH)
			word = substr(word, RLENGTH + 1)
		}
		if (match(word, /(\047s)?[]),.:;"]+$/) || match(word, /\047s$/)) {
			after = substr(word, RSTART)
			word = substr(word, 1, RSTART - 1)
		}
		# A bracket that was opened in the word belongs to it.
		if (after ~ /^[])]/ && word ~ /[[(]/) {
			word = word substr(after, 1, 1)
			after = substr(after, 2)
		}
		sub(/^@/, "", word)
		return before "``" word "``" after
	}
	# Append a line; of several blank ones, one.
	function put(line) {
		if (line != "" || last != "")
			page = page line "\n"
		last = line
	}
	function heading(text, mark,    line) {
		line = text
		gsub(/./, mark, line)
		put("")
		put(text)
		put(line)
		put("")
	}
	# Definitions that were put aside, as one block.
	function put_defines() {
		if (!defines)
			return
		put("")
		put("::")
		put("")
		page = page defines
		last = defines
		put("")
		defines = ""
	}
	# A comment without its frame, its lines in doc[1..docs].
	function begin_doc() { docs = 0; in_doc = 1 }
	function add_doc(line) {
		sub(/^[ \t]*\*?\/?[ ]?/, "", line)
		doc[++docs] = line
	}
	function put_doc(from, indent,    i) {
		while (docs && doc[docs] == "")
			docs--
		for (i = from; i <= docs; i++)
			put(doc[i] == "" ? "" : indent markup(doc[i]))
	}

	# What a comment that is complete is about.
	function end_doc(    title) {
		in_doc = 0
		if (inside) {
			described = doc[1]
			return
		}
		put_defines()
		title = doc[1]
		if (title ~ /^DOC: /) {
			heading(substr(title, 6), "-")
			put_doc(3, "")
		} else if (title ~ /^struct /) {
			# "struct NAME - What it is"
			sub(/ - /, ": ", title)
			heading(title, "-")
			put_doc(3, "")
			put("")
		} else if (title ~ /^define /) {
			sub(/^define /, "", title)
			pending = title
		}
	}

	# "NAME - Text (fd)" and a definition: a call, or any other constant.
	function describe(define,    name, text, fd, words, changes, i) {
		name = text = pending
		pending = ""
		sub(/ - .*/, "", name)
		sub(/.* - /, "", text)
		if (define !~ /_IOWR\(/) {
			heading(name, "-")
			put(text ".")
			put("")
			put_doc(3, "")
			put("")
			put("::")
			put("")
			put("    " define)
			return
		}
		fd = text
		sub(/.*\(/, "", fd)
		sub(/\).*/, "", fd)
		sub(/ \([^(]*\)$/, "", text)
		split(define, words, /[(),][ \t]*/)
		heading(name, "-")
		put(text ".")
		put("")
		put(":On: " (fd ~ /^device/ ? "the device" : "a partition fd"))
		changes = fd ~ /changes/ ? "yes" : "no"
		for (i = 1; i <= docs; i++)
			if (doc[i] ~ /it counts as a change/)
				changes = "with a flag"
		put(":Changes: " changes)
		put(":Argument: ``" words[4] "``")
		put(":Number: " words[3])
		put("")
		put_doc(3, "")
		row(name, fd, changes, words[4], text)
	}
	function row(name, fd, changes, argument, text) {
		sub(/^struct /, "", argument)
		calls = calls "   * - ``" name "``\n     - " \
			(fd ~ /^device/ ? "device" : "partition") "\n     - " \
			changes "\n     - ``" argument "``\n     - " text "\n"
	}

	# A member, described by the comment before it.
	function member(line,    type, name, i) {
		sub(/^[ \t]+/, "", line)
		sub(/;.*/, "", line)
		name = line
		sub(/.* /, "", name)
		type = substr(line, 1, length(line) - length(name) - 1)
		sub(/^@[a-z_]+: /, "", doc[1])
		put("``" name "`` : ``" type "``")
		for (i = 1; i <= docs; i++)
			put("    " markup(doc[i]))
		docs = 0
	}

	in_doc {
		end = index($0, "*/")
		if (end) {
			if (substr($0, 1, end - 1) ~ /[^ \t*]/)
				add_doc(substr($0, 1, end - 1))
			end_doc()
		} else {
			add_doc($0)
		}
		next
	}
	/^[ \t]*\/\*\*/ {
		begin_doc()
		line = $0
		sub(/^[ \t]*\/\*\*[ ]?/, "", line)
		if (sub(/[ ]?\*\/.*/, "", line)) {
			doc[++docs] = line
			end_doc()
		} else if (line != "") {
			doc[++docs] = line
		}
		next
	}
	# Comments that are not documentation.
	/^[ \t]*\/\*/ && !/\*\// { skipping = 1; next }
	skipping { if (/\*\//) skipping = 0; next }

	/^struct [a-z_]+ [{]/ { inside = 1; next }
	inside && /^};/ { inside = 0; next }
	inside && /;/ { member($0); next }
	/^#define _UAPI/ { next }
	/^#define / {
		line = $0
		gsub(/[ \t]+/, " ", line)
		if (pending)
			describe(line)
		else
			defines = defines "    " line "\n"
	}
	END {
		put_defines()
		if (!calls) {
			print "uapi.sh: " header " has no calls" > "/dev/stderr"
			exit 1
		}
		print ".. SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note"
		print ".. Generated from " header " by Documentation/uapi.sh; do not edit.\n"
		print "The interface to programs"
		print "=========================\n"
		print "The header ``" header "`` is the specification; this page is generated from"
		print "it. Every call is an ioctl; one that changes something needs a writable fd.\n"
		print ".. list-table:: Calls"
		print "   :header-rows: 1\n"
		print "   * - Call\n     - On\n     - Changes\n     - Argument\n     - What it does"
		printf "%s\n", calls
		printf "%s", page
	}' "$header"
}

case ${1-} in
'')
	generate >"$page.new"
	mv "$page.new" "$page"
	;;
--check)
	generate | cmp -s - "$page" || {
		echo "$page is stale: run Documentation/uapi.sh" >&2
		exit 1
	}
	;;
*)
	echo "usage: uapi.sh [--check]" >&2
	exit 2
	;;
esac
