// SPDX-License-Identifier: GPL-2.0
/*
 * The sched_switch probe and its per-CPU counters.
 *
 * At a switch the outgoing task has just been charged by the scheduler: the
 * growth of its sum_exec_runtime since it came in is the time that it ran, without
 * a look at any clock. It goes to the partition that the task was in when it came
 * in. A task that is moved while it runs has its CPU settle the account at once,
 * by an interrupt, so that each partition gets its own part of the slice.
 *
 * Most switches are between tasks of the same owner. Those must cost next to
 * nothing, so a CPU keeps what its present owner has used apart from the counter:
 *
 *	time of the owner on this CPU = base + sum_exec_runtime of the running task
 *
 * A switch within the owner only moves base by the difference of the two tasks'
 * sums. The counter is looked up when an owner comes, and written when it goes.
 */
#include "account.h"

#include <linux/cgroup.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>
#include <linux/smp.h>

#include "contention.h"
#include "partition.h"
#include "registry.h"
#include "top.h"
#include "tracehook.h"

/*
 * struct account_cpu - What a CPU is doing
 * @seq: lets other CPUs see the fields below and the counters change together
 * @owner: cgroup of the partition that the running task came from; NULL for the
 *	host, also while the registry does not know the partition; before the first
 *	switch the top, which owns nothing
 * @base: what the owner had used here when the running task came in, less the
 *	task's sum_exec_runtime of then (ns, modulo 2^64)
 * @task: the one running; NULL until the first switch after the module was loaded
 * @counter: where the owner's time goes when it leaves this CPU
 * @host: CPU time of all that is in no partition (ns), as of the last leave
 * @settle: request to settle in the middle of a slice
 *
 * All but @settle is written by this CPU alone, with interrupts off.
 *
 * @task is current there as long as @seq does not change, and an exited task is
 * freed a grace period after it was switched out: a reader under RCU that saw it
 * here may read it.
 *
 * @owner and @counter may belong to a partition that the registry has forgotten,
 * while a task that was exiting when the directory was removed runs its last. They
 * do not outlive it: see farewell().
 */
struct account_cpu {
	seqcount_t seq;
	const struct cgroup *owner;
	u64 base;
	struct task_struct *task;
	u64 *counter;
	u64 host;
	call_single_data_t settle;
};

static DEFINE_PER_CPU_ALIGNED(struct account_cpu, account_cpus);

/*
 * Settle with the owner that goes, begin with the one that comes. Interrupts are off.
 * Returns the latter, NULL if it is the host.
 */
static struct partition *change_owner(struct account_cpu *cpu, struct task_struct *prev,
				      struct task_struct *next)
{
	struct cgroup *owner = top_contains(task_dfl_cgroup(next));
	struct partition *partition = owner ? registry_find_cgroup(owner) : NULL;
	u64 *counter = partition ? this_cpu_ptr(partition->cpu_time) : &cpu->host;

	raw_write_seqcount_begin(&cpu->seq);
	if (likely(cpu->task == prev))
		*cpu->counter = cpu->base + prev->se.sum_exec_runtime;
	WRITE_ONCE(cpu->owner, partition ? owner : NULL);
	WRITE_ONCE(cpu->task, next);
	WRITE_ONCE(cpu->counter, counter);
	cpu->base = *counter - next->se.sum_exec_runtime;
	raw_write_seqcount_end(&cpu->seq);
	return partition;
}

/* The same owner has another task. Interrupts are off. */
static __always_inline void change_task(struct account_cpu *cpu, struct task_struct *prev,
					struct task_struct *next)
{
	u64 step = prev->se.sum_exec_runtime - next->se.sum_exec_runtime;

	raw_write_seqcount_begin(&cpu->seq);
	/* As the compiler makes fewer instructions of these. */
	__this_cpu_add(account_cpus.base, step);
	__this_cpu_write(account_cpus.task, next);
	raw_write_seqcount_end(&cpu->seq);
}

/*
 * What the probe does not decide at a glance: tasks of the host, and another owner. It
 * takes its arguments where the probe has them.
 */
static noinline void change_cgroup(unsigned int prev_state, bool preempt,
				   struct task_struct *prev, struct task_struct *next)
{
	struct account_cpu *cpu = this_cpu_ptr(&account_cpus);
	const struct cgroup *before = cpu->owner;
	struct partition *partition;
	bool waits;

