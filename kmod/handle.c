// SPDX-License-Identifier: GPL-2.0
/*
 * Calls on a partition fd. Each is copy in, check, act, copy out.
 */
#include "handle.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/time_namespace.h>

#include <linux/bulkhead.h>

#include "account.h"
#include "argument.h"
#include "cgroup_dir.h"
#include "lifecycle.h"
#include "membership.h"
#include "memory.h"
#include "partition.h"
#include "reserve.h"
#include "settings.h"

static struct partition *partition_of(struct file *file)
{
	return file->private_data;
}

static int check_writable(struct file *file)
{
	return file->f_mode & FMODE_WRITE ? 0 : -EBADF;
}

/* For calls that do not take the lock; those that do look again under it. */
static int check_changeable(struct file *file)
{
	if (check_writable(file))
		return -EBADF;
	return READ_ONCE(partition_of(file)->state) == PARTITION_ACTIVE ? 0 : -ENODEV;
}

static int call_get(struct file *file, void __user *user)
{
	struct partition *partition = partition_of(file);
	struct bulkhead_get get;
	int err;

	err = argument_read(&get, sizeof(get), user);
	if (err)
		return err;
	get.state = partition_view(partition, &get.settings);
	get.id = partition->id;
	strscpy_pad(get.name, partition->name, sizeof(get.name));
	get.flags = partition->flags;
	get.pad = 0;
	return argument_write(user, &get, sizeof(get));
}

static int call_set(struct file *file, void __user *user)
{
	struct lifecycle_verdict verdict = { };
	struct bulkhead_set set;
	int err, fault;

	err = argument_read(&set, sizeof(set), user);
	if (err)
		return err;
	if (set.flags & ~BULKHEAD_SETTINGS_DRY_RUN || set.pad || set.refused || set.culprit ||
	    set.missing ||
	    memchr_inv(&set.cpu, 0, sizeof(set.cpu)) ||
	    memchr_inv(&set.memory, 0, sizeof(set.memory)))
		return -EINVAL;
	if (!(set.flags & BULKHEAD_SETTINGS_DRY_RUN) && check_writable(file))
		return -EBADF;
	if (READ_ONCE(partition_of(file)->state) != PARTITION_ACTIVE)
		return -ENODEV;
	if (set.mask & ~BULKHEAD_SET_ALL)
		return -EINVAL;

	err = lifecycle_change(partition_of(file), set.flags, &set.settings, set.mask, &verdict);
	set.cpu = verdict.admission.cpu;
	set.memory = verdict.admission.memory;
	set.refused = verdict.admission.refused;
	set.culprit = verdict.culprit;
	set.missing = verdict.missing;
	fault = argument_write(user, &set, sizeof(set));
	return err ?: fault;
}

static int call_stats(struct file *file, void __user *user)
{
	struct partition *partition = partition_of(file);
	struct bulkhead_stats stats;
	int err;

	err = argument_read(&stats, sizeof(stats), user);
	if (err)
		return err;
	if (stats.pad)
		return -EINVAL;
	stats.time = ktime_get_ns();
	stats.cpu_time = account_cpu_time(partition);
	stats.memory = memory_use(partition->dir.cgroup, &stats.memory_peak);
	stats.memory_peak = max(stats.memory_peak, READ_ONCE(partition->memory_peak));
	stats.memory_held = reserve_held(partition);
	stats.tasks = membership_tasks(partition);
	stats.oom_kills = atomic64_read(&partition->oom_kills);
	return argument_write(user, &stats, sizeof(stats));
}

/* As in field 22 of /proc/PID/stat: clock ticks since boot, of the reader's time namespace. */
static u64 start_time_of(struct task_struct *leader)
{
	return div_u64(timens_add_boottime_ns(leader->start_boottime), NSEC_PER_SEC / USER_HZ);
}

/* The thread group of a pid of the caller's namespace, if it is the one that is meant. */
static struct pid *find_process(pid_t number, u64 start_time)
{
	struct task_struct *task;
	struct pid *pid = NULL;

	rcu_read_lock();
	task = number ? pid_task(find_vpid(number), PIDTYPE_PID) : current;
	if (task && (!start_time || start_time == start_time_of(task->group_leader)))
		pid = get_pid(task_tgid(task));
	rcu_read_unlock();
	return pid;
}

