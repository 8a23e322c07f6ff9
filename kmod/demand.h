/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Demand: who is runnable, but waits for a CPU. Read where pressure stall
 * information counts it, tasks of nested cgroups included; nothing is hooked.
 */
#ifndef BULKHEAD_DEMAND_H
#define BULKHEAD_DEMAND_H

#include <linux/types.h>

struct cgroup;
struct partition;

/**
 * demand_waiting() - Tasks that are runnable, but not running
 * @partition: referenced, with its directory; NULL for the host
 *
 * Context: Any. Takes no lock: of each CPU it is true at some instant.
 * Return: their number.
 */
unsigned int demand_waiting(const struct partition *partition);

/**
 * demand_on() - Tasks that are runnable on a CPU, running or not
 * @cgroup: of them, and of its nested cgroups; held by the caller or RCU
 * @cpu: which one
 *
 * Context: Any. Takes no lock.
 * Return: their number.
 */
unsigned int demand_on(const struct cgroup *cgroup, int cpu);

/**
 * demand_exists() - Does anybody want to run?
 * @partition: as above
 *
 * Context: Process context of a thread of the host, which does not count.
 * Return: true if a task is runnable, running or not.
 */
bool demand_exists(const struct partition *partition);

#endif /* BULKHEAD_DEMAND_H */
