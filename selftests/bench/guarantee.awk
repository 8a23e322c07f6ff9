#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0
# The table of the guarantee benchmark, from the lines that guarantee.c describes; several
# boots may follow each other. Wants the variables kernel, period (of the control thread, in
# ms) and shift (one instruction took 2^shift ns where kthreads were measured).
BEGIN {
	FS = "\t"
	# The bars.
	MEDIAN = 0.99		# median window / the median alone, or the guarantee
	WORST = 0.97		# the same of the worst windows
	BUSY = 0.98		# of the CPUs, while enough threads to fill them never sleep
	WAKE_FACTOR = 2		# p99 of the delay of wake-ups / that alone
	WAKE_EXTRA = 100	# us more
	LIMIT = 0.98		# of the limit, in the worst window
	LIMIT_ABOVE = 1.004	# in the mean of three windows or more
	GAIN = 0.01		# of a cheat over an honest group
	COST_MACHINE = 0.001	# of all CPUs, for the module's thread
	COST_CPU = 0.01		# of one CPU, with very many partitions
	ARMS = split("plain bulkhead", arms, " ")
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
	return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
}

function lowest(list,   values) {
	sort_values(list, values)
	return values[1]
}

function highest(list,   values, count) {
	count = sort_values(list, values)
	return values[count]
}

function mean(list,   values, count, i, sum) {
	count = sort_values(list, values)
	for (i = 1; i <= count; i++)
		sum += values[i]
	return sum / count
}

function min(a, b) { return a < b ? a : b }

$1 == "group" && !(($2, $3) in guarantee) {
	if (!($2 in groups))
		scenario_at[++scenarios] = $2
	group_at[$2, ++groups[$2]] = $3
	measure[$2] = $4
	place[$2, $3] = $5
	guarantee[$2, $3] = $6
	limit[$2, $3] = $7
	endless[$2, $3] = $8
	twin[$2, $3] = $9
	honest[$2] = $10
	if ($7 == 0)
		endless_sum[$2] += $8
}
$1 == "window" { rates[$2, $3, $4] = rates[$2, $3, $4] " " $7 / $6 }
$1 == "busy" {
	busy[$2, $3] = busy[$2, $3] " " $6 / $5 / $4
	cpus[$2] = $4
}
$1 == "wake" { wake[$2, $3, $4] = wake[$2, $3, $4] " " $7 }
$1 == "recall" { recall[$2, $3] = recall[$2, $3] " " $5 }
$1 == "kthread" {
	if (!($2 in kthread))
		kthread_at[++kthreads] = $2
	kthread[$2] = kthread[$2] " " $5 / $4
	kthread_cpus[$2] = $3
	kthread_seconds[$2] = $4
	switches[$2] = switches[$2] " " $6
	timers[$2] = timers[$2] " " $7
}

# The reserve is the host's as a whole: it is also for kernel threads, of which the module's
# is one, and for the benchmark itself. So a host that wants all counts with all that ran
# besides the partitions.
function whole_host(scenario, host, arm,   windows, total, list, one, i, k) {
	windows = split(busy[scenario, arm], total, " ")
	for (k = 1; k <= windows; k++)
		total[k] *= cpus[scenario]
	for (i = 1; i <= groups[scenario]; i++) {
		if (place[scenario, group_at[scenario, i]] != "partition")
			continue
		split(rates[scenario, arm, group_at[scenario, i]], one, " ")
		for (k = 1; k <= windows; k++)
			total[k] -= one[k]
	}
	for (k = 1; k <= windows; k++)
		list = list " " total[k]
	rates[scenario, arm, host] = list
}

function whole_hosts(   s, i, a, scenario, group) {
	for (s = 1; s <= scenarios; s++)
		for (i = 1; i <= groups[scenario_at[s]]; i++) {
			scenario = scenario_at[s]
			group = group_at[scenario, i]
			if (place[scenario, group] == "partition" || !endless[scenario, group])
				continue
			for (a = 1; a <= ARMS; a++)
				whole_host(scenario, group, arms[a])
		}
}

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

