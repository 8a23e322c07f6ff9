/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Partitions that hold memory, and somebody who takes what is left: to run out of memory
 * on purpose, with a known excess.
 *
 * If the holders' guarantees are all that can be promised (holders_rest()), what is left
 * is what the host has not taken of its reserve and what a holder has not taken of its
 * guarantee: whoever takes that is not over, and the excess is that of the holders.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include "guest.h"

#define HOLDER_PROCESSES	64

struct holder {
	const char *name;
	bool host;		/* no partition, and no guarantee */
	__u64 guarantee;	/* bytes */
	__u64 bytes;		/* that it holds, in all its processes */
	int processes;		/* 1 by default */
	bool group;		/* oom_group */
	bool reserve;		/* in the mode reserve */
	int adjust;		/* oom_score_adj of its processes */
	void (*then)(void);	/* what they do when they hold it; sleep by default */

	int fd;			/* the partition fd, -1 for the host */
	pid_t pids[HOLDER_PROCESSES];	/* 0: died, and was reaped */
};

/*
 * Keep the test program itself from being killed (its holders are not), and the kernel from
 * having more or less free when it kills.
 */
void holders_begin(void);

/* Create the partition, without any process. */
void holder_create(struct holder *holder);
/* Start those of its processes that are not there; returns when all hold what they shall. */
void holder_fill(struct holder *holder);
/* How many of its processes live. */
int holder_alive(struct holder *holder);
/* Kill and destroy. */
void holder_end(struct holder *holder);

/* Guarantee of one that has all that can be promised still. */
__u64 holders_rest(void);

/* How often anybody was killed for lack of memory, by the kernel's account. */
__u64 oom_kills(void);

/*
 * A process, in the partition or on the host if fd is -1, that takes memory until the
 * kernel has killed so many for lack of it. Then it holds what it has.
 */
pid_t taker_start(int fd, unsigned int kills);
/* Wait until it has seen them, or has been killed itself; returns whether it was so. */
bool taker_done(pid_t taker);
/* From the first of these kills on: how long after its last successful step (ns). */
__u64 taker_waited(void);

#endif /* HOLDER_H */
