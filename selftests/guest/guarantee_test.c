// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU rules between partitions: guarantee, share and limit, whatever nice values
 * and sessions there are, and the host beside them. On two CPUs.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "case.h"
#include "tenant.h"

/*
 * The owner's one thread is guaranteed most of a CPU, and each of eight neighbours has a
 * thread. By equal weights it would have two ninths of two CPUs.
 */
static void most_of_a_cpu(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 900, .processes = 1 },
		{ .name = "n0", .processes = 1 }, { .name = "n1", .processes = 1 },
		{ .name = "n2", .processes = 1 }, { .name = "n3", .processes = 1 },
		{ .name = "n4", .processes = 1 }, { .name = "n5", .processes = 1 },
		{ .name = "n6", .processes = 1 }, { .name = "n7", .processes = 1 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(900) &&
		     tenants_rate(tenants, ARRAY_SIZE(tenants)) >= 1600);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* The same for a neighbour with all eight threads, and an owner that wants both CPUs. */
static void one_neighbour(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1600, .processes = 2 },
		{ .name = "neighbour", .guarantee = 200, .processes = 8 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1600) &&
		     tenants[1].rate >= kept(200));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static void on_and_off(int number)
{
	(void)number;
	for (;;) {
		burn_us(10000);
		sleep_ms(10);
	}
}

/*
 * An owner that wants less than its guarantee gets what it wants. It is asleep for half of
 * the time at best; the kernel does not make up for that by itself.
 */
static void less_than_guaranteed(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 900, .processes = 1, .run = on_and_off },
		{ .name = "n0", .guarantee = 200, .processes = 2 },
		{ .name = "n1", .guarantee = 200, .processes = 2 },
		{ .name = "n2", .guarantee = 200, .processes = 2 },
		{ .name = "n3", .guarantee = 200, .processes = 2 },
	};
	int alone;

	tenant_create(&tenants[0]);
	tenant_start(&tenants[0]);
	tenants_measure(tenants, 1, 1000);
	/* If its CPU stood still it seems to be more. */
	alone = tenants[0].rate < CPU / 2 ? tenants[0].rate : CPU / 2;
	tenants_start(tenants + 1, ARRAY_SIZE(tenants) - 1);
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(alone));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* 1.5 to 0.3, and a half each of the 0.1 that is left: 4.4 to 1. Equal weights: 1 to 1. */
static void five_to_one(void)
{
	struct tenant tenants[] = {
		{ .name = "large", .guarantee = 1500, .processes = 4 },
		{ .name = "small", .guarantee = 300, .processes = 4 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500) &&
		     tenants[1].rate >= kept(300));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* What is promised to nobody: towards 1 to 3. Equal weights: 1 to 1. */
static void by_share(void)
{
	struct tenant tenants[] = {
		{ .name = "one", .share = 100, .processes = 2 },
		{ .name = "three", .share = 300, .processes = 2 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[1].rate >= tenants[0].rate * 5 / 4 &&
		     tenants[1].rate <= tenants[0].rate * 4);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * Alone, with more threads than the limit has CPUs: no more than that, and not much less.
 * What a CPU that stood still did not use of its quota is lost.
 */
static void limited_alone(unsigned int limit)
{
	struct tenant tenants[] = {
		{ .name = "limited", .limit = limit, .processes = 4 },
	};
	int bound = limit;

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= bound * 6 / 10 &&
		     tenants[0].rate <= bound * 11 / 10);
	KTAP_EXPECT_GT(knob_key("limited", "cpu.stat", "nr_throttled"), 0);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static void half_a_cpu(void)
{
	limited_alone(500);
}

static void one_and_a_half(void)
{
	limited_alone(1500);
}

/* The limit wins over the guarantee, and what it may not have goes to the others. */
static void limit_and_guarantee(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 500, .limit = 500, .processes = 2 },
		{ .name = "neighbour", .processes = 8 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= 300 && tenants[0].rate <= 550 &&
		     tenants[1].rate >= 1200);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* Nice values order the threads of a partition, and tell others nothing. */
static void nice_values(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 900, .processes = 1, .nice = 19 },
		{ .name = "n0", .processes = 2, .nice = -20 },
		{ .name = "n1", .processes = 2, .nice = -20 },
		{ .name = "n2", .processes = 2, .nice = -20 },
		{ .name = "n3", .processes = 2, .nice = -20 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(900));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * Autogroup gives each session a weight of its own, but in the root cgroup only. Otherwise
 * six sessions would have three times as much as two.
 */
static void sessions(void)
{
	struct tenant tenants[] = {
		{ .name = "two", .guarantee = 1500, .processes = 2, .sessions = true },
		{ .name = "six", .guarantee = 300, .processes = 6, .sessions = true },
	};

	KTAP_EXPECT_EQ(write_file("/proc/sys/kernel/sched_autogroup_enabled", "1"), 0);
	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500) &&
		     tenants[1].rate >= kept(300));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* Who begins after a long sleep has its guarantee from the beginning on. */
static void idle_to_busy(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1500, .processes = 2 },
		{ .name = "n0", .processes = 2 }, { .name = "n1", .processes = 2 },
		{ .name = "n2", .processes = 2 }, { .name = "n3", .processes = 2 },
	};
	int left = 4;
	bool held;

	tenant_create(&tenants[0]);
	tenants_start(tenants + 1, ARRAY_SIZE(tenants) - 1);
	do {
		/* Its processes are new: nobody has seen it run before. */
		sleep_ms(2700);
		tenant_start(&tenants[0]);
		tenants_measure(tenants, ARRAY_SIZE(tenants), 400);
		held = tenants[0].rate >= kept(1500);
		if (!held)
			tenants_print(tenants, ARRAY_SIZE(tenants));
		tenant_kill(&tenants[0]);
	} while (!held && --left);
	KTAP_EXPECT(held);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * The host's own groups may want everything: the guarantee holds, and of the reserve of 0.1
 * what is left to them beside the test itself. Weights of 100 to 10000 would leave 0.02.
 */
static void beside_the_host(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1600, .processes = 4 },
		{ .name = "service", .host = true, .processes = 4 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1600) &&
		     tenants[1].rate >= 40);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* How often the one process of a tenant had to leave its CPU. */
