// SPDX-License-Identifier: GPL-2.0
/*
 * The sched_switch probe and its per-CPU counters.
 *
 * At a switch the outgoing task has just been charged by the scheduler: the
 * growth of its sum_exec_runtime since it came in is the time that it ran, without
 * a look at any clock. The partition is that of the task's cgroup at the moment of
 * the switch, found without a lock.
 */
#include "account.h"

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seqlock.h>

#include "membership.h"
#include "partition.h"
#include "tracehook.h"

/*
 * struct account_cpu - What a CPU is doing
 * @seq: written by this CPU in the context switch, with interrupts off; lets
 *	other CPUs see @task, @start and the counters change together
 * @task: the one running; NULL until the first switch after the module was loaded
 * @start: its sum_exec_runtime when it came in
 * @host: CPU time of all that is in no partition (ns)
 *
 * @task is current there as long as @seq does not change, and an exited task is
 * freed a grace period after it was switched out: a reader under RCU that saw it
 * here may read it.
 */
struct account_cpu {
	seqcount_t seq;
	struct task_struct *task;
	u64 start;
	u64 host;
};

static DEFINE_PER_CPU(struct account_cpu, account_cpus);

/* Called with interrupts off, under the run queue lock: per-CPU data only. */
static void probe_sched_switch(void *data, bool preempt, struct task_struct *prev,
			       struct task_struct *next, unsigned int prev_state)
{
	struct account_cpu *cpu = this_cpu_ptr(&account_cpus);
	struct partition *partition;
	u64 *counter;

	raw_write_seqcount_begin(&cpu->seq);
	if (likely(cpu->task == prev) && !is_idle_task(prev)) {
		partition = membership_of(prev);
		counter = partition ? this_cpu_ptr(partition->cpu_time) : &cpu->host;
		WRITE_ONCE(*counter, *counter + prev->se.sum_exec_runtime - cpu->start);
	}
	cpu->task = next;
	cpu->start = next->se.sum_exec_runtime;
	raw_write_seqcount_end(&cpu->seq);
}

static struct tracehook account_hooks[] = {
	{ .name = "sched_switch", .probe = probe_sched_switch },
};

int account_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		seqcount_init(&per_cpu_ptr(&account_cpus, cpu)->seq);
	return tracehook_attach(account_hooks, ARRAY_SIZE(account_hooks));
}

void account_exit(void)
{
	tracehook_detach(account_hooks, ARRAY_SIZE(account_hooks));
}

/* What the running task has used so far, if it is one of @partition. */
static u64 running_time(const struct account_cpu *cpu, const struct partition *partition)
{
	struct task_struct *task = READ_ONCE(cpu->task);

	if (!task || is_idle_task(task) || membership_of(task) != partition)
		return 0;
	return READ_ONCE(task->se.sum_exec_runtime) - READ_ONCE(cpu->start);
}

static u64 cpu_time_on(const struct partition *partition, int nr)
{
	const struct account_cpu *cpu = per_cpu_ptr(&account_cpus, nr);
	const u64 *counter = partition ? per_cpu_ptr(partition->cpu_time, nr) : &cpu->host;
	unsigned int seq;
	u64 time;

	do {
		seq = raw_read_seqcount_begin(&cpu->seq);
		time = READ_ONCE(*counter) + running_time(cpu, partition);
	} while (read_seqcount_retry(&cpu->seq, seq));
	return time;
}

u64 account_cpu_time(const struct partition *partition)
{
	u64 time = 0;
	int cpu;

	rcu_read_lock();
	for_each_possible_cpu(cpu)
		time += cpu_time_on(partition, cpu);
	rcu_read_unlock();
	return time;
}
