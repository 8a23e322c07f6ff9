/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The credit of a partition: how far it is behind or ahead of its guarantee.
 *
 * Model
 *
 * A partition with the guarantee g earns g * dt in every interval dt, whether it
 * runs or not, and pays the exact time that it ran. The balance is kept between
 * -B and +B, where B = g * LIMIT_CREDIT_WINDOW_NS. Whoever has a positive balance
 * is *under* its guarantee; once it has run its balance down to zero it is *over*
 * and borrows from what others leave. This is a token bucket of rate g and depth
 * B: over any interval t in which it wants to run all the time, a partition that
 * is always served while under gets at least g * t.
 *
 * Example: g = 0.5 CPU, so B = 30 ms. The partition sleeps for 100 ms: it earns
 * 50 ms and keeps 30. It then wants one CPU: it is under for 60 ms, in which it
 * earns 30 ms and pays 60; from then on it is over as often as under and gets
 * half of the CPU.
 *
 * Implementation
 *
 * Nanoseconds in 64 bits. An interval longer than LIMIT_CREDIT_SPAN_NS counts as
 * one of that length in which the partition ran as large a part of the time, so
 * no product overflows for guarantees up to 2^32 micro-CPUs (4,294 CPUs), however
 * long a machine slept or nobody looked.
 *
 * Sources: the credit scheduler of Xen (exact debits: sampling let a guest that
 * yields before the tick steal 95 % of a CPU), the token bucket filter of
 * Linux-VServer, and latency-rate servers (Stiliadis and Varma, 1998).
 *
 * Pure: time and use are arguments; no clock, no locks, no allocation.
 */
#ifndef BULKHEAD_CREDIT_H
#define BULKHEAD_CREDIT_H

#include <linux/types.h>

/**
 * struct credit - The account of one partition
 * @balance: credit if positive, debt if negative (ns of CPU time)
 */
struct credit {
	s64 balance;
};

/**
 * struct credit_conflict - Is anybody under its guarantee kept waiting?
 * @until: the demotion of those who are over lasts until this time (ns)
 */
struct credit_conflict {
	u64 until;
};

/**
 * credit_init() - Open an account
 * @credit: the account; it starts full, for a newcomer has had nothing yet
 * @guarantee: the guarantee (micro-CPUs)
 *
 * Context: Any.
 */
void credit_init(struct credit *credit, u64 guarantee);

/**
 * credit_advance() - Earn and pay for an interval
 * @credit: the account
 * @guarantee: the guarantee during the interval (micro-CPUs)
 * @elapsed: length of the interval (ns)
 * @ran: CPU time that the partition used in it (ns)
 *
 * Context: Any; the caller serializes the calls for one account.
 */
void credit_advance(struct credit *credit, u64 guarantee, u64 elapsed, u64 ran);

/**
 * credit_under() - Has the partition had less than its guarantee?
 * @credit: the account
 *
 * Context: Any.
 * Return: true if it is to be served before those who are over. Always false
 *	without a guarantee.
 */
bool credit_under(const struct credit *credit);

/**
 * credit_conflict_update() - Note whether somebody under its guarantee waits
 * @conflict: the state
 * @now: the present (ns)
 * @waiting: true if somebody under its guarantee is runnable but not running
 *
 * Context: Any; the caller serializes.
 * Return: true if those who are over are to be demoted now. That holds for
 *	LIMIT_CREDIT_HOLD_NS beyond the last waiter.
 */
bool credit_conflict_update(struct credit_conflict *conflict, u64 now, bool waiting);

#endif /* BULKHEAD_CREDIT_H */
