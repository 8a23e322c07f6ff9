// SPDX-License-Identifier: GPL-2.0
/*
 * The mode "reserve": what a partition does not use of its memory guarantee is held
 * ready, and is had by nobody but the partition.
 */
#define _GNU_SOURCE
#include "case.h"
#include "hog.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MODE	BULKHEAD_SET_MEMORY_MODE
#define MEM_G	BULKHEAD_SET_MEMORY_GUARANTEE
#define RESERVE	BULKHEAD_MEMORY_RESERVE
#define LEND	BULKHEAD_MEMORY_LEND

/* Sizes are for a machine of 448 MiB; a small one has a third of them. */
static unsigned int part = 1;

#define SIZED(mib)	((mib) / part * MIB)

/* --- what processes do with memory ------------------------------------- */

/* Touch memory and go; the slowest MiB is told for those who want to know. */
static int allocate(void *arg)
{
	size_t size = *(size_t *)arg;
	__u64 slowest = area_touch(area_map(size));

	printf("# %zu MiB, the slowest in %llu us\n", size >> 20, (unsigned long long)slowest);
	fflush(stdout);
	return 0;
}

/* The same in small pages, locked. */
static int lock_memory(void *arg)
{
	struct area area = area_map(*(size_t *)arg);

	madvise(area.start, area.size, MADV_NOHUGEPAGE);
	return mlock(area.start, area.size) ? errno : 0;
}

/* In huge pages, as far as there are some: what matters is that it gets there. */
static int huge(void *arg)
{
	struct area area = area_map(*(size_t *)arg);

	madvise(area.start, area.size, MADV_HUGEPAGE);
	area_touch(area);
	return 0;
}

/* A file in memory: shared memory is charged to who touches it first. */
static int shared(void *arg)
{
	size_t size = *(size_t *)arg, at;
	int file = memfd_create("shared", MFD_CLOEXEC);
	char block[4096] = { 1 };

	for (at = 0; at < size; at += sizeof(block))
		if (write(file, block, sizeof(block)) != sizeof(block))
			return errno;
	return 0;
}

/* A process of half the size forks, and both write to all they have. */
static int fork_large(void *arg)
{
	struct area area = area_map(*(size_t *)arg / 2 - 4 * MIB);
	pid_t pid;

	area_touch(area);
	pid = fork();
	if (pid < 0)
		return errno;
	memset(area.start, 2, area.size);
	if (!pid)
		_exit(0);
	return reap(pid);
}

/* Take memory and free it, again and again. */
static int churn(void *arg)
{
	for (;;) {
		struct area area = area_map(*(size_t *)arg);

		area_touch(area);
		munmap(area.start, area.size);
	}
	return 0;
}

/* --- cases ---------------------------------------------------------------- */

static void filled(void)
{
	__u64 free = free_memory();
	int fd = reserve_make("a", SIZED(100));

	KTAP_EXPECT_GE(stats(fd).memory_held, SIZED(100) - RESERVE_SLACK);
	KTAP_EXPECT_EQ(capacity().memory_held, stats(fd).memory_held);
	KTAP_EXPECT_LE(free_memory(), free - SIZED(90));
	KTAP_EXPECT_EQ(finish(fd), 0);
	KTAP_EXPECT_EQ(capacity().memory_held, 0);
	KTAP_EXPECT(EVENTUALLY(free_memory() + 4 * MIB >= free));
}

/* How often anybody had to reclaim for himself. */
static __u64 direct_reclaims(void)
{
	return vmstat("allocstall_dma") + vmstat("allocstall_dma32") +
	       vmstat("allocstall_normal") + vmstat("allocstall_movable");
}

/* So often while the last owner took its memory. */
static __u64 owners_reclaims;

/*
 * The hog leaves nothing but what the kernel keeps below the lowest watermark, and the
 * zone that is for old devices (4 MiB): what the owner gets is handed over. At the end
 * its reserve is filled down to the low watermark, a quarter above that.
 */
