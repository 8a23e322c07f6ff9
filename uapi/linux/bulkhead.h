/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Bulkhead: partitions with guaranteed CPU and memory.
 *
 * This header is the specification of the interface between the module and
 * user space. Documentation/uapi.rst is generated from it.
 */
#ifndef _UAPI_LINUX_BULKHEAD_H
#define _UAPI_LINUX_BULKHEAD_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: Overview
 *
 * A *partition* is a named group of processes that holds guaranteed CPU and
 * memory. Everything that is in no partition belongs to the *host*, which has
 * the id 0, the reserved name "host", and a reserve that is never given away.
 *
 * There are two kinds of file descriptor:
 *
 * - The *device*, /dev/bulkhead: version, capacity, create, open, list.
 * - A *partition fd*, which create and open return (always close-on-exec): get,
 *   set, stats, attach, cgroup directory, kill, destroy. It holds the object:
 *   after the partition is destroyed, every call on its fds fails with ENODEV
 *   (get and stats excepted, which go on telling the last state).
 *
 * Units are the same everywhere: CPU in micro-CPUs (one CPU is 1,000,000),
 * memory in bytes, time in nanoseconds, unless a field says otherwise.
 */

/**
 * DOC: Permissions
 *
 * Calls that only query need no more than a device that could be opened for
 * reading. A call that changes something needs a *writable* fd:
 *
 * - the device opened for writing, by an opener who had CAP_SYS_ADMIN in the
 *   initial user namespace when it opened the device. The credentials of the
 *   opener count and not those of the caller: a privileged process that is
 *   talked into a call on somebody else's fd gains that somebody nothing.
 * - a partition fd that create returned, or that open returned with
 *   BULKHEAD_OPEN_WRITE, which itself needs a writable device. To pass such an
 *   fd on is to hand on the right to change that one partition.
 *
 * EBADF means that the fd is not open for writing, EPERM that its opener had
 * not the right. A dry run changes nothing and counts as a query.
 */

/**
 * DOC: How arguments are checked
 *
 * Each argument starts with its size, so that either side may be the newer one.
 * All calls check in this order, and then go on with the list of their own:
 *
 * - ENOTTY: the command is not known on this kind of fd.
 * - EFAULT: the size could not be read.
 * - EINVAL: the size is smaller than the first version of the struct.
 * - E2BIG: the size is larger than a page.
 * - EFAULT: the argument could not be read.
 * - E2BIG: there are non-zero bytes behind the part that this module knows.
 * - EINVAL: an unknown flag, or padding or an output field that is marked
 *   "must be 0" is not.
 * - EBADF, then EPERM: see Permissions (calls that change something only).
 * - ENODEV: the partition has been destroyed, or is being destroyed (calls on a
 *   partition fd, get and stats excepted).
 *
 * EFAULT at the very end means that the answer could not be written; a create
 * or open is then undone, any other change stands. EINTR means that the caller
 * was killed or interrupted while it waited, and that nothing was changed.
 */

#define BULKHEAD_ABI_VERSION	1

#define BULKHEAD_DEVICE		"/dev/bulkhead"

/** define BULKHEAD_CPU - One CPU in micro-CPUs */
#define BULKHEAD_CPU		1000000ULL

/** define BULKHEAD_UNLIMITED - The value of a limit that is not set */
#define BULKHEAD_UNLIMITED	(~0ULL)

/**
 * define BULKHEAD_NAME_SIZE - Bytes of a name, the terminating NUL included
 *
 * A name matches [A-Za-z0-9][A-Za-z0-9_.-]{0,62}. Reserved are "host" and the
 * names of the files in /proc/bulkhead: "capacity", "events", "history", "oom",
 * "partitions", "self" and "tasks".
 */
#define BULKHEAD_NAME_SIZE	64

/**
 * DOC: Settings bits
 *
 * One bit for each member of struct bulkhead_settings, for the masks that say
 * which members are given, and for the answer which one was at fault.
 */
