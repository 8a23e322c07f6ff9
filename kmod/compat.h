/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that knows kernel versions. The code is written for the newest
 * supported kernel; what an older one calls otherwise is adapted here.
 */
#ifndef BULKHEAD_COMPAT_H
#define BULKHEAD_COMPAT_H

#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/version.h>

#include "limits.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || \
	LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "bulkhead supports the kernels 6.1 to 6.12"
#endif

/*
 * Up to 6.2 the inode operations took the user namespace of the mount; since
 * 6.3 they take its idmap. A private mount of cgroup2 has neither.
 */
static inline int compat_vfs_mkdir(struct inode *dir, struct dentry *dentry,
				   umode_t mode)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	return vfs_mkdir(&init_user_ns, dir, dentry, mode);
#else
	return vfs_mkdir(&nop_mnt_idmap, dir, dentry, mode);
#endif
}

static inline int compat_vfs_rmdir(struct inode *dir, struct dentry *dentry)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	return vfs_rmdir(&init_user_ns, dir, dentry);
#else
	return vfs_rmdir(&nop_mnt_idmap, dir, dentry);
#endif
}

/*
 * The options that a mount of cgroup2 can set for the whole hierarchy, as
 * { flag, name }. Those for huge pages came with 6.6, those for pids with 6.11.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define COMPAT_CGROUP_ROOT_OPTIONS_6_6 \
	{ CGRP_ROOT_MEMORY_HUGETLB_ACCOUNTING, "memory_hugetlb_accounting" },
#else
#define COMPAT_CGROUP_ROOT_OPTIONS_6_6
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define COMPAT_CGROUP_ROOT_OPTIONS_6_11 \
	{ CGRP_ROOT_PIDS_LOCAL_EVENTS, "pids_localevents" },
#else
#define COMPAT_CGROUP_ROOT_OPTIONS_6_11
#endif

#define COMPAT_CGROUP_ROOT_OPTIONS \
	{ CGRP_ROOT_NS_DELEGATE, "nsdelegate" }, \
	{ CGRP_ROOT_FAVOR_DYNMODS, "favordynmods" }, \
	{ CGRP_ROOT_MEMORY_LOCAL_EVENTS, "memory_localevents" }, \
	{ CGRP_ROOT_MEMORY_RECURSIVE_PROT, "memory_recursiveprot" }, \
	COMPAT_CGROUP_ROOT_OPTIONS_6_6 \
	COMPAT_CGROUP_ROOT_OPTIONS_6_11

/*
 * How long a task runs at a time (ns). CFS, up to 6.5, has no such thing: there a waking
 * sleeper goes by its virtual time, and need not wait for anybody's slice.
 */
static inline u64 compat_slice(const struct task_struct *task)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return U64_MAX;
#else
	return READ_ONCE(task->se.slice);
#endif
}

/*
 * Does an idle CPU that is to choose look for tasks that wait elsewhere? Since 6.12
 * (SM_IDLE in __schedule()) it does so only when somebody else has run and goes to sleep.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#define COMPAT_IDLE_CHOOSES	true
#else
#define COMPAT_IDLE_CHOOSES	false
#endif

/*
 * How far the standings are apart, CFS or EEVDF, and while the host competes. On CFS the
 * top cgroup must be heavy wherever somebody of it runs: where it is not, its virtual time
 * races ahead of the host's.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define COMPAT_WEIGHT_BOOST_STEP	LIMIT_WEIGHT_BOOST_STEP_CFS
#define COMPAT_WEIGHT_UNDER_STEP	LIMIT_WEIGHT_UNDER_STEP_CFS
#define COMPAT_WEIGHT_OVER_STEP		LIMIT_WEIGHT_OVER_STEP_CFS
#define COMPAT_WEIGHT_OVER_STEP_HOST	LIMIT_WEIGHT_OVER_STEP_HOST_CFS
#else
#define COMPAT_WEIGHT_BOOST_STEP	LIMIT_WEIGHT_BOOST_STEP
#define COMPAT_WEIGHT_UNDER_STEP	LIMIT_WEIGHT_UNDER_STEP
#define COMPAT_WEIGHT_OVER_STEP		LIMIT_WEIGHT_OVER_STEP
#define COMPAT_WEIGHT_OVER_STEP_HOST	LIMIT_WEIGHT_OVER_STEP_HOST
#endif

/*
 * A shrinker whose objects cost nothing to make anew, and which is asked for any number of
 * them: otherwise the kernel does not ask for less than 128. Since 6.7 the kernel allocates
 * it. NULL for lack of memory.
 */
static inline struct shrinker *
compat_shrinker_register(const char *name, unsigned int flags,
			 unsigned long (*count)(struct shrinker *, struct shrink_control *),
			 unsigned long (*scan)(struct shrinker *, struct shrink_control *))
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	struct shrinker *shrinker = kzalloc(sizeof(*shrinker), GFP_KERNEL);

	if (!shrinker)
		return NULL;
	shrinker->flags = flags;
	shrinker->batch = 1;
	shrinker->count_objects = count;
	shrinker->scan_objects = scan;
	if (register_shrinker(shrinker, "%s", name)) {
		kfree(shrinker);
		return NULL;
	}
#else
	struct shrinker *shrinker = shrinker_alloc(flags, "%s", name);

	if (!shrinker)
		return NULL;
	shrinker->seeks = 0;
	shrinker->batch = 1;
	shrinker->count_objects = count;
	shrinker->scan_objects = scan;
	shrinker_register(shrinker);
#endif
	return shrinker;
}

static inline void compat_shrinker_unregister(struct shrinker *shrinker)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	unregister_shrinker(shrinker);
	kfree(shrinker);
#else
	shrinker_free(shrinker);
#endif
}

/* Tell the reclaim that runs in this task of pages that are free now. */
static inline void compat_account_reclaimed(unsigned long pages)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += pages;
#else
	mm_account_reclaimed_pages(pages);
#endif
}

/*
 * Up to 6.1 reclaim inside of a cgroup heeds the protection that this cgroup had when it was
 * last reclaimed from as one of others: it was not computed again ("mm: memcg: fix stale
 * protection of reclaim target memcg").
 */
static inline bool compat_stale_protection(void)
{
	return LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0);
}

#endif /* BULKHEAD_COMPAT_H */
