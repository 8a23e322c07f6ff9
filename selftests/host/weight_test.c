// SPDX-License-Identifier: GPL-2.0
/*
 * Weights: what each partition is entitled to, against an oracle in 128 bits,
 * and what the scheduler would then give for the weights.
 */
#include <linux/kernel.h>

#include "limits.h"
#include "suite.h"
#include "weight.h"

typedef unsigned __int128 u128;

#define CPU		1000000ULL
#define CPUS_MAX	8192
#define PARTITIONS_MAX	16384

struct member {
	u64 guarantee, share;
};

/* A machine with its partitions, and the sums as the module would have them. */
struct machine {
	struct weight_sums sums;
	unsigned int count;
	struct member member[PARTITIONS_MAX];
};

static struct machine machine;

static void begin(u64 total, u64 reserve)
{
	machine.count = 0;
	machine.sums = (struct weight_sums) { .total = total, .reserve = reserve };
}

static void add(u64 guarantee, u64 share)
{
	machine.member[machine.count++] = (struct member) { guarantee, share };
	machine.sums.guaranteed += guarantee;
	machine.sums.shares += share;
}

static u64 entitled(unsigned int i)
{
	return weight_entitled(&machine.sums, machine.member[i].guarantee,
			       machine.member[i].share);
}

static u64 weight(unsigned int i)
{
	return weight_partition(&machine.sums, machine.member[i].guarantee,
				machine.member[i].share);
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < machine.count; i++)
		machine.sums.largest = max(machine.sums.largest, entitled(i));
}

/*
 * 4 CPUs, of which the host keeps 0.2, and 2.5 are promised:
 *
 *	|0.2|------- db 2.0 -------|- web 0.5 -|----- 1.3 for all -----|
 *
 *	        guarantee  share   entitled to                      weight
 *	db            2.0    100   2.0 + 1.3 * 100/400 = 2.325       10000
 *	web           0.5    100   0.5 + 1.3 * 100/400 = 0.825        3548
 *	batch           0    200         1.3 * 200/400 = 0.65         2796
 *	                           sum                   3.8
 */
static void example(void)
{
	begin(4 * CPU, 200000);
	add(2 * CPU, 100);
	add(500000, 100);
	add(0, 200);
	end();

	KTAP_EXPECT_EQ(entitled(0), 2325000);
	KTAP_EXPECT_EQ(entitled(1), 825000);
	KTAP_EXPECT_EQ(entitled(2), 650000);
	KTAP_EXPECT_EQ(weight(0), 10000);
	KTAP_EXPECT_EQ(weight(1), 3548);
	KTAP_EXPECT_EQ(weight(2), 2796);
}

static void edges(void)
{
	/* No partition at all: nobody asks, but it must not divide by 0. */
	begin(4 * CPU, 0);
	end();
	KTAP_EXPECT_EQ(weight_entitled(&machine.sums, 0, 100), 0);
	KTAP_EXPECT_EQ(weight_partition(&machine.sums, 0, 100), 1);

	/* All is promised: guarantees only, shares are shares of nothing. */
	begin(4 * CPU, CPU);
	add(3 * CPU, 1);
	add(0, 10000);
	end();
	KTAP_EXPECT_EQ(entitled(0), 3 * CPU);
	KTAP_EXPECT_EQ(entitled(1), 0);
	KTAP_EXPECT_EQ(weight(0), 10000);
	KTAP_EXPECT_EQ(weight(1), 1);

	/* CPUs went offline: nothing is left, and not less than nothing. */
	begin(2 * CPU, CPU);
	add(3 * CPU, 100);
	add(CPU, 100);
	end();
	KTAP_EXPECT_EQ(entitled(0), 3 * CPU);
	KTAP_EXPECT_EQ(entitled(1), CPU);
	KTAP_EXPECT_EQ(weight(0), 10000);
	KTAP_EXPECT_EQ(weight(1), 3333);

	/* A machine that is all reserve, and no guarantees: all are alike. */
	begin(CPU, CPU);
	add(0, 100);
	add(0, 200);
	end();
	KTAP_EXPECT_EQ(weight(0), 1);
	KTAP_EXPECT_EQ(weight(1), 1);

	/* No guarantees: the shares alone. */
	begin(CPU, 0);
	add(0, 100);
	add(0, 50);
	add(0, 10000);
	add(0, 1);
	end();
	KTAP_EXPECT_EQ(weight(0), 100);
	KTAP_EXPECT_EQ(weight(1), 50);
	KTAP_EXPECT_EQ(weight(2), 10000);
	KTAP_EXPECT_EQ(weight(3), 1);

	/* The last of the largest machine: the smallest beside the largest. */
	begin(CPUS_MAX * CPU, 0);
	add((CPUS_MAX - 1) * CPU, 10000);
	add(1000, 1);
	end();
	KTAP_EXPECT_EQ(weight(0), 10000);
	KTAP_EXPECT_EQ(weight(1), 1);
}

