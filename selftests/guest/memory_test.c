// SPDX-License-Identifier: GPL-2.0
/*
 * Protection and limits of memory: memory.min of partitions and of the top, the memory
 * limit, the soft limit and its bound in time.
 */
#define _GNU_SOURCE
#include "case.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEM_G	BULKHEAD_SET_MEMORY_GUARANTEE
#define MEM_L	BULKHEAD_SET_MEMORY_LIMIT
#define SOFT	BULKHEAD_SET_MEMORY_SOFT_LIMIT
#define TIME	BULKHEAD_SET_MEMORY_SOFT_TIME
#define ACTION	BULKHEAD_SET_MEMORY_SOFT_ACTION
#define GROUP	BULKHEAD_SET_OOM_GROUP
#define MS	1000000ULL

static __u64 top_min(void)
{
	return strtoull(top_knob("memory.min"), NULL, 10);
}

/* After each step the top protects what its partitions are promised, and no more. */
static void top_is_sum(void)
{
	static const __u64 sizes[] = { 8 * MIB, 12 * MIB, 0, 20 * MIB };
	char name[] = "p0";
	int fds[4], i, round;
	__u64 sum = 0;

	for (i = 0; i < 4; i++, name[1]++) {
		struct bulkhead_settings want = { .memory_guarantee = sizes[i] };

		fds[i] = make_with(name, MEM_G, &want);
		sum += sizes[i];
		KTAP_EXPECT_EQ(top_min(), sum);
		KTAP_EXPECT_EQ(knob_number(name, "memory.min"), sizes[i]);
	}
	for (round = 0; round < 40; round++) {
		__u64 size = (1 + round * 7 % 30) * MIB;

		i = round % 4;
		sum += size - get(fds[i]).settings.memory_guarantee;
		KTAP_EXPECT_EQ(set_one(fds[i], MEM_G, size), 0);
		KTAP_EXPECT_EQ(top_min(), sum);
	}
	/* A refusal leaves it. */
	KTAP_EXPECT_EQ(set_one(fds[0], MEM_G, 1ULL << 50), ENOSPC);
	KTAP_EXPECT_EQ(top_min(), sum);
	KTAP_EXPECT_EQ(capacity().memory_guaranteed, sum);
	for (i = 0; i < 4; i++) {
		sum -= get(fds[i]).settings.memory_guarantee;
		KTAP_EXPECT_EQ(finish(fds[i]), 0);
		KTAP_EXPECT_EQ(top_min(), sum);
	}
}

/* What processes do. They stop themselves when they have what they want. */
static int hold(void *arg)
{
	size_t size = *(size_t *)arg;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	madvise(memory, size, MADV_NOHUGEPAGE);
	memset(memory, 1, size);
	raise(SIGSTOP);
	for (;;)
		pause();
	return 0;
}

static pid_t start_in(int fd, size_t size)
{
	int cgroup = cgroup_fd(fd);
	pid_t pid = fork_into(cgroup);

	if (!pid)
		_exit(hold(&size));
	close(cgroup);
	return pid;
}

/* Too much for the limit: somebody inside dies, and nobody outside. */
static void limit_kills_inside(void)
{
	struct bulkhead_settings want = { .memory_limit = 32 * MIB, .swap_limit = 0 };
	int fd = make_with("a", MEM_L | BULKHEAD_SET_SWAP_LIMIT, &want), other = make("b");
	pid_t innocent = start_in(fd, 4 * MIB), outside = start_in(other, 16 * MIB), pid;

	KTAP_EXPECT(EVENTUALLY(task_state(innocent) == 'T' && task_state(outside) == 'T'));
	pid = start_in(fd, 64 * MIB);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	KTAP_EXPECT_EQ(task_state(innocent), 'T');
	KTAP_EXPECT_EQ(task_state(outside), 'T');
	KTAP_EXPECT_EQ(knob_key("b", "memory.events", "oom_kill"), 0);
	/* The same with the whole partition as the victim. */
	KTAP_EXPECT_EQ(set_one(fd, GROUP, 1), 0);
	pid = start_in(fd, 64 * MIB);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	KTAP_EXPECT_EQ(reap(innocent), 128 + SIGKILL);
	KTAP_EXPECT_EQ(task_state(outside), 'T');
	kill_and_reap(outside);
	finish(fd);
	finish(other);
}

