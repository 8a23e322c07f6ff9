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
	return memory_protect(dir, settings->memory_guarantee);
}

/* Below the use it makes the kernel kill: see knobs_change(). */
static int write_memory_max(const struct cgroup_dir *dir,
			    const struct bulkhead_settings *settings)
{
	return write_or_max(dir, "memory.max", settings->memory_limit);
}

/* The kernel reclaims what is above, and does not mind if it cannot. */
static int write_memory_high(const struct cgroup_dir *dir,
			     const struct bulkhead_settings *settings)
{
	return write_or_max(dir, "memory.high", settings->memory_soft_limit);
}

static int write_oom_group(const struct cgroup_dir *dir,
			   const struct bulkhead_settings *settings)
{
	return cgroup_dir_write(dir, "memory.oom.group", "%llu", settings->oom_group);
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

/* In the order of writing. */
static const struct {
	u32 bit;
	int (*write)(const struct cgroup_dir *dir, const struct bulkhead_settings *settings);
} knobs[] = {
	{ BULKHEAD_SET_MEMORY_LIMIT, write_memory_max },
	{ BULKHEAD_SET_SWAP_LIMIT, write_swap_max },
	{ BULKHEAD_SET_MEMORY_GUARANTEE, write_memory_min },
	{ BULKHEAD_SET_MEMORY_SOFT_LIMIT, write_memory_high },
	{ BULKHEAD_SET_OOM_GROUP, write_oom_group },
	{ BULKHEAD_SET_TASK_LIMIT, write_pids_max },
	{ BULKHEAD_SET_CPU_LIMIT, write_cpu_max },
};

/*
 * The first @count of those that changed, in reverse, each whatever becomes of the others.
 * Who has grown beyond its limit in the meantime is brought below again by the kernel, as
 * it would have been without the change.
 */
static void restore(const struct cgroup_dir *dir, const struct bulkhead_settings *settings,
		    u32 change, int count)
{
	while (count--)
		if ((change & knobs[count].bit) && knobs[count].write(dir, settings))
			pr_err_ratelimited("cannot put setting %#x back\n", knobs[count].bit);
}

int knobs_change(const struct cgroup_dir *dir, const struct bulkhead_settings *from,
		 const struct bulkhead_settings *to, u32 *culprit)
{
	u32 change = settings_diff(from, to);
	int i, err = 0;

	if (change & BULKHEAD_SET_MEMORY_LIMIT &&
	    memory_use(dir->cgroup, NULL) > to->memory_limit) {
		*culprit = BULKHEAD_SET_MEMORY_LIMIT;
		return -EBUSY;
	}
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
	restore(dir, from, change, i);
	return err;
}

void knobs_restore(const struct cgroup_dir *dir, const struct bulkhead_settings *from,
		   const struct bulkhead_settings *to)
{
	restore(dir, from, settings_diff(from, to), ARRAY_SIZE(knobs));
}
