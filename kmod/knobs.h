/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroup files that realise a partition's settings, changed all or none.
 * (cpu.weight is control's.)
 */
#ifndef BULKHEAD_KNOBS_H
#define BULKHEAD_KNOBS_H

#include <linux/types.h>

#include <linux/bulkhead.h>

struct cgroup_dir;

/**
 * knobs_change() - Take a directory's files from some settings to others
 * @dir: the directory
 * @from: the settings that are in force
 * @to: the settings wanted; only what differs is written
 * @culprit: out: on failure the BULKHEAD_SET_* bit of the one that failed
 *
 * Context: Errand. Sleeps.
 * Return: 0, or an error after which all is as it was: -EBUSY if the memory in use
 *	is above the memory limit, -EOPNOTSUPP if there is no swap
 *	limit in this kernel, or an error of cgroupfs.
 */
int knobs_change(const struct cgroup_dir *dir, const struct bulkhead_settings *from,
		 const struct bulkhead_settings *to, u32 *culprit);

/**
 * knobs_restore() - Undo a change that succeeded
 * @dir: the directory
 * @from: the settings that were in force before it, and are to be again
 * @to: the settings that it was for
 *
 * Goes on where a file cannot be written, and says so in the log.
 *
 * Context: Errand. Sleeps.
 */
void knobs_restore(const struct cgroup_dir *dir, const struct bulkhead_settings *from,
		   const struct bulkhead_settings *to);

#endif /* BULKHEAD_KNOBS_H */
