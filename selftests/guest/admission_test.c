// SPDX-License-Identifier: GPL-2.0
/*
 * Admission: refusals with exact numbers, dry runs, and the ledger against an
 * oracle that the test keeps itself while 16 threads create, resize and destroy.
 */
#include "case.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define CPU_G	BULKHEAD_SET_CPU_GUARANTEE
#define MEM_G	BULKHEAD_SET_MEMORY_GUARANTEE
#define PAGE	4096ULL
#define CPU1_ONLINE	"/sys/devices/system/cpu/cpu1/online"

static struct bulkhead_create asking(const char *name, __u64 cpu, __u64 memory)
{
	struct bulkhead_create arg = create_arg(name);

	arg.mask = CPU_G | MEM_G;
	arg.settings.cpu_guarantee = cpu;
	arg.settings.memory_guarantee = memory;
	return arg;
}

static int make_asking(const char *name, __u64 cpu, __u64 memory)
{
	struct bulkhead_settings want = { .cpu_guarantee = cpu, .memory_guarantee = memory };

	return make_with(name, CPU_G | MEM_G, &want);
}

/* The numbers of one resource against what the capacity said just before. */
static void expect_numbers(const struct bulkhead_admission *have, __u64 asked, __u64 own,
			   __u64 free, __u64 total, __u64 reserve, __u64 guaranteed)
{
	KTAP_EXPECT_EQ(have->asked, asked);
	KTAP_EXPECT_EQ(have->free, free);
	KTAP_EXPECT_EQ(have->total, total);
	KTAP_EXPECT_EQ(have->reserve, reserve);
	KTAP_EXPECT_EQ(have->guaranteed, guaranteed);
	KTAP_EXPECT_EQ(have->largest, own + free);
	KTAP_EXPECT_EQ(have->total, have->reserve + have->guaranteed + have->free);
}

static void expect_cpu(const struct bulkhead_admission *have, __u64 asked, __u64 own,
		       const struct bulkhead_capacity *was)
{
	expect_numbers(have, asked, own, was->cpu_free, was->cpu_total, was->cpu_reserve,
		       was->cpu_guaranteed);
}

static void expect_memory(const struct bulkhead_admission *have, __u64 asked, __u64 own,
			  const struct bulkhead_capacity *was)
{
	expect_numbers(have, asked, own, was->memory_free, was->memory_total,
		       was->memory_reserve, was->memory_guaranteed);
}

/*
 * One partition has 0.5 CPU and 100 MiB. Then one micro-CPU more than is free is
 * refused, and one page more, and both; each with all numbers.
 */
