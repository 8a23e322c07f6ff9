/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The backed guarantee: in the mode "reserve" what a partition does not use of its
 * memory guarantee is held ready as free pages.
 *
 * They are handed over in the task that allocates, before it would have to reclaim or, as a
 * last resort, when it does: to tasks of the owner, and to nobody else. So the owner's
 * allocation succeeds at once, and nobody else's reclaim, kswapd's included, comes near
 * them. Only what is held beyond guarantee minus use, as the use has grown since, is there
 * for anybody.
 */
#ifndef BULKHEAD_RESERVE_H
#define BULKHEAD_RESERVE_H

#include <linux/types.h>

struct bulkhead_settings;
struct partition;

/**
 * reserve_init() - Let the kernel's reclaim ask for what is held
 *
 * Context: Process context, module init.
 * Return: 0 or -ENOMEM.
 */
int reserve_init(void);

/**
 * reserve_exit() - Have it ask no more
 *
 * Context: Process context, module exit; no partition holds anything.
 */
void reserve_exit(void);

/**
 * reserve_grows() - Is more to be backed than now?
 * @partition: locked, or not active yet
 * @settings: the settings wanted
 *
 * Context: Any.
 * Return: true if so.
 */
bool reserve_grows(const struct partition *partition,
		   const struct bulkhead_settings *settings);

/**
 * reserve_set() - Say how much is to be backed from now on
 * @partition: with its directory; locked, or not active yet
 * @settings: its settings
 *
 * The reserve follows by and by; reserve_wait() waits for it.
 *
 * Context: Process context. Sleeps.
 */
void reserve_set(struct partition *partition, const struct bulkhead_settings *settings);

/**
 * reserve_wait() - Fill the reserve now
 * @partition: after reserve_set()
 * @missing: out: what could not be had (bytes)
 *
 * Takes what is free, and has others reclaimed from who are over their guarantee. Nobody
 * is killed for it. It is bounded: LIMIT_RESERVE_WAIT_MS for each LIMIT_RESERVE_GAIN
 * pages.
 *
 * Context: Process context. Sleeps, until a signal comes if need be.
 * Return: 0; -EBUSY if the memory is held by others; -EINTR; -ENODEV if somebody waits to
 *	destroy the partition; or an error of cgroupfs.
 */
int reserve_wait(struct partition *partition, u64 *missing);

/**
 * reserve_close() - Give everything back, for good
 * @partition: nobody calls reserve_set() for it any more
 *
 * Context: Process context. Sleeps.
 */
void reserve_close(struct partition *partition);

/**
 * reserve_held() - What is held ready for a partition
 * @partition: referenced, or found under RCU; NULL for the sum of all
 *
 * Context: Any.
 * Return: bytes.
 */
u64 reserve_held(const struct partition *partition);

/**
 * reserve_give_own() - Hand over to who is running, as the last step before a kill
 *
 * For the OOM notifier: in case the task that cannot go on is one of an owner. Not if
 * that did not help before: then it wants what cannot be held for it.
 *
 * Context: OOM notifier. Allocates nothing, does not sleep, and takes only locks under
 *	which nothing is allocated.
 * Return: bytes that are free now.
 */
u64 reserve_give_own(void);

/**
 * reserve_give_excess() - Give back what is held and was promised to nobody
 *
 * For the OOM notifier: reclaim asks each node for it no more often than the clock ticks.
 *
 * Context: Any but interrupts, otherwise as reserve_give_own().
 * Return: bytes that are free now.
 */
u64 reserve_give_excess(void);

/**
 * reserve_give_any() - Give up reserves, where the alternative is worse
 * @bytes: how much
 *
 * Context: Any but interrupts, otherwise as reserve_give_own().
 * Return: bytes that are free now.
 */
u64 reserve_give_any(u64 bytes);

#endif /* BULKHEAD_RESERVE_H */
