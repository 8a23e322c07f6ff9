/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/bulkhead/partitions: one line for each partition, then host and free.
 */
#ifndef BULKHEAD_PROC_PARTITIONS_H
#define BULKHEAD_PROC_PARTITIONS_H

#include <linux/proc_fs.h>

extern const struct proc_ops proc_partitions_ops;

#endif /* BULKHEAD_PROC_PARTITIONS_H */
