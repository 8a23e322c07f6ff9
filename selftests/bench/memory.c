// SPDX-License-Identifier: GPL-2.0
/*
 * What the memory guarantee is worth, and what plain cgroup v2 makes of the same.
 *
 *	memory FILE RUNS CYCLES SIDES [SCENARIO]...
 *
 * runs the scenarios of FILE with module and tool in place, on each of SIDES (idle, bare,
 * plain or bulkhead, comma-separated), and prints fields divided by tabs:
 *
 *	fill SCENARIO SIDE KIND VERDICT SLOWEST KILL DEAD KERNEL
 *	cache SCENARIO SIDE REFAULTS
 *	cycle SCENARIO SIDE CYCLES LOST
 *
 * KIND is reserve, lend or forced. VERDICT is ok or the first thing that went wrong, SLOWEST
 * the time of the slowest MiB of the last tenant (ns), KILL the time from when a page was first
 * waited for to the first SIGKILL (ns, or - if nobody died), DEAD the processes that died, of
 * whom, and KERNEL how many the kernel counts as killed by its OOM killer. REFAULTS are pages
 * of the first tenant's file that were gone, LOST bytes that are free no more. Lines in brackets
 * tell how far it is.
 */
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>

#include "bench.h"
#include "heartbeat.h"
#include "memory_worker.h"

#define WORKERS_MAX	256
#define TRACING		"/sys/kernel/tracing"
#define FILES		"/mnt"
#define POLL_NS		5000000
#define PATIENCE_NS	(30 * 1000000000ULL)
#define SETTLE_NS	200000000	/* for the kernel to free what the dead had */
#define EXCESS_MARGIN	(8LL << 20)	/* by which a victim's must be the largest */
#define WARM_UP		10		/* cycles before the first look */
#define STREAM_CHUNK	(256 << 10)
#define OTHER_SHARE	10		/* of the runs, on the sides to compare with */
#define OTHER_LEAST	3
#define CPU_MEASURED	0
#define CPU_OTHER	1

struct run {
	const struct memory_scenario *scenario;
	enum side side;
	int first;		/* tenant that takes part: 0, or the last one when it is alone */
	struct place place[GROUPS_MAX];
	int workers;
	char verdict[160];
};

static struct worker *worker;	/* WORKERS_MAX of them, shared with the processes */

static void fail(struct run *run, const char *format, ...)
{
	va_list arguments;

	if (*run->verdict)
		return;
	va_start(arguments, format);
	vsnprintf(run->verdict, sizeof(run->verdict), format, arguments);
	va_end(arguments);
}

static void become_ordinary(void)
{
	struct sched_param fair = { 0 };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	munlockall();
	require(!sched_setscheduler(0, SCHED_OTHER, &fair), "SCHED_OTHER");
	write_file("/proc/self", "oom_score_adj", "0");
}

static uint64_t oom_kills(void)
{
	static const struct place vm = { .path = "/proc" };

	return place_read(&vm, "vmstat", "oom_kill");
}

static void note_the_dead(const struct run *run)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < run->workers; i++)
			if (worker[i].pid == pid)
				worker[i].dead = true;
		require(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "a worker failed");
	}
}

/* Until each process of the tenant has what it wants, or is dead. */
static bool wait_for(struct run *run, const struct tenant *tenant)
{
	struct timespec poll = { 0, POLL_NS };
	uint64_t end = now_ns() + PATIENCE_NS;
	sigset_t child;
	int i;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while (now_ns() < end) {
		bool all = true;

		sigtimedwait(&child, NULL, &poll);
		note_the_dead(run);
		for (i = 0; i < run->workers; i++)
			if (worker[i].place->tenant == tenant && !worker[i].dead && !worker[i].done)
				all = false;
		if (all)
			return true;
	}
	fail(run, "%s-hangs", tenant->name);
	return false;
}

static void pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	require(!sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
}

/*
 * In virtual time a CPU is half as fast while the other one runs: whoever is measured would
 * be the slower for everything that the kernel does elsewhere. So the other CPU is never
 * idle, with or without neighbours, and gives way to anybody else.
 */
static void occupy_other_cpu(void)
{
	struct sched_param none = { 0 };
	pid_t pid = fork();

	require(pid >= 0, "fork");
	if (pid) {
		waitpid(pid, NULL, 0);
		return;
	}
	/* Not our child: we wait for all of those. */
	if (fork())
		_exit(0);
	require(!mlockall(MCL_CURRENT), "mlockall");
	require(!sched_setscheduler(0, SCHED_IDLE, &none), "SCHED_IDLE");
	pin(CPU_OTHER);
	for (;;)
		;
}

