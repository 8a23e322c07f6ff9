/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errands: work that is done by a kernel worker while the caller waits.
 *
 * cgroup directories are resolved against the cgroup namespace of current, opened
 * with its credentials, charged to its memory cgroup and interrupted by its
 * signals. A worker has those of the kernel: a caller in a container, one with a
 * pending signal or at its memory limit gets the same result as any other.
 */
#ifndef BULKHEAD_ERRAND_H
#define BULKHEAD_ERRAND_H

#include <linux/workqueue.h>

/**
 * errand_init() - Start the workers
 *
 * Context: Process context, module init.
 * Return: 0 or -ENOMEM.
 */
int errand_init(void);

/**
 * errand_exit() - Stop the workers
 *
 * Context: Process context, module exit; after errand_drain().
 */
void errand_exit(void);

/**
 * errand_drain() - Wait for all that was sent
 *
 * Also for what such work has sent in turn after a grace period, once.
 *
 * Context: Process context, module exit; nobody sends any more.
 */
void errand_drain(void);

/**
 * errand_run() - Have a function run by a worker
 * @function: runs in process context as the kernel, and may sleep
 * @argument: passed to @function; may be on the caller's stack
 *
 * The caller may hold mutexes, of which @function then takes none.
 *
 * Context: Process context. Sleeps until @function has returned.
 * Return: what @function returned.
 */
int errand_run(int (*function)(void *argument), void *argument);

/**
 * errand_run_long() - The same for what takes much CPU time
 * @function: as for errand_run()
 * @argument: passed to @function
 *
 * By a worker that does not come before everybody else.
 *
 * Context: Process context. Sleeps until @function has returned.
 * Return: what @function returned.
 */
int errand_run_long(int (*function)(void *argument), void *argument);

/**
 * errand_send() - Have work done without waiting for it
 * @work: not on the stack; errand_drain() waits for it; may run errands
 *
 * Context: Any.
 */
void errand_send(struct work_struct *work);

/**
 * errand_send_rcu() - Have work done after a grace period
 * @work: as for errand_send()
 *
 * Context: Any.
 */
void errand_send_rcu(struct rcu_work *work);

#endif /* BULKHEAD_ERRAND_H */
