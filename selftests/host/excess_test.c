// SPDX-License-Identifier: GPL-2.0
/*
 * The ranking against tables, and against an oracle that sorts.
 */
#include <linux/bug.h>

#include "excess.h"
#include "suite.h"

static void amounts(void)
{
	static const struct {
		u64 use, promised, killable, excess;
	} rows[] = {
		{ 150, 100, U64_MAX, 50 },
		{ 150, 100, 50, 50 },
		{ 150, 100, 49, 49 },
		{ 150, 100, 0, 0 },
		{ 100, 100, U64_MAX, 0 },
		{ 99, 100, U64_MAX, 0 },
		{ 0, 0, U64_MAX, 0 },
		{ 1, 0, U64_MAX, 1 },
		{ 0, U64_MAX, U64_MAX, 0 },
		{ U64_MAX, 0, U64_MAX, U64_MAX },
		{ U64_MAX, U64_MAX, U64_MAX, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (!KTAP_EXPECT_EQ(excess_of(rows[i].use, rows[i].promised, rows[i].killable),
				    rows[i].excess))
			ktap_diag("in row %u", i);
}

/* Each line: those that are there, in any order, and who pays (-1: nobody). */
static void payers(void)
{
	static const struct {
		struct excess_claim claims[4];
		unsigned int count;
		int payer;
	} rows[] = {
		{ .count = 0, .payer = -1 },
		/* At 50, at 100 and at 150 %. */
		{ { { .id = 1, .use = 50, .promised = 100, .payable = true },
		    { .id = 2, .use = 100, .promised = 100, .payable = true },
		    { .id = 3, .use = 150, .promised = 100, .excess = 50, .payable = true } },
		  3, 3 },
		/* Not the largest use, not the largest share. */
		{ { { .id = 1, .use = 1000, .promised = 990, .excess = 10, .payable = true },
		    { .id = 2, .use = 11, .promised = 0, .excess = 11, .payable = true },
		    { .id = 3, .use = 30, .promised = 10, .excess = 20, .payable = true } },
		  3, 3 },
		/* The host is one of them. */
		{ { { .id = 0, .use = 200, .promised = 100, .excess = 100, .payable = true },
		    { .id = 1, .use = 99, .promised = 0, .excess = 99, .payable = true } },
		  2, 0 },
		/* Who cannot pay is passed over, who is not over is not. */
		{ { { .id = 1, .excess = 100, .payable = false },
		    { .id = 2, .excess = 1, .payable = true },
		    { .id = 3, .excess = 0, .payable = true } },
		  3, 2 },
		{ { { .id = 1, .excess = 100, .payable = false },
		    { .id = 2, .excess = 0, .payable = true } },
		  2, -1 },
		/* Equal: who was promised less, the younger, and the host last. */
		{ { { .id = 1, .excess = 5, .promised = 7, .payable = true },
		    { .id = 2, .excess = 5, .promised = 6, .payable = true } },
		  2, 2 },
		{ { { .id = 2, .excess = 5, .promised = 7, .payable = true },
		    { .id = 1, .excess = 5, .promised = 7, .payable = true },
		    { .id = 0, .excess = 5, .promised = 7, .payable = true } },
		  3, 2 },
	};
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		/* Forwards, and backwards. */
		for (k = 0; k < 2 * rows[i].count || !k; k++) {
			struct excess_ranking ranking;
			unsigned int n = rows[i].count, at;
			int payer;

			excess_begin(&ranking);
			for (at = 0; at < n; at++)
				excess_rank(&ranking, &rows[i].claims[k < n ? (at + k) % n :
								     (n - at + k) % n]);
			payer = ranking.payer.payable ? (int)ranking.payer.id : -1;
			if (!KTAP_EXPECT_EQ(payer, rows[i].payer) ||
			    !KTAP_EXPECT_EQ(ranking.count, n))
				ktap_diag("in row %u, order %u", i, k);
		}
	}
}

#define MOST	(3 * LIMIT_EXCESS_RANKED)

static int compare(const void *a, const void *b)
{
	const struct excess_claim *x = a, *y = b;

	if (x->excess != y->excess)
		return x->excess > y->excess ? -1 : 1;
	if (x->promised != y->promised)
		return x->promised < y->promised ? -1 : 1;
	return x->id > y->id ? -1 : 1;
}

/* Small numbers, so that many are equal. */
static void walk(void)
{
	struct excess_claim claims[MOST];
	struct excess_ranking ranking;
	unsigned int round, i, count, payer;
	bool good = true;

	for (round = 0; round < ROUNDS(100000) && good; round++) {
		u64 bound = 1 + random_below(50);

		count = random_below(MOST + 1);
		excess_begin(&ranking);
		for (i = 0; i < count; i++) {
			claims[i] = (struct excess_claim) {
				/* Each once, in an order that is none. */
				.id = (i * 7 + round) % MOST,
				.use = random_below(bound),
				.promised = random_below(bound),
				.payable = random_below(4),
			};
			claims[i].excess = excess_of(claims[i].use, claims[i].promised,
						     random_below(2) ? U64_MAX : bound / 2);
			excess_rank(&ranking, &claims[i]);
		}
		qsort(claims, count, sizeof(*claims), compare);
		for (payer = 0; payer < count; payer++)
			if (claims[payer].payable && claims[payer].excess)
				break;
		good &= KTAP_EXPECT_EQ(ranking.payer.payable, payer < count);
		if (payer < count)
			good &= KTAP_EXPECT_EQ(ranking.payer.id, claims[payer].id);
		good &= KTAP_EXPECT_EQ(ranking.count,
				       count < LIMIT_EXCESS_RANKED ? count : LIMIT_EXCESS_RANKED);
		for (i = 0; i < ranking.count; i++)
			good &= KTAP_EXPECT_EQ(ranking.claims[i].id, claims[i].id);
		if (!good)
			ktap_diag("in round %u", round);
	}
}

#define CASES(CASE)							\
	CASE(amounts, "what somebody has too much")			\
	CASE(payers, "who pays")					\
	CASE(walk, "against an oracle that sorts")

TEST_SUITE(excess, CASES);
