// SPDX-License-Identifier: GPL-2.0
/*
 * Workers that make, change, look at and hand on partitions.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "table.h"

#define HELD	4

static void try_destroy(int fd)
{
	REPORT("destroy", destroy(fd, one_in(4) ? 0 : BULKHEAD_DESTROY_FORCE), EBUSY, ENODEV,
	       EINTR, ENOMEM);
}

/* --- creators: make some, keep a few, destroy or forget them -------------------- */

static void create_step(unsigned int number)
{
	static int held[HELD];
	int *slot = &held[below(HELD)];

	(void)number;
	if (*slot) {
		if (one_in(2))
			try_destroy(*slot);
		close(*slot);
		*slot = 0;
	}
	*slot = try_create(one_in(4) ? BULKHEAD_CREATE_KILL_ON_CLOSE :
			   one_in(8) ? BULKHEAD_CREATE_DRY_RUN : 0);
	if (*slot < 0)
		*slot = 0;
}

/* --- resizers ----------------------------------------------------------------- */

static void resize_step(unsigned int number)
{
	int fd = any_partition(BULKHEAD_OPEN_WRITE), times = 1 + below(8);

	(void)number;
	if (fd < 0) {
		sleep_ms(1);
		return;
	}
	if (one_in(4))
		interrupt_after(200 + below(20000));
	while (times--)
		try_set(fd);
	interrupt_after(0);
	close(fd);
}

/* --- destroyers: of what others work with --------------------------------------- */

static void destroy_step(unsigned int number)
{
	int fd = any_partition(BULKHEAD_OPEN_WRITE);

	(void)number;
	if (fd >= 0) {
		try_destroy(fd);
		close(fd);
	}
	sleep_ms(below(20));
}

/* --- callers that are killed in the middle of a call ------------------------------ */

static void call_for_ever(void)
{
	for (;;) {
		int fd = one_in(2) ? try_create(below(2) * BULKHEAD_CREATE_KILL_ON_CLOSE) :
				     any_partition(BULKHEAD_OPEN_WRITE);

		if (fd < 0)
			continue;
		try_set(fd);
		if (one_in(3))
			try_destroy(fd);
		close(fd);
	}
}

