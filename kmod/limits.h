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

/* The top cgroup never has less than any other cgroup by default. */
#define LIMIT_WEIGHT_TOP_MIN		100ULL

/* Resolution of a fraction that weights are computed from. */
#define LIMIT_WEIGHT_SCALE		1024ULL

/*
 * Who is to be served before all has this to 10000, in proportion. Not less, because
 * kernel 6.1 gives a sleeper little when it wakes if its group is light; and not much
 * more, because what this adds to many small ones that are boosted together is taken
 * from a large one that is, too.
 */
#define LIMIT_WEIGHT_BOOST_MIN		100ULL

/*
 * How many times less than who is urgent have those who are boosted, under, and over; 0 is
 * cpu.idle, which is a weight of 0.3. A thirtieth is what lets a sleeper preempt, and is
 * still a weight that counts: EEVDF needs no more. CFS leaves a group its virtual time when
 * its weight changes: one that was light comes back far ahead, with cpu.idle by more than a
 * second for each tick that it ran, and waits until those like it have caught up. So there
 * all are closer together.
 */
#define LIMIT_WEIGHT_BOOST_STEP		30ULL
#define LIMIT_WEIGHT_UNDER_STEP		900ULL
#define LIMIT_WEIGHT_OVER_STEP		0ULL
#define LIMIT_WEIGHT_BOOST_STEP_CFS	8ULL
#define LIMIT_WEIGHT_UNDER_STEP_CFS	32ULL
#define LIMIT_WEIGHT_OVER_STEP_CFS	64ULL

/*
 * The same while the host competes with the partitions. The kernel divides the weight of
 * the top cgroup among the CPUs by what runs there (calc_group_shares() in
 * kernel/sched/fair.c): where only those run that have a thousandth, it would have a
 * thousandth against the host, too.
 */
#define LIMIT_WEIGHT_BOOST_STEP_HOST	2ULL
#define LIMIT_WEIGHT_UNDER_STEP_HOST	4ULL
#define LIMIT_WEIGHT_OVER_STEP_HOST	0ULL
#define LIMIT_WEIGHT_OVER_STEP_HOST_CFS	16ULL

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

/*
 * Blocks of a stock of free pages: 32 pages, as many as the kernel's reclaim wants at a
 * time (SWAP_CLUSTER_MAX), and larger than what it keeps in lists of each CPU, where
 * neither the watermarks nor other CPUs see it (PAGE_ALLOC_COSTLY_ORDER).
 */
#define LIMIT_STOCK_ORDER		5

/*
 * A portion of a reserve: not less than one block, and at first and at most what costs
 * an owner that allocates one reclaim in 2 MiB and 4 MiB. With less a small machine stays
 * below its high watermarks, and kswapd, which finds nothing to reclaim there, runs all
 * the time that the owner takes its memory. A look at what became of it after 2 MiB: the
 * kernel charges in batches of 64 pages on each CPU.
 */
#define LIMIT_PORTION_MIN		32UL
#define LIMIT_PORTION_FIRST		512UL
#define LIMIT_PORTION_MAX		1024UL
#define LIMIT_PORTION_LOOK		512UL

/*
 * What a portion may have more, so that the node gets to its high watermarks: bounded by the
 * time that it takes to free it, as nobody else runs on the CPU meanwhile (0.1 ms), and by
 * this part of the reserve, as others may take it.
 */
#define LIMIT_PORTION_LACKING		((32UL << 20) >> PAGE_SHIFT)
#define LIMIT_PORTION_LACKING_SHARE	8

/*
 * How often a reserve is compared with what it is to have: soon after something
 * changed, and less often the longer nothing does. Nothing tells that a use has fallen;
 * at rest all reserves are looked at together, once in a second.
 */
#define LIMIT_RESERVE_LOOK_MIN_MS	20
#define LIMIT_RESERVE_LOOK_MAX_MS	1000

/*
 * So long the owner has for using what it was handed, before a look takes it back: much
 * longer than it takes to touch a portion.
 */
