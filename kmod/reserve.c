// SPDX-License-Identifier: GPL-2.0
/*
 * Pages held ready, and their way to the owner.
 *
 * The shrinker does not know memory cgroups on purpose: the kernel then calls it when
 * the machine is short, and not when a partition is at its own limit, where a page of
 * the reserve would be of no use.
 */
#include "reserve.h"

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/shrinker.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/topology.h>
#include <linux/workqueue.h>

#include <linux/bulkhead.h>

#include "cgroup_dir.h"
#include "compat.h"
#include "errand.h"
#include "limits.h"
#include "membership.h"
#include "memory.h"
#include "partition.h"
#include "portion.h"
#include "recall.h"
#include "stock.h"
#include "tracehook.h"

/*
 * Those that have, or once had, something to hold; read under RCU. A partition comes
 * once, and leaves in reserve_close().
 */
static LIST_HEAD(reserves);
static DEFINE_SPINLOCK(reserves_lock);	/* protects changes of the list */

static unsigned long use_pages(const struct partition *partition)
{
	return memory_use(partition->dir.cgroup, NULL) >> PAGE_SHIFT;
}

/* What is to be held: guarantee minus use. */
static unsigned long target_pages(const struct partition *partition)
{
	unsigned long backed = READ_ONCE(partition->backed);
	unsigned long use = backed ? use_pages(partition) : 0;

	/* Whole blocks: single pages would be scattered over memory by and by. */
	return backed > use ? round_up(backed - use, 1UL << LIMIT_STOCK_ORDER) : 0;
}

/* What nobody was promised: the use has grown without taking it from the reserve. */
static unsigned long excess_pages(const struct partition *partition)
{
	unsigned long held = stock_pages(&partition->stock, NUMA_NO_NODE);
	unsigned long keep;

	if (!held)
		return 0;
	keep = target_pages(partition);
	if (keep)
		keep += LIMIT_RESERVE_SLACK + num_online_cpus() * LIMIT_RESERVE_SLACK_CPU;
	return held > keep ? held - keep : 0;
}

/* However much that is: without keeping others from the CPU, or from the stock. */
static unsigned long give_slowly(struct partition *partition, unsigned long pages)
{
	unsigned long given = 0, part;

	do {
		part = stock_give(&partition->stock, NUMA_NO_NODE,
				  min(pages - given, LIMIT_PORTION_MAX));
		given += part;
		cond_resched();
	} while (part && given < pages);
	return given;
}

/*
 * What is to be held, but for what was handed over a moment ago: that is free until the
 * owner uses it, and to take it back would only have it come again.
 */
static unsigned long fill_pages(struct partition *partition)
{
	unsigned long target = target_pages(partition), underway;

	if (time_after(jiffies, READ_ONCE(partition->reserve_handed) +
				msecs_to_jiffies(LIMIT_RESERVE_HANDED_MS)))
		return target;
	spin_lock(&partition->reserve_lock);
	underway = portion_underway(&partition->portion, use_pages(partition));
	spin_unlock(&partition->reserve_lock);
	return target > underway ? target - underway : 0;
}

static unsigned long fill(struct partition *partition)
{
	unsigned long held = stock_pages(&partition->stock, NUMA_NO_NODE);

	return stock_fill(&partition->stock,
			  min(fill_pages(partition), held + LIMIT_RESERVE_FILL));
}

/*
 * Look soon: something has changed. Under RCU: reserve_close() waits for those that still
 * saw it backed, before it cancels the work.
 */
static void wake(struct partition *partition)
{
	if (!READ_ONCE(partition->backed))
		return;
	/* It is looked at soon, anyhow. */
	if (READ_ONCE(partition->reserve_pause) < LIMIT_RESERVE_LOOK_MAX_MS &&
	    time_before(jiffies, READ_ONCE(partition->reserve_due)))
		return;
	WRITE_ONCE(partition->reserve_pause, LIMIT_RESERVE_LOOK_MIN_MS);
	mod_delayed_work(system_unbound_wq, &partition->reserve_look, 0);
}

/*
 * What is handed over at a time. While it arrives, so much that kswapd has nothing to do: it
 * would find nothing, or reclaim from others what is not needed. And whole pageblocks: when
 * a part of one is taken for pages of another kind the kernel raises its watermarks for a
 * while (boost_watermark() in mm/page_alloc.c), and kswapd runs for that.
 */
