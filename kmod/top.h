/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The top cgroup /bulkhead, in which all partitions are.
 */
#ifndef BULKHEAD_TOP_H
#define BULKHEAD_TOP_H

#include <linux/cgroup.h>
#include <linux/types.h>

struct cgroup_dir;

#define TOP_PATH	"/bulkhead"

/* Depth of the top cgroup and of the partitions; the root is at 0. */
#define TOP_LEVEL	1
#define PARTITION_LEVEL	2

/* The top cgroup itself: constant between init and exit, only compared. */
extern struct cgroup *top_cgroup;

/**
 * top_init() - Make the top cgroup and hand it the controllers
 *
 * Context: Errand.
 * Return: 0, or a negative errno after one line in the log that says what is
 *	missing and what to do.
 */
int top_init(void);

/**
 * top_exit() - Remove the top cgroup
 *
 * If somebody has put tasks of his own in it, it stays, with a line in the log.
 *
 * Context: Errand; there are no partitions any more.
 */
void top_exit(void);

/**
 * top_dir() - The directory
 *
 * Context: Any, between init and exit.
 * Return: the directory.
 */
const struct cgroup_dir *top_dir(void);

/**
 * top_contains() - Is a cgroup below the top cgroup?
 * @cgroup: valid in the present RCU read-side section
 *
 * Inline, for the context switch.
 *
 * Context: Any. Takes no lock.
 * Return: the cgroup of the partition that @cgroup is in, or NULL for the host.
 */
static inline struct cgroup *top_contains(struct cgroup *cgroup)
{
	if (cgroup->level < PARTITION_LEVEL || cgroup->ancestors[TOP_LEVEL] != top_cgroup)
		return NULL;
	return cgroup->ancestors[PARTITION_LEVEL];
}

#endif /* BULKHEAD_TOP_H */
