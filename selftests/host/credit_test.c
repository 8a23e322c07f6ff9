// SPDX-License-Identifier: GPL-2.0
/*
 * The account of one partition, and what many of them give together: a
 * scheduler of one CPU that serves those who are under first, and is otherwise
 * as unfair as it can be.
 */
#include <linux/kernel.h>

#include "credit.h"
#include "ktap.h"
#include "limits.h"
#include "random.h"

#define CPU	1000000ULL		/* micro-CPUs */
#define MS	1000000LL		/* ns */
#define SEC	(1000 * MS)
#define WINDOW	((s64)LIMIT_CREDIT_WINDOW_NS)
#define HOLD	LIMIT_CREDIT_HOLD_NS

/* The greatest balance: the guarantee times the window. */
static s64 depth_of(u64 guarantee)
{
	return (__int128)guarantee * WINDOW / CPU;
}

static void newcomer(void)
{
	static const struct {
		u64 guarantee;
		s64 balance;
	} rows[] = {
		{ 0, 0 }, { 1000, 60000 }, { 500000, 30 * MS }, { CPU, 60 * MS },
		{ 8192 * CPU / 2, 4096 * 60 * MS },
		{ (1ULL << 32) - 1, 257698037700 },
		/* Above that all are alike: more would not fit. */
		{ 1ULL << 32, 257698037700 }, { U64_MAX, 257698037700 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct credit credit = { .balance = -12345 };

		credit_init(&credit, rows[i].guarantee);
		KTAP_EXPECT_EQ(credit.balance, rows[i].balance);
		KTAP_EXPECT_EQ(credit_under(&credit), rows[i].guarantee > 0);
	}
}

/* Half a CPU, so the balance stays within 30 ms on either side. */
static void earn_and_pay(void)
{
	static const struct {
		s64 before, elapsed, ran, after;
	} rows[] = {
		{ 0, 0, 0, 0 },
		{ 0, 4 * MS, 0, 2 * MS },
		{ 0, 4 * MS, 2 * MS, 0 },		/* exactly its guarantee */
		{ 0, 4 * MS, 4 * MS, -2 * MS },
		{ 0, 4 * MS, 32 * MS, -30 * MS },	/* on 8 CPUs */
		{ 0, 4 * MS, 33 * MS, -30 * MS },	/* the debt ends here */
		{ 0, 60 * MS, 0, 30 * MS },
		{ 0, 61 * MS, 0, 30 * MS },		/* and the credit here */
		{ 0, 1, 0, 0 },				/* half a ns is none */
		{ 0, 2, 0, 1 },
		{ 30 * MS, 4 * MS, 0, 30 * MS },
		{ 30 * MS, 4 * MS, 2 * MS, 30 * MS },
		{ 30 * MS, 4 * MS, 4 * MS, 28 * MS },
		{ -30 * MS, 4 * MS, 0, -28 * MS },
		{ -30 * MS, 60 * MS, 0, 0 },
		{ -30 * MS, 120 * MS, 0, 30 * MS },
		{ -1, 4 * MS, 2 * MS, -1 },
		{ 1, 0, 1, 0 },
		{ 1, 0, 2, -1 },
		{ 25 * MS, 100 * MS, 80 * MS, -5 * MS },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct credit credit = { .balance = rows[i].before };

		credit_advance(&credit, CPU / 2, rows[i].elapsed, rows[i].ran);
		if (!KTAP_EXPECT_EQ(credit.balance, rows[i].after))
			ktap_diag("in row %u", i);
		KTAP_EXPECT_EQ(credit_under(&credit), rows[i].after > 0);
	}
}

/* The example in credit.h: 100 ms asleep, then it wants one CPU for itself. */
static void example(void)
{
	struct credit credit = { 0 };
	int ms;

	credit_advance(&credit, CPU / 2, 100 * MS, 0);
	KTAP_EXPECT_EQ(credit.balance, 30 * MS);
	for (ms = 0; credit_under(&credit) && ms < 1000; ms++)
		credit_advance(&credit, CPU / 2, MS, MS);
	KTAP_EXPECT_EQ(ms, 60);
}

static void no_guarantee(void)
{
	struct credit credit = { .balance = 5 };

	credit_advance(&credit, 0, SEC, 0);
	KTAP_EXPECT_EQ(credit.balance, 0);
	credit_advance(&credit, 0, SEC, SEC);
	KTAP_EXPECT_EQ(credit.balance, 0);
	KTAP_EXPECT(!credit_under(&credit));
}

/* A changed guarantee has its own depth, from the next interval on. */
static void changed_guarantee(void)
{
	struct credit credit;

	credit_init(&credit, CPU);
	credit_advance(&credit, CPU / 10, 0, 0);
	KTAP_EXPECT_EQ(credit.balance, 6 * MS);
	credit_advance(&credit, CPU, 0, 200 * MS);
	KTAP_EXPECT_EQ(credit.balance, -60 * MS);
	credit_advance(&credit, CPU / 10, 0, 0);
	KTAP_EXPECT_EQ(credit.balance, -6 * MS);
	credit_advance(&credit, 0, 0, 0);
	KTAP_EXPECT_EQ(credit.balance, 0);
}

/*
 * Nobody looks while nothing is contended, so an interval may be long. What
 * counts is how much of it the partition had:
 *
 *	10 s at a guarantee of 0.5 earn 5 s. Ran 1 s:  4 s behind, full.
 *	                                Ran 5 s:       even.
 *	                                Ran 9 s:       4 s ahead, empty.
 *
 * It counts as one second of the same kind.
 */
static void long_intervals(void)
{
	static const struct {
		s64 elapsed, ran, after;
	} rows[] = {
		{ 10 * SEC, 0, 30 * MS },
		{ 10 * SEC, 1 * SEC, 30 * MS },
		{ 10 * SEC, 49 * SEC / 10, 10 * MS },	/* as 0.49 s of 1 s */
		{ 10 * SEC, 5 * SEC, 0 },
		{ 10 * SEC, 9 * SEC, -30 * MS },
		{ 10 * SEC, 80 * SEC, -30 * MS },	/* on 8 CPUs */
		{ 86400 * SEC, 8640 * SEC, 30 * MS },	/* a day, a tenth of it */
		{ 86400 * SEC, 43200 * SEC, 0 },
		{ 86400 * SEC, 86400 * SEC, -30 * MS },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct credit credit = { 0 };

		credit_advance(&credit, CPU / 2, rows[i].elapsed, rows[i].ran);
		if (!KTAP_EXPECT_EQ(credit.balance, rows[i].after))
			ktap_diag("in row %u", i);
	}
}

/* Whatever the arguments, the balance stays within the depth (and UBSan quiet). */
static void extremes(void)
{
	static const u64 guarantees[] = {
		0, 1, 1000, CPU, 8192 * CPU, (1ULL << 32) - 1, 1ULL << 32, 16384 * CPU,
	};
	static const u64 times[] = {
		0, 1, 4 * MS, SEC - 1, SEC, SEC + 1, 1ULL << 32, 1ULL << 53, 1ULL << 62,
		S64_MAX - 1, S64_MAX, 1ULL << 63, U64_MAX - 1, U64_MAX,
	};
	unsigned int g, e, r, turn;

	for (g = 0; g < ARRAY_SIZE(guarantees); g++)
		for (e = 0; e < ARRAY_SIZE(times); e++)
			for (r = 0; r < ARRAY_SIZE(times); r++) {
				s64 depth = depth_of(guarantees[g]);
				struct credit credit;
				bool met;

				credit_init(&credit, guarantees[g]);
				met = KTAP_EXPECT_IN(credit.balance, 0, depth);
				for (turn = 0; turn < 3; turn++) {
					credit_advance(&credit, guarantees[g], times[e],
						       times[r]);
					met &= KTAP_EXPECT_IN(credit.balance, -depth, depth);
				}
				/* Who had nothing for a second is not in debt. */
				if (times[e] >= SEC && !times[r])
					met &= KTAP_EXPECT_GE(credit.balance, 0);
				if (!met)
					ktap_diag("guarantee %llu, elapsed %llu, ran %llu",
						  guarantees[g], times[e], times[r]);
			}
}

/*
 * A year in looks of 4 ms to 1 s, using exactly the guarantee: whole ns are
 * earned at each look, so the account loses less than one ns per look.
 */
static void years(void)
{
	struct credit credit = { 0 };
	u64 now = 0, looks = 0;

	while (now < 365ULL * 86400 * SEC) {
		u64 elapsed = random_below(1000) ? SEC - random_below(7) : 4 * MS;
		s64 before = credit.balance;
		u64 ran = elapsed * 3 / 10;

		credit_advance(&credit, 300000, elapsed, ran);
		if (!KTAP_EXPECT_IN(credit.balance - before, -1, 1))
			return;
		now += elapsed;
		looks++;
	}
	KTAP_EXPECT_IN(credit.balance, -(s64)looks, (s64)looks);

	/* And one look after all of that. */
	credit = (struct credit) { 0 };
	credit_advance(&credit, 300000, now, 0);
	KTAP_EXPECT_EQ(credit.balance, depth_of(300000));
	credit_advance(&credit, 300000, now, now);
	KTAP_EXPECT_EQ(credit.balance, -depth_of(300000));
}

/* How two looks or one make no difference, while no end of the bucket is hit. */
static void splitting(void)
{
	unsigned int round;

	for (round = 0; round < 100000; round++) {
		u64 g = 1000 * (1 + random_below(8000));
		u64 t1 = random_below(3 * MS), t2 = random_below(3 * MS);
		u64 r1 = random_below(t1 + 1) * g / CPU, r2 = random_below(t2 + 1) * g / CPU;
		struct credit once = { 0 }, twice = { 0 };

		credit_advance(&once, g, t1 + t2, r1 + r2);
		credit_advance(&twice, g, t1, r1);
		credit_advance(&twice, g, t2, r2);
		if (!KTAP_EXPECT_IN(once.balance - twice.balance, -1, 1))
			return;
	}
}

/*
 *	waiting    ---x-----x----------------------------
 *	demote     ___|=====|======== hold ========|_____
 */
static void conflict(void)
{
	static const struct {
		u64 now;	/* ns after the beginning */
		bool waiting, demote;
	} rows[] = {
		{ 0, false, false },
		{ 5 * MS, false, false },
		{ 10 * MS, true, true },
		{ 10 * MS, false, true },
		{ 14 * MS, true, true },
		{ 18 * MS, false, true },
		{ 14 * MS + HOLD - 1, false, true },
		{ 14 * MS + HOLD, false, false },
		{ 15 * MS + HOLD, false, false },
		{ 20 * MS + HOLD, true, true },
		{ 20 * MS + 2 * HOLD - 1, true, true },
		{ 20 * MS + 3 * HOLD - 2, false, true },
		{ 20 * MS + 3 * HOLD - 1, false, false },
		/* Nobody looked for an hour. */
		{ 3600 * SEC, false, false },
	};
	static const u64 uptimes[] = { 0, 1, 30ULL * 365 * 86400 * SEC };
	unsigned int u, i;

	for (u = 0; u < ARRAY_SIZE(uptimes); u++) {
		struct credit_conflict conflict = { 0 };

		for (i = 0; i < ARRAY_SIZE(rows); i++)
			if (!KTAP_EXPECT_EQ(credit_conflict_update(&conflict,
								   uptimes[u] + rows[i].now,
								   rows[i].waiting),
					    rows[i].demote))
				ktap_diag("in row %u after %llu", i, uptimes[u]);
	}
	KTAP_EXPECT_IN(HOLD, 100 * MS, 200 * MS);
}

/*
 * The simulated machine: one CPU, a decision each millisecond. Who is under and
 * wants to run goes first; of several the one that is furthest behind in time at
 * its guarantee, for which the module has weights in proportion to guarantees.
 * In doubt, and among those who are over, the first of the list is chosen: the
 * last has no friend but its credit.
 *
 * That order matters: with "the first of those who are under" instead, neighbours
 * who sleep and burst keep the last one waiting at full credit, where it earns
 * nothing more, and it loses a part of its guarantee again and again.
 */
#define MEMBERS	8
#define STEP	MS
#define STEPS	60000	/* a minute */

enum demand {
	ALWAYS,
	BURSTS,		/* asleep until its bucket is full, then as much as it can */
	RANDOMLY,
	PERIODIC,	/* 10 ms of work each 20 ms: wants it until it is done */
};

struct member {
	u64 guarantee;
	enum demand demand;
	struct credit credit;
	u64 on, off;			/* ms left of a random or bursting phase */
	u64 backlog;			/* ms of work that PERIODIC has to do */
	unsigned int got[STEPS + 1];	/* ms served before each step */
	unsigned int wanted[STEPS + 1];	/* ms of work that came */
};

static bool wants(struct member *member, unsigned int step)
{
	switch (member->demand) {
	case ALWAYS:
		return true;
	case BURSTS:
		if (!member->on && !member->off) {
			member->off = 60;
			member->on = 60 + random_below(200);
		}
		break;
	case RANDOMLY:
		if (!member->on && !member->off) {
			member->on = random_below(40);
			member->off = random_below(40);
		}
		break;
	case PERIODIC:
		if (step % 20 == 0)
			member->backlog += 10;
		return member->backlog;
	}
	if (member->off) {
		member->off--;
		return false;
	}
	return member->on;
}

static void serve(struct member *member)
{
	if (member->on)
		member->on--;
	if (member->backlog)
		member->backlog--;
}

/* Is @a to be served rather than @b, which comes before it in the list? */
static bool precedes(const struct member *a, const struct member *b)
{
	if (!credit_under(&a->credit) || !credit_under(&b->credit))
		return credit_under(&a->credit);
	return (__int128)a->credit.balance * b->guarantee >
	       (__int128)b->credit.balance * a->guarantee;
}

static void simulate(struct member *members, unsigned int count)
{
	unsigned int step, i;

	for (i = 0; i < count; i++)
		credit_init(&members[i].credit, members[i].guarantee);

	for (step = 0; step < STEPS; step++) {
		struct member *chosen = NULL;

		for (i = 0; i < count; i++) {
			struct member *member = &members[i];
			u64 backlog = member->backlog;

			member->got[step + 1] = member->got[step];
			member->wanted[step + 1] = member->wanted[step];
			if (!wants(member, step))
				continue;
			if (member->backlog > backlog)
				member->wanted[step + 1] += member->backlog - backlog;
			if (!chosen || precedes(member, chosen))
				chosen = member;
		}
		if (chosen) {
			serve(chosen);
			chosen->got[step + 1]++;
		}
		for (i = 0; i < count; i++)
			credit_advance(&members[i].credit, members[i].guarantee, STEP,
				       &members[i] == chosen ? STEP : 0);
	}
}

static const unsigned int windows[] = { 200, 500, 1000, 5000, STEPS };

/*
 * In every window of t the partition gets at least g * t - bound. The bound is
 * what all others can have saved up, and one's own debt at the beginning: the
 * sum of all depths, which is at most one window of 60 ms as the guarantees are
 * at most one CPU; and one step for each partition.
 */
static void guarantee_holds(const struct member *member, unsigned int count)
{
	s64 bound = WINDOW / MS + count;
	unsigned int w, start;

	for (w = 0; w < ARRAY_SIZE(windows); w++) {
		s64 due = member->guarantee * windows[w] / CPU, worst = due;

		for (start = 0; start + windows[w] <= STEPS; start++)
			worst = min(worst, (s64)member->got[start + windows[w]] -
					   (s64)member->got[start]);
		if (!KTAP_EXPECT_GE(worst, due - bound))
			ktap_diag("in windows of %u ms", windows[w]);
	}
}

/* The victim comes last and always wants to run. */
static void against(const u64 *guarantees, const enum demand *demands, unsigned int others,
		    u64 guarantee)
{
	struct member *members = calloc(others + 1, sizeof(*members));
	unsigned int i;

	for (i = 0; i < others; i++) {
		members[i].guarantee = guarantees[i];
		members[i].demand = demands[i];
	}
	members[others].guarantee = guarantee;
	members[others].demand = ALWAYS;
	simulate(members, others + 1);
	guarantee_holds(&members[others], others + 1);
	free(members);
}

static void against_spinners(void)
{
	static const u64 guarantees[7] = { 0 };
	static const enum demand demands[7] = { ALWAYS };

	against(guarantees, demands, 7, CPU / 4);
	against(guarantees, demands, 7, CPU);
}

static void against_guaranteed_spinners(void)
{
	static const u64 guarantees[] = { 300000, 200000, 0, 100000, 0 };
	static const enum demand demands[5] = { ALWAYS };

	against(guarantees, demands, 5, 400000);
}

static void against_bursts(void)
{
	static const u64 guarantees[] = { 300000, 200000, 100000, 100000 };
	static const enum demand demands[] = { BURSTS, BURSTS, RANDOMLY, BURSTS };
	unsigned int round;

	for (round = 0; round < 5; round++)
		against(guarantees, demands, 4, 300000);
}

static void against_any(void)
{
	unsigned int round, i;

	for (round = 0; round < 30; round++) {
		u64 guarantees[MEMBERS - 1], free = CPU, victim = 1000 + random_below(CPU / 2);
		enum demand demands[MEMBERS - 1];

		free -= victim;
		for (i = 0; i < MEMBERS - 1; i++) {
			guarantees[i] = random_below(free + 1);
			/*
			 * Who can owe less than it runs between two looks is let
			 * off the rest, and gets more than it was promised.
			 */
			if (depth_of(guarantees[i]) < STEP)
				guarantees[i] = 0;
			free -= guarantees[i];
			demands[i] = random_below(3);	/* any but PERIODIC */
		}
		against(guarantees, demands, MEMBERS - 1, victim);
	}
}

/*
 * Half of the time asleep, with a guarantee of what it needs: this is who loses
 * under weights alone. All work is done, at most the bound behind.
 */
static void sleeper(void)
{
	struct member *members = calloc(4, sizeof(*members));
	unsigned int i, step;
	u64 backlog = 0;

	for (i = 0; i < 3; i++) {
		members[i].guarantee = 150000;
		members[i].demand = i == 2 ? BURSTS : ALWAYS;
	}
	members[3].guarantee = CPU / 2;
	members[3].demand = PERIODIC;
	simulate(members, 4);
	for (step = 1; step <= STEPS; step++)
		backlog = max(backlog, (u64)(members[3].wanted[step] - members[3].got[step]));
	KTAP_EXPECT_EQ(members[3].wanted[STEPS], STEPS / 2);
	KTAP_EXPECT_LE(backlog, 10 + WINDOW / MS + 4);
	ktap_diag("most work that waited: %llu ms", backlog);
	free(members);
}

/* Credit is not a way to more than the guarantee while others are due. */
static void no_more_than_its_own(void)
{
	struct member *members = calloc(2, sizeof(*members));
	unsigned int start;
	s64 most = 0;

	members[0].guarantee = 300000;
	members[0].demand = BURSTS;
	members[1].guarantee = 700000;
	members[1].demand = ALWAYS;
	simulate(members, 2);
	for (start = 0; start + 1000 <= STEPS; start++)
		most = max(most, (s64)members[0].got[start + 1000] - members[0].got[start]);
	/* Its guarantee, what it saved up, and the debt that it may run into. */
	KTAP_EXPECT_LE(most, 300 + 2 * depth_of(300000) / MS + 2);
	free(members);
}

int main(void)
{
	ktap_plan(16);
	random_seed();
	ktap_run(newcomer, "a newcomer has full credit");
	ktap_run(earn_and_pay, "earning, paying, and both ends");
	ktap_run(example, "the example of credit.h");
	ktap_run(no_guarantee, "without a guarantee it is never under");
	ktap_run(changed_guarantee, "a changed guarantee bounds the balance anew");
	ktap_run(long_intervals, "a long interval counts for what was had in it");
	ktap_run(extremes, "extreme guarantees and times stay within the depth");
	ktap_run(years, "a year of looks, and a look after a year");
	ktap_run(splitting, "one look or two make no difference");
	ktap_run(conflict, "a demotion is held beyond the last waiter, not longer");
	ktap_run(against_spinners, "simulated: beside spinners");
	ktap_run(against_guaranteed_spinners, "simulated: beside spinners with guarantees");
	ktap_run(against_bursts, "simulated: beside those who save up and burst");
	ktap_run(against_any, "simulated: beside random neighbours");
	ktap_run(sleeper, "simulated: a sleeper within its guarantee is not kept waiting");
	ktap_run(no_more_than_its_own, "simulated: bursts get their guarantee and no more");
	return ktap_exit();
}
