// SPDX-License-Identifier: GPL-2.0
/*
 * The sched_switch probe and its per-CPU counters.
 *
 * At a switch the outgoing task has just been charged by the scheduler: the
 * growth of its sum_exec_runtime since it came in is the time that it ran, without
 * a look at any clock. It goes to the partition that the task was in when it came
 * in. A task that is moved while it runs has its CPU settle the account at once,
 * by an interrupt, so that each partition gets its own part of the slice.
 */
#include "account.h"

#include <linux/cgroup.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>
#include <linux/smp.h>

#include "partition.h"
#include "registry.h"
#include "top.h"
#include "tracehook.h"

/*
 * struct account_cpu - What a CPU is doing
 * @seq: lets other CPUs see the fields below and the counters change together
 * @task: the one running; NULL until the first switch after the module was loaded
 * @owner: cgroup of the partition that it came from, NULL for the host. Only
 *	compared and looked up, never followed: the partition may be gone by now.
 * @start: its sum_exec_runtime up to which the account is settled
 * @host: CPU time of all that is in no partition (ns)
 * @settle: request to settle in the middle of a slice
 *
 * All but @settle is written by this CPU alone, with interrupts off. @task is
 * current there as long as @seq does not change, and an exited task is freed a
 * grace period after it was switched out: a reader under RCU that saw it here may
 * read it.
 */
struct account_cpu {
	seqcount_t seq;
	struct task_struct *task;
	const struct cgroup *owner;
	u64 start;
	u64 host;
	call_single_data_t settle;
};

static DEFINE_PER_CPU(struct account_cpu, account_cpus);

/* Charge the slice of the task that came in; interrupts are off. */
static void settle(struct account_cpu *cpu, struct task_struct *task)
{
	struct partition *partition = NULL;
	u64 *counter = &cpu->host;

	if (unlikely(cpu->task != task) || is_idle_task(task))
		return;
	if (cpu->owner)
		partition = registry_find_cgroup(cpu->owner);
	if (partition)
		counter = this_cpu_ptr(partition->cpu_time);
	WRITE_ONCE(*counter, *counter + task->se.sum_exec_runtime - cpu->start);
}

/* Begin the slice of a task; interrupts are off. */
static void begin(struct account_cpu *cpu, struct task_struct *task)
{
	WRITE_ONCE(cpu->task, task);
	WRITE_ONCE(cpu->owner, top_contains(task_dfl_cgroup(task)));
	WRITE_ONCE(cpu->start, task->se.sum_exec_runtime);
}

/* Called with interrupts off, under the run queue lock: per-CPU data only. */
static void probe_sched_switch(void *data, bool preempt, struct task_struct *prev,
			       struct task_struct *next, unsigned int prev_state)
{
	struct account_cpu *cpu = this_cpu_ptr(&account_cpus);

	raw_write_seqcount_begin(&cpu->seq);
	settle(cpu, prev);
	begin(cpu, next);
	raw_write_seqcount_end(&cpu->seq);
}

/* On the CPU of a task that was moved, in a hard interrupt. */
static void settle_now(void *unused)
{
	struct account_cpu *cpu = this_cpu_ptr(&account_cpus);

	rcu_read_lock();
	raw_write_seqcount_begin(&cpu->seq);
	settle(cpu, current);
	begin(cpu, current);
	raw_write_seqcount_end(&cpu->seq);
	rcu_read_unlock();
}

/*
 * Called with preemption off after a process or thread has got another cgroup.
 * Who comes in after this look, or did at the same moment, may have the old one
 * until its next switch; busy means that a request is on its way.
 */
static void probe_cgroup_attach_task(void *data, struct cgroup *cgroup, const char *path,
				     struct task_struct *task, bool threadgroup)
{
	int nr;

	for_each_online_cpu(nr) {
		struct account_cpu *cpu = per_cpu_ptr(&account_cpus, nr);
		struct task_struct *running = READ_ONCE(cpu->task);

		if (running && (running == task ||
				(threadgroup && same_thread_group(running, task))))
			smp_call_function_single_async(nr, &cpu->settle);
	}
}

static struct tracehook account_hooks[] = {
	{ .name = "sched_switch", .probe = probe_sched_switch },
	{ .name = "cgroup_attach_task", .probe = probe_cgroup_attach_task },
};

int account_init(void)
{
	int nr;

	for_each_possible_cpu(nr) {
		struct account_cpu *cpu = per_cpu_ptr(&account_cpus, nr);

		seqcount_init(&cpu->seq);
		INIT_CSD(&cpu->settle, settle_now, NULL);
	}
	return tracehook_attach(account_hooks, ARRAY_SIZE(account_hooks));
}

static void do_nothing(void *unused)
{
}

void account_exit(void)
{
	tracehook_detach(account_hooks, ARRAY_SIZE(account_hooks));
	/*
	 * Requests that a probe has sent before are taken off the CPUs' queues
	 * together with this one; the grace period waits for the interrupts that
	 * did so to end.
	 */
	on_each_cpu(do_nothing, NULL, 1);
	synchronize_rcu();
}

/* What the running task has used so far, if it came from @owner. */
static u64 running_time(const struct account_cpu *cpu, const struct cgroup *owner)
{
	struct task_struct *task = READ_ONCE(cpu->task);

	if (!task || is_idle_task(task) || READ_ONCE(cpu->owner) != owner)
		return 0;
	return READ_ONCE(task->se.sum_exec_runtime) - READ_ONCE(cpu->start);
}

static u64 cpu_time_on(const struct partition *partition, int nr)
{
	const struct account_cpu *cpu = per_cpu_ptr(&account_cpus, nr);
	const struct cgroup *owner = partition ? partition->dir.cgroup : NULL;
	const u64 *counter = partition ? per_cpu_ptr(partition->cpu_time, nr) : &cpu->host;
	unsigned int seq;
	u64 time;

	do {
		seq = raw_read_seqcount_begin(&cpu->seq);
		time = READ_ONCE(*counter) + running_time(cpu, owner);
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
