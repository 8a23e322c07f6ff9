// SPDX-License-Identifier: GPL-2.0
/*
 * Runnable but waiting, as the scheduler tells PSI under the run queue locks.
 */
#include "demand.h"

#include <linux/cgroup.h>
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/psi_types.h>

#include "cgroup_dir.h"
#include "partition.h"
#include "top.h"

/* One CPU's view of a group of tasks: how many are runnable, and is one running? */
struct demand {
	int runnable;
	int running;
};

static struct demand demand_of(const struct psi_group *group, int cpu)
{
	const struct psi_group_cpu *state = per_cpu_ptr(group->pcpu, cpu);

	return (struct demand) {
		.runnable = READ_ONCE(state->tasks[NR_RUNNING]),
		.running = !!(READ_ONCE(state->state_mask) & PSI_ONCPU),
	};
}

static struct demand demand_at(const struct partition *partition, int cpu)
{
	const struct psi_group *top = top_dir()->cgroup->psi;
	struct demand all, parts;

	if (partition)
		return demand_of(partition->dir.cgroup->psi, cpu);

	/* The host is all of the system that is not below the top cgroup. */
	all = demand_of(top->parent, cpu);
	parts = demand_of(top, cpu);
	return (struct demand) {
		.runnable = all.runnable - parts.runnable,
		.running = all.running && !parts.running,
	};
}

unsigned int demand_waiting(const struct partition *partition)
{
	unsigned int waiting = 0;
	int cpu;

	for_each_online_cpu(cpu) {
		struct demand demand = demand_at(partition, cpu);

		/* Not read at one instant: a difference may be negative. */
		waiting += max(demand.runnable - demand.running, 0);
	}
	return waiting;
}

unsigned int demand_on(const struct cgroup *cgroup, int cpu)
{
	return demand_of(cgroup->psi, cpu).runnable;
}

bool demand_exists(const struct partition *partition)
{
	int self = partition ? 0 : 1;
	int runnable = 0;
	int cpu;

	for_each_online_cpu(cpu)
		runnable += max(demand_at(partition, cpu).runnable, 0);
	return runnable > self;
}
