// SPDX-License-Identifier: GPL-2.0
/*
 * The registry: who is found by what, and when no longer. It is one of our own, so that
 * partitions of the module are not in it.
 */
#include "registry.h"

#include <linux/err.h>
#include <linux/rcupdate.h>

#include "partition.h"
#include "partitions.h"
#include "suite.h"

/* One that is registered and active, with our reference and the registry's. */
static struct partition *registered(const char *name)
{
	struct partition *partition = partition_made(name);

	if (!KTAP_EXPECT_EQ(registry_reserve(partition), 0)) {
		partition_put(partition);
		return NULL;
	}
	mutex_lock(&partition->lock);
	partition_set_state(partition, PARTITION_ACTIVE);
	mutex_unlock(&partition->lock);
	return partition;
}

static void gone(struct partition *partition)
{
	registry_remove(partition);
	partition_put(partition);
}

/* What a look-up found, without its reference. */
static struct partition *looked_up(struct partition *partition)
{
	if (partition)
		partition_put(partition);
	return partition;
}

static void ids(void)
{
	struct partition *first = registered("first"), *second, *third;
	u64 id = first->id;

	KTAP_EXPECT_GT(id, 0);
	second = registered("second");
	KTAP_EXPECT_EQ(second->id, id + 1);
	gone(second);
	/* None is used again, not even the last. */
	third = registered("second");
	KTAP_EXPECT_EQ(third->id, id + 2);
	KTAP_EXPECT(!looked_up(registry_find_id(id + 1)));
	KTAP_EXPECT(looked_up(registry_find_id(id + 2)) == third);
	KTAP_EXPECT(looked_up(registry_find_id(id)) == first);
	KTAP_EXPECT(!looked_up(registry_find_id(0)));
	KTAP_EXPECT(!looked_up(registry_find_id(U64_MAX)));
	gone(first);
	gone(third);
}

static void names(void)
{
	struct partition *partition = registered("db"), *other = partition_made("db");

	KTAP_EXPECT(registry_name_taken("db"));
	KTAP_EXPECT(!registry_name_taken("d"));
	KTAP_EXPECT(!registry_name_taken("db2"));
	KTAP_EXPECT(looked_up(registry_find_name("db")) == partition);
	KTAP_EXPECT_EQ(registry_reserve(other), -EEXIST);
	KTAP_EXPECT_EQ(refcount_read(&other->refs), 1);
	registry_remove(partition);
	KTAP_EXPECT(!registry_name_taken("db"));
	KTAP_EXPECT_EQ(registry_reserve(other), 0);
	partition_put(partition);
	gone(other);
}

/* Names are taken in any state, but only who is active is found by a look-up. */
static void states(void)
{
	static const u32 states[] = {
		PARTITION_NEW, PARTITION_ACTIVE, PARTITION_DYING, PARTITION_DEAD,
	};
	struct partition *partition = registered("db");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		bool found = states[i] == PARTITION_ACTIVE;

		mutex_lock(&partition->lock);
		partition_set_state(partition, states[i]);
		mutex_unlock(&partition->lock);
		KTAP_EXPECT_EQ(!!looked_up(registry_find_name("db")), found);
		KTAP_EXPECT_EQ(!!looked_up(registry_find_id(partition->id)), found);
		KTAP_EXPECT(registry_name_taken("db"));
	}
	KTAP_EXPECT_EQ(refcount_read(&partition->refs), 2);
	gone(partition);
}

/* The cgroups are compared and never looked into. */
static void cgroups(void)
{
	struct partition *partition = registered("db"), *other = registered("web");
	struct cgroup *cgroup = (struct cgroup *)partition, *none = (struct cgroup *)other;

	rcu_read_lock();
	KTAP_EXPECT(!registry_find_cgroup(cgroup));
	rcu_read_unlock();
	partition->dir.cgroup = cgroup;
	registry_bind(partition);
	rcu_read_lock();
	KTAP_EXPECT(registry_find_cgroup(cgroup) == partition);
	KTAP_EXPECT(!registry_find_cgroup(none));
	rcu_read_unlock();
	registry_remove(partition);
	rcu_read_lock();
	KTAP_EXPECT(!registry_find_cgroup(cgroup));
	rcu_read_unlock();
	partition->dir.cgroup = NULL;
	partition_put(partition);
	gone(other);
}

/* In the order of their ids, and without those that are being built. */
static void walk(void)
{
	static const char * const names[] = { "a", "b", "c", "d", "e" };
	struct partition *partitions[ARRAY_SIZE(names)];
	unsigned int i, count = registry_count();
	u64 id = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		partitions[i] = registered(names[i]);
	KTAP_EXPECT_EQ(registry_count(), count + ARRAY_SIZE(names));
	WRITE_ONCE(partitions[1]->state, PARTITION_NEW);
	WRITE_ONCE(partitions[2]->state, PARTITION_DYING);
	registry_remove(partitions[3]);
	rcu_read_lock();
	KTAP_EXPECT(registry_next(&id) == partitions[0]);
	KTAP_EXPECT_EQ(id, partitions[0]->id);
	KTAP_EXPECT(registry_next(&id) == partitions[2]);
	KTAP_EXPECT(registry_next(&id) == partitions[4]);
	KTAP_EXPECT(!registry_next(&id));
	rcu_read_unlock();
	partition_put(partitions[3]);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (i != 3)
			gone(partitions[i]);
	KTAP_EXPECT_EQ(registry_count(), count);
}

#define CASES(CASE)							\
	CASE(ids, "ids go up, and none is used again")			\
	CASE(names, "a name belongs to one")				\
	CASE(states, "who is not active is not found, but has its name") \
	CASE(cgroups, "by cgroup, from bind to remove")			\
	CASE(walk, "a walk in the order of the ids")

TEST_SUITE(registry, CASES);
