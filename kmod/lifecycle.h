/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Create, change, destroy. All undo is here.
 */
#ifndef BULKHEAD_LIFECYCLE_H
#define BULKHEAD_LIFECYCLE_H

#include <linux/types.h>

#include <linux/bulkhead.h>

#include "admission.h"

struct partition;

/**
 * struct lifecycle_observer - Who wants to know of partitions that come and go
 * @created: a partition is about to become active; an error undoes its creation
 * @destroyed: a partition is gone; @created had been called and had succeeded
 *
 * Both are called in process context, may sleep, and are never called for the
 * same partition at the same time.
 */
struct lifecycle_observer {
	int (*created)(struct partition *partition);
	void (*destroyed)(struct partition *partition);
};

/**
 * struct lifecycle_verdict - What became of a create or change
 * @admission: the numbers, if the call returned 0 or -ENOSPC
 * @culprit: the BULKHEAD_SET_* bit of the setting at fault, or 0
 * @missing: what of a reserve could not be had (bytes)
 */
struct lifecycle_verdict {
	struct admission_verdict admission;
	u32 culprit;
	u64 missing;
};

/**
 * lifecycle_observe() - Set the observer, once, before there are partitions
 * @observer: kept
 *
 * Context: Process context, module init.
 */
void lifecycle_observe(const struct lifecycle_observer *observer);

/**
 * lifecycle_create() - Create a partition
 * @name: a valid name
 * @flags: BULKHEAD_CREATE_* flags
 * @settings: wanted; those not in @mask are ignored
 * @mask: BULKHEAD_SET_* bits
 * @verdict: filled in
 *
 * Context: Process context. Sleeps.
 * Return: the active partition with a reference; NULL for a dry run that would be
 *	admitted; or an ERR_PTR as listed for BULKHEAD_CREATE.
 */
struct partition *lifecycle_create(const char *name, u32 flags,
				   const struct bulkhead_settings *settings, u32 mask,
				   struct lifecycle_verdict *verdict);

/**
 * lifecycle_change() - Change settings, all or none
 * @partition: referenced
 * @flags: BULKHEAD_SETTINGS_* flags
 * @settings: wanted; those not in @mask are ignored
 * @mask: BULKHEAD_SET_* bits
 * @verdict: filled in
 *
 * Context: Process context. Sleeps.
 * Return: 0 or an error as listed for BULKHEAD_SET.
 */
int lifecycle_change(struct partition *partition, u32 flags,
		     const struct bulkhead_settings *settings, u32 mask,
		     struct lifecycle_verdict *verdict);

/**
 * lifecycle_destroy() - Destroy a partition
 * @partition: referenced
 * @force: kill everything in it, and wait
 *
 * Context: Process context. Sleeps.
 * Return: 0; -ENODEV if it is being or has been destroyed; -EBUSY if there are
 *	tasks in it and not @force; -EINTR if the caller was killed, where a forced
 *	destroy that had begun goes on by itself.
 */
int lifecycle_destroy(struct partition *partition, bool force);

/**
 * lifecycle_abandon() - Destroy a partition by force, without waiting
 * @partition: the caller has a reference
 *
 * Context: Process context.
 */
void lifecycle_abandon(struct partition *partition);

#endif /* BULKHEAD_LIFECYCLE_H */
