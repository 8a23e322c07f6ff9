/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's memory controller has charged.
 */
#ifndef BULKHEAD_MEMORY_H
#define BULKHEAD_MEMORY_H

#include <linux/types.h>

struct cgroup;

/**
 * memory_use() - Memory charged to a cgroup and its descendants
 * @cgroup: referenced, or found under RCU
 * @peak: out: the most that was ever charged (bytes); may be NULL
 *
 * Context: Any.
 * Return: bytes; 0 if the cgroup was removed.
 */
u64 memory_use(struct cgroup *cgroup, u64 *peak);

/**
 * memory_host_use() - Memory in use outside of a cgroup
 * @cgroup: the cgroup
 *
 * Context: Process context.
 * Return: bytes that are neither free nor charged to @cgroup.
 */
u64 memory_host_use(struct cgroup *cgroup);

#endif /* BULKHEAD_MEMORY_H */
