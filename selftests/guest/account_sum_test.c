// SPDX-License-Identifier: GPL-2.0
/*
 * The account as a whole: all partitions and the host together have what all tasks
 * ran, the kernel's threads among them; an idle CPU is nobody's. The kernel keeps the
 * sum of each task, which is looked at between two readings of the account.
 */
#define _GNU_SOURCE
#include "case.h"
#include "loads.h"
#include "table.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS_NS		1000000LL
#define HOST_PROCS	"/sys/fs/cgroup/cgroup.procs"

/* --- what the kernel has counted ------------------------------------------ */

/* In whole milliseconds. */
static long long host_ns(void)
{
	struct table *table = table_read(PROC "/partitions");
	double seconds = strtod(cell(table, find_row(table, "NAME", "host"), "CPU.TIME"), NULL);

	table_free(table);
	return seconds * 1e9 + 0.5;
}

/* What each task has run, of which kernel threads have no executable. */
struct task_time {
	pid_t tid;
	bool kernel;
	long long ns;
};

struct task_times {
	int count;
	long long made;		/* since boot */
	struct task_time tasks[2048];
};

static void note_task(struct task_times *times, const char *process, const char *thread)
{
	struct task_time *task = &times->tasks[times->count];
	char path[600], text[128];

	snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", process, thread);
	if (read_file(path, text, sizeof(text)) <= 0)
		return;
	task->tid = atoi(thread);
	task->ns = strtoll(text, NULL, 10);
	snprintf(path, sizeof(path), "/proc/%s/exe", process);
	task->kernel = readlink(path, text, sizeof(text)) < 0;
	if (++times->count == ARRAY_SIZE(times->tasks))
		bail("too many tasks");
}

static void note_process(struct task_times *times, const char *process)
{
	struct dirent *entry;
	char path[300];
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%s/task", process);
	threads = opendir(path);
	while (threads && (entry = readdir(threads)))
		if (isdigit(entry->d_name[0]))
			note_task(times, process, entry->d_name);
	if (threads)
		closedir(threads);
}

/* How many tasks have been made. */
static long long tasks_made(void)
{
	static char text[1 << 16];
	char *line;

	if (read_file("/proc/stat", text, sizeof(text)) <= 0)
		bail("cannot read /proc/stat");
	line = strstr(text, "\nprocesses ");
	if (!line)
		bail("no processes in /proc/stat");
	return atoll(line + strlen("\nprocesses "));
}

static void note_all(struct task_times *times)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	times->count = 0;
	times->made = tasks_made();
	while ((entry = readdir(processes)))
		if (isdigit(entry->d_name[0]))
			note_process(times, entry->d_name);
	closedir(processes);
}

/* Of those that are gone from one look to the next nobody knows what they ran. */
static long long gone(const struct task_times *from, const struct task_times *to)
{
	return to->made - from->made - (to->count - from->count);
}

/* What has been run from one look to the next; who is new did all of it since. */
static long long grown(const struct task_times *from, const struct task_times *to, bool kernel)
{
	long long sum = 0;
	int i, j;

	for (i = 0; i < to->count; i++) {
		if (kernel && !to->tasks[i].kernel)
			continue;
		sum += to->tasks[i].ns;
		for (j = 0; j < from->count; j++)
			if (from->tasks[j].tid == to->tasks[i].tid)
				sum -= from->tasks[j].ns;
	}
	return sum;
}

/* --- cases ---------------------------------------------------------------- */

struct look {
	long long before, after;
	struct task_times tasks;
};

static struct look first, last;

/* The host, and partitions that nobody creates or destroys meanwhile. */
static long long account_ns(const int *fds, int count)
{
	long long sum = host_ns();

	while (count--)
		sum += stats(fds[count]).cpu_time;
	return sum;
}

static void look(struct look *look, const int *fds, int count)
{
	look->before = account_ns(fds, count);
	note_all(&look->tasks);
	look->after = account_ns(fds, count);
}

/*
 * The host's row has lost up to a millisecond at each end. Returns false if it cannot be told:
 * a worker of the kernel, or what is left of an earlier test, may end at any time.
 */
static bool expect_sum(void)
{
	long long tasks = grown(&first.tasks, &last.tasks, false);

	if (gone(&first.tasks, &last.tasks)) {
		ktap_diag("%lld tasks are gone: once more", gone(&first.tasks, &last.tasks));
		return false;
	}
	KTAP_EXPECT_LE(tasks, last.after - first.before + MS_NS);
	KTAP_EXPECT_GE(tasks, last.before - first.after - MS_NS);
	ktap_diag("%lld ms, known within %lld ms", tasks / MS_NS,
		  (last.after - last.before + first.after - first.before) / MS_NS);
	return true;
}

/*
 * Spinners and sleepers moved between two partitions and the host, then nothing, and
 * one partition is destroyed: its time stays. Who is killed is not reaped before the
 * last look, so that his sum is there.
 */
static bool everything_once(void)
{
	int fds[2] = { make("a"), make("b") }, i;
	pid_t pids[6];
	char text[16];
	__u64 until;
	bool known;

	look(&first, fds, 2);
	for (i = 0; i < 6; i++)
		pids[i] = load_start(i < 4 ? fds[i % 2] : -1,
				     i % 3 ? load_spin : load_doze);
	for (until = now_ms() + 2000; now_ms() < until;) {
		pid_t pid = pids[rand() % 6];

		snprintf(text, sizeof(text), "%d", pid);
		if (rand() % 3)
			KTAP_EXPECT_EQ(attach(fds[rand() % 2], pid, 0), 0);
		else
			KTAP_EXPECT_EQ(write_file(HOST_PROCS, text), 0);
		sleep_ms(2);
	}
	for (i = 0; i < 6; i++) {
		kill(pids[i], SIGKILL);
		KTAP_EXPECT(EVENTUALLY(task_state(pids[i]) == 'Z'));
	}
	KTAP_EXPECT_EQ(destroy(fds[1], BULKHEAD_DESTROY_FORCE), 0);
	sleep_ms(1000);
	look(&last, fds, 2);
	known = expect_sum();
	for (i = 0; i < 6; i++)
		reap(pids[i]);
	finish(fds[0]);
	close(fds[1]);
	return known;
}

#define TRIES	10

static void everything(void)
{
	int tries = TRIES;

	while (!everything_once())
		if (!KTAP_EXPECT_GT(--tries, 0))
			return;
}

#define KERNEL_NS	(200 * MS_NS)

/*
 * Calls that workers carry out and that make the control thread write weights: the
 * partition has no task, so that it has no part in it.
 */
static void host(void)
{
	int fd = make("a"), tries = TRIES, i;

	do {
		look(&first, NULL, 0);
		do {
			for (i = 0; i < 100; i++)
				KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_CPU_SHARE, 100 + i), 0);
			look(&last, NULL, 0);
		} while (grown(&first.tasks, &last.tasks, true) < KERNEL_NS);
	} while (!expect_sum() && KTAP_EXPECT_GT(--tries, 0));
	KTAP_EXPECT_EQ(stats(fd).cpu_time, 0);
	finish(fd);
}

static const struct test_case cases[] = {
	{ everything, "partitions and host have what all tasks ran" },
	{ host, "the module's own work is the host's" },
};

TEST_MAIN(cases)
