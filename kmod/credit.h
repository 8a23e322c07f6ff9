/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The credit of a partition: how far it is behind or ahead of what it was
 * promised, and where that makes it stand among the others.
 *
 * A partition with the guarantee g earns g * dt in every interval dt, whether it
 * runs or not, and pays the exact time that it ran: a token bucket of rate g. What
 * it cannot pay is borrowed from what others leave, and counted as a lead over
 * other borrowers, by share. From the balance follows its standing, one of four,
 * each with hysteresis. Documentation/cpu.rst has the model with an example in
 * numbers, its error bound and its sources.
 *
 * Nanoseconds in 64 bits, bounded at every step: nothing depends on how long a
 * machine is up or how long nobody looked.
 *
 * Pure: time and use are arguments; no clock, no locks, no allocation.
 */
#ifndef BULKHEAD_CREDIT_H
#define BULKHEAD_CREDIT_H

#include <linux/types.h>

/**
 * enum credit_standing - In which order partitions are served; Xen's names
 * @CREDIT_OVER: had its guarantee: borrows what others leave
 * @CREDIT_UNDER: behind its guarantee, or behind other borrowers: before those
 *	who are over
 * @CREDIT_BOOST: far behind: before those two, at once when it wakes
 * @CREDIT_URGENT: has saved, as it sleeps so much that it never uses it up: before
 *	all others, at once when it wakes
 */
enum credit_standing {
	CREDIT_OVER,
	CREDIT_UNDER,
	CREDIT_BOOST,
	CREDIT_URGENT,
};

/**
 * struct credit_terms - What was agreed with a partition
 * @guarantee: micro-CPUs
 * @share: weight for what is left over; 0 for the host, which does not borrow
 */
struct credit_terms {
	u64 guarantee;
	u64 share;
};

/**
 * struct credit - The account of one partition
 * @balance: credit if positive, debt if negative (ns of CPU time)
 * @lead: how much it borrowed, compared to the one that borrowed most: 0 or
 *	negative (ns of CPU time at the default share)
 * @busy: how long it has wanted to run whenever somebody looked (ns)
 * @least: its least balance in that time, until credit_busy() (ns of CPU time)
 * @standing: as of the last credit_settle()
 */
struct credit {
	s64 balance;
	s64 lead;
	u64 busy;
	s64 least;
	enum credit_standing standing;
};

/**
 * credit_open() - Open an account
 * @credit: the account; it starts full, for a newcomer has had nothing yet
 * @terms: of the partition
 *
 * Context: Any.
 */
void credit_open(struct credit *credit, const struct credit_terms *terms);

/**
 * credit_advance() - Earn and pay for an interval
 * @credit: the account
 * @terms: in force during the interval
 * @elapsed: length of the interval (ns)
 * @ran: CPU time that the partition used in it (ns)
 * @wants: it wants to run now; without savings it is enough to know that it ran
 *
 * Context: Any; the caller serializes the calls for one account.
 */
void credit_advance(struct credit *credit, const struct credit_terms *terms,
		    u64 elapsed, u64 ran, bool wants);

/**
 * credit_settle() - Compare with the others, and find the standing
 * @credit: the account, advanced like all others
 * @terms: of the partition
 * @farthest: the largest @lead of all who ran in the interval
 *
 * Context: Any; the caller serializes the calls for one account.
 */
void credit_settle(struct credit *credit, const struct credit_terms *terms, s64 farthest);

/**
 * credit_saves() - Does it have more than what boosts it?
 * @credit: the account
 * @terms: of the partition
 *
 * Context: Any.
 * Return: true if so.
 */
bool credit_saves(const struct credit *credit, const struct credit_terms *terms);

/**
 * credit_busy() - Has it always wanted to run for a while?
 * @credit: the account
 *
 * Context: Any.
 * Return: true if nobody has seen it asleep for LIMIT_CREDIT_BURST_NS.
 */
bool credit_busy(const struct credit *credit);

/**
 * credit_boost_level() - The balance from which on it is CREDIT_BOOST
 * @terms: of the partition
 *
 * Context: Any.
 * Return: ns of CPU time.
 */
s64 credit_boost_level(const struct credit_terms *terms);

/**
 * credit_full() - Has it saved up all that it can?
 * @credit: the account
 * @terms: of the partition
 *
 * Context: Any.
 * Return: true if only running can change the balance; always without a guarantee.
 */
bool credit_full(const struct credit *credit, const struct credit_terms *terms);

/**
 * credit_horizon() - How long its balance cannot change its standing
 * @credit: the account
 * @terms: of the partition
 * @total: all CPUs, on which it could run at once (micro-CPUs)
 *
 * Context: Any.
 * Return: ns, or U64_MAX if it stays where it is.
 */
u64 credit_horizon(const struct credit *credit, const struct credit_terms *terms, u64 total);

#endif /* BULKHEAD_CREDIT_H */