static int make_soft(__u64 time, __u64 action)
{
	struct bulkhead_settings want = {
		.memory_soft_limit = 16 * MIB, .memory_soft_time = time,
		.memory_soft_action = action, .swap_limit = 0,
	};

	return make_with("a", SOFT | TIME | ACTION | BULKHEAD_SET_SWAP_LIMIT, &want);
}

/*
 * What is above cannot be reclaimed: after the time the kernel kills inside. (It may kill
 * more than one: it does not wait until all pages of the first are free.)
 */
static void soft_limit_enforced(void)
{
	int fd = make_soft(300 * MS, BULKHEAD_SOFT_ENFORCE), other = make("b");
	pid_t outside = start_in(other, 2 * MIB), pid;

	KTAP_EXPECT(EVENTUALLY(task_state(outside) == 'T'));
	pid = start_in(fd, 40 * MIB);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	KTAP_EXPECT_EQ(task_state(outside), 'T');
	KTAP_EXPECT_GE(knob_key("a", "memory.events", "high"), 1);
	/* Once: the memory limit is as before. */
	KTAP_EXPECT(EVENTUALLY(!strcmp(knob("a", "memory.max"), "max")));
	kill_and_reap(outside);
	finish(fd);
	finish(other);
}

/* It is let go: it gets all that it wants. When it is below again, it is as before. */
static void soft_limit_released(void)
{
	int fd = make_soft(300 * MS, BULKHEAD_SOFT_RELEASE);
	pid_t pid = start_in(fd, 40 * MIB);

	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'T'));
	KTAP_EXPECT_STREQ(knob("a", "memory.high"), "max");
	KTAP_EXPECT_EQ(knob_key("a", "memory.events", "oom_kill"), 0);
	kill_and_reap(pid);
	KTAP_EXPECT(EVENTUALLY(knob_number("a", "memory.high") == 16 * MIB));
	KTAP_EXPECT_EQ(get(fd).settings.memory_soft_limit, 16 * MIB);
	finish(fd);
}

/* For ever means that: it crawls, and neither dies nor gets there. */
static void soft_limit_for_ever(void)
{
	int fd = make_soft(BULKHEAD_UNLIMITED, BULKHEAD_SOFT_ENFORCE);
	pid_t pid = start_in(fd, 80 * MIB);

	KTAP_EXPECT(EVENTUALLY(knob_key("a", "memory.events", "high") >= 1));
	sleep_ms(3000);
	KTAP_EXPECT(task_state(pid) != 'T' && task_state(pid) != 'Z');
	KTAP_EXPECT_STREQ(knob("a", "memory.max"), "max");
	/* A bound that is set now holds from now on. */
	KTAP_EXPECT_EQ(set_one(fd, TIME, 200 * MS), 0);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	finish(fd);
}

/* Whoever is kept below by reclaim is not above: nothing happens to it. */
static void soft_limit_reclaimable(void)
{
	int fd = make_soft(200 * MS, BULKHEAD_SOFT_ENFORCE), i;
	pid_t pid = start_in(fd, 14 * MIB);

	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'T'));
	for (i = 0; i < 10; i++)
		sleep_ms(100);
	KTAP_EXPECT_EQ(task_state(pid), 'T');
	KTAP_EXPECT_EQ(knob_key("a", "memory.events", "oom_kill"), 0);
	KTAP_EXPECT_STREQ(knob("a", "memory.high"), "16777216");
	/* Destroyed in the middle of it. */
	start_in(fd, 64 * MIB);
	KTAP_EXPECT(EVENTUALLY(knob_key("a", "memory.events", "high") >= 1));
	KTAP_EXPECT_EQ(finish(fd), 0);
	reap(pid);
}

static const struct test_case cases[] = {
	{ top_is_sum, "the top protects the sum, through every change" },
	{ limit_kills_inside, "running out at the limit stays inside" },
	{ soft_limit_enforced, "above the soft limit for too long: enforced" },
	{ soft_limit_released, "above the soft limit for too long: released" },
	{ soft_limit_for_ever, "no bound in time, until one is set" },
	{ soft_limit_reclaimable, "at the soft limit, and destroyed above it" },
};

TEST_MAIN(cases)
