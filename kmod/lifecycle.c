// SPDX-License-Identifier: GPL-2.0
/*
 * Create, change, destroy.
 *
 * Each step has its undo, in exact reverse:
 *
 *	reserve the name and an id	registry_remove()
 *	admit the guarantees		admission_settle()
 *	make the directory		cgroup_dir_remove()
 *	open the files kept at hand	(with the last reference)
 *	write the knobs			(removed with the directory)
 *	watch the soft limit		soft_limit_close()
 *	take into control's care	control_remove()
 *	hold its reserve ready		reserve_close()
 *	let it be found by its cgroup	registry_remove()
 *	tell the observer		destroyed()
 *	activate
 */
#include "lifecycle.h"

#include <linux/cgroup.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched/signal.h>

#include "account.h"
#include "cgroup_dir.h"
#include "control.h"
#include "errand.h"
#include "knobs.h"
#include "limits.h"
#include "membership.h"
#include "memory.h"
#include "partition.h"
#include "recall.h"
#include "registry.h"
#include "reserve.h"
#include "settings.h"
#include "soft_limit.h"
#include "standing.h"
#include "top.h"

static const struct lifecycle_observer *lifecycle_observer;

void lifecycle_observe(const struct lifecycle_observer *observer)
{
	lifecycle_observer = observer;
}

/* What an errand for a partition is about. */
struct lifecycle_errand {
	struct partition *partition;
	const struct bulkhead_settings *from;
	const struct bulkhead_settings *to;
	u32 culprit;
};

static int build(void *argument)
{
	struct lifecycle_errand *errand = argument;
	struct partition *partition = errand->partition;
	char path[sizeof(TOP_PATH) + 1 + BULKHEAD_NAME_SIZE];
	int err;

	scnprintf(path, sizeof(path), "%s/%s", TOP_PATH, partition->name);
	err = cgroup_dir_create(&partition->dir, top_dir(), path);
	if (err == -ENOENT) {
		pr_err_ratelimited("cgroup %s was removed from outside; load the module again\n",
				   TOP_PATH);
		return -EIO;
	}
	/* An id of the memory controller: not our capacity, not our ENOSPC. */
	if (err)
		return err == -ENOSPC ? -EUSERS : err;
	partition->pids = cgroup_dir_open_file(&partition->dir, "pids.current",
					       O_RDONLY);
	if (IS_ERR(partition->pids)) {
		err = PTR_ERR(partition->pids);
		partition->pids = NULL;
		goto remove;
	}
	err = standing_open(&partition->standing, &partition->dir);
	if (err)
		goto remove;
	err = knobs_change(&partition->dir, errand->from, errand->to, &errand->culprit);
	if (err)
		goto remove;
	err = soft_limit_change(partition, errand->to);
	if (err) {
		errand->culprit = BULKHEAD_SET_MEMORY_SOFT_LIMIT;
		goto remove;
	}
	err = control_add(partition, errand->to);
	if (err) {
		errand->culprit = BULKHEAD_SET_CPU_GUARANTEE;
		goto unwatch;
	}
	return 0;

unwatch:
	soft_limit_close(partition);
remove:
	if (cgroup_dir_remove(&partition->dir, top_dir()))
		pr_warn_ratelimited("cgroup %s stays behind: it has foreign tasks in it\n", path);
	return err;
}

static int demolish(void *argument)
{
	struct partition *partition = argument;

	return cgroup_dir_remove(&partition->dir, top_dir());
}

/* Back the guarantee as the settings say, and wait until it is. */
static int hold_reserve(struct partition *partition, const struct bulkhead_settings *settings,
			struct lifecycle_verdict *verdict)
{
	int err;

	reserve_set(partition, settings);
	err = reserve_wait(partition, &verdict->missing);
	if (err)
		verdict->culprit = BULKHEAD_SET_MEMORY_MODE;
	return err;
}

static void reap(struct work_struct *work);

