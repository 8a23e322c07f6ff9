// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU guarantee, measured: each scenario's groups alone, in plain cgroups and in
 * partitions. Writes one line for each window and group, which guarantee.awk judges; a
 * line's first word says what its other fields are, separated by tabs:
 *
 *	group	SCENARIO GROUP MEASURE PLACE GUARANTEE LIMIT ENDLESS TWIN HONEST
 *	window	SCENARIO ARM GROUP END SECONDS CPU_SECONDS
 *	busy	SCENARIO ARM CPUS SECONDS CPU_SECONDS
 *	wake	SCENARIO ARM GROUP COUNT P50 P99 MAX	(us)
 *	recall	SCENARIO ARM GROUP MS
 *	kthread	SCENARIO CPUS SECONDS CPU_SECONDS SWITCHES TIMERS
 *
 * ENDLESS is how many CPUs the load wants at any time, 0 if it has to be measured alone;
 * TWIN is the group of the scenario whose load, measured alone, is the same.
 */
#include <sys/resource.h>

#include "arena.h"
#include "bench.h"
#include "heartbeat.h"
#include "kthread.h"
#include "recall.h"
#include "sample.h"

#define SECOND		1000000000ULL
#define WARM_UP		SECOND

static struct scenario scenarios[MAX_SCENARIOS];
static int cpus, windows_default;

/* The samples of one run: one more than there are windows. */
struct run {
	struct arena arena;
	int windows;
	uint64_t seconds[MAX_WINDOWS];	/* length of a window, in ns */
	uint64_t usage[MAX_GROUPS][MAX_WINDOWS + 1];
	uint64_t busy[MAX_WINDOWS + 1];
	uint32_t delays[MAX_GROUPS][2];
	int taken;
};

static void take(void *context)
{
	struct run *run = context;
	int i;

	for (i = 0; i < run->arena.members; i++) {
		const struct member *member = &run->arena.member[i];

		run->usage[i][run->taken] = arena_usage(member);
		run->delays[i][!!run->taken] = __atomic_load_n(&member->record->delays,
							       __ATOMIC_RELAXED);
	}
	run->busy[run->taken++] = sample_busy();
}

