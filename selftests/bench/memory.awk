#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0
# The table of the memory benchmark, from the lines that memory.c and fault.c describe. Wants
# the variable runs, and before the files of fault.c world: KERNEL/-.
BEGIN {
	# The bars.
	SLOWEST = 2		# slowest MiB / the same on an idle machine, with a reserve
	KILL = 100e6		# ns from when a page was waited for to the first kill
	REFAULTS = 0		# pages
	FAULT = 1.01		# instructions / the same in a plain cgroup without the module
	LOST = 1048576		# bytes after all the cycles
}

function sort_values(list, values,   count, i, j, swap) {
	count = split(list, values, " ")
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
			swap = values[j]
			values[j] = values[j - 1]
			values[j - 1] = swap
		}
	return count
}

function median(list,   values, count) {
	count = sort_values(list, values)
	return count ? values[int((count + 1) / 2)] : "-"
}

function highest(list,   values, count) {
	count = sort_values(list, values)
	return count ? values[count] : "-"
}

function add_row(what, scenario,   key) {
	key = world SUBSEP scenario
	if (key in kind)
		return
	order[++rows] = key
	kind[key] = what
}

$1 == "world" { world = $2 }
$1 == "fill" {
	add_row("fill", $2)
	key = world SUBSEP $2 SUBSEP $3
	sort[world, $2] = $4
	count[key]++
	if ($5 == "ok") {
		good[key]++
		# Who did not get its memory has no slowest MiB of it.
		slowest[key] = slowest[key] " " $6
	} else {
		why[key, $5]++
		reasons[key] = reasons[key] (why[key, $5] == 1 ? " " $5 : "")
	}
	if ($7 != "-")
		kill[key] = kill[key] " " $7
	if ($8 != "-" || $9 > 0)
		killed[key]++
}
$1 == "cache" {
	add_row("cache", $2)
	refaults[world, $2, $3] = refaults[world, $2, $3] " " $4
}
$1 == "cycle" {
	add_row("cycle", $2)
	lost[world, $2, $3] = lost[world, $2, $3] " " $5
	cycles[world, $2] = $4
}
$1 == "bench" {
	add_row("fault", $2)
	instructions[world, $2, $3] = instructions[world, $2, $3] " " $4
	if ($5 > worst[world, $2, $3])
		worst[world, $2, $3] = $5
}

function number(value, unit) {
	return value == "-" ? "-" : sprintf(unit >= 1e6 ? "%.1f" : "%d", value / unit)
}

function pair(list, unit) {
	return number(median(list), unit) " / " number(highest(list), unit)
}

# One line of the table; @ok is whether it is within the bar.
function row(key, measure, ours, plain, bar, ok,   part, line) {
	split(key, part, SUBSEP)
	line = sprintf("%-9s %-17s %-15s %18s %18s  %-14s%s", part[1], part[2], measure, ours,
		plain, bar, bar == "" || ok ? "" : "MISSED")
	sub(/ +$/, "", line)
	print line
	if (bar == "")
		return
	if (ok)
		within++
	else
		missed++
}

function shares(side, key) {
	return good[key, side] + 0 "/" count[key, side] + 0
}

function explain(key, side,   list, n, i) {
	n = split(reasons[key, side], list, " ")
	for (i = 1; i <= n; i++)
		printf "%28s%s: %s, %d times\n", "", side, list[i], why[key, side, list[i]]
}

function fill_rows(key,   ours, idle, bar, ok) {
	ours = key SUBSEP "bulkhead"
	row(key, sort[key] == "forced" ? "right victim" : "succeeds", shares("bulkhead", key), shares("plain", key), runs "/" runs,
		good[ours] == runs && count[ours] == runs)
	explain(key, "bulkhead")
	explain(key, "plain")
	if (sort[key] == "reserve") {
		row(key, "runs with kills", killed[ours] + 0, killed[key, "plain"] + 0, "0",
			!killed[ours] && count[ours] == runs)
		idle = highest(slowest[key, "idle"])
		bar = idle == "-" ? "-" : SLOWEST * idle
		ok = bar != "-" && highest(slowest[ours]) != "-" && highest(slowest[ours]) + 0 <= bar
		row(key, "slowest MiB, us", pair(slowest[ours], 1000), pair(slowest[key, "plain"], 1000),
			"<= " number(bar, 1000), ok)
		return
	}
	row(key, "slowest MiB, us", pair(slowest[ours], 1000), pair(slowest[key, "plain"], 1000), "")
	if (kill[ours] != "" || kill[key, "plain"] != "")
		row(key, "to the kill, ms", pair(kill[ours], 1e6), pair(kill[key, "plain"], 1e6),
			"<= " number(KILL, 1e6),
			kill[ours] == "" ? count[ours] && !killed[ours] : highest(kill[ours]) + 0 <= KILL)
}

function fault_row(key,   ours, plain) {
	ours = median(instructions[key, "bulkhead"])
	plain = median(instructions[key, "plain"])
	row(key, "instructions", ours " / " worst[key, "bulkhead"], plain " / " worst[key, "plain"],
		"<= " FAULT " x", ours != "-" && plain > 0 && ours / plain <= FAULT)
}

END {
	print "Memory: median / worst of " runs " runs in partitions (plain: of fewer); the first column"
	print "is the kernel and MiB of swap."
	printf "%-9s %-17s %-15s %18s %18s  %s\n", "world", "scenario", "measure", "bulkhead", \
		"plain", "bar"
	for (i = 1; i <= rows; i++) {
		key = order[i]
		if (kind[key] == "fill")
			fill_rows(key)
		if (kind[key] == "cache") {
			ours = refaults[key, "bulkhead"]
			row(key, "refaults", pair(ours, 1), pair(refaults[key, "plain"], 1), \
				"<= " REFAULTS, ours != "" && highest(ours) + 0 <= REFAULTS)
			row(key, "without min", "", pair(refaults[key, "bare"], 1), "")
		}
		if (kind[key] == "cycle") {
			ours = lost[key, "bulkhead"]
			row(key, "KiB lost, " cycles[key] "x", pair(ours, 1024), pair(lost[key, "plain"], 1024), \
				"<= " LOST / 1024, ours != "" && highest(ours) + 0 <= LOST)
		}
		if (kind[key] == "fault")
			fault_row(key)
	}
	printf "%d rows within the bars, %d not\n", within, missed
	exit !rows
}
