// SPDX-License-Identifier: GPL-2.0
#include "model.h"

#include <errno.h>
#include <string.h>

#define PAGE	4096ULL

static bool is_zero(const void *what, size_t size)
{
	const char *byte = what;

	while (size--)
		if (*byte++)
			return false;
	return true;
}

void model_begin(struct model *model, const struct bulkhead_capacity *empty)
{
	memset(model, 0, sizeof(*model));
	model->cpu_total = empty->cpu_total;
	model->cpu_reserve = empty->cpu_reserve;
	model->memory_total = empty->memory_total;
	/* Without partitions the bookkeeping is that of the one to come. */
	model->bookkeeping = empty->memory_overhead;
	model->memory_reserve = empty->memory_reserve - empty->memory_overhead;
}

unsigned int model_count(const struct model *model)
{
	unsigned int i, count = 0;

	for (i = 0; i < MODEL_PARTITIONS; i++)
		count += model->partition[i].alive;
	return count;
}

struct bulkhead_capacity model_capacity(const struct model *model)
{
	struct bulkhead_capacity capacity = {
		.size = sizeof(capacity),
		.partitions = model_count(model),
		.cpu_total = model->cpu_total,
		.cpu_reserve = model->cpu_reserve,
		.memory_total = model->memory_total,
	};
	__u64 left;
	int i;

	for (i = 0; i < MODEL_PARTITIONS; i++) {
		const struct model_partition *partition = &model->partition[i];

		if (!partition->alive)
			continue;
		capacity.cpu_guaranteed += partition->settings.cpu_guarantee;
		capacity.memory_guaranteed += partition->settings.memory_guarantee;
	}
	capacity.cpu_free = capacity.cpu_total - capacity.cpu_reserve - capacity.cpu_guaranteed;
	left = capacity.memory_total - model->memory_reserve - capacity.memory_guaranteed;
	capacity.memory_overhead = (capacity.partitions + 1) * model->bookkeeping;
	if (capacity.memory_overhead > left)
		capacity.memory_overhead = left;
	capacity.memory_reserve = model->memory_reserve + capacity.memory_overhead;
	capacity.memory_free = left - capacity.memory_overhead;
	return capacity;
}

