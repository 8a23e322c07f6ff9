/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workers: processes that do one kind of thing to the module, over and over, at random, all
 * at once. What they share are the names of the partitions; nobody knows what another one
 * does. So any call may fail, but only with an error that the header has for it.
 */
#ifndef TORTURE_WORKER_H
#define TORTURE_WORKER_H

#include <stdatomic.h>

#include "guest.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Where everything is that is in no partition: it can be killed with one write. */
#define PLAIN		"/sys/fs/cgroup/torture"

/* More processes than partitions want: they meet. */
#define NAMES		12

struct worker {
	const char *name;
	/* Do one thing, and report it. The first of all has number 0. */
	void (*step)(unsigned int number);
	/* At the end, in the same process; may be NULL. */
	void (*end)(void);
	unsigned int count;	/* processes */
};

extern const struct worker partition_workers[], task_workers[], machine_workers[];
extern const unsigned int partition_worker_count, task_worker_count, machine_worker_count;
/* Those of the phase in which the module comes and goes. */
extern const struct worker reload_workers[];
extern const unsigned int reload_worker_count;

/* What all processes see. */
struct shared {
	atomic_bool stop;
	atomic_uint surprises;	/* errors that the header does not have, and the like */
	atomic_ulong reloads;
};

extern struct shared *shared;

void workers_init(void);
/* Start them in addition to those that run; the sequence of each follows from the seed. */
void workers_start(const struct worker *workers, unsigned int count, __u64 seed);
/*
 * Stop all. Returns false if one did not end, or ended before it should: it is said
 * which and, if it hangs, where.
 */
bool workers_stop(void);
/* Reap who has died of those that nobody waits for. */
void workers_reap(void);
/* Print what each has done, since the beginning; false if one of them did nothing. */
bool workers_progress(void);

/* --- for the workers -------------------------------------------------------- */

/* xorshift64*, seeded for each worker */
__u64 chance(void);
unsigned int below(unsigned int bound);

static inline bool one_in(unsigned int n)
{
	return !below(n);
}

#define PICK(array) ((array)[below(ARRAY_SIZE(array))])

/* What came of a call: errors must be among the allowed, 0 is success. */
#define REPORT(what, error, ...)						\
	report(what, error, (const int[]){ 0, ##__VA_ARGS__, -1 })
int report(const char *what, int error, const int *allowed);
/* Something that must not be, whatever happened. */
void surprise(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The name of one of the partitions that there may be. */
const char *any_name(void);
/* A partition fd, or -1: there is none of that name just now. */
int any_partition(__u32 flags);
/* Its cgroup directory, or -1. */
int any_cgroup(void);
/* Valid mostly, with guarantees that often do not fit. */
void random_settings(struct bulkhead_settings *settings);
/* Create one; returns the fd or -1. */
int try_create(__u32 flags);
void try_set(int fd);

/*
 * A child in the cgroup, or where the worker is if that is -1; it dies with it, and before
 * it if memory runs out. Returns the pid, or -1.
 */
pid_t start_child(int cgroup, void (*run)(void));
/* Reap those that have died; the pids of others stay. */
void reap_children(pid_t *children, unsigned int count);
/* Interrupt the worker's calls after a while, or (0) no more. */
void interrupt_after(unsigned int us);

/* How a child of a worker keeps busy: one of several ways. Does not return. */
void keep_busy(void);

#endif /* TORTURE_WORKER_H */