#define LIMIT_RESERVE_HANDED_MS		100

/* What one look takes at the most: a create that waits is to hear signals. */
#define LIMIT_RESERVE_FILL		((64UL << 20) >> PAGE_SHIFT)

/*
 * So much more than is to be held is left alone: uses move by the batches in which each
 * CPU charges (MEMCG_CHARGE_BATCH), and a target is whole blocks.
 */
#define LIMIT_RESERVE_SLACK		128UL
#define LIMIT_RESERVE_SLACK_CPU		64UL

/*
 * A create or change waits so long for the next so many pages of its reserve, and gives
 * up before if so many rounds of reclaim brought nothing. What is reclaimed at a time is
 * little: in the meantime who reads files takes the same pages, and a signal is to be heard.
 */
#define LIMIT_RESERVE_WAIT_MS		60000
#define LIMIT_RESERVE_GAIN		((32UL << 20) >> PAGE_SHIFT)
#define LIMIT_RESERVE_ROUNDS		8
#define LIMIT_RESERVE_RECLAIM		(4ULL << 20)

/*
 * As the last step before a kill an owner is handed portions so often without using more
 * than before: what it asks for is not what is held (another node, another zone).
 */
#define LIMIT_RESERVE_GIFTS		16U

/*
 * What is recalled from those who are over when somebody would be killed otherwise. So long
 * the OOM killer is kept waiting for it (jiffies), and is not again after it brought nothing.
 */
#define LIMIT_RECALL_BYTES		(32ULL << 20)
#define LIMIT_RECALL_WAIT		(HZ / 5)

/*
 * A partition that is to get a lower memory limit is brought below it by this part of it, but
 * not by more than so many bytes: it goes on to allocate until the limit is written. So often
 * in a row it may bring nothing.
 */
#define LIMIT_SHRINK_SHARE		16
#define LIMIT_SHRINK_MOST		(4ULL << 20)
#define LIMIT_SHRINK_ROUNDS		3

/*
 * Charges that a CPU has taken in advance (MEMCG_CHARGE_BATCH of 64 pages), twice: so far
 * above its soft limit is who is kept there by reclaim. But not farther than this part of
 * the limit: on many CPUs that would be far above a small one.
 */
#define LIMIT_SOFT_SLACK		(128UL << PAGE_SHIFT)
#define LIMIT_SOFT_SLACK_SHARE		8

/* How often somebody above its soft limit is looked at: an eighth of its time, in this. */
#define LIMIT_SOFT_LOOK_MIN_MS		10ULL
#define LIMIT_SOFT_LOOK_MAX_MS		1000ULL

/* Each partition takes a memory cgroup id, of which the kernel has 65,535. */
#define LIMIT_PARTITIONS_DEFAULT	16384

/*
 * The levels of a balance, in time at the guarantee; Documentation/cpu.rst derives
 * the error bound from them.
 *
 * Saving: a burst of b ms on m CPUs at the guarantee g needs (1 - g/m) b. 250 ms
 * cover 100 ms of one CPU in every 300 ms at a guarantee of a third.
 * Burst: who wants to run for longer than this without a break does not save.
 * Debt: what was borrowed does not count against the guarantee; the little that
 * does keeps somebody who runs in fits from getting each of them as new credit.
 * Under, boost, urgent: how far somebody falls behind before it is served before those
 * who borrow, before those who are under, and before all. Debt and urgent together are
 * what a window of a second may lack. Who is a little behind is boosted at the most, so
 * that it is not in the way of those who sleep, and have savings.
 * Swing: how far a balance goes back before it loses what it gained.
 * Quantum: the same in CPU time, for small guarantees. The scheduler looks at the
 * tick: 4 ms at 250 Hz is the least that somebody gets at a time.
 */
