// SPDX-License-Identifier: GPL-2.0
/*
 * Init is a ladder, exit its mirror.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/printk.h>

#include <linux/bulkhead.h>

#include "account.h"
#include "admission.h"
#include "cgroup_dir.h"
#include "choice.h"
#include "control.h"
#include "device.h"
#include "errand.h"
#include "limits.h"
#include "oom.h"
#include "preemption.h"
#include "procfs.h"
#include "registry.h"
#include "reserve.h"
#include "top.h"

static int cgroups_up(void *unused)
{
	int err = cgroup_mount_init();

	if (err) {
		pr_err("cannot mount cgroup2: error %d; this kernel must have CONFIG_CGROUPS\n",
		       err);
		return err;
	}
	err = top_init();
	if (err)
		cgroup_mount_exit();
	return err;
}

static int cgroups_down(void *unused)
{
	top_exit();
	cgroup_mount_exit();
	return 0;
}

static int __init bulkhead_init(void)
{
	int err;

	err = admission_init();
	if (err)
		return err;
	err = errand_init();
	if (err)
		return err;
	err = errand_run(cgroups_up, NULL);
	if (err)
		goto errand;
	choice_init();
	err = account_init();
	if (err)
		goto choice;
	err = preemption_init();
	if (err)
		goto account;
	err = control_init();
	if (err)
		goto preemption;
	err = reserve_init();
	if (err)
		goto control;
	err = oom_init();
	if (err)
		goto reserve;
	err = procfs_init();
	if (err)
		goto oom;
	err = device_init();
	if (err)
		goto procfs;
	pr_info("version %s, ABI %d\n", BULKHEAD_MODULE_VERSION, BULKHEAD_ABI_VERSION);
	return 0;

procfs:
	procfs_exit();
oom:
	oom_exit();
reserve:
	reserve_exit();
control:
	control_exit();
preemption:
	preemption_exit();
account:
	account_exit();
choice:
	choice_exit();
	errand_run(cgroups_down, NULL);
errand:
	errand_exit();
	return err;
}

/* There are no partitions: each holds a reference to the module. */
static void __exit bulkhead_exit(void)
{
	device_exit();
	procfs_exit();
	oom_exit();
	reserve_exit();
	control_exit();
	preemption_exit();
	account_exit();
	choice_exit();
	/* The last of the partitions may have been destroyed just now. */
	errand_drain();
	registry_exit();
	errand_run(cgroups_down, NULL);
	errand_exit();
}

module_init(bulkhead_init);
module_exit(bulkhead_exit);

MODULE_DESCRIPTION("Partitions: groups of processes with guaranteed CPU and memory");
MODULE_AUTHOR("The Bulkhead developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(BULKHEAD_MODULE_VERSION);
