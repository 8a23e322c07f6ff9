/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the header promises, as the plainest code there could be: the answer that each call
 * must give, and what it changes. It knows nothing of the module, asks nobody, and is told
 * nothing but the calls' arguments and what nobody could foretell, such as new ids.
 */
#ifndef GUEST_MODEL_H
#define GUEST_MODEL_H

#include <linux/bulkhead.h>
#include <stdbool.h>

#define MODEL_PARTITIONS	12

struct model_partition {
	bool alive;
	__u64 id;
	char name[BULKHEAD_NAME_SIZE];
	__u32 flags;
	struct bulkhead_settings settings;
	__u32 tasks;
	__u32 handles;		/* fds of it; a dead one is there until the last goes */
	__u32 writers;		/* of those the writable ones */
};

struct model {
	__u64 cpu_total, cpu_reserve, memory_total;
	__u64 memory_reserve;	/* without bookkeeping */
	__u64 bookkeeping;	/* of one partition */
	__u64 last_id;
	struct model_partition partition[MODEL_PARTITIONS];
};

/* What a call that is decided must answer. */
struct model_verdict {
	int error;
	__u32 culprits;		/* with EINVAL: the settings at fault, one of which is told */
	__u32 refused;
	struct bulkhead_admission cpu, memory;
};

/* From the answer of a machine without partitions. */
void model_begin(struct model *model, const struct bulkhead_capacity *empty);

/* Everything but memory_held. */
struct bulkhead_capacity model_capacity(const struct model *model);

bool model_name_valid(const char name[BULKHEAD_NAME_SIZE]);
struct model_partition *model_find(struct model *model, const char *name);
struct model_partition *model_find_id(struct model *model, __u64 id);
/* One that is used by nobody; NULL if there is none. */
struct model_partition *model_unused(struct model *model);
unsigned int model_count(const struct model *model);

/* The partition is NULL for a create; then those not in the mask have their defaults. */
struct bulkhead_settings model_merge(const struct model_partition *partition,
				     const struct bulkhead_settings *news, __u32 mask);
/* Bits of the settings that are out of range or contradict each other. */
__u32 model_faults(const struct bulkhead_settings *settings);

/* @writable: the fd of the device, or of the partition. */
struct model_verdict model_create(struct model *model, const struct bulkhead_create *arg,
				  bool writable);
struct model_verdict model_set(const struct model *model,
			       const struct model_partition *partition,
			       const struct bulkhead_set *arg, bool writable);

#endif /* GUEST_MODEL_H */
