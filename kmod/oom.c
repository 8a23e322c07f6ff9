// SPDX-License-Identifier: GPL-2.0
/*
 * Out of memory: rank, mark a victim, and note what the kernel did with it.
 *
 * Everything that decides runs in the notifier, in process context, in whatever task
 * was allocating and with any lock that may be held while one allocates, under the
 * kernel's oom_lock. It allocates nothing, sleeps but in recall_before_kill(), holding
 * nothing, and takes but task_lock of the tasks it looks at, as the kernel's killer does
 * right after, partition->view and the locks of a reserve; none is ever held by anybody who
 * allocates.
 */
#include "oom.h"

#include <linux/cgroup.h>
#include <linux/cpumask.h>
#include <linux/cpuset.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "admission.h"
#include "cgroup_dir.h"
#include "limits.h"
#include "membership.h"
#include "memory.h"
#include "partition.h"
#include "recall.h"
#include "registry.h"
#include "reserve.h"
#include "top.h"
#include "tracehook.h"

static bool oom_by_excess = true;
module_param(oom_by_excess, bool, 0644);
MODULE_PARM_DESC(oom_by_excess, "when memory runs out, whoever is most over its guarantee pays (default: Y; N: the kernel chooses)");

/*
 * Protects what follows. Raw, because the probe takes it with preemption disabled.
 * Nothing nests inside.
 */
static DEFINE_RAW_SPINLOCK(oom_guard);
/* The leader of the process that was chosen last, with a reference, or NULL. */
static struct task_struct *oom_victim;
/* It has our mark. */
static bool oom_marked;
/* In whose allocation; only compared. Nobody else's OOM, inside a limit, is the one ranked. */
static const struct task_struct *oom_chooser;
/* When the choice was made (jiffies). */
static unsigned long oom_since;
/* How that choice was made, and the line for the log. */
static struct oom_record oom_choice;
static char oom_line[LIMIT_OOM_LINE];
/* The last choice that was carried out. */
static struct oom_record oom_done;
static u64 oom_kills;
static u64 oom_host_kills;

/*
 * The walk. oom_lock, which every caller of the notifiers holds, lets in one at a time;
 * static, as the stack is that of somebody deep in an allocation.
 */
static struct {
	/* Tells candidates of this walk from those of earlier ones. */
	u64 round;
	/* Somebody is being killed already: his memory is on its way. */
	bool dying;
	/* Somebody has asked to be killed first (swapoff). */
	bool origin;
	/* There is somebody whom the kernel would kill. */
	bool killable;
	/* What the host's processes would give back (pages). */
	u64 host_pages;
	struct partition_candidate host;
	struct excess_ranking ranking;
} oom_walk;

/* Takes the mark back if it is still there; the caller drops the reference. */
static struct task_struct *forget_victim(void)
{
	struct task_struct *victim = oom_victim;

	lockdep_assert_held(&oom_guard);
	if (oom_marked)
		WRITE_ONCE(victim->signal->oom_flag_origin, false);
	oom_marked = false;
	oom_victim = NULL;
	return victim;
}

/* Nobody came any more: a mark that is left must not steer an OOM inside a limit. */
static void tidy(struct work_struct *unused)
{
	struct task_struct *victim = NULL;

	raw_spin_lock_irq(&oom_guard);
	if (oom_victim && time_after_eq(jiffies, oom_since + LIMIT_OOM_WAIT))
		victim = forget_victim();
	raw_spin_unlock_irq(&oom_guard);
	if (victim)
		put_task_struct(victim);
}

static DECLARE_DELAYED_WORK(oom_tidy, tidy);

/* Whoever was marked before: it was killed, or the kernel had no use for the mark. */
static void forget_earlier(void)
{
	struct task_struct *victim;

	raw_spin_lock_irq(&oom_guard);
	victim = forget_victim();
	raw_spin_unlock_irq(&oom_guard);
	if (victim)
		put_task_struct(victim);
}

/* What a kill would give back, and how much the kernel would like to. */
struct burden {
	u64 pages;
	long points;
};

