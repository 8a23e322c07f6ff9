/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scenarios of the guarantee benchmark, as guarantee.scenarios describes them:
 * one line for a scenario, then one indented line for each kind of group in it.
 */
#ifndef BULKHEAD_SCENARIO_H
#define BULKHEAD_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_GROUPS	128
#define MAX_SCENARIOS	64
#define NAME_SIZE	32
#define VALUE_SIZE	128

enum load_kind {
	LOAD_SPIN, LOAD_DUTY, LOAD_YIELD, LOAD_PIPE, LOAD_FORK, LOAD_DODGE, LOAD_EXPLODE,
};

enum load_policy { POLICY_FAIR, POLICY_FIFO, POLICY_DEADLINE };

/* What one group runs. Compared as bytes: no padding may hold garbage. */
struct load {
	enum load_kind kind;
	enum load_policy policy;
	int threads;
	int nice;
	uint64_t on, off;		/* ns */
};

enum place { PLACE_PARTITION, PLACE_HOST, PLACE_ROOT };

struct group {
	char name[NAME_SIZE];
	enum place place;
	uint64_t guarantee, limit;	/* micro-CPUs; 0 is none */
	uint64_t delay;			/* ns after the others */
	struct load load;
};

enum measure { MEASURE_SHARES, MEASURE_RECALL, MEASURE_IDLE, MEASURE_COST };

struct scenario {
	char name[NAME_SIZE];
	char honest[NAME_SIZE];		/* with a cheat: the scenario without it */
	int cpus;
	enum measure measure;
	int seconds;			/* idle: how long; recall: how long the victim sleeps */
	int empty;			/* partitions besides, with nothing in them */
	int groups;			/* the first is the victim */
	struct group group[MAX_GROUPS];
};

/* All scenarios of the file; the number of them. Ends the program on a mistake. */
int scenarios_read(const char *path, struct scenario *scenarios, int max);

/* Does this load always want as many CPUs as it has threads? */
bool load_is_endless(const struct load *load);

#endif /* BULKHEAD_SCENARIO_H */
