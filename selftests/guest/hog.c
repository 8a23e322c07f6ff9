// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "hog.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

/*
 * Fragmentation moves the watermarks up for a while. The hog, which goes down to the
 * lowest one, would be killed for it.
 */
#define BOOST	"/proc/sys/vm/watermark_boost_factor"

static char boost[32];

__u64 free_memory(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return (__u64)info.freeram * info.mem_unit;
}

__u64 vmstat(const char *key)
{
	static char text[1 << 16];
	char line[64], *at;

	snprintf(line, sizeof(line), "\n%s ", key);
	if (read_file("/proc/vmstat", text, sizeof(text)) < 0)
		bail("cannot read /proc/vmstat");
	at = strstr(text, line);
	return at ? strtoull(at + strlen(line), NULL, 10) : 0;
}

__u64 kept_free(void)
{
	char text[32];

	if (read_file("/proc/sys/vm/min_free_kbytes", text, sizeof(text)) < 0)
		bail("cannot read min_free_kbytes");
	return strtoull(text, NULL, 10) << 10;
}

__u64 high_atomic(void)
{
	static char text[1 << 14];
	char *line, *end;
	__u64 bytes = 0, block;

	if (read_file("/proc/pagetypeinfo", text, sizeof(text)) < 0)
		bail("cannot read pagetypeinfo");
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		line = strstr(line, "HighAtomic ");
		if (!line)
			continue;
		line += strlen("HighAtomic ");
		for (block = 4096; ; block *= 2, line = end) {
			unsigned long count = strtoul(line, &end, 10);

			if (end == line)
				break;
			bytes += count * block;
		}
	}
	return bytes;
}

__u64 free_in_lists(void)
{
	static char text[1 << 16];
	__u64 pages = 0;
	char *line;

	if (read_file("/proc/zoneinfo", text, sizeof(text)) < 0)
		bail("cannot read /proc/zoneinfo");
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		line += strspn(line, " ");
		if (!strncmp(line, "count:", strlen("count:")))
			pages += strtoull(line + strlen("count:"), NULL, 10);
	}
	return pages * 4096;
}

struct area area_map(size_t size)
{
	struct area area = { mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
			     size };

	if (area.start == MAP_FAILED)
		_exit(99);
	return area;
}

static __u64 now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ULL + now.tv_nsec / 1000;
}

__u64 area_touch(struct area area)
{
	__u64 slowest = 0;
	size_t at, page;

	for (at = 0; at < area.size; at += MIB) {
		__u64 begin = now_us();

		for (page = at; page < at + MIB && page < area.size; page += 4096)
			area.start[page] = 1;
		if (now_us() - begin > slowest)
			slowest = now_us() - begin;
	}
	return slowest;
}

void hog_begin(void)
{
	if (read_file(BOOST, boost, sizeof(boost)) < 0 || write_file(BOOST, "0"))
		bail("cannot set " BOOST);
}

void hog_end(void)
{
	write_file(BOOST, boost);
}

static int hog(void *arg)
{
	__u64 leave = kept_free() + *(__u64 *)arg;
	struct area area = area_map(2048 * MIB);
	size_t at;

	for (at = 0; at < area.size && free_memory() > leave; at += 512 << 10)
		memset(area.start + at, 1, 512 << 10);
	raise(SIGSTOP);
	for (;;)
		pause();
	return 0;
}

pid_t hog_start(__u64 leave)
{
	pid_t pid = spawn(hog, &leave);

	if (!EVENTUALLY(task_state(pid) == 'T'))
		bail("the hog does not get there");
	return pid;
}

struct actor actor_start(int fd, int (*fn)(void *), size_t size)
{
	int cgroup = fd < 0 ? -1 : cgroup_fd(fd);
	struct actor actor;
	char go;

	if (pipe2(actor.go, O_CLOEXEC))
		bail("pipe2: %s", strerror(errno));
	actor.pid = cgroup < 0 ? fork() : fork_into(cgroup);
	if (!actor.pid)
		_exit(read(actor.go[0], &go, 1) == 1 ? fn(&size) : 99);
	if (cgroup >= 0)
		close(cgroup);
	return actor;
}

void actor_begin(struct actor *actor)
{
	if (write(actor->go[1], "", 1) != 1)
		bail("write: %s", strerror(errno));
	close(actor->go[0]);
	close(actor->go[1]);
}

int actor_run(struct actor *actor)
{
	actor_begin(actor);
	return reap(actor->pid);
}

int reserve_make(const char *name, __u64 guarantee)
{
	struct bulkhead_settings want = {
		.memory_guarantee = guarantee, .memory_mode = BULKHEAD_MEMORY_RESERVE,
	};

	return make_with(name, BULKHEAD_SET_MEMORY_MODE | BULKHEAD_SET_MEMORY_GUARANTEE, &want);
}

bool reserve_backed(int fd, __u64 guarantee)
{
	struct bulkhead_stats now = stats(fd);
	__u64 both = now.memory_held + now.memory;

	return both >= guarantee && both <= guarantee + RESERVE_SLACK;
}
