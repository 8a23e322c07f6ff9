// SPDX-License-Identifier: GPL-2.0
/*
 * Queries of the device: version, capacity and the listing; and that every answer
 * is written as a whole, with no byte of the kernel's memory in it.
 */
#include "case.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define LASTING		100
#define CHURNERS	2
#define ROUNDS		30

static bool padded_name(const char *name, size_t size)
{
	size_t i = strnlen(name, size);

	if (i == 0 || i == size)
		return false;
	for (; i < size; i++)
		if (name[i])
			return false;
	return true;
}

static void version(void)
{
	struct bulkhead_version arg;
	char file[64] = "";

	poison(&arg, sizeof(arg));
	arg.size = sizeof(arg);
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_VERSION, &arg), 0);
	KTAP_EXPECT_EQ(arg.size, sizeof(arg));
	KTAP_EXPECT_EQ(arg.abi, BULKHEAD_ABI_VERSION);
	KTAP_EXPECT(padded_name(arg.module, sizeof(arg.module)));
	read_file("/sys/module/bulkhead/version", file, sizeof(file));
	file[strcspn(file, "\n")] = '\0';
	KTAP_EXPECT_STREQ(arg.module, file);
}

/* total = reserve + guaranteed + free, with no partition nothing guaranteed. */
static void empty_capacity(void)
{
	struct bulkhead_capacity now = capacity();

	KTAP_EXPECT_EQ(now.size, sizeof(now));
	KTAP_EXPECT_EQ(now.partitions, 0);
	KTAP_EXPECT_EQ(now.cpu_total, sysconf(_SC_NPROCESSORS_ONLN) * BULKHEAD_CPU);
	KTAP_EXPECT_EQ(now.cpu_guaranteed, 0);
	KTAP_EXPECT_GT(now.cpu_reserve, 0);
	KTAP_EXPECT_EQ(now.cpu_free, now.cpu_total - now.cpu_reserve);
	KTAP_EXPECT_EQ(now.memory_total,
		       (__u64)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
	KTAP_EXPECT_EQ(now.memory_guaranteed, 0);
	KTAP_EXPECT_GT(now.memory_overhead, 0);
	KTAP_EXPECT_GT(now.memory_reserve, now.memory_overhead);
	KTAP_EXPECT_EQ(now.memory_free, now.memory_total - now.memory_reserve);
	KTAP_EXPECT_EQ(now.overcommitted, 0);
	KTAP_EXPECT_EQ(now.pad, 0);
}

/* Every answer is complete: no field still holds the poison it was given. */
static void answers_complete(void)
{
	int fd = make("a");
	struct bulkhead_get one = get(fd);
	struct bulkhead_stats use = stats(fd);
	struct bulkhead_list list;
	__u64 count;

	KTAP_EXPECT_EQ(one.size, sizeof(one));
	KTAP_EXPECT_EQ(one.state, BULKHEAD_STATE_ACTIVE);
	KTAP_EXPECT_EQ(one.flags, 0);
	KTAP_EXPECT_EQ(one.pad, 0);
	KTAP_EXPECT(padded_name(one.name, sizeof(one.name)));
	KTAP_EXPECT_EQ(use.size, sizeof(use));
	KTAP_EXPECT_EQ(use.pad, 0);
	KTAP_EXPECT_EQ(use.tasks, 0);
	KTAP_EXPECT_EQ(use.cpu_time, 0);
	KTAP_EXPECT_LE(use.memory, use.memory_peak);
	KTAP_EXPECT(!is_poison(&use.memory_peak, sizeof(use.memory_peak)));
	KTAP_EXPECT(!is_poison(&use.time, sizeof(use.time)));

	poison(&list, sizeof(list));
	list.size = sizeof(list);
	list.cursor = 0;
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
	KTAP_EXPECT_EQ(list.count, 1);
	KTAP_EXPECT_EQ(list.entries[0].id, one.id);
	KTAP_EXPECT(padded_name(list.entries[0].name, BULKHEAD_NAME_SIZE));
	KTAP_EXPECT_STREQ(list.entries[0].name, "a");

	KTAP_EXPECT_EQ(kill_all(fd, 15, &count), 0);
	KTAP_EXPECT_EQ(count, 0);
	finish(fd);
}

/* An admission's numbers, all of them, for a success: 0 asked of everything. */
static void create_answer(void)
{
	struct bulkhead_capacity before = capacity();
	struct bulkhead_create arg = create_arg("a");

	KTAP_EXPECT_EQ(create(&arg), 0);
	KTAP_EXPECT_GT(arg.fd, 2);
	KTAP_EXPECT_EQ(arg.id, get(arg.fd).id);
	KTAP_EXPECT_GT(arg.id, 0);
	KTAP_EXPECT_EQ(arg.refused, 0);
	KTAP_EXPECT_EQ(arg.culprit, 0);
	KTAP_EXPECT_EQ(arg.cpu.asked, 0);
	KTAP_EXPECT_EQ(arg.cpu.free, before.cpu_free);
	KTAP_EXPECT_EQ(arg.cpu.total, before.cpu_total);
	KTAP_EXPECT_EQ(arg.cpu.reserve, before.cpu_reserve);
	KTAP_EXPECT_EQ(arg.cpu.guaranteed, 0);
	KTAP_EXPECT_EQ(arg.cpu.largest, before.cpu_free);
	KTAP_EXPECT_EQ(arg.memory.asked, 0);
	KTAP_EXPECT_EQ(arg.memory.free, before.memory_free);
	KTAP_EXPECT_EQ(arg.memory.total, before.memory_total);
	KTAP_EXPECT_EQ(arg.memory.reserve, before.memory_reserve);
	KTAP_EXPECT_EQ(arg.memory.guaranteed, 0);
	KTAP_EXPECT_EQ(arg.memory.largest, before.memory_free);
	KTAP_EXPECT_EQ(capacity().partitions, 1);
	KTAP_EXPECT_EQ(finish(arg.fd), 0);
	KTAP_EXPECT_EQ(capacity().partitions, 0);
	before.partitions = 0;
	KTAP_EXPECT_EQ(capacity().memory_overhead, before.memory_overhead);
}

/* An empty list, and cursors beyond the end. */
static void list_ends(void)
{
	struct bulkhead_list list = { .size = sizeof(list) };
	int fd;

	KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
	KTAP_EXPECT_EQ(list.count, 0);
	fd = make("a");
	list.cursor = get(fd).id;
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
	KTAP_EXPECT_EQ(list.count, 0);
	list.cursor = get(fd).id - 1;
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
	KTAP_EXPECT_EQ(list.count, 1);
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
	KTAP_EXPECT_EQ(list.count, 0);
	list.cursor = ~0ULL;
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
	KTAP_EXPECT_EQ(list.count, 0);
	finish(fd);
}

static atomic_bool churning;
static atomic_uint churned;

/* Create and destroy, with names all over the alphabet. */
static void *churn(void *arg)
{
	unsigned int seed = (unsigned long)arg;
	char name[32];

	while (churning) {
		struct bulkhead_create create_it;

		snprintf(name, sizeof(name), "%c-%lu", 'a' + rand_r(&seed) % 26,
			 (unsigned long)arg);
		create_it = create_arg(name);
		if (!create(&create_it)) {
			finish(create_it.fd);
			churned++;
		}
	}
	return NULL;
}

/* List all once; count how often each of the lasting ones came. */
static void list_round(const __u64 *ids, unsigned int *seen)
{
	struct bulkhead_list list;
	__u64 last = 0;
	__u32 i, j;

	poison(&list, sizeof(list));
	list.size = sizeof(list);
	list.cursor = 0;
	do {
		if (!KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0) ||
		    !KTAP_EXPECT_LE(list.count, BULKHEAD_LIST_MAX))
			return;
		for (i = 0; i < list.count; i++) {
			KTAP_EXPECT_GT(list.entries[i].id, last);
			last = list.entries[i].id;
			KTAP_EXPECT(padded_name(list.entries[i].name, BULKHEAD_NAME_SIZE));
			for (j = 0; j < LASTING; j++)
				seen[j] += ids[j] == last;
		}
	} while (list.count);
}

