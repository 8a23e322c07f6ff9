// SPDX-License-Identifier: GPL-2.0
/*
 * The account of one partition against tables: levels, earning, paying, borrowing
 * and the standing that follows. credit_walk_test.c has what many of them give.
 */
#include <linux/kernel.h>

#include "credit.h"
#include "limits.h"
#include "suite.h"

#define CPU	1000000ULL		/* micro-CPUs */
#define US	1000LL			/* ns */
#define MS	1000000LL
#define SEC	(1000 * MS)
#define SHARE	100

static const struct credit_terms half = { CPU / 2, SHARE };
static const struct credit_terms none = { 0, SHARE };

/* Levels of half a CPU. */
#define HALF(time, least)	((s64)(time) / 2 > (least) ? (s64)(time) / 2 : (least))
#define DEBT			HALF(LIMIT_CREDIT_DEBT_NS, LIMIT_CREDIT_QUANTUM_NS)
#define BOOST			HALF(LIMIT_CREDIT_BOOST_NS, 2 * LIMIT_CREDIT_QUANTUM_NS)
#define SAVING			HALF(LIMIT_CREDIT_SAVING_NS, 4 * LIMIT_CREDIT_QUANTUM_NS)

#define BEHIND			LIMIT_CREDIT_BEHIND_NS
/* As far as a lead falls behind. */
#define OWED(share)		(LIMIT_CREDIT_OWED_NS * 100 / ((share) < 100 ? (share) : 100))

/* Small ones, of which the quantum is more; it rules each level of the first. */
static const u64 guarantees[] = {
	1000, 48000, 100000, 250000, 400000, CPU / 2, CPU, 8 * CPU, 1000 * CPU,
};

/* A time at the guarantee, in 128 bits; above 2^32 micro-CPUs all are alike. */
static s64 level(u64 guarantee, s64 time, s64 least)
{
	s64 amount = (__int128)min_t(u64, guarantee, U32_MAX) * time / CPU;

	return guarantee ? max(amount, least) : 0;
}

/* All levels of a balance (ns of CPU time). */
struct levels {
	s64 floor, under_to, under_from, boost_to, boost_from, urgent_to, urgent_from, ceiling;
};

static struct levels levels(u64 guarantee)
{
	const s64 under = LIMIT_CREDIT_UNDER_NS, boost = LIMIT_CREDIT_BOOST_NS;
	const s64 urgent = LIMIT_CREDIT_URGENT_NS;
	const s64 swing = LIMIT_CREDIT_SWING_NS, quantum = LIMIT_CREDIT_QUANTUM_NS;

	return (struct levels) {
		.floor = -level(guarantee, LIMIT_CREDIT_DEBT_NS, quantum),
		.under_to = level(guarantee, under - swing, 0),
		.under_from = level(guarantee, under, quantum),
		.boost_to = level(guarantee, boost - swing, quantum),
		.boost_from = level(guarantee, boost, 2 * quantum),
		.urgent_to = level(guarantee, urgent - swing, 2 * quantum),
		.urgent_from = level(guarantee, urgent, 3 * quantum),
		.ceiling = level(guarantee, LIMIT_CREDIT_SAVING_NS, 4 * quantum),
	};
}

static enum credit_standing settled(const struct credit_terms *terms,
				    enum credit_standing before, s64 balance, s64 lead)
{
	struct credit credit = { .balance = balance, .lead = lead, .standing = before };

	credit_settle(&credit, terms, 0);
	KTAP_EXPECT_EQ(credit.balance, balance);
	return credit.standing;
}

static void newcomer(void)
{
	struct credit_terms terms = { .share = SHARE };
	struct credit credit;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guarantees); i++) {
		terms.guarantee = guarantees[i];
		credit = (struct credit) { .balance = -12345, .lead = -5, .busy = SEC };
		credit_open(&credit, &terms);
		KTAP_EXPECT_EQ(credit.balance, levels(guarantees[i]).ceiling);
		KTAP_EXPECT_EQ(credit.lead, 0);
		KTAP_EXPECT_EQ(credit.standing, CREDIT_URGENT);
		KTAP_EXPECT(!credit_busy(&credit));
		KTAP_EXPECT(credit_full(&credit, &terms));
		credit.balance--;
		KTAP_EXPECT(!credit_full(&credit, &terms));
	}
	credit_open(&credit, &none);
	KTAP_EXPECT_EQ(credit.balance, 0);
	KTAP_EXPECT_EQ(credit.standing, CREDIT_UNDER);
	KTAP_EXPECT(credit_full(&credit, &none));
}

