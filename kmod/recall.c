// SPDX-License-Identifier: GPL-2.0
/*
 * What was lent comes back.
 */
#include "recall.h"

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>

#include "cgroup_dir.h"
#include "compat.h"
#include "errand.h"
#include "limits.h"
#include "memory.h"
#include "partition.h"
#include "registry.h"
#include "top.h"

u64 recall_run(u64 bytes)
{
	u64 before = memory_use(top_dir()->cgroup, NULL), now;
	int err = cgroup_dir_write(top_dir(), "memory.reclaim", "%llu", bytes);

	if (!err)
		return bytes;
	/* Not all could be had. */
	now = memory_use(top_dir()->cgroup, NULL);
	return before > now ? min(before - now, bytes) : 0;
}

/* Is somebody over what it was promised, protected by what others do not use? */
static bool is_anything_lent(void)
{
	u64 unclaimed = memory_promised(top_dir()->cgroup), id = 0;
	struct partition *partition;
	bool over = false;

	rcu_read_lock();
	while ((partition = registry_next(&id))) {
		u64 use = memory_use(partition->dir.cgroup, NULL);
		u64 promised = memory_promised(partition->dir.cgroup);

		unclaimed -= min3(use, promised, unclaimed);
		over |= use > promised;
	}
	rcu_read_unlock();
	return over && unclaimed;
}

void recall_refresh(struct partition *partition)
{
	if (compat_stale_protection() &&
	    memory_use(partition->dir.cgroup, NULL) > memory_promised(partition->dir.cgroup))
		recall_run(PAGE_SIZE);
}

/*
 * The one that is underway, for the OOM notifier. Under the kernel's oom_lock but for
 * recall_back, which the completion hands over.
 */
static DECLARE_COMPLETION(recall_done);
static bool recall_underway;
static unsigned long recall_since;
static unsigned long recall_vain;
static bool recall_was_vain;
static u64 recall_back;

/* There is no free memory: what little the way into reclaim takes is of the last reserves. */
static void recall_work(struct work_struct *unused)
{
	unsigned int flags = memalloc_noreclaim_save();

	recall_back = recall_run(LIMIT_RECALL_BYTES);
	memalloc_noreclaim_restore(flags);
	complete(&recall_done);
}

static DECLARE_WORK(recall_errand, recall_work);

u64 recall_before_kill(void)
{
	if (!recall_underway) {
		if (recall_was_vain && time_before(jiffies, recall_vain + LIMIT_RECALL_WAIT))
			return 0;
		if (!is_anything_lent())
			return 0;
		reinit_completion(&recall_done);
		recall_underway = true;
		recall_since = jiffies;
		errand_send(&recall_errand);
	}
	if (!wait_for_completion_timeout(&recall_done, 1))
		return time_before(jiffies, recall_since + LIMIT_RECALL_WAIT) ? PAGE_SIZE : 0;
	recall_underway = false;
	recall_was_vain = !recall_back;
	recall_vain = jiffies;
	return recall_back;
}

void recall_exit(void)
{
	cancel_work_sync(&recall_errand);
}
