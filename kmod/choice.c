// SPDX-License-Identifier: GPL-2.0
/*
 * When a CPU is to choose anew.
 *
 * It is the scheduler that chooses, always; but it does so at wake-ups, by rules of its
 * own, and at the tick. While partitions compete there are three more times.
 *
 * At once, when somebody of a higher standing wakes (preemption.c).
 *
 * At the end of a slice. EEVDF serves whose deadline is first, of those who had less than
 * their part. With few CPUs a slice is shorter than the tick (0.7 ms with one CPU, 4 ms at
 * 250 Hz), and only the tick ends it: each turn takes several slices from all who wait,
 * and then their deadlines are over when a sleeper wakes. However heavy it is, it waits
 * for all of them, a tick each. Measured, with seven on its CPU: 8 ms. So one that takes a
 * CPU from another is looked at when its slice is over, and again after each further one
 * until the tick does it. The scheduler has a timer for that itself (hrtick_start_fair()),
 * which is off by default and not ours to turn on. Who runs on in the same partition,
 * follows one that went to sleep, or makes nobody wait, goes by the tick.
 *
 * And while a CPU is idle. The scheduler looks for somebody who waits on another CPU when
 * a CPU goes idle, but throws dice whether to: it does so as often as it found somebody of
 * late (NI_RANDOM in sched_balance_newidle()). Where it did not the CPU is idle until the
 * next tick of another. Measured: 3 % of two CPUs. So it is made to throw again a few times.
 */
#include "choice.h"

#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/isolation.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "limits.h"

/*
 * struct choice_cpu - The times of a CPU
 * @request: to choose now; used under the CPU's run queue lock
 * @timer: to choose later; used by the CPU alone, interrupts off. That of a CPU that dies
 *	ends on another, for nothing.
 * @slice: the slice that @timer is to end (ns), 0 if it is to look from an idle CPU; used
 *	like @timer
 * @wait: for how long @timer was started to look from an idle CPU, or for how long it has
 *	ended slices of the same task (ns); used like @timer
 * @look: what is over as soon as it has run
 */
struct choice_cpu {
	call_single_data_t request;
	struct hrtimer timer;
	u64 slice;
	u64 wait;
	struct work_struct look;
};

static DEFINE_PER_CPU(struct choice_cpu, choice_cpus);
static bool choice_on;

/* What RCU does to have a CPU choose again (kernel/rcu/tree.c). */
static void choose(void *unused)
{
	set_tsk_need_resched(current);
	set_preempt_need_resched();
}

/* The thread goes to sleep after it, and its CPU goes idle anew. */
static void look(struct work_struct *work)
{
}

static void look_from_idle(struct choice_cpu *cpu)
{
	if (COMPAT_IDLE_CHOOSES)
		choose(NULL);
	else
		schedule_work_on(smp_processor_id(), &cpu->look);
}

/* Whoever runs: if it is somebody else's slice by now, at worst that one is found to run on. */
static u64 end_slice(struct choice_cpu *cpu)
{
	if (is_idle_task(current))
		return 0;
	choose(NULL);
	cpu->wait += cpu->slice;
	return cpu->wait < TICK_NSEC ? cpu->slice : 0;
}

static u64 look_again(struct choice_cpu *cpu)
{
	if (!is_idle_task(current))
		return 0;
	look_from_idle(cpu);
	cpu->wait *= 2;
	return cpu->wait <= LIMIT_CHOICE_IDLE_MAX_NS ? cpu->wait : 0;
}

static enum hrtimer_restart choose_later(struct hrtimer *timer)
{
	struct choice_cpu *cpu = container_of(timer, struct choice_cpu, timer);
	u64 next = cpu->slice ? end_slice(cpu) : look_again(cpu);

	if (!next || !READ_ONCE(choice_on))
		return HRTIMER_NORESTART;
	hrtimer_forward_now(timer, ns_to_ktime(next));
	return HRTIMER_RESTART;
}

void choice_init(void)
{
	int nr;

	for_each_possible_cpu(nr) {
		struct choice_cpu *cpu = per_cpu_ptr(&choice_cpus, nr);

		INIT_CSD(&cpu->request, choose, NULL);
		hrtimer_init(&cpu->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
		cpu->timer.function = choose_later;
		INIT_WORK(&cpu->look, look);
	}
}

static void do_nothing(void *unused)
{
}

void choice_exit(void)
{
	int nr;

	/* What was requested before is done before this is; cf. account_exit(). */
	on_each_cpu(do_nothing, NULL, 1);
	synchronize_rcu();
	for_each_possible_cpu(nr) {
		hrtimer_cancel(&per_cpu_ptr(&choice_cpus, nr)->timer);
		flush_work(&per_cpu_ptr(&choice_cpus, nr)->look);
	}
}

void choice_enable(bool on)
{
	if (READ_ONCE(choice_on) != on)
		WRITE_ONCE(choice_on, on);
}

void choice_request(int cpu)
{
	smp_call_function_single_async(cpu, &per_cpu_ptr(&choice_cpus, cpu)->request);
}

static void start(struct choice_cpu *cpu, u64 time)
{
	hrtimer_start(&cpu->timer, ns_to_ktime(time), HRTIMER_MODE_REL_PINNED_HARD);
}

void choice_slice(const struct task_struct *next)
{
	/* Tasks may ask for 0.1 ms (sched_setattr()); others are not to pay for that. */
	u64 slice = max(compat_slice(next), LIMIT_SLICE_MIN_NS);
	struct choice_cpu *cpu = this_cpu_ptr(&choice_cpus);

	/* From half a tick on a turn is two slices at the most: not worth an interrupt. */
	if (!READ_ONCE(choice_on) || slice > TICK_NSEC / 2)
		return;
	/* A moment before its end it would not be over, and go on until the next. */
	cpu->slice = slice + slice / 32;
	cpu->wait = 0;
	start(cpu, cpu->slice);
}

void choice_idle(void)
{
	struct choice_cpu *cpu = this_cpu_ptr(&choice_cpus);
	int nr = smp_processor_id();

	if (!READ_ONCE(choice_on) || num_online_cpus() == 1)
		return;
	/* An isolated CPU takes nobody from others; one without a tick is to be left alone. */
	if (!housekeeping_cpu(nr, HK_TYPE_DOMAIN) || !housekeeping_cpu(nr, HK_TYPE_TICK))
		return;
	/* Who sleeps and wakes all the time is not to set the clock each time. */
	if (!cpu->slice && cpu->wait == LIMIT_CHOICE_IDLE_NS && hrtimer_is_queued(&cpu->timer))
		return;
	cpu->slice = 0;
	cpu->wait = LIMIT_CHOICE_IDLE_NS;
	start(cpu, LIMIT_CHOICE_IDLE_NS);
}