static void earn_and_pay(void)
{
	static const struct {
		s64 before, elapsed, ran, after;
	} rows[] = {
		{ 0, 0, 0, 0 },
		{ 0, 4 * MS, 0, 2 * MS },
		{ 0, 4 * MS, 2 * MS, 0 },		/* exactly its guarantee */
		{ 0, 4 * MS, 4 * MS, -2 * MS },
		{ 0, 4 * MS, 2 * MS + DEBT, -DEBT },
		{ 0, 4 * MS, 32 * MS, -DEBT },		/* the debt ends here */
		{ 0, 2 * SAVING, 0, SAVING },
		{ 0, 2 * SAVING + MS, 0, SAVING },	/* and the credit here */
		{ 0, 1, 0, 0 },				/* half a ns is none */
		{ 0, 2, 0, 1 },
		{ SAVING, 4 * MS, 0, SAVING },
		{ SAVING, 4 * MS, 2 * MS, SAVING },
		{ SAVING, 4 * MS, 4 * MS, SAVING - 2 * MS },
		{ -DEBT, 4 * MS, 0, 2 * MS - DEBT },
		{ -DEBT, 2 * DEBT, 0, 0 },
		{ -1, 4 * MS, 2 * MS, -1 },
		{ 1, 0, 1, 0 },
		{ 1, 0, 2, -1 },
		/*
		 * Nobody looks while nobody waits, so an interval may be long. What
		 * is cut off of it is neither earned nor paid: it counts as one
		 * second of the same kind.
		 */
		{ 0, 10 * SEC, 0, SAVING },
		{ 0, 10 * SEC, 49 * SEC / 10, 10 * MS },
		{ 0, 10 * SEC, 5 * SEC, 0 },
		{ 0, 10 * SEC, 9 * SEC, -DEBT },
		{ 0, 86400 * SEC, 43000 * SEC, 2314815 },
		{ 0, 86400 * SEC, 43200 * SEC, 0 },
		{ 0, 86400 * SEC, 8 * 86400 * SEC, -DEBT },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct credit credit = { .balance = rows[i].before };

		credit_advance(&credit, &half, rows[i].elapsed, rows[i].ran, false);
		if (!KTAP_EXPECT_EQ(credit.balance, rows[i].after))
			ktap_diag("in row %u", i);
	}
}

/* Where debt and savings end, for every guarantee. */
static void ends(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guarantees); i++) {
		const struct credit_terms terms = { guarantees[i], SHARE };
		const struct levels level = levels(guarantees[i]);
		struct credit credit = { 0 };

		credit_advance(&credit, &terms, 0, 100 * SEC, true);
		KTAP_EXPECT_EQ(credit.balance, level.floor);
		while (!credit_full(&credit, &terms))
			credit_advance(&credit, &terms, SEC, 0, false);
		KTAP_EXPECT_EQ(credit.balance, level.ceiling);
		KTAP_EXPECT_EQ(credit_boost_level(&terms), level.boost_from);
		credit.balance = level.boost_from;
		KTAP_EXPECT(!credit_saves(&credit, &terms));
		credit.balance++;
		KTAP_EXPECT(credit_saves(&credit, &terms));
	}
}

