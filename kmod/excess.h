/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who pays when memory runs out: a ranking by what everybody has beyond its guarantee.
 *
 * Everybody is looked at once. The ranking keeps the first few, to be shown; who pays is
 * found among all.
 */
#ifndef BULKHEAD_EXCESS_H
#define BULKHEAD_EXCESS_H

#include <linux/types.h>

#include "limits.h"

/**
 * struct excess_claim - One of those that use memory
 * @owner: whatever the caller knows it by; not looked at
 * @id: of the partition, 0 for the host
 * @use: memory in use (bytes)
 * @promised: the guarantee, or the host's reserve (bytes)
 * @excess: what of @use is to be had back: see excess_of() (bytes)
 * @payable: there is a process that may be killed
 */
struct excess_claim {
	void *owner;
	u64 id;
	u64 use;
	u64 promised;
	u64 excess;
	bool payable;
};

/**
 * struct excess_ranking - Who is over, the largest excess first
 * @claims: the first @count of them
 * @count: at most LIMIT_EXCESS_RANKED
 * @payer: the first with an excess that can pay; its @payable is false if nobody can
 */
struct excess_ranking {
	struct excess_claim claims[LIMIT_EXCESS_RANKED];
	unsigned int count;
	struct excess_claim payer;
};

/**
 * excess_of() - What somebody has beyond what it was promised
 * @use: memory in use (bytes)
 * @promised: the guarantee, or the host's reserve (bytes)
 * @killable: no more than this can be had by killing, U64_MAX if that is not known
 *	(bytes)
 *
 * Return: bytes; 0 for who is at its guarantee or below.
 */
u64 excess_of(u64 use, u64 promised, u64 killable);

/**
 * excess_before() - The order of the ranking
 * @a: a claim
 * @b: another one
 *
 * The larger excess comes first. Of two that are equal it is the one that was promised
 * less, and then the younger partition: the host, which has no id, is the last.
 *
 * Return: whether @a comes before @b.
 */
bool excess_before(const struct excess_claim *a, const struct excess_claim *b);

/**
 * excess_begin() - Begin a ranking
 * @ranking: emptied
 */
void excess_begin(struct excess_ranking *ranking);

/**
 * excess_rank() - Take one more into the ranking
 * @ranking: begun
 * @claim: copied; each @id once
 */
void excess_rank(struct excess_ranking *ranking, const struct excess_claim *claim);

#endif /* BULKHEAD_EXCESS_H */
