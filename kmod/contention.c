// SPDX-License-Identifier: GPL-2.0
/*
 * The part of the context switch that is about others.
 *
 * It runs under a run queue lock, where nobody can be woken: it leaves a mark, and
 * when it is armed, an irq_work that does the waking.
 */
#include "contention.h"

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/llist.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "choice.h"
#include "partition.h"

/* partition->at_hand; all zeroes is a new one. */
enum { AWAY, AT_HAND, BANNED };

static struct task_struct *contention_keeper;
static LLIST_HEAD(contention_list);
static bool contention_marked;
static atomic_t contention_armed = ATOMIC_INIT(0);

static void wake_keeper(struct irq_work *work)
{
	wake_up_process(contention_keeper);
}

/* In hard interrupts on -rt, too: the keeper is not to wait for softer ones. */
static struct irq_work contention_work = IRQ_WORK_INIT_HARD(wake_keeper);

void contention_init(struct task_struct *keeper)
{
	contention_keeper = keeper;
}

void contention_exit(void)
{
	atomic_set(&contention_armed, 0);
	/* Who saw it armed is in a context switch, and thus under RCU. */
	synchronize_rcu();
	irq_work_sync(&contention_work);
}

static void mark(void)
{
	/* All CPUs read these lines; they are written once for each look. */
	if (!READ_ONCE(contention_marked)) {
		WRITE_ONCE(contention_marked, true);
		/* Pairs with that in contention_arm(): one of both sees the other's. */
		smp_mb();
	}
	if (atomic_read(&contention_armed) && atomic_xchg(&contention_armed, 0))
		irq_work_queue(&contention_work);
}

void contention_switch(struct partition *partition, const struct task_struct *next,
		       bool waits)
{
	if (partition && atomic_read(&partition->at_hand) == AWAY &&
	    atomic_cmpxchg(&partition->at_hand, AWAY, AT_HAND) == AWAY)
		llist_add(&partition->arrival, &contention_list);
	if (is_idle_task(next))
		choice_idle();
	else if (waits && partition)
		choice_slice(next);
	/* The keeper is not to be kept awake by making others wait for it. */
	if (waits && next != contention_keeper)
		mark();
}

struct llist_node *contention_arrivals(void)
{
	return llist_del_all(&contention_list);
}

void contention_leave(struct partition *partition)
{
	/*
	 * If it comes to run just now, on a CPU that has not seen this yet, it is
	 * missed until its next switch. That hurts nobody: until then nobody waits
	 * for it, nor it for anybody.
	 */
	atomic_cmpxchg(&partition->at_hand, AT_HAND, AWAY);
}

bool contention_ban(struct partition *partition)
{
	return atomic_xchg(&partition->at_hand, BANNED) == AT_HAND;
}

bool contention_seen(void)
{
	bool seen = READ_ONCE(contention_marked);

	if (seen)
		WRITE_ONCE(contention_marked, false);
	return seen;
}

void contention_arm(void)
{
	atomic_set(&contention_armed, 1);
	/* Pairs with that in mark(). */
	smp_mb();
	if (READ_ONCE(contention_marked) && atomic_xchg(&contention_armed, 0))
		wake_up_process(contention_keeper);
}