static void standings(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(guarantees); i++) {
		const struct levels level = levels(guarantees[i]);
		const struct credit_terms terms = { guarantees[i], SHARE };
		const struct {
			enum credit_standing before;
			s64 balance;
			enum credit_standing after;
		} rows[] = {
			{ CREDIT_OVER, level.floor, CREDIT_OVER },
			{ CREDIT_OVER, level.under_from, CREDIT_OVER },
			{ CREDIT_OVER, level.under_from + 1, CREDIT_UNDER },
			{ CREDIT_OVER, level.boost_from, CREDIT_UNDER },
			{ CREDIT_OVER, level.boost_from + 1, CREDIT_BOOST },
			{ CREDIT_UNDER, level.boost_from + 1, CREDIT_BOOST },
			{ CREDIT_UNDER, level.boost_from, CREDIT_UNDER },
			{ CREDIT_UNDER, level.under_to + 1, CREDIT_UNDER },
			{ CREDIT_UNDER, level.under_to, CREDIT_OVER },
			{ CREDIT_OVER, level.urgent_from, CREDIT_BOOST },
			{ CREDIT_OVER, level.urgent_from + 1, CREDIT_URGENT },
			{ CREDIT_UNDER, level.urgent_from + 1, CREDIT_URGENT },
			{ CREDIT_BOOST, level.urgent_from + 1, CREDIT_URGENT },
			{ CREDIT_BOOST, level.urgent_from, CREDIT_BOOST },
			{ CREDIT_BOOST, level.boost_to + 1, CREDIT_BOOST },
			{ CREDIT_BOOST, level.boost_to, CREDIT_UNDER },
			{ CREDIT_BOOST, level.under_to + 1, CREDIT_UNDER },
			{ CREDIT_BOOST, level.under_to, CREDIT_OVER },
			{ CREDIT_BOOST, level.floor, CREDIT_OVER },
			{ CREDIT_URGENT, level.ceiling, CREDIT_URGENT },
			{ CREDIT_URGENT, level.urgent_to + 1, CREDIT_URGENT },
			{ CREDIT_URGENT, level.urgent_to, CREDIT_BOOST },
			{ CREDIT_URGENT, level.boost_to + 1, CREDIT_BOOST },
			{ CREDIT_URGENT, level.boost_to, CREDIT_UNDER },
			{ CREDIT_URGENT, level.under_to + 1, CREDIT_UNDER },
			{ CREDIT_URGENT, level.under_to, CREDIT_OVER },
			{ CREDIT_URGENT, level.floor, CREDIT_OVER },
		};
		unsigned int r;

		for (r = 0; r < ARRAY_SIZE(rows); r++)
			if (!KTAP_EXPECT_EQ(settled(&terms, rows[r].before,
						    rows[r].balance, 0), rows[r].after))
				ktap_diag("in row %u, guarantee %llu", r, terms.guarantee);
	}
	/* What a guarantee that was taken away has left behind boosts nobody. */
	KTAP_EXPECT_EQ(settled(&none, CREDIT_URGENT, 0, 0), CREDIT_OVER);
	KTAP_EXPECT_EQ(settled(&none, CREDIT_URGENT, 5, 0), CREDIT_UNDER);
}

/* A third of a CPU, used up in the first 100 ms of every 300: always at once. */
static void example(void)
{
	const struct credit_terms terms = { 333334, SHARE };
	struct credit credit;
	s64 least = S64_MAX;
	unsigned int i;

	credit_open(&credit, &terms);
	for (i = 0; i < 75 * 100; i++) {
		bool on = i % 75 < 25;

		credit_advance(&credit, &terms, 4 * MS, on ? 4 * MS : 0, on);
		credit_settle(&credit, &terms, 0);
		if (!KTAP_EXPECT_EQ(credit.standing, CREDIT_URGENT))
			return;
		least = min(least, credit.balance);
	}
	KTAP_EXPECT_IN(least, 16 * MS, 17 * MS);
}

