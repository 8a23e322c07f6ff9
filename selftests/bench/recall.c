// SPDX-License-Identifier: GPL-2.0
#include "recall.h"

#include "bench.h"

#define MS		1000000ULL
#define TRACE_MAX	4000	/* ms */
#define ENOUGH		0.97

/*
 * CPU time of one thread at each of @count ms from @wake on, added to @sum. Between two
 * steps it grows evenly: they are a ms apart unless the thread was off the CPU, and behind
 * the last one it is off.
 */
static void add_thread(const struct record *record, int thread, uint64_t wake, double *sum,
		       int count)
{
	uint32_t steps = record->steps < STEPS_MAX ? record->steps : STEPS_MAX, i;
	uint64_t time = wake, cpu = 0;
	int ms = 0;

	for (i = 0; i < steps; i++) {
		const struct step *step = &record->step[i];

		if (step->thread != thread || step->time <= time)
			continue;
		for (; ms < count && wake + ms * MS <= step->time; ms++)
			sum[ms] += cpu + (double)(step->cpu - cpu) * (wake + ms * MS - time) /
				(step->time - time);
		time = step->time;
		cpu = step->cpu;
	}
	for (; ms < count; ms++)
		sum[ms] += cpu;
}

uint64_t recall_latency(const struct record *record, const struct group *group, uint64_t wake,
			uint64_t end)
{
	double rate = ENOUGH * group->guarantee / BULKHEAD_CPU;
	int count = (end - wake) / MS, i;
	static double sum[TRACE_MAX];
	double latency = 0;

	require(count <= TRACE_MAX, "too long a trace");
	memset(sum, 0, sizeof(sum));
	for (i = 0; i < group->load.threads; i++)
		add_thread(record, i, wake, sum, count);
	for (i = 0; i < count; i++) {
		double late = i * MS - sum[i] / rate;

		if (late > latency)
			latency = late;
	}
	return latency;
}
