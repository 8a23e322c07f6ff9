// SPDX-License-Identifier: GPL-2.0
/*
 * Work done by the kernel's own workers.
 */
#include "errand.h"

#include <linux/errno.h>
#include <linux/rcupdate.h>

struct errand {
	struct work_struct work;
	int (*function)(void *argument);
	void *argument;
	int result;
};

/*
 * Two queues: work that is sent may itself run errands, and must not take up the
 * workers that those need. Before others, and with a worker in reserve: a machine
 * that is out of CPU or memory is when a partition has to be destroyed.
 */
#define ERRAND_FLAGS	(WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM)

static struct workqueue_struct *errand_queue;
static struct workqueue_struct *errand_send_queue;

int errand_init(void)
{
	errand_queue = alloc_workqueue("bulkhead", ERRAND_FLAGS, 0);
	if (!errand_queue)
		return -ENOMEM;
	errand_send_queue = alloc_workqueue("bulkhead_reap", ERRAND_FLAGS, 0);
	if (!errand_send_queue) {
		destroy_workqueue(errand_queue);
		return -ENOMEM;
	}
	return 0;
}

void errand_exit(void)
{
	destroy_workqueue(errand_send_queue);
	destroy_workqueue(errand_queue);
}

void errand_drain(void)
{
	flush_workqueue(errand_send_queue);
	rcu_barrier();
	flush_workqueue(errand_send_queue);
}

static void errand_work(struct work_struct *work)
{
	struct errand *errand = container_of(work, struct errand, work);

	errand->result = errand->function(errand->argument);
}

static int run_in(struct workqueue_struct *queue, int (*function)(void *argument),
		  void *argument)
{
	struct errand errand = {
		.function = function,
		.argument = argument,
	};

	INIT_WORK_ONSTACK(&errand.work, errand_work);
	queue_work(queue, &errand.work);
	flush_work(&errand.work);
	destroy_work_on_stack(&errand.work);
	return errand.result;
}

int errand_run(int (*function)(void *argument), void *argument)
{
	return run_in(errand_queue, function, argument);
}

int errand_run_long(int (*function)(void *argument), void *argument)
{
	return run_in(system_unbound_wq, function, argument);
}

void errand_send(struct work_struct *work)
{
	queue_work(errand_send_queue, work);
}

void errand_send_rcu(struct rcu_work *work)
{
	queue_rcu_work(errand_send_queue, work);
}
