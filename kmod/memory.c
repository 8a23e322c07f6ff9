// SPDX-License-Identifier: GPL-2.0
/*
 * Memory in use, from the controller's own counters.
 */
#include "memory.h"

#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/page_counter.h>

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

u64 memory_host_use(struct cgroup *cgroup)
{
	u64 charged = memory_use(cgroup, NULL);
	struct sysinfo info;
	u64 used;

	si_meminfo(&info);
	used = (u64)(info.totalram - info.freeram) << PAGE_SHIFT;
	return used > charged ? used - charged : 0;
}