/* Returns false for who is not to be killed; under task_lock. */
static bool weigh(struct task_struct *thread, struct burden *burden)
{
	struct mm_struct *mm = thread->mm;
	long adjust = thread->signal->oom_score_adj;
	unsigned long tables = mm_pgtables_bytes(mm) >> PAGE_SHIFT;

	if (adjust == OOM_SCORE_ADJ_MIN || test_bit(MMF_OOM_SKIP, &mm->flags) ||
	    in_vfork(thread))
		return false;
	/* From where the allocation cannot take it: the kernel would not kill it. */
	if (!nodes_intersects(thread->mems_allowed, current->mems_allowed))
		return false;
	burden->pages = get_mm_counter(mm, MM_ANONPAGES) +
			get_mm_counter(mm, MM_SHMEMPAGES) + tables;
	/* As oom_badness(), but that counts swap in the unit of oom_score_adj, too. */
	burden->points = get_mm_rss(mm) + get_mm_counter(mm, MM_SWAPENTS) + tables +
			 adjust * (long)(totalram_pages() / 1000);
	return true;
}

/* The first thread that has the memory, as find_lock_task_mm(); NULL if not to be killed. */
static struct task_struct *weigh_process(struct task_struct *process, struct burden *burden)
{
	struct task_struct *thread;

	for_each_thread(process, thread) {
		bool killable = false;
		bool found;

		task_lock(thread);
		found = thread->mm;
		if (found)
			killable = weigh(thread, burden);
		task_unlock(thread);
		if (found)
			return killable ? thread : NULL;
	}
	return NULL;
}

static void look_at(struct task_struct *process)
{
	struct partition_candidate *candidate = &oom_walk.host;
	struct partition *partition;
	struct task_struct *thread;
	struct burden burden;

	if (process->flags & PF_KTHREAD || is_global_init(process))
		return;
	if (tsk_is_oom_victim(process)) {
		if (!test_bit(MMF_OOM_SKIP, &process->signal->oom_mm->flags))
			oom_walk.dying = true;
		return;
	}
	if (oom_task_origin(process)) {
		oom_walk.origin = true;
		return;
	}
	thread = weigh_process(process, &burden);
	if (!thread)
		return;
	oom_walk.killable = true;
	partition = membership_of(thread);
	if (partition)
		candidate = &partition->candidate;
	else
		oom_walk.host_pages += burden.pages;
	if (candidate->round == oom_walk.round && candidate->points >= burden.points)
		return;
	candidate->round = oom_walk.round;
	candidate->points = burden.points;
	candidate->process = process;
}

/*
 * What is free and can be had (pages): not what is below the watermarks. The lists of the
 * CPUs count, as the kernel may kill before it has emptied them.
 */
static u64 spare_pages(void)
{
	u64 free = global_zone_page_state(NR_FREE_PAGES), kept = 0;
	int node, cpu;

	for_each_online_node(node) {
		struct zone *zone = NODE_DATA(node)->node_zones;
		struct zone *end = zone + MAX_NR_ZONES;

		for (; zone < end; zone++) {
			if (!populated_zone(zone))
				continue;
			kept += high_wmark_pages(zone);
			for_each_online_cpu(cpu)
				free += READ_ONCE(per_cpu_ptr(zone->per_cpu_pageset, cpu)->count);
		}
	}
	return free > kept ? free - kept : 0;
}

/*
 * What is not the partitions', in use or held ready for them, is the host's, and so are the
 * pages below the watermarks, which nobody gets: if all the partitions are within their
 * guarantees and there is no memory, the host must be over its reserve. That is more than
 * memory_host_use() shows, and does not take the lock that si_meminfo() takes.
 */
static u64 host_use(u64 spare)
{
	u64 total = (u64)totalram_pages() << PAGE_SHIFT;
	u64 others = memory_use(top_dir()->cgroup, NULL) + reserve_held(NULL) +
		     (spare << PAGE_SHIFT);

	return total > others ? total - others : 0;
}

