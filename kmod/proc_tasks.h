/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/bulkhead/tasks and /proc/bulkhead/NAME/tasks: the processes that are in
 * partitions, one line each.
 */
#ifndef BULKHEAD_PROC_TASKS_H
#define BULKHEAD_PROC_TASKS_H

#include <linux/proc_fs.h>

/* The entry's data is the partition to list, or NULL for all. */
extern const struct proc_ops proc_tasks_ops;

#endif /* BULKHEAD_PROC_TASKS_H */
