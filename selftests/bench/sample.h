/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exact samples at exact times. What the kernel knows of a running thread's CPU time is
 * as old as its last tick. So a SCHED_FIFO thread on each CPU takes it at the time of the
 * sample: whoever ran is charged up to that moment, and all CPUs stand still until the
 * sample is taken.
 */
#ifndef BULKHEAD_SAMPLE_H
#define BULKHEAD_SAMPLE_H

#include <stdint.h>

/* Start the threads on CPUs 0 to @cpus - 1, once. */
void sample_init(int cpus);

/*
 * Call @take at CLOCK_MONOTONIC @time, with all CPUs held. Returns for how many ns the
 * first of them was held.
 */
uint64_t sample_at(uint64_t time, void (*take)(void *context), void *context);

/* Sum over the CPUs of the time that they ran anything but the idle task, in ns. */
uint64_t sample_busy(void);

#endif /* BULKHEAD_SAMPLE_H */
