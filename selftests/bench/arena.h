/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroups that the groups of a scenario run in: partitions, or plain cgroups with
 * what a careful admin can set by hand, and the processes in them.
 */
#ifndef BULKHEAD_ARENA_H
#define BULKHEAD_ARENA_H

#include <sys/types.h>

#include "load.h"
#include "scenario.h"

enum arm { ARM_ALONE, ARM_PLAIN, ARM_BULKHEAD };

extern const char *const arm_names[];

/* One group that runs. */
struct member {
	const struct group *group;
	char path[128];		/* of its cgroup */
	int fd;			/* of its partition, or -1 */
	int usage;		/* cpu.stat; -1 in the root cgroup */
	pid_t leader;
	struct record *record;
};

struct arena {
	enum arm arm;
	const struct scenario *scenario;
	int members;
	struct member member[MAX_GROUPS];
	int *empty;		/* fds of the partitions with nothing in them */
};

/* Make the groups; with @only that one alone. */
void arena_build(struct arena *arena, const struct scenario *scenario, enum arm arm,
		 const struct group *only);

/* Start the load of all groups together; the CLOCK_MONOTONIC time at which that is. */
uint64_t arena_start(struct arena *arena);

/* CPU time that a member has used, in ns. Exact while its threads are off the CPU. */
uint64_t arena_usage(const struct member *member);

/* Kill all, and remove the groups. */
void arena_clear(struct arena *arena);

#endif /* BULKHEAD_ARENA_H */