static unsigned long portion_pages(const struct partition *partition, int node)
{
	unsigned long pages = READ_ONCE(partition->portion.pages);
	unsigned long held = stock_pages(&partition->stock, node);

	if (pages < LIMIT_PORTION_FIRST)
		return min(pages, held);
	pages += min3(stock_lacking(node), LIMIT_PORTION_LACKING,
		      held / LIMIT_PORTION_LACKING_SHARE);
	return min(round_up(pages, pageblock_nr_pages), held);
}

static unsigned long give_portion(struct partition *partition, int node)
{
	unsigned long use, given;

	if (!stock_pages(&partition->stock, node))
		return 0;
	use = use_pages(partition);
	given = stock_give(&partition->stock, node, portion_pages(partition, node));
	if (!given)
		return 0;
	spin_lock(&partition->reserve_lock);
	portion_given(&partition->portion, given, use);
	WRITE_ONCE(partition->reserve_handed, jiffies);
	spin_unlock(&partition->reserve_lock);
	wake(partition);
	return given;
}

/*
 * What is there for anybody, and a look at who is short: it is now or never. Not more
 * often than the clock ticks for each node, for reclaim asks very often.
 */
static unsigned long count_excess(int node)
{
	static unsigned long last[MAX_NUMNODES];
	unsigned long now = jiffies, pages = 0;
	struct partition *partition;

	if (READ_ONCE(last[node]) == now)
		return 0;
	WRITE_ONCE(last[node], now);
	list_for_each_entry_rcu(partition, &reserves, reserve_node) {
		pages += min(excess_pages(partition), stock_pages(&partition->stock, node));
		if (target_pages(partition) > stock_pages(&partition->stock, NUMA_NO_NODE))
			wake(partition);
	}
	return pages;
}

static unsigned long give_excess(int node, unsigned long pages)
{
	struct partition *partition;
	unsigned long given = 0;

	list_for_each_entry_rcu(partition, &reserves, reserve_node) {
		unsigned long excess = min(excess_pages(partition), pages - given);

		if (excess)
			given += stock_give(&partition->stock, node, excess);
		if (given >= pages)
			break;
	}
	return given;
}

/*
 * The owner lacks what was promised to it, and nothing is held: what it was handed may be in
 * the lists of another CPU. The kernel empties these once reclaim has made progress, and
 * otherwise kills. But not again before its use has changed: that was not it, then.
 */
static bool wants_lists(const struct partition *partition)
{
	unsigned long use = use_pages(partition), before = READ_ONCE(partition->emptied_use);

	return READ_ONCE(partition->backed) > use &&
	       !stock_pages(&partition->stock, NUMA_NO_NODE) &&
	       max(use, before) - min(use, before) >= LIMIT_RESERVE_SLACK_CPU;
}

/*
 * Who reclaims is told of twice what it may have, for of objects that cost nothing to
 * make anew (seeks is 0) the kernel takes half, whatever its priority.
 */
static unsigned long shrinker_count(struct shrinker *shrinker, struct shrink_control *control)
{
	struct partition *partition;
	unsigned long pages = 0;

	if (list_empty(&reserves))
		return 0;
	rcu_read_lock();
	partition = membership_of(current);
	if (partition)
		pages = portion_pages(partition, control->nid);
	if (!pages)
		pages = count_excess(control->nid);
	if (!pages && partition)
		pages = wants_lists(partition);
	rcu_read_unlock();
	return 2 * pages;
}

static unsigned long shrinker_scan(struct shrinker *shrinker, struct shrink_control *control)
{
	struct partition *partition;
	unsigned long given = 0;

	rcu_read_lock();
	partition = membership_of(current);
	if (partition)
		given = give_portion(partition, control->nid);
	if (!given)
		given = give_excess(control->nid, LIMIT_PORTION_FIRST);
	if (!given && partition && wants_lists(partition)) {
		WRITE_ONCE(partition->emptied_use, use_pages(partition));
		given = 1;
	}
	rcu_read_unlock();
	if (!given)
		return SHRINK_STOP;
	/* Free pages are progress: whoever made it does not go on to kill. */
	compat_account_reclaimed(given);
	control->nr_scanned = given;
	return given;
}

/*
 * Bring what is held in step with what is to be held; nobody else fills. What is missing
 * is taken of free memory only, and less often the longer there is none.
 */
