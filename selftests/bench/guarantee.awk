#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0
# The table of the guarantee benchmark, from the lines that guarantee.c describes.
BEGIN {
	FS = "\t"
	MEDIAN = 0.99	# the bars
	WORST = 0.97
	BUSY = 0.98
	ARMS = split("plain bulkhead", arms, " ")
}

function sorted(list, values,   count, i, j, swap) {
	count = split(list, values, " ")
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
			swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap
		}
	return count
}

function median(list,   values, count) {
	count = sorted(list, values)
	return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
}

function lowest(list,   values) {
	sorted(list, values)
	return values[1]
}

function highest(list,   values, count) {
	count = sorted(list, values)
	return values[count]
}

function min(a, b) { return a < b ? a : b }

$1 == "group" {
	if (($2, $3) in guarantee)
		next
	if (!($2 in groups))
		order[++scenarios] = $2
	names[$2, ++groups[$2]] = $3
	guarantee[$2, $3] = $5
	limit[$2, $3] = $6
	endless[$2, $3] = $7
	twin[$2, $3] = $8
	always[$2] += $7
	honest[$2] = $10
}
$1 == "window" { rates[$2, $3, $4] = rates[$2, $3, $4] " " $7 / $6 }
$1 == "busy" {
	busy[$2, $3] = busy[$2, $3] " " $6 / $5 / $7
	cpus[$2] = $7
}
$1 == "wake" { wake[$2, $3, $4] = wake[$2, $3, $4] " " $7 / 1000 }

# What the group would use if it were alone: the median window, or the worst one.
function demand(scenario, group, worst,   alone) {
	if (endless[scenario, group])
		return endless[scenario, group]
	alone = rates[scenario, "alone", twin[scenario, group]]
	return worst ? lowest(alone) : median(alone)
}

function wanted(scenario, group, worst) {
	return min(guarantee[scenario, group], demand(scenario, group, worst))
}

function ratio(scenario, arm, group, worst,   list) {
	list = rates[scenario, arm, group]
	return (worst ? lowest(list) : median(list)) / wanted(scenario, group, worst)
}

# The victim by itself, the neighbours by the worst of them.
function lowest_ratio(scenario, arm, first, last, worst,   i, one, least) {
	least = 1e9
	for (i = first; i <= last; i++) {
		if (!guarantee[scenario, names[scenario, i]])
			continue
		one = ratio(scenario, arm, names[scenario, i], worst)
		if (one < least)
			least = one
	}
	return least
}

function delay(scenario, arm, group) {
	return (scenario, arm, group) in wake ? median(wake[scenario, arm, group]) : -1
}

# Waiting is judged where virtual time tells the truth and only the guarantee is asked for.
function wake_is_judged(scenario, group) {
	return cpus[scenario] == 1 && demand(scenario, group, 0) <= 1.02 * guarantee[scenario, group]
}

function us(value) { return value < 0 ? "-" : sprintf("%d", value) }

function row(scenario, title, first, last,   group, arm, i, missed, m, w, b, line, d) {
	group = names[scenario, first]
	if (lowest_ratio(scenario, "plain", first, last, 0) == 1e9)
		return
	line = sprintf("%-6s %-18s %-14s %6.3f", kernel, scenario, title, wanted(scenario, group, 0))
	for (i = 1; i <= ARMS; i++) {
		arm = arms[i]
		m = lowest_ratio(scenario, arm, first, last, 0)
		w = lowest_ratio(scenario, arm, first, last, 1)
		b = always[scenario] >= cpus[scenario] ? median(busy[scenario, arm]) : -1
		line = line sprintf("  %6.3f %6.3f %6s", m, w, b < 0 ? "-" : sprintf("%.3f", b))
	}
	if (m < MEDIAN)
		missed = missed " median"
	if (w < WORST)
		missed = missed " worst"
	if (b >= 0 && b < BUSY)
		missed = missed " busy"
	d = delay(scenario, "alone", twin[scenario, group])
	line = line sprintf("  %7s %7s %7s%s", us(d), us(delay(scenario, "plain", group)), \
		us(delay(scenario, "bulkhead", group)), d >= 0 && cpus[scenario] > 1 ? "~" : " ")
	if (d >= 0 && wake_is_judged(scenario, group) && \
	    delay(scenario, "bulkhead", group) > 2 * d + 100)
		missed = missed " wake"
	print line (missed == "" ? "" : "  MISSED" missed)
	if (missed == "")
		held++
	else
		failed++
}

END {
	printf "%-6s %-18s %-14s %6s  %6s %6s %6s  %6s %6s %6s  %7s %7s %7s\n", "", "", "", "", \
		"plain", "", "", "bulkhd", "", "", "alone", "plain", "bulkhd"
	printf "%-6s %-18s %-14s %6s  %6s %6s %6s  %6s %6s %6s  %7s %7s %7s\n", "kernel", "scenario", \
		"group", "wanted", "median", "worst", "busy", "median", "worst", "busy", \
		"p99 us", "p99 us", "p99 us"
	for (s = 1; s <= scenarios; s++) {
		scenario = order[s]
		row(scenario, names[scenario, 1], 1, 1)
		if (groups[scenario] == 2)
			row(scenario, names[scenario, 2], 2, 2)
		else if (groups[scenario] > 2)
			row(scenario, "worst of " groups[scenario] - 1, 2, groups[scenario])
	}
	printf "%s: %d rows within the bars, %d not\n", kernel, held, failed
}
