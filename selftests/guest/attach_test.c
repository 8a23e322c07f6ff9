// SPDX-License-Identifier: GPL-2.0
/*
 * BULKHEAD_ATTACH: whole processes, by any of their threads, also while they make
 * more; what stays outside; and its races with exit and destroy.
 */
#define _GNU_SOURCE
#include "case.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sleep_forever(void)
{
	for (;;)
		pause();
	return 0;
}

static void *thread_forever(void *arg)
{
	sleep_forever();
	return arg;
}

static int with_threads(void *arg)
{
	long count = (long)arg;
	pthread_t thread;

	while (count--)
		pthread_create(&thread, NULL, thread_forever, NULL);
	return sleep_forever();
}

static void *short_thread(void *arg)
{
	return arg;
}

/* Threads come and go as fast as they can. */
static int with_thread_churn(void *arg)
{
	pthread_t threads[4];
	int i;

	(void)arg;
	for (;;) {
		for (i = 0; i < 4; i++)
			pthread_create(&threads[i], NULL, short_thread, NULL);
		for (i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
	}
	return 0;
}

/* Calls fn with the tid of each thread of a process. */
static int each_thread(pid_t pid, bool (*fn)(pid_t tid))
{
	char path[64];
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			count += fn(atoi(entry->d_name));
	if (dir)
		closedir(dir);
	return count;
}

static pid_t last_tid;

static bool remember(pid_t tid)
{
	last_tid = tid;
	return true;
}

static bool is_inside(pid_t tid)
{
	return in_partition(tid, "a");
}

/*
 * A process of 10 threads is moved as a whole, by its pid or by a thread's tid;
 * its child from before stays outside, its child from after is inside.
 */
static void whole_process(void)
{
	int fd = make("a"), by_tid;
	pid_t pid;

	for (by_tid = 0; by_tid < 2; by_tid++) {
		pid = spawn(with_threads, (void *)9L);
		KTAP_EXPECT(EVENTUALLY(thread_count(pid) == 10));
		KTAP_EXPECT_EQ(each_thread(pid, remember), 10);
		KTAP_EXPECT_NE(last_tid, pid);
		KTAP_EXPECT_EQ(attach(fd, by_tid ? last_tid : pid, start_time(pid)), 0);
		KTAP_EXPECT_EQ(stats(fd).tasks, 10);
		KTAP_EXPECT_EQ(each_thread(pid, is_inside), 10);
		/* Again is no error, and moves nothing. */
		KTAP_EXPECT_EQ(attach(fd, pid, 0), 0);
		KTAP_EXPECT_EQ(stats(fd).tasks, 10);
		kill_and_reap(pid);
		KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	}
	finish(fd);
}

static struct gate later_gate;

static int parent_of_two(void *arg)
{
	pid_t early = fork();

	(void)arg;
	if (!early) {
		/* An end that it kept would keep the gate shut. */
		gate_open(&later_gate);
		return sleep_forever();
	}
	gate_wait(&later_gate);
	if (!fork())
		return sleep_forever();
	return sleep_forever();
}

static void children(void)
{
	int fd = make("a");
	char path[64], text[64];
	int early, late;
	pid_t pid;

	gate_init(&later_gate);
	pid = spawn(parent_of_two, NULL);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	KTAP_EXPECT(EVENTUALLY(read_file(path, text, sizeof(text)) > 0));
	KTAP_EXPECT_EQ(attach(fd, pid, 0), 0);
	gate_open(&later_gate);
	KTAP_EXPECT(EVENTUALLY(read_file(path, text, sizeof(text)) > 0 &&
			       sscanf(text, "%d %d", &early, &late) == 2));
	KTAP_EXPECT(!in_partition(early, "a"));
	KTAP_EXPECT(in_partition(late, "a"));
	KTAP_EXPECT_EQ(stats(fd).tasks, 2);
	kill(early, SIGKILL);
	kill_and_reap(pid);
	finish(fd);
}

/* pid 0 is the caller, with the threads of the caller. */
static int attach_self(void *arg)
{
	int fd = *(int *)arg;
	pthread_t thread;

	pthread_create(&thread, NULL, thread_forever, NULL);
	if (attach(fd, 0, start_time(getpid()) + 1) != ESRCH)
		return 1;
	if (attach(fd, 0, start_time(getpid())))
		return 2;
	if (!in_partition(getpid(), "a") || stats(fd).tasks != 2)
		return 3;
	return attach(fd, 0, 0) ? 4 : 0;
}

static void self(void)
{
	int fd = make("a");

	KTAP_EXPECT_EQ(reap(spawn(attach_self, &fd)), 0);
	KTAP_EXPECT(!in_partition(getpid(), "a"));
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	finish(fd);
}

/* From one partition to another, and out of a nested cgroup back to its top. */
static void between_partitions(void)
{
	int a = make("a"), b = make("b");
	pid_t pid = sleeper_in(a);

	KTAP_EXPECT_EQ(attach(b, pid, 0), 0);
	KTAP_EXPECT(in_partition(pid, "b"));
	KTAP_EXPECT_EQ(stats(a).tasks, 0);
	KTAP_EXPECT_EQ(stats(b).tasks, 1);
	KTAP_EXPECT_EQ(attach(a, pid, 0), 0);
	KTAP_EXPECT_EQ(stats(a).tasks, 1);
	KTAP_EXPECT_EQ(stats(b).tasks, 0);
	kill_and_reap(pid);
	finish(a);
	finish(b);
}

/*
 * 200 times: attach a process that makes threads all the while. Afterwards all of
 * its threads are inside: none was left behind.
 */
static void while_making_threads(void)
{
	int a = make("a"), b = make("b"), i;
	pid_t pid = spawn(with_thread_churn, NULL);

	for (i = 0; i < 200; i++) {
		KTAP_EXPECT_EQ(attach(i % 2 ? b : a, pid, start_time(pid)), 0);
		/* A thread that exits may still be counted where it was for a moment. */
		KTAP_EXPECT(EVENTUALLY(stats(i % 2 ? a : b).tasks == 0));
	}
	KTAP_EXPECT_GE(stats(b).tasks, 1);
	kill_and_reap(pid);
	finish(a);
	KTAP_EXPECT_EQ(finish(b), 0);
}

/* A task limit of 5 and a process of 6 threads: EAGAIN, and it stays outside. */
static void task_limit(void)
{
	int fd = make("a");
	pid_t pid = spawn(with_threads, (void *)5L);

	KTAP_EXPECT(EVENTUALLY(thread_count(pid) == 6));
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 5), 0);
	KTAP_EXPECT_EQ(attach(fd, pid, 0), EAGAIN);
	KTAP_EXPECT_EQ(stats(fd).tasks, 0);
	KTAP_EXPECT_EQ(each_thread(pid, is_inside), 0);
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 6), 0);
	KTAP_EXPECT_EQ(attach(fd, pid, 0), 0);
	KTAP_EXPECT_EQ(stats(fd).tasks, 6);
	/* Who is inside already needs no more room. */
	KTAP_EXPECT_EQ(attach(fd, pid, 0), 0);
	kill_and_reap(pid);
	finish(fd);
}