static void start(struct run *run, const struct place *place)
{
	int i;

	for (i = 0; i < place->tenant->processes; i++) {
		struct worker *new = &worker[run->workers++];
		pid_t pid;

		require(run->workers <= WORKERS_MAX, "too many processes");
		memset(new, 0, sizeof(*new));
		new->place = place;
		new->full_swap = run->scenario->full_swap;
		pid = fork();
		require(pid >= 0, "fork");
		if (pid) {
			new->pid = pid;
			continue;
		}
		become_ordinary();
		if (place->tenant == &run->scenario->tenant[run->scenario->tenants - 1])
			pin(CPU_MEASURED);
		place_enter(place);
		worker_run(new);
	}
}

static int64_t excess(const struct place *place)
{
	return place_read(place, "memory.current", NULL) - place->tenant->guarantee;
}

/* A run in which somebody else has the largest excess says nothing. */
static void check_excess(struct run *run)
{
	const struct place *victim = &run->place[run->scenario->victim];
	int64_t most = excess(victim) - EXCESS_MARGIN;
	int i;

	for (i = 0; i < run->scenario->tenants; i++)
		if (&run->place[i] != victim && excess(&run->place[i]) > most)
			fail(run, "%s-has-the-larger-excess", run->place[i].tenant->name);
}

static void clear_trace(void)
{
	write_file(TRACING, "tracing_on", "0");
	fclose(fopen(TRACING "/trace", "w"));
	write_file(TRACING, "tracing_on", "1");
}

static void start_trace(void)
{
	write_file(TRACING, "trace_clock", "mono");
	write_file(TRACING "/events/signal/signal_generate", "filter", "sig == 9");
	write_file(TRACING "/events/signal/signal_generate", "enable", "1");
}

static const struct worker *worker_of(const struct run *run, int pid)
{
	int i;

	for (i = 0; i < run->workers; i++)
		if (worker[i].pid == pid)
			return &worker[i];
	return NULL;
}

/* When the first worker was sent SIGKILL (CLOCK_MONOTONIC, ns), or 0. */
static uint64_t first_kill(const struct run *run)
{
	FILE *file = fopen(TRACING "/trace", "r");
	uint64_t time = 0;
	char line[512];

	require(!!file, TRACING "/trace");
	while (!time && fgets(line, sizeof(line), file)) {
		char *event = strstr(line, ": signal_generate: sig=9 "), *stamp = event, *pid;
		unsigned int s, us;

		if (!event)
			continue;
		while (stamp > line && stamp[-1] != ' ')
			stamp--;
		pid = strstr(event, " pid=");
		if (pid && worker_of(run, atoi(pid + 5)) && sscanf(stamp, "%u.%u", &s, &us) == 2)
			time = s * 1000000000ULL + us * 1000ULL;
	}
	fclose(file);
	return time;
}

/* Since when somebody had been waiting for a page at that time; none: that time. */
static uint64_t waits_since(const struct run *run, uint64_t time)
{
	uint64_t since = time;
	uint32_t k;
	int i;

	for (i = 0; i < run->workers; i++) {
		uint64_t one = worker[i].waits_since;

		if (one && one < since)
			since = one;
		for (k = 0; k < STALLS_MAX && k < worker[i].stalls; k++)
			if (worker[i].stall[k].to >= time && worker[i].stall[k].from < since)
				since = worker[i].stall[k].from;
	}
	return since;
}

static int count_dead(const struct run *run, const struct tenant *tenant)
{
	int i, count = 0;

	for (i = 0; i < run->workers; i++)
		count += worker[i].dead && worker[i].place->tenant == tenant;
	return count;
}

static void check_end(struct run *run)
{
	const struct memory_scenario *scenario = run->scenario;
	const struct tenant *last = &scenario->tenant[scenario->tenants - 1];
	int i;

	for (i = run->first; i < scenario->tenants; i++) {
		const struct tenant *tenant = &scenario->tenant[i];
		int dead = count_dead(run, tenant);

		if (dead && i != scenario->victim)
			fail(run, "%s-died", tenant->name);
		if (!dead && i == scenario->victim && scenario->forced && !run->first)
			fail(run, "nobody-died");
	}
	for (i = 0; i < run->workers; i++)
		if (worker[i].place->tenant == last && !worker[i].done)
			fail(run, "%s-lacks-memory", last->name);
}

/* What the module says of its last decision: the first name after "payer: ". */
static void check_payer(struct run *run)
{
	const struct memory_scenario *scenario = run->scenario;
	const struct tenant *victim = &scenario->tenant[scenario->victim];
	const char *want = victim->partition ? victim->name : "host";
	char line[512], payer[64] = "nobody";
	FILE *file;

	if (run->side != SIDE_BULKHEAD || scenario->victim < 0 || !count_dead(run, victim))
		return;
	file = fopen("/proc/bulkhead/oom", "r");
	require(!!file, "/proc/bulkhead/oom");
	while (fgets(line, sizeof(line), file))
		sscanf(line, "payer: %63s", payer);
	fclose(file);
	if (strcmp(payer, want))
		fail(run, "said-to-pay:%s", payer);
}

