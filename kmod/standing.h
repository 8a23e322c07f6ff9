/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the scheduler is told of a partition's standing: its cpu.idle and cpu.weight.
 */
#ifndef BULKHEAD_STANDING_H
#define BULKHEAD_STANDING_H

#include <linux/types.h>

struct cgroup_dir;
struct file;

/**
 * struct standing - The two files, kept open, and what is in them
 * @idle_file: cpu.idle
 * @weight_file: cpu.weight
 * @idle: in the former
 * @weight: in the latter, if not idle
 */
struct standing {
	struct file *idle_file;
	struct file *weight_file;
	bool idle;
	u64 weight;
};

/**
 * standing_open() - Open the files of a new directory
 * @standing: filled in
 * @dir: with the kernel's defaults in its files
 *
 * Context: Errand.
 * Return: 0 or a negative errno.
 */
int standing_open(struct standing *standing, const struct cgroup_dir *dir);

/**
 * standing_close() - Close the files
 * @standing: opened, or zeroed
 *
 * Context: Process context of a kernel thread: 6.1 closes nothing at once for
 *	others. Sleeps.
 */
void standing_close(struct standing *standing);

/**
 * standing_set() - Tell the scheduler, if it does not know yet
 * @standing: opened
 * @idle: to be served when nobody else wants to run; @weight does not count then
 * @weight: 1 to 10000
 *
 * Context: Process context of a kernel thread; the caller serializes. Sleeps.
 * Return: the number of writes, or an error of cgroupfs.
 */
int standing_set(struct standing *standing, bool idle, u64 weight);

#endif /* BULKHEAD_STANDING_H */
