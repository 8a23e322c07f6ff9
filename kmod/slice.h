/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Slices that end when they are over, not at the tick after that.
 */
#ifndef BULKHEAD_SLICE_H
#define BULKHEAD_SLICE_H

#include <linux/types.h>

struct task_struct;

/**
 * slice_init() - Set up what ends the slices
 * Context: Process context, module init, before slice_begin() is called.
 */
void slice_init(void);

/**
 * slice_exit() - End no slices any more
 * Context: Process context, module exit. Sleeps. Nobody calls slice_begin() any more.
 */
void slice_exit(void);

/**
 * slice_enable() - End slices in time, or leave it to the tick
 * @on: true while there is a conflict
 * Context: Process context; the caller serializes.
 */
void slice_enable(bool on);

/**
 * slice_begin() - Somebody comes to run for whom others have to wait
 * @next: its task
 * Context: In the context switch: interrupts off, under a run queue lock.
 */
void slice_begin(const struct task_struct *next);

#endif /* BULKHEAD_SLICE_H */
