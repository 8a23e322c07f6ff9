// SPDX-License-Identifier: GPL-2.0
#include "memory_worker.h"

#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "bench.h"

#define PAGE		4096ULL
#define MIB_PAGES	256
#define LOOK_PAGES	16		/* between two looks at what is free */
#define STALL_NS	500000		/* what a killer takes at the least */
#define FLOOR_MARGIN	(512ULL << 10)
#define FLOOR_NEAR	(24ULL << 20)	/* above it needs no exact look */
#define GREEDY_NS	200000		/* between two looks, when nothing is free */

/*
 * Free pages of the machine that a hog leaves: below, the kernel reclaims and kills. Not
 * the same at all times: the kernel raises its watermarks for a while (watermark_boost_factor)
 * when it had to mix kinds of pages.
 */
static uint64_t floor_bytes(void)
{
	unsigned long long min, one, most, sum = 0;
	static char text[1 << 16];
	char *line, *next, *list;
	int fd = open("/proc/zoneinfo", O_RDONLY | O_CLOEXEC);
	ssize_t length = 0, got;

	require(fd >= 0, "/proc/zoneinfo");
	while ((got = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += got;
	close(fd);
	text[length] = 0;
	for (line = strtok_r(text, "\n", &next); line; line = strtok_r(NULL, "\n", &next)) {
		if (sscanf(line, " min %llu", &min) == 1)
			sum += min * PAGE;
		list = strstr(line, "protection: (");
		if (!list)
			continue;
		/* Of a lower zone that much more is kept: the largest counts. */
		most = 0;
		for (list = strtok(list + 13, ", )"); list; list = strtok(NULL, ", )")) {
			one = strtoull(list, NULL, 10);
			if (one > most)
				most = one;
		}
		sum += most * PAGE;
	}
	require(sum > 0, "no watermarks in /proc/zoneinfo");
	return sum + FLOOR_MARGIN;
}

static bool all_taken(const struct worker *worker)
{
	uint64_t leave = worker->place->tenant->leave;
	struct sysinfo info;

	require(!sysinfo(&info), "sysinfo");
	if (info.freeswap > (worker->full_swap ? info.totalswap / 50 : info.totalswap / 2))
		return false;
	return info.freeram <= FLOOR_NEAR + leave && info.freeram <= floor_bytes() + leave;
}

static bool has_enough(const struct worker *worker, uint64_t share)
{
	const struct tenant *tenant = worker->place->tenant;

	switch (tenant->kind) {
	case SIZE_BYTES:
		return worker->touched * PAGE >= share;
	case SIZE_GUARANTEE:
		return worker->touched % MIB_PAGES == 0 &&
		       place_read(worker->place, "memory.current", NULL) + (1 << 20) >
		       tenant->guarantee;
	case SIZE_ALL:
		return worker->touched % LOOK_PAGES == 0 && all_taken(worker);
	}
	return true;
}

/* Returns how long it took (ns). */
static uint64_t touch(struct worker *worker, volatile char *page)
{
	uint64_t start = now_ns(), end;

	worker->waits_since = start;
	*page = 1;
	worker->touched++;
	end = now_ns();
	if (end - start >= STALL_NS) {
		worker->stall[worker->stalls % STALLS_MAX] = (struct stall) { start, end };
		worker->stalls++;
	}
	worker->waits_since = 0;
	return end - start;
}

void worker_run(struct worker *worker)
{
	const struct tenant *tenant = worker->place->tenant;
	uint64_t share = tenant->size / tenant->processes, mib = 0, length, i;
	struct sysinfo info;
	char *memory;

	require(!sysinfo(&info), "sysinfo");
	length = info.totalram + info.totalswap;
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	require(memory != MAP_FAILED, "address space");
	for (i = 0; i < length / PAGE; i++) {
		while (has_enough(worker, share)) {
			worker->done = true;
			if (!tenant->greedy)
				for (;;)
					pause();
			sleep_until(now_ns() + GREEDY_NS);
		}
		mib += touch(worker, memory + i * PAGE);
		if (worker->touched % MIB_PAGES)
			continue;
		if (mib > worker->slowest)
			worker->slowest = mib;
		mib = 0;
	}
	worker->done = true;
	for (;;)
		pause();
}