#define BULKHEAD_SET_CPU_GUARANTEE	0x01U
#define BULKHEAD_SET_CPU_LIMIT		0x02U
#define BULKHEAD_SET_CPU_SHARE		0x04U
#define BULKHEAD_SET_MEMORY_GUARANTEE	0x08U
#define BULKHEAD_SET_MEMORY_LIMIT	0x10U
#define BULKHEAD_SET_SWAP_LIMIT		0x20U
#define BULKHEAD_SET_TASK_LIMIT		0x40U
#define BULKHEAD_SET_MEMORY_MODE	0x80U
#define BULKHEAD_SET_MEMORY_SOFT_LIMIT	0x100U
#define BULKHEAD_SET_MEMORY_SOFT_TIME	0x200U
#define BULKHEAD_SET_MEMORY_SOFT_ACTION	0x400U
#define BULKHEAD_SET_OOM_GROUP		0x800U
#define BULKHEAD_SET_ALL		0xfffU

/** define BULKHEAD_CPU_MIN - The smallest CPU guarantee and limit (micro-CPUs) */
#define BULKHEAD_CPU_MIN	1000ULL

#define BULKHEAD_SHARE_MIN	1ULL
#define BULKHEAD_SHARE_DEFAULT	100ULL
#define BULKHEAD_SHARE_MAX	10000ULL

/**
 * DOC: Memory modes
 *
 * What becomes of the part of a memory guarantee that the partition does not use:
 *
 * - BULKHEAD_MEMORY_LEND: others may use it. When the partition wants it, it is
 *   taken from those who are over their guarantee, by reclaim, and if there is
 *   nothing to reclaim, by killing.
 * - BULKHEAD_MEMORY_RESERVE: it is held ready as free pages, which only the
 *   partition gets. Nobody has to give anything up when it wants them.
 */
#define BULKHEAD_MEMORY_LEND	0ULL
#define BULKHEAD_MEMORY_RESERVE	1ULL

/**
 * DOC: Soft limit
 *
 * A partition above its soft limit is slowed down and reclaimed from, but not
 * stopped. If what it has cannot be reclaimed, that goes on for as long as it is
 * above: it is neither dead nor alive, and nobody restarts it. So there is a
 * bound in time, as for the soft limit of a disk quota, after which one of these
 * is done:
 *
 * - BULKHEAD_SOFT_ENFORCE: the soft limit is enforced like a memory limit, once:
 *   what can be reclaimed is, and if it still does not fit, the kernel kills
 *   inside of the partition (@oom_group says whether one process or all).
 * - BULKHEAD_SOFT_RELEASE: the partition is no longer slowed down until it was
 *   below the soft limit again. @memory_limit goes on to hold.
 *
 * There is no action that only kills: that is BULKHEAD_SOFT_ENFORCE with
 * @oom_group, which kills nobody if reclaim suffices.
 */
#define BULKHEAD_SOFT_ENFORCE	0ULL
#define BULKHEAD_SOFT_RELEASE	1ULL

/** define BULKHEAD_SOFT_TIME_MIN - The smallest time above a soft limit (ns) */
#define BULKHEAD_SOFT_TIME_MIN		1000000ULL
/** define BULKHEAD_SOFT_TIME_DEFAULT - Its default: 10 seconds (ns) */
#define BULKHEAD_SOFT_TIME_DEFAULT	10000000000ULL

/**
 * struct bulkhead_settings - What is promised to a partition, and its limits
 */