/* What was borrowed is what could not be paid, counted by share. */
static void borrowing(void)
{
	static const struct {
		struct credit_terms terms;
		s64 before, ran, lead;
	} rows[] = {
		{ { 0, 100 }, 0, 30 * MS, 30 * MS },
		{ { 0, 300 }, 0, 30 * MS, 10 * MS },	/* 1:3 */
		{ { 0, 1 }, 0, 30 * MS, 3 * SEC },
		{ { 0, 10000 }, 0, 30 * MS, 300 * US },
		{ { CPU / 2, 100 }, 10 * MS, 10 * MS + DEBT, 0 },
		{ { CPU / 2, 100 }, 10 * MS, 10 * MS + DEBT + 1, 1 },
		{ { CPU / 2, 200 }, 10 * MS, 20 * MS + DEBT, 5 * MS },
		{ { CPU / 2, 100 }, -DEBT, 0, 0 },
		/* The guarantee was cut: what is forgiven of the debt was not borrowed. */
		{ { CPU / 2, 100 }, -80 * MS, 0, 0 },
		{ { CPU / 2, 100 }, -80 * MS, 2 * MS, 2 * MS },
		{ { 0, 0 }, 0, 30 * MS, 0 },		/* the host does not borrow */
		{ { CPU / 2, 0 }, 0, 30 * MS, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct credit credit = { .balance = rows[i].before };

		credit_advance(&credit, &rows[i].terms, 0, rows[i].ran, true);
		if (!KTAP_EXPECT_EQ(credit.lead, rows[i].lead))
			ktap_diag("in row %u", i);
	}
}

/* Who is behind other borrowers goes before them, but not before guarantees. */
static void leads(void)
{
	static const struct {
		u64 share;
		s64 lead, farthest, after;
		enum credit_standing from_over, from_under;
	} rows[] = {
		{ 100, 0, 0, 0, CREDIT_OVER, CREDIT_OVER },
		{ 100, 7 * MS, 7 * MS, 0, CREDIT_OVER, CREDIT_OVER },
		{ 100, 0, BEHIND / 4, -BEHIND / 4, CREDIT_OVER, CREDIT_OVER },
		{ 100, 0, BEHIND / 4 + 1, -BEHIND / 4 - 1, CREDIT_OVER, CREDIT_UNDER },
		{ 100, -MS, BEHIND - MS, -BEHIND, CREDIT_OVER, CREDIT_UNDER },
		{ 100, -MS - 1, BEHIND - MS, -BEHIND - 1, CREDIT_UNDER, CREDIT_UNDER },
		/* Who slept is not owed more than that. */
		{ 100, 0, SEC, -OWED(100), CREDIT_UNDER, CREDIT_UNDER },
		/* All who run are behind: the one who is least so is the measure. */
		{ 100, -9 * MS, -9 * MS, 0, CREDIT_OVER, CREDIT_OVER },
		{ 100, -9 * MS - BEHIND / 2, -9 * MS, -BEHIND / 2, CREDIT_OVER, CREDIT_UNDER },
		/* Who slept, and was ahead of those who ran since. */
		{ 100, -1 * MS, -9 * MS, 0, CREDIT_OVER, CREDIT_OVER },
		{ 300, 0, BEHIND / 3, -BEHIND / 3, CREDIT_OVER, CREDIT_UNDER },
		{ 300, 0, BEHIND / 3 + 1, -BEHIND / 3 - 1, CREDIT_UNDER, CREDIT_UNDER },
		{ 300, 0, SEC, -OWED(300), CREDIT_UNDER, CREDIT_UNDER },
		{ 1, 0, 100 * BEHIND, -100 * BEHIND, CREDIT_OVER, CREDIT_UNDER },
		{ 50, 0, SEC, -OWED(50), CREDIT_UNDER, CREDIT_UNDER },
		{ 1, 0, 9000 * BEHIND, -OWED(1), CREDIT_UNDER, CREDIT_UNDER },
		/* As far behind whoever had a turn on 8 CPUs, if it has the default share. */
		{ 100, 0, 180 * MS, -180 * MS, CREDIT_UNDER, CREDIT_UNDER },
		{ 10000, 0, 180 * MS, -180 * MS, CREDIT_UNDER, CREDIT_UNDER },
		{ 10000, 0, SEC, -OWED(10000), CREDIT_UNDER, CREDIT_UNDER },
		{ 0, 0, SEC, 0, CREDIT_OVER, CREDIT_OVER },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct credit_terms terms = { 0, rows[i].share };
		struct credit credit = { .lead = rows[i].lead };
		bool met;

		credit_settle(&credit, &terms, rows[i].farthest);
		met = KTAP_EXPECT_EQ(credit.lead, rows[i].after);
		met &= KTAP_EXPECT_EQ(credit.standing, rows[i].from_over);
		credit.lead = rows[i].lead;
		credit.standing = CREDIT_UNDER;
		credit_settle(&credit, &terms, rows[i].farthest);
		met &= KTAP_EXPECT_EQ(credit.standing, rows[i].from_under);
		if (!met)
			ktap_diag("in row %u", i);
	}
	/* Being behind keeps somebody under, in whatever debt, and no higher. */
	KTAP_EXPECT_EQ(settled(&half, CREDIT_BOOST, -DEBT, -BEHIND * 2), CREDIT_UNDER);
	KTAP_EXPECT_EQ(settled(&half, CREDIT_UNDER, BOOST, -BEHIND * 2), CREDIT_UNDER);
}

/* Who is under in his turn has @cpus to himself, and otherwise nobody is preferred. */
static void take_turns(const struct credit_terms *terms, struct credit *credit,
		       const bool *first, u64 time, u64 *got)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		u64 ran = first[0] == first[1] ? time / 2 : first[i] ? time : 0;

		got[i] += ran;
		credit_advance(&credit[i], &terms[i], 0, ran, true);
	}
}

