// SPDX-License-Identifier: GPL-2.0
/*
 * The control thread.
 *
 * It sleeps until something changes the weights (a partition comes, goes or gets
 * other settings, CPUs go on- or offline), or somebody has to wait for somebody
 * else. Then it looks: advances the credit of those who run and tells the scheduler
 * whose standing has changed. It looks again, at the pace of what can change, until
 * nobody waits for anybody else any more.
 */
#include "control.h"

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "account.h"
#include "admission.h"
#include "choice.h"
#include "compat.h"
#include "contention.h"
#include "credit.h"
#include "demand.h"
#include "errand.h"
#include "limits.h"
#include "partition.h"
#include "preemption.h"
#include "standing.h"
#include "top.h"
#include "weight.h"

/*
 * Protects the lists, the sums, the host's account and the partitions' fields marked
 * C, and orders the writes to cpu.idle and cpu.weight. The VFS and cgroup locks
 * nest inside; taken inside a partition's lock.
 */
static DEFINE_MUTEX(control_lock);
static LIST_HEAD(control_list);		/* all */
static LIST_HEAD(control_active);	/* those who run, or have not earned all yet */
static struct weight_sums control_sums;

/* The host earns its reserve, against the partitions together. */
static struct {
	struct credit_terms terms;
	struct credit credit;
	u64 seen;
	u64 advanced;
	struct standing top;
	u64 top_weight;
	u64 denied_until;	/* partitions lacked something until then (ns) */
	u64 competes_until;	/* it wanted all that it can get until then (ns) */
} control_host;

/* How far the standings are apart; the second while the host competes. */
static const struct weight_step control_steps = {
	.boost = COMPAT_WEIGHT_BOOST_STEP,
	.under = COMPAT_WEIGHT_UNDER_STEP,
	.over = COMPAT_WEIGHT_OVER_STEP,
};

static const struct weight_step control_steps_host = {
	.boost = LIMIT_WEIGHT_BOOST_STEP_HOST,
	.under = LIMIT_WEIGHT_UNDER_STEP_HOST,
	.over = COMPAT_WEIGHT_OVER_STEP_HOST,
};

static const struct weight_step *control_step = &control_steps;

static struct task_struct *control_thread;
static bool control_stale;		/* weights are to be looked at; set from anywhere */
static int control_online_state;
static int control_dead_state;

static void kick(void)
{
	WRITE_ONCE(control_stale, true);
	wake_up_process(control_thread);
}

static void refresh_sums(void)
{
	struct partition *partition;

	lockdep_assert_held(&control_lock);
	control_sums.reserve = admission_cpu_reserve(&control_sums.total);
	control_host.terms.guarantee = control_sums.reserve;
	control_sums.largest = 0;
	list_for_each_entry(partition, &control_list, control_node)
		control_sums.largest = max(control_sums.largest,
					   weight_entitled(&control_sums,
							   partition->terms.guarantee,
							   partition->terms.share));
}

/* Tell the scheduler where a partition stands. */
static int tell(struct partition *partition)
{
	/*
	 * When CPUs have gone all are behind, and urgent for good. On CFS who was light
	 * until then would wait for the others for minutes, at the weights of the urgent.
	 */
	bool fits = control_sums.guaranteed + control_sums.reserve <= control_sums.total;
	const u64 steps[] = {
		[CREDIT_OVER] = control_step->over,
		[CREDIT_UNDER] = control_step->under,
		[CREDIT_BOOST] = fits ? control_step->boost : control_step->under,
		[CREDIT_URGENT] = fits ? 1 : control_step->under,
	};
	u64 step = steps[partition->credit.standing];
	u64 weight = step ? weight_standing(partition->weight, step) : 0;
	int writes;

	lockdep_assert_held(&control_lock);
	if (fits && partition->credit.standing != CREDIT_OVER)
		weight = max(weight, weight_least(&control_sums, partition->terms.share,
						  control_step));
	writes = standing_set(&partition->standing, !step, weight);
	return min(writes, 0);
}

static int weigh(struct partition *partition)
{
	partition->weight = weight_partition(&control_sums, partition->terms.guarantee,
					     partition->terms.share);
	return tell(partition);
}