static int call_attach(struct file *file, void __user *user)
{
	struct partition *partition = partition_of(file);
	struct bulkhead_attach attach;
	struct pid *pid;
	int err;

	err = argument_read(&attach, sizeof(attach), user);
	if (err)
		return err;
	err = check_changeable(file);
	if (err)
		return err;
	if (attach.pid < 0)
		return -EINVAL;
	pid = find_process(attach.pid, attach.start_time);
	if (!pid)
		return -ESRCH;

	err = mutex_lock_killable(&partition->lock);
	if (!err) {
		err = -ENODEV;
		if (partition->state == PARTITION_ACTIVE)
			err = membership_attach(partition, pid);
		mutex_unlock(&partition->lock);
	}
	put_pid(pid);
	return err;
}

static int call_cgroup(struct file *file, void __user *user)
{
	struct bulkhead_cgroup cgroup;
	int err, fd;

	err = argument_read(&cgroup, sizeof(cgroup), user);
	if (err)
		return err;
	if (cgroup.fd)
		return -EINVAL;
	err = check_changeable(file);
	if (err)
		return err;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	cgroup.fd = fd;
	return argument_publish_fd(fd, cgroup_dir_open(&partition_of(file)->dir), user,
				   &cgroup, sizeof(cgroup));
}

static int call_kill(struct file *file, void __user *user)
{
	struct partition *partition = partition_of(file);
	struct bulkhead_kill kill;
	int err;

	err = argument_read(&kill, sizeof(kill), user);
	if (err)
		return err;
	if (kill.count)
		return -EINVAL;
	err = check_changeable(file);
	if (err)
		return err;
	if (!valid_signal(kill.signal) || !kill.signal)
		return -EINVAL;
	if (kill.signal == SIGKILL) {
		err = membership_kill(partition);
		/* If it is being destroyed meanwhile, that it is gone is all there is to tell. */
		if (err)
			return check_changeable(file) ?: err;
	} else {
		kill.count = membership_signal(partition, kill.signal);
	}
	return argument_write(user, &kill, sizeof(kill));
}

static int call_destroy(struct file *file, void __user *user)
{
	struct bulkhead_destroy destroy;
	int err;

	err = argument_read(&destroy, sizeof(destroy), user);
	if (err)
		return err;
	if (destroy.flags & ~BULKHEAD_DESTROY_FORCE)
		return -EINVAL;
	err = check_changeable(file);
	if (err)
		return err;
	return lifecycle_destroy(partition_of(file), destroy.flags & BULKHEAD_DESTROY_FORCE);
}

static long handle_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *user = (void __user *)argument;

	/* The size in the argument counts, not the one in the command. */
	switch (command & ~IOCSIZE_MASK) {
	case BULKHEAD_GET & ~IOCSIZE_MASK:
		return call_get(file, user);
	case BULKHEAD_SET & ~IOCSIZE_MASK:
		return call_set(file, user);
	case BULKHEAD_STATS & ~IOCSIZE_MASK:
		return call_stats(file, user);
	case BULKHEAD_ATTACH & ~IOCSIZE_MASK:
		return call_attach(file, user);
	case BULKHEAD_CGROUP & ~IOCSIZE_MASK:
		return call_cgroup(file, user);
	case BULKHEAD_KILL & ~IOCSIZE_MASK:
		return call_kill(file, user);
	case BULKHEAD_DESTROY & ~IOCSIZE_MASK:
		return call_destroy(file, user);
	default:
		return -ENOTTY;
	}
}

void handle_drop(struct partition *partition)
{
	if (atomic_dec_and_test(&partition->handles) &&
	    (partition->flags & BULKHEAD_CREATE_KILL_ON_CLOSE))
		lifecycle_abandon(partition);
}

static int handle_release(struct inode *inode, struct file *file)
{
	struct partition *partition = partition_of(file);

	if (file->f_mode & FMODE_WRITE)
		handle_drop(partition);
	partition_put(partition);
	return 0;
}

static const struct file_operations handle_operations = {
	.owner = THIS_MODULE,
	.release = handle_release,
	.unlocked_ioctl = handle_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

struct file *handle_open(struct partition *partition, bool writable)
{
	struct file *file;

	file = anon_inode_getfile("[bulkhead]", &handle_operations, partition,
				  writable ? O_RDWR : O_RDONLY);
	if (!IS_ERR(file) && writable)
		atomic_inc(&partition->handles);
	return file;
}