/* What holds for every machine. */
static bool machine_is_right(void)
{
	const struct weight_sums *sums = &machine.sums;
	u64 taken = sums->guaranteed + sums->reserve;
	u64 left = taken < sums->total ? sums->total - taken : 0;
	u64 capacity = sums->guaranteed + left, sum = 0, weights = 0, heaviest = 0;
	unsigned int i;
	bool met = true;

	for (i = 0; i < machine.count; i++) {
		const struct member *member = &machine.member[i];
		u128 spare = (u128)left * member->share, exact;
		u64 e = entitled(i), w = weight(i);

		/* The share of what is left, rounded down by less than 1. */
		met &= KTAP_EXPECT(e >= member->guarantee);
		met &= KTAP_EXPECT((u128)(e - member->guarantee) * sums->shares <= spare);
		met &= KTAP_EXPECT((u128)(e - member->guarantee + 1) * sums->shares > spare);
		met &= KTAP_EXPECT_IN(w, 1, 10000);
		/* In proportion to the largest, to the closest step of weight. */
		exact = (u128)2 * e * 10000;
		if (w > 1)
			met &= KTAP_EXPECT(exact >= (u128)(2 * w - 1) * sums->largest);
		if (sums->largest)
			met &= KTAP_EXPECT(exact < (u128)(2 * w + 1) * sums->largest);
		sum += e;
		weights += w;
		heaviest = max(heaviest, w);
	}
	/* It adds up to all that there is beside the reserve. */
	met &= KTAP_EXPECT_LE(sum, capacity);
	met &= KTAP_EXPECT_LT(capacity - sum, machine.count);
	met &= KTAP_EXPECT_EQ(heaviest, sums->largest ? 10000 : 1);

	/*
	 * If all are busy on all CPUs the scheduler gives the capacity in
	 * proportion to the weights. A step of weight is worth largest/10000;
	 * each partition's rounding may cost the others one of them.
	 */
	for (i = 0; i < machine.count; i++) {
		u64 gets = (u128)capacity * weight(i) / weights;
		u64 bound = (u128)sums->largest * (machine.count + 1) / 10000 + machine.count;

		met &= KTAP_EXPECT_GE(gets + bound, machine.member[i].guarantee);
	}
	if (!met)
		ktap_diag("machine: total %llu, reserve %llu, guaranteed %llu, shares %llu, %u partitions",
			  sums->total, sums->reserve, sums->guaranteed, sums->shares,
			  machine.count);
	return met;
}

static void random_machine(u64 cpus, unsigned int count, bool over)
{
	u64 total = cpus * CPU, reserve = random_below(total / 4 + 1);
	u64 free = over ? 2 * total : total - reserve;

	begin(total, reserve);
	while (machine.count < count) {
		u64 guarantee = random_below(3) ? random_below(free / count * 2 + 1) :
						  random_below(2) * random_below(free + 1);
		u64 share = random_below(4) ? 100 : 1 + random_below(10000);

		guarantee = guarantee < 1000 ? 0 : min(guarantee, free);
		free -= guarantee;
		add(guarantee, share);
	}
	end();
}

static void random_machines(void)
{
	unsigned int round;

	for (round = 0; round < ROUNDS(20000); round++) {
		random_machine(1 + random_below(1 + random_below(CPUS_MAX)),
			       1 + random_below(1 + random_below(200)), random_below(4) == 0);
		if (!machine_is_right()) {
			ktap_diag("in round %u", round);
			return;
		}
	}
}

static void largest_machines(void)
{
	unsigned int i;

	random_machine(CPUS_MAX, PARTITIONS_MAX, false);
	machine_is_right();
	random_machine(CPUS_MAX, PARTITIONS_MAX, true);
	machine_is_right();

	/* Half a CPU for each, and the greatest shares of nothing. */
	begin(CPUS_MAX * CPU, 0);
	for (i = 0; i < PARTITIONS_MAX; i++)
		add(CPU / 2, 10000);
	end();
	machine_is_right();
	KTAP_EXPECT_EQ(weight(0), 10000);

	/* No guarantees: 16384 times the greatest share of everything. */
	begin(CPUS_MAX * CPU, 0);
	for (i = 0; i < PARTITIONS_MAX; i++)
		add(0, 10000);
	end();
	machine_is_right();
	KTAP_EXPECT_EQ(entitled(0), CPU / 2);

	/* One partition with all of it. */
	begin(CPUS_MAX * CPU, 0);
	add(0, 10000);
	end();
	machine_is_right();
	KTAP_EXPECT_EQ(entitled(0), CPUS_MAX * CPU);
	KTAP_EXPECT_EQ(weight(0), 10000);
}