/* Replace a partition's part in the sums. */
static void replace_terms(struct partition *partition, const struct credit_terms *terms)
{
	lockdep_assert_held(&control_lock);
	control_sums.guaranteed += terms->guarantee - partition->terms.guarantee;
	control_sums.shares += terms->share - partition->terms.share;
	partition->terms = *terms;
}

/* The same, and write its own weight. */
static int reweigh(struct partition *partition, const struct credit_terms *terms)
{
	replace_terms(partition, terms);
	/* The others' are as of the last pass, which the kick brings up to date. */
	control_sums.reserve = admission_cpu_reserve(&control_sums.total);
	control_sums.largest = max(control_sums.largest,
				   weight_entitled(&control_sums, terms->guarantee,
						   terms->share));
	return weigh(partition);
}

/*
 * Does anybody of it want to run? Who ran did; but for savings it counts whether that
 * is so at this moment, and the host ran because of this thread.
 */
static bool wants_to_run(const struct credit *credit, const struct credit_terms *terms,
			 const struct partition *partition, u64 ran)
{
	if (partition && ran && !credit_saves(credit, terms))
		return true;
	return demand_exists(partition);
}

/* Earn and pay for the time since it did so last. Returns false if it was at rest. */
static bool advance(struct credit *credit, const struct credit_terms *terms,
		    u64 *seen, u64 *advanced, const struct partition *partition, u64 now)
{
	u64 used = account_cpu_time(partition);
	u64 ran = used - *seen;
	bool wants = wants_to_run(credit, terms, partition, ran);

	credit_advance(credit, terms, now - *advanced, ran, wants);
	*seen = used;
	*advanced = now;
	return ran || wants;
}

static void advance_partition(struct partition *partition, u64 now)
{
	partition->resting = !advance(&partition->credit, &partition->terms,
				      &partition->seen, &partition->advanced,
				      partition, now);
}

static struct credit_terms terms_of(const struct bulkhead_settings *settings)
{
	return (struct credit_terms) {
		.guarantee = settings->cpu_guarantee,
		.share = settings->cpu_share,
	};
}

int control_add(struct partition *partition, const struct bulkhead_settings *settings)
{
	const struct credit_terms terms = terms_of(settings);
	int err;

	mutex_lock(&control_lock);
	/* From here on it earns and pays: there was nothing to run before. */
	credit_open(&partition->credit, &terms);
	partition->seen = account_cpu_time(partition);
	partition->advanced = ktime_get_ns();
	err = reweigh(partition, &terms);
	if (err)
		replace_terms(partition, &(struct credit_terms) { });
	else
		list_add_tail(&partition->control_node, &control_list);
	mutex_unlock(&control_lock);
	kick();
	return err;
}

int control_change(struct partition *partition, const struct bulkhead_settings *settings)
{
	const struct credit_terms terms = terms_of(settings);
	struct credit_terms before;
	int err;

	mutex_lock(&control_lock);
	before = partition->terms;
	/* What it did until now is by the terms of until now. */
	advance_partition(partition, ktime_get_ns());
	err = reweigh(partition, &terms);
	if (err) {
		replace_terms(partition, &before);
		refresh_sums();
		weigh(partition);
	}
	mutex_unlock(&control_lock);
	kick();
	return err;
}

/* Those who have come to run since are at hand. */
static void welcome(void)
{
	struct partition *partition, *next;

	lockdep_assert_held(&control_lock);
	llist_for_each_entry_safe(partition, next, contention_arrivals(), arrival)
		list_add_tail(&partition->active_node, &control_active);
}

void control_remove(struct partition *partition)
{
	bool banned = contention_ban(partition);

	mutex_lock(&control_lock);
	welcome();
	if (banned && list_empty(&partition->active_node)) {
		/* It was dismissed just before, or is on its way in a context switch. */
		mutex_unlock(&control_lock);
		synchronize_rcu();
		mutex_lock(&control_lock);
		welcome();
	}
	list_del_init(&partition->active_node);
	list_del_init(&partition->control_node);
	replace_terms(partition, &(struct credit_terms) { });
	mutex_unlock(&control_lock);
	kick();
}

/* Anybody may ask, and must not hold up control for that. */
s64 control_credit(const struct partition *partition)
{
	return READ_ONCE(partition->credit.balance);
}

