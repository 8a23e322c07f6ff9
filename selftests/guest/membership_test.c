// SPDX-License-Identifier: GPL-2.0
/*
 * Who is in a partition: everything that a member starts, by whatever means, from
 * its first instruction to its last; and what is moved in by hand of the kernel's
 * own cgroup files. attach_test has BULKHEAD_ATTACH.
 */
#define _GNU_SOURCE
#include "case.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What members tell the test, in memory that forks share. */
static struct report {
	volatile int ready;
	volatile pid_t pids[8];
	volatile int in[8];	/* in_partition() as the member saw it itself */
} *report;

static int fd, cgroup;

static void begin(void)
{
	if (!report)
		report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(report, 0, sizeof(*report));
	fd = make("a");
	cgroup = cgroup_fd(fd);
}

static void end(void)
{
	KTAP_EXPECT_EQ(finish(fd), 0);
	close(cgroup);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void wait_forever(void)
{
	for (;;)
		pause();
}

static void tell(int index)
{
	report->pids[index] = getpid();
	report->in[index] = in_partition(getpid(), "a");
	report->ready++;
}

/* A member forks a child, which forks a grandchild: 3 tasks, all inside. */
static void forks(void)
{
	begin();
	if (!fork_into(cgroup)) {
		tell(0);
		if (!fork()) {
			tell(1);
			if (!fork())
				tell(2);
		}
		wait_forever();
	}
	KTAP_EXPECT(EVENTUALLY(report->ready == 3));
	KTAP_EXPECT(report->in[0] && report->in[1] && report->in[2]);
	KTAP_EXPECT_EQ(stats(fd).tasks, 3);
	end();
	KTAP_EXPECT(EVENTUALLY(!task_state(report->pids[2])));
}

/* The first instruction of a clone3() child is inside already; so is its exec. */
static void clone3_and_exec(void)
{
	pid_t pid;

	begin();
	pid = fork_into(cgroup);
	if (!pid) {
		tell(0);
		execl("/proc/self/exe", "membership_test", "--pause", NULL);
		_exit(1);
	}
	KTAP_EXPECT(EVENTUALLY(report->ready == 1));
	KTAP_EXPECT_EQ(report->in[0], 1);
	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'S'));
	sleep_ms(20);
	KTAP_EXPECT(in_partition(pid, "a"));
	KTAP_EXPECT_EQ(stats(fd).tasks, 1);
	kill_and_reap(pid);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	end();
}

/* vfork: the parent sleeps until the child has gone; both are inside. */
static void vforks(void)
{
	pid_t pid;

	begin();
	pid = fork_into(cgroup);
	if (!pid) {
		if (!vfork()) {
			tell(0);
			_exit(0);
		}
		tell(1);
		wait_forever();
	}
	KTAP_EXPECT(EVENTUALLY(report->ready == 2));
	KTAP_EXPECT(report->in[0] && report->in[1]);
	kill_and_reap(pid);
	end();
}

static void *thread_forever(void *arg)
{
	(void)arg;
	wait_forever();
	return NULL;
}

static void start_threads(int count)
{
	pthread_t thread;

	while (count--)
		pthread_create(&thread, NULL, thread_forever, NULL);
}

/* 1 process of 8 threads: 8 tasks, one process. */
static void threads(void)
{
	pid_t pid;
	__u64 count;

	begin();
	pid = fork_into(cgroup);
	if (!pid) {
		start_threads(7);
		tell(0);
		wait_forever();
	}
	KTAP_EXPECT(EVENTUALLY(report->ready == 1));
	KTAP_EXPECT_EQ(thread_count(pid), 8);
	KTAP_EXPECT_EQ(stats(fd).tasks, 8);
	KTAP_EXPECT_EQ(kill_all(fd, SIGCONT, &count), 0);
	KTAP_EXPECT_EQ(count, 1);
	kill_and_reap(pid);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	end();
}

/*
 * The leader of the thread group exits, 3 threads live on. The leader stays in the
 * count as the kernel does it, until it is reaped. The partition is not empty, and
 * force ends it.
 */
static void leader_exits(void)
{
	pid_t pid;

	begin();
	pid = fork_into(cgroup);
	if (!pid) {
		start_threads(3);
		tell(0);
		syscall(SYS_exit, 0);
	}
	KTAP_EXPECT(EVENTUALLY(report->ready == 1 && task_state(pid) == 'Z'));
	KTAP_EXPECT_EQ(thread_count(pid), 4);
	KTAP_EXPECT_EQ(stats(fd).tasks, 4);
	KTAP_EXPECT_EQ(destroy(fd, 0), EBUSY);
	KTAP_EXPECT_EQ(finish(fd), 0);
	close(cgroup);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
}

/*
 * A zombie that nobody has reaped is in the count, as in that of the task limit,
 * but it uses nothing any more: the partition can be destroyed.
 */
