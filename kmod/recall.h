/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was lent comes back: reclaim from partitions that use more than they were promised.
 *
 * The kernel's own reclaim does so, but for one thing. With memory_recursiveprot, what the
 * partitions do not use of the top's memory.min protects those that are over, even if whoever
 * needs the memory was promised it, or if it is held ready as free pages and thus counts
 * twice. Reclaim that begins at the top heeds nothing but each partition's own memory.min:
 * see mem_cgroup_calculate_protection() in mm/memcontrol.c.
 */
#ifndef BULKHEAD_RECALL_H
#define BULKHEAD_RECALL_H

#include <linux/types.h>

struct partition;

/**
 * recall_run() - Reclaim from who is over its memory.min
 * @bytes: how much, at most
 *
 * Context: Errand. Sleeps, for as long as reclaim takes.
 * Return: bytes that came back.
 */
u64 recall_run(u64 bytes);

/**
 * recall_refresh() - Before a limit of a partition is lowered: only its own protection counts
 * @partition: referenced
 *
 * Kernels before 6.2 heed what protected it when they last reclaimed from others, too, and
 * kill inside of it instead.
 *
 * Context: Errand. Sleeps.
 */
void recall_refresh(struct partition *partition);

/**
 * recall_before_kill() - Have that done, in case somebody need not be killed
 *
 * Only if somebody is protected by what others do not use, and not again for a moment after
 * it brought nothing.
 *
 * Context: OOM notifier, under the kernel's oom_lock. Sleeps for a tick at the most, and
 *	allocates nothing; locks that the caller holds may keep the reclaim from going on,
 *	so it is not waited for longer than LIMIT_RECALL_WAIT.
 * Return: bytes that came back, or PAGE_SIZE while it is underway: try again.
 */
u64 recall_before_kill(void);

/**
 * recall_exit() - Wait until none is underway
 *
 * Context: Process context, module exit; nobody asks any more.
 */
void recall_exit(void);

#endif /* BULKHEAD_RECALL_H */
