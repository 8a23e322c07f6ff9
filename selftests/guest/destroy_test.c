// SPDX-License-Identifier: GPL-2.0
/*
 * Destroying: busy, by force, with fork bombs, frozen tasks and nested cgroups in
 * it, by many at once; and what is left in the hands of those with open fds.
 * close_test has KILL_ON_CLOSE.
 */
#include "case.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORCE	BULKHEAD_DESTROY_FORCE

/* No trace of it: directory, /proc entry, name, charge. */
static void expect_gone(const char *name, const struct bulkhead_capacity *empty)
{
	struct bulkhead_capacity now = capacity();
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", TOP, name);
	KTAP_EXPECT(!exists(path));
	snprintf(path, sizeof(path), "%s/%s", PROC, name);
	KTAP_EXPECT(!exists(path));
	KTAP_EXPECT_EQ(open_partition(name, 0), -ENOENT);
	KTAP_EXPECT(!memcmp(&now, empty, sizeof(now)));
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 0);
}

/* EBUSY leaves everything as it is; without tasks it goes; a second time ENODEV. */
static void plain(void)
{
	struct bulkhead_capacity empty = capacity();
	struct bulkhead_settings want = { .cpu_guarantee = 500000,
					  .memory_guarantee = 8 * MIB };
	int fd = make_with("a", BULKHEAD_SET_CPU_GUARANTEE |
			   BULKHEAD_SET_MEMORY_GUARANTEE, &want);
	pid_t pid = sleeper_in(fd);
	char *before = world(fd);

	KTAP_EXPECT_EQ(destroy(fd, 0), EBUSY);
	KTAP_EXPECT(same_world(before, world(fd)));
	KTAP_EXPECT_EQ(stats(fd).tasks, 1);
	kill_and_reap(pid);
	KTAP_EXPECT(EVENTUALLY(!destroy(fd, 0)));
	expect_gone("a", &empty);
	KTAP_EXPECT_EQ(destroy(fd, 0), ENODEV);
	KTAP_EXPECT_EQ(destroy(fd, FORCE), ENODEV);
	close(fd);
}

/* By force: when the call returns, all members are dead already. */
static void forced(void)
{
	struct bulkhead_capacity empty = capacity();
	int fd = make("a"), i;
	pid_t pids[20];

	for (i = 0; i < 20; i++)
		pids[i] = sleeper_in(fd);
	KTAP_EXPECT_EQ(destroy(fd, FORCE), 0);
	for (i = 0; i < 20; i++) {
		KTAP_EXPECT_EQ(task_state(pids[i]), 'Z');
		KTAP_EXPECT_EQ(reap(pids[i]), 128 + SIGKILL);
	}
	expect_gone("a", &empty);
	close(fd);
}

/*
 * What an open fd is good for afterwards: GET and STATS tell the last state, all
 * else is ENODEV. The name is free again, the id is not.
 */
static void open_fds(void)
{
	struct bulkhead_settings want = { .task_limit = 33 };
	int fd = make_with("a", BULKHEAD_SET_TASK_LIMIT, &want);
	int reader = open_partition("a", 0), again;
	struct bulkhead_get before = get(fd), after;
	struct bulkhead_stats use;
	pid_t pid = sleeper_in(fd);

	KTAP_EXPECT_GT(EVENTUALLY(stats(fd).memory_peak > 0), 0);
	use = stats(fd);
	KTAP_EXPECT_EQ(destroy(fd, FORCE), 0);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	after = get(reader);
	KTAP_EXPECT_EQ(after.state, BULKHEAD_STATE_DEAD);
	before.state = BULKHEAD_STATE_DEAD;
	KTAP_EXPECT(!memcmp(&before, &after, sizeof(after)));
	KTAP_EXPECT_EQ(stats(reader).tasks, 0);
	KTAP_EXPECT_GE(stats(reader).cpu_time, use.cpu_time);
	KTAP_EXPECT_GE(stats(reader).memory_peak, use.memory_peak);
	KTAP_EXPECT_GE(stats(reader).time, use.time);
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 5), ENODEV);
	KTAP_EXPECT_EQ(attach(fd, 0, 0), ENODEV);
	KTAP_EXPECT_EQ(kill_all(fd, SIGTERM, NULL), ENODEV);

	again = make("a");
	KTAP_EXPECT_GT(get(again).id, before.id);
	KTAP_EXPECT_EQ(get(again).state, BULKHEAD_STATE_ACTIVE);
	KTAP_EXPECT_EQ(get(again).settings.task_limit, BULKHEAD_UNLIMITED);
	KTAP_EXPECT_EQ(get(fd).state, BULKHEAD_STATE_DEAD);
	KTAP_EXPECT_EQ(get(fd).settings.task_limit, 33);
	KTAP_EXPECT_EQ(destroy(fd, FORCE), ENODEV);
	KTAP_EXPECT_EQ(get(again).state, BULKHEAD_STATE_ACTIVE);
	close(fd);
	close(reader);
	KTAP_EXPECT_EQ(finish(again), 0);
}

