/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a CPU is to choose anew who runs, at times at which the scheduler would not.
 */
#ifndef BULKHEAD_CHOICE_H
#define BULKHEAD_CHOICE_H

#include <linux/types.h>

struct task_struct;

/**
 * choice_init() - Set up the requests and the timers
 * Context: Process context, module init, before anything below is called.
 */
void choice_init(void);

/**
 * choice_exit() - Ask for nothing any more
 * Context: Process context, module exit. Sleeps. Nobody calls what is below any more.
 */
void choice_exit(void);

/**
 * choice_enable() - Choose at the times below, or leave it to the scheduler
 * @on: true while there is a conflict
 * Context: Process context; the caller serializes.
 */
void choice_enable(bool on);

/**
 * choice_request() - A CPU is to choose now
 * @cpu: its number
 * Context: Under the run queue lock of @cpu, so that nobody else makes use of its request.
 */
void choice_request(int cpu);

/**
 * choice_slice() - This CPU is to choose when a slice is over
 * @next: who comes to run, while others wait for it
 * Context: In the context switch: interrupts off, under a run queue lock.
 */
void choice_slice(const struct task_struct *next);

/**
 * choice_idle() - This CPU goes idle: it is to look again for those who wait elsewhere
 * Context: In the context switch: interrupts off, under a run queue lock.
 */
void choice_idle(void);

#endif /* BULKHEAD_CHOICE_H */
