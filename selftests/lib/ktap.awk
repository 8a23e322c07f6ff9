# SPDX-License-Identifier: GPL-2.0
# Count the results in KTAP version 1 output, which may have other lines in it.
#   awk -f ktap.awk FILE
#
# Prints each failure with the lines that led to it, and last "PASSED FAILED SKIPPED".
# Leaves are counted: a result that has subtests of its own, which stand before it
# and two blanks further in, counts only if it failed and none of them did.
#
# Several programs may follow one another. A line "# test: NAME" begins the output of
# one and names it in what is printed. It is a failure in itself if a program has no
# plan (first or last) or no results, if it has not as many as planned, or other
# numbers than 1, 2, 3.

BEGIN {
	outermost = -1
	announced = 0
}

function problem(text) {
	failed++
	print (test == "" ? "" : test ": ") text
	for (line = 1; line <= lines; line++)
		print "    " context[line]
	lines = 0
}

# Begin a list of results at this depth.
function begin(depth) {
	end(depth)
	plan[depth] = -1
	count[depth] = 0
	outermost = depth
	documents++
	if (depth)
		subtests[depth - 1] = 1
	subtests[depth] = 0
	subtests_failed[depth] = 0
}

# End all lists at this depth and further in: what is missing?
function end(depth) {
	for (; outermost >= depth; outermost--) {
		if (!(outermost in plan))
			continue
		if (plan[outermost] < 0)
			inner_problem(outermost, "no plan")
		else if (count[outermost] < plan[outermost])
			inner_problem(outermost, "only " count[outermost] " results, " \
				      plan[outermost] " were planned")
		delete plan[outermost]
	}
}

# A problem at this depth is one of a subtest for the result around it.
function inner_problem(depth, text) {
	if (depth)
		subtests_failed[depth - 1]++
	problem(text)
}

function end_of_program() {
	end(0)
	if (announced && !documents)
		problem("no results")
	documents = 0
	lines = 0
}

function result(depth, text, ok,    number, skip) {
	end(depth + 1)
	count[depth]++
	sub(/^(not )?ok */, "", text)
	number = text + 0
	if (plan[depth] >= 0 && count[depth] > plan[depth])
		inner_problem(depth, "more results than planned: " text)
	else if (number != count[depth])
		inner_problem(depth, "result " text ": number " count[depth] " was expected")

	skip = text ~ /# *[Ss][Kk][Ii][Pp]/
	if (subtests[depth]) {
		if (!ok && !skip && !subtests_failed[depth])
			inner_problem(depth, text)
		else if (depth && subtests_failed[depth])
			subtests_failed[depth - 1]++
	} else if (skip) {
		skipped++
	} else if (ok) {
		passed++
	} else {
		inner_problem(depth, text)
	}
	subtests[depth] = 0
	subtests_failed[depth] = 0
	lines = 0
}

{
	sub(/\r$/, "")
	match($0, /^ */)
	depth = RLENGTH % 2 ? -1 : RLENGTH / 2
	text = substr($0, RLENGTH + 1)
}

/^# test: / {
	end_of_program()
	announced = 1
	test = substr($0, 9)
	next
}

depth >= 0 && text ~ /^K?TAP version [0-9]+$/ && (!depth || (depth - 1) in plan) {
	if (!depth)
		end(0)
	begin(depth)
	next
}

depth in plan && text ~ /^1\.\.[0-9]+/ {
	if (plan[depth] >= 0) {
		inner_problem(depth, "a second plan")
	} else {
		sub(/^1\.\./, "", text)
		plan[depth] = text + 0
		if (!plan[depth] && text ~ /# *[Ss][Kk][Ii][Pp]/)
			skipped++
		else if (!plan[depth])
			inner_problem(depth, "nothing was planned")
		else if (count[depth] > plan[depth])
			inner_problem(depth, "more results than planned")
	}
	next
}

text ~ /^(not )?ok +[0-9]+/ {
	if (depth in plan)
		result(depth, text, text ~ /^ok/)
	else if (!depth)
		problem("a result before \"KTAP version 1\": " text)
	next
}

/^Bail out!/ {
	problem($0)
	next
}

# Anything else may explain the next failure; the end of it most likely.
{
	if (lines == 30) {
		for (line = 1; line < lines; line++)
			context[line] = context[line + 1]
		lines--
	}
	context[++lines] = $0
}

END {
	seen = announced || documents
	end_of_program()
	if (!seen)
		problem("no results at all")
	print passed + 0, failed + 0, skipped + 0
}
