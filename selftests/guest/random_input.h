/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random input for calls, from a seed: mostly what makes sense, and edges.
 */
#ifndef RANDOM_INPUT_H
#define RANDOM_INPUT_H

#include <linux/bulkhead.h>
#include <stdbool.h>

/* Of one stem. */
#define RANDOM_NAMES	16

void chance_begin(__u64 seed);
__u64 chance(void);
unsigned int below(unsigned int bound);
bool one_in(unsigned int n);

#define PICK(array) ((array)[below(sizeof(array) / sizeof((array)[0]))])

/* SLOW_KERNEL in the environment says so: a debug kernel. */
bool kernel_is_slow(void);
/* So many, or fewer where they take long. */
unsigned int calls_to_make(unsigned int calls);

__u64 strange(void);
void random_settings(struct bulkhead_settings *settings);
__u32 random_mask(void);
/* Good ones begin with the stem, which is a letter and what may follow. */
void random_name(char name[BULKHEAD_NAME_SIZE], const char *stem);

/* An argument as the caller has it: more of it may follow, and its size may be a lie. */
union argument {
	char bytes[8192];
	__u32 size;
	struct bulkhead_version version;
	struct bulkhead_capacity capacity;
	struct bulkhead_create create;
	struct bulkhead_open open;
	struct bulkhead_list list;
	struct bulkhead_get get;
	struct bulkhead_set set;
	struct bulkhead_stats stats;
	struct bulkhead_attach attach;
	struct bulkhead_cgroup cgroup;
	struct bulkhead_kill kill;
	struct bulkhead_destroy destroy;
};

#endif /* RANDOM_INPUT_H */