bool model_name_valid(const char name[BULKHEAD_NAME_SIZE])
{
	static const char * const reserved[] = {
		"host", "capacity", "events", "history", "oom", "partitions", "self", "tasks",
	};
	static const char first[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	static const char rest[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
	size_t length = strnlen(name, BULKHEAD_NAME_SIZE), i;

	if (!length || length == BULKHEAD_NAME_SIZE || !strchr(first, name[0]))
		return false;
	if (strspn(name, rest) != length)
		return false;
	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (!strcmp(name, reserved[i]))
			return false;
	return true;
}

struct model_partition *model_find(struct model *model, const char *name)
{
	int i;

	for (i = 0; i < MODEL_PARTITIONS; i++)
		if (model->partition[i].alive && !strcmp(model->partition[i].name, name))
			return &model->partition[i];
	return NULL;
}

struct model_partition *model_find_id(struct model *model, __u64 id)
{
	int i;

	for (i = 0; i < MODEL_PARTITIONS; i++)
		if (model->partition[i].alive && model->partition[i].id == id)
			return &model->partition[i];
	return NULL;
}

struct model_partition *model_unused(struct model *model)
{
	int i;

	for (i = 0; i < MODEL_PARTITIONS; i++)
		if (!model->partition[i].alive && !model->partition[i].handles)
			return &model->partition[i];
	return NULL;
}

static __u64 whole_pages(__u64 limit)
{
	return limit == BULKHEAD_UNLIMITED ? limit : limit / PAGE * PAGE;
}

struct bulkhead_settings model_merge(const struct model_partition *partition,
				     const struct bulkhead_settings *news, __u32 mask)
{
	struct bulkhead_settings merged = {
		.cpu_limit = BULKHEAD_UNLIMITED,
		.cpu_share = BULKHEAD_SHARE_DEFAULT,
		.memory_limit = BULKHEAD_UNLIMITED,
		.swap_limit = BULKHEAD_UNLIMITED,
		.task_limit = BULKHEAD_UNLIMITED,
		.memory_soft_limit = BULKHEAD_UNLIMITED,
		.memory_soft_time = BULKHEAD_SOFT_TIME_DEFAULT,
	};
	__u64 *to = (__u64 *)&merged;
	const __u64 *from = (const __u64 *)news;
	unsigned int bit;

	if (partition)
		merged = partition->settings;
	/* One bit for each member, in their order. */
	for (bit = 0; bit < sizeof(merged) / sizeof(*to); bit++)
		if (mask & 1U << bit)
			to[bit] = from[bit];
	if (merged.memory_guarantee % PAGE && merged.memory_guarantee < -PAGE)
		merged.memory_guarantee += PAGE - merged.memory_guarantee % PAGE;
	merged.memory_limit = whole_pages(merged.memory_limit);
	merged.memory_soft_limit = whole_pages(merged.memory_soft_limit);
	merged.swap_limit = whole_pages(merged.swap_limit);
	return merged;
}

__u32 model_faults(const struct bulkhead_settings *s)
{
	__u32 faults = 0;

	if (s->cpu_guarantee && s->cpu_guarantee < BULKHEAD_CPU_MIN)
		faults |= BULKHEAD_SET_CPU_GUARANTEE;
	if (s->cpu_limit < BULKHEAD_CPU_MIN)
		faults |= BULKHEAD_SET_CPU_LIMIT;
	if (s->cpu_limit < s->cpu_guarantee)
		faults |= BULKHEAD_SET_CPU_LIMIT | BULKHEAD_SET_CPU_GUARANTEE;
	if (s->cpu_share < BULKHEAD_SHARE_MIN || s->cpu_share > BULKHEAD_SHARE_MAX)
		faults |= BULKHEAD_SET_CPU_SHARE;
	if (s->memory_limit < PAGE)
		faults |= BULKHEAD_SET_MEMORY_LIMIT;
	if (s->memory_limit < s->memory_guarantee)
		faults |= BULKHEAD_SET_MEMORY_LIMIT | BULKHEAD_SET_MEMORY_GUARANTEE;
	if (s->task_limit != BULKHEAD_UNLIMITED && (s->task_limit < 1 || s->task_limit > 4194304))
		faults |= BULKHEAD_SET_TASK_LIMIT;
	if (s->memory_mode > BULKHEAD_MEMORY_RESERVE)
		faults |= BULKHEAD_SET_MEMORY_MODE;
	if (s->memory_soft_limit < PAGE)
		faults |= BULKHEAD_SET_MEMORY_SOFT_LIMIT;
	if (s->memory_soft_limit < s->memory_guarantee)
		faults |= BULKHEAD_SET_MEMORY_SOFT_LIMIT | BULKHEAD_SET_MEMORY_GUARANTEE;
	if (s->memory_soft_limit != BULKHEAD_UNLIMITED && s->memory_soft_limit > s->memory_limit)
		faults |= BULKHEAD_SET_MEMORY_SOFT_LIMIT | BULKHEAD_SET_MEMORY_LIMIT;
	if (s->memory_soft_time < BULKHEAD_SOFT_TIME_MIN)
		faults |= BULKHEAD_SET_MEMORY_SOFT_TIME;
	if (s->memory_soft_action > BULKHEAD_SOFT_RELEASE)
		faults |= BULKHEAD_SET_MEMORY_SOFT_ACTION;
	if (s->oom_group > 1)
		faults |= BULKHEAD_SET_OOM_GROUP;
	return faults;
}

/* Settings, then room: what create and set have in common. */
static void decide(const struct model *model, const struct bulkhead_settings *from,
		   const struct bulkhead_settings *to, struct model_verdict *verdict)
{
	struct bulkhead_capacity now = model_capacity(model);
	struct bulkhead_settings none = { };

	from = from ? from : &none;
	verdict->cpu = (struct bulkhead_admission) {
		to->cpu_guarantee, now.cpu_free, now.cpu_total, now.cpu_reserve,
		now.cpu_guaranteed, from->cpu_guarantee + now.cpu_free,
	};
	verdict->memory = (struct bulkhead_admission) {
		to->memory_guarantee, now.memory_free, now.memory_total, now.memory_reserve,
		now.memory_guaranteed, from->memory_guarantee + now.memory_free,
	};
	if (verdict->cpu.asked > verdict->cpu.largest)
		verdict->refused |= BULKHEAD_RESOURCE_CPU;
	if (verdict->memory.asked > verdict->memory.largest)
		verdict->refused |= BULKHEAD_RESOURCE_MEMORY;
	if (verdict->refused)
		verdict->error = ENOSPC;
}

struct model_verdict model_create(struct model *model, const struct bulkhead_create *arg,
				  bool writable)
{
	const __u32 known = BULKHEAD_CREATE_DRY_RUN | BULKHEAD_CREATE_KILL_ON_CLOSE;
	bool dry = arg->flags & BULKHEAD_CREATE_DRY_RUN;
	struct model_verdict verdict = { .error = EINVAL };
	struct bulkhead_settings merged;

	if (arg->flags & ~known || arg->fd || arg->id || arg->refused || arg->culprit ||
	    arg->missing || !is_zero(&arg->cpu, sizeof(arg->cpu)) ||
	    !is_zero(&arg->memory, sizeof(arg->memory)))
		return verdict;
	if (!dry && !writable) {
		verdict.error = EBADF;
		return verdict;
	}
	if (arg->mask & ~BULKHEAD_SET_ALL || !model_name_valid(arg->name))
		return verdict;
	merged = model_merge(NULL, &arg->settings, arg->mask);
	verdict.culprits = model_faults(&merged);
	if (verdict.culprits)
		return verdict;
	verdict.error = model_find(model, arg->name) ? EEXIST : 0;
	if (!verdict.error)
		decide(model, NULL, &merged, &verdict);
	return verdict;
}

struct model_verdict model_set(const struct model *model,
			       const struct model_partition *partition,
			       const struct bulkhead_set *arg, bool writable)
{
	bool dry = arg->flags & BULKHEAD_SETTINGS_DRY_RUN;
	struct model_verdict verdict = { .error = EINVAL };
	struct bulkhead_settings merged;

	if (arg->flags & ~BULKHEAD_SETTINGS_DRY_RUN || arg->pad || arg->refused || arg->culprit ||
	    arg->missing || !is_zero(&arg->cpu, sizeof(arg->cpu)) ||
	    !is_zero(&arg->memory, sizeof(arg->memory)))
		return verdict;
	if (!dry && !writable) {
		verdict.error = EBADF;
		return verdict;
	}
	if (!partition->alive) {
		verdict.error = ENODEV;
		return verdict;
	}
	if (arg->mask & ~BULKHEAD_SET_ALL)
		return verdict;
	merged = model_merge(partition, &arg->settings, arg->mask);
	verdict.culprits = model_faults(&merged);
	if (verdict.culprits)
		return verdict;
	verdict.error = 0;
	decide(model, &partition->settings, &merged, &verdict);
	return verdict;
}
