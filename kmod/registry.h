/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All partitions: by id, by name and by cgroup.
 */
#ifndef BULKHEAD_REGISTRY_H
#define BULKHEAD_REGISTRY_H

#include <linux/types.h>

struct cgroup;
struct partition;

/**
 * registry_reserve() - Give a new partition its id and take its name
 * @partition: new; the registry takes a reference of its own
 *
 * Context: Process context.
 * Return: 0, -EEXIST if the name is taken (also by a dying partition), -EUSERS if
 *	there are too many, or -ENOMEM.
 */
int registry_reserve(struct partition *partition);

/**
 * registry_bind() - Let a partition be found by its cgroup
 * @partition: reserved, with its directory
 *
 * Context: Process context.
 */
void registry_bind(struct partition *partition);

/**
 * registry_remove() - Forget a partition and drop the registry's reference
 * @partition: reserved, bound or not; the caller has a reference of its own
 *
 * RCU readers may see it until a grace period has passed.
 *
 * Context: Process context.
 */
void registry_remove(struct partition *partition);

/**
 * registry_find_id() - Look up an active partition
 * @id: its id
 *
 * Context: Process context.
 * Return: the partition with a reference, or NULL.
 */
struct partition *registry_find_id(u64 id);

/**
 * registry_find_name() - Look up an active partition
 * @name: its name
 *
 * Context: Process context.
 * Return: the partition with a reference, or NULL.
 */
struct partition *registry_find_name(const char *name);

/**
 * registry_name_taken() - Would a reserve fail with -EEXIST?
 * @name: a valid name
 *
 * Context: Process context.
 * Return: true if so.
 */
bool registry_name_taken(const char *name);

/**
 * registry_find_cgroup() - The partition that owns a cgroup
 * @cgroup: only compared
 *
 * Context: Any, in an RCU read-side section. Takes no lock.
 * Return: the partition, valid until the end of the section, or NULL.
 */
struct partition *registry_find_cgroup(const struct cgroup *cgroup);

/**
 * registry_next() - Walk the partitions in the order of their ids
 * @id: in: the last one seen, 0 to begin; out: that of the one returned
 *
 * Shows active and dying partitions; those that are there all the time exactly
 * once.
 *
 * Context: Any, in an RCU read-side section.
 * Return: the partition, valid until the end of the section, or NULL at the end.
 */
struct partition *registry_next(u64 *id);

/**
 * registry_count() - How many partitions there are
 *
 * Context: Any.
 * Return: their number, those being built or destroyed included.
 */
unsigned int registry_count(void);

/**
 * registry_exit() - Free what the empty registry still holds
 *
 * Context: Process context, module exit; there are no partitions any more.
 */
void registry_exit(void);

#endif /* BULKHEAD_REGISTRY_H */