/* More guarantee never means less weight, nor does more share. */
static void monotonic(void)
{
	struct weight_sums sums = { 4 * CPU, 0, 2 * CPU, 1000, 3 * CPU };
	u64 n, last = 0;

	for (n = 0; n <= 2 * CPU; n += 777) {
		KTAP_EXPECT_GE(weight_partition(&sums, n, 100), last);
		last = weight_partition(&sums, n, 100);
	}
	for (n = 1, last = 0; n <= 1000; n++) {
		KTAP_EXPECT_GE(weight_partition(&sums, 0, n), last);
		last = weight_partition(&sums, 0, n);
	}
}

/*
 * All partitions together against the host, which weighs 2000: with the weight w
 * they get w / (w + 2000) of the machine, which is to be what they were promised.
 *
 *	guaranteed of 4 CPUs   w            they get
 *	0.1                    100 (51)     4.8 %   the kernel's default is the least
 *	1                      666          25 %
 *	2                      2000         50 %
 *	3                      6000         75 %
 *	3.5                    10000        83 %    instead of 87.5: weights end here
 */
static void top(void)
{
	static const struct {
		u64 guaranteed, weight;
	} rows[] = {
		{ 0, 100 }, { 100000, 100 }, { 190476, 100 }, { 200000, 105 },
		{ 1000000, 666 }, { 2000000, 2000 }, { 3000000, 6000 },
		{ 3333333, 9999 }, { 3333334, 10000 }, { 3500000, 10000 },
		{ 3999999, 10000 }, { 4000000, 10000 }, { 5000000, 10000 },
		{ U64_MAX, 10000 },
	};
	struct weight_sums sums = { .total = 4 * CPU };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sums.guaranteed = rows[i].guaranteed;
		if (!KTAP_EXPECT_IN(weight_top(&sums), rows[i].weight, rows[i].weight + 1))
			ktap_diag("guaranteed %llu", rows[i].guaranteed);
	}
	sums = (struct weight_sums) { 0 };
	KTAP_EXPECT_EQ(weight_top(&sums), 10000);
}

static void top_random(void)
{
	unsigned int round;

	for (round = 0; round < ROUNDS(200000); round++) {
		struct weight_sums sums = {
			.total = (1 + random_below(CPUS_MAX)) * CPU,
		};
		u64 w, host = LIMIT_HOST_WEIGHT;
		u128 gets, due;

		sums.guaranteed = random_below(sums.total);
		w = weight_top(&sums);
		KTAP_EXPECT_IN(w, 100, 10000);
		/* w/(w + host) against guaranteed/total, both times the divisors */
		gets = (u128)(w + 1) * sums.total;
		due = (u128)(w + 1 + host) * sums.guaranteed;
		if (w < 10000 && !KTAP_EXPECT(gets >= due))
			return;
		gets = (u128)(w - 1) * sums.total;
		due = (u128)(w - 1 + host) * sums.guaranteed;
		if (w > 100 && w < 10000 && !KTAP_EXPECT(gets <= due))
			return;
	}
}

/*
 * A large one beside a crowd of small ones, all boosted: nobody takes from anybody what
 * is guaranteed to him.
 *
 *	16 CPUs      guarantee  weight  of 16 CPUs
 *	one              8       10000     8.4
 *	30 of each       0.24      300     0.25
 */
static void crowd(void)
{
	u64 weights = 0;
	unsigned int i;

	begin(16 * CPU, 8 * CPU / 10);
	add(8 * CPU, 100);
	for (i = 0; i < 30; i++)
		add(240000, 100);
	end();
	for (i = 0; i < machine.count; i++)
		weights += weight_standing(weight(i), 1);
	for (i = 0; i < machine.count; i++)
		KTAP_EXPECT_GE(machine.sums.total * weight_standing(weight(i), 1) / weights,
			       machine.member[i].guarantee);
}

/* Nobody has less than the kernel takes. */
static void standing(void)
{
	static const u64 steps[] = { 1, 2, 4, 8, 16, 30, 32, 64, 900 };
	const u64 least = LIMIT_WEIGHT_BOOST_MIN;
	unsigned int i;
	u64 w;

	KTAP_EXPECT_EQ(weight_standing(1, 1), least);
	KTAP_EXPECT_EQ(weight_standing(least, 1), least);
	KTAP_EXPECT_EQ(weight_standing(least + 1, 1), least + 1);
	KTAP_EXPECT_EQ(weight_standing(10000, 1), 10000);
	KTAP_EXPECT_EQ(weight_standing(10000, 4), 2500);
	KTAP_EXPECT_EQ(weight_standing(10000, 32), 313);
	for (i = 0; i < ARRAY_SIZE(steps); i++)
		for (w = 1; w <= 10000; w++) {
			u64 told = weight_standing(w, steps[i]);

			KTAP_EXPECT_IN(told, 1, 10000);
			KTAP_EXPECT_GE(told, weight_standing(max(w - 1, 1ULL), steps[i]));
		}
}

