// SPDX-License-Identifier: GPL-2.0
/*
 * Ways to cheat the account: a partition that tries one has no more than its share
 * beside an honest one with the same guarantee, which has not less. On two CPUs.
 */
#include "case.h"
#include "tenant.h"

#include <sched.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS		4000000ULL	/* Debian's kernels: 250 Hz */
#define PERIOD_NS	100000000ULL
#define CROWD		128

static __u64 tick_phase;

static void sleep_until(__u64 time)
{
	struct timespec at = { time / 1000000000, time % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		;
}

/* The kernel's list of timers has the next tick of each CPU; their phase is the same. */
static void find_tick(void)
{
	unsigned long long expires;
	bool tick = false, found = false;
	char line[256];
	FILE *file = fopen("/proc/timer_list", "r");

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (strstr(line, "tick_sched_timer") || strstr(line, "tick_nohz_handler"))
			tick = true;
		found = tick && sscanf(line, " # expires at %llu", &expires) == 1;
	}
	if (!found)
		bail("no tick in /proc/timer_list");
	fclose(file);
	tick_phase = expires % TICK_NS;
}

/* On the CPU between two ticks and off it at each of them: who samples sees nobody. */
static void dodge(int number)
{
	(void)number;
	for (;;) {
		__u64 now = now_ns();
		__u64 tick = now - (now - tick_phase) % TICK_NS + TICK_NS;

		while (now_ns() + TICK_NS / 16 < tick)
			;
		sleep_until(tick + TICK_NS / 16);
	}
}

static void yield(int number)
{
	(void)number;
	for (;;)
		sched_yield();
}

/* A process for each slice of work: what one has used dies with it. */
static void fork_per_slice(int number)
{
	(void)number;
	for (;;) {
		pid_t child = fork();

		if (!child) {
			burn_us(1000);
			_exit(0);
		}
		if (child > 0)
			waitpid(child, NULL, 0);
	}
}

/* One task, and for half of each period all of them. */
static void explode(int number)
{
	for (;;) {
		__u64 now = now_ns(), phase = now % PERIOD_NS;

		if (number && phase < PERIOD_NS / 2)
			sleep_until(now - phase + PERIOD_NS / 2);
	}
}

static void storm(int number)
{
	struct timespec pause = { .tv_nsec = 50000 + number * 1000 };

	for (;;) {
		burn_us(100);
		nanosleep(&pause, NULL);
	}
}

/*
 * Both have half, or the cheat has less. Little is guaranteed: whose time is not charged is
 * always served first, and would have all the rest.
 */
static void expect_no_gain(int processes, void (*run)(int number))
{
	struct tenant tenants[] = {
		{ .name = "honest", .guarantee = 200, .processes = 4 },
		{ .name = "cheat", .guarantee = 200, .processes = processes, .run = run },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(800) &&
		     tenants[1].rate <= tenants[0].rate * 6 / 5);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static void tick_dodger(void)
{
	find_tick();
	expect_no_gain(4, dodge);
}

static void yielder(void)
{
	expect_no_gain(4, yield);
}

static void forker(void)
{
	expect_no_gain(4, fork_per_slice);
}

static void exploder(void)
{
	expect_no_gain(CROWD, explode);
}

static void stormer(void)
{
	expect_no_gain(16, storm);
}

/* Without a guarantee there is nothing to win either: each has its share. */
static void borrower(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 900, .processes = 1 },
		{ .name = "honest", .processes = 2 },
		{ .name = "cheat", .processes = CROWD, .run = explode },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(900) &&
		     tenants[2].rate <= tenants[1].rate * 5 / 4);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ tick_dodger, "sleep at every tick" },
	{ yielder, "yield all the time" },
	{ forker, "fork for each slice" },
	{ exploder, "from 1 to 128 tasks and back" },
	{ stormer, "sleep and wake in storms" },
	{ borrower, "128 tasks that only borrow" },
};

TEST_MAIN(cases)
