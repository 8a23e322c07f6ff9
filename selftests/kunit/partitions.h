/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Partitions for tests: with a name and the default settings, without a cgroup.
 */
#ifndef SELFTESTS_KUNIT_PARTITIONS_H
#define SELFTESTS_KUNIT_PARTITIONS_H

struct partition;

/* A new one; it is freed like any other. */
struct partition *partition_made(const char *name);

/* How many have been freed so far; waits for those that are being freed. */
unsigned int partitions_buried(void);

#endif /* SELFTESTS_KUNIT_PARTITIONS_H */