static long preempted(const struct tenant *tenant)
{
	char path[64], status[4096];
	const char *found;

	snprintf(path, sizeof(path), "/proc/%s/status", knob(tenant->name, "cgroup.procs"));
	if (read_file(path, status, sizeof(status)) <= 0)
		bail("no %s", path);
	found = strstr(status, "nonvoluntary_ctxt_switches:");
	if (!found)
		bail("no switches in %s", path);
	return atol(strchr(found, ':') + 1);
}

/*
 * A slice of EEVDF is 1.4 ms with two CPUs. If only the tick of 4 ms ended it there were
 * no more than 250 turns in a second of CPU time, and a few for the module's thread.
 */
static void short_turns(void)
{
	struct tenant tenants[] = {
		{ .name = "one", .guarantee = 400, .processes = 1, .cpus = 2 },
		{ .name = "two", .guarantee = 400, .processes = 1, .cpus = 2 },
	};
	unsigned int ms = WINDOW_MS;
	struct utsname kernel;
	long turns;

	uname(&kernel);
	if (!strncmp(kernel.release, "6.1.", 4)) {
		ktap_case_skip("CFS has no slices");
		return;
	}
	tenants_start(tenants, ARRAY_SIZE(tenants));
	do {
		long before = preempted(&tenants[0]);

		tenants_measure(tenants, ARRAY_SIZE(tenants), ms);
		/* In a second of its own. */
		turns = (preempted(&tenants[0]) - before) * CPU * 1000 /
			((long)tenants[0].rate * ms + 1);
		printf("# %ld turns in a second\n", turns);
		ms *= 2;
	} while (turns < 400 && ms <= WINDOW_MAX_MS);
	KTAP_EXPECT_GE(turns, 400);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ most_of_a_cpu, "most of a CPU beside eight partitions" },
	{ one_neighbour, "most of two CPUs beside one of eight threads" },
	{ less_than_guaranteed, "who wants less than its guarantee gets that" },
	{ five_to_one, "two guarantees, five to one" },
	{ by_share, "what is left goes by share" },
	{ half_a_cpu, "a limit of half a CPU" },
	{ one_and_a_half, "a limit of one and a half CPUs" },
	{ limit_and_guarantee, "a limit equal to the guarantee" },
	{ nice_values, "nice -20 beside nice 19" },
	{ sessions, "autogroup makes no difference" },
	{ idle_to_busy, "from idle to the guarantee" },
	{ beside_the_host, "the host's groups beside a partition" },
	{ short_turns, "turns as long as a slice" },
};

TEST_MAIN(cases)