struct bulkhead_settings {
	/**
	 * @cpu_guarantee: CPU time that the partition gets whenever it wants it
	 * (micro-CPUs). 0 is none (the default), otherwise at least
	 * BULKHEAD_CPU_MIN.
	 */
	__u64 cpu_guarantee;
	/**
	 * @cpu_limit: CPU time that it never exceeds (micro-CPUs), at least
	 * BULKHEAD_CPU_MIN and at least the guarantee. BULKHEAD_UNLIMITED by
	 * default.
	 */
	__u64 cpu_limit;
	/**
	 * @cpu_share: Weight among the partitions for CPU time that nobody's
	 * guarantee claims, BULKHEAD_SHARE_MIN to BULKHEAD_SHARE_MAX,
	 * BULKHEAD_SHARE_DEFAULT by default.
	 */
	__u64 cpu_share;
	/**
	 * @memory_guarantee: Memory that is not reclaimed from the partition
	 * (bytes, rounded up to whole pages). 0 by default.
	 */
	__u64 memory_guarantee;
	/**
	 * @memory_limit: Memory that it never exceeds (bytes, rounded down to
	 * whole pages), at least one page and at least the guarantee.
	 * BULKHEAD_UNLIMITED by default.
	 */
	__u64 memory_limit;
	/**
	 * @swap_limit: Swap that it never exceeds (bytes, rounded down to whole
	 * pages). BULKHEAD_UNLIMITED by default.
	 */
	__u64 swap_limit;
	/**
	 * @task_limit: Tasks (threads) that it never exceeds, at least 1 and at
	 * most 4194304. BULKHEAD_UNLIMITED by default.
	 */
	__u64 task_limit;
	/**
	 * @memory_mode: BULKHEAD_MEMORY_LEND (the default) or
	 * BULKHEAD_MEMORY_RESERVE.
	 */
	__u64 memory_mode;
	/**
	 * @memory_soft_limit: Memory above which it is slowed down (bytes,
	 * rounded down to whole pages), at least one page and from the guarantee
	 * to the memory limit; BULKHEAD_UNLIMITED, the default, is none.
	 */
	__u64 memory_soft_limit;
	/**
	 * @memory_soft_time: How long it may be above the soft limit before
	 * @memory_soft_action is taken (ns), at least BULKHEAD_SOFT_TIME_MIN;
	 * BULKHEAD_SOFT_TIME_DEFAULT by default, BULKHEAD_UNLIMITED is for ever.
	 */
	__u64 memory_soft_time;
	/** @memory_soft_action: BULKHEAD_SOFT_ENFORCE (the default) or _RELEASE. */
	__u64 memory_soft_action;
	/**
	 * @oom_group: Of what dies if the partition runs out of memory: 0, the
	 * default, one process; 1 the whole partition.
	 */
	__u64 oom_group;
};

/**
 * struct bulkhead_admission - The numbers of an admission decision
 *
 * One for each resource that is admitted; the units are those of the resource.
 * @total = @reserve + @guaranteed + @free, as long as CPUs that went offline
 * have not made @total smaller than what is promised already.
 */
struct bulkhead_admission {
	/** @asked: The guarantee that was asked for. */
	__u64 asked;
	/** @free: What was not promised to anybody, before this call. */
	__u64 free;
	/** @total: What the machine has. */
	__u64 total;
	/** @reserve: What the host keeps; for memory with Bulkhead's own overhead. */
	__u64 reserve;
	/** @guaranteed: What the existing partitions were promised. */
	__u64 guaranteed;
	/**
	 * @largest: The largest guarantee that would have been admitted: @free,
	 * and for a change what the partition has already.
	 */
	__u64 largest;
};

/**
 * DOC: Resource bits
 *
 * The resources whose guarantees are admitted, for the answer which was refused.
 */
#define BULKHEAD_RESOURCE_CPU		0x01U
#define BULKHEAD_RESOURCE_MEMORY	0x02U

/**
 * struct bulkhead_version - Argument of BULKHEAD_VERSION
 */
struct bulkhead_version {
	/** @size: sizeof(struct bulkhead_version). */
	__u32 size;
	/** @abi: Out: BULKHEAD_ABI_VERSION of the module. */
	__u32 abi;
	/** @module: Out: version of the module, as text. */
	char module[32];
};

/**
 * struct bulkhead_capacity - Argument of BULKHEAD_CAPACITY
 */
struct bulkhead_capacity {
	/** @size: sizeof(struct bulkhead_capacity). */
	__u32 size;
	/** @partitions: Out: number of partitions. */
	__u32 partitions;
	/** @cpu_total: Out: online CPUs (micro-CPUs). */
	__u64 cpu_total;
	/** @cpu_reserve: Out: what the host keeps of them (micro-CPUs). */
	__u64 cpu_reserve;
	/** @cpu_guaranteed: Out: sum of the guarantees (micro-CPUs). */
	__u64 cpu_guaranteed;
	/** @cpu_free: Out: the largest guarantee that can be had (micro-CPUs). */
	__u64 cpu_free;
	/** @memory_total: Out: memory of the machine (bytes). */
	__u64 memory_total;
	/**
	 * @memory_reserve: Out: what the host keeps of it (bytes), with
	 * @memory_overhead.
	 */
	__u64 memory_reserve;
	/**
	 * @memory_overhead: Out: what Bulkhead sets aside for its own
	 * bookkeeping: that of the partitions there are, and of one more, as far
	 * as there is room (bytes).
	 */
	__u64 memory_overhead;
	/** @memory_guaranteed: Out: sum of the guarantees (bytes). */
	__u64 memory_guaranteed;
	/** @memory_free: Out: the largest guarantee that can be had (bytes). */
	__u64 memory_free;
	/**
	 * @memory_held: Out: free pages that are held ready for partitions in
	 * the mode BULKHEAD_MEMORY_RESERVE (bytes). The kernel counts them as
	 * used: who misses memory in free(1) finds it here.
	 */
	__u64 memory_held;
	/**
	 * @overcommitted: Out: BULKHEAD_RESOURCE_* bits of what is promised
	 * beyond what there is, since CPUs or memory went offline.
	 */
	__u32 overcommitted;
	/** @pad: Out: 0. */
	__u32 pad;
};