/* Two who borrow all that there is have it by share, however far their shares are apart. */
static void shares(void)
{
	static const u64 larger[] = { 100, 200, 300, 500, 1000, 3000, 10000 };
	unsigned int s, cpus, i, look;

	for (s = 0; s < ARRAY_SIZE(larger); s++)
		for (cpus = 1; cpus <= 8; cpus++) {
			const struct credit_terms terms[2] = { { 0, 100 }, { 0, larger[s] } };
			struct credit credit[2] = { 0 };
			u64 got[2] = { 0 };

			for (look = 0; look < 20000; look++) {
				s64 farthest = max(credit[0].lead, credit[1].lead);
				bool first[2];

				for (i = 0; i < 2; i++) {
					credit_settle(&credit[i], &terms[i], farthest);
					first[i] = credit[i].standing == CREDIT_UNDER;
				}
				take_turns(terms, credit, first, cpus * 22 * MS, got);
			}
			if (!KTAP_EXPECT_IN(got[1], got[0] * larger[s] / 100 * 95 / 100,
					    got[0] * larger[s] / 100 * 105 / 100))
				ktap_diag("shares %llu and 100 on %u CPUs", larger[s], cpus);
		}
}

/* Who always wants to run does not save, but is owed what it was denied. */
static void busy(void)
{
	const int looks = LIMIT_CREDIT_BURST_NS / (4 * MS);
	struct credit credit;
	int i;

	credit_open(&credit, &half);
	for (i = 0; i < looks - 1; i++)
		credit_advance(&credit, &half, 4 * MS, 2 * MS, true);
	KTAP_EXPECT(!credit_busy(&credit));
	KTAP_EXPECT_EQ(credit.balance, SAVING);
	credit_advance(&credit, &half, 4 * MS, 2 * MS, true);
	KTAP_EXPECT(credit_busy(&credit));
	KTAP_EXPECT_EQ(credit.balance, BOOST);
	credit_settle(&credit, &half, 0);
	KTAP_EXPECT_EQ(credit.standing, CREDIT_BOOST);

	for (i = 0; i < 10; i++)
		credit_advance(&credit, &half, 4 * MS, 0, true);
	KTAP_EXPECT_EQ(credit.balance, BOOST + 20 * MS);
	for (i = 0; i < 100; i++)
		credit_advance(&credit, &half, 4 * MS, 0, true);
	KTAP_EXPECT_EQ(credit.balance, SAVING);
	KTAP_EXPECT(credit_full(&credit, &half));

	/* One look at which it sleeps, and it may save again. */
	credit_advance(&credit, &half, 4 * MS, 0, false);
	KTAP_EXPECT(!credit_busy(&credit));
	for (i = 0; i < looks - 1; i++)
		credit_advance(&credit, &half, 4 * MS, 0, true);
	KTAP_EXPECT_EQ(credit.balance, SAVING);

	/* What it was denied in that time is not savings. */
	credit = (struct credit) { .balance = -DEBT };
	for (i = 0; i < looks; i++)
		credit_advance(&credit, &half, 4 * MS, i < looks / 2 ? 0 : 2 * MS, true);
	KTAP_EXPECT(credit_busy(&credit));
	KTAP_EXPECT_EQ(credit.balance, looks / 2 * 2 * MS - DEBT);

	/* Nor is it after it has used up what it had. */
	credit = (struct credit) { .balance = 2 * BOOST };
	for (i = 0; i < looks; i++)
		credit_advance(&credit, &half, 4 * MS, i < 12 ? 2 * MS + BOOST / 8 : 0, true);
	KTAP_EXPECT(credit_busy(&credit));
	KTAP_EXPECT_EQ(credit.balance, (looks - 12) * 2 * MS + BOOST / 2);

	/* Long intervals count as one long look, and a debt stays what it is. */
	credit = (struct credit) { .balance = -MS };
	for (i = 0; i * LIMIT_CONTROL_PERIOD_MAX_NS < LIMIT_CREDIT_BURST_NS; i++) {
		KTAP_EXPECT(!credit_busy(&credit));
		credit_advance(&credit, &half, 3600 * SEC, 1800 * SEC, true);
	}
	KTAP_EXPECT(credit_busy(&credit));
	KTAP_EXPECT_EQ(credit.balance, -MS);
}

