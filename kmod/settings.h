/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wanted state of a partition as plain data: defaults, merging, validity,
 * and the values that the kernel's cgroup files take for it.
 *
 * Pure: no kernel state.
 */
#ifndef BULKHEAD_SETTINGS_H
#define BULKHEAD_SETTINGS_H

#include <linux/types.h>
#include <linux/bulkhead.h>

/**
 * settings_default() - Settings of a partition about which nothing was said
 * @settings: filled in
 *
 * Context: Any.
 */
void settings_default(struct bulkhead_settings *settings);

/**
 * settings_merge() - Replace some settings by others
 * @settings: changed
 * @news: the values to take
 * @mask: BULKHEAD_SET_* bits of those to take
 *
 * Memory is rounded to whole pages, guarantees up and limits down.
 *
 * Context: Any.
 */
void settings_merge(struct bulkhead_settings *settings,
		    const struct bulkhead_settings *news, u32 mask);

/**
 * settings_check() - Find the setting that is out of range
 * @settings: merged settings
 * @mask: BULKHEAD_SET_* bits of those that are being changed
 *
 * Where two settings contradict each other, the one being changed is at fault;
 * the limit, if both are.
 *
 * Context: Any.
 * Return: its BULKHEAD_SET_* bit, or 0 if all is well.
 */
u32 settings_check(const struct bulkhead_settings *settings, u32 mask);

/**
 * settings_diff() - What differs between two settings
 * @a: some settings
 * @b: others
 *
 * Context: Any.
 * Return: BULKHEAD_SET_* bits.
 */
u32 settings_diff(const struct bulkhead_settings *a,
		  const struct bulkhead_settings *b);

/**
 * settings_quota() - A CPU limit as quota and period
 * @limit: micro-CPUs, at least BULKHEAD_CPU_MIN and not BULKHEAD_UNLIMITED
 * @period_us: out: the period in microseconds, at most one second
 *
 * Context: Any.
 * Return: the quota in microseconds, never more than the limit allows.
 */
u64 settings_quota(u64 limit, u64 *period_us);

/**
 * settings_name_valid() - May a partition have this name?
 * @name: BULKHEAD_NAME_SIZE bytes
 *
 * Context: Any.
 * Return: true if it matches [A-Za-z0-9][A-Za-z0-9_.-]{0,62}, ends within the
 *	array and is not reserved.
 */
bool settings_name_valid(const char name[BULKHEAD_NAME_SIZE]);

#endif /* BULKHEAD_SETTINGS_H */