#define BULKHEAD_CREATE_DRY_RUN		0x01U
#define BULKHEAD_CREATE_KILL_ON_CLOSE	0x02U

/**
 * struct bulkhead_create - Argument of BULKHEAD_CREATE
 */
struct bulkhead_create {
	/** @size: sizeof(struct bulkhead_create). */
	__u32 size;
	/**
	 * @flags: BULKHEAD_CREATE_DRY_RUN: decide, answer with the numbers, and
	 * create nothing. BULKHEAD_CREATE_KILL_ON_CLOSE: when the last writable
	 * fd of the partition is closed, kill everything in it and destroy it.
	 */
	__u32 flags;
	/** @name: Name of the new partition, NUL-terminated. */
	char name[BULKHEAD_NAME_SIZE];
	/** @mask: BULKHEAD_SET_* bits: the members of @settings that are given. */
	__u32 mask;
	/** @fd: Out: the writable partition fd; -1 for a dry run. Must be 0. */
	__s32 fd;
	/** @settings: Those not given in @mask have their defaults. */
	struct bulkhead_settings settings;
	/** @id: Out: the id, never used again; 0 for a dry run. Must be 0. */
	__u64 id;
	/**
	 * @cpu: Out: the decision on the CPU guarantee, if the call succeeds
	 * or fails with ENOSPC. Must be 0.
	 */
	struct bulkhead_admission cpu;
	/** @memory: Out: the same for the memory guarantee. Must be 0. */
	struct bulkhead_admission memory;
	/**
	 * @refused: Out: with ENOSPC the BULKHEAD_RESOURCE_* bits of what does
	 * not fit. Must be 0.
	 */
	__u32 refused;
	/**
	 * @culprit: Out: on failure the BULKHEAD_SET_* bit of the setting at
	 * fault, or 0. Must be 0.
	 */
	__u32 culprit;
	/**
	 * @missing: Out: with EBUSY what of the reserve could not be had, as
	 * others hold the memory (bytes). Must be 0.
	 */
	__u64 missing;
};

#define BULKHEAD_OPEN_WRITE	0x01U

/**
 * struct bulkhead_open - Argument of BULKHEAD_OPEN
 */
struct bulkhead_open {
	/** @size: sizeof(struct bulkhead_open). */
	__u32 size;
	/** @flags: BULKHEAD_OPEN_WRITE: the partition fd may change things. */
	__u32 flags;
	/** @id: The partition's id, or 0 to open by name. */
	__u64 id;
	/** @name: The partition's name, NUL-terminated; empty if @id is given. */
	char name[BULKHEAD_NAME_SIZE];
	/** @fd: Out: the partition fd. Must be 0. */
	__s32 fd;
	/** @pad: Must be 0. */
	__u32 pad;
};

/** define BULKHEAD_LIST_MAX - Entries of one answer to BULKHEAD_LIST */
#define BULKHEAD_LIST_MAX	32

/**
 * struct bulkhead_list_entry - One partition in the answer to BULKHEAD_LIST
 */
struct bulkhead_list_entry {
	/** @id: The id. */
	__u64 id;
	/** @name: The name, NUL-terminated. */
	char name[BULKHEAD_NAME_SIZE];
};

/**
 * struct bulkhead_list - Argument of BULKHEAD_LIST
 *
 * Partitions come in the order of their ids. A partition that is there from the
 * first call to the last is listed exactly once, whatever comes and goes.
 */
