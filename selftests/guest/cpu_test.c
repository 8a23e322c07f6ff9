// SPDX-License-Identifier: GPL-2.0
/*
 * The account of CPU time: STATS against the kernel's cpu.stat, never backwards,
 * and no more in sum than there was time. That guarantees are kept is tested by
 * guarantee_test, and how well is measured in selftests/bench.
 */
#include "case.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_NS		4000000LL	/* Debian's kernels: 250 Hz */
#define SPIN_MS		1500

static pid_t spinner_in(int fd, bool yielding)
{
	int cgroup = cgroup_fd(fd);
	pid_t pid = fork_into(cgroup);

	if (!pid)
		for (;;)
			if (yielding)
				sched_yield();
	close(cgroup);
	return pid;
}

/* cpu.stat between two readings of STATS: it must lie between them, within ticks. */
static void expect_agreement(int fd, const char *name)
{
	long long before = stats(fd).cpu_time;
	long long kernel = knob_key(name, "cpu.stat", "usage_usec") * 1000;
	long long after = stats(fd).cpu_time;
	long long slack = 2 * TICK_NS * sysconf(_SC_NPROCESSORS_ONLN) + kernel / 20;

	KTAP_EXPECT_LE(before, kernel + slack);
	KTAP_EXPECT_GE(after, kernel - slack);
}

/* 4 spinners in a, 2 yielders in b: both agree with the kernel all the time. */
static void agrees(void)
{
	int fds[2] = { make("a"), make("b") };
	__u64 last[2] = { 0 }, until = now_ms() + SPIN_MS;
	pid_t pids[6];
	int i;

	for (i = 0; i < 6; i++)
		pids[i] = spinner_in(fds[i >= 4], i >= 4);
	while (now_ms() < until) {
		for (i = 0; i < 2; i++) {
			__u64 now = stats(fds[i]).cpu_time;

			KTAP_EXPECT_GE(now, last[i]);
			last[i] = now;
			expect_agreement(fds[i], i ? "b" : "a");
		}
		sleep_ms(20);
	}
	KTAP_EXPECT_GT(last[0], 0);
	KTAP_EXPECT_GT(last[1], 0);
	for (i = 0; i < 6; i++)
		kill_and_reap(pids[i]);
	/* What has exited stays on the account, to the end. */
	last[0] = stats(fds[0]).cpu_time;
	expect_agreement(fds[0], "a");
	sleep_ms(50);
	KTAP_EXPECT_EQ(stats(fds[0]).cpu_time, last[0]);
	KTAP_EXPECT_EQ(destroy(fds[0], 0), 0);
	KTAP_EXPECT_EQ(stats(fds[0]).cpu_time, last[0]);
	close(fds[0]);
	finish(fds[1]);
}

/* All partitions together cannot have had more than time times CPUs. */
static void sums(void)
{
	int fds[3] = { make("a"), make("b"), make("c") }, i;
	struct bulkhead_stats begin[3], end[3];
	__u64 cpu = 0, elapsed;
	pid_t pids[6];

	for (i = 0; i < 6; i++)
		pids[i] = spinner_in(fds[i % 3], false);
	for (i = 0; i < 3; i++)
		begin[i] = stats(fds[i]);
	sleep_ms(SPIN_MS);
	for (i = 0; i < 3; i++)
		end[i] = stats(fds[i]);
	for (i = 0; i < 3; i++) {
		KTAP_EXPECT_GT(end[i].time, begin[i].time);
		cpu += end[i].cpu_time - begin[i].cpu_time;
	}
	/*
	 * From the first reading to the last. What counts twice is off by half; the
	 * quarter is for an emulated CPU that stood still at the first reading.
	 */
	elapsed = end[2].time - begin[0].time;
	KTAP_EXPECT_LE(cpu, elapsed * sysconf(_SC_NPROCESSORS_ONLN) * 5 / 4);
	KTAP_EXPECT_GT(cpu, 0);
	for (i = 0; i < 6; i++)
		kill_and_reap(pids[i]);
	for (i = 0; i < 3; i++)
		finish(fds[i]);
}

/*
 * Time that a process had before it was attached, or after it left, is not ours:
 * a does not grow any more, b does, and together they have what the kernel counts.
 * (Each for itself may differ from cpu.stat by what the CPU did since the kernel
 * looked last: the kernel gives that to b, we to a, where it was spent.)
 */
static void attached(void)
{
	int a = make("a"), b = make("b");
	pid_t pid = spinner_in(a, false);
	__u64 before, left, kernel;
	long long both;

	KTAP_EXPECT(EVENTUALLY(stats(a).cpu_time > 50 * 1000000));
	before = stats(a).cpu_time;
	KTAP_EXPECT_EQ(attach(b, pid, 0), 0);
	KTAP_EXPECT_GE(stats(a).cpu_time, before);
	KTAP_EXPECT(EVENTUALLY(stats(b).cpu_time > 0));
	left = stats(a).cpu_time;
	KTAP_EXPECT(EVENTUALLY(stats(b).cpu_time > 50 * 1000000));
	KTAP_EXPECT_EQ(stats(a).cpu_time, left);

	kill_and_reap(pid);
	both = stats(a).cpu_time + stats(b).cpu_time;
	kernel = (knob_key("a", "cpu.stat", "usage_usec") +
		  knob_key("b", "cpu.stat", "usage_usec")) * 1000;
	KTAP_EXPECT_LE(llabs(both - (long long)kernel), 2 * TICK_NS);
	finish(a);
	finish(b);
}

/* A limit of half a CPU: the kernel throttles, and counts that it does. */
static void limit(void)
{
	struct bulkhead_settings want = { .cpu_limit = 500000 };
	int fd = make_with("a", BULKHEAD_SET_CPU_LIMIT, &want), i;
	pid_t pids[2];

	for (i = 0; i < 2; i++)
		pids[i] = spinner_in(fd, false);
	KTAP_EXPECT(EVENTUALLY(knob_key("a", "cpu.stat", "nr_throttled") > 10));
	expect_agreement(fd, "a");
	for (i = 0; i < 2; i++)
		kill_and_reap(pids[i]);
	finish(fd);
}

/* Many short lives: none is lost, though none was ever seen running by a reader. */
static void short_lives(void)
{
	int fd = make("a"), cgroup = cgroup_fd(fd), i;

	for (i = 0; i < 200; i++) {
		pid_t pid = fork_into(cgroup);

		if (!pid)
			_exit(0);
		reap(pid);
	}
	KTAP_EXPECT_GT(stats(fd).cpu_time, 0);
	expect_agreement(fd, "a");
	close(cgroup);
	finish(fd);
}

static const struct test_case cases[] = {
	{ agrees, "cpu_time is that of cpu.stat and never falls" },
	{ sums, "all together had no more than there was" },
	{ attached, "time counts where it was spent" },
	{ limit, "a limited partition is throttled" },
	{ short_lives, "short lives count" },
};

TEST_MAIN(cases)
