// SPDX-License-Identifier: GPL-2.0
/*
 * Random input for calls, from a seed.
 */
#include "random_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

static __u64 state = 1;

void chance_begin(__u64 seed)
{
	/* Neighbouring seeds are to have nothing in common, and 0 begins nothing. */
	seed = (seed + 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;
	state = (seed ^ seed >> 31) ?: 1;
}

/* xorshift64* */
__u64 chance(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ULL;
}

unsigned int below(unsigned int bound)
{
	return (chance() >> 33) % bound;
}

bool one_in(unsigned int n)
{
	return !below(n);
}

bool kernel_is_slow(void)
{
	return getenv("SLOW_KERNEL");
}

unsigned int calls_to_make(unsigned int calls)
{
	return kernel_is_slow() ? calls / 5 : calls;
}

/*
 * With the smallest limit there is a killed task has 1 ms of CPU time in a second to exit
 * with. On a slow kernel that takes a minute.
 */
static __u64 cpu_limit(__u64 limit)
{
	return kernel_is_slow() && limit == BULKHEAD_CPU_MIN ? 100 * limit : limit;
}

/* Edges, what is between, and what makes no sense. */
__u64 strange(void)
{
	static const __u64 values[] = {
		0, 1, 2, 999, 1000, 4095, 4096, 4097, 1000000, BULKHEAD_UNLIMITED - 4096,
		BULKHEAD_UNLIMITED - 1, BULKHEAD_UNLIMITED, 1ULL << 63, 1ULL << 32,
		(1ULL << 32) - 1, 1ULL << 31,
	};

	return one_in(3) ? chance() : PICK(values);
}

/*
 * Mostly what makes sense. Limits are larger than what the few children need: whether the
 * kernel can reclaim is not for the model to know.
 */
void random_settings(struct bulkhead_settings *settings)
{
	static const __u64 cpus[] = { 0, 1000, 100000, 250000, 500000, 1000000, 1900000, 3000000 };
	static const __u64 shares[] = { 1, 100, 10000, 50 };
	static const __u64 guarantees[] = { 0, 1, 4096, MIB, 5 * MIB + 3, 24 * MIB, 900 * MIB };
	static const __u64 limits[] = { 24 * MIB, 48 * MIB + 17, 1024 * MIB, BULKHEAD_UNLIMITED };
	static const __u64 tasks[] = { 1, 2, 4, 4194304, BULKHEAD_UNLIMITED };
	static const __u64 times[] = { 1000000, 10000000000ULL, BULKHEAD_UNLIMITED };
	__u64 *member = (__u64 *)settings;

	*settings = (struct bulkhead_settings) {
		.cpu_guarantee = PICK(cpus),
		.cpu_limit = one_in(2) ? BULKHEAD_UNLIMITED : cpu_limit(PICK(cpus)),
		.cpu_share = PICK(shares),
		.memory_guarantee = PICK(guarantees),
		.memory_limit = PICK(limits),
		.swap_limit = one_in(2) ? BULKHEAD_UNLIMITED : below(1 << 30),
		.task_limit = PICK(tasks),
		.memory_mode = one_in(4),
		.memory_soft_limit = one_in(2) ? BULKHEAD_UNLIMITED : PICK(limits),
		.memory_soft_time = PICK(times),
		.memory_soft_action = below(2),
		.oom_group = below(2),
	};
	if (!one_in(6))
		return;
	member += below(sizeof(*settings) / sizeof(*member));
	*member = strange();
	/* Not one that would have to be reclaimed for. */
	if ((member == &settings->memory_limit || member == &settings->memory_soft_limit) &&
	    *member >= 4096 && *member < 24 * MIB)
		*member = 4095;
}

__u32 random_mask(void)
{
	if (one_in(20))
		return chance();
	return one_in(3) ? BULKHEAD_SET_ALL : chance() & BULKHEAD_SET_ALL;
}

void random_name(char name[BULKHEAD_NAME_SIZE], const char *stem)
{
	static const char * const bad[] = {
		"", "host", "oom", "tasks", ".a", "-a", "a/b", "a b", "\xe4", "..", "a\n",
	};

	memset(name, 0, BULKHEAD_NAME_SIZE);
	if (one_in(12)) {
		strcpy(name, PICK(bad));
	} else if (one_in(40)) {
		memset(name, stem[0], BULKHEAD_NAME_SIZE - below(2));
	} else {
		snprintf(name, BULKHEAD_NAME_SIZE, "%s%u", stem, below(RANDOM_NAMES));
		/* What is behind the end does not count. */
		if (one_in(8))
			name[BULKHEAD_NAME_SIZE - 1] = 'z';
	}
}