struct bulkhead_list {
	/** @size: sizeof(struct bulkhead_list). */
	__u32 size;
	/** @count: Out: entries filled in; 0 means that there are no more. */
	__u32 count;
	/**
	 * @cursor: List the partitions with ids above this one; 0 begins. Out:
	 * where the next call goes on.
	 */
	__u64 cursor;
	/** @entries: Out: the partitions. Ignored on input. */
	struct bulkhead_list_entry entries[BULKHEAD_LIST_MAX];
};

#define BULKHEAD_STATE_ACTIVE	1U	/* can be used */
#define BULKHEAD_STATE_DYING	2U	/* being destroyed: no new fds, no changes */
#define BULKHEAD_STATE_DEAD	3U	/* destroyed: only its fds are left */

/**
 * struct bulkhead_get - Argument of BULKHEAD_GET
 */
struct bulkhead_get {
	/** @size: sizeof(struct bulkhead_get). */
	__u32 size;
	/** @state: Out: BULKHEAD_STATE_*. */
	__u32 state;
	/** @id: Out: the id. */
	__u64 id;
	/** @name: Out: the name, NUL-terminated. */
	char name[BULKHEAD_NAME_SIZE];
	/** @flags: Out: BULKHEAD_CREATE_KILL_ON_CLOSE if it was created so. */
	__u32 flags;
	/** @pad: Out: 0. */
	__u32 pad;
	/** @settings: Out: the settings in force. */
	struct bulkhead_settings settings;
};

#define BULKHEAD_SETTINGS_DRY_RUN	0x01U

/**
 * struct bulkhead_set - Argument of BULKHEAD_SET
 *
 * All members that @mask names change, or none does.
 */
struct bulkhead_set {
	/** @size: sizeof(struct bulkhead_set). */
	__u32 size;
	/** @flags: BULKHEAD_SETTINGS_DRY_RUN: decide and answer, change nothing. */
	__u32 flags;
	/** @mask: BULKHEAD_SET_* bits: the members of @settings that are given. */
	__u32 mask;
	/** @pad: Must be 0. */
	__u32 pad;
	/** @settings: The new values of what is in @mask; the rest is ignored. */
	struct bulkhead_settings settings;
	/** @cpu: Out: as in struct bulkhead_create. Must be 0. */
	struct bulkhead_admission cpu;
	/** @memory: Out: as in struct bulkhead_create. Must be 0. */
	struct bulkhead_admission memory;
	/** @refused: Out: as in struct bulkhead_create. Must be 0. */
	__u32 refused;
	/** @culprit: Out: as in struct bulkhead_create. Must be 0. */
	__u32 culprit;
	/** @missing: Out: as in struct bulkhead_create. Must be 0. */
	__u64 missing;
};

/**
 * struct bulkhead_stats - Argument of BULKHEAD_STATS
 *
 * Counters never go backwards; a reader takes the difference of two readings.
 */
struct bulkhead_stats {
	/** @size: sizeof(struct bulkhead_stats). */
	__u32 size;
	/** @pad: Must be 0. */
	__u32 pad;
	/** @time: Out: CLOCK_MONOTONIC when this was read (ns). */
	__u64 time;
	/** @cpu_time: Out: CPU time used since creation (ns), exact to one tick. */
	__u64 cpu_time;
	/** @memory: Out: memory in use (bytes). */
	__u64 memory;
	/** @memory_peak: Out: the most memory that was ever in use (bytes). */
	__u64 memory_peak;
	/** @memory_held: Out: what is held ready of the guarantee (bytes). */
	__u64 memory_held;
	/** @tasks: Out: tasks (threads), those of nested cgroups included. */
	__u64 tasks;
	/**
	 * @oom_kills: Out: how often it paid when the machine ran out of memory: with
	 * one process each time, or with all of them (oom_group). What its own
	 * memory_limit killed is not among them: memory.events of its cgroup has that.
	 */
	__u64 oom_kills;
};

/**
 * struct bulkhead_attach - Argument of BULKHEAD_ATTACH
 *
 * Moves a process with all its threads. Its later children follow; the children
 * that it has already stay where they are.
 */
struct bulkhead_attach {
	/** @size: sizeof(struct bulkhead_attach). */
	__u32 size;
	/**
	 * @pid: The process, or any of its threads, in the caller's pid
	 * namespace; 0 is the caller.
	 */
	__s32 pid;
	/**
	 * @start_time: The start time of @pid's process as field 22 of
	 * /proc/PID/stat gives it (clock ticks since boot), to be sure that the
	 * pid has not passed to another process; 0 to do without.
	 */
	__u64 start_time;
};