enum credit_standing control_standing(const struct partition *partition)
{
	return READ_ONCE(partition->credit.standing);
}

static void complain(const struct partition *partition, int err)
{
	/* One that is being removed may fail. */
	if (err && READ_ONCE(partition->state) == PARTITION_ACTIVE)
		pr_warn_ratelimited("cannot set cpu.weight or cpu.idle of partition %s: error %d\n",
				    partition->name, err);
}

static void tell_top(void)
{
	int writes = standing_set(&control_host.top, false, control_host.top_weight);

	lockdep_assert_held(&control_lock);
	if (writes < 0)
		pr_warn_ratelimited("cannot set cpu.weight of cgroup %s: error %d\n",
				    TOP_PATH, writes);
}

/* Bring all weights up to date. */
static void weigh_all(void)
{
	struct partition *partition;

	mutex_lock(&control_lock);
	refresh_sums();
	control_host.top_weight = weight_top(&control_sums);
	tell_top();
	list_for_each_entry(partition, &control_list, control_node)
		complain(partition, weigh(partition));
	mutex_unlock(&control_lock);
}

/* Returns the lead of the one that has borrowed most of those who want to. */
static s64 advance_all(u64 now)
{
	struct partition *partition;
	s64 farthest = S64_MIN;

	advance(&control_host.credit, &control_host.terms, &control_host.seen,
		&control_host.advanced, NULL, now);
	list_for_each_entry(partition, &control_active, active_node) {
		advance_partition(partition, now);
		if (!partition->resting)
			farthest = max(farthest, partition->credit.lead);
	}
	return farthest == S64_MIN ? 0 : farthest;
}

/* Who is at rest and has saved all that it can is left alone until it runs. */
static void dismiss(struct partition *partition)
{
	list_del_init(&partition->active_node);
	contention_leave(partition);
}

/*
 * Find where all stand and tell the scheduler. Returns the time (ns) in which
 * nothing can change, and through @denied if somebody waits for his guarantee.
 */
static u64 settle_all(s64 farthest, bool *denied)
{
	struct partition *partition, *next;
	u64 horizon = U64_MAX;

	list_for_each_entry_safe(partition, next, &control_active, active_node) {
		enum credit_standing before = partition->credit.standing;

		credit_settle(&partition->credit, &partition->terms, farthest);
		if (partition->credit.standing != before)
			complain(partition, tell(partition));
		if (partition->credit.balance > 0 && !*denied)
			*denied = demand_waiting(partition);
		horizon = min(horizon, credit_horizon(&partition->credit, &partition->terms,
						      control_sums.total));
		if (partition->resting && credit_full(&partition->credit, &partition->terms))
			dismiss(partition);
	}
	return horizon;
}

/* While the host competes the standings of partitions are closer; see limits.h. */
static void choose_steps(u64 now)
{
	const struct weight_step *step;
	struct partition *partition;

	if (credit_busy(&control_host.credit))
		control_host.competes_until = now + LIMIT_CONTROL_HOST_NS;
	step = now < control_host.competes_until ? &control_steps_host : &control_steps;
	if (step == control_step)
		return;
	control_step = step;
	list_for_each_entry(partition, &control_list, control_node)
		complain(partition, tell(partition));
}

/* The same one level up: the host against all partitions. */
static void balance_host(u64 now, bool denied)
{
	struct credit *credit = &control_host.credit;
	u64 fair = weight_top(&control_sums);
	u64 weight = weight_top_denied(credit->balance,
				       credit_boost_level(&control_host.terms));

	credit_settle(credit, &control_host.terms, 0);
	if (denied)
		control_host.denied_until = now + LIMIT_CONTROL_HOLD_NS;
	if (now >= control_host.denied_until)
		weight = min(weight, fair);
	if (!weight_differs(weight, control_host.top_weight))
		return;
	control_host.top_weight = weight;
	tell_top();
}

/* The conflict is over: what was done for it is not to outlast it. */
static void rest(void)
{
	mutex_lock(&control_lock);
	control_host.denied_until = 0;
	control_host.top_weight = weight_top(&control_sums);
	tell_top();
	preemption_enable(false, CREDIT_OVER);
	choice_enable(false);
	mutex_unlock(&control_lock);
}

