// SPDX-License-Identifier: GPL-2.0
/*
 * Look-ups without locks, changes under one.
 */
#include "registry.h"

#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/stringhash.h>
#include <linux/xarray.h>

#include "limits.h"
#include "partition.h"

static unsigned int partitions_max = LIMIT_PARTITIONS_DEFAULT;
module_param(partitions_max, uint, 0644);
MODULE_PARM_DESC(partitions_max, "most partitions at a time (count; default 16384)");

/*
 * Protects what follows against concurrent changes, and makes "is the name free"
 * and "take it" one step. Readers need RCU only. Nothing but the xarray's own
 * lock nests inside.
 */
static DEFINE_MUTEX(registry_lock);
static DEFINE_XARRAY(registry_ids);
static DEFINE_HASHTABLE(registry_names, 12);
static DEFINE_HASHTABLE(registry_cgroups, 12);
static unsigned int registry_total;
static u64 registry_last_id;

static u32 name_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

static struct partition *find_name(const char *name)
{
	struct partition *partition;

	hash_for_each_possible_rcu(registry_names, partition, name_node, name_hash(name),
				   lockdep_is_held(&registry_lock))
		if (!strcmp(partition->name, name))
			return partition;
	return NULL;
}

int registry_reserve(struct partition *partition)
{
	int err = -EEXIST;

	mutex_lock(&registry_lock);
	if (find_name(partition->name))
		goto unlock;
	err = -EUSERS;
	if (registry_total >= READ_ONCE(partitions_max))
		goto unlock;
	partition->id = registry_last_id + 1;
	err = xa_insert(&registry_ids, partition->id, partition, GFP_KERNEL);
	if (err)
		goto unlock;
	registry_last_id = partition->id;
	WRITE_ONCE(registry_total, registry_total + 1);
	hash_add_rcu(registry_names, &partition->name_node, name_hash(partition->name));
	partition_get(partition);
unlock:
	mutex_unlock(&registry_lock);
	return err;
}

void registry_bind(struct partition *partition)
{
	mutex_lock(&registry_lock);
	hash_add_rcu(registry_cgroups, &partition->cgroup_node,
		     (unsigned long)partition->dir.cgroup);
	mutex_unlock(&registry_lock);
}

void registry_remove(struct partition *partition)
{
	mutex_lock(&registry_lock);
	hash_del_rcu(&partition->cgroup_node);
	hash_del_rcu(&partition->name_node);
	xa_erase(&registry_ids, partition->id);
	WRITE_ONCE(registry_total, registry_total - 1);
	mutex_unlock(&registry_lock);
	partition_put(partition);
}

/* A strong reference to what RCU found, if it is active. Ends the RCU section. */
static struct partition *take_active(struct partition *partition)
	__releases(RCU)
{
	if (partition && (READ_ONCE(partition->state) != PARTITION_ACTIVE ||
			  !partition_try_get(partition)))
		partition = NULL;
	rcu_read_unlock();
	return partition;
}

struct partition *registry_find_id(u64 id)
{
	rcu_read_lock();
	return take_active(xa_load(&registry_ids, id));
}

struct partition *registry_find_name(const char *name)
{
	rcu_read_lock();
	return take_active(find_name(name));
}

bool registry_name_taken(const char *name)
{
	bool taken;

	rcu_read_lock();
	taken = find_name(name);
	rcu_read_unlock();
	return taken;
}

struct partition *registry_find_cgroup(const struct cgroup *cgroup)
{
	struct partition *partition;

	hash_for_each_possible_rcu(registry_cgroups, partition, cgroup_node,
				   (unsigned long)cgroup)
		if (partition->dir.cgroup == cgroup)
			return partition;
	return NULL;
}

struct partition *registry_next(u64 *id)
{
	struct partition *partition;
	unsigned long index = *id;

	do {
		partition = xa_find_after(&registry_ids, &index, ULONG_MAX, XA_PRESENT);
	} while (partition && READ_ONCE(partition->state) == PARTITION_NEW);
	*id = index;
	return partition;
}

unsigned int registry_count(void)
{
	return READ_ONCE(registry_total);
}

void registry_exit(void)
{
	xa_destroy(&registry_ids);
}