static void dead_pids(void)
{
	int fd = make("a");
	pid_t zombies[2] = { sleeper(), sleeper_in(fd) };
	int i;

	/* One that died outside, and one that died inside. */
	for (i = 0; i < 2; i++) {
		kill(zombies[i], SIGKILL);
		KTAP_EXPECT(EVENTUALLY(task_state(zombies[i]) == 'Z'));
		KTAP_EXPECT_EQ(attach(fd, zombies[i], 0), ESRCH);
		KTAP_EXPECT_EQ(attach(fd, zombies[i], start_time(zombies[i])), ESRCH);
		reap(zombies[i]);
		KTAP_EXPECT_EQ(attach(fd, zombies[i], 0), ESRCH);
	}
	KTAP_EXPECT_EQ(stats(fd).tasks, 0);
	finish(fd);
}

static int exit_at_once(void *arg)
{
	sleep_ms((long)arg);
	return 0;
}

/* Attach what is just exiting: it works or it is ESRCH, and nothing remains. */
static void exit_race(void)
{
	int fd = make("a"), i, moved = 0, missed = 0;

	for (i = 0; i < 100; i++) {
		pid_t pid = spawn(exit_at_once, (void *)(long)(i % 3));
		int error = attach(fd, pid, 0);

		moved += !error;
		missed += error == ESRCH;
		KTAP_EXPECT(!error || error == ESRCH);
		KTAP_EXPECT(EVENTUALLY(attach(fd, pid, 0) == ESRCH));
		reap(pid);
	}
	ktap_diag("attached %d times, %d ended in ESRCH", moved, missed);
	KTAP_EXPECT_GT(moved, 0);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	KTAP_EXPECT_EQ(finish(fd), 0);
}

static atomic_int race_fd;
static atomic_bool race_on;
static pid_t race_pid;

static void *attach_for_ever(void *arg)
{
	(void)arg;
	while (race_on) {
		int error = attach(race_fd, race_pid, 0);

		KTAP_EXPECT(!error || error == ENODEV);
	}
	return NULL;
}

/* It sleeps; where it was just moved to, it may be running for an instant. */
static bool race_lives(void)
{
	char state = task_state(race_pid);

	return state == 'S' || state == 'R';
}

/*
 * Attach against destroy: destroy is either EBUSY, and the process is inside, or
 * it is done, and the process is outside and alive.
 */
static void destroy_race(void)
{
	pthread_t thread;
	int fds[101], i, fd = make("a"), error, busy = 0, used = 0;

	race_pid = sleeper();
	race_fd = fd;
	race_on = true;
	pthread_create(&thread, NULL, attach_for_ever, NULL);
	for (i = 0; i < 100; i++) {
		error = destroy(fd, 0);
		busy += error == EBUSY;
		KTAP_EXPECT(!error || error == EBUSY);
		if (!error) {
			KTAP_EXPECT(race_lives());
			KTAP_EXPECT(!exists(TOP "/a"));
			/* Not closed yet: the thread may be about to use it. */
			fds[used++] = fd;
			fd = make("a");
			race_fd = fd;
		} else {
			char text[16];

			snprintf(text, sizeof(text), "%d", race_pid);
			write_file("/sys/fs/cgroup/cgroup.procs", text);
		}
	}
	race_on = false;
	pthread_join(thread, NULL);
	while (used)
		close(fds[--used]);
	ktap_diag("%d of 100 were busy", busy);
	KTAP_EXPECT(race_lives());
	kill_and_reap(race_pid);
	KTAP_EXPECT_EQ(finish(fd), 0);
}

static const struct test_case cases[] = {
	{ whole_process, "a process with all threads, by pid or tid" },
	{ children, "later children follow, earlier ones stay" },
	{ self, "pid 0 is the caller" },
	{ between_partitions, "from one partition to another" },
	{ while_making_threads, "a process that makes threads all the while" },
	{ task_limit, "EAGAIN beyond the task limit" },
	{ dead_pids, "dead pids and zombies are ESRCH" },
	{ exit_race, "attach while the process exits" },
	{ destroy_race, "attach while the partition is destroyed" },
};

TEST_MAIN(cases)