# Of the scenario's groups from @first to @last that have a guarantee.
function lowest_ratio(scenario, arm, first, last, worst,   i, one, least) {
	least = 1e9
	for (i = first; i <= last; i++) {
		if (guarantee[scenario, group_at[scenario, i]] == 0)
			continue
		one = ratio(scenario, arm, group_at[scenario, i], worst)
		if (one < least)
			least = one
	}
	return least
}

function delay(scenario, arm, group) {
	return (scenario, arm, group) in wake ? median(wake[scenario, arm, group]) : -1
}

# With several CPUs the emulator adds delays of its own.
function wake_is_true(scenario) { return cpus[scenario] == 1 }

function wake_is_missed(scenario, group,   alone) {
	alone = delay(scenario, "alone", twin[scenario, group])
	if (alone < 0 || !wake_is_true(scenario))
		return 0
	# Who asks for more than its guarantee has to wait.
	if (demand(scenario, group, 0) > 1.02 * guarantee[scenario, group])
		return 0
	return delay(scenario, "bulkhead", group) > WAKE_FACTOR * alone + WAKE_EXTRA
}

function us(value) { return value < 0 ? "-" : sprintf("%d", value) }

# Count and mark the row, and end its line.
function judge(line, missed) {
	if (missed == "")
		held++
	else
		failed++
	print line (missed == "" ? "" : "  MISSED:" missed)
}

function share_row(scenario, title, first, last,   group, arm, i, missed, m, w, b, line, d) {
	if (lowest_ratio(scenario, "plain", first, last, 0) == 1e9)
		return
	group = group_at[scenario, first]
	line = sprintf("%-6s %-19s %-11s", kernel, scenario, title)
	line = line (first == last ? sprintf(" %6.3f", wanted(scenario, group, 0)) : sprintf(" %6s", ""))
	for (i = 1; i <= ARMS; i++) {
		arm = arms[i]
		m = lowest_ratio(scenario, arm, first, last, 0)
		w = lowest_ratio(scenario, arm, first, last, 1)
		# Once for the scenario, in the row of the victim.
		b = first == 1 && endless_sum[scenario] >= cpus[scenario] ? lowest(busy[scenario, arm]) : -1
		line = line sprintf("  %6.3f %6.3f %5s", m, w, b < 0 ? "" : sprintf("%.3f", b))
	}
	if (m < MEDIAN)
		missed = missed " median"
	if (w < WORST)
		missed = missed " worst"
	if (b >= 0 && b < BUSY)
		missed = missed " busy"
	if (first == last && (d = delay(scenario, "alone", twin[scenario, group])) >= 0) {
		line = line sprintf("  %6d %6d %6d%s", d, delay(scenario, "plain", group), \
			delay(scenario, "bulkhead", group), wake_is_true(scenario) ? "" : "~")
		if (wake_is_missed(scenario, group))
			missed = missed " wake"
	}
	judge(line, missed)
}

function shares(   s, scenario) {
	printf "%-6s %-19s %-11s %6s  %-20s  %-20s  %s\n", "", "", "", "", \
		"plain cgroup v2", "Bulkhead", "wake-up p99, us"
	printf "%-6s %-19s %-11s %6s", "kernel", "scenario", "group", "wanted"
	printf "  %6s %6s %5s  %6s %6s %5s  %6s %6s %6s\n", "median", "worst", "busy", \
		"median", "worst", "busy", "alone", "plain", "bulkhd"
	for (s = 1; s <= scenarios; s++) {
		scenario = scenario_at[s]
		if (measure[scenario] != "shares")
			continue
		share_row(scenario, group_at[scenario, 1], 1, 1)
		if (groups[scenario] == 2)
			share_row(scenario, group_at[scenario, 2], 2, 2)
		else if (groups[scenario] > 2)
			share_row(scenario, "worst other", 2, groups[scenario])
	}
}

function title(text, format) {
	if (!titled[text]++)
		printf "\n%-6s %-31s " format "\n", "kernel", text, "plain", "bulkhead"
}

