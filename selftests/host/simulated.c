// SPDX-License-Identifier: GPL-2.0
/*
 * Serving by standing, and looking after it.
 */
#include "simulated.h"

#include <linux/kernel.h>

#include <linux/bulkhead.h>

#include "weight.h"

void simulated_open(struct simulated *machine)
{
	struct weight_sums sums = { .total = machine->cpus * BULKHEAD_CPU };
	unsigned int i;

	for (i = 0; i < machine->count; i++) {
		sums.guaranteed += machine->member[i].terms.guarantee;
		sums.shares += machine->member[i].terms.share;
	}
	for (i = 0; i < machine->count; i++) {
		const struct credit_terms *terms = &machine->member[i].terms;

		sums.largest = max(sums.largest,
				   weight_entitled(&sums, terms->guarantee, terms->share));
	}
	for (i = 0; i < machine->count; i++) {
		struct simulated_member *member = &machine->member[i];

		member->weight = weight_partition(&sums, member->terms.guarantee,
						  member->terms.share);
		credit_open(&member->credit, &member->terms);
		member->active = true;
		machine->order[i] = i;
	}
}

u64 simulated_most(const struct simulated *machine, unsigned int i)
{
	return min(machine->member[i].threads, machine->cpus) * SIMULATED_STEP_NS;
}

static bool stands(const struct simulated *machine, unsigned int i,
		   enum credit_standing standing)
{
	return machine->member[i].wants && machine->member[i].credit.standing == standing;
}

/* Serve one after the other, as long as there is any. */
static u64 serve_in_order(struct simulated *machine, enum credit_standing standing, u64 left)
{
	unsigned int turn;

	for (turn = 0; turn < machine->count; turn++) {
		unsigned int i = machine->order[turn];
		u64 given = min(left, simulated_most(machine, i));

		if (!stands(machine, i, standing))
			continue;
		machine->member[i].got += given;
		left -= given;
	}
	return left;
}

static u64 weight_of(const struct simulated_member *member)
{
	/* cpu.idle makes all alike. */
	return member->credit.standing == CREDIT_OVER ? 1 : weight_standing(member->weight, 1);
}

/*
 * Serve all at once in proportion to their weights. What somebody has no threads for
 * is for the others: the last round is one in which nobody has less than its due.
 */
static u64 serve_by_weight(struct simulated *machine, enum credit_standing standing, u64 left)
{
	u64 most[SIMULATED_MEMBERS] = { 0 }, weights, round, given;
	unsigned int i, filled;

	for (i = 0; i < machine->count; i++)
		if (stands(machine, i, standing))
			most[i] = simulated_most(machine, i);
	do {
		round = left;
		filled = 0;
		for (i = 0, weights = 0; i < machine->count; i++)
			weights += most[i] ? weight_of(&machine->member[i]) : 0;
		for (i = 0; i < machine->count; i++) {
			struct simulated_member *member = &machine->member[i];

			if (!most[i] || round * weight_of(member) / weights < most[i])
				continue;
			member->got += most[i];
			left -= most[i];
			most[i] = 0;
			filled++;
		}
	} while (filled);
	for (i = 0, round = left; i < machine->count; i++) {
		if (!most[i])
			continue;
		given = round * weight_of(&machine->member[i]) / weights;
		machine->member[i].got += given;
		left -= given;
		most[i] -= given;
	}
	/* What was rounded off. */
	for (i = 0; i < machine->count; i++) {
		given = min(left, most[i]);
		machine->member[i].got += given;
		left -= given;
	}
	return left;
}

static u64 serve(struct simulated *machine, enum credit_standing standing, u64 left)
{
	return machine->unfair ? serve_in_order(machine, standing, left) :
				 serve_by_weight(machine, standing, left);
}

u64 simulated_step(struct simulated *machine)
{
	u64 all = machine->cpus * SIMULATED_STEP_NS, left;

	left = serve_by_weight(machine, CREDIT_URGENT, all);
	left = serve(machine, CREDIT_BOOST, left);
	left = serve(machine, CREDIT_UNDER, left);
	left = serve(machine, CREDIT_OVER, left);
	machine->now += SIMULATED_STEP_NS;
	return all - left;
}

/* Returns the lead of the one that has borrowed most of those who want to. */
static s64 advance_all(struct simulated *machine)
{
	s64 farthest = S64_MIN;
	unsigned int i;

	for (i = 0; i < machine->count; i++) {
		struct simulated_member *member = &machine->member[i];
		u64 ran = member->got - member->seen;
		bool saves = credit_saves(&member->credit, &member->terms);
		bool wants = (ran && !saves) || member->wants;

		member->active |= ran;
		if (!member->active)
			continue;
		credit_advance(&member->credit, &member->terms,
			       machine->now - member->advanced, ran, wants);
		member->seen = member->got;
		member->advanced = machine->now;
		member->resting = !ran && !wants;
		if (!member->resting)
			farthest = max(farthest, member->credit.lead);
	}
	return farthest == S64_MIN ? 0 : farthest;
}

u64 simulated_look(struct simulated *machine)
{
	s64 farthest = advance_all(machine);
	u64 horizon = U64_MAX;
	unsigned int i;

	for (i = 0; i < machine->count; i++) {
		struct simulated_member *member = &machine->member[i];

		if (!member->active)
			continue;
		credit_settle(&member->credit, &member->terms, farthest);
		horizon = min(horizon, credit_horizon(&member->credit, &member->terms,
						      machine->cpus * BULKHEAD_CPU));
		/* Who is at rest and has saved all that it can is left alone until it runs. */
		if (member->resting && credit_full(&member->credit, &member->terms))
			member->active = false;
	}
	return horizon;
}
