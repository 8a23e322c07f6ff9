/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contention: who comes to run, and when somebody has to wait for somebody else.
 * Seen in the context switch, told to the one who looks after it.
 */
#ifndef BULKHEAD_CONTENTION_H
#define BULKHEAD_CONTENTION_H

#include <linux/types.h>

struct llist_node;
struct partition;
struct task_struct;

/**
 * contention_init() - Say whom to wake
 * @keeper: woken when contention begins while it is armed
 *
 * Context: Process context, before anything else here is called.
 */
void contention_init(struct task_struct *keeper);

/**
 * contention_exit() - Wake nobody any more
 *
 * Context: Process context. Sleeps. Nobody arms contention any more.
 */
void contention_exit(void);

/**
 * contention_switch() - A CPU goes over to somebody else
 * @partition: that comes to run, or NULL for the host
 * @next: its task
 * @waits: whoever ran before still could, and has to wait for @next
 *
 * Context: In the context switch: interrupts off, under a run queue lock and RCU.
 */
void contention_switch(struct partition *partition, const struct task_struct *next,
		       bool waits);

/**
 * contention_arrivals() - Who ran since the last call, and was not at hand
 *
 * Whoever is returned is at hand until contention_leave().
 *
 * Context: Process context; the caller serializes.
 * Return: the first of a list of partition->arrival, or NULL.
 */
struct llist_node *contention_arrivals(void);

/**
 * contention_leave() - It is not at hand any more
 * @partition: at hand; its next run makes it arrive
 *
 * Context: Process context; the caller serializes.
 */
void contention_leave(struct partition *partition);

/**
 * contention_ban() - It shall never arrive
 * @partition: not to arrive from now on
 *
 * Context: Any.
 * Return: true if it was at hand, is among the arrivals, or will be there by the
 *	end of a context switch that is going on, and thus of an RCU grace period.
 */
bool contention_ban(struct partition *partition);

/**
 * contention_seen() - Has anybody waited for somebody else?
 *
 * Context: Process context; the caller serializes.
 * Return: true if so since the last call.
 */
bool contention_seen(void);

/**
 * contention_arm() - Wake the keeper when somebody waits for somebody else
 *
 * Once: the keeper arms it again. Contention that was noted before counts.
 *
 * Context: Process context; the keeper, on its way to sleep.
 */
void contention_arm(void);

#endif /* BULKHEAD_CONTENTION_H */