# A window may cut a period of the quota, which is 10 ms, so that one has a little more and the
# next one less: the limit itself is judged by the mean of all windows, which cut only one.
function limits(   s, i, scenario, group, missed, low, average) {
	for (s = 1; s <= scenarios; s++)
		for (i = 1; i <= groups[scenario_at[s]]; i++) {
			scenario = scenario_at[s]
			group = group_at[scenario, i]
			if (limit[scenario, group] == 0)
				continue
			title("delivered / limit: worst, mean", "%15s %15s")
			low = lowest(rates[scenario, "bulkhead", group]) / limit[scenario, group]
			average = mean(rates[scenario, "bulkhead", group]) / limit[scenario, group]
			missed = ""
			if (low < LIMIT)
				missed = missed " limit"
			if (average > LIMIT_ABOVE)
				missed = missed " above"
			judge(sprintf("%-6s %-19s %-11s  %7.3f %7.3f %7.3f %7.3f", kernel, scenario, group, \
				lowest(rates[scenario, "plain", group]) / limit[scenario, group], \
				mean(rates[scenario, "plain", group]) / limit[scenario, group], \
				low, average), missed)
		}
}

function gain(scenario, arm,   group) {
	group = group_at[scenario, 2]
	return median(rates[scenario, arm, group]) / median(rates[honest[scenario], arm, group]) - 1
}

function cheats(   s, scenario, ours) {
	for (s = 1; s <= scenarios; s++) {
		scenario = scenario_at[s]
		if (honest[scenario] == "-")
			continue
		if (!(honest[scenario] in groups)) {
			print "the scenario " honest[scenario] " is missing: no gain of " scenario
			continue
		}
		title("gain of a cheat, %", "%15s %15s")
		ours = gain(scenario, "bulkhead")
		judge(sprintf("%-6s %-31s  %15.2f %15.2f", kernel, scenario, \
			100 * gain(scenario, "plain"), 100 * ours), ours > GAIN ? " gain" : "")
	}
}

function recalls(   s, scenario, ours, plain) {
	for (s = 1; s <= scenarios; s++) {
		scenario = scenario_at[s]
		if (measure[scenario] != "recall")
			continue
		title("recall, worst, ms", "%15s %15s")
		ours = highest(recall[scenario, "bulkhead"])
		plain = highest(recall[scenario, "plain"])
		judge(sprintf("%-6s %-31s  %15.1f %15.1f", kernel, scenario, plain, ours), \
			ours > period ? " recall" : "")
	}
}

# Emulated CPUs share one instruction stream: with n that are busy, an instruction takes
# n * 2^shift ns. The share is that of CPUs that run one instruction in a ns.
function kthread_rows(   i, name, instructions, share, missed, n, few) {
	for (i = 1; i <= kthreads; i++) {
		name = kthread_at[i]
		n = kthread_cpus[name]
		if (i == 1)
			printf "\n%-6s %-19s %9s %7s %12s %12s %9s\n", "kernel", "the module's thread", \
				"wake-ups", "timers", "emulated CPU", "instr/s", "of 1 CPU"
		instructions = median(kthread[name]) * 1e9 / 2 ^ shift / n
		share = instructions / 1e9
		missed = ""
		if (!(name in groups)) {
			if (highest(switches[name]) > 0)
				missed = missed " wake-ups"
			if (highest(timers[name]) > 0)
				missed = missed " timers"
		} else if (share > COST_CPU || share > COST_MACHINE * n) {
			missed = missed " cost"
		}
		judge(sprintf("%-6s %-19s %5d/%2ds %7d %11.4f%% %12d %8.4f%%", kernel, name, \
			highest(switches[name]), kthread_seconds[name], highest(timers[name]), \
			100 * median(kthread[name]), instructions, 100 * share), missed)
	}
}

END {
	whole_hosts()
	shares()
	limits()
	cheats()
	recalls()
	kthread_rows()
	printf "\n%s: %d rows within the bars, %d not\n\n", kernel, held, failed
	if (!(held + failed)) {
		print "no result" > "/dev/stderr"
		exit 1
	}
}
