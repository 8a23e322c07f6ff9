/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every constant of the module, each with its reason.
 */
#ifndef BULKHEAD_LIMITS_H
#define BULKHEAD_LIMITS_H

/* What modinfo, the device and the doctor of the CLI show. */
#define BULKHEAD_MODULE_VERSION		"0.1.0"

/* Range of cpu.weight: Documentation/admin-guide/cgroup-v2.rst. */
#define LIMIT_WEIGHT_MIN		1ULL
#define LIMIT_WEIGHT_MAX		10000ULL

/*
 * Weight that the host's own groups are assumed to have together when all of
 * them want the CPU: init.scope, system.slice and user.slice at 100 each, and
 * 17 threads in the root cgroup, of which each counts as a group of its own.
 */
#define LIMIT_HOST_WEIGHT		2000ULL

/*
 * A limited partition is refilled every 10 ms: with the kernel's default of
 * 100 ms a service on several CPUs burns its quota in the first tenth of the
 * period and freezes for the rest of it. The kernel refuses quotas below 1 ms
 * and periods above 1 s (kernel/sched/core.c).
 */
#define LIMIT_QUOTA_PERIOD_US		10000ULL
#define LIMIT_QUOTA_MIN_US		1000ULL

/* pids.max takes no more: PID_MAX_LIMIT of a 64-bit kernel. */
#define LIMIT_TASKS_MAX			4194304ULL

/* Default of the host's CPU reserve: 5 % of all CPUs (what SCHED_DEADLINE leaves). */
#define LIMIT_HOST_CPU_PERCENT		5ULL

/*
 * Default of the host's memory reserve: an eighth of the memory, at least
 * 128 MiB and at most 4 GiB. A stock Debian 12 with sshd and journald holds
 * about 100 MiB; what the page tables, slabs and buffers of the partitions take
 * outside of their own account grows with the machine.
 */
#define LIMIT_HOST_MEMORY_SHARE		8ULL
#define LIMIT_HOST_MEMORY_MIN		(128ULL << 20)
#define LIMIT_HOST_MEMORY_MAX		(4ULL << 30)

/*
 * The bookkeeping of one partition: objects of this module, the three
 * controllers' state and their per-CPU parts, directories in cgroupfs and /proc.
 * Measured over 1,000 partitions: 15 KiB and 3.1 KiB for each CPU
 * (Documentation/design.rst).
 */
#define LIMIT_PARTITION_BYTES		(24ULL << 10)
#define LIMIT_PARTITION_CPU_BYTES	(4ULL << 10)

/* Each partition takes a memory cgroup id, of which the kernel has 65,535. */
#define LIMIT_PARTITIONS_DEFAULT	16384

/*
 * The credit that a partition can save up and run into debt with, in time at
 * its guarantee. A burst of b ms on m CPUs at guarantee g needs (1 - g/m) b:
 * 60 ms cover the bursts up to 100 ms that interactive services show.
 */
#define LIMIT_CREDIT_WINDOW_NS		60000000ULL

/*
 * The longest interval that the credit arithmetic looks at: it fills the bucket
 * many times over, and 2^32 micro-CPUs times it still fits into 63 bits.
 */
#define LIMIT_CREDIT_SPAN_NS		1000000000ULL

/*
 * A demotion outlives the last waiter by this long: a controller that looks only
 * at the instant changes its mind 50 times a second and delivers 0.77.
 */
#define LIMIT_CREDIT_HOLD_NS		100000000ULL

/*
 * How often the control thread looks while a partition has a CPU guarantee.
 */
#define LIMIT_CONTROL_PERIOD_MS		100

/*
 * Directories nested in a partition that are removed in one go. Deeper or wider
 * trees take a forced destroy several turns; somebody who makes directories faster
 * than they can be removed does not keep a caller for ever.
 */
#define LIMIT_REMOVE_LEAVES		4096

/*
 * A forced destroy kills again this often until nothing is left, as somebody
 * may be moving tasks in from outside; and complains to the log that often.
 */
#define LIMIT_DRAIN_POLL_MIN_MS		1
#define LIMIT_DRAIN_POLL_MAX_MS		1000
#define LIMIT_DRAIN_COMPLAIN_MS		10000

#endif /* BULKHEAD_LIMITS_H */