static struct partition *create(struct partition *partition,
				const struct bulkhead_settings *defaults,
				struct lifecycle_verdict *verdict)
{
	struct lifecycle_errand errand = {
		.partition = partition,
		.from = defaults,
		.to = &partition->settings,
	};
	int err;

	err = registry_reserve(partition);
	if (err)
		return ERR_PTR(err);
	err = admission_raise(NULL, &partition->settings, &verdict->admission);
	if (err)
		goto remove;
	err = errand_run(build, &errand);
	verdict->culprit = errand.culprit;
	if (err)
		goto settle;
	if (reserve_grows(partition, &partition->settings)) {
		err = hold_reserve(partition, &partition->settings, verdict);
		if (err)
			goto release;
	}
	registry_bind(partition);
	err = lifecycle_observer->created(partition);
	if (err)
		goto release;

	/* Partitions keep the module: "in use" is what rmmod has to hear. */
	__module_get(THIS_MODULE);
	mutex_lock(&partition->lock);
	partition_set_state(partition, PARTITION_ACTIVE);
	mutex_unlock(&partition->lock);
	return partition;

release:
	reserve_close(partition);
	control_remove(partition);
	soft_limit_close(partition);
	if (errand_run(demolish, partition))
		pr_warn_ratelimited("cgroup %s/%s stays behind: it has foreign tasks in it\n",
				    TOP_PATH, partition->name);
settle:
	admission_settle(NULL, &partition->settings, NULL);
remove:
	registry_remove(partition);
	return ERR_PTR(err);
}

struct partition *lifecycle_create(const char *name, u32 flags,
				   const struct bulkhead_settings *settings, u32 mask,
				   struct lifecycle_verdict *verdict)
{
	struct bulkhead_settings defaults, merged;
	struct partition *partition, *created;

	settings_default(&defaults);
	merged = defaults;
	settings_merge(&merged, settings, mask);
	verdict->culprit = settings_check(&merged, mask);
	if (verdict->culprit)
		return ERR_PTR(-EINVAL);

	if (flags & BULKHEAD_CREATE_DRY_RUN) {
		if (registry_name_taken(name))
			return ERR_PTR(-EEXIST);
		return ERR_PTR(admission_decide(NULL, &merged, &verdict->admission));
	}

	partition = partition_alloc(name, flags, &merged);
	if (!partition)
		return ERR_PTR(-ENOMEM);
	INIT_WORK(&partition->reaper, reap);
	created = create(partition, &defaults, verdict);
	if (IS_ERR(created))
		partition_put(partition);
	return created;
}

static int rebuild(void *argument)
{
	struct lifecycle_errand *errand = argument;
	struct partition *partition = errand->partition;
	int err;

	err = knobs_change(&partition->dir, errand->from, errand->to, &errand->culprit);
	if (err)
		return err;
	err = soft_limit_change(partition, errand->to);
	if (err) {
		errand->culprit = BULKHEAD_SET_MEMORY_SOFT_LIMIT;
		goto undo;
	}
	err = control_change(partition, errand->to);
	if (err) {
		errand->culprit = BULKHEAD_SET_CPU_GUARANTEE;
		goto undo;
	}
	return 0;

undo:
	/* The look finds the settings that are in force: nothing to undo there. */
	knobs_restore(&partition->dir, errand->from, errand->to);
	return err;
}

/* The partition's memory.min alone. */
static int protect(void *argument)
{
	struct lifecycle_errand *errand = argument;

	return memory_protect(&errand->partition->dir, errand->to->memory_guarantee);
}

/*
 * A larger guarantee protects before the reserve is filled: what that lacks is reclaimed, and
 * not to be of the partition's own memory.
 */
static int grow_reserve(struct lifecycle_errand *errand, struct lifecycle_verdict *verdict)
{
	int err;

	if (errand->to->memory_guarantee > errand->from->memory_guarantee) {
		verdict->culprit = BULKHEAD_SET_MEMORY_GUARANTEE;
		err = errand_run(protect, errand);
		if (err)
			return err;
	}
	return hold_reserve(errand->partition, errand->to, verdict);
}

