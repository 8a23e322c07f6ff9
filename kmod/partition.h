/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The partition: identity, state, settings, reference count.
 *
 * A partition is new (being built; nobody else sees it), active, dying (no look-up
 * finds it, its tasks are being killed) and dead (its directory is gone). It is
 * freed when the last reference is dropped, after an RCU grace period, so that
 * whoever found it in an RCU read-side section may look at it until its end.
 */
#ifndef BULKHEAD_PARTITION_H
#define BULKHEAD_PARTITION_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <linux/bulkhead.h>

#include "cgroup_dir.h"
#include "credit.h"
#include "portion.h"
#include "standing.h"
#include "stock.h"

#define PARTITION_NEW		0U
#define PARTITION_ACTIVE	BULKHEAD_STATE_ACTIVE
#define PARTITION_DYING		BULKHEAD_STATE_DYING
#define PARTITION_DEAD		BULKHEAD_STATE_DEAD

/**
 * struct partition_candidate - Who of a group would be killed when memory runs out
 * @round: of the walk that found it: it is not valid in any other
 * @points: the more, the rather (pages)
 * @process: its thread-group leader, under RCU
 */
struct partition_candidate {
	u64 round;
	long points;
	struct task_struct *process;
};

/**
 * struct partition - A group of processes with guaranteed CPU and memory
 *
 * Who protects a field:
 * I: set before the partition is registered (@id: by that), constant after.
 * L: written under @lock; the state and the settings also under @view, so either
 *    lock is enough to read them.
 * R: the registry's lock; read under RCU.
 * C: the control's lock.
 * D: written by the one that destroys it, before it is dead.
 * A: updated by the owning CPU only, in the context switch.
 * O: the kernel's oom_lock, under which it calls OOM notifiers.
 *
 * @refs: references; see partition_put()
 * @burial: the free, after a grace period
 * @id: I: never used again
 * @name: I: NUL-terminated
 * @flags: I: BULKHEAD_CREATE_KILL_ON_CLOSE or 0
 * @dir: I: its cgroup and directory
 * @pids: I: its file pids.current, kept open
 * @cpu_time: A: CPU time used (ns, one counter per CPU)
 * @lock: serializes all that changes the partition; admission's lock, control's
 *	lock and those of the VFS and of cgroups nest inside
 * @view: protects @state and @settings for readers that cannot wait; nothing
 *	nests inside
 * @state: L: PARTITION_*
 * @settings: L: in force
 * @memory_peak: D: what is left to tell when the memory controller's state goes (bytes)
 * @handles: open partition fds that are writable, and the creator until it has one
 * @destroyers: how many wait for the lock to destroy it by force
 * @reaper: destroys it when nobody can wait for that
 * @name_node: R: by name
 * @cgroup_node: R: by cgroup
 * @at_hand: control knows that it runs, or is being told
 * @arrival: in the list of those that control is being told of
 * @control_node: C: in the control's list
 * @active_node: C: in the control's list of those that run
 * @terms: C: the CPU guarantee and the share as control knows them
 * @weight: C: its weight among those of the same standing
 * @standing: C: what the scheduler was told
 * @credit: C: how far it is behind or ahead of its guarantee
 * @seen: C: CPU time up to which @credit has been advanced (ns)
 * @advanced: C: when that was (ns, monotonic)
 * @resting: C: it neither ran until then, nor wanted to run then
 * @backed: L: what of its memory guarantee is to be backed (pages)
 * @stock: what is held ready of that
 * @reserve_node: in the list of those that hold something ready; constant from the
 *	first time on
 * @reserve_look: compares what is held with what is to be held
 * @reserve_pause: until it does so again (ms)
 * @reserve_due: when that is (jiffies)
 * @reserve_lock: protects @portion; nothing nests inside
 * @portion: how much of @stock is handed over at a time
 * @reserve_handed: when that was done last (jiffies)
 * @emptied_use: its use when the kernel was made to empty the lists of the CPUs (pages)
 * @last_use: O: what it used when it was last given something instead of a kill (pages)
 * @last_gifts: O: how often, since that grew
 * @last_gift: O: when it was the last time (jiffies)
 * @memory_events: L: its file of that name, kept open from the first soft limit on
 * @soft_queue: I: from then on: woken when something of that changes
 * @soft_entry: of us in that queue
 * @soft_look: looks at who is above its soft limit
 * @soft_since: L: when it was found above (ns, monotonic); 0 if it was not
 * @soft_released: L: memory.high is not in force
 * @soft_enforced: L: memory.max is still as low as the soft limit
 * @candidate: O: who would be killed
 * @oom_kills: how often it paid when memory ran out
 */