/* One look. Returns how long until the next one (ns). */
static u64 look(void)
{
	u64 now = ktime_get_ns();
	u64 period, horizon;
	bool denied = false;
	s64 farthest;

	mutex_lock(&control_lock);
	welcome();
	farthest = advance_all(now);
	choose_steps(now);
	horizon = settle_all(farthest, &denied);
	balance_host(now, denied);
	preemption_enable(true, control_host.credit.standing);
	choice_enable(true);
	period = LIMIT_CONTROL_PERIOD_MIN_NS *
		 (1 + list_count_nodes(&control_active) * num_online_cpus() / LIMIT_CONTROL_LOAD);
	mutex_unlock(&control_lock);
	return clamp_t(u64, horizon, period, max(period, LIMIT_CONTROL_PERIOD_MAX_NS));
}

/* Sleep for @time ns, or until woken if it is 0. */
static void doze(u64 time)
{
	ktime_t expires = ns_to_ktime(time);

	set_current_state(TASK_IDLE);
	if (READ_ONCE(control_stale) || kthread_should_stop()) {
		__set_current_state(TASK_RUNNING);
		return;
	}
	if (!time)
		contention_arm();
	schedule_hrtimeout_range(time ? &expires : NULL, time / 8, HRTIMER_MODE_REL);
}

static int control_loop(void *unused)
{
	/* Its few allocations, in cgroupfs, must not wait for those it is to control. */
	unsigned int flags = memalloc_noreclaim_save();
	u64 pause = 0, last = 0;

	while (!kthread_should_stop()) {
		doze(pause);
		if (xchg(&control_stale, false))
			weigh_all();
		if (contention_seen())
			last = ktime_get_ns();
		if (ktime_get_ns() - last < LIMIT_CONTROL_HOLD_NS) {
			pause = look();
		} else {
			rest();
			pause = 0;
		}
	}
	memalloc_noreclaim_restore(flags);
	return 0;
}

static int control_cpus_changed(unsigned int cpu)
{
	kick();
	return 0;
}

static int start_keeper(void)
{
	control_thread = kthread_create(control_loop, NULL, "bulkhead");
	if (IS_ERR(control_thread))
		return PTR_ERR(control_thread);
	/* Who wakes it may do so a little late. */
	get_task_struct(control_thread);
	sched_set_fifo_low(control_thread);
	contention_init(control_thread);
	return 0;
}

static void stop_keeper(void)
{
	kthread_stop(control_thread);
	contention_exit();
	put_task_struct(control_thread);
}

static int open_top(void *unused)
{
	return standing_open(&control_host.top, top_dir());
}

static int close_top(void *unused)
{
	standing_close(&control_host.top);
	return 0;
}

static void open_host_account(void)
{
	mutex_lock(&control_lock);
	refresh_sums();
	control_host.top_weight = BULKHEAD_SHARE_DEFAULT;
	control_host.seen = account_cpu_time(NULL);
	control_host.advanced = ktime_get_ns();
	credit_open(&control_host.credit, &control_host.terms);
	mutex_unlock(&control_lock);
}

int control_init(void)
{
	int err;

	err = errand_run(open_top, NULL);
	if (err)
		return err;
	open_host_account();
	err = start_keeper();
	if (err)
		goto close_top;
	/* A CPU counts as online until late: look again when it is dead. */
	control_dead_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "bulkhead:dead",
						       NULL, control_cpus_changed);
	err = control_dead_state;
	if (err < 0)
		goto stop_keeper;
	control_online_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "bulkhead:online",
							 control_cpus_changed, NULL);
	err = control_online_state;
	if (err < 0)
		goto remove_dead;
	wake_up_process(control_thread);
	return 0;

remove_dead:
	cpuhp_remove_state_nocalls(control_dead_state);
stop_keeper:
	stop_keeper();
close_top:
	errand_run(close_top, NULL);
	return err;
}

void control_exit(void)
{
	cpuhp_remove_state_nocalls(control_online_state);
	cpuhp_remove_state_nocalls(control_dead_state);
	stop_keeper();
	errand_run(close_top, NULL);
}
