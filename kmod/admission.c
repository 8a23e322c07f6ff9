// SPDX-License-Identifier: GPL-2.0
/*
 * One pair of ledgers, one lock, exact undo.
 */
#include "admission.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>

#include "cgroup_dir.h"
#include "errand.h"
#include "ledger.h"
#include "limits.h"
#include "memory.h"
#include "top.h"

static long host_cpu_reserve = -1;
module_param(host_cpu_reserve, long, 0444);
MODULE_PARM_DESC(host_cpu_reserve, "CPU that the host keeps (micro-CPUs; -1, the default: 5 % of the online CPUs)");

static long host_memory_reserve = -1;
module_param(host_memory_reserve, long, 0444);
MODULE_PARM_DESC(host_memory_reserve, "memory that the host keeps (bytes; -1, the default: an eighth of the memory, 128 MiB to 4 GiB)");

/*
 * Protects the ledgers, and memory.min of the top cgroup, which always is the
 * ledger's sum. An errand to cgroupfs nests inside; taken inside a partition's
 * lock.
 */
static DEFINE_MUTEX(admission_lock);
static struct ledger cpu_ledger;
static struct ledger memory_ledger;
static unsigned int charged_partitions;

static const struct bulkhead_settings nothing;

u64 admission_cpu_reserve(u64 *total)
{
	*total = num_online_cpus() * BULKHEAD_CPU;
	if (host_cpu_reserve >= 0)
		return host_cpu_reserve;
	return div64_u64(*total * LIMIT_HOST_CPU_PERCENT, 100);
}

static u64 memory_reserve(u64 total)
{
	u64 reserve = clamp_t(u64, total / LIMIT_HOST_MEMORY_SHARE,
			      min(LIMIT_HOST_MEMORY_MIN, total / 2),
			      LIMIT_HOST_MEMORY_MAX);

	if (host_memory_reserve >= 0)
		reserve = host_memory_reserve;
	return round_up(reserve, PAGE_SIZE);
}

static u64 bookkeeping(u64 partitions)
{
	return partitions *
		(LIMIT_PARTITION_BYTES + num_possible_cpus() * LIMIT_PARTITION_CPU_BYTES);
}

u64 admission_memory_reserve(void)
{
	return memory_reserve((u64)totalram_pages() << PAGE_SHIFT) +
		bookkeeping(READ_ONCE(charged_partitions));
}

/*
 * That of the partitions there are, and of one more, as far as it fits: room that
 * was promised away is not called promised twice.
 */
static u64 memory_overhead(u64 reserve)
{
	u64 taken = reserve + memory_ledger.guaranteed;
	u64 overhead = bookkeeping(charged_partitions + 1ULL);

	lockdep_assert_held(&admission_lock);
	return taken < memory_ledger.total ? min(overhead, memory_ledger.total - taken) : 0;
}

/* CPUs and memory come and go: look at what there is each time. */
static void refresh_ledgers(void)
{
	u64 reserve;

	lockdep_assert_held(&admission_lock);
	cpu_ledger.reserve = admission_cpu_reserve(&cpu_ledger.total);
	memory_ledger.total = (u64)totalram_pages() << PAGE_SHIFT;
	reserve = memory_reserve(memory_ledger.total);
	memory_ledger.reserve = reserve + memory_overhead(reserve);
}

int admission_init(void)
{
	u64 memory = (u64)totalram_pages() << PAGE_SHIFT;
	u64 cpu;

	if (admission_cpu_reserve(&cpu) > cpu) {
		pr_err("host_cpu_reserve=%ld is more than the %llu micro-CPUs there are\n",
		       host_cpu_reserve, cpu);
		return -EINVAL;
	}
	if (memory_reserve(memory) > memory) {
		pr_err("host_memory_reserve=%ld is more than the %llu bytes there are\n",
		       host_memory_reserve, memory);
		return -EINVAL;
	}
	return 0;
}