static void look(struct work_struct *work)
{
	struct partition *partition = container_of(to_delayed_work(work), struct partition,
						   reserve_look);
	unsigned int pause = READ_ONCE(partition->reserve_pause);
	unsigned long changed, delay;

	changed = give_slowly(partition, excess_pages(partition));
	if (!changed && READ_ONCE(partition->state) <= PARTITION_ACTIVE)
		changed = fill(partition);
	pause = changed ? LIMIT_RESERVE_LOOK_MIN_MS :
		min(2 * pause, (unsigned int)LIMIT_RESERVE_LOOK_MAX_MS);
	WRITE_ONCE(partition->reserve_pause, pause);
	delay = msecs_to_jiffies(pause);
	/* At rest all of them at once: one wake-up. */
	if (pause == LIMIT_RESERVE_LOOK_MAX_MS)
		delay = round_jiffies_up_relative(delay);
	WRITE_ONCE(partition->reserve_due, jiffies + delay);
	if (READ_ONCE(partition->backed))
		queue_delayed_work(system_unbound_wq, &partition->reserve_look, delay);
}

static unsigned long backed_pages(const struct bulkhead_settings *settings)
{
	return settings->memory_mode == BULKHEAD_MEMORY_RESERVE ?
		settings->memory_guarantee >> PAGE_SHIFT : 0;
}

bool reserve_grows(const struct partition *partition, const struct bulkhead_settings *settings)
{
	return backed_pages(settings) > partition->backed;
}

void reserve_set(struct partition *partition, const struct bulkhead_settings *settings)
{
	unsigned long backed = backed_pages(settings);

	if (partition->backed == backed)
		return;
	if (list_empty(&partition->reserve_node)) {
		INIT_DELAYED_WORK(&partition->reserve_look, look);
		partition->reserve_pause = LIMIT_RESERVE_LOOK_MIN_MS;
		spin_lock_init(&partition->reserve_lock);
		portion_init(&partition->portion, use_pages(partition));
		partition->reserve_handed = jiffies - msecs_to_jiffies(LIMIT_RESERVE_HANDED_MS) - 1;
		spin_lock(&reserves_lock);
		list_add_tail_rcu(&partition->reserve_node, &reserves);
		spin_unlock(&reserves_lock);
	}
	WRITE_ONCE(partition->backed, backed);
	WRITE_ONCE(partition->reserve_pause, LIMIT_RESERVE_LOOK_MIN_MS);
	mod_delayed_work(system_unbound_wq, &partition->reserve_look, 0);
}

static u64 missing_bytes(struct partition *partition)
{
	unsigned long target = fill_pages(partition);
	unsigned long held = stock_pages(&partition->stock, NUMA_NO_NODE);

	return held < target ? (u64)(target - held) << PAGE_SHIFT : 0;
}

/*
 * From everybody, but not below anybody's memory.min; and then from those who are protected
 * beyond theirs, by what this partition was promised. By a worker: reclaim by a caller
 * that is in a partition itself would be handed the reserve of that.
 */
static int reclaim(void *missing)
{
	u64 bytes = min(*(u64 *)missing, LIMIT_RESERVE_RECLAIM);
	int err = cgroup_dir_write(cgroup_mount_root(), "memory.reclaim", "%llu", bytes);

	/* Not all could be had. */
	if (err != -EAGAIN)
		return err;
	recall_run(bytes);
	return 0;
}

int reserve_wait(struct partition *partition, u64 *missing)
{
	unsigned long end = jiffies + msecs_to_jiffies(LIMIT_RESERVE_WAIT_MS);
	unsigned int rounds = LIMIT_RESERVE_ROUNDS;
	u64 before = U64_MAX, goal = 0;
	bool gained;
	int err;

	for (;;) {
		/* The one that fills: two at once would take it twice. */
		mod_delayed_work(system_unbound_wq, &partition->reserve_look, 0);
		flush_delayed_work(&partition->reserve_look);
		*missing = missing_bytes(partition);
		if (!*missing)
			return 0;
		gained = *missing < before;
		rounds = gained ? LIMIT_RESERVE_ROUNDS : rounds - 1;
		before = min(before, *missing);
		/* However large it is: it takes its time if it comes in steps. */
		if (!goal || *missing <= goal) {
			goal = *missing - min(*missing, (u64)LIMIT_RESERVE_GAIN << PAGE_SHIFT);
			end = jiffies + msecs_to_jiffies(LIMIT_RESERVE_WAIT_MS);
		}
		if (!rounds || time_after(jiffies, end))
			return -EBUSY;
		if (signal_pending(current))
			return -EINTR;
		if (atomic_read(&partition->destroyers))
			return -ENODEV;
		if (gained)
			continue;
		err = errand_run_long(reclaim, missing);
		if (err)
			return err;
	}
}

