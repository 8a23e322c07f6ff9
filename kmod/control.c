// SPDX-License-Identifier: GPL-2.0
/*
 * The control thread.
 *
 * It sleeps until something changes the weights (a partition comes, goes or gets
 * other settings, CPUs go on- or offline), and ticks only while there is a CPU
 * guarantee whose credit is to be kept.
 */
#include "control.h"

#include <linux/cpuhotplug.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "account.h"
#include "admission.h"
#include "cgroup_dir.h"
#include "credit.h"
#include "limits.h"
#include "partition.h"
#include "top.h"
#include "weight.h"

/*
 * Protects the list, the sums and the partitions' fields marked C, and orders the
 * writes to cpu.weight. The VFS and cgroup locks nest inside; taken inside a
 * partition's lock.
 */
static DEFINE_MUTEX(control_lock);
static LIST_HEAD(control_list);
static struct weight_sums control_sums;
static u64 control_top_weight = 100;

static struct task_struct *control_thread;
static DECLARE_WAIT_QUEUE_HEAD(control_wait);
static bool control_stale;		/* weights are to be looked at; set from anywhere */
static int control_online_state;
static int control_dead_state;

static void kick(void)
{
	WRITE_ONCE(control_stale, true);
	wake_up(&control_wait);
}

static void refresh_sums(void)
{
	struct partition *partition;

	lockdep_assert_held(&control_lock);
	control_sums.reserve = admission_cpu_reserve(&control_sums.total);
	control_sums.largest = 0;
	list_for_each_entry(partition, &control_list, control_node)
		control_sums.largest = max(control_sums.largest,
					   weight_entitled(&control_sums, partition->guarantee,
							   partition->share));
}

static int write_weight(struct partition *partition)
{
	u64 weight = weight_partition(&control_sums, partition->guarantee, partition->share);
	int err;

	lockdep_assert_held(&control_lock);
	if (weight == partition->weight)
		return 0;
	err = cgroup_dir_write(&partition->dir, "cpu.weight", "%llu", weight);
	if (!err)
		partition->weight = weight;
	return err;
}

static int write_top_weight(void)
{
	u64 weight = weight_top(&control_sums);
	int err;

	lockdep_assert_held(&control_lock);
	if (weight == control_top_weight)
		return 0;
	err = cgroup_dir_write(top_dir(), "cpu.weight", "%llu", weight);
	if (!err)
		control_top_weight = weight;
	return err;
}

/* Replace a partition's part in the sums, and write its own weight. */
static int reweigh(struct partition *partition, u64 guarantee, u64 share)
{
	lockdep_assert_held(&control_lock);
	control_sums.guaranteed += guarantee - partition->guarantee;
	control_sums.shares += share - partition->share;
	partition->guarantee = guarantee;
	partition->share = share;
	/* The others' are as of the last pass, which the kick brings up to date. */
	control_sums.reserve = admission_cpu_reserve(&control_sums.total);
	control_sums.largest = max(control_sums.largest,
				   weight_entitled(&control_sums, guarantee, share));
	return write_weight(partition);
}

/* From here on it earns and pays: what it ran before does not count. */
static void open_credit(struct partition *partition)
{
	credit_init(&partition->credit, partition->guarantee);
	partition->seen = account_cpu_time(partition);
}

int control_add(struct partition *partition, const struct bulkhead_settings *settings)
{
	int err;

	mutex_lock(&control_lock);
	partition->weight = BULKHEAD_SHARE_DEFAULT;	/* what a new cgroup has */
	err = reweigh(partition, settings->cpu_guarantee, settings->cpu_share);
	if (err) {
		reweigh(partition, 0, 0);
	} else {
		open_credit(partition);
		list_add_tail(&partition->control_node, &control_list);
	}
	mutex_unlock(&control_lock);
	kick();
	return err;
}

