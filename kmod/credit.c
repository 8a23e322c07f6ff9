// SPDX-License-Identifier: GPL-2.0
/*
 * Earning, paying, borrowing and what follows from it.
 */
#include "credit.h"

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include <linux/bulkhead.h>

#include "limits.h"

/* What it earns (micro-CPUs); more would not fit into the products. */
static u64 credit_rate(const struct credit_terms *terms)
{
	return min_t(u64, terms->guarantee, U32_MAX);
}

/* CPU time that it earns in a time of at most LIMIT_CREDIT_SPAN_NS. */
static s64 credit_earned(const struct credit_terms *terms, u64 elapsed)
{
	return div64_u64(credit_rate(terms) * min_t(u64, elapsed, LIMIT_CREDIT_SPAN_NS),
			 BULKHEAD_CPU);
}

/* A level of the balance: a time at the guarantee, but not less CPU time than @least. */
static s64 credit_level(const struct credit_terms *terms, u64 time, s64 least)
{
	return terms->guarantee ? max(credit_earned(terms, time), least) : 0;
}

static s64 credit_floor(const struct credit_terms *terms)
{
	return -credit_level(terms, LIMIT_CREDIT_DEBT_NS, LIMIT_CREDIT_QUANTUM_NS);
}

/*
 * Where a balance that rises makes for a standing, and where one that falls loses it: as
 * a time at the guarantee, but not less than some quanta of CPU time.
 */
static const struct {
	u64 from;
	u64 until;
	s64 quanta;
} credit_levels[] = {
	[CREDIT_UNDER] = {
		.from = LIMIT_CREDIT_UNDER_NS,
		.until = LIMIT_CREDIT_UNDER_NS - LIMIT_CREDIT_SWING_NS,
		.quanta = 1,
	},
	[CREDIT_BOOST] = {
		.from = LIMIT_CREDIT_BOOST_NS,
		.until = LIMIT_CREDIT_BOOST_NS - LIMIT_CREDIT_SWING_NS,
		.quanta = 2,
	},
	[CREDIT_URGENT] = {
		.from = LIMIT_CREDIT_URGENT_NS,
		.until = LIMIT_CREDIT_URGENT_NS - LIMIT_CREDIT_SWING_NS,
		.quanta = 3,
	},
};

static s64 credit_from(const struct credit_terms *terms, enum credit_standing standing)
{
	return credit_level(terms, credit_levels[standing].from,
			    credit_levels[standing].quanta * LIMIT_CREDIT_QUANTUM_NS);
}

static s64 credit_until(const struct credit_terms *terms, enum credit_standing standing)
{
	return credit_level(terms, credit_levels[standing].until,
			    (credit_levels[standing].quanta - 1) * LIMIT_CREDIT_QUANTUM_NS);
}

static s64 credit_ceiling(const struct credit_terms *terms)
{
	return credit_level(terms, LIMIT_CREDIT_SAVING_NS, 4 * LIMIT_CREDIT_QUANTUM_NS);
}

void credit_open(struct credit *credit, const struct credit_terms *terms)
{
	credit->lead = 0;
	credit->busy = 0;
	credit->balance = credit_ceiling(terms);
	/* Nobody has borrowed anything before there is a conflict. */
	credit->standing = terms->guarantee ? CREDIT_URGENT : CREDIT_UNDER;
}

/* CPU time as seen by somebody with the default share; at most 2^30 * 100 * 2^13. */
static s64 credit_by_share(const struct credit_terms *terms, s64 time)
{
	return div64_u64(time * BULKHEAD_SHARE_DEFAULT, terms->share);
}

bool credit_saves(const struct credit *credit, const struct credit_terms *terms)
{
	return credit->balance > credit_from(terms, CREDIT_BOOST);
}

bool credit_busy(const struct credit *credit)
{
	return credit->busy >= LIMIT_CREDIT_BURST_NS;
}

/*
 * Savings are for those who sleep in between: only they need to be served at once.
 * Who has always wanted to run for a while loses them, down to what boosts it. What
 * it was denied in that time, or is from then on, is not savings, and counts in full.
 */
static void credit_note_demand(struct credit *credit, const struct credit_terms *terms,
			       u64 elapsed, bool wants)
{
	if (!wants) {
		credit->busy = 0;
		return;
	}
	if (credit_busy(credit))
		return;
	/* What it then has above the least was denied to it. */
	credit->least = credit->busy ? min(credit->least, credit->balance) : credit->balance;
	/* Of a long interval nobody knows more than that it wants to run now. */
	credit->busy += min(elapsed, LIMIT_CONTROL_PERIOD_MAX_NS);
	if (credit_busy(credit))
		credit->balance -= max(credit->least - credit_from(terms, CREDIT_BOOST), 0LL);
}

