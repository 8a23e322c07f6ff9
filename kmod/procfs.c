// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/bulkhead: its files, and a directory for each partition.
 *
 * "capacity" and "status" have a line "key: value" for each field of the ABI, in
 * the ABI's units.
 */
#include "procfs.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include <linux/bulkhead.h>

#include "account.h"
#include "admission.h"
#include "cgroup_dir.h"
#include "control.h"
#include "demand.h"
#include "lifecycle.h"
#include "membership.h"
#include "memory.h"
#include "oom.h"
#include "partition.h"
#include "proc_partitions.h"
#include "proc_tasks.h"
#include "reserve.h"
#include "top.h"

static const char *const memory_modes[] = {
	[BULKHEAD_MEMORY_LEND] = "lend",
	[BULKHEAD_MEMORY_RESERVE] = "reserve",
};

static const char *const soft_actions[] = {
	[BULKHEAD_SOFT_ENFORCE] = "enforce",
	[BULKHEAD_SOFT_RELEASE] = "release",
};

/* The directory; set by procfs_init(), read-only until procfs_exit(). */
static struct proc_dir_entry *proc_root;

static void show_number(struct seq_file *seq, const char *key, u64 number)
{
	if (number == BULKHEAD_UNLIMITED)
		seq_printf(seq, "%s: max\n", key);
	else
		seq_printf(seq, "%s: %llu\n", key, number);
}

static int capacity_show(struct seq_file *seq, void *unused)
{
	struct bulkhead_capacity capacity;

	admission_capacity(&capacity);
	capacity.memory_held = reserve_held(NULL);
	show_number(seq, "partitions", capacity.partitions);
	show_number(seq, "cpu_total_ucpu", capacity.cpu_total);
	show_number(seq, "cpu_reserve_ucpu", capacity.cpu_reserve);
	show_number(seq, "cpu_guaranteed_ucpu", capacity.cpu_guaranteed);
	show_number(seq, "cpu_free_ucpu", capacity.cpu_free);
	show_number(seq, "memory_total_bytes", capacity.memory_total);
	show_number(seq, "memory_reserve_bytes", capacity.memory_reserve);
	show_number(seq, "memory_overhead_bytes", capacity.memory_overhead);
	show_number(seq, "memory_guaranteed_bytes", capacity.memory_guaranteed);
	show_number(seq, "memory_free_bytes", capacity.memory_free);
	show_number(seq, "memory_held_bytes", capacity.memory_held);
	seq_printf(seq, "overcommitted:%s%s%s\n",
		   capacity.overcommitted & BULKHEAD_RESOURCE_CPU ? " cpu" : "",
		   capacity.overcommitted & BULKHEAD_RESOURCE_MEMORY ? " memory" : "",
		   capacity.overcommitted ? "" : " no");
	return 0;
}

static const char *const standings[] = {
	[CREDIT_OVER] = "over",
	[CREDIT_UNDER] = "under",
	[CREDIT_BOOST] = "boost",
	[CREDIT_URGENT] = "urgent",
};