static int decide(const struct bulkhead_settings *from, const struct bulkhead_settings *to,
		  struct admission_verdict *verdict)
{
	lockdep_assert_held(&admission_lock);
	refresh_ledgers();
	verdict->refused = 0;
	if (!ledger_quote(&cpu_ledger, from->cpu_guarantee, to->cpu_guarantee, &verdict->cpu))
		verdict->refused |= BULKHEAD_RESOURCE_CPU;
	if (!ledger_quote(&memory_ledger, from->memory_guarantee, to->memory_guarantee,
			  &verdict->memory))
		verdict->refused |= BULKHEAD_RESOURCE_MEMORY;
	return verdict->refused ? -ENOSPC : 0;
}

int admission_decide(const struct bulkhead_settings *from,
		     const struct bulkhead_settings *to,
		     struct admission_verdict *verdict)
{
	int err;

	mutex_lock(&admission_lock);
	err = decide(from ?: &nothing, to, verdict);
	mutex_unlock(&admission_lock);
	return err;
}

static int protect_top(void *argument)
{
	return memory_protect(top_dir(), memory_ledger.guaranteed);
}

/* Replace charges by others, and have the top cgroup protected accordingly. */
static int charge(u64 cpu_from, u64 cpu_to, u64 memory_from, u64 memory_to)
{
	lockdep_assert_held(&admission_lock);
	ledger_charge(&cpu_ledger, cpu_from, cpu_to);
	ledger_charge(&memory_ledger, memory_from, memory_to);
	return memory_from == memory_to ? 0 : errand_run(protect_top, NULL);
}

int admission_raise(const struct bulkhead_settings *from,
		    const struct bulkhead_settings *to,
		    struct admission_verdict *verdict)
{
	bool is_new = !from;
	u64 cpu, memory;
	int err;

	from = from ?: &nothing;
	cpu = max(from->cpu_guarantee, to->cpu_guarantee);
	memory = max(from->memory_guarantee, to->memory_guarantee);

	mutex_lock(&admission_lock);
	err = decide(from, to, verdict);
	if (err)
		goto unlock;
	err = charge(from->cpu_guarantee, cpu, from->memory_guarantee, memory);
	if (err)
		/* The file was not written; put the sums back. */
		charge(cpu, from->cpu_guarantee, memory, from->memory_guarantee);
	else if (is_new)
		WRITE_ONCE(charged_partitions, charged_partitions + 1);
unlock:
	mutex_unlock(&admission_lock);
	return err;
}

void admission_settle(const struct bulkhead_settings *from,
		      const struct bulkhead_settings *to,
		      const struct bulkhead_settings *now)
{
	bool is_gone = !now;
	u64 cpu, memory;

	from = from ?: &nothing;
	now = now ?: &nothing;
	cpu = max(from->cpu_guarantee, to->cpu_guarantee);
	memory = max(from->memory_guarantee, to->memory_guarantee);

	mutex_lock(&admission_lock);
	/* Too much protection for the top does no harm, but is put right if it can be. */
	if (charge(cpu, now->cpu_guarantee, memory, now->memory_guarantee) &&
	    errand_run(protect_top, NULL))
		pr_warn_ratelimited("cannot lower memory.min of cgroup %s\n", TOP_PATH);
	if (is_gone)
		WRITE_ONCE(charged_partitions, charged_partitions - 1);
	mutex_unlock(&admission_lock);
}

void admission_capacity(struct bulkhead_capacity *capacity)
{
	mutex_lock(&admission_lock);
	refresh_ledgers();
	capacity->partitions = charged_partitions;
	capacity->cpu_total = cpu_ledger.total;
	capacity->cpu_reserve = cpu_ledger.reserve;
	capacity->cpu_guaranteed = cpu_ledger.guaranteed;
	capacity->cpu_free = ledger_free(&cpu_ledger);
	capacity->memory_total = memory_ledger.total;
	capacity->memory_reserve = memory_ledger.reserve;
	capacity->memory_overhead = memory_ledger.reserve -
				    memory_reserve(memory_ledger.total);
	capacity->memory_guaranteed = memory_ledger.guaranteed;
	capacity->memory_free = ledger_free(&memory_ledger);
	capacity->overcommitted =
		(ledger_overcommitted(&cpu_ledger) ? BULKHEAD_RESOURCE_CPU : 0) |
		(ledger_overcommitted(&memory_ledger) ? BULKHEAD_RESOURCE_MEMORY : 0);
	capacity->pad = 0;
	mutex_unlock(&admission_lock);
}