/*
 * Who is behind with what is left over is before a large one that is over, by its share: a
 * crowd is not before a large one that lacks what was promised to it.
 */
static void least(void)
{
	static const struct weight_step steps[] = {
		{ 8, 32, 64 }, { 2, 4, 16 }, { 30, 900, 0 },
	};
	unsigned int i, count;

	for (i = 0; i < ARRAY_SIZE(steps); i++)
		for (count = 1; count <= 1000; count++) {
			struct weight_sums sums = { .shares = count * 100 };
			u64 one = weight_least(&sums, 100, &steps[i]);

			if (!steps[i].over) {
				KTAP_EXPECT_EQ(one, 0);
				continue;
			}
			KTAP_EXPECT_LE(one * count, 2 * 10000 / steps[i].over);
			KTAP_EXPECT_LE(one * count, 10000 / steps[i].under * 2);
			KTAP_EXPECT_GE(weight_least(&sums, 200, &steps[i]), 2 * one);
			if (count == 1)
				KTAP_EXPECT_GT(one, weight_standing(10000, steps[i].over));
		}
	/* Nobody has a share. */
	KTAP_EXPECT_EQ(weight_least(&(struct weight_sums) { }, 0, &steps[0]), 0);
}

/*
 * The further the host is behind the less have the partitions, by the square:
 *
 *	behind   0      1/4    1/2    3/4    all
 *	weight   10000  5668   2575   718    100
 */
static void top_denied(void)
{
	static const s64 mosts[] = { 1, 7, 3000000, 6000000, 64424509425 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mosts); i++) {
		s64 most = mosts[i], n;
		u64 last = 10000;

		KTAP_EXPECT_EQ(weight_top_denied(S64_MIN, most), 10000);
		KTAP_EXPECT_EQ(weight_top_denied(-1, most), 10000);
		KTAP_EXPECT_EQ(weight_top_denied(0, most), 10000);
		KTAP_EXPECT_EQ(weight_top_denied(most, most), 100);
		KTAP_EXPECT_EQ(weight_top_denied(S64_MAX, most), 100);
		for (n = 0; n <= most; n += most / 1000 + 1) {
			KTAP_EXPECT_IN(weight_top_denied(n, most), 100, last);
			last = weight_top_denied(n, most);
		}
	}
	/* A host without a reserve is never behind. */
	KTAP_EXPECT_EQ(weight_top_denied(5, 0), 10000);
	KTAP_EXPECT_EQ(weight_top_denied(1000, 4000), 5668);
	KTAP_EXPECT_EQ(weight_top_denied(2000, 4000), 2575);
	KTAP_EXPECT_EQ(weight_top_denied(3000, 4000), 718);
}

/* Worth a write: more than an eighth of what is in force, up or down. */
static void differs(void)
{
	static const struct {
		u64 weight, before;
		bool differs;
	} rows[] = {
		{ 100, 100, false }, { 112, 100, false }, { 113, 100, true },
		{ 88, 100, false }, { 87, 100, true }, { 1, 1, false }, { 2, 1, true },
		{ 1, 2, true }, { 10000, 8889, false }, { 10000, 8888, true },
		{ 8750, 10000, false }, { 8749, 10000, true }, { 100, 10000, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (!KTAP_EXPECT_EQ(weight_differs(rows[i].weight, rows[i].before),
				    rows[i].differs))
			ktap_diag("in row %u", i);
}

#define CASES(CASE)							\
	CASE(example, "the example of three partitions on four CPUs")	\
	CASE(edges, "edges: none, all promised, overcommitted, all alike")	\
	CASE(random_machines, "random machines: sums, proportions, guarantees")	\
	CASE(largest_machines, "8192 CPUs and 16384 partitions")	\
	CASE(monotonic, "more guarantee or share never weighs less")	\
	CASE(top, "weight of all partitions against the host")		\
	CASE(top_random, "weight against the host gives the guarantees")	\
	CASE(crowd, "a large one beside a crowd that is boosted with it")	\
	CASE(standing, "weight by standing is one that the kernel takes")	\
	CASE(least, "who is not over outweighs a large one that is")	\
	CASE(top_denied, "weight against the host while somebody is denied")	\
	CASE(differs, "what is worth a write")

TEST_SUITE(weight, CASES);