/* The windows are a second long, less what the samples held the CPUs. */
static void run_windows(struct run *run, uint64_t start, uint64_t length)
{
	uint64_t held = sample_at(start, take, run);
	int i;

	for (i = 0; i < run->windows; i++) {
		run->seconds[i] = length - held;
		held = sample_at(start + (i + 1) * length, take, run);
	}
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void tell_delays(const struct scenario *scenario, const struct run *run, int i)
{
	const struct member *member = &run->arena.member[i];
	uint32_t from = run->delays[i][0], to = run->delays[i][1], count;
	uint32_t *delay = member->record->delay;

	if (to > DELAYS_MAX)
		to = DELAYS_MAX;
	if (from >= to)
		return;
	count = to - from;
	qsort(delay + from, count, sizeof(*delay), compare_u32);
	printf("wake\t%s\t%s\t%s\t%u\t%.1f\t%.1f\t%.1f\n", scenario->name,
	       arm_names[run->arena.arm], member->group->name, count,
	       delay[from + count / 2] / 1e3, delay[from + count * 99ULL / 100] / 1e3,
	       delay[to - 1] / 1e3);
}

static void tell_run(const struct scenario *scenario, const struct run *run)
{
	const char *arm = arm_names[run->arena.arm];
	double length = (scenario->window ?: SECOND) / 1e9, end = 0;
	int i, k;

	for (k = 0; k < run->windows; k++) {
		end += length;
		for (i = 0; i < run->arena.members; i++)
			printf("window\t%s\t%s\t%s\t%.3f\t%.6f\t%.6f\n", scenario->name, arm,
			       run->arena.member[i].group->name, end, run->seconds[k] / 1e9,
			       (run->usage[i][k + 1] - run->usage[i][k]) / 1e9);
		printf("busy\t%s\t%s\t%d\t%.6f\t%.6f\n", scenario->name, arm, cpus,
		       length, (run->busy[k + 1] - run->busy[k]) / 1e9);
	}
	for (i = 0; i < run->arena.members; i++)
		tell_delays(scenario, run, i);
}

static void measure_arm(const struct scenario *scenario, enum arm arm, const struct group *only)
{
	static struct run run;
	uint64_t start;

	memset(&run, 0, sizeof(run));
	run.windows = scenario->windows ?: windows_default;
	arena_build(&run.arena, scenario, arm, only);
	start = arena_start(&run.arena);
	run_windows(&run, start + WARM_UP, scenario->window ?: SECOND);
	tell_run(scenario, &run);
	arena_clear(&run.arena);
}

/* Equal loads have equal demands. */
static const struct group *twin(const struct scenario *scenario, const struct group *group)
{
	const struct group *other = scenario->group;

	while (memcmp(&other->load, &group->load, sizeof(group->load)))
		other++;
	return other;
}

static void measure_alone(const struct scenario *scenario)
{
	const struct group *group = scenario->group;

	for (; group < scenario->group + scenario->groups; group++)
		if (!load_is_endless(&group->load) && twin(scenario, group) == group)
			measure_arm(scenario, ARM_ALONE, group);
}

static void measure_both(const struct scenario *scenario)
{
	measure_arm(scenario, ARM_PLAIN, NULL);
	measure_arm(scenario, ARM_BULKHEAD, NULL);
}

static void measure_recall(const struct scenario *scenario, enum arm arm)
{
	const struct group *victim = scenario->group;
	static struct arena arena;
	uint64_t wake, end;

	arena_build(&arena, scenario, arm, NULL);
	wake = arena_start(&arena) + victim->delay;
	end = wake + (scenario->windows ?: windows_default) * SECOND;
	sleep_until(end);
	printf("recall\t%s\t%s\t%s\t%.1f\n", scenario->name, arm_names[arm], victim->name,
	       recall_latency(arena.member[0].record, victim, wake, end) / 1e6);
	arena_clear(&arena);
}

static void measure_kthread(const struct scenario *scenario)
{
	uint64_t length = scenario->window ?: SECOND, start;
	struct kthread before, after;
	static struct arena arena;

	arena_build(&arena, scenario, ARM_BULKHEAD, NULL);
	start = arena_start(&arena) + WARM_UP;
	sleep_until(start);
	kthread_read(&before);
	sleep_until(start + length);
	kthread_read(&after);
	printf("kthread\t%s\t%d\t%.6f\t%.9f\t%llu\t%llu\n", scenario->name, cpus, length / 1e9,
	       (after.cpu - before.cpu) / 1e9,
	       (unsigned long long)(after.switches - before.switches),
	       (unsigned long long)after.timers);
	arena_clear(&arena);
}

static void tell_groups(const struct scenario *scenario)
{
	static const char *const places[] = { "partition", "host", "root" };
	static const char *const measures[] = { "shares", "series", "recall", "kthread" };
	const struct group *group = scenario->group;

	for (; group < scenario->group + scenario->groups; group++) {
		int endless = load_is_endless(&group->load) ? group->load.threads : 0;

		printf("group\t%s\t%s\t%s\t%s\t%.6f\t%.6f\t%d\t%s\t%s\n", scenario->name,
		       group->name, measures[scenario->measure], places[group->place],
		       group->guarantee / 1e6, group->limit / 1e6,
		       endless < cpus ? endless : cpus, twin(scenario, group)->name,
		       *scenario->honest ? scenario->honest : "-");
	}
}

static void measure(const struct scenario *scenario)
{
	fprintf(stderr, "[ %.1f s ] %s\n", now_ns() / 1e9, scenario->name);
	tell_groups(scenario);
	switch (scenario->measure) {
	case MEASURE_SHARES:
		measure_alone(scenario);
		measure_both(scenario);
		break;
	case MEASURE_SERIES:
		measure_both(scenario);
		break;
	case MEASURE_RECALL:
		measure_recall(scenario, ARM_PLAIN);
		measure_recall(scenario, ARM_BULKHEAD);
		break;
	case MEASURE_KTHREAD:
		measure_kthread(scenario);
		break;
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const struct rlimit files = { 4096, 4096 };
	int count, i, k;

	require(argc >= 5, "usage: guarantee FILE CPUS WINDOWS NAME...");
	cpus = atoi(argv[2]);
	windows_default = atoi(argv[3]);
	require(windows_default > 0 && windows_default <= MAX_WINDOWS, "WINDOWS");
	count = scenarios_read(argv[1], scenarios, MAX_SCENARIOS);
	/* Partitions are held by their fds. */
	require(!setrlimit(RLIMIT_NOFILE, &files), "file limit");
	heartbeat_start();
	/* Threads in the root cgroup compete one by one, as the kernel's own do. */
	write_file("/proc/sys/kernel", "sched_autogroup_enabled", "0");
	load_find_tick();
	sample_init(cpus);
	for (i = 0; i < count; i++)
		for (k = 4; k < argc; k++)
			if (scenarios[i].cpus == cpus && !strcmp(scenarios[i].name, argv[k]))
				measure(&scenarios[i]);
	return 0;
}
