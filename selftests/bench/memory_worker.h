/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of a tenant, that take memory page by page and say how that went.
 */
#ifndef BULKHEAD_MEMORY_WORKER_H
#define BULKHEAD_MEMORY_WORKER_H

#include <sys/types.h>

#include "memory_place.h"

#define STALLS_MAX	256

/* In memory that is shared with the benchmark. */
struct worker {
	const struct place *place;
	bool full_swap;
	pid_t pid;
	bool dead;		/* set by the benchmark */
	volatile bool done;	/* has all that it wanted */
	volatile uint64_t touched;	/* pages */
	volatile uint64_t slowest;	/* time of the slowest MiB (ns) */
	/* Since when it waits for the page that it touches (CLOCK_MONOTONIC, ns), or 0. */
	volatile uint64_t waits_since;
	/* The last pages that took long; written at stalls % STALLS_MAX. */
	volatile uint32_t stalls;
	struct stall {
		uint64_t from, to;
	} stall[STALLS_MAX];
};

/* Take the memory, and hold it for ever. */
void worker_run(struct worker *worker) __attribute__((noreturn));

#endif /* BULKHEAD_MEMORY_WORKER_H */
