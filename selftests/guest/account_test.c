// SPDX-License-Identifier: GPL-2.0
/*
 * The account against the kernel's own: cpu.stat of the partition's directory.
 *
 * Both add up what the scheduler charges to tasks, each in its own way. When nothing
 * of a partition runs any more they must have come to the same, to the last
 * microsecond: cpu.stat shows no less. Nothing here depends on how long things take.
 */
#define _GNU_SOURCE
#include "case.h"
#include "loads.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPU1_ONLINE	"/sys/devices/system/cpu/cpu1/online"
#define LOAD_MS		1500

static const char * const names[] = { "a", "b" };

static __u64 usage_us(const char *name)
{
	return knob_key(name, "cpu.stat", "usage_usec");
}

/* --- helpers -------------------------------------------------------------- */

/* Let it run for a while, and see that no reading falls. */
static void run(const int *fds, int count, unsigned int ms)
{
	__u64 last[2] = { 0 }, until = now_ms() + ms;
	int i;

	while (now_ms() < until) {
		for (i = 0; i < count; i++) {
			__u64 now = stats(fds[i]).cpu_time;

			KTAP_EXPECT_GE(now, last[i]);
			last[i] = now;
		}
		sleep_ms(3);
	}
}

/* What the two counters differ by; each of the kernel's has lost less than 1 us. */
static bool agree(const int *fds, int count, __u64 *ours, __u64 *kernel)
{
	int i;

	*ours = 0;
	*kernel = 0;
	for (i = 0; i < count; i++) {
		*ours += stats(fds[i]).cpu_time;
		*kernel += usage_us(names[i]) * 1000;
	}
	return *ours >= *kernel && *ours - *kernel < 1000ULL * count;
}