static void protect_as_before(struct partition *partition, const struct bulkhead_settings *from)
{
	struct lifecycle_errand errand = { .partition = partition, .to = from };

	if (errand_run(protect, &errand))
		pr_err_ratelimited("partition %s: cannot put memory.min back\n", partition->name);
}

/* What the use is to be brought below before the kernel is told of a limit. */
static u64 shrink_target(const struct bulkhead_settings *from,
			 const struct bulkhead_settings *to)
{
	/* Who is above the soft limit already is not to pay for another change. */
	if (from->memory_soft_limit == to->memory_soft_limit)
		return to->memory_limit;
	return min(to->memory_limit, to->memory_soft_limit);
}

static int refresh(void *partition)
{
	recall_refresh(partition);
	return 0;
}

static int shrink(struct partition *partition, u64 limit)
{
	if (memory_use(partition->dir.cgroup, NULL) <= limit)
		return 0;
	errand_run(refresh, partition);
	return memory_shrink(&partition->dir, limit);
}

/* Anybody may ask: without the lock, so that nobody who asks holds up a change. */
static int ask(struct partition *partition, const struct bulkhead_settings *settings,
	       u32 mask, struct lifecycle_verdict *verdict)
{
	struct bulkhead_settings from, to;

	if (partition_view(partition, &from) != PARTITION_ACTIVE)
		return -ENODEV;
	to = from;
	settings_merge(&to, settings, mask);
	verdict->culprit = settings_check(&to, mask);
	if (verdict->culprit)
		return -EINVAL;
	return admission_decide(&from, &to, &verdict->admission);
}

static int change(struct partition *partition, const struct bulkhead_settings *settings,
		  u32 mask, struct lifecycle_verdict *verdict)
{
	struct bulkhead_settings from = partition->settings;
	struct bulkhead_settings to = from;
	struct lifecycle_errand errand = {
		.partition = partition,
		.from = &from,
		.to = &to,
	};
	bool grows;
	int err;

	lockdep_assert_held(&partition->lock);
	if (partition->state != PARTITION_ACTIVE)
		return -ENODEV;
	settings_merge(&to, settings, mask);
	verdict->culprit = settings_check(&to, mask);
	if (verdict->culprit)
		return -EINVAL;
	err = admission_raise(&from, &to, &verdict->admission);
	if (err)
		return err;
	/* What may take long comes first: until it is there nothing else is written. */
	grows = reserve_grows(partition, &to);
	if (grows) {
		err = grow_reserve(&errand, verdict);
		if (err)
			goto settle;
	}
	err = shrink(partition, shrink_target(&from, &to));
	if (err)
		errand.culprit = BULKHEAD_SET_MEMORY_LIMIT;
	else
		err = errand_run(rebuild, &errand);
	verdict->culprit = errand.culprit;
	if (!err)
		partition_set_settings(partition, &to);
settle:
	if (err && grows)
		protect_as_before(partition, &from);
	reserve_set(partition, err ? &from : &to);
	admission_settle(&from, &to, err ? &from : &to);
	return err;
}

int lifecycle_change(struct partition *partition, u32 flags,
		     const struct bulkhead_settings *settings, u32 mask,
		     struct lifecycle_verdict *verdict)
{
	int err;

	if (flags & BULKHEAD_SETTINGS_DRY_RUN)
		return ask(partition, settings, mask, verdict);
	err = mutex_lock_killable(&partition->lock);
	if (err)
		return err;
	err = change(partition, settings, mask, verdict);
	mutex_unlock(&partition->lock);
	return err;
}

/*
 * The last step: the directory is gone, nobody can get in any more. Nothing finds
 * the partition after registry_remove(); who holds a reference finds it dead.
 */
