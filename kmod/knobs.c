// SPDX-License-Identifier: GPL-2.0
/*
 * One row for each cgroup file.
 */
#include "knobs.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "cgroup_dir.h"
#include "memory.h"
#include "settings.h"

static int write_or_max(const struct cgroup_dir *dir, const char *file, u64 value)
{
	if (value == BULKHEAD_UNLIMITED)
		return cgroup_dir_write(dir, file, "max");
	return cgroup_dir_write(dir, file, "%llu", value);
}

static int write_memory_min(const struct cgroup_dir *dir,
			    const struct bulkhead_settings *settings)
{
	return cgroup_dir_write(dir, "memory.min", "%llu", settings->memory_guarantee);
}

/* A memory.max below the use makes the kernel kill: memory_shrink() comes before. */
static int write_memory_max(const struct cgroup_dir *dir,
			    const struct bulkhead_settings *settings)
{
	if (memory_use(dir->cgroup, NULL) > settings->memory_limit)
		return -EBUSY;
	return write_or_max(dir, "memory.max", settings->memory_limit);
}

static int write_swap_max(const struct cgroup_dir *dir,
			  const struct bulkhead_settings *settings)
{
	if (!cgroup_dir_has_file(dir, "memory.swap.max"))
		return -EOPNOTSUPP;
	return write_or_max(dir, "memory.swap.max", settings->swap_limit);
}

static int write_pids_max(const struct cgroup_dir *dir,
			  const struct bulkhead_settings *settings)
{
	return write_or_max(dir, "pids.max", settings->task_limit);
}

static int write_cpu_max(const struct cgroup_dir *dir,
			 const struct bulkhead_settings *settings)
{
	u64 quota, period;

	if (settings->cpu_limit == BULKHEAD_UNLIMITED)
		return cgroup_dir_write(dir, "cpu.max", "max");
	quota = settings_quota(settings->cpu_limit, &period);
	return cgroup_dir_write(dir, "cpu.max", "%llu %llu", quota, period);
}

/* In the order of writing: what is refused most often comes first. */
static const struct {
	u32 bit;
	int (*write)(const struct cgroup_dir *dir, const struct bulkhead_settings *settings);
} knobs[] = {
	{ BULKHEAD_SET_MEMORY_LIMIT, write_memory_max },
	{ BULKHEAD_SET_SWAP_LIMIT, write_swap_max },
	{ BULKHEAD_SET_MEMORY_GUARANTEE, write_memory_min },
	{ BULKHEAD_SET_TASK_LIMIT, write_pids_max },
	{ BULKHEAD_SET_CPU_LIMIT, write_cpu_max },
};

int knobs_change(const struct cgroup_dir *dir, const struct bulkhead_settings *from,
		 const struct bulkhead_settings *to, u32 *culprit)
{
	u32 change = settings_diff(from, to);
	int i, err = 0;

	for (i = 0; i < ARRAY_SIZE(knobs); i++) {
		if (!(change & knobs[i].bit))
			continue;
		err = knobs[i].write(dir, to);
		if (err)
			break;
	}
	if (!err)
		return 0;

	*culprit = knobs[i].bit;
	while (i--)
		if ((change & knobs[i].bit) && knobs[i].write(dir, from))
			pr_err_ratelimited("cannot put setting %#x back\n", knobs[i].bit);
	return err;
}
