// SPDX-License-Identifier: GPL-2.0
/*
 * Create and destroy a partition with every setting, against mkdir, the same files
 * written and rmdir from C.
 *
 * The raw side writes what the module writes: six files of the partition, and
 * memory.min of the parent before and after, without which the guarantee of the
 * child protects nothing. The other row, "bare", leaves those two out.
 */
#include <sys/stat.h>

#include "bench.h"

#define ROUNDS	200
#define PARENT	CGROUPS "/raw"
#define CHILD	PARENT "/db"

static int device;

static void partition_round(void)
{
	struct bulkhead_create create = {
		.size = sizeof(create),
		.name = "db",
		.mask = BULKHEAD_SET_ALL,
		.settings = {
			.cpu_guarantee = 500000,
			.cpu_limit = 800000,
			.cpu_share = 200,
			.memory_guarantee = 64 << 20,
			.memory_limit = 128 << 20,
			.swap_limit = 32 << 20,
			.memory_soft_limit = BULKHEAD_UNLIMITED,
			.memory_soft_time = BULKHEAD_SOFT_TIME_DEFAULT,
			.task_limit = 100,
		},
	};
	struct bulkhead_destroy destroy = { .size = sizeof(destroy) };

	require(!ioctl(device, BULKHEAD_CREATE, &create), "create");
	require(!ioctl(create.fd, BULKHEAD_DESTROY, &destroy), "destroy");
	close(create.fd);
}

static void raw_child(void)
{
	require(!mkdir(CHILD, 0755), "mkdir " CHILD);
	write_file(CHILD, "memory.max", "134217728");
	write_file(CHILD, "memory.swap.max", "33554432");
	write_file(CHILD, "memory.min", "67108864");
	write_file(CHILD, "pids.max", "100");
	write_file(CHILD, "cpu.max", "8000 10000");
	write_file(CHILD, "cpu.weight", "10000");
	require(!rmdir(CHILD), "rmdir " CHILD);
}

static void raw_round(void)
{
	write_file(PARENT, "memory.min", "67108864");
	raw_child();
	write_file(PARENT, "memory.min", "0");
}

static void sample(void (*round)(void), uint64_t *at)
{
	uint64_t start = now_ns();

	round();
	*at = now_ns() - start;
}

int main(void)
{
	static uint64_t partition[ROUNDS], raw[ROUNDS], bare[ROUNDS];
	int i;

	device = open(BULKHEAD_DEVICE, O_RDWR);
	require(device >= 0, BULKHEAD_DEVICE);
	require(!mkdir(PARENT, 0755), "mkdir " PARENT);
	write_file(PARENT, "cgroup.subtree_control", "+cpu +memory +pids");

	/* In turn, so that what the machine does else meets all alike. */
	for (i = 0; i < ROUNDS; i++) {
		sample(partition_round, &partition[i]);
		sample(raw_round, &raw[i]);
		sample(raw_child, &bare[i]);
	}
	rmdir(PARENT);
	report("lifecycle", "bulkhead", partition, ROUNDS);
	report("lifecycle", "plain", raw, ROUNDS);
	report("lifecycle-bare", "bulkhead", partition, ROUNDS);
	report("lifecycle-bare", "plain", bare, ROUNDS);
	return 0;
}
