// SPDX-License-Identifier: GPL-2.0
/*
 * Workers that put processes into partitions, move them about, stop and kill them.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "table.h"

#define CHILDREN	8

static pid_t children[CHILDREN];

/* One of the worker's own, outside of any partition at first; 0: not to be had. */
static pid_t any_child(void)
{
	pid_t *child = &children[below(CHILDREN)];

	reap_children(children, CHILDREN);
	/* They are not to grow old: what is stopped or frozen runs no more. */
	if (*child && one_in(30))
		kill(*child, SIGKILL);
	if (!*child)
		*child = start_child(-1, keep_busy);
	if (*child < 0)
		*child = 0;
	return *child;
}

/* --- attachers ------------------------------------------------------------------ */

static void attach_step(unsigned int number)
{
	pid_t child = any_child();
	int fd = any_partition(BULKHEAD_OPEN_WRITE);

	(void)number;
	if (fd >= 0 && child)
		REPORT("attach", attach(fd, child, 0), ENODEV, ESRCH, EINTR, EAGAIN, ENOMEM);
	if (fd >= 0)
		close(fd);
	sleep_ms(below(5));
}

/* --- forkers: bombs that go out ----------------------------------------------------- */

static void fork_bomb(void)
{
	unsigned int left = below(60);

	while (left--) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		/* Some of them bring forth others, which nobody waits for. */
		if (!pid && !one_in(6))
			_exit(0);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void fork_step(unsigned int number)
{
	int cgroup = any_cgroup();
	pid_t pid;

	(void)number;
	if (cgroup < 0) {
		sleep_ms(1);
		return;
	}
	pid = start_child(cgroup, fork_bomb);
	/* ENODEV and ENOENT: the directory has just been removed. */
	REPORT("clone3", pid < 0 ? errno : 0, EAGAIN, ENODEV, ENOENT, ENOMEM, EINTR);
	close(cgroup);
	if (pid <= 0)
		return;
	/* It may have been frozen or stopped. */
	sleep_ms(below(50));
	kill_and_reap(pid);
}

/* --- movers: through the cgroup file system, which asks nobody ----------------------- */

/*
 * A directory, and the fd of the partition if it is one. Only of partitions that are there
 * already: a create that fails leaves the directory behind if somebody has moved a process
 * into it meanwhile.
 */
static int any_place(char *path, size_t size)
{
	const char *name = any_name();
	int fd;

	if (one_in(3)) {
		snprintf(path, size, PLAIN "/%c", 'a' + below(2));
		return -1;
	}
	fd = open_partition(name, 0);
	if (fd < 0)
		snprintf(path, size, PLAIN "/a");
	else if (one_in(3))
		/* One that was made in a partition, if somebody has. */
		snprintf(path, size, TOP "/%s/nested", name);
	else
		snprintf(path, size, TOP "/%s", name);
	return fd;
}

/* Somebody else's, of those in partitions. */
static pid_t any_member(void)
{
	struct table *table = table_read(PROC "/tasks");
	pid_t pid = 0;

	if (!table)
		return 0;
	if (table->rows)
		pid = atoi(cell(table, below(table->rows), "PID"));
	table_free(table);
	return pid;
}

static void move_step(unsigned int number)
{
	pid_t pid = one_in(3) ? any_member() : any_child();
	char place[128], path[160], text[16];
	int fd = any_place(place, sizeof(place));

	(void)number;
	if (strstr(place, "/nested") && one_in(3))
		mkdir(place, 0755);
	if (pid > 0) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", place);
		snprintf(text, sizeof(text), "%d", pid);
		REPORT("cgroup.procs", write_file(path, text), ENOENT, ENODEV, ESRCH, EAGAIN,
		       ENOMEM, EINTR, EBUSY);
	}
	if (strstr(place, "/nested") && one_in(3))
		rmdir(place);
	if (fd >= 0)
		close(fd);
	sleep_ms(below(3));
}

/* --- freezers: what is destroyed may be frozen --------------------------------------- */

static void freeze_step(unsigned int number)
{
	char path[128];

	(void)number;
	snprintf(path, sizeof(path), TOP "/%s/cgroup.freeze", any_name());
	REPORT("cgroup.freeze", write_file(path, "1"), ENOENT, ENODEV, ENOMEM, EINTR);
	sleep_ms(below(30));
	if (!one_in(8))
		write_file(path, "0");
	sleep_ms(below(30));
}

/* --- killers ------------------------------------------------------------------------- */

static void kill_step(unsigned int number)
{
	static const int signals[] = { SIGKILL, SIGKILL, SIGSTOP, SIGCONT, SIGTERM, 64 };
	int fd = any_partition(BULKHEAD_OPEN_WRITE);
	__u64 count;

	(void)number;
	if (fd >= 0) {
		REPORT("kill", kill_all(fd, PICK(signals), &count), ENODEV, EINTR, ENOMEM);
		close(fd);
	}
	sleep_ms(below(60));
}

const struct worker task_workers[] = {
	{ "attacher", attach_step, NULL, 2 },
	{ "forker", fork_step, NULL, 1 },
	{ "mover", move_step, NULL, 2 },
	{ "freezer", freeze_step, NULL, 1 },
	{ "killer", kill_step, NULL, 1 },
};

const unsigned int task_worker_count = ARRAY_SIZE(task_workers);
