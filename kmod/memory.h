/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's memory controller has charged.
 */
#ifndef BULKHEAD_MEMORY_H
#define BULKHEAD_MEMORY_H

#include <linux/types.h>

struct cgroup;
struct cgroup_dir;

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
 * memory_protect() - Set a cgroup's memory.min
 * @dir: its directory
 * @bytes: what is not to be reclaimed from it; whole pages
 *
 * Context: Errand. Sleeps.
 * Return: 0; -EIO if it reads back as something else; or an error of cgroupfs.
 */
int memory_protect(const struct cgroup_dir *dir, u64 bytes);

/**
 * memory_promised() - A cgroup's memory.min
 * @cgroup: referenced, or found under RCU
 *
 * Context: Any.
 * Return: bytes; 0 if the cgroup was removed.
 */
u64 memory_promised(struct cgroup *cgroup);

/**
 * memory_shrink() - Reclaim from a cgroup until it fits below a limit
 * @dir: its directory
 * @limit: bytes, or BULKHEAD_UNLIMITED
 *
 * It is the caller who works, at its own priority and on its own account.
 *
 * Context: Process context. Sleeps, until a signal comes if need be.
 * Return: 0 also if it still does not fit; -EINTR; or an error of cgroupfs.
 */
int memory_shrink(const struct cgroup_dir *dir, u64 limit);

/**
 * memory_host_use() - Memory in use outside of a cgroup
 * @cgroup: the cgroup
 * @held: what is held ready and in nobody's use (bytes)
 *
 * Context: Process context.
 * Return: bytes that are neither free nor @held nor charged to @cgroup.
 */
u64 memory_host_use(struct cgroup *cgroup, u64 held);

#endif /* BULKHEAD_MEMORY_H */
