// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger under 16 threads that create, resize and destroy at random, against
 * an oracle that the test keeps from the calls' answers.
 *
 * Each thread adds to the oracle after a success and subtracts before it gives
 * back, so the oracle is never above the truth, and the truth never above the
 * capacity. When all threads rest, oracle, ledger, the sum over GET and the sum
 * of the cgroup files must be equal to the last byte.
 */
#include "case.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#define THREADS		16
#define SLOTS		3	/* partitions of one thread */
#define ROUNDS		8
#define ROUND_MS	500
#define CPU_G		BULKHEAD_SET_CPU_GUARANTEE
#define MEM_G		BULKHEAD_SET_MEMORY_GUARANTEE

struct slot {
	int fd;			/* -1: no partition */
	__u64 cpu, memory;	/* what it was promised */
};

struct worker {
	pthread_t thread;
	unsigned int seed;
	struct slot slots[SLOTS];
};

static struct worker workers[THREADS];
static pthread_barrier_t barrier;
static atomic_bool running;
static atomic_ullong cpu_sum, memory_sum;
static atomic_uint admitted, refused;
static __u64 cpu_capacity, memory_ceiling;

/* Guarantees up to a third of the machine: about half of the asks are refused. */
static void random_guarantees(struct worker *worker, __u64 *cpu, __u64 *memory)
{
	*cpu = rand_r(&worker->seed) % (cpu_capacity / 3);
	if (*cpu < BULKHEAD_CPU_MIN)
		*cpu = 0;
	*memory = rand_r(&worker->seed) % (memory_ceiling / 3 / 4096) * 4096;
}

static void note(bool success)
{
	if (success)
		admitted++;
	else
		refused++;
}

static void try_create(struct worker *worker, struct slot *slot)
{
	struct bulkhead_create arg = create_arg("");
	int error;

	snprintf(arg.name, sizeof(arg.name), "w%d-%d", (int)(worker - workers),
		 (int)(slot - worker->slots));
	arg.mask = CPU_G | MEM_G;
	random_guarantees(worker, &arg.settings.cpu_guarantee,
			  &arg.settings.memory_guarantee);
	error = create(&arg);
	note(!error);
	if (error) {
		KTAP_EXPECT_EQ(error, ENOSPC);
		KTAP_EXPECT_NE(arg.refused, 0);
		return;
	}
	slot->fd = arg.fd;
	slot->cpu = arg.settings.cpu_guarantee;
	slot->memory = arg.settings.memory_guarantee;
	cpu_sum += slot->cpu;
	memory_sum += slot->memory;
}

/*
 * The part by which a guarantee falls leaves the oracle before the call, the part
 * by which it rises comes after; a refusal puts the former back.
 */
static void try_resize(struct worker *worker, struct slot *slot)
{
	struct bulkhead_set arg = set_arg(CPU_G | MEM_G);
	__u64 cpu, memory, cpu_less, memory_less;
	int error;

	random_guarantees(worker, &cpu, &memory);
	cpu_less = cpu < slot->cpu ? slot->cpu - cpu : 0;
	memory_less = memory < slot->memory ? slot->memory - memory : 0;
	arg.settings.cpu_guarantee = cpu;
	arg.settings.memory_guarantee = memory;
	cpu_sum -= cpu_less;
	memory_sum -= memory_less;
	error = set(slot->fd, &arg);
	note(!error);
	if (error) {
		KTAP_EXPECT_EQ(error, ENOSPC);
		cpu_sum += cpu_less;
		memory_sum += memory_less;
		return;
	}
	cpu_sum += cpu - (slot->cpu - cpu_less);
	memory_sum += memory - (slot->memory - memory_less);
	slot->cpu = cpu;
	slot->memory = memory;
}

static void try_destroy(struct slot *slot)
{
	cpu_sum -= slot->cpu;
	memory_sum -= slot->memory;
	KTAP_EXPECT_EQ(finish(slot->fd), 0);
	slot->fd = -1;
}

static void step(struct worker *worker)
{
	struct slot *slot = &worker->slots[rand_r(&worker->seed) % SLOTS];
	struct bulkhead_capacity now;

	if (slot->fd < 0)
		try_create(worker, slot);
	else if (rand_r(&worker->seed) % 3)
		try_resize(worker, slot);
	else
		try_destroy(slot);

	KTAP_EXPECT_LE(cpu_sum, cpu_capacity);
	KTAP_EXPECT_LE(memory_sum, memory_ceiling);
	now = capacity();
	KTAP_EXPECT_LE(now.cpu_guaranteed + now.cpu_reserve, now.cpu_total);
	KTAP_EXPECT_LE(now.memory_guaranteed + now.memory_reserve, now.memory_total);
	KTAP_EXPECT_EQ(now.overcommitted, 0);
	KTAP_EXPECT_EQ(now.cpu_free, now.cpu_total - now.cpu_reserve - now.cpu_guaranteed);
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&barrier);
		while (running)
			step(worker);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

