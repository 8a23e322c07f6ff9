// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a partition object.
 */
#include "partition.h"

#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

struct partition *partition_alloc(const char *name, u32 flags,
				  const struct bulkhead_settings *settings)
{
	struct partition *partition = kzalloc(sizeof(*partition), GFP_KERNEL);

	if (!partition)
		return NULL;
	partition->cpu_time = alloc_percpu(u64);
	if (!partition->cpu_time) {
		kfree(partition);
		return NULL;
	}
	refcount_set(&partition->refs, 1);
	strscpy(partition->name, name, sizeof(partition->name));
	partition->flags = flags;
	partition->settings = *settings;
	mutex_init(&partition->lock);
	spin_lock_init(&partition->view);
	INIT_LIST_HEAD(&partition->control_node);
	return partition;
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

static void partition_free(struct rcu_head *rcu)
{
	struct partition *partition = container_of(rcu, struct partition, rcu);

	free_percpu(partition->cpu_time);
	mutex_destroy(&partition->lock);
	kfree(partition);
}

/*
 * References are held by the registry (from reserve to remove), by every handle,
 * by an open of /proc and by whoever looked it up just now. With the last one
 * gone, what is left are readers in RCU read-side sections that began before the
 * registry forgot the partition: the context switch probe, which found it by the
 * cgroup of its task, and look-ups, whose try_get fails. The grace period waits
 * for both. The directory has no RCU readers: the cgroup that tasks still point
 * at is kept by their css_set.
 */
void partition_put(struct partition *partition)
{
	if (!refcount_dec_and_test(&partition->refs))
		return;
	cgroup_dir_put(&partition->dir);
	call_rcu(&partition->rcu, partition_free);
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

u32 partition_view(struct partition *partition, struct bulkhead_settings *settings)
{
	u32 state;

	spin_lock(&partition->view);
	state = partition->state;
	*settings = partition->settings;
	spin_unlock(&partition->view);
	return state;
}