static int status_show(struct seq_file *seq, void *unused)
{
	struct partition *partition = seq->private;
	struct bulkhead_settings settings;
	u64 memory, peak;
	u32 state;

	state = partition_view(partition, &settings);
	memory = memory_use(partition->dir.cgroup, &peak);

	seq_printf(seq, "name: %s\n", partition->name);
	show_number(seq, "id", partition->id);
	seq_printf(seq, "state: %s\n", partition_state_name(state));
	seq_printf(seq, "cgroup: %s/%s\n", TOP_PATH, partition->name);
	seq_printf(seq, "kill_on_close: %s\n",
		   partition->flags & BULKHEAD_CREATE_KILL_ON_CLOSE ? "yes" : "no");
	show_number(seq, "cpu_guarantee_ucpu", settings.cpu_guarantee);
	show_number(seq, "cpu_limit_ucpu", settings.cpu_limit);
	show_number(seq, "cpu_share", settings.cpu_share);
	show_number(seq, "cpu_time_ns", account_cpu_time(partition));
	seq_printf(seq, "cpu_credit_ns: %lld\n", control_credit(partition));
	seq_printf(seq, "cpu_standing: %s\n", standings[control_standing(partition)]);
	show_number(seq, "cpu_waiting", demand_waiting(partition));
	show_number(seq, "memory_guarantee_bytes", settings.memory_guarantee);
	seq_printf(seq, "memory_mode: %s\n", memory_modes[settings.memory_mode]);
	show_number(seq, "memory_limit_bytes", settings.memory_limit);
	show_number(seq, "memory_soft_limit_bytes", settings.memory_soft_limit);
	show_number(seq, "memory_soft_time_ns", settings.memory_soft_time);
	seq_printf(seq, "memory_soft_action: %s\n",
		   soft_actions[settings.memory_soft_action]);
	seq_printf(seq, "oom_group: %s\n", settings.oom_group ? "yes" : "no");
	show_number(seq, "memory_bytes", memory);
	show_number(seq, "memory_held_bytes", reserve_held(partition));
	show_number(seq, "memory_peak_bytes", max(peak, READ_ONCE(partition->memory_peak)));
	show_number(seq, "swap_limit_bytes", settings.swap_limit);
	show_number(seq, "oom_kills", atomic64_read(&partition->oom_kills));
	show_number(seq, "tasks", membership_tasks(partition));
	show_number(seq, "task_limit", settings.task_limit);
	return 0;
}

/* A process chooses its name: it must not look like a line of ours. */
static void show_text(struct seq_file *seq, const char *key, const char *text)
{
	seq_printf(seq, "%s: ", key);
	seq_escape_mem(seq, text, strlen(text),
		       ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND, "\\");
	seq_putc(seq, '\n');
}

/* The counters, and how the last one to pay was found. */
static int oom_show(struct seq_file *seq, void *unused)
{
	struct oom_record *record = kmalloc(sizeof(*record), GFP_KERNEL);
	u64 kills, host_kills;
	unsigned int i;

	if (!record)
		return -ENOMEM;
	kills = oom_last(record, &host_kills);
	show_number(seq, "kills", kills);
	show_number(seq, "host_kills", host_kills);
	if (!kills)
		goto free;
	show_number(seq, "time_ns", record->time);
	seq_printf(seq, "payer: %s\n", record->payer);
	show_number(seq, "pid", record->pid);
	show_text(seq, "command", record->command);
	for (i = 0; i < record->ranking.count; i++) {
		const struct excess_claim *claim = &record->ranking.claims[i];

		seq_printf(seq, "rank: %s excess %llu use %llu promised %llu%s\n",
			   record->names[i], claim->excess, claim->use, claim->promised,
			   claim->payable ? "" : " nothing to kill");
	}
free:
	kfree(record);
	return 0;
}

static int procfs_created(struct partition *partition)
{
	struct proc_dir_entry *dir = proc_mkdir(partition->name, proc_root);

	if (!dir)
		return -ENOMEM;
	if (!proc_create_single_data("status", 0444, dir, status_show, partition) ||
	    !proc_create_data("tasks", 0444, dir, &proc_tasks_ops, partition)) {
		proc_remove(dir);
		return -ENOMEM;
	}
	return 0;
}

/* Waits for readers that are inside, and lets no new ones in. */
static void procfs_destroyed(struct partition *partition)
{
	remove_proc_subtree(partition->name, proc_root);
}

static const struct lifecycle_observer procfs_observer = {
	.created = procfs_created,
	.destroyed = procfs_destroyed,
};

int procfs_init(void)
{
	proc_root = proc_mkdir("bulkhead", NULL);
	if (!proc_root)
		return -ENOMEM;
	if (!proc_create("partitions", 0444, proc_root, &proc_partitions_ops) ||
	    !proc_create("tasks", 0444, proc_root, &proc_tasks_ops) ||
	    !proc_create_single("capacity", 0444, proc_root, capacity_show) ||
	    /* It names processes, whoever may see them in the /proc of the reader. */
	    !proc_create_single("oom", 0400, proc_root, oom_show)) {
		proc_remove(proc_root);
		return -ENOMEM;
	}
	lifecycle_observe(&procfs_observer);
	return 0;
}

void procfs_exit(void)
{
	proc_remove(proc_root);
}