/* Fork until it fails, for ever, in every process. */
static int bomb(void *unused)
{
	(void)unused;
	/* Killed by the partition, and by nobody's death. */
	for (;;) {
		if (fork() < 0)
			sleep_ms(1);
		else
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
	}
	return 0;
}

static void destroy_bomb(__u64 limit, __u64 wait_for)
{
	struct bulkhead_capacity empty = capacity();
	int fd = make("bomb"), cgroup = cgroup_fd(fd);
	pid_t pid;
	__u64 begin;

	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, limit), 0);
	pid = fork_into(cgroup);
	if (!pid)
		_exit(bomb(NULL));
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks >= wait_for));
	KTAP_EXPECT_EQ(destroy(fd, 0), EBUSY);
	/* The kernel counts a fork before it refuses it: one on each CPU may be seen. */
	KTAP_EXPECT_LE(stats(fd).tasks, limit + sysconf(_SC_NPROCESSORS_ONLN));
	begin = now_ms();
	KTAP_EXPECT_EQ(destroy(fd, FORCE), 0);
	ktap_diag("destroyed a fork bomb of %llu in %llu ms", limit, now_ms() - begin);
	expect_gone("bomb", &empty);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	close(cgroup);
	close(fd);
}

/* At its limit, where every fork fails, and far below it, where none does. */
static void fork_bombs(void)
{
	destroy_bomb(40, 40);
	destroy_bomb(300, 120);
}

static int destroy_and_exit(void *arg)
{
	return destroy(*(int *)arg, FORCE);
}

/* Whoever waits for a forced destroy is killed: it goes on without. */
static void killed_caller(void)
{
	struct bulkhead_capacity empty = capacity();
	int fd = make("a"), cgroup = cgroup_fd(fd), i;
	pid_t members[150], caller;

	for (i = 0; i < 150; i++) {
		members[i] = fork_into(cgroup);
		if (!members[i])
			for (;;)
				pause();
	}
	caller = spawn(destroy_and_exit, &fd);
	KTAP_EXPECT(EVENTUALLY(get(fd).state != BULKHEAD_STATE_ACTIVE));
	kill_and_reap(caller);
	KTAP_EXPECT(EVENTUALLY(get(fd).state == BULKHEAD_STATE_DEAD));
	for (i = 0; i < 150; i++)
		KTAP_EXPECT_EQ(reap(members[i]), 128 + SIGKILL);
	KTAP_EXPECT(EVENTUALLY(capacity().partitions == 0));
	expect_gone("a", &empty);
	close(cgroup);
	close(fd);
}

/* Tasks in nested cgroups, and empty nested cgroups: all are removed. */
static void nested(void)
{
	static const char * const directories[] = { "x", "x/y", "x/y/z", "w" };
	struct bulkhead_capacity empty = capacity();
	int fd = make("a"), forced, i;
	char path[256], text[16];

	for (forced = 0; forced < 2; forced++) {
		for (i = 0; i < 4; i++) {
			snprintf(path, sizeof(path), "%s/a/%s", TOP, directories[i]);
			KTAP_EXPECT_EQ(mkdir(path, 0755), 0);
		}
		if (!forced) {
			KTAP_EXPECT_EQ(destroy(fd, 0), 0);
			expect_gone("a", &empty);
			close(fd);
			fd = make("a");
		}
	}
	snprintf(text, sizeof(text), "%d", sleeper());
	KTAP_EXPECT_EQ(write_file(TOP "/a/x/y/z/cgroup.procs", text), 0);
	KTAP_EXPECT_EQ(destroy(fd, 0), EBUSY);
	KTAP_EXPECT(exists(TOP "/a/x/y/z"));
	KTAP_EXPECT_EQ(destroy(fd, FORCE), 0);
	KTAP_EXPECT_EQ(reap(atoi(text)), 128 + SIGKILL);
	expect_gone("a", &empty);
	close(fd);
}