void reserve_close(struct partition *partition)
{
	if (list_empty(&partition->reserve_node))
		return;
	WRITE_ONCE(partition->backed, 0);
	spin_lock(&reserves_lock);
	list_del_rcu(&partition->reserve_node);
	spin_unlock(&reserves_lock);
	/* Nobody wakes it any more who found it in the list. */
	synchronize_rcu();
	cancel_delayed_work_sync(&partition->reserve_look);
	give_slowly(partition, ULONG_MAX);
}

u64 reserve_held(const struct partition *partition)
{
	unsigned long pages = 0;

	if (partition)
		return (u64)stock_pages(&partition->stock, NUMA_NO_NODE) << PAGE_SHIFT;
	rcu_read_lock();
	list_for_each_entry_rcu(partition, &reserves, reserve_node)
		pages += stock_pages(&partition->stock, NUMA_NO_NODE);
	rcu_read_unlock();
	return (u64)pages << PAGE_SHIFT;
}

/*
 * Whether what it was handed before did become its own. A use that goes up and down, by others
 * of the partition, is no sign of it. After a second without any gift it is another story.
 */
static bool is_worthwhile(struct partition *partition)
{
	unsigned long use = use_pages(partition);

	if (use > partition->last_use || time_after(jiffies, partition->last_gift + HZ)) {
		partition->last_gifts = 0;
		partition->last_use = use;
	}
	partition->last_gift = jiffies;
	return partition->last_gifts++ < LIMIT_RESERVE_GIFTS;
}

u64 reserve_give_own(void)
{
	struct partition *partition;
	unsigned long given = 0;
	int node;

	rcu_read_lock();
	partition = membership_of(current);
	if (partition && stock_pages(&partition->stock, NUMA_NO_NODE) &&
	    is_worthwhile(partition)) {
		for_each_node_mask(node, current->mems_allowed) {
			given = give_portion(partition, node);
			if (given)
				break;
		}
	}
	rcu_read_unlock();
	return (u64)given << PAGE_SHIFT;
}

u64 reserve_give_excess(void)
{
	unsigned long given;

	rcu_read_lock();
	given = give_excess(NUMA_NO_NODE, LIMIT_PORTION_FIRST);
	rcu_read_unlock();
	return (u64)given << PAGE_SHIFT;
}

u64 reserve_give_any(u64 bytes)
{
	unsigned long pages = min_t(u64, bytes >> PAGE_SHIFT, ULONG_MAX), given = 0;
	struct partition *partition;

	rcu_read_lock();
	list_for_each_entry_rcu(partition, &reserves, reserve_node) {
		if (given >= pages)
			break;
		given += stock_give(&partition->stock, NUMA_NO_NODE, pages - given);
	}
	rcu_read_unlock();
	return (u64)given << PAGE_SHIFT;
}

/*
 * An allocation has left a zone with hardly more than its low watermark: the next one would
 * wake kswapd, and, should that run already, come down to where it has to reclaim. What the
 * owner is handed now spares it both. No page may be left out: a CPU refills its lists with
 * up to 2,016 at once, from above the low watermark to below the lowest. Whoever may wait holds
 * no lock that is taken here. Not on -rt, where a probe must not take them.
 */
static void notice_shortage(void *data, struct page *page, unsigned int order, gfp_t flags,
			    int migratetype)
{
	struct partition *partition;
	struct zone *zone;

	/* Each page of everybody comes by: what mostly holds comes first. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || !page)
		return;
	zone = page_zone(page);
	if (zone_page_state(zone, NR_FREE_PAGES) > low_wmark_pages(zone) + LIMIT_PORTION_MIN)
		return;
	if (!gfpflags_allow_blocking(flags))
		return;
	rcu_read_lock();
	partition = membership_of(current);
	if (partition)
		give_portion(partition, zone_to_nid(zone));
	rcu_read_unlock();
}

static struct tracehook reserve_hooks[] = {
	{ .name = "mm_page_alloc", .probe = notice_shortage },
};

static struct shrinker *shrinker;

int reserve_init(void)
{
	int err;

	shrinker = compat_shrinker_register("bulkhead", SHRINKER_NUMA_AWARE, shrinker_count,
					    shrinker_scan);
	if (!shrinker)
		return -ENOMEM;
	err = tracehook_attach(reserve_hooks, ARRAY_SIZE(reserve_hooks));
	if (err)
		compat_shrinker_unregister(shrinker);
	return err;
}

void reserve_exit(void)
{
	tracehook_detach(reserve_hooks, ARRAY_SIZE(reserve_hooks));
	compat_shrinker_unregister(shrinker);
}
