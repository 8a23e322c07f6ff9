/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory /proc/bulkhead.
 */
#ifndef BULKHEAD_PROCFS_H
#define BULKHEAD_PROCFS_H

/**
 * procfs_init() - Make the directory and watch partitions come and go
 *
 * Context: Process context, module init.
 * Return: 0 or -ENOMEM.
 */
int procfs_init(void);

/**
 * procfs_exit() - Remove the directory
 *
 * Context: Process context, module exit. Waits for readers.
 */
void procfs_exit(void);

#endif /* BULKHEAD_PROCFS_H */
