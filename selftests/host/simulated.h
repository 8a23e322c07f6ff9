/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A machine that is simulated, deliberately naive: time in steps of a millisecond,
 * CPU time as a fluid, and a scheduler that knows no more than kmod/control.c tells
 * it. Who stands higher is served first, and who stands alike by weight, as the kernel
 * would; or, as those who are not CREDIT_URGENT are promised nothing at once, in any
 * order that the test chooses.
 */
#ifndef SELFTESTS_HOST_SIMULATED_H
#define SELFTESTS_HOST_SIMULATED_H

#include <linux/types.h>

#include "credit.h"

#define SIMULATED_STEP_NS	1000000ULL
#define SIMULATED_MEMBERS	32

/**
 * struct simulated_member - A partition
 * @terms: set by the test
 * @threads: it runs on that many CPUs at the most; set by the test
 * @wants: in the next step; set by the test
 * @got: all CPU time that it was given (ns)
 * @credit: its account
 */
struct simulated_member {
	struct credit_terms terms;
	unsigned int threads;
	bool wants;
	u64 got;
	struct credit credit;
	/* Of the simulation. */
	u64 weight, seen, advanced;
	bool active, resting;
};

/**
 * struct simulated - A machine
 * @cpus: all for the partitions
 * @count: of the partitions
 * @unfair: serve in @order who is not CREDIT_URGENT, instead of as the kernel would
 * @order: in which they are served then; a permutation
 * @member: the partitions
 * @now: time since the beginning (ns)
 */
struct simulated {
	unsigned int cpus, count;
	bool unfair;
	unsigned int order[SIMULATED_MEMBERS];
	struct simulated_member member[SIMULATED_MEMBERS];
	u64 now;
};

/* simulated_open() - Begin; @cpus, @count and what the test sets of members is there. */
void simulated_open(struct simulated *machine);

/* simulated_most() - CPU time that a member can use in a step (ns). */
u64 simulated_most(const struct simulated *machine, unsigned int i);

/* simulated_step() - Serve for a step; returns all CPU time that was given (ns). */
u64 simulated_step(struct simulated *machine);

/* simulated_look() - What kmod/control.c does; returns the horizon (ns). */
u64 simulated_look(struct simulated *machine);

#endif /* SELFTESTS_HOST_SIMULATED_H */