int control_change(struct partition *partition, const struct bulkhead_settings *settings)
{
	u64 guarantee, share;
	int err;

	mutex_lock(&control_lock);
	guarantee = partition->guarantee;
	share = partition->share;
	err = reweigh(partition, settings->cpu_guarantee, settings->cpu_share);
	if (err)
		reweigh(partition, guarantee, share);
	else if (!guarantee)
		open_credit(partition);
	mutex_unlock(&control_lock);
	kick();
	return err;
}

void control_remove(struct partition *partition)
{
	mutex_lock(&control_lock);
	list_del_init(&partition->control_node);
	control_sums.guaranteed -= partition->guarantee;
	control_sums.shares -= partition->share;
	partition->guarantee = 0;
	partition->share = 0;
	mutex_unlock(&control_lock);
	kick();
}

s64 control_credit(struct partition *partition)
{
	/* Anybody may ask, and must not hold up control for that. */
	return READ_ONCE(partition->credit.balance);
}

/* Bring all weights up to date. A partition that is being removed may fail. */
static void weigh_all(void)
{
	struct partition *partition;
	int err;

	mutex_lock(&control_lock);
	refresh_sums();
	err = write_top_weight();
	if (err)
		pr_warn_ratelimited("cannot set cpu.weight of cgroup %s: error %d\n",
				    TOP_PATH, err);
	list_for_each_entry(partition, &control_list, control_node) {
		err = write_weight(partition);
		if (err && READ_ONCE(partition->state) == PARTITION_ACTIVE)
			pr_warn_ratelimited("cannot set cpu.weight of partition %s: error %d\n",
					    partition->name, err);
	}
	mutex_unlock(&control_lock);
}

/* Returns true if there is a guarantee, so that the next tick is wanted. */
static bool advance_credits(u64 elapsed)
{
	struct partition *partition;
	bool guaranteed;

	mutex_lock(&control_lock);
	list_for_each_entry(partition, &control_list, control_node) {
		u64 used;

		if (!partition->guarantee)
			continue;
		used = account_cpu_time(partition);
		credit_advance(&partition->credit, partition->guarantee, elapsed,
			       used - partition->seen);
		partition->seen = used;
	}
	guaranteed = control_sums.guaranteed;
	mutex_unlock(&control_lock);
	return guaranteed;
}

static int control_loop(void *unused)
{
	const long period = msecs_to_jiffies(LIMIT_CONTROL_PERIOD_MS);
	u64 last = ktime_get_ns();
	bool ticking = false;

	while (!kthread_should_stop()) {
		u64 now;

		wait_event_interruptible_timeout(control_wait,
						 READ_ONCE(control_stale) || kthread_should_stop(),
						 ticking ? period : MAX_SCHEDULE_TIMEOUT);
		if (xchg(&control_stale, false))
			weigh_all();
		now = ktime_get_ns();
		ticking = advance_credits(now - last);
		last = now;
	}
	return 0;
}

static int control_cpus_changed(unsigned int cpu)
{
	kick();
	return 0;
}

int control_init(void)
{
	int err;

	/* A CPU counts as online until late: look again when it is dead. */
	control_dead_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "bulkhead:dead",
						       NULL, control_cpus_changed);
	if (control_dead_state < 0)
		return control_dead_state;
	control_online_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "bulkhead:online",
							 control_cpus_changed, NULL);
	err = control_online_state;
	if (err < 0)
		goto remove_dead;
	control_thread = kthread_run(control_loop, NULL, "bulkhead");
	err = PTR_ERR_OR_ZERO(control_thread);
	if (err)
		goto remove_online;
	sched_set_fifo_low(control_thread);
	return 0;

remove_online:
	cpuhp_remove_state_nocalls(control_online_state);
remove_dead:
	cpuhp_remove_state_nocalls(control_dead_state);
	return err;
}

void control_exit(void)
{
	kthread_stop(control_thread);
	cpuhp_remove_state_nocalls(control_online_state);
	cpuhp_remove_state_nocalls(control_dead_state);
}