/* Stopped by SIGSTOP, and frozen by cgroup.freeze: they die nevertheless. */
static void frozen(void)
{
	struct bulkhead_capacity empty = capacity();
	int fd = make("a");
	pid_t stopped = sleeper_in(fd), icy = sleeper_in(fd);

	kill(stopped, SIGSTOP);
	KTAP_EXPECT(EVENTUALLY(task_state(stopped) == 'T'));
	KTAP_EXPECT_EQ(write_file(TOP "/a/cgroup.freeze", "1"), 0);
	KTAP_EXPECT(EVENTUALLY(knob_key("a", "cgroup.events", "frozen") == 1));
	KTAP_EXPECT_EQ(destroy(fd, 0), EBUSY);
	KTAP_EXPECT_EQ(destroy(fd, FORCE), 0);
	KTAP_EXPECT_EQ(reap(stopped), 128 + SIGKILL);
	KTAP_EXPECT_EQ(reap(icy), 128 + SIGKILL);
	expect_gone("a", &empty);
	close(fd);
}

static atomic_int successes, losers, others;

static void *destroy_it(void *arg)
{
	int error = destroy(*(int *)arg, FORCE);

	if (!error)
		successes++;
	else if (error == ENODEV || error == ENOENT)
		losers++;
	else
		others++;
	return NULL;
}

/* Eight at once, five times over: one destroys it, seven come too late. */
static void concurrent(void)
{
	pthread_t threads[8];
	int round, i, fd;

	for (round = 0; round < 5; round++) {
		fd = make("a");
		sleeper_in(fd);
		successes = 0;
		losers = 0;
		others = 0;
		for (i = 0; i < 8; i++)
			pthread_create(&threads[i], NULL, destroy_it, &fd);
		for (i = 0; i < 8; i++)
			pthread_join(threads[i], NULL);
		KTAP_EXPECT_EQ(successes, 1);
		KTAP_EXPECT_EQ(losers, 7);
		KTAP_EXPECT_EQ(others, 0);
		close(fd);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static atomic_bool changing;

static void *change_it(void *arg)
{
	int fd = *(int *)arg, error;
	__u64 n = 0;

	while (changing) {
		error = set_one(fd, BULKHEAD_SET_TASK_LIMIT, 100 + n++ % 10);
		KTAP_EXPECT(!error || error == ENODEV);
		kill_all(fd, SIGCONT, NULL);
		get(fd);
		stats(fd);
	}
	return NULL;
}

/* Destroy while others use the fd in every way: they see ENODEV and no more. */
static void while_in_use(void)
{
	pthread_t threads[3];
	int round, i, fd;

	for (round = 0; round < 10; round++) {
		fd = make("a");
		sleeper_in(fd);
		changing = true;
		for (i = 0; i < 3; i++)
			pthread_create(&threads[i], NULL, change_it, &fd);
		sleep_ms(20);
		KTAP_EXPECT_EQ(destroy(fd, FORCE), 0);
		KTAP_EXPECT_EQ(get(fd).state, BULKHEAD_STATE_DEAD);
		changing = false;
		for (i = 0; i < 3; i++)
			pthread_join(threads[i], NULL);
		close(fd);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static const struct test_case cases[] = {
	{ plain, "EBUSY with a task, gone without" },
	{ forced, "by force, all members are dead on return" },
	{ open_fds, "open fds tell the last state, ids are not reused" },
	{ fork_bombs, "fork bombs" },
	{ killed_caller, "by force, while the caller is killed" },
	{ nested, "nested cgroups" },
	{ frozen, "stopped and frozen members" },
	{ concurrent, "eight at once: exactly one succeeds" },
	{ while_in_use, "while others use its fd" },
};

TEST_MAIN(cases)
