// SPDX-License-Identifier: GPL-2.0
/*
 * Memory in use, from the controller's own counters.
 */
#include "memory.h"

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/page_counter.h>

#include "cgroup_dir.h"
#include "errand.h"
#include "limits.h"

u64 memory_use(struct cgroup *cgroup, u64 *peak)
{
	struct cgroup_subsys_state *css;
	u64 pages = 0, most = 0;

	rcu_read_lock();
	css = rcu_dereference(cgroup->subsys[memory_cgrp_id]);
	if (css) {
		struct mem_cgroup *memcg = container_of(css, struct mem_cgroup, css);

		pages = page_counter_read(&memcg->memory);
		most = READ_ONCE(memcg->memory.watermark);
	}
	rcu_read_unlock();
	if (peak)
		*peak = max(most, pages) << PAGE_SHIFT;
	return pages << PAGE_SHIFT;
}

u64 memory_promised(struct cgroup *cgroup)
{
	struct cgroup_subsys_state *css;
	u64 promised = 0;

	rcu_read_lock();
	css = rcu_dereference(cgroup->subsys[memory_cgrp_id]);
	if (css)
		promised = READ_ONCE(container_of(css, struct mem_cgroup, css)->memory.min);
	rcu_read_unlock();
	return promised << PAGE_SHIFT;
}

int memory_protect(const struct cgroup_dir *dir, u64 bytes)
{
	int err = cgroup_dir_write(dir, "memory.min", "%llu", bytes);

	if (err)
		return err;
	/* The guarantee depends on it: that nothing was said against it is not enough. */
	return memory_promised(dir->cgroup) == round_down(bytes, PAGE_SIZE) ? 0 : -EIO;
}

/* The file is opened by a worker, as the kernel, and written by the caller. */
struct memory_reclaim {
	const struct cgroup_dir *dir;
	struct file *file;
};

static int open_reclaim(void *argument)
{
	struct memory_reclaim *reclaim = argument;

	reclaim->file = cgroup_dir_open_file(reclaim->dir, "memory.reclaim", O_WRONLY);
	return PTR_ERR_OR_ZERO(reclaim->file);
}

int memory_shrink(const struct cgroup_dir *dir, u64 limit)
{
	struct memory_reclaim reclaim = { .dir = dir };
	u64 use = memory_use(dir->cgroup, NULL), least = use;
	unsigned int rounds = LIMIT_SHRINK_ROUNDS;
	ssize_t ret = 0;
	int err;

	if (use <= limit)
		return 0;
	err = errand_run(open_reclaim, &reclaim);
	if (err)
		return err;
	/* It may go on to allocate meanwhile: as long as there is less of it each time. */
	while (use > limit && rounds) {
		char text[24];
		loff_t pos = 0;

		ret = kernel_write(reclaim.file, text,
				   scnprintf(text, sizeof(text), "%llu", use - limit +
					     min(limit / LIMIT_SHRINK_SHARE, LIMIT_SHRINK_MOST)),
				   &pos);
		/* EAGAIN: not all could be had. */
		if (ret < 0 && ret != -EAGAIN)
			break;
		use = memory_use(dir->cgroup, NULL);
		rounds = use < least ? LIMIT_SHRINK_ROUNDS : rounds - 1;
		least = min(least, use);
	}
	fput(reclaim.file);
	return ret < 0 && ret != -EAGAIN ? ret : 0;
}

u64 memory_host_use(struct cgroup *cgroup, u64 held)
{
	u64 taken = memory_use(cgroup, NULL) + held;
	struct sysinfo info;
	u64 used;

	si_meminfo(&info);
	used = (u64)(info.totalram - info.freeram) << PAGE_SHIFT;
	return used > taken ? used - taken : 0;
}