static void no_guarantee(void)
{
	struct credit credit;
	int i;

	credit_open(&credit, &none);
	for (i = 0; i < 100; i++) {
		credit_advance(&credit, &none, 20 * MS, i % 2 * 80 * MS, i < 50);
		KTAP_EXPECT_EQ(credit.balance, 0);
		KTAP_EXPECT(credit_full(&credit, &none));
		KTAP_EXPECT_EQ(credit_horizon(&credit, &none, 4 * CPU), U64_MAX);
		credit_settle(&credit, &none, credit.lead);
		KTAP_EXPECT_EQ(credit.standing, CREDIT_OVER);
	}
}

/* A changed guarantee has its own levels, from the next interval on. */
static void changed_guarantee(void)
{
	static const struct credit_terms one = { CPU, SHARE };
	const s64 debt = -levels(CPU).floor, saving = levels(CPU).ceiling;
	struct credit credit;

	credit_open(&credit, &one);
	credit_advance(&credit, &half, 0, 0, false);
	KTAP_EXPECT_EQ(credit.balance, SAVING);
	KTAP_EXPECT(credit_full(&credit, &half) && !credit_full(&credit, &one));
	credit_advance(&credit, &one, 0, saving, false);
	KTAP_EXPECT_EQ(credit.balance, -debt);
	KTAP_EXPECT_EQ(credit.lead, saving - SAVING - debt);
	credit_advance(&credit, &half, 0, 0, false);
	KTAP_EXPECT_EQ(credit.balance, -DEBT);
	KTAP_EXPECT_EQ(credit.lead, saving - SAVING - debt);
	credit_settle(&credit, &half, credit.lead);
	credit_advance(&credit, &none, 0, 0, false);
	KTAP_EXPECT_EQ(credit.balance, 0);
	credit_settle(&credit, &none, 0);
	KTAP_EXPECT_EQ(credit.standing, CREDIT_OVER);
}

/* Whatever the arguments, everything stays in its bounds (and UBSan quiet). */
static bool extreme(const struct credit_terms *terms, u64 elapsed, u64 ran)
{
	s64 owed = terms->share ? OWED((s64)terms->share) : 0;
	const struct levels level = levels(terms->guarantee);
	struct credit credit;
	bool met = true;
	int turn;

	credit_open(&credit, terms);
	for (turn = 0; turn < 4; turn++) {
		credit_advance(&credit, terms, elapsed, ran, turn % 2);
		met &= KTAP_EXPECT_IN(credit.balance, level.floor, level.ceiling);
		credit_settle(&credit, terms, turn == 3 ? -owed : credit.lead);
		met &= KTAP_EXPECT_IN(credit.lead, -owed, 0);
		met &= KTAP_EXPECT(terms->guarantee || credit.standing < CREDIT_BOOST);
		credit_horizon(&credit, terms, 1);
		credit_horizon(&credit, terms, terms->guarantee + 1);
		credit_horizon(&credit, terms, U64_MAX);
		/* Who had nothing for a second is not in debt. */
		if (elapsed >= SEC && !ran)
			met &= KTAP_EXPECT_GE(credit.balance, 0);
	}
	return met;
}

