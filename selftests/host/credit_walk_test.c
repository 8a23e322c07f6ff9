// SPDX-License-Identifier: GPL-2.0
/*
 * What the credit rules promise (watched.c), on simulated machines (simulated.h): 10^6
 * looks at machines that are drawn at random, and some that are hard. Each machine has
 * a seed of its own:
 *
 *	credit_walk_test 1017	walks machine 1017 only, and shows it
 */
#include <linux/kernel.h>

#include <linux/bulkhead.h>

#include "ktap.h"
#include "limits.h"
#include "random.h"
#include "watched.h"

#define MACHINES	200
#define LOOKS		5000

static void draw_machine(u64 seed)
{
	static const unsigned int cpus[] = { 1, 2, 4, 8, 16 };
	unsigned int i, chosen;
	u64 free;

	random_state = seed;
	chosen = cpus[random_below(ARRAY_SIZE(cpus))];
	watched_clear(chosen, 2 + random_below(random_below(4) ? 8 : SIMULATED_MEMBERS - 2), 0);
	machine.unfair = true;
	free = machine.cpus * CPU * 95 / 100;
	for (i = 0; i < machine.count; i++) {
		struct simulated_member *member = &machine.member[i];

		member->terms.guarantee = random_below(4) ? random_below(free) : 0;
		if (random_below(2))
			member->terms.guarantee /= 1 + random_below(machine.count);
		if (member->terms.guarantee < BULKHEAD_CPU_MIN)
			member->terms.guarantee = 0;
		free -= member->terms.guarantee;
		member->terms.share = random_below(3) ? 100 : 1 + random_below(10000);
		member->threads = 1 + random_below(2 * machine.cpus);
		watched[i].pattern = random_below(2) ? WATCHED_ALWAYS :
						       random_below(WATCHED_PATTERNS);
		watched[i].phase = random_below(WATCHED_PERIOD_MS);
	}
	watched_open(random_below(2), random_u64());
}

static bool walk(u64 seed)
{
	draw_machine(seed);
	while (watched_looks() < LOOKS)
		if (!KTAP_EXPECT(watched_step())) {
			watched_show(seed);
			return false;
		}
	return true;
}

static void walks(void)
{
	u64 seed, first = random_state * 1000;

	for (seed = first; seed < first + MACHINES; seed++)
		walk(seed);
	ktap_diag("worst: %lld permille of the bound from a look on, %lld from any time on",
		  watched_worst, watched_worst_any);
}

static bool go(u64 ms)
{
	while (ms--)
		if (!KTAP_EXPECT(watched_step())) {
			watched_show(0);
			return false;
		}
	return true;
}

/*
 * A large one beside many small ones that wake together, and a borrower: their
 * weights must not give them more than they are entitled to at its expense.
 */
static void crowd(void)
{
	unsigned int cpus, i;

	for (cpus = 2; cpus <= 16; cpus *= 2) {
		watched_clear(cpus, SIMULATED_MEMBERS,
			      cpus * CPU * 45 / 100 / (SIMULATED_MEMBERS - 2));
		for (i = 1; i < machine.count - 1; i++)
			watched[i].pattern = WATCHED_BURSTS;
		machine.unfair = true;
		machine.member[0].terms.guarantee = cpus * CPU / 2;
		machine.member[machine.count - 1].terms.guarantee = 0;
		watched_open(true, random_u64());
		go(20000);
	}
}

/* A third of a CPU in bursts of 100 ms, beside spinners with and without guarantees. */
static void at_once(void)
{
	unsigned int cpus, i;

	for (cpus = 1; cpus <= 8; cpus *= 2) {
		u64 got = 0;

		watched_clear(cpus, 4, 0);
		machine.unfair = true;
		watched[3].pattern = WATCHED_BURSTS;
		machine.member[3].terms.guarantee = 333334;
		machine.member[3].threads = 1;
		/* One that it does not keep waiting until it is boosted. */
		machine.member[2].terms.guarantee = cpus * CPU / 20;
		watched_open(true, random_u64());
		for (i = 0; i < 100; i++) {
			go(WATCHED_BURST_MS);
			KTAP_EXPECT_IN(machine.member[3].got - got, 85 * MS, 100 * MS);
			go(WATCHED_PERIOD_MS - WATCHED_BURST_MS);
			got = machine.member[3].got;
		}
	}
}

/* Give all some share, and see how those who always want more have what is left. */
static void share_out(unsigned int cpus, unsigned int count, u64 guarantee)
{
	static const u64 shares[] = { 100, 200, 300, 500, 1000, 3000, 10000 };
	/* A turn until the next look is not divided. */
	const s64 turn = cpus * LIMIT_CONTROL_PERIOD_MAX_NS * 9 / 8;
	const u64 left = (cpus * CPU - guarantee * count) * 30 * SEC / CPU;
	u64 before[SIMULATED_MEMBERS], sum = 0;
	unsigned int i;
	bool met;

	watched_clear(cpus, count, guarantee);
	for (i = 0; i < count; i++) {
		machine.member[i].terms.share = shares[random_below(ARRAY_SIZE(shares))];
		sum += machine.member[i].terms.share;
	}
	watched_open(true, random_u64());
	met = go(3000);
	for (i = 0; i < count; i++)
		before[i] = machine.member[i].got;
	met &= go(30000);
	for (i = 0; i < count; i++) {
		s64 got = machine.member[i].got - before[i] - guarantee * 30 * SEC / CPU;
		s64 fair = left * machine.member[i].terms.share / sum;

		met &= KTAP_EXPECT_IN(got, fair * 97 / 100 - turn, fair * 103 / 100 + turn);
	}
	if (!met)
		watched_show(0);
}

/*
 * On up to 8 CPUs, see LIMIT_CREDIT_OWED_NS. Who has a guarantee is given all CPUs until
 * the next look for that, too: on 8 of them that may be more than its share.
 */
static void leftover(void)
{
	unsigned int cpus, count;

	for (cpus = 1; cpus <= 8; cpus++)
		for (count = 2; count <= 8; count += 2) {
			share_out(cpus, count, 0);
			if (cpus <= 4)
				share_out(cpus, count, cpus * CPU / 2 / count);
		}
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		u64 seed = strtoull(argv[1], NULL, 0);
		bool met;

		ktap_plan(1);
		met = walk(seed);
		watched_show(seed);
		ktap_ok(met, "machine %llu", seed);
		return ktap_exit();
	}
	ktap_plan(4);
	random_seed();
	ktap_run(walks, "no window lacks more than the bound");
	ktap_run(crowd, "a large one beside a crowd that wakes together");
	ktap_run(at_once, "bursts within a guarantee are served at once");
	ktap_run(leftover, "what is left over goes by share");
	return ktap_exit();
}