static void bury(struct partition *partition)
{
	/* First what others wait for: a reader of its files may take its time. */
	reserve_close(partition);
	control_remove(partition);
	soft_limit_close(partition);
	admission_settle(&partition->settings, &partition->settings, NULL);
	lifecycle_observer->destroyed(partition);
	registry_remove(partition);

	mutex_lock(&partition->lock);
	partition_set_state(partition, PARTITION_DEAD);
	mutex_unlock(&partition->lock);
	/* errand_drain() waits for the errand that this may be the end of. */
	module_put(THIS_MODULE);
}

/* For those who ask after its death; never less than before. */
static void note_peak(struct partition *partition)
{
	u64 peak;

	memory_use(partition->dir.cgroup, &peak);
	partition->memory_peak = max(partition->memory_peak, peak);
}

/*
 * Kill until nothing is left and the directory is gone. cgroup.kill leaves no fork
 * behind, but tasks may still be moved in from outside, and dying takes its time.
 * With @killable it gives up when the caller is killed.
 */
static bool drain(struct partition *partition, bool killable)
{
	unsigned int pause = LIMIT_DRAIN_POLL_MIN_MS;
	unsigned long complain = jiffies + msecs_to_jiffies(LIMIT_DRAIN_COMPLAIN_MS);

	for (;;) {
		membership_kill(partition);
		note_peak(partition);
		if (!errand_run(demolish, partition))
			return true;
		if (killable && fatal_signal_pending(current))
			return false;
		msleep(pause);
		pause = min(2 * pause, LIMIT_DRAIN_POLL_MAX_MS);
		if (time_after(jiffies, complain)) {
			pr_warn_ratelimited("partition %s: still waiting for killed tasks to exit\n",
					    partition->name);
			complain = jiffies + msecs_to_jiffies(LIMIT_DRAIN_COMPLAIN_MS);
		}
	}
}

/* Goes on where a killed caller left off, or when nobody waits at all. */
static void reap(struct work_struct *work)
{
	struct partition *partition = container_of(work, struct partition, reaper);

	drain(partition, false);
	bury(partition);
	partition_put(partition);
}

/* From here on the destroy cannot be refused any more. */
static int begin_force(struct partition *partition)
{
	lockdep_assert_held(&partition->lock);
	if (partition->state != PARTITION_ACTIVE)
		return -ENODEV;
	partition_set_state(partition, PARTITION_DYING);
	return 0;
}

static int destroy_empty(struct partition *partition)
{
	int err;

	lockdep_assert_held(&partition->lock);
	if (partition->state != PARTITION_ACTIVE)
		return -ENODEV;
	if (cgroup_is_populated(partition->dir.cgroup))
		return -EBUSY;
	partition_set_state(partition, PARTITION_DYING);
	note_peak(partition);
	err = errand_run(demolish, partition);
	/* Somebody got in at the last moment: nothing has happened. */
	if (err)
		partition_set_state(partition, PARTITION_ACTIVE);
	return err;
}

int lifecycle_destroy(struct partition *partition, bool force)
{
	int err;

	/* Whoever holds the lock to wait for memory need not go on. */
	if (force)
		atomic_inc(&partition->destroyers);
	err = mutex_lock_killable(&partition->lock);
	if (force)
		atomic_dec(&partition->destroyers);
	if (err)
		return err;
	err = force ? begin_force(partition) : destroy_empty(partition);
	mutex_unlock(&partition->lock);
	if (err)
		return err;

	if (force && !drain(partition, true)) {
		partition_get(partition);
		errand_send(&partition->reaper);
		return -EINTR;
	}
	bury(partition);
	return 0;
}

void lifecycle_abandon(struct partition *partition)
{
	int err;

	atomic_inc(&partition->destroyers);
	mutex_lock(&partition->lock);
	atomic_dec(&partition->destroyers);
	err = begin_force(partition);
	mutex_unlock(&partition->lock);
	if (err)
		return;
	partition_get(partition);
	errand_send(&partition->reaper);
}