static void rank_all(void)
{
	struct excess_claim claim, host = { };
	struct partition *partition;
	u64 spare = spare_pages();
	u64 id = 0;

	excess_begin(&oom_walk.ranking);
	host.use = host_use(spare);
	host.promised = admission_memory_reserve();
	/* The kernel's own memory, and files on tmpfs, are not had back by killing. */
	host.excess = excess_of(host.use, host.promised, oom_walk.host_pages << PAGE_SHIFT);
	host.payable = oom_walk.host.round == oom_walk.round;
	excess_rank(&oom_walk.ranking, &host);

	while ((partition = registry_next(&id))) {
		struct bulkhead_settings settings;

		partition_view(partition, &settings);
		claim.owner = partition;
		claim.id = id;
		claim.use = memory_use(partition->dir.cgroup, NULL);
		claim.promised = settings.memory_guarantee;
		claim.excess = excess_of(claim.use, claim.promised, U64_MAX);
		claim.payable = partition->candidate.round == oom_walk.round;
		excess_rank(&oom_walk.ranking, &claim);
	}
	/*
	 * Nobody who is over can pay: then not those who are within a guarantee, whom the
	 * kernel would take next. Unless there is memory, but not for this request.
	 */
	if (!oom_walk.ranking.payer.payable &&
	    spare <= totalram_pages() / LIMIT_OOM_SPARE_SHARE)
		oom_walk.ranking.payer = host;
}

static const char *name_of(const struct excess_claim *claim)
{
	const struct partition *partition = claim->owner;

	return partition ? partition->name : "host";
}

/* One line: who pays with what, and the others that are over. */
static void compose_line(void)
{
	const struct excess_ranking *ranking = &oom_choice.ranking;
	const struct excess_claim *payer = &ranking->payer;
	unsigned int i;
	int length;

	length = scnprintf(oom_line, sizeof(oom_line),
			   "out of memory: %s pays, %lluK over its %lluK, with process %d (%*pEhp); ranking:",
			   oom_choice.payer, payer->excess >> 10, payer->promised >> 10,
			   oom_choice.pid, (int)strlen(oom_choice.command),
			   oom_choice.command);
	for (i = 0; i < min(ranking->count, LIMIT_OOM_LINE_RANKED); i++)
		length += scnprintf(oom_line + length, sizeof(oom_line) - length,
				    " %s %lluK of %lluK", oom_choice.names[i],
				    ranking->claims[i].use >> 10,
				    ranking->claims[i].promised >> 10);
}

/* Note how the choice was made, while the names can be read. */
static void note_choice(struct task_struct *victim)
{
	unsigned int i;

	oom_choice.ranking = oom_walk.ranking;
	for (i = 0; i < oom_choice.ranking.count; i++)
		strscpy(oom_choice.names[i], name_of(&oom_choice.ranking.claims[i]),
			BULKHEAD_NAME_SIZE);
	strscpy(oom_choice.payer, name_of(&oom_choice.ranking.payer), BULKHEAD_NAME_SIZE);
	oom_choice.pid = task_pid_nr(victim);
	strscpy(oom_choice.command, victim->comm, sizeof(oom_choice.command));
	compose_line();
}

static void mark(struct task_struct *victim)
{
	get_task_struct(victim);
	raw_spin_lock_irq(&oom_guard);
	note_choice(victim);
	oom_victim = victim;
	oom_since = jiffies;
	oom_chooser = current;
	oom_marked = true;
	WRITE_ONCE(victim->signal->oom_flag_origin, true);
	raw_spin_unlock_irq(&oom_guard);
	mod_delayed_work(system_wq, &oom_tidy, LIMIT_OOM_WAIT);
}

/* Rank, and mark whom the kernel is to kill, unless it has somebody already. */
static void choose(void)
{
	const struct excess_claim *payer = &oom_walk.ranking.payer;
	const struct partition_candidate *candidate = &oom_walk.host;
	struct task_struct *process;

	oom_walk.round++;
	oom_walk.dying = false;
	oom_walk.origin = false;
	oom_walk.killable = false;
	oom_walk.host_pages = 0;

	rcu_read_lock();
	for_each_process(process) {
		look_at(process);
		if (oom_walk.dying || oom_walk.origin)
			goto unlock;
	}
	rank_all();
	if (!payer->payable)
		goto unlock;
	if (payer->owner)
		candidate = &((struct partition *)payer->owner)->candidate;
	mark(candidate->process);
unlock:
	rcu_read_unlock();
}