static void killed_step(unsigned int number)
{
	pid_t pid = start_child(-1, call_for_ever);
	int status;

	(void)number;
	sleep_ms(below(40));
	if (pid < 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	REPORT("kill of a caller", WIFSIGNALED(status) ? 0 : ECHILD);
}

/* --- fds that are passed on, and forgotten in flight ------------------------------ */

static void use_and_close(int fd)
{
	struct bulkhead_get arg = { .size = sizeof(arg) };

	REPORT("get", call(fd, BULKHEAD_GET, &arg));
	if (arg.state < BULKHEAD_STATE_ACTIVE || arg.state > BULKHEAD_STATE_DEAD)
		surprise("state %u", arg.state);
	try_set(fd);
	if (one_in(3))
		try_destroy(fd);
	close(fd);
}

static int receiving = -1;

static void receive_for_ever(void)
{
	int fd;

	while ((fd = receive_fd(receiving)) >= 0) {
		/* Nobody waits for it: more may be in flight when the socket goes. */
		if (one_in(20))
			_exit(0);
		use_and_close(fd);
	}
}

static void pass_step(unsigned int number)
{
	int pair[2], count = 1 + below(6), fd;
	pid_t pid = 0;

	(void)number;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return;
	receiving = pair[1];
	if (!one_in(3))
		pid = start_child(-1, receive_for_ever);
	/* A socket in its own queue, with partitions behind it: for the garbage collector. */
	if (!pid && one_in(2))
		send_fd(pair[0], pair[1]);
	while (count--) {
		fd = one_in(2) ? try_create(BULKHEAD_CREATE_KILL_ON_CLOSE) :
				 any_partition(BULKHEAD_OPEN_WRITE);
		if (fd < 0)
			continue;
		/* The receiver may have left: then it is as if it had been closed. */
		if (pid > 0 && waitpid(pid, NULL, WNOHANG) == pid)
			pid = 0;
		if (pid > 0 || one_in(2))
			send_fd(pair[0], fd);
		close(fd);
	}
	close(pair[0]);
	close(pair[1]);
	if (pid > 0) {
		sleep_ms(below(20));
		kill_and_reap(pid);
	}
}

/* --- readers ------------------------------------------------------------------- */

static void read_one(const char *path)
{
	static char text[1 << 16];
	size_t piece = one_in(3) ? 1 + below(300) : sizeof(text), length = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
	ssize_t got;

	if (fd < 0) {
		REPORT(path, errno, ENOENT, ENOMEM);
		return;
	}
	do {
		if (piece > sizeof(text) - 1 - length)
			piece = sizeof(text) - 1 - length;
		got = piece ? read(fd, text + length, piece) : 0;
		if (got > 0)
			length += got;
		/* Somebody opens and leaves. */
	} while (got > 0 && !one_in(200));
	if (got < 0)
		error = errno;
	close(fd);
	/* EIO: the partition has just gone. */
	if (!REPORT(path, error, EIO, ENOMEM, EINTR) && !got && length &&
	    text[length - 1] != '\n' && length < sizeof(text) - 1)
		surprise("%s ends within a line", path);
}

static void read_all(const char *directory)
{
	struct dirent **entries;
	char path[512];
	int count = scandir(directory, &entries, NULL, NULL), i;

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%.255s", directory, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && entries[i]->d_type == DT_DIR)
			read_all(path);
		else if (entries[i]->d_type == DT_REG)
			read_one(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void read_step(unsigned int number)
{
	(void)number;
	read_all(PROC);
}

/* --- those who ask by calls ------------------------------------------------------ */

static void look_at(const struct bulkhead_list_entry *entry)
{
	struct bulkhead_open open_it = { .size = sizeof(open_it), .id = entry->id };
	struct bulkhead_stats first = { .size = sizeof(first) }, then = first;
	struct bulkhead_get get_it = { .size = sizeof(get_it) };

	if (REPORT("open by id", call(dev, BULKHEAD_OPEN, &open_it), ENOENT, ENOMEM))
		return;
	REPORT("get", call(open_it.fd, BULKHEAD_GET, &get_it));
	REPORT("stats", call(open_it.fd, BULKHEAD_STATS, &first));
	REPORT("stats", call(open_it.fd, BULKHEAD_STATS, &then));
	if (get_it.id != entry->id || strcmp(get_it.name, entry->name))
		surprise("'%s' (%llu) is '%s' (%llu)", entry->name, entry->id, get_it.name,
			 get_it.id);
	if (then.cpu_time < first.cpu_time || then.memory_peak < first.memory_peak ||
	    then.oom_kills < first.oom_kills || then.time < first.time)
		surprise("a counter of '%s' went back", entry->name);
	close(open_it.fd);
}

static void look_at_capacity(void)
{
	struct bulkhead_capacity now = { .size = sizeof(now) };

	REPORT("capacity", call(dev, BULKHEAD_CAPACITY, &now));
	if (!(now.overcommitted & BULKHEAD_RESOURCE_CPU) &&
	    now.cpu_total != now.cpu_reserve + now.cpu_guaranteed + now.cpu_free)
		surprise("CPU: %llu is not %llu + %llu + %llu", now.cpu_total, now.cpu_reserve,
			 now.cpu_guaranteed, now.cpu_free);
	if (!(now.overcommitted & BULKHEAD_RESOURCE_MEMORY) &&
	    now.memory_total != now.memory_reserve + now.memory_guaranteed + now.memory_free)
		surprise("memory: %llu is not %llu + %llu + %llu", now.memory_total,
			 now.memory_reserve, now.memory_guaranteed, now.memory_free);
}

static void ask_step(unsigned int number)
{
	struct bulkhead_list list = { .size = sizeof(list) };
	__u64 last = 0;
	__u32 i;

	(void)number;
	look_at_capacity();
	do {
		if (REPORT("list", call(dev, BULKHEAD_LIST, &list), ENOMEM))
			return;
		for (i = 0; i < list.count; i++) {
			if (list.entries[i].id <= last)
				surprise("%llu is listed after %llu", list.entries[i].id, last);
			last = list.entries[i].id;
			look_at(&list.entries[i]);
		}
	} while (list.count);
}

const struct worker partition_workers[] = {
	{ "creator", create_step, NULL, 3 },
	{ "resizer", resize_step, NULL, 3 },
	{ "destroyer", destroy_step, NULL, 2 },
	{ "killed", killed_step, NULL, 1 },
	{ "passer", pass_step, NULL, 1 },
	{ "reader", read_step, NULL, 1 },
	{ "asker", ask_step, NULL, 1 },
};

const unsigned int partition_worker_count = ARRAY_SIZE(partition_workers);