/* The kernel's own killer counts those of each group: nobody but the victim's may be. */
static void check_events(struct run *run)
{
	const struct memory_scenario *scenario = run->scenario;
	int i;

	for (i = 0; i < scenario->tenants; i++)
		if (i != scenario->victim &&
		    place_read(&run->place[i], "memory.events", "oom_kill"))
			fail(run, "%s-was-killed-in", scenario->tenant[i].name);
}

static void print_fill(const struct run *run, uint64_t kernel)
{
	const struct memory_scenario *scenario = run->scenario;
	uint64_t kill = first_kill(run), slowest = 0;
	const char *comma = "";
	int i;

	for (i = 0; i < run->workers; i++)
		if (worker[i].place->tenant == &scenario->tenant[scenario->tenants - 1] &&
		    worker[i].slowest > slowest)
			slowest = worker[i].slowest;
	printf("fill\t%s\t%s\t%s\t%s\t%llu\t", scenario->name, side_names[run->side],
	       scenario->reserve ? "reserve" : scenario->forced ? "forced" : "lend",
	       *run->verdict ? run->verdict : "ok", (unsigned long long)slowest);
	if (kill)
		printf("%llu\t", (unsigned long long)(kill - waits_since(run, kill)));
	else
		printf("-\t");
	for (i = run->first; i < scenario->tenants; i++) {
		int dead = count_dead(run, &scenario->tenant[i]);

		if (!dead)
			continue;
		printf("%s%s:%d", comma, scenario->tenant[i].name, dead);
		comma = ",";
	}
	printf("%s\t%llu\n", *comma ? "" : "-", (unsigned long long)kernel);
}

static void clear(struct run *run)
{
	places_clear(run->place, run->scenario->tenants);
	while (waitpid(-1, NULL, 0) > 0)
		;
	sleep_until(now_ns() + SETTLE_NS);
}

static void run_fill(const struct memory_scenario *scenario, enum side side)
{
	struct run run = { .scenario = scenario, .side = side };
	uint64_t before = oom_kills();
	int i;

	if (side == SIDE_IDLE)
		run.first = scenario->tenants - 1;
	places_build(run.place, scenario, side == SIDE_IDLE ? SIDE_PLAIN : side);
	clear_trace();
	for (i = run.first; i < scenario->tenants; i++) {
		if (scenario->forced && i == scenario->tenants - 1 && !run.first)
			check_excess(&run);
		start(&run, &run.place[i]);
		if (!wait_for(&run, &scenario->tenant[i]))
			break;
		/* Of these, who is there at the end must have been there before. */
		if (i < scenario->tenants - 1 && count_dead(&run, &scenario->tenant[i]))
			fail(&run, "%s-died-early", scenario->tenant[i].name);
	}
	/* Who was killed a moment ago is dying still. */
	sleep_until(now_ns() + SETTLE_NS);
	note_the_dead(&run);
	check_end(&run);
	check_payer(&run);
	check_events(&run);
	print_fill(&run, oom_kills() - before);
	clear(&run);
}

static void wait_child(pid_t pid)
{
	int status;

	require(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status),
		"a reader failed");
}

/* Read a file of that size, which has no blocks: only its pages are wanted. */
static void read_file(const struct place *place, uint64_t size)
{
	char path[64], *buffer;
	uint64_t done;
	pid_t pid;
	int fd;

	snprintf(path, sizeof(path), FILES "/%s", place->tenant->name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	require(fd >= 0 && !ftruncate(fd, size), path);
	pid = fork();
	require(pid >= 0, "fork");
	if (pid) {
		close(fd);
		wait_child(pid);
		return;
	}
	become_ordinary();
	place_enter(place);
	buffer = malloc(STREAM_CHUNK);
	require(!!buffer, "memory");
	for (done = 0; done < size; done += STREAM_CHUNK)
		require(read(fd, buffer, STREAM_CHUNK) > 0, path);
	_exit(0);
}

static uint64_t refaults(const struct place *place)
{
	return place_read(place, "memory.stat", "workingset_refault_file");
}

static void run_cache(const struct memory_scenario *scenario, enum side side)
{
	const struct tenant *owner = &scenario->tenant[0], *neighbour = &scenario->tenant[1];
	struct place place[GROUPS_MAX];
	uint64_t before;

	places_build(place, scenario, side);
	/* Twice: it is a working set, and not a stream. */
	read_file(&place[0], owner->size);
	read_file(&place[0], owner->size);
	require(place_read(&place[0], "memory.current", NULL) >= owner->size,
		"the owner's file is not in memory");
	before = refaults(&place[0]);
	read_file(&place[1], neighbour->size);
	read_file(&place[0], owner->size);
	printf("cache\t%s\t%s\t%llu\n", scenario->name, side_names[side],
	       (unsigned long long)(refaults(&place[0]) - before));
	places_clear(place, scenario->tenants);
	require(!unlink(FILES "/owner") && !unlink(FILES "/neighbour"), FILES);
}

/* Free pages in the lists that each CPU keeps, some MiB, are not in what sysinfo() says. */
static int64_t free_in_lists(void)
{
	FILE *file = fopen("/proc/zoneinfo", "r");
	unsigned long long count, sum = 0;
	char line[256];

	require(!!file, "/proc/zoneinfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %llu", &count) == 1)
			sum += count;
	fclose(file);
	return sum * 4096;
}