static void zombies(void)
{
	pid_t pid;

	begin();
	pid = fork_into(cgroup);
	if (!pid)
		_exit(3);
	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'Z'));
	KTAP_EXPECT_EQ(stats(fd).tasks, 1);
	KTAP_EXPECT_EQ(destroy(fd, 0), 0);
	KTAP_EXPECT(!exists(TOP "/a"));
	KTAP_EXPECT_EQ(stats(fd).tasks, 0);
	KTAP_EXPECT_EQ(task_state(pid), 'Z');
	KTAP_EXPECT_EQ(reap(pid), 3);
	close(fd);
	close(cgroup);
}

/* A daemon: fork, setsid, fork, first child gone. Nothing of that gets out. */
static void daemons(void)
{
	pid_t pid;

	begin();
	pid = fork_into(cgroup);
	if (!pid) {
		if (fork())
			_exit(0);
		setsid();
		if (fork())
			_exit(0);
		tell(0);
		wait_forever();
	}
	KTAP_EXPECT_EQ(reap(pid), 0);
	KTAP_EXPECT(EVENTUALLY(report->ready == 1));
	KTAP_EXPECT_EQ(report->in[0], 1);
	KTAP_EXPECT(in_partition(report->pids[0], "a"));
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 1));
	end();
	KTAP_EXPECT(EVENTUALLY(!task_state(report->pids[0])));
}

/*
 * Cgroups that a member makes below the partition: x and x/y, with a task each.
 * They count, KILL reaches them, and the partition is busy.
 */
static void nested_cgroups(void)
{
	pid_t pids[3];
	char text[16];
	__u64 count;
	int i;

	begin();
	for (i = 0; i < 3; i++)
		pids[i] = sleeper_in(fd);
	KTAP_EXPECT_EQ(mkdir(TOP "/a/x", 0755), 0);
	KTAP_EXPECT_EQ(mkdir(TOP "/a/x/y", 0755), 0);
	snprintf(text, sizeof(text), "%d", pids[1]);
	KTAP_EXPECT_EQ(write_file(TOP "/a/x/cgroup.procs", text), 0);
	snprintf(text, sizeof(text), "%d", pids[2]);
	KTAP_EXPECT_EQ(write_file(TOP "/a/x/y/cgroup.procs", text), 0);
	KTAP_EXPECT_STREQ(cgroup_of(pids[2]), "a/x/y");
	KTAP_EXPECT_EQ(stats(fd).tasks, 3);
	KTAP_EXPECT_EQ(kill_all(fd, SIGCONT, &count), 0);
	KTAP_EXPECT_EQ(count, 3);
	kill_and_reap(pids[0]);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 2));
	KTAP_EXPECT_EQ(destroy(fd, 0), EBUSY);
	/* The task limit counts them too. */
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 2), 0);
	KTAP_EXPECT_EQ(fork_into(cgroup), -1);
	KTAP_EXPECT_EQ(errno, EAGAIN);
	kill_and_reap(pids[1]);
	kill_and_reap(pids[2]);
	end();
}

/* Moved in and out by hand: the kernel's word is the only one there is. */
static void moved_by_hand(void)
{
	pid_t pid = sleeper();
	char text[16];

	begin();
	snprintf(text, sizeof(text), "%d", pid);
	KTAP_EXPECT_EQ(stats(fd).tasks, 0);
	KTAP_EXPECT_EQ(write_file(TOP "/a/cgroup.procs", text), 0);
	KTAP_EXPECT_EQ(stats(fd).tasks, 1);
	KTAP_EXPECT_EQ(write_file("/sys/fs/cgroup/cgroup.procs", text), 0);
	KTAP_EXPECT_EQ(stats(fd).tasks, 0);
	KTAP_EXPECT_EQ(destroy(fd, 0), 0);
	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'S'));
	kill_and_reap(pid);
	close(fd);
	close(cgroup);
}

/* The cgroup directory's fd is close-on-exec, and dead with the partition. */
static void cgroup_fds(void)
{
	struct stat by_fd, by_path;

	begin();
	KTAP_EXPECT_EQ(fcntl(cgroup, F_GETFD), FD_CLOEXEC);
	KTAP_EXPECT_EQ(fstat(cgroup, &by_fd), 0);
	KTAP_EXPECT_EQ(stat(TOP "/a", &by_path), 0);
	KTAP_EXPECT_EQ(by_fd.st_ino, by_path.st_ino);
	KTAP_EXPECT_EQ(finish(fd), 0);
	KTAP_EXPECT_EQ(fork_into(cgroup), -1);
	close(cgroup);
}

static const struct test_case cases[] = {
	{ forks, "fork" },
	{ clone3_and_exec, "clone3 into the cgroup, and exec" },
	{ vforks, "vfork" },
	{ threads, "threads are tasks" },
	{ leader_exits, "a thread-group leader that exits" },
	{ zombies, "zombies do not keep it" },
	{ daemons, "a daemon's double fork and setsid" },
	{ nested_cgroups, "cgroups below the partition" },
	{ moved_by_hand, "tasks moved by cgroup.procs" },
	{ cgroup_fds, "the cgroup fd" },
};

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--pause"))
		wait_forever();
	return run_cases(cases, ARRAY_SIZE(cases), argc, argv);
}
