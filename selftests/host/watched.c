// SPDX-License-Identifier: GPL-2.0
/*
 * The promise. A partition that wants to run all the time receives, in any window of
 * any length t that begins with a look, at least
 *
 *	r * t  -  max(D * g, q)  -  max(U * g, 3 * q)  -  r * L,	r = min(g, m)
 *
 * with the guarantee g, threads on at most m CPUs, the debt D = LIMIT_CREDIT_DEBT_NS,
 * the level of the urgent U = LIMIT_CREDIT_URGENT_NS and the quantum q. At worst it
 * begins deep in debt and is served by nobody until the first look after it has earned
 * what makes it urgent. From then on it has r: all who are have what they are
 * entitled to, which their weights say. L is by how much that look may be late: looks
 * come when the horizon says, but not sooner than the period after each other, and a
 * timer adds an eighth. Where looks come at random it is the longest time between two.
 *
 * A window that begins between two looks may lack r times the longest time between two
 * more: what was had before in the same interval is not told apart.
 */
#include "watched.h"

#include <string.h>

#include <linux/kernel.h>
#include <linux/math64.h>

#include "ktap.h"
#include "limits.h"
#include "random.h"

struct simulated machine;
struct watched watched[SIMULATED_MEMBERS];
s64 watched_worst, watched_worst_any;

/* When control looks. */
static struct {
	bool as_control;
	u64 period, next;
	u64 late, longest;	/* L, and the longest time between two looks (ns) */
	unsigned int count;
} looks;

static s64 level(u64 guarantee, u64 time, u64 least)
{
	return guarantee ? max(guarantee * time / CPU, least) : 0;
}

static s64 debt(u64 guarantee)
{
	return level(guarantee, LIMIT_CREDIT_DEBT_NS, LIMIT_CREDIT_QUANTUM_NS);
}

/* r for one step. */
static s64 due(unsigned int i)
{
	return min(machine.member[i].terms.guarantee * SIMULATED_STEP_NS / CPU,
		   simulated_most(&machine, i));
}

static s64 bound(unsigned int i, u64 unserved)
{
	u64 guarantee = machine.member[i].terms.guarantee;

	/* Less than a ns is rounded off in each step and at each look. */
	return debt(guarantee) +
	       level(guarantee, LIMIT_CREDIT_URGENT_NS, 3 * LIMIT_CREDIT_QUANTUM_NS) +
	       due(i) * unserved / SIMULATED_STEP_NS + MS / 1000;
}

/* Do its guarantee and its savings cover its bursts? */
static bool modest(unsigned int i)
{
	return simulated_most(&machine, i) * WATCHED_BURST_MS <= (u64)due(i) * WATCHED_PERIOD_MS;
}

/* Whether it wants to run in the next step. */
static bool wish(unsigned int i, u64 ms)
{
	struct simulated_member *member = &machine.member[i];
	struct watched *w = &watched[i];
	bool met = true;

	switch (w->pattern) {
	case WATCHED_BURSTS:
		member->wants = (ms + w->phase) % WATCHED_PERIOD_MS < WATCHED_BURST_MS;
		break;
	case WATCHED_ON_OFF:
		if (!w->phase--) {
			member->wants = !member->wants;
			w->phase = random_below(400);
		}
		break;
	case WATCHED_RANDOM:
		member->wants = random_below(2);
		break;
	case WATCHED_WORKER:
		if ((ms + w->phase) % WATCHED_PERIOD_MS == 0) {
			met = KTAP_EXPECT_LE((s64)w->work, bound(i, looks.late + looks.longest));
			w->work += due(i) * WATCHED_PERIOD_MS;
		}
		member->wants = w->work;
		break;
	default:
		member->wants = true;
	}
	return met;
}

static bool within(s64 lacks, s64 most, s64 *permille)
{
	*permille = max(*permille, lacks * 1000 / most);
	return KTAP_EXPECT_LE(lacks, most);
}

/* Count what a partition was given in a step, and what it lacks of its guarantee. */
static bool watch(unsigned int i, s64 given)
{
	struct simulated_member *member = &machine.member[i];
	struct watched *w = &watched[i];
	bool met = true;

	if (w->pattern == WATCHED_WORKER)
		w->work -= min(w->work, (u64)given);
	if (!member->wants) {
		w->waits = false;
		w->lacks = 0;
		w->lacks_any = 0;
		return true;
	}
	if (w->waits)
		w->lacks += due(i) - given;
	w->lacks_any = max(w->lacks_any + due(i) - given, 0LL);
	if (member->terms.guarantee) {
		met &= within(w->lacks, bound(i, looks.late), &watched_worst);
		met &= within(w->lacks_any, bound(i, looks.late + looks.longest),
			      &watched_worst_any);
	}
	if (w->pattern == WATCHED_BURSTS && modest(i))
		met &= KTAP_EXPECT_EQ(member->credit.standing, CREDIT_URGENT);
	return met;
}

