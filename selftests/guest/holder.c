// SPDX-License-Identifier: GPL-2.0
/*
 * Holding memory, and running out of it.
 */
#define _GNU_SOURCE
#include "holder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the taker takes at a time. */
#define STEP	(256 * 1024)

/*
 * What is free when the kernel kills is to be much the same each time. Fragmentation moves the
 * watermarks up for a while; and the lists of the CPUs, which the kernel does not empty
 * before it kills, have had up to 27 MiB, and get a thousandth of a zone.
 */
#define BOOST	"/proc/sys/vm/watermark_boost_factor"
#define LISTS	"/proc/sys/vm/percpu_pagelist_high_fraction"

/* How long filling may take. */
#define FILL_MS	120000

/* Written by the children. */
static struct {
	int full;		/* holders that have what they shall */
	bool done;		/* the taker has seen its kills */
	__u64 waited;
} *shared;

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void adjust_me(int adjust)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", adjust);
	if (write_file("/proc/self/oom_score_adj", text))
		_exit(1);
}

void holders_begin(void)
{
	adjust_me(-1000);
	if (write_file(BOOST, "0") || write_file(LISTS, "1000"))
		bail("cannot set " BOOST " or " LISTS);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (shared == MAP_FAILED)
		bail("mmap: %s", strerror(errno));
}

static bool take(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) != MAP_FAILED;
}

/* A child in the partition; returns like fork(). */
static pid_t fork_there(int fd)
{
	int cgroup = fd < 0 ? -1 : cgroup_fd(fd);
	pid_t pid = fd < 0 ? fork() : fork_into(cgroup);

	if (pid < 0)
		bail("fork: %s", strerror(errno));
	if (cgroup >= 0)
		close(cgroup);
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

void holder_create(struct holder *holder)
{
	struct bulkhead_settings settings = {
		.memory_guarantee = holder->guarantee, .oom_group = holder->group,
		.memory_mode = holder->reserve ? BULKHEAD_MEMORY_RESERVE :
			       BULKHEAD_MEMORY_LEND,
	};

	holder->fd = holder->host ? -1 :
		     make_with(holder->name,
			       BULKHEAD_SET_MEMORY_GUARANTEE | BULKHEAD_SET_OOM_GROUP |
			       BULKHEAD_SET_MEMORY_MODE, &settings);
	memset(holder->pids, 0, sizeof(holder->pids));
	if (!holder->processes)
		holder->processes = 1;
}

static void hold(const struct holder *holder)
{
	adjust_me(holder->adjust);
	if (!take(holder->bytes / holder->processes))
		_exit(1);
	__atomic_add_fetch(&shared->full, 1, __ATOMIC_SEQ_CST);
	for (;;)
		holder->then ? holder->then() : (void)pause();
}

void holder_fill(struct holder *holder)
{
	int i, begun = 0;
	__u64 until;

	holder_alive(holder);
	shared->full = 0;
	for (i = 0; i < holder->processes; i++) {
		if (holder->pids[i])
			continue;
		holder->pids[i] = fork_there(holder->fd);
		if (!holder->pids[i])
			hold(holder);
		begun++;
	}
	/* An emulated guest on a busy machine may get no more than a few MiB in a second. */
	until = now_ms() + FILL_MS;
	while (__atomic_load_n(&shared->full, __ATOMIC_SEQ_CST) != begun) {
		if (now_ms() > until || holder_alive(holder) != holder->processes)
			bail("%s does not get its %llu bytes", holder->name, holder->bytes);
		sleep_ms(2);
	}
}

int holder_alive(struct holder *holder)
{
	int i, alive = 0;

	for (i = 0; i < holder->processes; i++) {
		if (holder->pids[i] && waitpid(holder->pids[i], NULL, WNOHANG) == holder->pids[i])
			holder->pids[i] = 0;
		alive += !!holder->pids[i];
	}
	return alive;
}

void holder_end(struct holder *holder)
{
	int i;

	/* Before it forks more. */
	if (holder->fd >= 0)
		kill_all(holder->fd, SIGKILL, &(__u64){ 0 });
	for (i = 0; i < holder->processes; i++)
		if (holder->pids[i])
			kill_and_reap(holder->pids[i]);
	if (holder->fd >= 0)
		finish(holder->fd);
}

__u64 holders_rest(void)
{
	return capacity().memory_free;
}

__u64 oom_kills(void)
{
	static int file = -1;
	char buf[16384];
	const char *line;
	ssize_t length;

	if (file < 0)
		file = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	length = pread(file, buf, sizeof(buf) - 1, 0);
	if (length <= 0)
		bail("no /proc/vmstat");
	buf[length] = '\0';
	line = strstr(buf, "\noom_kill ");
	return line ? strtoull(line + strlen("\noom_kill "), NULL, 10) : 0;
}

static void take_until(__u64 kills)
{
	__u64 begun;

	do {
		begun = now_ns();
		if (!take(STEP))
			_exit(1);
	} while (oom_kills() < kills);
	shared->waited = now_ns() - begun;
	__atomic_store_n(&shared->done, true, __ATOMIC_SEQ_CST);
	for (;;)
		pause();
}

pid_t taker_start(int fd, unsigned int kills)
{
	__u64 until = oom_kills() + kills;
	pid_t pid;

	shared->done = false;
	pid = fork_there(fd);
	if (!pid) {
		adjust_me(0);
		take_until(until);
	}
	return pid;
}

bool taker_done(pid_t taker)
{
	siginfo_t info = { };

	EVENTUALLY(__atomic_load_n(&shared->done, __ATOMIC_SEQ_CST) ||
		   (!waitid(P_PID, taker, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid));
	return __atomic_load_n(&shared->done, __ATOMIC_SEQ_CST);
}

__u64 taker_waited(void)
{
	return shared->waited;
}