static void owner_against_hog(int (*fn)(void *), size_t size)
{
	const __u64 guarantee = SIZED(120);
	__u64 kills = vmstat("oom_kill");
	int fd = reserve_make("a", guarantee);
	struct actor actor = actor_start(fd, fn, size);
	pid_t pid = hog_start(4 * MIB);

	KTAP_EXPECT(reserve_backed(fd, guarantee));
	owners_reclaims = direct_reclaims();
	KTAP_EXPECT_EQ(actor_run(&actor), 0);
	owners_reclaims = direct_reclaims() - owners_reclaims;
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_EQ(task_state(pid), 'T');
	KTAP_EXPECT_GE(stats(fd).memory_peak, size - 8 * MIB);
	/* All of it was freed, and is held again. */
	if (!KTAP_EXPECT(EVENTUALLY(reserve_backed(fd, guarantee) ||
				    stats(fd).memory_held + kept_free() / 4 +
				    high_atomic() + RESERVE_SLACK >= guarantee)))
		ktap_diag("  held %llu, in use %llu, free %llu, of that high-atomic %llu",
			  stats(fd).memory_held, stats(fd).memory, free_memory(),
			  high_atomic());
	kill_and_reap(pid);
	KTAP_EXPECT_EQ(finish(fd), 0);
	KTAP_EXPECT_EQ(capacity().memory_held, 0);
}

static void hog_and_owner(void)
{
	int fd = make("idle");
	struct actor actor = actor_start(fd, allocate, SIZED(112));

	ktap_diag("on an idle machine:");
	KTAP_EXPECT_EQ(actor_run(&actor), 0);
	finish(fd);
	ktap_diag("with all memory taken:");
	owner_against_hog(allocate, SIZED(112));
}

/*
 * It is handed over before the owner has to reclaim: portions have 4 MiB and more, and with
 * the shrinker alone each of them is a direct reclaim. Not so on -rt (memory.rst).
 */
static void without_reclaim(void)
{
	owner_against_hog(allocate, SIZED(112));
	KTAP_EXPECT_LE(owners_reclaims, SIZED(112) / (10 * MIB));
	ktap_diag("%llu direct reclaims", owners_reclaims);
}

static void pin(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		_exit(98);
}

static int free_there(void *arg)
{
	struct area area = area_map(*(size_t *)arg);

	pin(1);
	madvise(area.start, area.size, MADV_NOHUGEPAGE);
	area_touch(area);
	raise(SIGSTOP);
	munmap(area.start, area.size);
	raise(SIGSTOP);
	return 0;
}

static int allocate_here(void *arg)
{
	pin(0);
	return allocate(arg);
}

/*
 * What one process of the owner has freed is in the lists of its CPU, and neither free nor
 * held, when another one on another CPU wants all that was promised.
 */
