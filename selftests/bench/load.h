/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The load generators of the guarantee benchmark.
 */
#ifndef BULKHEAD_LOAD_H
#define BULKHEAD_LOAD_H

#include <stdint.h>

#include "scenario.h"

#define DELAYS_MAX	(1 << 16)
#define STEPS_MAX	(1 << 14)

/* What a load tells about itself, in memory that it shares with the benchmark. */
struct record {
	/* Wake-ups of duty loads: how late each was, in ns. */
	uint32_t delays;
	uint32_t delay[DELAYS_MAX];
	/* CPU time of each thread of a traced spinner, about once a ms. */
	uint32_t steps;
	struct step {
		uint64_t time, cpu;
		int thread;
	} step[STEPS_MAX];
};

/* Run the load from CLOCK_MONOTONIC @start on, in this process and its children, for ever. */
void load_run(const struct load *load, uint64_t start, struct record *record)
	__attribute__((noreturn));

/* To be told before the first load runs: when the ticks come, for those that dodge them. */
void load_find_tick(void);

#endif /* BULKHEAD_LOAD_H */