/**
 * struct bulkhead_cgroup - Argument of BULKHEAD_CGROUP
 */
struct bulkhead_cgroup {
	/** @size: sizeof(struct bulkhead_cgroup). */
	__u32 size;
	/**
	 * @fd: Out: the partition's cgroup directory (close-on-exec), for
	 * clone3() with CLONE_INTO_CGROUP. It is on a mount where nothing can
	 * be written, but all of the hierarchy be read. Must be 0.
	 */
	__s32 fd;
};

/**
 * struct bulkhead_kill - Argument of BULKHEAD_KILL
 */
struct bulkhead_kill {
	/** @size: sizeof(struct bulkhead_kill). */
	__u32 size;
	/** @signal: Signal number, 1 to 64. */
	__u32 signal;
	/** @count: Out: processes that it was sent to; 0 for SIGKILL. Must be 0. */
	__u64 count;
};

#define BULKHEAD_DESTROY_FORCE	0x01U

/**
 * struct bulkhead_destroy - Argument of BULKHEAD_DESTROY
 */
struct bulkhead_destroy {
	/** @size: sizeof(struct bulkhead_destroy). */
	__u32 size;
	/**
	 * @flags: BULKHEAD_DESTROY_FORCE: kill everything in it first, and wait
	 * until it is gone.
	 */
	__u32 flags;
};

#define BULKHEAD_IOCTL	0xB7

/*
 * The command carries the size of the caller's struct, which the module
 * ignores: the size in the struct counts.
 */

/**
 * define BULKHEAD_VERSION - Version of the interface and of the module (device)
 *
 * Errors beyond those of all calls: none.
 */
#define BULKHEAD_VERSION	_IOWR(BULKHEAD_IOCTL, 0x00, struct bulkhead_version)

/**
 * define BULKHEAD_CAPACITY - What there is, is promised and is free (device)
 *
 * Errors beyond those of all calls: none.
 */
#define BULKHEAD_CAPACITY	_IOWR(BULKHEAD_IOCTL, 0x01, struct bulkhead_capacity)

/**
 * define BULKHEAD_CREATE - Create a partition (device, changes)
 *
 * The new partition is there with all its settings in force, or not at all.
 * Errors, in the order of checking:
 *
 * - EINVAL: @mask has unknown bits.
 * - EINVAL: @name is malformed or reserved.
 * - EMFILE, ENFILE: no fd is to be had.
 * - EINVAL: a setting is out of its range, or a limit below its guarantee
 *   (@culprit tells which).
 * - ENOMEM: no memory.
 * - EEXIST: there is a partition of that name, or one is being destroyed (also
 *   later, if the top cgroup directory has a file of that name).
 * - EUSERS: there are as many partitions as the module parameter partitions_max
 *   allows (also later, if the kernel has no memory cgroup id left).
 * - ENOSPC: a guarantee does not fit; @refused, @cpu and @memory have the
 *   numbers.
 * - EOPNOTSUPP: @swap_limit, and the kernel accounts no swap (@culprit tells).
 * - any error of the cgroup file system (@culprit tells which setting).
 * - EBUSY: the reserve of BULKHEAD_MEMORY_RESERVE could not be filled: others hold
 *   the memory, and it could not be reclaimed within 60 seconds; nobody is killed
 *   to make it so (@culprit is BULKHEAD_SET_MEMORY_MODE, @missing tells how much).
 * - EINTR: a signal came while the reserve was being filled.
 *
 * The call takes as long as filling the reserve takes; @memory_held of
 * BULKHEAD_CAPACITY grows meanwhile. A dry run needs no fd, tells EEXIST and then
 * ENOSPC, and goes no further.
 */
#define BULKHEAD_CREATE		_IOWR(BULKHEAD_IOCTL, 0x02, struct bulkhead_create)

/**
 * define BULKHEAD_OPEN - Open a partition by id or by name (device)
 *
 * With BULKHEAD_OPEN_WRITE it counts as a change. Errors, in the order of
 * checking:
 *
 * - EINVAL: both @id and @name are given, or neither, or @name is malformed or
 *   reserved.
 * - ENOENT: no such partition (or it is being destroyed).
 * - EMFILE, ENFILE, ENOMEM: no fd is to be had.
 */
