// SPDX-License-Identifier: GPL-2.0
/*
 * The listing of processes.
 *
 * A reader gets the processes of one moment, each once, as struct pids: these are
 * not reused, so what is printed for one later is its own or nothing. It sees what
 * it would see in the /proc that it reads from: the pids of that mount's
 * namespace, and only processes that the mount's hidepid lets it see.
 */
#include "proc_tasks.h"

#include <linux/cred.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/string_helpers.h>
#include <linux/user_namespace.h>

#include "column.h"
#include "membership.h"
#include "partition.h"

struct task_listing {
	struct partition *only;
	struct pid **pids;
	size_t count;
};

static bool is_listed(const struct task_listing *listing, struct task_struct *process)
{
	struct partition *partition = membership_of_process(process);

	return partition && (!listing->only || listing->only == partition);
}

static void drop_pids(struct task_listing *listing)
{
	while (listing->count)
		put_pid(listing->pids[--listing->count]);
	kvfree(listing->pids);
	listing->pids = NULL;
}

/* Returns false if there are more than @room. */
static bool collect_pids(struct task_listing *listing, size_t room)
{
	struct task_struct *process;
	bool complete = true;

	rcu_read_lock();
	for_each_process(process) {
		if (!is_listed(listing, process))
			continue;
		complete = listing->count < room;
		if (!complete)
			break;
		listing->pids[listing->count++] = get_pid(task_tgid(process));
	}
	rcu_read_unlock();
	return complete;
}

static size_t count_processes(const struct task_listing *listing)
{
	struct task_struct *process;
	size_t count = 0;

	rcu_read_lock();
	for_each_process(process)
		count += is_listed(listing, process);
	rcu_read_unlock();
	return count;
}

static int take_pids(struct task_listing *listing)
{
	size_t room;

	do {
		drop_pids(listing);
		/* With what a fork bomb may add meanwhile, or else once more. */
		room = count_processes(listing);
		room += room / 4 + 64;
		listing->pids = kvmalloc_array(room, sizeof(*listing->pids),
					       GFP_KERNEL_ACCOUNT);
		if (!listing->pids)
			return -ENOMEM;
		if (fatal_signal_pending(current))
			return -EINTR;
	} while (!collect_pids(listing, room));
	return 0;
}

/*
 * The rules of ptrace_may_access(PTRACE_MODE_READ_FSCREDS), which is not exported,
 * without its security modules.
 */
static bool may_access(struct task_struct *process)
{
	const struct cred *cred = current_cred(), *other;
	struct mm_struct *mm;
	bool same, dumpable = true;

	if (same_thread_group(process, current))
		return true;
	rcu_read_lock();
	other = __task_cred(process);
	same = uid_eq(cred->fsuid, other->euid) && uid_eq(cred->fsuid, other->suid) &&
	       uid_eq(cred->fsuid, other->uid) && gid_eq(cred->fsgid, other->egid) &&
	       gid_eq(cred->fsgid, other->sgid) && gid_eq(cred->fsgid, other->gid);
	if (!same)
		same = ns_capable_noaudit(other->user_ns, CAP_SYS_PTRACE);
	rcu_read_unlock();
	if (!same)
		return false;

	task_lock(process);
	mm = process->mm;
	if (mm && get_dumpable(mm) != SUID_DUMP_USER)
		dumpable = ns_capable_noaudit(mm->user_ns, CAP_SYS_PTRACE);
	task_unlock(process);
	return dumpable;
}

/* As has_pid_permissions() in fs/proc/base.c, for what shows a process's details. */
static bool may_see(struct super_block *sb, struct task_struct *process)
{
	struct proc_fs_info *info = proc_sb_info(sb);

	if (info->hide_pid == HIDEPID_OFF)
		return true;
	if (info->hide_pid != HIDEPID_NOT_PTRACEABLE && in_group_p(info->pid_gid))
		return true;
	return may_access(process);
}

/*
 * CPU time of all threads, those that have exited too; as thread_group_cputime(),
 * but without a lock: where threads exit faster than they can be counted, a look
 * that missed some must do.
 */
static u64 process_time(struct task_struct *process)
{
	struct signal_struct *signal = process->signal;
	struct task_struct *thread;
	unsigned int seq, tries = 4;
	u64 time;

	do {
		seq = read_seqbegin(&signal->stats_lock);
		time = signal->sum_sched_runtime;
		for_each_thread(process, thread)
			time += READ_ONCE(thread->se.sum_exec_runtime);
	} while (read_seqretry(&signal->stats_lock, seq) && --tries);
	return time;
}

