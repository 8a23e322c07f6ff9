// SPDX-License-Identifier: GPL-2.0
/*
 * Who is in, and how to get in.
 */
#include "membership.h"

#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/kstrtox.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "cgroup_dir.h"
#include "errand.h"
#include "partition.h"
#include "registry.h"
#include "top.h"

struct partition *membership_of(struct task_struct *task)
{
	struct cgroup *owner = top_contains(task_dfl_cgroup(task));

	return owner ? registry_find_cgroup(owner) : NULL;
}

/* In an RCU read-side section; NULL if all have exited. */
static struct task_struct *living_thread(struct task_struct *leader)
{
	struct task_struct *thread;

	for_each_thread(leader, thread)
		if (!(READ_ONCE(thread->flags) & PF_EXITING))
			return thread;
	return NULL;
}

struct partition *membership_of_process(struct task_struct *leader)
{
	return membership_of(living_thread(leader) ?: leader);
}

struct membership_move {
	struct partition *partition;
	struct task_struct *leader;
};

/* Is it alive, and in the partition? */
static bool is_member(const struct partition *partition, struct task_struct *leader)
{
	struct task_struct *thread;
	bool member;

	rcu_read_lock();
	thread = living_thread(leader);
	member = thread && membership_of(thread) == partition;
	rcu_read_unlock();
	return member;
}

/* Put a process that must not be here back to where its parent is. */
static void send_home(struct task_struct *stranger, pid_t number)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);
	struct task_struct *parent;
	int length;

	if (!path)
		return;
	rcu_read_lock();
	parent = rcu_dereference(stranger->real_parent);
	length = cgroup_path(task_dfl_cgroup(parent), path, PATH_MAX - 32);
	rcu_read_unlock();
	if (length > 0 && length < PATH_MAX - 32) {
		strlcat(path, "/cgroup.procs", PATH_MAX);
		/* Relative to the root directory: without the first slash. */
		cgroup_dir_write(cgroup_mount_root(), path + 1, "%d", number);
	}
	kfree(path);
}

/* Is there room for so many tasks more? Not through the file that any reader locks. */
static int check_room(struct partition *partition, u64 more)
{
	char text[24];
	u64 tasks;
	int err;

	err = cgroup_dir_read(&partition->dir, "pids.current", text, sizeof(text));
	if (!err)
		err = kstrtou64(strim(text), 10, &tasks);
	if (err)
		return err;
	return tasks + more > partition->settings.task_limit ? -EAGAIN : 0;
}

/*
 * cgroup.procs takes a number, and a number may pass to another process between
 * our look at it and the kernel's. The task that was meant is held, so its own
 * membership tells afterwards whether it is in. If it is not, it died on the way;
 * a stranger that got its number and with that our place is sent home.
 */
static int move_process(void *argument)
{
	struct membership_move *move = argument;
	pid_t number = task_tgid_nr(move->leader);
	struct task_struct *stranger = NULL;
	bool moved_on;
	int err;

	if (!number)
		return -ESRCH;
	/* pids.max refuses forks, not moves: here a limit is a limit. */
	if (move->partition->settings.task_limit != BULKHEAD_UNLIMITED &&
	    !is_member(move->partition, move->leader)) {
		err = check_room(move->partition, get_nr_threads(move->leader));
		if (err)
			return err;
	}
	err = cgroup_dir_write(&move->partition->dir, "cgroup.procs", "%d", number);
	if (err)
		return err;
	if (is_member(move->partition, move->leader))
		return 0;

	rcu_read_lock();
	stranger = pid_task(find_vpid(number), PIDTYPE_TGID);
	/* The number has been its all the time: it was in, and somebody has moved it on. */
	moved_on = stranger == move->leader && living_thread(stranger);
	if (stranger)
		get_task_struct(stranger);
	rcu_read_unlock();
	if (stranger) {
		if (stranger != move->leader && is_member(move->partition, stranger))
			send_home(stranger, number);
		put_task_struct(stranger);
	}
	return moved_on ? 0 : -ESRCH;
}

/*
 * An fd that was passed on is the right to change a partition, not to move and
 * then kill other people's processes: the rule is that of kill(2).
 */
static bool may_move(struct task_struct *leader)
{
	const struct cred *cred = current_cred(), *other;
	bool may;

	rcu_read_lock();
	other = __task_cred(leader);
	may = uid_eq(cred->euid, other->suid) || uid_eq(cred->euid, other->uid) ||
	      uid_eq(cred->uid, other->suid) || uid_eq(cred->uid, other->uid) ||
	      ns_capable(other->user_ns, CAP_KILL);
	rcu_read_unlock();
	return may;
}

static int check_process(struct task_struct *leader)
{
	if (leader->flags & PF_KTHREAD || is_global_init(leader))
		return -EINVAL;
	if (!may_move(leader))
		return -EPERM;
	return 0;
}

int membership_attach(struct partition *partition, struct pid *pid)
{
	struct membership_move move = { .partition = partition };
	int err;

	lockdep_assert_held(&partition->lock);
	move.leader = get_pid_task(pid, PIDTYPE_TGID);
	if (!move.leader)
		return -ESRCH;
	err = check_process(move.leader);
	if (!err)
		err = errand_run(move_process, &move);
	put_task_struct(move.leader);
	return err;
}

unsigned int membership_signal(struct partition *partition, int signal)
{
	struct task_struct *process;
	unsigned int count = 0;

	rcu_read_lock();
	for_each_process(process) {
		if (membership_of_process(process) != partition)
			continue;
		if (!kill_pid(task_tgid(process), signal, 1))
			count++;
	}
	rcu_read_unlock();
	return count;
}

static int kill_all(void *argument)
{
	struct partition *partition = argument;

	return cgroup_dir_write(&partition->dir, "cgroup.kill", "1");
}

/*
 * cgroup.kill leaves no fork behind, but the one of 6.1 signals the leader alone,
 * which does not reach the other threads of a leader that has exited.
 */
int membership_kill(struct partition *partition)
{
	int err = errand_run(kill_all, partition);

	membership_signal(partition, SIGKILL);
	return err;
}

u64 membership_tasks(struct partition *partition)
{
	char text[24];
	u64 tasks;

	if (cgroup_file_read(partition->pids, text, sizeof(text)) ||
	    kstrtou64(strim(text), 10, &tasks))
		return 0;
	return tasks;
}