#define BULKHEAD_OPEN		_IOWR(BULKHEAD_IOCTL, 0x03, struct bulkhead_open)

/**
 * define BULKHEAD_LIST - List partitions (device)
 *
 * Errors beyond those of all calls: ENOMEM (before them).
 */
#define BULKHEAD_LIST		_IOWR(BULKHEAD_IOCTL, 0x04, struct bulkhead_list)

/**
 * define BULKHEAD_GET - Identity, state and settings (partition fd)
 *
 * Errors beyond those of all calls: none.
 */
#define BULKHEAD_GET		_IOWR(BULKHEAD_IOCTL, 0x10, struct bulkhead_get)

/**
 * define BULKHEAD_SET - Change settings, all or none (partition fd, changes)
 *
 * Errors, in the order of checking:
 *
 * - EINVAL: @mask has unknown bits.
 * - EINTR: the caller was killed while it waited.
 * - ENODEV: the partition has been destroyed meanwhile.
 * - EINVAL: a setting is out of its range, or a limit would be below its
 *   guarantee (@culprit tells which).
 * - ENOSPC: a raised guarantee does not fit; @refused, @cpu and @memory have the
 *   numbers.
 * - EOPNOTSUPP: @swap_limit, and the kernel accounts no swap (@culprit tells).
 * - EBUSY: the memory in use could not be brought below @memory_limit by
 *   reclaim; nobody is killed to make it so (@culprit tells).
 * - any error of the cgroup file system (@culprit tells which setting).
 * - EBUSY, EINTR: as for BULKHEAD_CREATE, for the reserve.
 */
#define BULKHEAD_SET		_IOWR(BULKHEAD_IOCTL, 0x11, struct bulkhead_set)

/**
 * define BULKHEAD_STATS - What the partition uses (partition fd)
 *
 * Errors beyond those of all calls: none.
 */
#define BULKHEAD_STATS		_IOWR(BULKHEAD_IOCTL, 0x12, struct bulkhead_stats)

/**
 * define BULKHEAD_ATTACH - Move a process into the partition (partition fd, changes)
 *
 * Errors, in the order of checking:
 *
 * - EINVAL: @pid is negative.
 * - ESRCH: no such process, or it has exited, or it did not start at
 *   @start_time, or it exited before it could be moved.
 * - EINTR: the caller was killed while it waited.
 * - ENODEV: the partition has been destroyed meanwhile.
 * - EINVAL: it is a kernel thread or the system's init.
 * - EPERM: the caller may not signal it, by the rules of kill(2): a partition fd
 *   that was passed on gives no right over other people's processes.
 * - EAGAIN: @task_limit does not allow that many tasks more.
 * - any error of the cgroup file system.
 */
#define BULKHEAD_ATTACH		_IOWR(BULKHEAD_IOCTL, 0x13, struct bulkhead_attach)

/**
 * define BULKHEAD_CGROUP - The partition's cgroup directory (partition fd, changes)
 *
 * Errors beyond those of all calls: EMFILE, ENFILE, ENOMEM.
 */
#define BULKHEAD_CGROUP		_IOWR(BULKHEAD_IOCTL, 0x14, struct bulkhead_cgroup)

/**
 * define BULKHEAD_KILL - Signal every process in the partition (partition fd, changes)
 *
 * SIGKILL reaches also what is being forked meanwhile; any other signal reaches
 * the processes that are there. A partition without processes is no error.
 * Errors, in the order of checking:
 *
 * - EINVAL: @signal is not from 1 to 64.
 * - SIGKILL: any error of the cgroup file system.
 */
#define BULKHEAD_KILL		_IOWR(BULKHEAD_IOCTL, 0x15, struct bulkhead_kill)

/**
 * define BULKHEAD_DESTROY - Destroy the partition (partition fd, changes)
 *
 * Errors, in the order of checking:
 *
 * - EINTR: the caller was killed while it waited. A forced destroy that has
 *   begun goes on without it.
 * - EBUSY: there are tasks in it, and BULKHEAD_DESTROY_FORCE was not given.
 */
#define BULKHEAD_DESTROY	_IOWR(BULKHEAD_IOCTL, 0x16, struct bulkhead_destroy)

#endif /* _UAPI_LINUX_BULKHEAD_H */
