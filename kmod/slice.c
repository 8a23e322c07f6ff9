// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a slice.
 *
 * EEVDF serves whose deadline is first, of those who had less than their part. With
 * few CPUs a slice is shorter than the tick (0.7 ms with one CPU, 4 ms at 250 Hz), and
 * only the tick ends it: each turn takes several slices from all who wait, and then
 * their deadlines are over when a sleeper wakes. However heavy it is, it waits for all
 * of them, a tick each. Measured, with seven on its CPU: 8 ms.
 *
 * So while partitions compete, one that takes a CPU from another is looked at when its
 * slice is over. The scheduler has a timer for that itself (hrtick_start_fair()), which
 * is off by default and not ours to turn on. Who runs on in the same partition, follows
 * one that went to sleep, or makes nobody wait, goes by the tick.
 */
#include "slice.h"

#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "compat.h"
#include "limits.h"

static bool slice_on;

/* Each is started by its own CPU alone; that of a dead CPU ends on another, for nothing. */
static DEFINE_PER_CPU(struct hrtimer, slice_timer);

/* Whoever runs now: at worst the scheduler finds that it may run on. */
static enum hrtimer_restart end_slice(struct hrtimer *timer)
{
	/* What RCU does to have a CPU choose again (kernel/rcu/tree.c). */
	set_tsk_need_resched(current);
	set_preempt_need_resched();
	return HRTIMER_NORESTART;
}

void slice_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct hrtimer *timer = per_cpu_ptr(&slice_timer, cpu);

		hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
		timer->function = end_slice;
	}
}

void slice_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		hrtimer_cancel(per_cpu_ptr(&slice_timer, cpu));
}

void slice_enable(bool on)
{
	if (READ_ONCE(slice_on) != on)
		WRITE_ONCE(slice_on, on);
}

void slice_begin(const struct task_struct *next)
{
	/* Tasks may ask for 0.1 ms (sched_setattr()); others are not to pay for that. */
	u64 slice = max(compat_slice(next), LIMIT_SLICE_MIN_NS);

	/* From half a tick on a turn is two slices at the most: not worth an interrupt. */
	if (!READ_ONCE(slice_on) || slice > TICK_NSEC / 2)
		return;
	/* A moment before its end it would not be over, and go on until the tick. */
	hrtimer_start(this_cpu_ptr(&slice_timer), ns_to_ktime(slice + slice / 32),
		      HRTIMER_MODE_REL_PINNED_HARD);
}
