// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger against tables, and against an oracle that adds everything up
 * again each time, in numbers that cannot overflow.
 */
#include <linux/bug.h>

#include "ledger.h"
#include "suite.h"

typedef unsigned __int128 u128;

/*
 * 100 in all:
 *
 *	|-- reserve 10 --|------ guaranteed 60 ------|---- free 30 ----|
 *
 * and the same with less and less in all, until it does not cover the promises.
 */
static void states(void)
{
	static const struct {
		u64 total, reserve, guaranteed, free;
		bool over;
	} rows[] = {
		{ 100, 10, 60, 30, false },
		{ 100, 10, 0, 90, false },
		{ 100, 0, 0, 100, false },
		{ 100, 10, 90, 0, false },
		{ 70, 10, 60, 0, false },
		{ 69, 10, 60, 0, true },
		{ 60, 10, 60, 0, true },
		{ 5, 10, 60, 0, true },
		{ 0, 10, 60, 0, true },
		/* A reserve that does not fit is not a broken promise. */
		{ 100, 100, 0, 0, false },
		{ 100, 101, 0, 0, false },
		{ 0, 10, 0, 0, false },
		{ 0, 0, 0, 0, false },
		/* The ends of 64 bits, and sums beyond them. */
		{ U64_MAX, 0, 0, U64_MAX, false },
		{ U64_MAX, 1, 0, U64_MAX - 1, false },
		{ U64_MAX, 1, U64_MAX - 1, 0, false },
		{ U64_MAX - 1, 1, U64_MAX - 1, 0, true },
		{ 100, U64_MAX, 1, 0, true },
		{ 100, 10, U64_MAX, 0, true },
		{ 100, U64_MAX, U64_MAX, 0, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ledger ledger = {
			.total = rows[i].total,
			.reserve = rows[i].reserve,
			.guaranteed = rows[i].guaranteed,
		};
		bool met = KTAP_EXPECT_EQ(ledger_free(&ledger), rows[i].free);

		met &= KTAP_EXPECT_EQ(ledger_overcommitted(&ledger), rows[i].over);
		if (!met)
			ktap_diag("in row %u", i);
	}
}

/*
 * What fits in the 30 that are free, for a partition that has 20 already:
 *
 *	|-- reserve 10 --|-- others 40 --|-- it 20 --|---- free 30 ----|
 *	                                 |<--------- at most 50 ------>|
 *
 * and on a machine that lost so much that it has 5 too few.
 */
static void quotes(void)
{
	static const struct {
		u64 total, from, to, free, largest;
		bool fits;
	} rows[] = {
		{ 100, 0, 0, 30, 30, true },
		{ 100, 0, 1, 30, 30, true },
		{ 100, 0, 30, 30, 30, true },
		{ 100, 0, 31, 30, 30, false },
		{ 100, 0, U64_MAX, 30, 30, false },
		{ 100, 20, 0, 30, 50, true },
		{ 100, 20, 20, 30, 50, true },
		{ 100, 20, 50, 30, 50, true },
		{ 100, 20, 51, 30, 50, false },
		{ 100, 20, U64_MAX, 30, 50, false },
		{ 100, 60, 90, 30, 90, true },
		{ 100, 60, 91, 30, 90, false },
		{ 70, 0, 0, 0, 0, true },
		{ 70, 0, 1, 0, 0, false },
		{ 70, 20, 20, 0, 20, true },
		{ 70, 20, 21, 0, 20, false },
		{ 65, 0, 0, 0, 0, true },
		{ 65, 0, 1, 0, 0, false },
		{ 65, 20, 0, 0, 20, true },
		{ 65, 20, 19, 0, 20, true },
		{ 65, 20, 20, 0, 20, true },
		{ 65, 20, 21, 0, 20, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct ledger before = {
			.total = rows[i].total,
			.reserve = 10,
			.guaranteed = 60,
		};
		struct ledger ledger = before;
		struct bulkhead_admission quote;
		bool met;

		memset(&quote, 0x5a, sizeof(quote));
		met = KTAP_EXPECT_EQ(ledger_quote(&ledger, rows[i].from, rows[i].to, &quote),
				     rows[i].fits);
		met &= KTAP_EXPECT_EQ(quote.asked, rows[i].to);
		met &= KTAP_EXPECT_EQ(quote.free, rows[i].free);
		met &= KTAP_EXPECT_EQ(quote.largest, rows[i].largest);
		met &= KTAP_EXPECT_EQ(quote.total, rows[i].total);
		met &= KTAP_EXPECT_EQ(quote.reserve, 10);
		met &= KTAP_EXPECT_EQ(quote.guaranteed, 60);
		met &= KTAP_EXPECT(!memcmp(&ledger, &before, sizeof(ledger)));
		if (!met)
			ktap_diag("in row %u", i);
	}
}

static void charges(void)
{
	struct ledger ledger = { .total = 100, .reserve = 10 };

	ledger_charge(&ledger, 0, 40);
	KTAP_EXPECT_EQ(ledger.guaranteed, 40);
	ledger_charge(&ledger, 0, 20);
	KTAP_EXPECT_EQ(ledger.guaranteed, 60);
	ledger_charge(&ledger, 20, 50);
	KTAP_EXPECT_EQ(ledger.guaranteed, 90);
	/* Undo of the raise; then each leaves. */
	ledger_charge(&ledger, 50, 20);
	KTAP_EXPECT_EQ(ledger.guaranteed, 60);
	ledger_charge(&ledger, 40, 40);
	KTAP_EXPECT_EQ(ledger.guaranteed, 60);
	ledger_charge(&ledger, 40, 0);
	ledger_charge(&ledger, 20, 0);
	KTAP_EXPECT_EQ(ledger.guaranteed, 0);
	KTAP_EXPECT_EQ(ledger.total, 100);
	KTAP_EXPECT_EQ(ledger.reserve, 10);
}

/* An undo happens after the capacity may have shrunk: it must not be refused. */
static void charge_when_over(void)
{
	struct ledger ledger = { .total = 100, .reserve = 10, .guaranteed = 90 };

	ledger_charge(&ledger, 40, 0);
	ledger.total = 60;
	ledger_charge(&ledger, 0, 40);
	KTAP_EXPECT_EQ(ledger.guaranteed, 90);
	KTAP_EXPECT(ledger_overcommitted(&ledger));
}

static void charge_too_much_back(void)
{
	struct ledger ledger = { .total = 100, .reserve = 10, .guaranteed = 15 };

	host_warnings_expected = 1;
	ledger_charge(&ledger, 20, 0);
	KTAP_EXPECT_EQ(host_warnings_expected, 0);
	KTAP_EXPECT_EQ(ledger.guaranteed, 0);

	ledger.guaranteed = 15;
	host_warnings_expected = 1;
	ledger_charge(&ledger, 20, 7);
	KTAP_EXPECT_EQ(host_warnings_expected, 0);
	KTAP_EXPECT_EQ(ledger.guaranteed, 7);
}

#define HOLDERS	24

/* The oracle: a list of promises, added up when somebody asks. */
struct oracle {
	u64 total, reserve;
	u64 held[HOLDERS];
};

static u128 oracle_taken(const struct oracle *oracle)
{
	u128 taken = oracle->reserve;
	int i;

	for (i = 0; i < HOLDERS; i++)
		taken += oracle->held[i];
	return taken;
}

static bool oracle_fits(const struct oracle *oracle, int holder, u64 to)
{
	u64 from = oracle->held[holder];

	return to <= from || oracle_taken(oracle) - from + to <= oracle->total;
}

static bool same(const struct ledger *ledger, const struct oracle *oracle)
{
	u128 taken = oracle_taken(oracle);
	u64 free = ledger_free(ledger);
	bool met;

	met = KTAP_EXPECT(ledger->guaranteed == taken - oracle->reserve);
	met &= KTAP_EXPECT_EQ(ledger_overcommitted(ledger),
			      taken > oracle->total && taken > oracle->reserve);
	if (taken <= oracle->total)
		met &= KTAP_EXPECT(free + taken == oracle->total);
	else
		met &= KTAP_EXPECT_EQ(free, 0);
	return met;
}

/* One quote, with all that it must be whatever is asked. */
static bool quote_is_right(const struct ledger *ledger, const struct oracle *oracle,
			   int holder, u64 to, bool *fits)
{
	struct bulkhead_admission quote, other;
	u64 from = oracle->held[holder];
	bool met;

	*fits = ledger_quote(ledger, from, to, &quote);
	met = KTAP_EXPECT_EQ(*fits, oracle_fits(oracle, holder, to));
	/* The largest offered fits, and no more than it does. */
	met &= KTAP_EXPECT(oracle_fits(oracle, holder, quote.largest));
	met &= KTAP_EXPECT(ledger_quote(ledger, from, quote.largest, &other));
	if (quote.largest < U64_MAX) {
		met &= KTAP_EXPECT(!oracle_fits(oracle, holder, quote.largest + 1));
		met &= KTAP_EXPECT(!ledger_quote(ledger, from, quote.largest + 1, &other));
	}
	return met;
}

enum walk { TINY, MACHINE, HUGE };

static u64 random_total(enum walk walk)
{
	switch (walk) {
	case TINY:	/* every edge is near */
		return random_below(40);
	case MACHINE:	/* micro-CPUs of up to 8192 CPUs */
		return random_below(8193) * BULKHEAD_CPU;
	default:	/* near the end of 64 bits, but it is never all of them */
		return U64_MAX - 1 - random_below(1000);
	}
}

static u64 random_wish(const struct ledger *ledger, enum walk walk)
{
	switch (random_below(8)) {
	case 0:
		return 0;
	case 1:
		return ledger_free(ledger);
	case 2:
		return ledger_free(ledger) + 1;
	case 3:
		return random_bits();
	case 4:
		return ledger->total;
	default:
		return random_below((walk == TINY ? 8 : ledger->total / HOLDERS) + 1);
	}
}

static void walk(enum walk walk, unsigned int steps, bool resize)
{
	struct oracle oracle = { .total = random_total(walk) };
	struct ledger ledger = { .total = oracle.total };
	unsigned int step, admitted = 0, refused = 0, over = 0;

	for (step = 0; step < steps; step++) {
		int holder = random_below(HOLDERS);
		u64 from = oracle.held[holder];
		u64 to = random_wish(&ledger, walk);
		struct ledger before;
		bool fits;

		/* CPUs go and come, and the admin changes the reserve. */
		if (resize && !random_below(50))
			oracle.total = random_total(walk);
		if (resize && !random_below(50))
			oracle.reserve = random_below(3) ? random_below(oracle.total / 8 + 1) :
							   random_total(walk);
		ledger.total = oracle.total;
		ledger.reserve = oracle.reserve;

		if (!quote_is_right(&ledger, &oracle, holder, to, &fits))
			break;
		/* What does not fit is charged nevertheless, and comes back exactly. */
		before = ledger;
		if (from <= ledger.guaranteed && to <= U64_MAX - ledger.guaranteed) {
			ledger_charge(&ledger, from, to);
			ledger_charge(&ledger, to, from);
		}
		if (!KTAP_EXPECT(!memcmp(&ledger, &before, sizeof(ledger))))
			break;

		if (fits) {
			ledger_charge(&ledger, from, to);
			oracle.held[holder] = to;
			admitted++;
		} else {
			refused++;
		}
		over += ledger_overcommitted(&ledger);
		if (!same(&ledger, &oracle))
			break;
		/* Without a machine that shrinks it is never above the capacity. */
		if (!resize && !KTAP_EXPECT(ledger.guaranteed <= ledger.total))
			break;
	}
	if (step < steps)
		ktap_diag("in step %u", step);
	/* A walk that sees only one side of the decision tests nothing. */
	KTAP_EXPECT_GT(admitted, steps / 20);
	KTAP_EXPECT_GT(refused, steps / 20);
	if (resize)
		KTAP_EXPECT_GT(over, steps / 100);
	else
		KTAP_EXPECT_EQ(over, 0);
}

static void walk_tiny(void)
{
	walk(TINY, ROUNDS(300000), true);
}

static void walk_machine(void)
{
	walk(MACHINE, ROUNDS(300000), true);
}

static void walk_huge(void)
{
	walk(HUGE, ROUNDS(200000), true);
}

static void walk_steady(void)
{
	int i;

	/* Many machines, as one with a total of 0 or 1 sees little. */
	for (i = 0; i < 20; i++) {
		walk(MACHINE, ROUNDS(10000), false);
		walk(HUGE, ROUNDS(10000), false);
	}
}

#define CASES(CASE)							\
	CASE(states, "free and overcommitted for given sums")		\
	CASE(quotes, "quotes: every number of them, nothing changed")	\
	CASE(charges, "charges and their undo")				\
	CASE(charge_when_over, "an undo is charged though it does not fit any more")	\
	CASE(charge_too_much_back,					\
	     "taking out more than was put in warns and goes on with none")	\
	CASE(walk_steady, "random walk, steady capacity: never above it")	\
	CASE(walk_tiny, "random walk, tiny capacity that changes")	\
	CASE(walk_machine, "random walk, CPUs that go and come")	\
	CASE(walk_huge, "random walk, near 2^64")

TEST_SUITE(ledger, CASES);
