// SPDX-License-Identifier: GPL-2.0
#include "sample.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include "bench.h"

#define PRIORITY	90

static int cpus;
static uint64_t wanted;		/* the time of the next sample */
static int arrived;		/* threads that hold their CPU */
static int generation;		/* of the sample; a step releases them */
static sem_t ready[64];

static void set_fifo(int cpu, int priority)
{
	struct sched_param parameters = { .sched_priority = priority };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	require(!sched_setaffinity(0, sizeof(set), &set), "affinity");
	require(!sched_setscheduler(0, SCHED_FIFO, &parameters), "SCHED_FIFO");
}

static void hold(void)
{
	int now = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);

	__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&generation, __ATOMIC_ACQUIRE) == now)
		__builtin_ia32_pause();
}

static void *holder(void *argument)
{
	int cpu = (intptr_t)argument;

	set_fifo(cpu, PRIORITY);
	for (;;) {
		while (sem_wait(&ready[cpu]))
			;
		sleep_until(wanted);
		hold();
	}
	return NULL;
}

void sample_init(int count)
{
	intptr_t cpu;

	cpus = count;
	set_fifo(0, PRIORITY);
	for (cpu = 1; cpu < cpus; cpu++) {
		pthread_t id;

		require(!sem_init(&ready[cpu], 0, 0), "semaphore");
		require(!pthread_create(&id, NULL, holder, (void *)cpu), "thread");
	}
}

uint64_t sample_at(uint64_t time, void (*take)(void *context), void *context)
{
	uint64_t start;
	int cpu;

	require(now_ns() < time, "too late for a sample");
	wanted = time;
	arrived = 0;
	for (cpu = 1; cpu < cpus; cpu++)
		sem_post(&ready[cpu]);
	sleep_until(time);
	start = now_ns();
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < cpus - 1)
		__builtin_ia32_pause();
	take(context);
	__atomic_add_fetch(&generation, 1, __ATOMIC_ACQ_REL);
	return now_ns() - start;
}

uint64_t sample_busy(void)
{
	unsigned long long busy = 0, one;
	char line[512];
	FILE *file = fopen("/proc/schedstat", "r");

	require(!!file, "/proc/schedstat");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "cpu%*d %*u %*u %*u %*u %*u %*u %llu", &one) == 1)
			busy += one;
	fclose(file);
	return busy;
}
