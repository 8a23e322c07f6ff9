/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scenarios of the memory benchmark: who holds how much, in which order it is taken,
 * and who may die of it. memory.scenarios says how they are written.
 */
#ifndef BULKHEAD_MEMORY_SCENARIO_H
#define BULKHEAD_MEMORY_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#define GROUPS_MAX	8

enum measure { MEASURE_FILL, MEASURE_CACHE, MEASURE_CYCLE };

enum size_kind {
	SIZE_BYTES,
	SIZE_GUARANTEE,		/* until the group uses its guarantee, to a MiB */
	SIZE_ALL,		/* until nothing is free any more */
};

struct tenant {
	char name[16];
	bool partition;		/* or a cgroup of the host */
	uint64_t guarantee;	/* bytes */
	enum size_kind kind;
	uint64_t size;		/* bytes, of all processes together */
	uint64_t leave;		/* SIZE_ALL: bytes to leave free */
	int processes;
	bool greedy;		/* takes what becomes free later, too */
};

struct memory_scenario {
	char name[32];
	enum measure measure;
	bool reserve;		/* the mode of the partitions, or lend */
	bool forced;		/* a run in which nobody dies is none */
	bool full_swap;		/* SIZE_ALL takes all of the swap, or half of it */
	int victim;		/* the only tenant that may die, or -1 */
	int tenants;
	struct tenant tenant[GROUPS_MAX];
};

/* The scenarios of a file, and their number; a mistake in it ends the benchmark. */
struct memory_scenario *memory_scenarios(const char *file, int *count);

#endif /* BULKHEAD_MEMORY_SCENARIO_H */
