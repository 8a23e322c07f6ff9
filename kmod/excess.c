// SPDX-License-Identifier: GPL-2.0
/*
 * Ranking by excess.
 */
#include "excess.h"

#include <linux/minmax.h>

u64 excess_of(u64 use, u64 promised, u64 killable)
{
	return use > promised ? min(use - promised, killable) : 0;
}

bool excess_before(const struct excess_claim *a, const struct excess_claim *b)
{
	if (a->excess != b->excess)
		return a->excess > b->excess;
	if (a->promised != b->promised)
		return a->promised < b->promised;
	return a->id > b->id;
}

void excess_begin(struct excess_ranking *ranking)
{
	ranking->count = 0;
	ranking->payer.payable = false;
}

void excess_rank(struct excess_ranking *ranking, const struct excess_claim *claim)
{
	unsigned int at = ranking->count;

	if (claim->payable && claim->excess &&
	    (!ranking->payer.payable || excess_before(claim, &ranking->payer)))
		ranking->payer = *claim;

	while (at && excess_before(claim, &ranking->claims[at - 1]))
		at--;
	if (at == LIMIT_EXCESS_RANKED)
		return;
	if (ranking->count < LIMIT_EXCESS_RANKED)
		ranking->count++;
	for (unsigned int i = ranking->count - 1; i > at; i--)
		ranking->claims[i] = ranking->claims[i - 1];
	ranking->claims[at] = *claim;
}
