/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Admission: no promise that cannot be kept. The ledgers of CPU and memory, and
 * the protection of the top cgroup, which is the sum of the memory guarantees.
 */
#ifndef BULKHEAD_ADMISSION_H
#define BULKHEAD_ADMISSION_H

#include <linux/types.h>

#include <linux/bulkhead.h>

/**
 * struct admission_verdict - An admission decision with its numbers
 * @cpu: on the CPU guarantee
 * @memory: on the memory guarantee
 * @refused: BULKHEAD_RESOURCE_* bits; 0 if admitted
 */
struct admission_verdict {
	struct bulkhead_admission cpu;
	struct bulkhead_admission memory;
	u32 refused;
};

/**
 * admission_init() - Check and take over the reserves
 *
 * Context: Process context, module init.
 * Return: 0, or -EINVAL after a line in the log, if a reserve exceeds the machine.
 */
int admission_init(void);

/**
 * admission_decide() - Would a change of guarantees be admitted?
 * @from: settings now, or NULL for a new partition
 * @to: settings wanted
 * @verdict: filled in
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOSPC.
 */
int admission_decide(const struct bulkhead_settings *from,
		     const struct bulkhead_settings *to,
		     struct admission_verdict *verdict);

/**
 * admission_raise() - Decide, and take what is more than before
 * @from: settings now, or NULL for a new partition
 * @to: settings wanted
 * @verdict: filled in
 *
 * From here to admission_settle() the larger of both guarantees is set aside, so
 * that the change can be made, or undone, without asking again.
 *
 * Context: Process context. Sleeps.
 * Return: 0, -ENOSPC, or an error of cgroupfs; then nothing has changed.
 */
int admission_raise(const struct bulkhead_settings *from,
		    const struct bulkhead_settings *to,
		    struct admission_verdict *verdict);

/**
 * admission_settle() - Give back what is not needed after a change
 * @from: the settings given to admission_raise(), NULL for a new partition
 * @to: the settings given to admission_raise()
 * @now: the one of both that is in force; NULL if there is no partition (any more)
 *
 * Context: Process context. Sleeps.
 */
void admission_settle(const struct bulkhead_settings *from,
		      const struct bulkhead_settings *to,
		      const struct bulkhead_settings *now);

/**
 * admission_capacity() - What there is, is promised and is free
 * @capacity: filled in, but for @size and @memory_held
 *
 * Context: Process context. Sleeps.
 */
void admission_capacity(struct bulkhead_capacity *capacity);

/**
 * admission_cpu_reserve() - The host's part of the CPUs
 * @total: out: online CPUs (micro-CPUs)
 *
 * Context: Any.
 * Return: micro-CPUs.
 */
u64 admission_cpu_reserve(u64 *total);

/**
 * admission_memory_reserve() - The host's part of the memory, with Bulkhead's overhead
 *
 * Context: Any. Takes no lock.
 * Return: bytes.
 */
u64 admission_memory_reserve(void);

#endif /* BULKHEAD_ADMISSION_H */
