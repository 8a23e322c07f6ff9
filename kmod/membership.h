/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which task is in which partition. The kernel's cgroup membership is the only
 * truth: there is no second list that could drift from it.
 */
#ifndef BULKHEAD_MEMBERSHIP_H
#define BULKHEAD_MEMBERSHIP_H

#include <linux/types.h>

struct partition;
struct pid;
struct task_struct;

/**
 * membership_of() - The partition of a task
 * @task: referenced or found under RCU
 *
 * Context: Any, in an RCU read-side section. Takes no lock.
 * Return: the partition, valid until the end of the section, or NULL for the host.
 */
struct partition *membership_of(struct task_struct *task);

/**
 * membership_of_process() - The partition of a process
 * @leader: its thread-group leader, referenced or found under RCU
 *
 * A leader that has exited stays where it was when its other threads are moved:
 * the threads that live count.
 *
 * Context: Any, in an RCU read-side section. Takes no lock.
 * Return: the partition, valid until the end of the section, or NULL for the host.
 */
struct partition *membership_of_process(struct task_struct *leader);

/**
 * membership_attach() - Move a process with all its threads into a partition
 * @partition: locked by the caller and active
 * @pid: of the process, its thread-group leader
 *
 * Context: Process context. Sleeps.
 * Return: 0; -ESRCH if the process has exited; -EINVAL for kernel threads and the
 *	system's init; -EPERM if the caller may not signal it; -EAGAIN if the
 *	partition's task limit is in the way; or an error of cgroupfs.
 */
int membership_attach(struct partition *partition, struct pid *pid);

/**
 * membership_signal() - Send a signal to every process of a partition
 * @partition: referenced
 * @signal: a valid signal number; SIGKILL misses what is being forked
 *
 * Context: Process context.
 * Return: how many processes it was sent to.
 */
unsigned int membership_signal(struct partition *partition, int signal);

/**
 * membership_kill() - Kill every process of a partition, those being forked too
 * @partition: referenced
 *
 * Does not wait until they are gone.
 *
 * Context: Process context. Sleeps.
 * Return: 0 or an error of cgroupfs.
 */
int membership_kill(struct partition *partition);

/**
 * membership_tasks() - Count the tasks of a partition
 * @partition: referenced
 *
 * Context: Process context. Sleeps.
 * Return: threads, those in nested cgroups and zombies included; 0 if the
 *	directory was removed.
 */
u64 membership_tasks(struct partition *partition);

#endif /* BULKHEAD_MEMBERSHIP_H */