/* Everybody rests: all the sums there are must be the same. */
static void expect_sums(void)
{
	struct bulkhead_list list = { .size = sizeof(list) };
	__u64 cpu = 0, memory = 0, files = 0, count = 0;
	struct bulkhead_get one;
	__u32 i;
	int fd;

	do {
		KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
		for (i = 0; i < list.count; i++, count++) {
			fd = open_partition(list.entries[i].name, 0);
			if (!KTAP_EXPECT_GE(fd, 0))
				continue;
			one = get(fd);
			cpu += one.settings.cpu_guarantee;
			memory += one.settings.memory_guarantee;
			files += knob_number(list.entries[i].name, "memory.min");
			close(fd);
		}
	} while (list.count);
	KTAP_EXPECT_EQ(capacity().partitions, count);
	KTAP_EXPECT_EQ(capacity().cpu_guaranteed, cpu);
	KTAP_EXPECT_EQ(capacity().memory_guaranteed, memory);
	KTAP_EXPECT_EQ(cpu_sum, cpu);
	KTAP_EXPECT_EQ(memory_sum, memory);
	KTAP_EXPECT_EQ(files, memory);
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), memory);
}

static void begin(void)
{
	struct bulkhead_capacity empty = capacity();
	int i, j;

	cpu_sum = 0;
	memory_sum = 0;
	admitted = 0;
	refused = 0;
	cpu_capacity = empty.cpu_free;
	memory_ceiling = empty.memory_free;
	for (i = 0; i < THREADS; i++) {
		workers[i].seed = i + 1;
		for (j = 0; j < SLOTS; j++)
			workers[i].slots[j].fd = -1;
	}
}

static void storm(void)
{
	struct bulkhead_capacity empty = capacity(), end;
	int i, j, round;

	begin();
	pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (i = 0; i < THREADS; i++)
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	for (round = 0; round < ROUNDS; round++) {
		running = true;
		pthread_barrier_wait(&barrier);
		sleep_ms(ROUND_MS);
		running = false;
		pthread_barrier_wait(&barrier);
		expect_sums();
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	ktap_diag("%u admitted, %u refused", admitted, refused);
	KTAP_EXPECT_GT(admitted, THREADS);
	KTAP_EXPECT_GT(refused, 0);
	for (i = 0; i < THREADS; i++)
		for (j = 0; j < SLOTS; j++)
			if (workers[i].slots[j].fd >= 0)
				try_destroy(&workers[i].slots[j]);
	expect_sums();
	end = capacity();
	KTAP_EXPECT(!memcmp(&empty, &end, sizeof(empty)));
}

/* Only creates and resizes, for ever: to be killed in the middle of one. */
static int worker_process(void *arg)
{
	struct worker *worker = &workers[(long)arg];

	worker->seed = getpid();
	for (;;) {
		struct slot *slot = &worker->slots[rand_r(&worker->seed) % SLOTS];

		if (slot->fd < 0)
			try_create(worker, slot);
		else
			try_resize(worker, slot);
	}
	return 0;
}

/*
 * Kill whoever is in the middle of a call: what it left is either a partition
 * that counts or nothing. The ledger must agree with GET, file by file.
 */
static void killed_callers(void)
{
	struct bulkhead_capacity empty = capacity(), end;
	int round, i;

	for (round = 0; round < 10; round++) {
		pid_t pids[4];

		begin();
		for (i = 0; i < 4; i++)
			pids[i] = spawn(worker_process, (void *)(long)i);
		sleep_ms(30 + 17 * round);
		for (i = 0; i < 4; i++)
			kill(pids[i], SIGKILL);
		for (i = 0; i < 4; i++)
			reap(pids[i]);
		/* The oracle died with them. */
		cpu_sum = capacity().cpu_guaranteed;
		memory_sum = capacity().memory_guaranteed;
		expect_sums();
		sweep();
	}
	end = capacity();
	KTAP_EXPECT(!memcmp(&empty, &end, sizeof(empty)));
}

static const struct test_case cases[] = {
	{ storm, "16 threads against an oracle" },
	{ killed_callers, "callers that are killed leave the ledger right" },
};

TEST_MAIN(cases)