static void in_other_lists(void)
{
	__u64 kills = vmstat("oom_kill");
	int fd = reserve_make("a", SIZED(120));
	struct actor there = actor_start(fd, free_there, SIZED(30));
	struct actor here = actor_start(fd, allocate_here, SIZED(117));
	pid_t pid;

	actor_begin(&there);
	KTAP_EXPECT(EVENTUALLY(task_state(there.pid) == 'T'));
	pid = hog_start(4 * MIB);
	kill(there.pid, SIGCONT);
	KTAP_EXPECT(EVENTUALLY(stats(fd).memory < SIZED(10)));
	ktap_diag("%llu KiB in the lists", free_in_lists() >> 10);
	KTAP_EXPECT_EQ(actor_run(&here), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_EQ(task_state(pid), 'T');
	kill_and_reap(pid);
	kill_and_reap(there.pid);
	KTAP_EXPECT_EQ(finish(fd), 0);
}

static void hog_and_locked(void)
{
	owner_against_hog(lock_memory, SIZED(112));
}

static void hog_and_huge(void)
{
	owner_against_hog(huge, SIZED(112));
}

static void hog_and_shared(void)
{
	owner_against_hog(shared, SIZED(112));
}

static void hog_and_fork(void)
{
	owner_against_hog(fork_large, SIZED(112));
}

/* Two owners allocate at once, each its own. */
static void two_owners(void)
{
	__u64 kills = vmstat("oom_kill");
	int a = reserve_make("a", SIZED(60)), b = reserve_make("b", SIZED(60));
	struct actor one = actor_start(a, allocate, SIZED(55));
	struct actor two = actor_start(b, allocate, SIZED(55));
	pid_t pid = hog_start(4 * MIB);

	actor_begin(&one);
	KTAP_EXPECT_EQ(actor_run(&two), 0);
	KTAP_EXPECT_EQ(reap(one.pid), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_EQ(task_state(pid), 'T');
	kill_and_reap(pid);
	finish(a);
	finish(b);
}

/* Takes memory until it is killed: to the last it gets none of what others are promised. */
static int greedy(void *arg)
{
	area_touch(area_map(*(size_t *)arg));
	return 0;
}

static void greedy_neighbour(void)
{
	int fd = reserve_make("a", SIZED(120)), other = make("b");
	struct actor actor = actor_start(other, greedy, 2048 * MIB);
	pid_t inside = sleeper_in(fd);

	KTAP_EXPECT_EQ(actor_run(&actor), 128 + SIGKILL);
	KTAP_EXPECT(reserve_backed(fd, SIZED(120)));
	KTAP_EXPECT_EQ(task_state(inside), 'S');
	kill_and_reap(inside);
	finish(fd);
	finish(other);
}

/* Neighbours that take and free 8 MiB each all the time: what they steal is not lost. */
static void hammered(void)
{
	struct bulkhead_settings most = { .memory_limit = 40 * MIB };
	__u64 kills = vmstat("oom_kill");
	int thief = make_with("b", BULKHEAD_SET_MEMORY_LIMIT, &most);
	int fd = reserve_make("a", SIZED(120)), i;
	struct actor actor = actor_start(fd, allocate, SIZED(112)), thieves[3];
	pid_t pid;

	for (i = 0; i < 3; i++)
		thieves[i] = actor_start(thief, churn, 8 * MIB);
	pid = hog_start(52 * MIB);
	for (i = 0; i < 3; i++)
		actor_begin(&thieves[i]);
	KTAP_EXPECT_EQ(actor_run(&actor), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_EQ(task_state(pid), 'T');
	for (i = 0; i < 3; i++)
		kill_and_reap(thieves[i].pid);
	KTAP_EXPECT(EVENTUALLY(reserve_backed(fd, SIZED(120))));
	kill_and_reap(pid);
	finish(fd);
	finish(thief);
}

/* The hog is there first: refused, with what is missing, and all is as before. */
static void refused(void)
{
	struct bulkhead_create arg = create_arg("a");
	pid_t pid = hog_start(SIZED(50) + 8 * MIB);
	int neighbour = reserve_make("b", 8 * MIB);
	char *before = world(neighbour);

	arg.mask = MODE | MEM_G;
	arg.settings.memory_guarantee = SIZED(150);
	arg.settings.memory_mode = RESERVE;
	KTAP_EXPECT_EQ(create(&arg), EBUSY);
	KTAP_EXPECT_EQ(arg.culprit, MODE);
	KTAP_EXPECT_GE(arg.missing, SIZED(80));
	KTAP_EXPECT_LE(arg.missing, SIZED(150));
	KTAP_EXPECT(same_world(before, world(neighbour)));
	KTAP_EXPECT(!exists(TOP "/a"));
	KTAP_EXPECT_EQ(task_state(pid), 'T');
	/* What there is can be had. */
	arg = create_arg("a");
	arg.mask = MODE | MEM_G;
	arg.settings.memory_guarantee = 8 * MIB;
	arg.settings.memory_mode = RESERVE;
	if (KTAP_EXPECT_EQ(create(&arg), 0))
		finish(arg.fd);
	finish(neighbour);
	kill_and_reap(pid);
}

/* Exits as soon as the limit of "a" is another one. */
static int watch_limit(void *arg)
{
	__u64 limit = *(__u64 *)arg;

	while (knob_number("a", "memory.max") == limit)
		sleep_ms(1);
	return 0;
}

/* The same for a change: nothing of it is in force while it waits. */
static void change_refused(void)
{
	struct bulkhead_settings want = {
		.memory_guarantee = 8 * MIB, .memory_limit = SIZED(170),
	};
	struct bulkhead_set arg = set_arg(MODE | MEM_G | BULKHEAD_SET_MEMORY_LIMIT);
	pid_t pid = hog_start(SIZED(50)), watcher;
	int fd = make_with("a", MEM_G | BULKHEAD_SET_MEMORY_LIMIT, &want);
	char *before = world(fd);

	watcher = spawn(watch_limit, &want.memory_limit);
	arg.settings.memory_mode = RESERVE;
	arg.settings.memory_guarantee = SIZED(150);
	arg.settings.memory_limit = SIZED(160);
	KTAP_EXPECT_EQ(set(fd, &arg), EBUSY);
	KTAP_EXPECT(task_state(watcher) != 'Z');
	kill_and_reap(watcher);
	KTAP_EXPECT_EQ(arg.culprit, MODE);
	KTAP_EXPECT_GE(arg.missing, SIZED(80));
	KTAP_EXPECT(EVENTUALLY(!stats(fd).memory_held));
	KTAP_EXPECT(same_world(before, world(fd)));
	kill_and_reap(pid);
	arg = set_arg(MODE | MEM_G);
	arg.settings.memory_mode = RESERVE;
	arg.settings.memory_guarantee = SIZED(150);
	KTAP_EXPECT_EQ(set(fd, &arg), 0);
	KTAP_EXPECT(reserve_backed(fd, SIZED(150)));
	finish(fd);
}

/* Goes on asking for more than there is. */
static int ask_for_more(void *arg)
{
	int err;

	do {
		struct bulkhead_set change = set_arg(MODE | MEM_G);

		change.settings.memory_guarantee = SIZED(150);
		change.settings.memory_mode = RESERVE;
		err = set(*(int *)arg, &change);
	} while (err == EBUSY);
	return err;
}

static void destroyed_while_waiting(void)
{
	pid_t hog = hog_start(SIZED(50)), asker;
	int fd = make("a");

	asker = spawn(ask_for_more, &fd);
	sleep_ms(200);
	KTAP_EXPECT_EQ(finish(fd), 0);
	KTAP_EXPECT_EQ(reap(asker), ENODEV);
	KTAP_EXPECT_EQ(capacity().memory_held, 0);
	kill_and_reap(hog);
}

static void live_changes(void)
{
	int fd = reserve_make("a", SIZED(80));

	KTAP_EXPECT(reserve_backed(fd, SIZED(80)));
	KTAP_EXPECT_EQ(set_one(fd, MEM_G, SIZED(120)), 0);
	KTAP_EXPECT(reserve_backed(fd, SIZED(120)));
	KTAP_EXPECT_EQ(set_one(fd, MEM_G, SIZED(50)), 0);
	KTAP_EXPECT(EVENTUALLY(reserve_backed(fd, SIZED(50))));
	KTAP_EXPECT_EQ(set_one(fd, MODE, LEND), 0);
	KTAP_EXPECT(EVENTUALLY(!stats(fd).memory_held));
	KTAP_EXPECT_EQ(set_one(fd, MODE, RESERVE), 0);
	KTAP_EXPECT(reserve_backed(fd, SIZED(50)));
	KTAP_EXPECT_EQ(set_one(fd, MEM_G, 0), 0);
	KTAP_EXPECT(EVENTUALLY(!stats(fd).memory_held));
	KTAP_EXPECT_EQ(finish(fd), 0);
}

/* Use and reserve change places, in either direction, without any shortage. */
static int breathe(void *arg)
{
	struct area area = area_map(*(size_t *)arg);

	area_touch(area);
	raise(SIGSTOP);
	munmap(area.start, area.size);
	raise(SIGSTOP);
	return 0;
}

static void follows_use(void)
{
	int fd = reserve_make("a", SIZED(120));
	struct actor actor = actor_start(fd, breathe, SIZED(90));

	actor_begin(&actor);
	KTAP_EXPECT(EVENTUALLY(task_state(actor.pid) == 'T'));
	KTAP_EXPECT_GE(stats(fd).memory, SIZED(90));
	KTAP_EXPECT(EVENTUALLY(reserve_backed(fd, SIZED(120))));
	KTAP_EXPECT_LE(stats(fd).memory_held, SIZED(30) + RESERVE_SLACK);
	kill(actor.pid, SIGCONT);
	/* Nobody is awake, and it is noticed all the same. */
	sleep_ms(10000);
	KTAP_EXPECT_LE(stats(fd).memory, SIZED(20));
	KTAP_EXPECT(reserve_backed(fd, SIZED(120)));
	KTAP_EXPECT_GE(stats(fd).memory_held, SIZED(100));
	kill_and_reap(actor.pid);
	finish(fd);
}

static void changes_under_load(void)
{
	__u64 kills = vmstat("oom_kill");
	int fd = reserve_make("a", SIZED(120)), i;
	struct actor actor = actor_start(fd, churn, SIZED(24));
	pid_t pid = hog_start(SIZED(24));

	actor_begin(&actor);
	for (i = 0; i < 60; i++) {
		KTAP_EXPECT_EQ(set_one(fd, MEM_G, SIZED(40 + i * 37 % 80)) & ~EBUSY, 0);
		if (i % 10 == 9) {
			KTAP_EXPECT_EQ(set_one(fd, MODE, LEND), 0);
			KTAP_EXPECT_EQ(set_one(fd, MODE, RESERVE) & ~EBUSY, 0);
		}
	}
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	/* Destroyed while it allocates. */
	KTAP_EXPECT_EQ(finish(fd), 0);
	reap(actor.pid);
	KTAP_EXPECT_EQ(capacity().memory_held, 0);
	kill_and_reap(pid);
}

/* A partition at its own limit is not short of pages, but of its limit. */
static void own_limit(void)
{
	struct bulkhead_settings want = {
		.memory_guarantee = SIZED(40), .memory_limit = SIZED(40), .memory_mode = RESERVE,
	};
	int fd = make_with("a", MODE | MEM_G | BULKHEAD_SET_MEMORY_LIMIT, &want);
	int other = reserve_make("b", SIZED(40));
	struct actor actor = actor_start(fd, allocate, SIZED(60));

	KTAP_EXPECT_EQ(actor_run(&actor), 128 + SIGKILL);
	KTAP_EXPECT_EQ(knob_key("a", "memory.events", "oom_kill"), 1);
	KTAP_EXPECT_EQ(knob_key("b", "memory.events", "oom_kill"), 0);
	KTAP_EXPECT(reserve_backed(other, SIZED(40)));
	KTAP_EXPECT(EVENTUALLY(reserve_backed(fd, SIZED(40))));
	finish(fd);
	finish(other);
}

/* Whoever waits for a reserve can be killed, at any time. */
static void killed_creator(void)
{
	struct bulkhead_create arg = create_arg("a");
	int i;

	arg.flags = BULKHEAD_CREATE_KILL_ON_CLOSE;
	arg.mask = MODE | MEM_G;
	arg.settings.memory_guarantee = SIZED(150);
	arg.settings.memory_mode = RESERVE;
	for (i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(create(&arg));
		sleep_ms(i * 30);
		kill(pid, SIGKILL);
		reap(pid);
		KTAP_EXPECT(EVENTUALLY(!exists(TOP "/a") && !capacity().memory_held &&
				       !capacity().partitions));
	}
}

static const struct test_case cases[] = {
	{ filled, "what is not used is held, and given back at the end" },
	{ follows_use, "use and reserve change places" },
	{ live_changes, "guarantee and mode change live" },
	{ hog_and_owner, "all memory is taken: the owner gets its guarantee" },
	{ without_reclaim, "all memory is taken: the owner does not reclaim" },
	{ in_other_lists, "all memory is taken, or in the lists of another CPU" },
	{ hog_and_locked, "all memory is taken: locked memory" },
	{ hog_and_huge, "all memory is taken: huge pages" },
	{ hog_and_shared, "all memory is taken: shared memory" },
	{ hog_and_fork, "all memory is taken: fork of a large process" },
	{ greedy_neighbour, "a neighbour dies before it gets any of it" },
	{ hammered, "all memory is taken, and neighbours hammer" },
	{ two_owners, "all memory is taken: two owners at once" },
	{ own_limit, "a partition at its own limit does not get its reserve for it" },
	{ refused, "a create is refused if others hold the memory" },
	{ change_refused, "a change is refused likewise" },
	{ destroyed_while_waiting, "a change that waits gives way to a destroy" },
	{ killed_creator, "a create that is killed while it waits leaves nothing" },
	{ changes_under_load, "changes and destroy while the owner allocates" },
};

int main(int argc, char **argv)
{
	int ret;

	if (free_memory() < 300 * MIB)
		part = 3;
	hog_begin();
	ret = run_cases(cases, ARRAY_SIZE(cases), argc, argv);
	hog_end();
	return ret;
}