	if (!before && !top_contains(task_dfl_cgroup(next))) {
		change_task(cpu, prev, next);
		return;
	}
	partition = change_owner(cpu, prev, next);
	/* Who is throttled by a limit of its own, before an idle CPU, waits for nobody. */
	waits = (preempt || prev_state == TASK_RUNNING) && !is_idle_task(prev) &&
		!is_idle_task(next);
	if (cpu->owner != before)
		contention_switch(partition, next, waits);
}

/*
 * Called with interrupts off, under the run queue lock: per-CPU data only. Every
 * context switch of the machine pays for this, 16 instructions within a partition
 * and one more for the idle task: look at the code after a change.
 *
 * What is equal to the owner is the owner: its cgroup is not freed while it is one.
 */
static notrace void probe_sched_switch(void *data, bool preempt, struct task_struct *prev,
				       struct task_struct *next, unsigned int prev_state)
{
	struct account_cpu *cpu = this_cpu_ptr(&account_cpus);
	struct cgroup *cgroup = task_dfl_cgroup(next);
	bool same;

	if (likely(cgroup->level >= PARTITION_LEVEL))
		same = cgroup->ancestors[PARTITION_LEVEL] == cpu->owner;
	else
		same = !cpu->owner;
	if (likely(same))
		change_task(cpu, prev, next);
	else
		change_cgroup(prev_state, preempt, prev, next);
}

/* In a hard interrupt: look again whose time it is. */
static void settle_now(void *unused)
{
	/* The mover changed the cgroup before it found the last request on its way. */
	smp_mb();
	rcu_read_lock();
	change_owner(this_cpu_ptr(&account_cpus), current, current);
	rcu_read_unlock();
}

/*
 * Called with preemption off after a process or thread has got another cgroup. To
 * leave or enter a partition is to get another cpu controller's state, for which
 * the kernel has just held the task's run queue lock (sched_move_task()). A switch
 * to it before that is seen here; a later one has seen the new cgroup.
 *
 * Movers hold cgroup_mutex, so nobody else makes use of the request. Busy means that
 * it is on its way, and its handler has not looked at the cgroup yet.
 */
static void probe_cgroup_attach_task(void *data, struct cgroup *cgroup, const char *path,
				     struct task_struct *task, bool threadgroup)
{
	int nr;

	smp_mb(); /* pairs with the one of settle_now() */
	for_each_online_cpu(nr) {
		struct account_cpu *cpu = per_cpu_ptr(&account_cpus, nr);
		struct task_struct *running = READ_ONCE(cpu->task);

		if (running && (running == task ||
				(threadgroup && same_thread_group(running, task))))
			smp_call_function_single_async(nr, &cpu->settle);
	}
}

/*
 * A partition is about to be freed. A task of it that was exiting when the directory
 * was removed may still be running, or be the last that ran within this owner: those
 * CPUs settle, and find that it is the host's from now on.
 *
 * No CPU gets the counter anew: the registry forgot the partition, and a switch that
 * had found it before was over, and visible here, within the grace period. A CPU that
 * goes offline ends with its idle task, which is the host's.
 */
static void farewell(struct partition *partition)
{
	int nr;

	for_each_online_cpu(nr)
		if (READ_ONCE(per_cpu_ptr(&account_cpus, nr)->counter) ==
		    per_cpu_ptr(partition->cpu_time, nr))
			smp_call_function_single(nr, settle_now, NULL, true);
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
		cpu->owner = top_cgroup;
		cpu->counter = &cpu->host;
		INIT_CSD(&cpu->settle, settle_now, NULL);
	}
	partition_on_burial(farewell);
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

static u64 cpu_time_on(const struct partition *partition, int nr)
{
	const struct account_cpu *cpu = per_cpu_ptr(&account_cpus, nr);
	const u64 *counter = partition ? per_cpu_ptr(partition->cpu_time, nr) : &cpu->host;
	unsigned int seq;
	u64 time;

	do {
		const struct task_struct *task;

		seq = raw_read_seqcount_begin(&cpu->seq);
		task = READ_ONCE(cpu->task);
		if (task && READ_ONCE(cpu->counter) == counter)
			time = READ_ONCE(cpu->base) + READ_ONCE(task->se.sum_exec_runtime);
		else
			time = READ_ONCE(*counter);
	} while (read_seqcount_retry(&cpu->seq, seq));
	return time;
}

bool account_running(int nr, const struct cgroup **owner)
{
	const struct account_cpu *cpu = per_cpu_ptr(&account_cpus, nr);
	const struct task_struct *task = READ_ONCE(cpu->task);

	*owner = READ_ONCE(cpu->owner);
	return task && !is_idle_task(task) && READ_ONCE(task->prio) >= MAX_RT_PRIO;
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