static void extremes(void)
{
	static const u64 any[] = {
		0, 1, 1000, CPU, (1ULL << 32) - 1, 1ULL << 32, 8192 * CPU, 16384 * CPU, U64_MAX,
	};
	static const u64 shares[] = { 0, 1, 100, 10000 };
	static const u64 times[] = {
		0, 1, 4 * MS, SEC - 1, SEC, SEC + 1, 1ULL << 32, 1ULL << 53, 1ULL << 62,
		S64_MAX - 1, S64_MAX, 1ULL << 63, U64_MAX - 1, U64_MAX,
	};
	unsigned int g, s, e, r;

	for (g = 0; g < ARRAY_SIZE(any); g++)
		for (s = 0; s < ARRAY_SIZE(shares); s++)
			for (e = 0; e < ARRAY_SIZE(times); e++)
				for (r = 0; r < ARRAY_SIZE(times); r++) {
					struct credit_terms terms = { any[g], shares[s] };

					/* More than 2^13 CPUs have no time for. */
					if (times[r] >> 13 > times[e])
						continue;
					if (!extreme(&terms, times[e], times[r]))
						ktap_diag("guarantee %llu, elapsed %llu, ran %llu",
							  terms.guarantee, times[e], times[r]);
				}
}

/*
 * A year in looks of 4 ms to 1 s, using exactly the guarantee: whole ns are
 * earned at each look, so the account loses less than one ns per look.
 */
static void years(void)
{
	const struct credit_terms terms = { 300000, SHARE };
	struct credit credit = { 0 };
	u64 now = 0;

	while (now < 365ULL * 86400 * SEC) {
		u64 elapsed = random_below(1000) ? SEC - random_below(7) : 4 * MS;
		s64 before = credit.balance;

		credit_advance(&credit, &terms, elapsed, elapsed * 3 / 10, true);
		if (!KTAP_EXPECT_IN(credit.balance - before, -1, 1))
			return;
		now += elapsed;
	}
	KTAP_EXPECT(credit_busy(&credit));

	/* And one look after all of that. */
	credit = (struct credit) { 0 };
	credit_advance(&credit, &terms, now, 0, false);
	KTAP_EXPECT_EQ(credit.balance, levels(300000).ceiling);
	credit_advance(&credit, &terms, now, now, false);
	KTAP_EXPECT_EQ(credit.balance, levels(300000).floor);
}

/* Two looks or one make no difference, while no end of the balance is hit. */
static void splitting(void)
{
	unsigned int round;

	for (round = 0; round < ROUNDS(100000); round++) {
		const struct credit_terms terms = { 1000 * (1 + random_below(8000)), SHARE };
		u64 t1 = random_below(10 * MS), t2 = random_below(10 * MS);
		u64 r1 = random_below(t1 + 1) * terms.guarantee / CPU;
		u64 r2 = random_below(t2 + 1) * terms.guarantee / CPU;
		struct credit once = { 0 }, twice = { 0 };

		credit_advance(&once, &terms, t1 + t2, r1 + r2, false);
		credit_advance(&twice, &terms, t1, r1, false);
		credit_advance(&twice, &terms, t2, r2, false);
		if (!KTAP_EXPECT_IN(once.balance - twice.balance, -1, 1))
			return;
	}
}

/* Go on for @time in looks of random length, using @rate micro-CPUs and wanting more. */
static struct credit after(struct credit credit, const struct credit_terms *terms,
			   u64 time, u64 rate)
{
	while (time) {
		/* Whole us, and thus whole ns of CPU time: the arithmetic is exact. */
		u64 elapsed = min(time, US * (1 + random_below(20000)));

		credit_advance(&credit, terms, elapsed, rate * elapsed / CPU, true);
		credit_settle(&credit, terms, credit.lead);
		time -= elapsed;
	}
	return credit;
}

