/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A simulated machine that is watched: what each partition wants, when control looks,
 * and whether the promise of Documentation/cpu.rst is kept all the time.
 */
#ifndef SELFTESTS_HOST_WATCHED_H
#define SELFTESTS_HOST_WATCHED_H

#include <linux/types.h>

#include "simulated.h"

#define CPU			1000000ULL	/* micro-CPUs */
#define MS			1000000LL	/* ns */
#define SEC			(1000 * MS)

#define WATCHED_PERIOD_MS	300		/* of bursts and of work */
#define WATCHED_BURST_MS	100

enum watched_pattern {
	WATCHED_ALWAYS,
	WATCHED_BURSTS,		/* wants for 100 ms in every 300 */
	WATCHED_ON_OFF,		/* random times up to 400 ms */
	WATCHED_RANDOM,		/* each millisecond anew */
	WATCHED_DODGER,		/* sleeps whenever control looks */
	WATCHED_WORKER,		/* its guarantee's worth of work in every period */
	WATCHED_PATTERNS,
};

/**
 * struct watched - What the test knows of a partition
 * @pattern: set by the test
 * @phase: ms that are left of it, or the offset of a period; set by the test
 * @work: that a worker has to do (ns)
 * @waits: it has wanted to run since the last look or before
 * @lacks: of the worst window that began with a look (ns)
 * @lacks_any: of the worst that began at any time
 */
struct watched {
	enum watched_pattern pattern;
	unsigned int phase;
	u64 work;
	bool waits;
	s64 lacks, lacks_any;
};

/* The machine, of which the test sets what simulated.h says, and its partitions. */
extern struct simulated machine;
extern struct watched watched[SIMULATED_MEMBERS];

/* Of all machines: the largest part of its bound that a window lacked (permille). */
extern s64 watched_worst, watched_worst_any;

/* watched_clear() - A machine in which nobody sleeps; all have the same guarantee. */
void watched_clear(unsigned int cpus, unsigned int count, u64 guarantee);

/* watched_open() - Begin; control looks when it would, or at random, drawn from @seed. */
void watched_open(bool as_control, u64 seed);

/* watched_step() - Go on for 1 ms; false, and a diagnostic, if a promise was broken. */
bool watched_step(void);

/* watched_looks() - How often control has looked since watched_open(). */
unsigned int watched_looks(void);

/* watched_show() - Diagnostics of the machine. */
void watched_show(u64 seed);

#endif /* SELFTESTS_HOST_WATCHED_H */
