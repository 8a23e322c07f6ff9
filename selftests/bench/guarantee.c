// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU guarantee, measured: each scenario's groups alone, in plain cgroups and in
 * partitions. Writes one line for each window and group, which guarantee.sh judges:
 *
 *	group	SCENARIO GROUP ROLE GUARANTEE LIMIT ENDLESS
 *	window	SCENARIO ARM GROUP NUMBER SECONDS CPU_SECONDS
 *	busy	SCENARIO ARM NUMBER SECONDS CPU_SECONDS CPUS
 *	wake	SCENARIO ARM GROUP COUNT P50 P99 MAX	(ns)
 *	recall	SCENARIO ARM GROUP NS
 *	kthread	SCENARIO SECONDS CPU_NS SWITCHES
 *
 * ENDLESS is how many CPUs the load wants at any time, 0 if that must be measured.
 */
#include <dirent.h>
#include <sched.h>

#include "arena.h"
#include "bench.h"
#include "heartbeat.h"
#include "sample.h"

#define SECOND		1000000000ULL
#define MS		1000000ULL
#define MAX_WINDOWS	32
/* From the fork of the loads to their start. */
#define SETUP		(200 * MS)

static struct scenario scenarios[MAX_SCENARIOS];
static int scenario_count, cpus, windows;

/* The samples of one run: one more than there are windows. */
struct run {
	struct arena *arena;
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

	for (i = 0; i < run->arena->members; i++) {
		const struct member *member = &run->arena->member[i];

		run->usage[i][run->taken] = arena_usage(member);
		run->delays[i][!!run->taken] = __atomic_load_n(&member->record->delays,
							       __ATOMIC_RELAXED);
	}
	run->busy[run->taken++] = sample_busy();
}

/* Windows of exactly one second, less what the sample itself held the CPUs. */
static void run_windows(struct run *run, uint64_t start)
{
	uint64_t held = sample_at(start, take, run);
	int i;

	for (i = 0; i < windows; i++) {
		run->seconds[i] = SECOND - held;
		held = sample_at(start + (i + 1) * SECOND, take, run);
	}
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void tell_delays(const char *scenario, const struct run *run, int i)
{
	const struct member *member = &run->arena->member[i];
	uint32_t from = run->delays[i][0], to = run->delays[i][1], count;
	uint32_t *delay = member->record->delay;

	if (to > DELAYS_MAX)
		to = DELAYS_MAX;
	if (from >= to)
		return;
	count = to - from;
	qsort(delay + from, count, sizeof(*delay), compare_u32);
	printf("wake\t%s\t%s\t%s\t%u\t%u\t%u\t%u\n", scenario, arm_names[run->arena->arm],
	       member->group->name, count, delay[from + count / 2],
	       delay[from + count * 99ULL / 100], delay[to - 1]);
}

static void tell_run(const char *scenario, const struct run *run)
{
	const char *arm = arm_names[run->arena->arm];
	int i, k;

	for (i = 0; i < run->arena->members; i++) {
		for (k = 0; k < windows; k++)
			printf("window\t%s\t%s\t%s\t%d\t%.6f\t%.6f\n", scenario, arm,
			       run->arena->member[i].group->name, k, run->seconds[k] / 1e9,
			       (run->usage[i][k + 1] - run->usage[i][k]) / 1e9);
		tell_delays(scenario, run, i);
	}
	for (k = 0; k < windows; k++)
		printf("busy\t%s\t%s\t%d\t%.6f\t%.6f\t%d\n", scenario, arm, k,
		       run->seconds[k] / 1e9, (run->busy[k + 1] - run->busy[k]) / 1e9, cpus);
}

static void measure_arm(const struct scenario *scenario, enum arm arm, const struct group *only)
{
	static struct arena arena;
	static struct run run;
	uint64_t start;

	memset(&run, 0, sizeof(run));
	run.arena = &arena;
	arena_build(&arena, scenario, arm, only);
	start = now_ns() + SETUP + arena.members * 10 * MS;
	arena_start(&arena, start);
	run_windows(&run, start + SECOND);
	tell_run(scenario->name, &run);
	arena_clear(&arena);
}

/* Equal loads have equal demands: the first group of all that has it was measured. */
static bool is_measured(const struct scenario *scenario, const struct group *group)
{
	const struct group *other;

	for (other = scenario->group; other < group; other++)
		if (!memcmp(&other->load, &group->load, sizeof(group->load)))
			return true;
	return false;
}

static void measure_alone(const struct scenario *scenario)
{
	int i;

	for (i = 0; i < scenario->groups; i++) {
		const struct group *group = &scenario->group[i];

		if (!load_is_endless(&group->load) && !is_measured(scenario, group))
			measure_arm(scenario, ARM_ALONE, group);
	}
}

/* The group whose alone windows stand for those of this one. */
static const char *twin(const struct scenario *scenario, const struct group *group)
{
	const struct group *other = scenario->group;

	while (memcmp(&other->load, &group->load, sizeof(group->load)))
		other++;
	return other->name;
}

static void tell_groups(const struct scenario *scenario)
{
	int i;

	for (i = 0; i < scenario->groups; i++) {
		const struct group *group = &scenario->group[i];
		int endless = load_is_endless(&group->load) ? group->load.threads : 0;

		printf("group\t%s\t%s\t%s\t%.6f\t%.6f\t%d\t%s\t%d\t%s\n", scenario->name,
		       group->name, i ? "neighbour" : "victim", group->guarantee / 1e6,
		       group->limit / 1e6, endless < cpus ? endless : cpus,
		       twin(scenario, group), group->place,
		       *scenario->honest ? scenario->honest : "-");
	}
}

static void measure_shares(const struct scenario *scenario)
{
	measure_alone(scenario);
	measure_arm(scenario, ARM_PLAIN, NULL);
	measure_arm(scenario, ARM_BULKHEAD, NULL);
}

static void measure(const struct scenario *scenario)
{
	fprintf(stderr, "[ %.1f s ] %s\n", now_ns() / 1e9, scenario->name);
	tell_groups(scenario);
	switch (scenario->measure) {
	case MEASURE_SHARES:
		measure_shares(scenario);
		break;
	default:
		break;
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int i, k;

	require(argc >= 5, "usage: guarantee FILE CPUS WINDOWS NAME...");
	cpus = atoi(argv[2]);
	windows = atoi(argv[3]);
	require(windows > 0 && windows <= MAX_WINDOWS, "WINDOWS");
	scenario_count = scenarios_read(argv[1], scenarios, MAX_SCENARIOS);
	heartbeat_start();
	load_find_tick();
	sample_init(cpus);
	for (i = 0; i < scenario_count; i++)
		for (k = 4; k < argc; k++)
			if (scenarios[i].cpus == cpus && !strcmp(scenarios[i].name, argv[k]))
				measure(&scenarios[i]);
	return 0;
}