/*
 * 100 partitions stay (four pages of a listing), two threads make and destroy
 * others between them: each of the hundred comes exactly once in each round.
 */
static void list_churn(void)
{
	pthread_t threads[CHURNERS];
	__u64 ids[LASTING];
	int fds[LASTING];
	char name[32];
	unsigned long i, round;

	churning = true;
	for (i = 0; i < CHURNERS; i++)
		pthread_create(&threads[i], NULL, churn, (void *)i);
	for (i = 0; i < LASTING; i++) {
		snprintf(name, sizeof(name), "lasting-%03lu", i);
		fds[i] = make(name);
		ids[i] = get(fds[i]).id;
	}
	for (round = 0; round < ROUNDS; round++) {
		unsigned int seen[LASTING] = { 0 };

		list_round(ids, seen);
		for (i = 0; i < LASTING; i++)
			KTAP_EXPECT_EQ(seen[i], 1);
		KTAP_EXPECT_GE(capacity().partitions, LASTING);
	}
	churning = false;
	for (i = 0; i < CHURNERS; i++)
		pthread_join(threads[i], NULL);
	KTAP_EXPECT_GT(churned, 0);
	KTAP_EXPECT_EQ(capacity().partitions, LASTING);
	for (i = 0; i < LASTING; i++)
		KTAP_EXPECT_EQ(finish(fds[i]), 0);
	KTAP_EXPECT_EQ(capacity().partitions, 0);
}

static const struct test_case cases[] = {
	{ version, "version of ABI and module" },
	{ empty_capacity, "capacity of a machine without partitions" },
	{ answers_complete, "get, stats, list and kill write all of their answer" },
	{ create_answer, "create writes all of its answer" },
	{ list_ends, "list: nothing, and cursors beyond the end" },
	{ list_churn, "list: 100 partitions while others come and go" },
};

TEST_MAIN(cases)