/* End everything; then nothing may be missing, and nothing be there twice. */
static void expect_all(const int *fds, int count)
{
	__u64 ours, kernel;
	int i;

	for (i = 0; i < count; i++) {
		KTAP_EXPECT_EQ(kill_all(fds[i], SIGKILL, NULL), 0);
		KTAP_EXPECT(EVENTUALLY(!knob_key(names[i], "cgroup.events", "populated")));
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	/* An exiting task is no member any more, and runs on for a moment. */
	if (!EVENTUALLY(agree(fds, count, &ours, &kernel)))
		KTAP_EXPECT_EQ(ours, kernel);
	KTAP_EXPECT_GT(kernel, 0);
	for (i = 0; i < count; i++)
		KTAP_EXPECT_EQ(finish(fds[i]), 0);
}

/* --- cases ---------------------------------------------------------------- */

struct reading {
	__u64 before, kernel, after;
};

/* Before others, that it be one moment. */
static struct reading read_both(int fd, const char *name)
{
	struct sched_param first = { .sched_priority = 1 }, ordinary = { 0 };
	struct reading reading;

	sched_setscheduler(0, SCHED_FIFO, &first);
	reading.before = stats(fd).cpu_time;
	reading.kernel = usage_us(name) * 1000;
	reading.after = stats(fd).cpu_time;
	sched_setscheduler(0, SCHED_OTHER, &ordinary);
	return reading;
}

/*
 * Over ten seconds of all kinds of load: what the kernel saw lies within what we saw
 * from the first reading to the last, and from the second to the last but one; the
 * rest is that an emulated CPU may stand still between the two additions of a tick.
 */
static void ten_seconds(void)
{
	static void (*const loads[2][4])(void) = {
		{ load_spin, load_spin, load_hop, load_ends },
		{ load_yield, load_doze, load_doze, load_threads },
	};
	int fds[2] = { make("a"), make("b") }, i, j;
	struct reading first[2], last[2];

	for (i = 0; i < 2; i++)
		for (j = 0; j < 4; j++)
			load_start(fds[i], loads[i][j]);
	for (i = 0; i < 2; i++)
		first[i] = read_both(fds[i], names[i]);
	run(fds, 2, 10000);
	for (i = 0; i < 2; i++)
		last[i] = read_both(fds[i], names[i]);
	for (i = 0; i < 2; i++) {
		__u64 kernel = last[i].kernel - first[i].kernel;

		KTAP_EXPECT_LE(last[i].before - first[i].after, kernel + kernel / 500);
		KTAP_EXPECT_GE(last[i].after - first[i].before, kernel - kernel / 500);
	}
	expect_all(fds, 2);
}

static void migration(void)
{
	int fd = make("a"), i;

	for (i = 0; i < 3; i++)
		load_start(fd, load_hop);
	run(&fd, 1, LOAD_MS);
	expect_all(&fd, 1);
}

static void exits(void)
{
	int fd = make("a"), i;

	for (i = 0; i < 3; i++)
		load_start(fd, load_ends);
	run(&fd, 1, LOAD_MS);
	expect_all(&fd, 1);
}

static void exec_storm(void)
{
	int fd = make("a"), i;

	for (i = 0; i < 3; i++)
		load_start(fd, i % 2 ? load_exec_by_thread : load_exec_by_leader);
	run(&fd, 1, LOAD_MS);
	expect_all(&fd, 1);
}

/* Between two partitions: whoever has it, it is counted once. */
static void moves(void)
{
	static void (*const loads[])(void) = {
		load_spin, load_spin, load_threads, load_hop,
	};
	int fds[2] = { make("a"), make("b") }, i, count;
	__u64 until = now_ms() + LOAD_MS;
	pid_t pids[4];

	for (i = 0; i < 4; i++)
		pids[i] = load_start(fds[i % 2], loads[i]);
	for (count = 0; now_ms() < until; count++)
		KTAP_EXPECT_EQ(attach(fds[rand() % 2], pids[rand() % 4], 0), 0);
	ktap_diag("moved %d times", count);
	expect_all(fds, 2);
}

#define SLICE_NS	100000000ULL

/*
 * And it is counted where it was spent, though there is hardly a switch: half of it
 * at least, for what an emulated CPU did since its last tick the kernel gives to
 * where the task went, and we to where it came from.
 */
static void attribution(void)
{
	int fds[2] = { make("a"), make("b") }, i;
	pid_t pid = load_start(fds[0], load_last_cpu);

	for (i = 1; i < 10; i++) {
		int to = fds[i % 2], from = fds[!(i % 2)];
		__u64 kernel, here, there;

		KTAP_EXPECT_EQ(attach(to, pid, 0), 0);
		here = stats(to).cpu_time;
		there = stats(from).cpu_time;
		kernel = usage_us(names[i % 2]) * 1000;
		KTAP_EXPECT(EVENTUALLY(usage_us(names[i % 2]) * 1000 > kernel + SLICE_NS));
		KTAP_EXPECT_GT(stats(to).cpu_time, here + SLICE_NS / 2);
		KTAP_EXPECT_LT(stats(from).cpu_time, there + SLICE_NS / 2);
	}
	expect_all(fds, 2);
}

static const char * const nested_dirs[] = { TOP "/a", TOP "/a/x", TOP "/a/x/y" };

static void nested(void)
{
	static void (*const loads[])(void) = {
		load_spin, load_spin, load_ends, load_doze,
	};
	int fd = make("a"), i;
	__u64 until = now_ms() + LOAD_MS;
	char path[64], text[16];
	pid_t pids[4];

	for (i = 1; i < 3; i++)
		if (mkdir(nested_dirs[i], 0755))
			bail("mkdir %s: %s", nested_dirs[i], strerror(errno));
	for (i = 0; i < 4; i++)
		pids[i] = load_start(fd, loads[i]);
	while (now_ms() < until) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", nested_dirs[rand() % 3]);
		snprintf(text, sizeof(text), "%d", pids[rand() % 4]);
		KTAP_EXPECT_EQ(write_file(path, text), 0);
		sleep_ms(5);
	}
	expect_all(&fd, 1);
}

