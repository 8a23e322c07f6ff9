// SPDX-License-Identifier: GPL-2.0
/*
 * The partition object: how it begins, its references, and its end.
 */
#include "partition.h"

#include "partitions.h"
#include "settings.h"
#include "suite.h"

static void begins(void)
{
	struct bulkhead_settings settings, defaults;
	struct partition *partition = partition_made("db");
	int cpu;

	settings_default(&defaults);
	KTAP_EXPECT_STREQ(partition->name, "db");
	KTAP_EXPECT_EQ(partition_view(partition, &settings), PARTITION_NEW);
	KTAP_EXPECT(!memcmp(&settings, &defaults, sizeof(settings)));
	KTAP_EXPECT_EQ(refcount_read(&partition->refs), 1);
	KTAP_EXPECT_EQ(atomic_read(&partition->handles), 1);
	KTAP_EXPECT(!mutex_is_locked(&partition->lock));
	for_each_possible_cpu(cpu)
		KTAP_EXPECT_EQ(*per_cpu_ptr(partition->cpu_time, cpu), 0);
	partition_put(partition);
}

static void longest_name(void)
{
	char name[BULKHEAD_NAME_SIZE];
	struct partition *partition;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	partition = partition_made(name);
	KTAP_EXPECT_STREQ(partition->name, name);
	partition_put(partition);
}

/* Freed once, after the last reference and a grace period; not before. */
static void references(void)
{
	unsigned int before = partitions_buried();
	struct partition *partition = partition_made("db");

	KTAP_EXPECT(partition_get(partition) == partition);
	partition_put(partition);
	KTAP_EXPECT_EQ(partitions_buried(), before);

	rcu_read_lock();
	KTAP_EXPECT(partition_try_get(partition));
	partition_put(partition);
	partition_put(partition);
	/* A reader may look at it still, but keep it no more. */
	KTAP_EXPECT(!partition_try_get(partition));
	KTAP_EXPECT_STREQ(partition->name, "db");
	rcu_read_unlock();
	KTAP_EXPECT_EQ(partitions_buried(), before + 1);
}

static void states(void)
{
	static const struct {
		u32 state;
		const char *name;
	} rows[] = {
		{ PARTITION_NEW, "new" }, { PARTITION_ACTIVE, "active" },
		{ PARTITION_DYING, "dying" }, { PARTITION_DEAD, "dead" },
	};
	struct partition *partition = partition_made("db");
	struct bulkhead_settings settings;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		mutex_lock(&partition->lock);
		partition_set_state(partition, rows[i].state);
		mutex_unlock(&partition->lock);
		KTAP_EXPECT_EQ(partition_view(partition, &settings), rows[i].state);
		KTAP_EXPECT_STREQ(partition_state_name(rows[i].state), rows[i].name);
	}
	partition_put(partition);
}

static void settings(void)
{
	struct bulkhead_settings wanted, seen;
	struct partition *partition = partition_made("db");

	settings_default(&wanted);
	wanted.cpu_guarantee = 500000;
	wanted.memory_limit = 1 << 20;
	mutex_lock(&partition->lock);
	partition_set_settings(partition, &wanted);
	mutex_unlock(&partition->lock);
	/* It is a copy. */
	partition_view(partition, &seen);
	KTAP_EXPECT(!memcmp(&seen, &wanted, sizeof(seen)));
	wanted.cpu_guarantee = 0;
	partition_view(partition, &seen);
	KTAP_EXPECT_EQ(seen.cpu_guarantee, 500000);
	partition_put(partition);
}

#define CASES(CASE)							\
	CASE(begins, "a new one: its state, settings and counts")	\
	CASE(longest_name, "the longest name")				\
	CASE(references, "it is freed after the last reference, and a grace period") \
	CASE(states, "each state, and its name")			\
	CASE(settings, "settings are copied in and out")

TEST_SUITE(partition, CASES);