static void refusals(void)
{
	int fd = make_asking("a", 500000, 100 * MIB);
	struct bulkhead_capacity was = capacity();
	__u64 cpu = was.cpu_free + 1, memory = was.memory_free / PAGE * PAGE + PAGE;
	struct bulkhead_create arg = asking("b", cpu, 10 * MIB);
	char *before = world(fd);

	KTAP_EXPECT_EQ(was.cpu_guaranteed, 500000);
	KTAP_EXPECT_EQ(was.memory_guaranteed, 100 * MIB);
	KTAP_EXPECT_EQ(create(&arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_CPU);
	KTAP_EXPECT_EQ(arg.culprit, 0);
	expect_cpu(&arg.cpu, cpu, 0, &was);
	expect_memory(&arg.memory, 10 * MIB, 0, &was);

	arg = asking("b", 1000, memory);
	KTAP_EXPECT_EQ(create(&arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_MEMORY);
	KTAP_EXPECT_EQ(arg.culprit, 0);
	expect_cpu(&arg.cpu, 1000, 0, &was);
	expect_memory(&arg.memory, memory, 0, &was);

	arg = asking("b", cpu, memory);
	KTAP_EXPECT_EQ(create(&arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_CPU | BULKHEAD_RESOURCE_MEMORY);
	expect_cpu(&arg.cpu, cpu, 0, &was);
	expect_memory(&arg.memory, memory, 0, &was);

	/* Numbers that would overflow a sum. */
	arg = asking("b", ~0ULL - 1, ~0ULL);
	arg.mask |= BULKHEAD_SET_CPU_LIMIT | BULKHEAD_SET_MEMORY_LIMIT;
	arg.settings.cpu_limit = BULKHEAD_UNLIMITED;
	arg.settings.memory_limit = BULKHEAD_UNLIMITED;
	KTAP_EXPECT_EQ(create(&arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_CPU | BULKHEAD_RESOURCE_MEMORY);
	KTAP_EXPECT(same_world(before, world(fd)));
	finish(fd);
}

/*
 * A resize counts what the partition has already: with 0.5 CPU of its own it can
 * have 0.5 + free, and one micro-CPU more is refused. Lowering always works.
 */
static void resizes(void)
{
	int fd = make_asking("a", 500000, 100 * MIB);
	int other = make_asking("b", 300000, 50 * MIB);
	struct bulkhead_capacity was = capacity();
	struct bulkhead_set arg = set_arg(CPU_G | MEM_G);
	char *before = world(fd);

	arg.settings.cpu_guarantee = 500000 + was.cpu_free + 1;
	arg.settings.memory_guarantee = 100 * MIB;
	KTAP_EXPECT_EQ(set(fd, &arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_CPU);
	expect_cpu(&arg.cpu, 500000 + was.cpu_free + 1, 500000, &was);
	expect_memory(&arg.memory, 100 * MIB, 100 * MIB, &was);
	KTAP_EXPECT(same_world(before, world(fd)));

	KTAP_EXPECT_EQ(set_one(fd, CPU_G, 500000 + was.cpu_free), 0);
	KTAP_EXPECT_EQ(capacity().cpu_free, 0);
	KTAP_EXPECT_EQ(set_one(other, CPU_G, 300001), ENOSPC);
	KTAP_EXPECT_EQ(set_one(fd, CPU_G, 400000), 0);
	KTAP_EXPECT_EQ(capacity().cpu_free, was.cpu_free + 100000);
	KTAP_EXPECT_EQ(set_one(other, CPU_G, 400000), 0);
	KTAP_EXPECT_EQ(capacity().cpu_guaranteed, 800000);
	finish(fd);
	finish(other);
}

/* A dry run's verdict and numbers are those of the real call that follows. */
static void dry_run_agrees(void)
{
	static const __u64 cpus[] = { 0, 1000, 500000, 1400000, 1600000, 5000000 };
	int fd = make_asking("a", 400000, 64 * MIB);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		struct bulkhead_create dry = asking("b", cpus[i], i * 150 * MIB), real = dry;
		int verdict;

		dry.flags = BULKHEAD_CREATE_DRY_RUN;
		verdict = create(&dry);
		KTAP_EXPECT_EQ(create(&real), verdict);
		KTAP_EXPECT(!memcmp(&dry.cpu, &real.cpu, sizeof(dry.cpu)));
		KTAP_EXPECT(!memcmp(&dry.memory, &real.memory, sizeof(dry.memory)));
		KTAP_EXPECT_EQ(dry.refused, real.refused);
		KTAP_EXPECT_EQ(dry.culprit, real.culprit);
		if (!verdict)
			finish(real.fd);
	}
	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		struct bulkhead_set dry = set_arg(CPU_G), real;
		int verdict;

		dry.settings.cpu_guarantee = cpus[i];
		real = dry;
		dry.flags = BULKHEAD_SETTINGS_DRY_RUN;
		verdict = set(fd, &dry);
		KTAP_EXPECT_EQ(get(fd).settings.cpu_guarantee, 400000);
		KTAP_EXPECT_EQ(set(fd, &real), verdict);
		KTAP_EXPECT(!memcmp(&dry.cpu, &real.cpu, sizeof(dry.cpu)));
		KTAP_EXPECT_EQ(set_one(fd, CPU_G, 400000), 0);
	}
	finish(fd);
}

/* "largest" of a refusal is admitted, and the next larger is not. */
static void largest_is_largest(void)
{
	int fd = make_asking("a", 400000, 64 * MIB);
	struct bulkhead_create arg = asking("b", 1ULL << 40, 1ULL << 50), largest;

	arg.flags = BULKHEAD_CREATE_DRY_RUN;
	KTAP_EXPECT_EQ(create(&arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.cpu.largest, capacity().cpu_free);
	KTAP_EXPECT_EQ(arg.memory.largest, capacity().memory_free);

	largest = asking("b", arg.cpu.largest + 1, arg.memory.largest);
	KTAP_EXPECT_EQ(create(&largest), ENOSPC);
	KTAP_EXPECT_EQ(largest.refused, BULKHEAD_RESOURCE_CPU);
	largest = asking("b", arg.cpu.largest, arg.memory.largest / PAGE * PAGE + 1);
	KTAP_EXPECT_EQ(create(&largest), ENOSPC);
	KTAP_EXPECT_EQ(largest.refused, BULKHEAD_RESOURCE_MEMORY);
	largest = asking("b", arg.cpu.largest, arg.memory.largest / PAGE * PAGE);
	KTAP_EXPECT_EQ(create(&largest), 0);
	KTAP_EXPECT_EQ(capacity().overcommitted, 0);
	KTAP_EXPECT_EQ(capacity().cpu_free, 0);
	KTAP_EXPECT_LT(capacity().memory_free, PAGE);
	KTAP_EXPECT_EQ(get(largest.fd).settings.memory_guarantee,
		       arg.memory.largest / PAGE * PAGE);
	finish(largest.fd);
	finish(fd);
}

/*
 * A CPU goes offline while 1.5 of 2 are guaranteed: the ledger is overcommitted,
 * gives nothing out, lets guarantees fall; and is whole when the CPU is back.
 */
static void cpu_offline(void)
{
	int fd = make_asking("a", 1500000, 0);
	struct bulkhead_create arg = asking("b", 1000, 0);
	struct bulkhead_capacity was = capacity(), now;

	if (was.cpu_total != 2 * BULKHEAD_CPU || write_file(CPU1_ONLINE, "0")) {
		ktap_case_skip("needs 2 CPUs of which one can go offline");
		finish(fd);
		return;
	}
	now = capacity();
	KTAP_EXPECT_EQ(now.cpu_total, BULKHEAD_CPU);
	KTAP_EXPECT_EQ(now.cpu_guaranteed, 1500000);
	KTAP_EXPECT_EQ(now.cpu_free, 0);
	KTAP_EXPECT_EQ(now.overcommitted, BULKHEAD_RESOURCE_CPU);
	KTAP_EXPECT_EQ(create(&arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.cpu.largest, 0);
	KTAP_EXPECT_EQ(set_one(fd, CPU_G, 1500001), ENOSPC);
	KTAP_EXPECT_EQ(set_one(fd, CPU_G, 1400000), 0);
	KTAP_EXPECT_EQ(set_one(fd, CPU_G, 1500000), ENOSPC);
	KTAP_EXPECT_EQ(write_file(CPU1_ONLINE, "1"), 0);
	KTAP_EXPECT_EQ(set_one(fd, CPU_G, 1500000), 0);
	now = capacity();
	KTAP_EXPECT(!memcmp(&now, &was, sizeof(now)));
	finish(fd);
}

static const struct test_case cases[] = {
	{ refusals, "refusals carry the numbers" },
	{ resizes, "a resize counts what the partition has" },
	{ dry_run_agrees, "a dry run and the call agree" },
	{ cpu_offline, "a CPU that goes offline and comes back" },
	{ largest_is_largest, "the largest is admitted, more is not" },
};

TEST_MAIN(cases)
