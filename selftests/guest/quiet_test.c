// SPDX-License-Identifier: GPL-2.0
/*
 * The control thread has nothing to do where nobody waits for anybody else.
 */
#include "case.h"
#include "tenant.h"

#include <dirent.h>
#include <sched.h>
#include <unistd.h>

#define PARTITIONS	50
#define QUIET_MS	5000

static __u64 status_key(pid_t pid, const char *key)
{
	char path[64], buf[4096];
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (read_file(path, buf, sizeof(buf)) <= 0)
		return 0;
	line = strstr(buf, key);
	return line ? strtoull(line + strlen(key), NULL, 10) : 0;
}

/*
 * The kernel thread "bulkhead": a child of kthreadd, which is 2. On 6.1 the rescuer of the
 * module's workqueue has the same name, but is not a real-time thread.
 */
static pid_t control_thread(void)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	pid_t found = 0;

	while (proc && !found && (entry = readdir(proc))) {
		pid_t pid = atoi(entry->d_name);
		char path[64], name[32];

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		if (pid && read_file(path, name, sizeof(name)) > 0 &&
		    !strcmp(name, "bulkhead\n") && status_key(pid, "\nPPid:") == 2 &&
		    sched_getscheduler(pid) == SCHED_FIFO)
			found = pid;
	}
	if (!found)
		bail("there is no thread 'bulkhead'");
	closedir(proc);
	return found;
}

static __u64 switches(pid_t pid)
{
	return status_key(pid, "\nvoluntary_ctxt_switches:") +
	       status_key(pid, "\nnonvoluntary_ctxt_switches:");
}

static void make_many(int *fds, const char *prefix, int count)
{
	struct bulkhead_settings want = { .cpu_guarantee = 10000 };
	char name[32];
	int i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%s%d", prefix, i);
		fds[i] = make_with(name, BULKHEAD_SET_CPU_GUARANTEE, &want);
	}
}

static void finish_many(int *fds, int count)
{
	int i;

	for (i = 0; i < count; i++)
		finish(fds[i]);
}

/* Not one switch to it in five seconds; the first time it may not have come to rest yet. */
static bool is_quiet(pid_t control)
{
	int left;

	for (left = 2; left; left--) {
		__u64 before = switches(control);

		sleep_ms(QUIET_MS);
		if (switches(control) == before)
			return true;
		ktap_diag("the control thread ran %llu times", switches(control) - before);
	}
	return false;
}

/*
 * Fifty partitions, half of them with a task that sleeps. The test itself and what the
 * kernel does on its own may have to wait for each other: that is no concern of control.
 */
static void idle(void)
{
	pid_t control = control_thread(), pids[PARTITIONS / 2];
	int fds[PARTITIONS], i;

	KTAP_EXPECT_GT(switches(control), 0);
	make_many(fds, "p", PARTITIONS);
	for (i = 0; i < PARTITIONS / 2; i++)
		pids[i] = sleeper_in(fds[i]);
	sleep_ms(1000);
	KTAP_EXPECT(is_quiet(control));
	for (i = 0; i < PARTITIONS / 2; i++)
		kill_and_reap(pids[i]);
	finish_many(fds, PARTITIONS);
}

/* The same after a conflict: it ends, and so does the work of control. */
static void after_conflict(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 900, .processes = 2 },
		{ .name = "neighbour", .processes = 4 },
	};
	pid_t control = control_thread();
	__u64 before = switches(control);

	tenants_start(tenants, ARRAY_SIZE(tenants));
	KTAP_EXPECT(EVENTUALLY(switches(control) >= before + 50));
	tenant_kill(&tenants[0]);
	tenant_kill(&tenants[1]);
	sleep_ms(1000);
	KTAP_EXPECT(is_quiet(control));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ idle, "50 idle partitions" },
	{ after_conflict, "a conflict that is over" },
};

TEST_MAIN(cases)