/*
 * What is to be had without killing anybody, or anybody more (bytes).
 *
 * Who waits for a victim is told of progress: he tries again, as he does when the kernel
 * finds the victim itself. But the kernel looks later than we did, and would choose by
 * itself if the victim has just gone. It is not for ever: the reaper marks a victim that is
 * stuck, and then the next one is chosen. Who is about to exit may be helped by the kernel.
 */
static u64 have_without(void)
{
	if (oom_walk.dying && !fatal_signal_pending(current) && !(current->flags & PF_EXITING))
		return PAGE_SIZE;
	if (oom_walk.dying || oom_walk.origin || oom_walk.killable)
		return 0;
	/* With nobody to be killed the kernel panics: that keeps no promise either. */
	return reserve_give_any(LIMIT_OOM_GIVE);
}

/*
 * Called last of all notifiers. With pages freed the kernel tries again; without, its
 * killer goes on.
 */
static int out_of_memory_notify(struct notifier_block *block, unsigned long unused,
				void *freed_pages)
{
	unsigned long *freed = freed_pages;
	u64 given;

	if (*freed)
		return NOTIFY_OK;
	/* What is held for the owner, or for nobody, and what is lent: before anybody dies. */
	given = reserve_give_own();
	if (!given)
		given = reserve_give_excess();
	if (!given)
		given = recall_before_kill();
	forget_earlier();
	if (given || !READ_ONCE(oom_by_excess) || !registry_count())
		goto out;
	choose();
	given = have_without();
out:
	*freed += given >> PAGE_SHIFT;
	return NOTIFY_OK;
}

/*
 * The kernel has chosen somebody and killed him. The arguments, which tell whom, differ
 * between kernels; whether it was ours tells his signal_struct.
 */
static void probe_mark_victim(void *unused)
{
	struct partition *partition;
	unsigned long flags;

	raw_spin_lock_irqsave(&oom_guard, flags);
	if (!oom_marked || oom_chooser != current || !tsk_is_oom_victim(oom_victim))
		goto unlock;
	WRITE_ONCE(oom_victim->signal->oom_flag_origin, false);
	oom_marked = false;
	oom_done = oom_choice;
	oom_done.time = ktime_get_ns();
	oom_kills++;
	rcu_read_lock();
	partition = membership_of_process(oom_victim);
	if (partition)
		atomic64_inc(&partition->oom_kills);
	else
		oom_host_kills++;
	rcu_read_unlock();
	raw_spin_unlock_irqrestore(&oom_guard, flags);
	/* oom_lock is held here, too: nobody writes another line. */
	pr_warn("%s\n", oom_line);
	return;
unlock:
	raw_spin_unlock_irqrestore(&oom_guard, flags);
}

u64 oom_last(struct oom_record *record, u64 *host_kills)
{
	u64 kills;

	raw_spin_lock_irq(&oom_guard);
	kills = oom_kills;
	*host_kills = oom_host_kills;
	if (kills)
		*record = oom_done;
	raw_spin_unlock_irq(&oom_guard);
	return kills;
}

static struct notifier_block oom_notifier = {
	.notifier_call = out_of_memory_notify,
	.priority = INT_MIN,
};

static struct tracehook oom_hooks[] = {
	{ .name = "mark_victim", .probe = probe_mark_victim },
};

int oom_init(void)
{
	int err = tracehook_attach(oom_hooks, ARRAY_SIZE(oom_hooks));

	if (err)
		return err;
	err = register_oom_notifier(&oom_notifier);
	if (err)
		tracehook_detach(oom_hooks, ARRAY_SIZE(oom_hooks));
	return err;
}

/* There are no partitions any more, but a mark may be left. */
void oom_exit(void)
{
	struct task_struct *victim;

	unregister_oom_notifier(&oom_notifier);
	tracehook_detach(oom_hooks, ARRAY_SIZE(oom_hooks));
	recall_exit();
	cancel_delayed_work_sync(&oom_tidy);
	raw_spin_lock_irq(&oom_guard);
	victim = forget_victim();
	raw_spin_unlock_irq(&oom_guard);
	if (victim)
		put_task_struct(victim);
}
