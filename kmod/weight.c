// SPDX-License-Identifier: GPL-2.0
/*
 * Weights from guarantees and shares.
 */
#include "weight.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "limits.h"

u64 weight_entitled(const struct weight_sums *sums, u64 guarantee, u64 share)
{
	u64 taken = sums->guaranteed + sums->reserve;
	u64 left = taken < sums->total ? sums->total - taken : 0;

	/* left < 2^34 (16,384 CPUs) and share <= 10^4: the product fits. */
	return guarantee + (sums->shares ? div64_u64(left * share, sums->shares) : 0);
}

u64 weight_partition(const struct weight_sums *sums, u64 guarantee, u64 share)
{
	u64 entitled = weight_entitled(sums, guarantee, share);

	if (!sums->largest)
		return LIMIT_WEIGHT_MIN;
	/* To the closest: rounded down, small ones would lose up to a half. */
	return clamp_t(u64, DIV64_U64_ROUND_CLOSEST(entitled * LIMIT_WEIGHT_MAX,
						    sums->largest),
		       LIMIT_WEIGHT_MIN, LIMIT_WEIGHT_MAX);
}

u64 weight_standing(u64 weight, u64 step)
{
	/* To the closest, for the same reason. */
	return max(DIV64_U64_ROUND_CLOSEST(max(weight, LIMIT_WEIGHT_BOOST_MIN), step),
		   LIMIT_WEIGHT_MIN);
}

u64 weight_least(const struct weight_sums *sums, u64 share, const struct weight_step *step)
{
	if (!step->over || !sums->shares)
		return 0;
	return div64_u64(2 * LIMIT_WEIGHT_MAX / step->over * share, sums->shares);
}

u64 weight_top(const struct weight_sums *sums)
{
	/* w / (w + host) = guaranteed / total, solved for w */
	if (sums->guaranteed >= sums->total)
		return LIMIT_WEIGHT_MAX;
	return clamp_t(u64, div64_u64(LIMIT_HOST_WEIGHT * sums->guaranteed,
				      sums->total - sums->guaranteed),
		       LIMIT_WEIGHT_TOP_MIN, LIMIT_WEIGHT_MAX);
}

u64 weight_top_denied(s64 behind, s64 most)
{
	u64 left, part;

	/* A host without a reserve is never behind. */
	if (most <= 0)
		return LIMIT_WEIGHT_MAX;
	left = most - clamp_t(s64, behind, 0, most);
	part = div64_u64(left * LIMIT_WEIGHT_SCALE, most);

	/* By the square: the difference between 100 and 200 is as great as to 10000. */
	return LIMIT_WEIGHT_TOP_MIN +
	       div_u64((LIMIT_WEIGHT_MAX - LIMIT_WEIGHT_TOP_MIN) * part * part,
		       LIMIT_WEIGHT_SCALE * LIMIT_WEIGHT_SCALE);
}

bool weight_differs(u64 weight, u64 before)
{
	u64 difference = weight > before ? weight - before : before - weight;

	return difference * 8 > before;
}