struct partition {
	refcount_t refs;
	struct rcu_work burial;

	u64 id;
	char name[BULKHEAD_NAME_SIZE];
	u32 flags;
	struct cgroup_dir dir;
	struct file *pids;
	u64 __percpu *cpu_time;

	struct mutex lock;	/* serializes changes: see above */
	spinlock_t view;	/* state and settings for readers: see above */
	u32 state;
	struct bulkhead_settings settings;
	u64 memory_peak;

	atomic_t handles;
	atomic_t destroyers;
	struct work_struct reaper;

	struct hlist_node name_node;
	struct hlist_node cgroup_node;

	atomic_t at_hand;
	struct llist_node arrival;

	struct list_head control_node;
	struct list_head active_node;
	struct credit_terms terms;
	u64 weight;
	struct standing standing;
	struct credit credit;
	u64 seen;
	u64 advanced;
	bool resting;

	unsigned long backed;
	struct stock stock;
	struct list_head reserve_node;
	struct delayed_work reserve_look;
	unsigned int reserve_pause;
	unsigned long reserve_due;
	spinlock_t reserve_lock;	/* the portion: see above */
	struct portion portion;
	unsigned long reserve_handed;
	unsigned long emptied_use;
	unsigned long last_use;
	unsigned int last_gifts;
	unsigned long last_gift;

	struct file *memory_events;
	wait_queue_head_t *soft_queue;
	wait_queue_entry_t soft_entry;
	struct delayed_work soft_look;
	u64 soft_since;
	bool soft_released;
	bool soft_enforced;

	struct partition_candidate candidate;
	atomic64_t oom_kills;
};

/**
 * partition_alloc() - Make a new partition, known to nobody
 * @name: a valid name
 * @flags: BULKHEAD_CREATE_KILL_ON_CLOSE or 0
 * @settings: valid settings
 *
 * Context: Process context. Sleeps.
 * Return: the partition with one reference, or NULL for lack of memory.
 */
struct partition *partition_alloc(const char *name, u32 flags,
				  const struct bulkhead_settings *settings);

/**
 * partition_get() - Take one more reference
 * @partition: one that the caller has a reference to
 *
 * Context: Any.
 * Return: @partition.
 */
struct partition *partition_get(struct partition *partition);

/**
 * partition_try_get() - Take a reference to what RCU found
 * @partition: found in the present RCU read-side section
 *
 * Context: Any, in an RCU read-side section.
 * Return: true if the caller has a reference now, false if it is being freed.
 */
bool partition_try_get(struct partition *partition);

/**
 * partition_put() - Drop a reference
 * @partition: not to be touched after
 *
 * Context: Process context.
 */
void partition_put(struct partition *partition);

/**
 * partition_on_burial() - Have somebody let go of a partition before it is freed
 * @farewell: called in process context, once for each partition, when nobody can
 *	find it any more and no RCU reader that did is left
 *
 * Context: Process context, module init; there are no partitions yet.
 */
void partition_on_burial(void (*farewell)(struct partition *partition));

/**
 * partition_set_state() - Go to another state
 * @partition: locked
 * @state: PARTITION_*
 *
 * Context: Process context, under the partition's lock.
 */
void partition_set_state(struct partition *partition, u32 state);

/**
 * partition_set_settings() - Note the settings that are in force now
 * @partition: locked
 * @settings: copied
 *
 * Context: Process context, under the partition's lock.
 */
void partition_set_settings(struct partition *partition,
			    const struct bulkhead_settings *settings);

/**
 * partition_state_name() - A state in words
 * @state: PARTITION_*
 *
 * Context: Any.
 * Return: one word.
 */
const char *partition_state_name(u32 state);

/**
 * partition_view() - State and settings of one moment
 * @partition: referenced, or found under RCU
 * @settings: filled in
 *
 * Context: Any but hard interrupts.
 * Return: PARTITION_*.
 */
u32 partition_view(struct partition *partition, struct bulkhead_settings *settings);

#endif /* BULKHEAD_PARTITION_H */