void credit_advance(struct credit *credit, const struct credit_terms *terms,
		    u64 elapsed, u64 ran, bool wants)
{
	s64 floor = credit_floor(terms);
	s64 borrowed, paid;

	credit_note_demand(credit, terms, elapsed, wants);
	/* What is cut off of a long interval would otherwise be paid, but not earned. */
	if (elapsed > LIMIT_CREDIT_SPAN_NS)
		ran = mul_u64_u64_div_u64(ran, LIMIT_CREDIT_SPAN_NS, elapsed);
	paid = min_t(u64, ran, LIMIT_CREDIT_PAID_NS);
	credit->balance += credit_earned(terms, elapsed) - paid;
	credit->balance = min(credit->balance, credit_ceiling(terms));

	borrowed = floor - credit->balance;
	if (borrowed <= 0)
		return;
	credit->balance = floor;
	if (terms->share)
		credit->lead += credit_by_share(terms, min(borrowed, paid));
}

/* How much less than the farthest of the borrowers it had (ns of its own CPU time). */
static s64 credit_behind(const struct credit *credit, const struct credit_terms *terms)
{
	return div64_u64(-credit->lead * terms->share, BULKHEAD_SHARE_DEFAULT);
}

/* The highest of those whose level the balance is above. */
static enum credit_standing credit_by_balance(const struct credit *credit,
					      const struct credit_terms *terms)
{
	/* What a guarantee that was taken away has left behind boosts nobody. */
	enum credit_standing standing = terms->guarantee ? CREDIT_URGENT : CREDIT_UNDER;

	while (standing > CREDIT_OVER &&
	       credit->balance <= (standing <= credit->standing ?
				   credit_until(terms, standing) :
				   credit_from(terms, standing)))
		standing--;
	return standing;
}

/* Borrowers who had little have their turn before those who had much. */
static enum credit_standing credit_by_lead(const struct credit *credit,
					   const struct credit_terms *terms)
{
	s64 least = credit->standing == CREDIT_OVER ? LIMIT_CREDIT_BEHIND_NS :
						      LIMIT_CREDIT_BEHIND_NS / 4;

	return credit_behind(credit, terms) > least ? CREDIT_UNDER : CREDIT_OVER;
}

/*
 * How far a lead falls behind. Below the default share it is a time of its own, as less
 * would not even put it under.
 */
static s64 credit_owed(const struct credit_terms *terms)
{
	if (!terms->share)
		return 0;
	return max(credit_by_share(terms, LIMIT_CREDIT_OWED_NS), LIMIT_CREDIT_OWED_NS);
}

void credit_settle(struct credit *credit, const struct credit_terms *terms, s64 farthest)
{
	credit->lead = clamp_t(s64, credit->lead - farthest, -credit_owed(terms), 0);
	credit->standing = max(credit_by_balance(credit, terms),
			       credit_by_lead(credit, terms));
}

s64 credit_boost_level(const struct credit_terms *terms)
{
	return credit_from(terms, CREDIT_BOOST);
}

bool credit_full(const struct credit *credit, const struct credit_terms *terms)
{
	return credit->balance >= credit_ceiling(terms);
}

/* Time in which @amount is earned or spent at @rate micro-CPUs. */
static u64 credit_time(s64 amount, u64 rate)
{
	if (!rate)
		return U64_MAX;
	return mul_u64_u64_div_u64(max_t(s64, amount, 0), BULKHEAD_CPU, rate);
}

/* How long it keeps its savings, even if it always wants to run. */
static u64 credit_keeps(const struct credit *credit, const struct credit_terms *terms)
{
	if (!credit_saves(credit, terms) || credit_busy(credit))
		return U64_MAX;
	return LIMIT_CREDIT_BURST_NS - credit->busy;
}

u64 credit_horizon(const struct credit *credit, const struct credit_terms *terms, u64 total)
{
	u64 earned = credit_rate(terms);
	u64 spent = total > earned ? total - earned : 0;
	s64 balance = credit->balance;
	u64 horizon = U64_MAX;

	if (!earned)
		return U64_MAX;
	if (credit->standing < CREDIT_URGENT)
		horizon = credit_time(credit_from(terms, credit->standing + 1) - balance,
				      earned);
	if (credit->standing > CREDIT_OVER)
		horizon = min(horizon, credit_time(balance - credit_until(terms, credit->standing),
						   spent));
	return min(horizon, credit_keeps(credit, terms));
}
