// SPDX-License-Identifier: GPL-2.0
/*
 * Earning and paying. The model is in credit.h.
 */
#include "credit.h"

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include <linux/bulkhead.h>

#include "limits.h"

/* CPU time that a guarantee is worth in a time of at most LIMIT_CREDIT_SPAN_NS. */
static s64 credit_earned(u64 guarantee, u64 elapsed)
{
	guarantee = min_t(u64, guarantee, U32_MAX);
	return div64_u64(guarantee * min_t(u64, elapsed, LIMIT_CREDIT_SPAN_NS),
			 BULKHEAD_CPU);
}

void credit_init(struct credit *credit, u64 guarantee)
{
	credit->balance = credit_earned(guarantee, LIMIT_CREDIT_WINDOW_NS);
}

void credit_advance(struct credit *credit, u64 guarantee, u64 elapsed, u64 ran)
{
	s64 depth = credit_earned(guarantee, LIMIT_CREDIT_WINDOW_NS);
	s64 earned = credit_earned(guarantee, elapsed);
	s64 paid;

	/* What is cut off of a long interval would otherwise be paid, but not earned. */
	if (elapsed > LIMIT_CREDIT_SPAN_NS)
		ran = mul_u64_u64_div_u64(ran, LIMIT_CREDIT_SPAN_NS, elapsed);
	paid = min_t(u64, ran, S64_MAX / 2);

	credit->balance = clamp_t(s64, credit->balance + earned - paid, -depth, depth);
}

bool credit_under(const struct credit *credit)
{
	return credit->balance > 0;
}

bool credit_conflict_update(struct credit_conflict *conflict, u64 now, bool waiting)
{
	if (waiting)
		conflict->until = now + LIMIT_CREDIT_HOLD_NS;
	return now < conflict->until;
}
