// SPDX-License-Identifier: GPL-2.0
/*
 * The wanted state of a partition.
 */
#include "settings.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "limits.h"

void settings_default(struct bulkhead_settings *settings)
{
	*settings = (struct bulkhead_settings) {
		.cpu_limit = BULKHEAD_UNLIMITED,
		.cpu_share = BULKHEAD_SHARE_DEFAULT,
		.memory_limit = BULKHEAD_UNLIMITED,
		.swap_limit = BULKHEAD_UNLIMITED,
		.task_limit = BULKHEAD_UNLIMITED,
		.memory_soft_limit = BULKHEAD_UNLIMITED,
		.memory_soft_time = BULKHEAD_SOFT_TIME_DEFAULT,
	};
}

static u64 round_down_to_page(u64 bytes)
{
	return bytes == BULKHEAD_UNLIMITED ? bytes : bytes & ~(u64)(PAGE_SIZE - 1);
}

/* What cannot be rounded up is left as it is: no machine can promise it. */
static u64 round_up_to_page(u64 bytes)
{
	u64 up = (bytes + PAGE_SIZE - 1) & ~(u64)(PAGE_SIZE - 1);

	return up < bytes ? bytes : up;
}

void settings_merge(struct bulkhead_settings *settings,
		    const struct bulkhead_settings *news, u32 mask)
{
	if (mask & BULKHEAD_SET_CPU_GUARANTEE)
		settings->cpu_guarantee = news->cpu_guarantee;
	if (mask & BULKHEAD_SET_CPU_LIMIT)
		settings->cpu_limit = news->cpu_limit;
	if (mask & BULKHEAD_SET_CPU_SHARE)
		settings->cpu_share = news->cpu_share;
	if (mask & BULKHEAD_SET_MEMORY_GUARANTEE)
		settings->memory_guarantee = round_up_to_page(news->memory_guarantee);
	if (mask & BULKHEAD_SET_MEMORY_LIMIT)
		settings->memory_limit = round_down_to_page(news->memory_limit);
	if (mask & BULKHEAD_SET_SWAP_LIMIT)
		settings->swap_limit = round_down_to_page(news->swap_limit);
	if (mask & BULKHEAD_SET_TASK_LIMIT)
		settings->task_limit = news->task_limit;
	if (mask & BULKHEAD_SET_MEMORY_MODE)
		settings->memory_mode = news->memory_mode;
	if (mask & BULKHEAD_SET_MEMORY_SOFT_LIMIT)
		settings->memory_soft_limit = round_down_to_page(news->memory_soft_limit);
	if (mask & BULKHEAD_SET_MEMORY_SOFT_TIME)
		settings->memory_soft_time = news->memory_soft_time;
	if (mask & BULKHEAD_SET_MEMORY_SOFT_ACTION)
		settings->memory_soft_action = news->memory_soft_action;
	if (mask & BULKHEAD_SET_OOM_GROUP)
		settings->oom_group = news->oom_group;
}

/* The limit is at fault unless only the guarantee is being changed. */
static u32 limit_culprit(u64 guarantee, u64 limit, u32 mask,
			 u32 guarantee_bit, u32 limit_bit)
{
	if (guarantee <= limit)
		return 0;
	return (mask & limit_bit) || !(mask & guarantee_bit) ? limit_bit : guarantee_bit;
}

/* A soft limit lies between the guarantee and the limit, or acts never or always. */
static u32 soft_limit_culprit(const struct bulkhead_settings *settings, u32 mask)
{
	u32 culprit;

	if (settings->memory_soft_limit == BULKHEAD_UNLIMITED)
		return 0;
	if (!settings->memory_soft_limit)
		return BULKHEAD_SET_MEMORY_SOFT_LIMIT;
	culprit = limit_culprit(settings->memory_guarantee, settings->memory_soft_limit, mask,
				BULKHEAD_SET_MEMORY_GUARANTEE,
				BULKHEAD_SET_MEMORY_SOFT_LIMIT);
	if (culprit)
		return culprit;
	return limit_culprit(settings->memory_soft_limit, settings->memory_limit, mask,
			     BULKHEAD_SET_MEMORY_SOFT_LIMIT, BULKHEAD_SET_MEMORY_LIMIT);
}

