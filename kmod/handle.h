/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handle: a file descriptor that is a reference to a partition.
 */
#ifndef BULKHEAD_HANDLE_H
#define BULKHEAD_HANDLE_H

#include <linux/types.h>

struct file;
struct partition;

/**
 * handle_open() - Make a file for a partition
 * @partition: the caller's reference passes to the file, if there is one
 * @writable: may the holder of the file change the partition?
 *
 * Context: Process context.
 * Return: the file, or an ERR_PTR; then the caller has its reference still.
 */
struct file *handle_open(struct partition *partition, bool writable);

/**
 * handle_drop() - Note that one who may change a partition is gone
 * @partition: referenced; destroyed if it was the last and the partition is to be
 *	killed then
 *
 * For the creator, which counts as one until it has its file.
 *
 * Context: Process context. Sleeps.
 */
void handle_drop(struct partition *partition);

#endif /* BULKHEAD_HANDLE_H */
