// SPDX-License-Identifier: GPL-2.0
/*
 * Event-driven: the kernel notifies memory.events when a partition is throttled. From
 * then on we look until it is below again, and not otherwise.
 */
#include "soft_limit.h"

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/printk.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <linux/bulkhead.h>

#include "cgroup_dir.h"
#include "limits.h"
#include "memory.h"
#include "partition.h"
#include "recall.h"

/*
 * Whoever is kept at the soft limit by reclaim is above it all the time, by some batches
 * of charges of each CPU. That is what a soft limit is for.
 */
static bool above(const struct partition *partition, u64 soft_limit)
{
	u64 slack = min((u64)num_online_cpus() * LIMIT_SOFT_SLACK,
			soft_limit / LIMIT_SOFT_SLACK_SHARE);
	u64 use = memory_use(partition->dir.cgroup, NULL);

	return use > soft_limit && use - soft_limit > slack;
}

/* An eighth of the time, so that being below in between is noticed. */
static unsigned long look_pause(const struct bulkhead_settings *settings)
{
	return msecs_to_jiffies(clamp_t(u64, div_u64(settings->memory_soft_time, 8 * NSEC_PER_MSEC),
					LIMIT_SOFT_LOOK_MIN_MS, LIMIT_SOFT_LOOK_MAX_MS));
}

static int raise_max(struct partition *partition)
{
	u64 limit = partition->settings.memory_limit;

	if (limit == BULKHEAD_UNLIMITED)
		return cgroup_dir_write(&partition->dir, "memory.max", "max");
	return cgroup_dir_write(&partition->dir, "memory.max", "%llu", limit);
}

/* Lowered and raised again: what stays above is reclaimed, or killed by the kernel. */
static int enforce(struct partition *partition)
{
	int err, raise_err;

	recall_refresh(partition);
	err = cgroup_dir_write(&partition->dir, "memory.max", "%llu",
			       partition->settings.memory_soft_limit);
	raise_err = raise_max(partition);
	partition->soft_enforced = raise_err;
	return raise_err ?: err;
}

static int release(struct partition *partition)
{
	return cgroup_dir_write(&partition->dir, "memory.high", "max");
}

static int restore(struct partition *partition)
{
	return cgroup_dir_write(&partition->dir, "memory.high", "%llu",
				partition->settings.memory_soft_limit);
}

static void escalate(struct partition *partition)
{
	const struct bulkhead_settings *settings = &partition->settings;
	bool enforcing = settings->memory_soft_action == BULKHEAD_SOFT_ENFORCE;
	int err;

	pr_notice_ratelimited("partition %s: above its soft limit of %llu bytes for %llu ms: %s\n",
			      partition->name, settings->memory_soft_limit,
			      div_u64(settings->memory_soft_time, NSEC_PER_MSEC),
			      enforcing ? "enforcing it" : "releasing it");
	err = enforcing ? enforce(partition) : release(partition);
	if (err)
		pr_warn_ratelimited("partition %s: cannot do so: error %d\n", partition->name, err);
	else if (!enforcing)
		partition->soft_released = true;
	partition->soft_since = 0;
}

/* Returns whether to look again. */
static bool look_at(struct partition *partition)
{
	const struct bulkhead_settings *settings = &partition->settings;
	u64 now = ktime_get_ns();

	lockdep_assert_held(&partition->lock);
	if (partition->state != PARTITION_ACTIVE)
		return false;
	if (partition->soft_enforced && !raise_max(partition))
		partition->soft_enforced = false;
	if (settings->memory_soft_limit == BULKHEAD_UNLIMITED)
		return partition->soft_enforced;
	if (!above(partition, settings->memory_soft_limit)) {
		partition->soft_since = 0;
		if (partition->soft_released && !restore(partition))
			partition->soft_released = false;
		return partition->soft_released || partition->soft_enforced;
	}
	if (partition->soft_released) {
		/* Again: a change that failed has put it back. */
		release(partition);
		return true;
	}
	if (settings->memory_soft_time == BULKHEAD_UNLIMITED)
		return false;
	if (!partition->soft_since)
		partition->soft_since = now;
	else if (now - partition->soft_since >= settings->memory_soft_time)
		escalate(partition);
	return true;
}

static void look(struct work_struct *work)
{
	struct partition *partition = container_of(to_delayed_work(work), struct partition,
						   soft_look);
	unsigned long pause;
	bool again;

	mutex_lock(&partition->lock);
	again = look_at(partition);
	pause = look_pause(&partition->settings);
	mutex_unlock(&partition->lock);
	if (again)
		queue_delayed_work(system_unbound_wq, &partition->soft_look, pause);
}

/* Something of memory.events has changed; if it is being looked at already, it goes on. */
static int notified(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	struct partition *partition = container_of(entry, struct partition, soft_entry);

	queue_delayed_work(system_unbound_wq, &partition->soft_look, 0);
	return 0;
}

/* vfs_poll() calls this with the queue that is woken with the file's next event. */
struct soft_limit_poll {
	poll_table table;
	struct partition *partition;
};

static void attach_entry(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	struct partition *partition =
		container_of(table, struct soft_limit_poll, table)->partition;

	partition->soft_queue = queue;
	add_wait_queue(queue, &partition->soft_entry);
}

/* Open and watched from the first soft limit on; the file keeps the queue. */
static int watch(struct partition *partition)
{
	struct soft_limit_poll poll = { .partition = partition };
	struct file *file = cgroup_dir_open_file(&partition->dir, "memory.events", O_RDONLY);

	if (IS_ERR(file))
		return PTR_ERR(file);
	partition->memory_events = file;
	INIT_DELAYED_WORK(&partition->soft_look, look);
	init_waitqueue_func_entry(&partition->soft_entry, notified);
	init_poll_funcptr(&poll.table, attach_entry);
	vfs_poll(file, &poll.table);
	return 0;
}

int soft_limit_change(struct partition *partition, const struct bulkhead_settings *settings)
{
	int err;

	if (!partition->memory_events) {
		if (settings->memory_soft_limit == BULKHEAD_UNLIMITED)
			return 0;
		err = watch(partition);
		if (err)
			return err;
	}
	/* memory.high has just been written, or is as it was and so is this. */
	if (settings->memory_soft_limit != partition->settings.memory_soft_limit)
		partition->soft_released = false;
	partition->soft_since = 0;
	/* It may be above what was set just now, and the event was before. */
	queue_delayed_work(system_unbound_wq, &partition->soft_look, look_pause(settings));
	return 0;
}

void soft_limit_close(struct partition *partition)
{
	if (!partition->memory_events)
		return;
	if (partition->soft_queue)
		remove_wait_queue(partition->soft_queue, &partition->soft_entry);
	cancel_delayed_work_sync(&partition->soft_look);
}
