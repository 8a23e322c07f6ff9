// SPDX-License-Identifier: GPL-2.0
/*
 * Preemption by standing.
 *
 * cpu.idle makes EEVDF (kernel 6.12) preempt those who are over for those who are not.
 * Between the others it lets the running one have its slice to the end, up to a tick of
 * 4 ms, whatever their weights are. So a CPU is asked to choose again when somebody of a
 * higher standing wakes on it; with the weights so far apart as they are there between the
 * standings the choice then is the right one. On CFS it is most of the time.
 *
 * Who has to wait for its like all the same is told where to wake the next time.
 */
#include "preemption.h"

#include <linux/cgroup.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/isolation.h>
#include <linux/sched/prio.h>
#include <linux/smp.h>

#include "account.h"
#include "choice.h"
#include "demand.h"
#include "limits.h"
#include "partition.h"
#include "registry.h"
#include "top.h"
#include "tracehook.h"

static bool preemption_on;
static enum credit_standing preemption_host;

/* RCU holds whoever is found: probes run with preemption disabled. */
static enum credit_standing standing_of(const struct cgroup *owner)
{
	struct partition *partition;

	if (!owner)
		return READ_ONCE(preemption_host);
	partition = registry_find_cgroup(owner);
	return partition ? READ_ONCE(partition->credit.standing) : CREDIT_OVER;
}

/*
 * A waking task looks for an idle CPU, or for one with nothing but cpu.idle. Where there
 * is none it stays where it or its waker is, though it may have to wait there for its
 * like, and two threads may do so for seconds, each behind the other. Let it begin the
 * next time where it would be served at once: wake_cpu is where the scheduler begins to
 * look, a hint, which it checks against the task's affinity. Isolated CPUs are only for
 * those who are put there.
 */
static void place(struct task_struct *task, enum credit_standing standing)
{
	int nr, left = LIMIT_PLACEMENT_CPUS, here = task_cpu(task);
	const struct cgroup *running;

	for_each_cpu_wrap(nr, task->cpus_ptr, here + 1) {
		if (nr == here || !left--)
			return;
		if (cpu_active(nr) && housekeeping_cpu(nr, HK_TYPE_DOMAIN) &&
		    account_running(nr, &running) && standing_of(running) < standing) {
			WRITE_ONCE(task->wake_cpu, nr);
			return;
		}
	}
}

/*
 * Called under the run queue lock of the CPU that @task is to run on, so that nobody
 * else makes use of that CPU's request, nor of the hint; but a task that wakes itself
 * holds none.
 */
static noinline void preempt_for(struct task_struct *task)
{
	const struct cgroup *owner, *running;
	enum credit_standing standing;
	int cpu = task_cpu(task);

	/* Who is on its CPU, on its way to sleep or real-time, waits for nobody here. */
	if (task == current || READ_ONCE(task->on_cpu) || task->prio < MAX_RT_PRIO)
		return;
	/* The scheduler itself forgets a hint only when it moves the task. */
	if (task->wake_cpu != cpu)
		WRITE_ONCE(task->wake_cpu, cpu);
	if (!account_running(cpu, &running))
		return;
	owner = top_contains(task_dfl_cgroup(task));
	/* Who is woken by its like, on the same CPU, often has it to itself at once. */
	if (owner == running && in_task() && cpu == raw_smp_processor_id())
		return;
	standing = standing_of(owner);
	if (standing > standing_of(running)) {
		choice_request(cpu);
		/* Of several that wake at once the others wait for the first. */
		if (!owner || demand_on(owner, cpu) < 2)
			return;
	}
	if (owner && standing >= CREDIT_BOOST)
		place(task, standing);
}

/* Every wake-up of the machine pays for this: five instructions without a conflict. */
static notrace void probe_sched_wakeup(void *data, struct task_struct *task)
{
	if (unlikely(READ_ONCE(preemption_on)))
		preempt_for(task);
}

static struct tracehook preemption_hooks[] = {
	{ .name = "sched_wakeup", .probe = probe_sched_wakeup },
	{ .name = "sched_wakeup_new", .probe = probe_sched_wakeup },
};

int preemption_init(void)
{
	return tracehook_attach(preemption_hooks, ARRAY_SIZE(preemption_hooks));
}

void preemption_exit(void)
{
	tracehook_detach(preemption_hooks, ARRAY_SIZE(preemption_hooks));
}

void preemption_enable(bool on, enum credit_standing host)
{
	WRITE_ONCE(preemption_host, host);
	if (READ_ONCE(preemption_on) != on)
		WRITE_ONCE(preemption_on, on);
}
