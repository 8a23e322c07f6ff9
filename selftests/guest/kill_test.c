// SPDX-License-Identifier: GPL-2.0
/*
 * BULKHEAD_KILL: every process once, whatever the signal; the count.
 */
#include "case.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMBERS		10
#define DESTROYED	300

static volatile int *hits;

static void count_hit(int signal)
{
	(void)signal;
	__atomic_add_fetch(hits, 1, __ATOMIC_SEQ_CST);
}

static void *thread_forever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

/* Members that count SIGUSR1; each has a second thread. */
static void start_members(int fd, pid_t *pids)
{
	int cgroup = cgroup_fd(fd), i;
	pthread_t thread;

	hits = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < MEMBERS; i++) {
		pids[i] = fork_into(cgroup);
		if (pids[i])
			continue;
		signal(SIGUSR1, count_hit);
		pthread_create(&thread, NULL, thread_forever, NULL);
		__atomic_add_fetch(hits + 1, 1, __ATOMIC_SEQ_CST);
		thread_forever(NULL);
	}
	close(cgroup);
	KTAP_EXPECT(EVENTUALLY(hits[1] == MEMBERS));
}

/* 10 processes of 2 threads: SIGUSR1 arrives 10 times; nobody outside gets it. */
static void user_signal(void)
{
	int fd = make("a"), other = make("b");
	pid_t pids[MEMBERS], outsider = sleeper_in(other);
	__u64 count;
	int i;

	start_members(fd, pids);
	KTAP_EXPECT_EQ(stats(fd).tasks, 2 * MEMBERS);
	KTAP_EXPECT_EQ(kill_all(fd, SIGUSR1, &count), 0);
	KTAP_EXPECT_EQ(count, MEMBERS);
	KTAP_EXPECT(EVENTUALLY(hits[0] == MEMBERS));
	KTAP_EXPECT_EQ(kill_all(fd, SIGUSR1, &count), 0);
	KTAP_EXPECT_EQ(count, MEMBERS);
	KTAP_EXPECT(EVENTUALLY(hits[0] == 2 * MEMBERS));
	KTAP_EXPECT_EQ(stats(fd).tasks, 2 * MEMBERS);
	KTAP_EXPECT_EQ(task_state(outsider), 'S');
	KTAP_EXPECT_EQ(kill_all(fd, SIGTERM, &count), 0);
	KTAP_EXPECT_EQ(count, MEMBERS);
	for (i = 0; i < MEMBERS; i++)
		KTAP_EXPECT_EQ(reap(pids[i]), 128 + SIGTERM);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	KTAP_EXPECT_EQ(kill_all(fd, SIGTERM, &count), 0);
	KTAP_EXPECT_EQ(count, 0);
	KTAP_EXPECT_EQ(task_state(outsider), 'S');
	kill_and_reap(outsider);
	finish(fd);
	finish(other);
}

/* Real-time signals too, up to 64; the default action of that is death. */
static void highest_signal(void)
{
	int fd = make("a");
	pid_t pid = sleeper_in(fd);
	__u64 count;

	KTAP_EXPECT_EQ(kill_all(fd, 64, &count), 0);
	KTAP_EXPECT_EQ(count, 1);
	KTAP_EXPECT_EQ(reap(pid), 128 + 64);
	finish(fd);
}

/* SIGKILL counts nothing, reaches all, and the partition stays usable. */
static void kill_signal(void)
{
	int fd = make("a"), i;
	pid_t pids[MEMBERS], after;
	__u64 count;

	start_members(fd, pids);
	KTAP_EXPECT_EQ(kill_all(fd, SIGKILL, &count), 0);
	KTAP_EXPECT_EQ(count, 0);
	for (i = 0; i < MEMBERS; i++)
		KTAP_EXPECT_EQ(reap(pids[i]), 128 + SIGKILL);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	KTAP_EXPECT_EQ(get(fd).state, BULKHEAD_STATE_ACTIVE);
	after = sleeper_in(fd);
	KTAP_EXPECT_EQ(stats(fd).tasks, 1);
	kill_and_reap(after);
	finish(fd);
}

/* A process whose leader has exited is one still: each signal reaches its threads. */
static void dead_leader(void)
{
	int fd = make("a"), cgroup = cgroup_fd(fd), i;
	pthread_t thread;
	__u64 count;
	pid_t pid;

	for (i = 0; i < 2; i++) {
		pid = fork_into(cgroup);
		if (!pid) {
			pthread_create(&thread, NULL, thread_forever, NULL);
			syscall(SYS_exit, 0);
		}
		KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'Z'));
		KTAP_EXPECT_EQ(kill_all(fd, i ? SIGKILL : SIGTERM, &count), 0);
		KTAP_EXPECT_EQ(count, !i);
		if (!KTAP_EXPECT(EVENTUALLY(waitpid(pid, NULL, WNOHANG) == pid)))
			kill_and_reap(pid);
	}
	close(cgroup);
	finish(fd);
}

/* SIGKILL gets a fork bomb as a whole, what it is forking just then too. */
static void kill_bomb(void)
{
	int fd = make("a"), cgroup = cgroup_fd(fd);
	pid_t pid;

	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 60), 0);
	pid = fork_into(cgroup);
	if (!pid)
		for (;;)
			if (fork() < 0)
				sleep_ms(1);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks >= 50));
	KTAP_EXPECT_EQ(kill_all(fd, SIGKILL, NULL), 0);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	KTAP_EXPECT_EQ(destroy(fd, 0), 0);
	close(cgroup);
	close(fd);
}

static int kill_until_gone(void *arg)
{
	int error;

	do
		error = kill_all(*(int *)arg, SIGKILL, NULL);
	while (!error);
	return error;
}

/* Beside a destroy: the directory may go while its cgroup.kill is being written. */
static void kill_destroyed(void)
{
	int round, fd;
	pid_t pid;

	for (round = 0; round < DESTROYED; round++) {
		fd = make("a");
		pid = spawn(kill_until_gone, &fd);
		sleep_ms(round % 4);
		KTAP_EXPECT_EQ(finish(fd), 0);
		KTAP_EXPECT_EQ(reap(pid), ENODEV);
	}
}

static const struct test_case cases[] = {
	{ user_signal, "each process once, nobody else" },
	{ highest_signal, "signal 64" },
	{ kill_signal, "SIGKILL" },
	{ dead_leader, "a process whose leader has exited" },
	{ kill_bomb, "SIGKILL of a fork bomb" },
	{ kill_destroyed, "SIGKILL of what is just being destroyed" },
};

TEST_MAIN(cases)
