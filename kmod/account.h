/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPU time by partition, taken in the context switch and never sampled.
 */
#ifndef BULKHEAD_ACCOUNT_H
#define BULKHEAD_ACCOUNT_H

#include <linux/types.h>

struct cgroup;
struct partition;

/**
 * account_init() - Begin to account
 *
 * Context: Process context, module init; registry and top are there.
 * Return: 0 or a negative errno, after a line in the log.
 */
int account_init(void);

/**
 * account_exit() - Stop to account
 *
 * Context: Process context, module exit. Sleeps until no probe runs any more.
 */
void account_exit(void);

/**
 * account_cpu_time() - CPU time used by a partition, or by the host
 * @partition: referenced, or found under RCU; NULL for the host
 *
 * What is running just now is included, as of the last tick of its CPU.
 *
 * Context: Any but hard interrupts. Takes no lock.
 * Return: nanoseconds since the partition was created, or for the host since the
 *	module was loaded; never less than an earlier call returned.
 */
u64 account_cpu_time(const struct partition *partition);

/**
 * account_running() - Whose is the task that runs on a CPU, and may be preempted?
 * @cpu: a possible one
 * @owner: out: the cgroup of a partition; NULL, or what is no partition's, for the
 *	host. A moment later it may be another, and even be freed: it is only to be
 *	compared and looked up.
 *
 * Context: Any, in an RCU read-side section. Takes no lock.
 * Return: false if the CPU idles, or runs a real-time task.
 */
bool account_running(int cpu, const struct cgroup **owner);

#endif /* BULKHEAD_ACCOUNT_H */