#define LIMIT_CREDIT_SAVING_NS		250000000ULL
#define LIMIT_CREDIT_BURST_NS		120000000ULL
#define LIMIT_CREDIT_DEBT_NS		6000000ULL
#define LIMIT_CREDIT_UNDER_NS		3000000ULL
#define LIMIT_CREDIT_BOOST_NS		9000000ULL
#define LIMIT_CREDIT_URGENT_NS		14000000ULL
#define LIMIT_CREDIT_SWING_NS		2000000ULL
#define LIMIT_CREDIT_QUANTUM_NS		3000000LL

/*
 * A borrower that had so much less CPU time than its share of what is left over is
 * served before other borrowers. Three ticks: below that it is chance.
 */
#define LIMIT_CREDIT_BEHIND_NS		12000000LL

/*
 * Being behind by more than this is forgiven: who slept is not owed it. But not less
 * than somebody gets who has 8 CPUs between two looks, which are 20 ms and an eighth
 * apart: if that were forgiven to the others, their larger shares would be worth nothing.
 */
#define LIMIT_CREDIT_OWED_NS		(16 * LIMIT_CREDIT_BEHIND_NS)

/* Slices that a task asked for are not ended sooner than this. */
#define LIMIT_SLICE_MIN_NS		500000ULL

/*
 * An idle CPU looks again for somebody who waits on another one, until the tick of the
 * other has it do so. Soon at first, and then after twice the time each: the scheduler
 * takes it for a CPU that is never idle for long enough if it is woken more often than
 * looking takes.
 */
#define LIMIT_CHOICE_IDLE_NS		200000ULL
#define LIMIT_CHOICE_IDLE_MAX_NS	1600000ULL

/* How many CPUs are looked at for one where a waking task would not have to wait. */
#define LIMIT_PLACEMENT_CPUS		8

/*
 * The longest interval that the credit arithmetic looks at: it fills the bucket
 * many times over, and 2^32 micro-CPUs times it still fits into 63 bits.
 */
#define LIMIT_CREDIT_SPAN_NS		1000000000ULL

/* The most that is paid for one interval: all of 2^13 CPUs. */
#define LIMIT_CREDIT_PAID_NS		(LIMIT_CREDIT_SPAN_NS << 13)

/*
 * While somebody waits for somebody else, control looks at those who run every
 * 4 ms at the most, because the scheduler itself does not change its mind more
 * often, and every 20 ms at the least. One look costs about 150 instructions for
 * each of them and each CPU: with more than LIMIT_CONTROL_LOAD pairs of the two it
 * looks less often, in proportion, so that its own part stays below 0.1 % of the
 * machine.
 */
#define LIMIT_CONTROL_PERIOD_MIN_NS	4000000ULL
#define LIMIT_CONTROL_PERIOD_MAX_NS	20000000ULL
#define LIMIT_CONTROL_LOAD		64

/* The host competes until it has not wanted to run for so long. */
#define LIMIT_CONTROL_HOST_NS		1000000000ULL

/* A conflict is over when nobody had to wait for anybody else for so long. */
#define LIMIT_CONTROL_HOLD_NS		200000000ULL

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

/*
 * When memory runs out: how many are kept of a ranking, and how many of them fit into the
 * line in the log (a record of printk has 1024 bytes, a name up to 63).
 */
#define LIMIT_EXCESS_RANKED		8U
#define LIMIT_OOM_LINE_RANKED		4U
#define LIMIT_OOM_LINE			768

/*
 * So much of the memory may be free, and it has run out all the same: what the free lists
 * of the CPUs may keep at the most (vm.percpu_pagelist_high_fraction is 8 or more).
 */
#define LIMIT_OOM_SPARE_SHARE		8

/*
 * So much of all reserves is given up at a time when there is nobody to be killed (bytes).
 * Little, as the kernel asks again as long as it does not suffice.
 */
#define LIMIT_OOM_GIVE			(4ULL << 20)

/*
 * After how long a mark that the kernel has not used is taken back (jiffies), if nothing
 * else does it: it uses it in the same call, unless that was for an allocation that must not
 * enter a file system. (A virtual CPU may stand still for a moment.)
 */
#define LIMIT_OOM_WAIT			(HZ / 2)

#endif /* BULKHEAD_LIMITS_H */
