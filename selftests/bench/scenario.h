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
#define MAX_WINDOWS	128
#define NAME_SIZE	32

enum load_kind {
	LOAD_SPIN,		/* always wants a CPU */
	LOAD_TRACED,		/* the same, and writes down its CPU time every ms */
	LOAD_DUTY,		/* on, off */
	LOAD_YIELD,		/* sched_yield() instead of computing, with off as duty */
	LOAD_PIPE,		/* two threads pass a byte to and fro, after some work (on) */
	LOAD_FORK,		/* a process for each slice of work (on) */
	LOAD_DODGE,		/* is never seen running by the tick */
	LOAD_EXPLODE,		/* one thread, and for half of the time all */
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
	uint64_t delay;			/* starts that much later than the others, in ns */
	struct load load;
};

enum measure {
	MEASURE_SHARES,			/* alone, plain, bulkhead */
	MEASURE_SERIES,			/* plain and bulkhead, for a picture */
	MEASURE_RECALL,			/* when a victim that starts late has its guarantee */
	MEASURE_KTHREAD,		/* what the module's own thread does */
};

struct scenario {
	char name[NAME_SIZE];
	char honest[NAME_SIZE];		/* with a cheat: the scenario without it */
	int cpus;
	enum measure measure;
	int windows;			/* instead of as many as the benchmark was told */
	uint64_t window;		/* length in ns, one second by default */
	int empty;			/* partitions besides, with nothing in them */
	int groups;			/* the first is the victim */
	struct group group[MAX_GROUPS];
};

/* All scenarios of the file; the number of them. Ends the program on a mistake. */
int scenarios_read(const char *path, struct scenario *scenarios, int max);

/* Does this load always want as many CPUs as it has threads? */
bool load_is_endless(const struct load *load);

#endif /* BULKHEAD_SCENARIO_H */