/* What a cycle uses and what only waits to be freed are different things. */
static int64_t free_memory(void)
{
	struct sysinfo info;

	sleep_until(now_ns() + 2000000000ULL);
	sync();
	write_file("/proc/sys/vm", "drop_caches", "3");
	sleep_until(now_ns() + 2000000000ULL);
	require(!sysinfo(&info), "sysinfo");
	return info.freeram + free_in_lists();
}

static void run_cycle(const struct memory_scenario *scenario, enum side side, int cycles)
{
	int64_t before = 0;
	int i, k;

	for (i = 0; i < WARM_UP + cycles; i++) {
		struct run run = { .scenario = scenario, .side = side };

		if (i == WARM_UP)
			before = free_memory();
		places_build(run.place, scenario, side);
		for (k = 0; k < scenario->tenants; k++) {
			start(&run, &run.place[k]);
			wait_for(&run, &scenario->tenant[k]);
		}
		for (k = 0; k < run.workers; k++)
			require(worker[k].done, "a process of the cycle did not get its memory");
		places_clear(run.place, scenario->tenants);
		while (waitpid(-1, NULL, 0) > 0)
			;
		if (i % 100 == 99)
			printf("[%s %s: cycle %d]\n", scenario->name, side_names[side], i + 1);
	}
	printf("cycle\t%s\t%s\t%d\t%lld\n", scenario->name, side_names[side], cycles,
	       (long long)(before - free_memory()));
}

static void run_scenario(const struct memory_scenario *scenario, enum side side, int runs,
			 int cycles)
{
	uint64_t start = now_ns();
	int i;

	if (side != SIDE_BULKHEAD && runs > OTHER_LEAST)
		runs = runs / OTHER_SHARE > OTHER_LEAST ? runs / OTHER_SHARE : OTHER_LEAST;
	switch (scenario->measure) {
	case MEASURE_FILL:
		/* What is as fast as on an idle machine is what is held ready. */
		if (side == SIDE_BARE || (side == SIDE_IDLE && !scenario->reserve))
			return;
		for (i = 0; i < runs; i++)
			run_fill(scenario, side);
		break;
	case MEASURE_CACHE:
		if (side != SIDE_IDLE)
			run_cache(scenario, side);
		break;
	case MEASURE_CYCLE:
		if (side == SIDE_PLAIN || side == SIDE_BULKHEAD)
			run_cycle(scenario, side, cycles);
		break;
	}
	printf("[%s %s: %llu s]\n", scenario->name, side_names[side],
	       (unsigned long long)((now_ns() - start) / 1000000000));
}

static bool asked_for(const char *name, char **names)
{
	if (!*names)
		return true;
	while (*names)
		if (!strcmp(*names++, name))
			return true;
	return false;
}

/* Never a victim, never waits for memory of its own, and never waits for a CPU. */
static void become_observer(void)
{
	struct sched_param first = { .sched_priority = 90 };
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	require(!sigprocmask(SIG_BLOCK, &child, NULL), "signals");
	write_file("/proc/self", "oom_score_adj", "-1000");
	require(!mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
	require(!sched_setscheduler(0, SCHED_FIFO, &first), "SCHED_FIFO");
}

int main(int argc, char **argv)
{
	struct memory_scenario *scenarios;
	int count, i, side;

	setvbuf(stdout, NULL, _IOLBF, 0);
	require(argc >= 5, "usage: memory FILE RUNS CYCLES SIDES [SCENARIO]...");
	scenarios = memory_scenarios(argv[1], &count);
	worker = mmap(NULL, WORKERS_MAX * sizeof(*worker), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	require(worker != MAP_FAILED, "memory");
	become_observer();
	heartbeat_start();
	occupy_other_cpu();
	start_trace();
	for (i = 0; i < count; i++)
		for (side = SIDE_IDLE; side <= SIDE_BULKHEAD; side++)
			if (strstr(argv[4], side_names[side]) &&
			    asked_for(scenarios[i].name, argv + 5))
				run_scenario(&scenarios[i], side, atoi(argv[2]), atoi(argv[3]));
	return 0;
}