/* A CPU keeps what was counted there, whether it is there or not. */
static void hotplug(void)
{
	int fd = make("a"), i;
	__u64 last = 0, now;

	if (!exists(CPU1_ONLINE)) {
		ktap_case_skip("CPU 1 cannot be taken offline");
		finish(fd);
		return;
	}
	load_start(fd, load_last_cpu);
	load_start(fd, load_spin);
	load_start(fd, load_ends);
	for (i = 0; i < 6; i++) {
		run(&fd, 1, 200);
		KTAP_EXPECT_EQ(write_file(CPU1_ONLINE, i % 2 ? "1" : "0"), 0);
		now = stats(fd).cpu_time;
		KTAP_EXPECT_GT(now, last);
		last = now;
	}
	write_file(CPU1_ONLINE, "0");
	expect_all(&fd, 1);
	write_file(CPU1_ONLINE, "1");
}

static void policies(void)
{
	static void (*const loads[])(void) = {
		load_fifo, load_round_robin, load_deadline, load_spin,
	};
	int fd = make("a");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(loads); i++)
		load_start(fd, loads[i]);
	run(&fd, 1, LOAD_MS);
	KTAP_EXPECT_EQ(waitpid(-1, NULL, WNOHANG), 0);
	expect_all(&fd, 1);
}

#define HEIRS		1500
#define HEIR_STACK	16384

/* It sleeps, and is told of its parent's death with a signal that does not wake it. */
static int heir(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	for (;;)
		pause();
	return 0;
}

/*
 * Its exit takes long after the kernel has struck it off its cgroup: each child gets
 * another parent, and a signal.
 */
static int leave_heirs(void *unused)
{
	char *stacks = malloc(HEIRS * HEIR_STACK);
	sigset_t set;
	int i;

	(void)unused;
	setpgid(0, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (i = 1; stacks && i <= HEIRS; i++)
		clone(heir, stacks + i * HEIR_STACK, CLONE_VM | SIGCHLD, NULL);
	raise(SIGSTOP);
	load_spin();
	return 0;
}

/* Until some time after its end, what has been shown of it is not taken back. */
static void watch_destroy(int fd)
{
	__u64 last = 0, now, until = 0;

	while (!until || now_ms() < until) {
		now = stats(fd).cpu_time;
		KTAP_EXPECT_GE(now, last);
		last = now;
		if (!until && get(fd).state == BULKHEAD_STATE_DEAD)
			until = now_ms() + 50;
		sched_yield();
	}
}

/* The last one is still running when the partition is dead. */
static void destruction(void)
{
	int i;

	for (i = 0; i < 5; i++) {
		int fd = make("a"), other = open_partition("a", 0);
		pid_t last_one = spawn(leave_heirs, NULL), pid;

		KTAP_EXPECT(EVENTUALLY(task_state(last_one) == 'T'));
		KTAP_EXPECT_EQ(attach(fd, last_one, 0), 0);
		kill(last_one, SIGCONT);
		KTAP_EXPECT(EVENTUALLY(stats(fd).cpu_time));
		pid = fork();
		if (!pid)
			_exit(destroy(fd, BULKHEAD_DESTROY_FORCE));
		watch_destroy(other);
		KTAP_EXPECT_EQ(reap(pid), 0);
		kill(-last_one, SIGKILL);
		reap(last_one);
		close(other);
		close(fd);
	}
}

static const struct test_case cases[] = {
	{ ten_seconds, "ten seconds agree within 0.2 %" },
	{ migration, "nothing is lost between CPUs" },
	{ exits, "nor at the end of a task" },
	{ exec_storm, "nor in exec" },
	{ moves, "nor between partitions" },
	{ attribution, "each gets what was spent in it" },
	{ nested, "nested cgroups count" },
	{ hotplug, "a CPU goes and comes back" },
	{ policies, "FIFO, RR and DEADLINE count" },
	{ destruction, "no reading falls while it is destroyed" },
};

int main(int argc, char **argv)
{
	load_main(argc, argv);
	return run_cases(cases, ARRAY_SIZE(cases), argc, argv);
}
