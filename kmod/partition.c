// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a partition object.
 */
#include "partition.h"

#include <linux/file.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "errand.h"

static void (*partition_farewell)(struct partition *partition);

static void partition_free(struct work_struct *work)
{
	struct partition *partition = container_of(to_rcu_work(work), struct partition,
						   burial);

	partition_farewell(partition);
	/* A worker's plain fput() is put off beyond the unmount. */
	standing_close(&partition->standing);
	if (partition->memory_events)
		__fput_sync(partition->memory_events);
	if (partition->pids)
		__fput_sync(partition->pids);
	cgroup_dir_put(&partition->dir);
	stock_exit(&partition->stock);
	free_percpu(partition->cpu_time);
	mutex_destroy(&partition->lock);
	kfree(partition);
}

struct partition *partition_alloc(const char *name, u32 flags,
				  const struct bulkhead_settings *settings)
{
	struct partition *partition = kzalloc(sizeof(*partition), GFP_KERNEL);

	if (!partition)
		return NULL;
	partition->cpu_time = alloc_percpu(u64);
	if (!partition->cpu_time)
		goto free;
	if (stock_init(&partition->stock))
		goto free_cpu_time;
	refcount_set(&partition->refs, 1);
	atomic_set(&partition->handles, 1);
	strscpy(partition->name, name, sizeof(partition->name));
	partition->flags = flags;
	partition->settings = *settings;
	mutex_init(&partition->lock);
	spin_lock_init(&partition->view);
	INIT_RCU_WORK(&partition->burial, partition_free);
	INIT_LIST_HEAD(&partition->control_node);
	INIT_LIST_HEAD(&partition->active_node);
	INIT_LIST_HEAD(&partition->reserve_node);
	return partition;

free_cpu_time:
	free_percpu(partition->cpu_time);
free:
	kfree(partition);
	return NULL;
}

struct partition *partition_get(struct partition *partition)
{
	refcount_inc(&partition->refs);
	return partition;
}

bool partition_try_get(struct partition *partition)
{
	return refcount_inc_not_zero(&partition->refs);
}

/*
 * References are held by the registry (from reserve to remove), by every handle
 * and by whoever looked it up just now; the entries in /proc are removed before
 * the registry's is dropped. With the last one gone, what is left are readers in
 * RCU read-side sections that began before the registry forgot the partition: the
 * context switch probe, listings, which also look at the cgroup, and look-ups,
 * whose try_get fails. The grace period waits for all of them. What the context
 * switch keeps beyond that, the farewell takes back, and only then the cgroup is
 * let go, which may sleep and so takes a worker.
 */
void partition_put(struct partition *partition)
{
	if (!refcount_dec_and_test(&partition->refs))
		return;
	errand_send_rcu(&partition->burial);
}

void partition_on_burial(void (*farewell)(struct partition *partition))
{
	partition_farewell = farewell;
}

void partition_set_state(struct partition *partition, u32 state)
{
	lockdep_assert_held(&partition->lock);
	spin_lock(&partition->view);
	partition->state = state;
	spin_unlock(&partition->view);
}

void partition_set_settings(struct partition *partition,
			    const struct bulkhead_settings *settings)
{
	lockdep_assert_held(&partition->lock);
	spin_lock(&partition->view);
	partition->settings = *settings;
	spin_unlock(&partition->view);
}

const char *partition_state_name(u32 state)
{
	static const char * const names[] = {
		[PARTITION_NEW] = "new",
		[PARTITION_ACTIVE] = "active",
		[PARTITION_DYING] = "dying",
		[PARTITION_DEAD] = "dead",
	};

	return names[state];
}

u32 partition_view(struct partition *partition, struct bulkhead_settings *settings)
{
	u32 state;

	spin_lock(&partition->view);
	state = partition->state;
	*settings = partition->settings;
	spin_unlock(&partition->view);
	return state;
}