/* Nothing that it does before the horizon changes its standing; then it may. */
static bool horizon_holds(const struct credit_terms *terms, u64 total)
{
	const struct levels level = levels(terms->guarantee);
	struct credit credit = {
		.balance = level.ceiling - random_below(level.ceiling - level.floor),
		.standing = random_below(CREDIT_URGENT + 1),
		.busy = US * random_below(random_below(2) ? LIMIT_CREDIT_BURST_NS / US :
							    SEC / US),
	};
	u64 horizon, before, rate = random_below(total / 1000 + 1) * 1000;
	bool met = true;

	credit_settle(&credit, terms, 0);
	horizon = credit_horizon(&credit, terms, total);
	if (horizon == U64_MAX) {
		KTAP_EXPECT_EQ(credit.standing, CREDIT_URGENT);
		return KTAP_EXPECT_LE(total, min_t(u64, terms->guarantee, U32_MAX));
	}
	before = horizon / US ? (horizon / US - 1) * US : 0;
	met &= KTAP_EXPECT_EQ(after(credit, terms, before, 0).standing, credit.standing);
	met &= KTAP_EXPECT_EQ(after(credit, terms, before, rate).standing, credit.standing);
	met &= KTAP_EXPECT_EQ(after(credit, terms, before, total).standing, credit.standing);
	/* Savings that end then need not be followed by anything. */
	met &= KTAP_EXPECT(after(credit, terms, before + 3 * US, 0).standing != credit.standing ||
			   after(credit, terms, before + 3 * US, total).standing !=
			   credit.standing ||
			   (credit_saves(&credit, terms) &&
			    horizon == LIMIT_CREDIT_BURST_NS - credit.busy));
	if (!met)
		ktap_diag("balance %lld, standing %d, guarantee %llu of %llu, horizon %llu",
			  credit.balance, credit.standing, terms->guarantee, total, horizon);
	return met;
}

static void horizon(void)
{
	struct credit full = { .balance = SAVING, .standing = CREDIT_URGENT };
	s64 usable = SAVING - levels(CPU / 2).urgent_to;
	unsigned int round;

	/* 3.5 CPUs more than are earned. */
	KTAP_EXPECT_EQ(credit_horizon(&full, &half, 4 * CPU), usable * 2 / 7);
	/* Until its savings end, of which there may be nothing left to end. */
	full.busy = 100 * MS;
	KTAP_EXPECT_EQ(credit_horizon(&full, &half, 4 * CPU), LIMIT_CREDIT_BURST_NS - 100 * MS);
	KTAP_EXPECT_EQ(credit_horizon(&full, &half, CPU / 2), LIMIT_CREDIT_BURST_NS - 100 * MS);
	full.busy = LIMIT_CREDIT_BURST_NS;
	KTAP_EXPECT_EQ(credit_horizon(&full, &half, 4 * CPU), usable * 2 / 7);
	KTAP_EXPECT_EQ(credit_horizon(&full, &half, CPU / 2), U64_MAX);
	for (round = 0; round < 3000; round++) {
		u64 cpus = random_below(8) ? 16 : 8192;
		u64 total = (1 + random_below(cpus)) * CPU;
		struct credit_terms terms = { 1000 * (1 + random_below(total / 1000)), SHARE };

		if (!horizon_holds(&terms, random_below(20) ? total : terms.guarantee / 2))
			return;
	}
}

#define CASES(CASE)							\
	CASE(newcomer, "an account opens full")				\
	CASE(earn_and_pay, "earn and pay, also for long intervals")	\
	CASE(ends, "where debt and savings end")			\
	CASE(standings, "four standings, with hysteresis")		\
	CASE(example, "100 ms in every 300 at a guarantee of a third")	\
	CASE(borrowing, "what cannot be paid is borrowed, by share")	\
	CASE(leads, "who is behind other borrowers goes first")		\
	CASE(shares, "borrowers have it by share, up to 100 to 1 on 8 CPUs")	\
	CASE(busy, "who always wants to run saves nothing")		\
	CASE(no_guarantee, "without a guarantee there is no balance")	\
	CASE(changed_guarantee, "a changed guarantee has its own levels")	\
	CASE(extremes, "64-bit edges and huge guarantees")		\
	CASE(years, "a year")						\
	CASE(splitting, "one look or two make no difference")		\
	CASE(horizon, "no standing changes before the horizon, but then")

TEST_SUITE(credit, CASES);
