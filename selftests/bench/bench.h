/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the benchmarks share: samples of virtual time, written as lines
 *
 *	bench NAME SIDE MEDIAN WORST COUNT
 *
 * in nanoseconds for one operation, which bench.sh makes a table of.
 */
#ifndef BULKHEAD_BENCH_H
#define BULKHEAD_BENCH_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/bulkhead.h>

#define CGROUPS	"/sys/fs/cgroup"

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static inline void sleep_until(uint64_t time)
{
	struct timespec at = { time / 1000000000, time % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		;
}

/* A benchmark that cannot do what it measures has no result. */
static inline void require(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static inline int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static inline void report(const char *name, const char *side, uint64_t *samples, int count)
{
	qsort(samples, count, sizeof(*samples), compare_u64);
	printf("bench %s %s %llu %llu %d\n", name, side,
	       (unsigned long long)samples[count / 2],
	       (unsigned long long)samples[count - 1], count);
}

static inline void write_file(const char *directory, const char *file, const char *text)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	fd = open(path, O_WRONLY);
	require(fd >= 0, path);
	require(write(fd, text, strlen(text)) >= 0, path);
	close(fd);
}

#endif /* BULKHEAD_BENCH_H */