static bool serve(void)
{
	u64 before[SIMULATED_MEMBERS], given, sum = 0, most = 0;
	bool met = true;
	unsigned int i;

	for (i = 0; i < machine.count; i++) {
		met &= wish(i, machine.now / SIMULATED_STEP_NS);
		before[i] = machine.member[i].got;
		if (machine.member[i].wants)
			most += simulated_most(&machine, i);
	}
	given = simulated_step(&machine);
	for (i = 0; i < machine.count; i++) {
		u64 got = machine.member[i].got - before[i];

		met &= KTAP_EXPECT_LE(got, machine.member[i].wants * simulated_most(&machine, i));
		met &= watch(i, got);
		sum += got;
	}
	/* Nothing is lost, and no CPU idles while somebody wants to run. */
	met &= KTAP_EXPECT_EQ(sum, given);
	met &= KTAP_EXPECT_EQ(given, min(most, machine.cpus * SIMULATED_STEP_NS));
	return met;
}

/* What holds for an account at any time. */
static bool account_is_right(unsigned int i)
{
	const struct simulated_member *member = &machine.member[i];
	u64 guarantee = member->terms.guarantee;
	s64 owed = LIMIT_CREDIT_OWED_NS * 100 / min(member->terms.share, 100ULL);
	bool met;

	met = KTAP_EXPECT_IN(member->credit.balance, -debt(guarantee),
			     level(guarantee, LIMIT_CREDIT_SAVING_NS, 4 * LIMIT_CREDIT_QUANTUM_NS));
	met &= KTAP_EXPECT_IN(member->credit.lead, -owed, 0);
	return met;
}

/* The order among those who stand alike: another one now and then, to be unfair anew. */
static void shuffle(void)
{
	unsigned int i;

	for (i = machine.count - 1; i; i--) {
		unsigned int other = random_below(i + 1);

		swap(machine.order[i], machine.order[other]);
	}
}

static u64 pause_until(u64 horizon)
{
	u64 pause;

	if (!looks.as_control)
		return random_below(4) ? 4 * MS : (5 + random_below(16)) * MS;
	pause = clamp_t(u64, horizon, looks.period,
			max(looks.period, LIMIT_CONTROL_PERIOD_MAX_NS));
	return pause + random_below(pause / 8 + 1);
}

static bool look(void)
{
	bool met = true;
	unsigned int i;

	for (i = 0; i < machine.count; i++)
		if (watched[i].pattern == WATCHED_DODGER)
			machine.member[i].wants = false;
	looks.next = machine.now + pause_until(simulated_look(&machine));
	looks.count++;
	for (i = 0; i < machine.count; i++) {
		met &= account_is_right(i);
		if (watched[i].pattern == WATCHED_DODGER)
			machine.member[i].wants = true;
		watched[i].waits = machine.member[i].wants;
		watched[i].lacks = max(watched[i].lacks, 0LL);
	}
	if (machine.unfair && random_below(100) == 0)
		shuffle();
	return met;
}

void watched_clear(unsigned int cpus, unsigned int count, u64 guarantee)
{
	unsigned int i;

	memset(&machine, 0, sizeof(machine));
	memset(watched, 0, sizeof(watched));
	machine.cpus = cpus;
	machine.count = count;
	for (i = 0; i < count; i++) {
		machine.member[i].terms = (struct credit_terms) { guarantee, 100 };
		machine.member[i].threads = cpus;
	}
}

/* As seen in steps of the simulation. */
static u64 late(u64 pause)
{
	return DIV64_U64_ROUND_UP(pause + pause / 8, SIMULATED_STEP_NS) * SIMULATED_STEP_NS;
}

void watched_open(bool as_control, u64 seed)
{
	/* Of this file: the test has its own. */
	random_state = seed;
	memset(&looks, 0, sizeof(looks));
	looks.as_control = as_control;
	looks.period = LIMIT_CONTROL_PERIOD_MIN_NS *
		       (1 + machine.count * machine.cpus / LIMIT_CONTROL_LOAD);
	looks.longest = as_control ? late(max(looks.period, LIMIT_CONTROL_PERIOD_MAX_NS)) :
				     20 * MS;
	looks.late = as_control ? late(looks.period) : looks.longest;
	looks.next = looks.period;
	simulated_open(&machine);
}

bool watched_step(void)
{
	bool met = serve();

	if (machine.now >= looks.next)
		met &= look();
	return met;
}

unsigned int watched_looks(void)
{
	return looks.count;
}

void watched_show(u64 seed)
{
	unsigned int i;

	ktap_diag("machine %llu: %u CPUs, after %llu ms", seed, machine.cpus,
		  machine.now / SIMULATED_STEP_NS);
	for (i = 0; i < machine.count; i++) {
		const struct simulated_member *member = &machine.member[i];
		const struct credit *credit = &member->credit;

		ktap_diag("  %2u: guarantee %8llu, share %5llu, weight %5llu, threads %2u, pattern %d, got %llu ms, balance %lld, lead %lld, standing %d, lacks %lld of %lld",
			  i, member->terms.guarantee, member->terms.share, member->weight,
			  member->threads, watched[i].pattern, member->got / MS, credit->balance,
			  credit->lead, credit->standing, watched[i].lacks,
			  bound(i, looks.late));
	}
}