/* Any living thread has the memory; the leader may have exited before. */
static unsigned long process_rss(struct task_struct *process)
{
	struct task_struct *thread;
	unsigned long pages = 0;
	bool found = false;

	for_each_thread(process, thread) {
		task_lock(thread);
		if (thread->mm) {
			pages = get_mm_rss(thread->mm);
			found = true;
		}
		task_unlock(thread);
		if (found)
			break;
	}
	return pages << (PAGE_SHIFT - 10);
}

#define WIDTH_PID	7
#define WIDTH_NAME	-15
#define WIDTH_STATE	-5
#define WIDTH_TIME	10
#define WIDTH_RSS	10

static void show_header(struct seq_file *seq)
{
	struct column_line line = { };

	column_text(&line, WIDTH_PID, "PID");
	column_text(&line, WIDTH_NAME, "PARTITION");
	column_text(&line, WIDTH_STATE, "STATE");
	column_text(&line, WIDTH_TIME, "TIME");
	column_text(&line, WIDTH_RSS, "RSS");
	column_text(&line, 0, "COMMAND");
	column_end(&line);
	seq_write(seq, line.text, line.length);
}

static void show_process(struct seq_file *seq, struct task_struct *process, pid_t number,
			 const char *partition)
{
	char state[2] = { task_state_to_char(process) };
	char command[TASK_COMM_LEN];
	struct column_line line;

	line.length = 0;
	column_number(&line, WIDTH_PID, number, 0);
	column_text(&line, WIDTH_NAME, partition);
	column_text(&line, WIDTH_STATE, state);
	column_fixed(&line, WIDTH_TIME, div_u64(process_time(process), 1000000));
	column_number(&line, WIDTH_RSS, process_rss(process), 'K');
	seq_write(seq, line.text, line.length);

	/* A process chooses its name: it must not look like a line of ours. */
	get_task_comm(command, process);
	seq_putc(seq, ' ');
	seq_escape_mem(seq, command, strlen(command),
		       ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND, "\\");
	seq_putc(seq, '\n');
}

static void *tasks_at(struct task_listing *listing, loff_t *pos)
{
	return *pos <= listing->count ? pos : NULL;
}

static void *tasks_start(struct seq_file *seq, loff_t *pos)
{
	struct task_listing *listing = seq->private;

	if (!*pos || !listing->pids) {
		int err = take_pids(listing);

		if (err)
			return ERR_PTR(err);
	}
	return tasks_at(listing, pos);
}

static void *tasks_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	/* A reader from whom all are hidden goes through them in one go. */
	cond_resched();
	return tasks_at(seq->private, pos);
}

static void tasks_stop(struct seq_file *seq, void *v)
{
}

static int tasks_show(struct seq_file *seq, void *v)
{
	struct task_listing *listing = seq->private;
	struct super_block *sb = file_inode(seq->file)->i_sb;
	loff_t at = *(loff_t *)v;
	struct partition *partition;
	struct task_struct *process;
	pid_t number;

	if (!at) {
		show_header(seq);
		return 0;
	}
	rcu_read_lock();
	process = pid_task(listing->pids[at - 1], PIDTYPE_TGID);
	number = pid_nr_ns(listing->pids[at - 1], proc_pid_ns(sb));
	if (!process || !number || !may_see(sb, process))
		goto unlock;
	partition = membership_of_process(process);
	if (partition && (!listing->only || listing->only == partition))
		show_process(seq, process, number, partition->name);
unlock:
	rcu_read_unlock();
	return 0;
}

static const struct seq_operations tasks_operations = {
	.start = tasks_start,
	.next = tasks_next,
	.stop = tasks_stop,
	.show = tasks_show,
};

static int tasks_open(struct inode *inode, struct file *file)
{
	struct task_listing *listing;

	listing = __seq_open_private(file, &tasks_operations, sizeof(*listing));
	if (!listing)
		return -ENOMEM;
	/* Valid as long as the entry: it is removed before the partition goes. */
	listing->only = pde_data(inode);
	return 0;
}

static int tasks_release(struct inode *inode, struct file *file)
{
	drop_pids(((struct seq_file *)file->private_data)->private);
	return seq_release_private(inode, file);
}

const struct proc_ops proc_tasks_ops = {
	.proc_open = tasks_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = tasks_release,
};