u32 settings_check(const struct bulkhead_settings *settings, u32 mask)
{
	u32 culprit;

	if (settings->cpu_guarantee && settings->cpu_guarantee < BULKHEAD_CPU_MIN)
		return BULKHEAD_SET_CPU_GUARANTEE;
	if (settings->cpu_limit < BULKHEAD_CPU_MIN)
		return BULKHEAD_SET_CPU_LIMIT;
	culprit = limit_culprit(settings->cpu_guarantee, settings->cpu_limit, mask,
				BULKHEAD_SET_CPU_GUARANTEE, BULKHEAD_SET_CPU_LIMIT);
	if (culprit)
		return culprit;
	if (settings->cpu_share < BULKHEAD_SHARE_MIN ||
	    settings->cpu_share > BULKHEAD_SHARE_MAX)
		return BULKHEAD_SET_CPU_SHARE;
	if (!settings->memory_limit)
		return BULKHEAD_SET_MEMORY_LIMIT;
	culprit = limit_culprit(settings->memory_guarantee, settings->memory_limit, mask,
				BULKHEAD_SET_MEMORY_GUARANTEE, BULKHEAD_SET_MEMORY_LIMIT);
	if (culprit)
		return culprit;
	if (settings->task_limit != BULKHEAD_UNLIMITED &&
	    (settings->task_limit < 1 || settings->task_limit > LIMIT_TASKS_MAX))
		return BULKHEAD_SET_TASK_LIMIT;
	if (settings->memory_mode > BULKHEAD_MEMORY_RESERVE)
		return BULKHEAD_SET_MEMORY_MODE;
	culprit = soft_limit_culprit(settings, mask);
	if (culprit)
		return culprit;
	if (settings->memory_soft_time < BULKHEAD_SOFT_TIME_MIN)
		return BULKHEAD_SET_MEMORY_SOFT_TIME;
	if (settings->memory_soft_action > BULKHEAD_SOFT_RELEASE)
		return BULKHEAD_SET_MEMORY_SOFT_ACTION;
	if (settings->oom_group > 1)
		return BULKHEAD_SET_OOM_GROUP;
	return 0;
}

u32 settings_diff(const struct bulkhead_settings *a,
		  const struct bulkhead_settings *b)
{
	return (a->cpu_guarantee != b->cpu_guarantee ? BULKHEAD_SET_CPU_GUARANTEE : 0) |
	       (a->cpu_limit != b->cpu_limit ? BULKHEAD_SET_CPU_LIMIT : 0) |
	       (a->cpu_share != b->cpu_share ? BULKHEAD_SET_CPU_SHARE : 0) |
	       (a->memory_guarantee != b->memory_guarantee ?
			BULKHEAD_SET_MEMORY_GUARANTEE : 0) |
	       (a->memory_limit != b->memory_limit ? BULKHEAD_SET_MEMORY_LIMIT : 0) |
	       (a->swap_limit != b->swap_limit ? BULKHEAD_SET_SWAP_LIMIT : 0) |
	       (a->task_limit != b->task_limit ? BULKHEAD_SET_TASK_LIMIT : 0) |
	       (a->memory_mode != b->memory_mode ? BULKHEAD_SET_MEMORY_MODE : 0) |
	       (a->memory_soft_limit != b->memory_soft_limit ?
			BULKHEAD_SET_MEMORY_SOFT_LIMIT : 0) |
	       (a->memory_soft_time != b->memory_soft_time ?
			BULKHEAD_SET_MEMORY_SOFT_TIME : 0) |
	       (a->memory_soft_action != b->memory_soft_action ?
			BULKHEAD_SET_MEMORY_SOFT_ACTION : 0) |
	       (a->oom_group != b->oom_group ? BULKHEAD_SET_OOM_GROUP : 0);
}

u64 settings_quota(u64 limit, u64 *period_us)
{
	u64 period = LIMIT_QUOTA_PERIOD_US;

	/* Above a million CPUs every limit is the same, and the product fits. */
	limit = min_t(u64, limit, BULKHEAD_CPU * BULKHEAD_CPU);
	if (limit * period < LIMIT_QUOTA_MIN_US * BULKHEAD_CPU)
		period = DIV64_U64_ROUND_UP(LIMIT_QUOTA_MIN_US * BULKHEAD_CPU, limit);
	*period_us = period;
	return div64_u64(limit * period, BULKHEAD_CPU);
}

/* The files of /proc/bulkhead, those of later versions included, and the host. */
static const char * const reserved_names[] = {
	"capacity", "events", "history", "host", "oom", "partitions", "self", "tasks",
};

bool settings_name_valid(const char name[BULKHEAD_NAME_SIZE])
{
	size_t i;

	/* By hand: isalnum() of the kernel takes Latin-1 letters too. */
	for (i = 0; i < BULKHEAD_NAME_SIZE && name[i]; i++) {
		char c = name[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9'))
			continue;
		if (!i || (c != '_' && c != '.' && c != '-'))
			return false;
	}
	if (!i || i == BULKHEAD_NAME_SIZE)
		return false;

	for (i = 0; i < ARRAY_SIZE(reserved_names); i++)
		if (!strcmp(name, reserved_names[i]))
			return false;
	return true;
}
