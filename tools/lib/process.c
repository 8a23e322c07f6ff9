// SPDX-License-Identifier: LGPL-2.1-or-later
/* Processes on their way into a partition. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bulkhead.h"
#include "call.h"
#include "process.h"

int process_stat_start_time(const char *stat, uint64_t *start_time)
{
	/* The command is field 2 and may hold blanks and parentheses: skip it. */
	const char *p = strrchr(stat, ')');
	char *end;
	int field;

	if (!p)
		return -EINVAL;
	for (field = 2; field < 22; field++) {
		p = strchr(p + 1, ' ');
		if (!p)
			return -EINVAL;
	}
	if (p[1] < '0' || p[1] > '9')
		return -EINVAL;
	errno = 0;
	*start_time = strtoull(p + 1, &end, 10);
	if (errno || (*end != ' ' && *end != '\n' && *end != '\0'))
		return -EINVAL;
	return 0;
}

/* Reads a file of /proc/PID as text. Returns 0, or -ESRCH if the process is gone. */
static int read_proc(pid_t pid, const char *file, char *text, size_t size)
{
	char path[64];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		len = -errno;
	close(fd);
	if (len <= 0)
		return len ? len : -ESRCH;
	text[len] = '\0';
	return 0;
}

static int read_start_time(pid_t pid, uint64_t *start_time)
{
	char stat[2048];
	int ret = read_proc(pid, "stat", stat, sizeof(stat));

	return ret ? ret : process_stat_start_time(stat, start_time);
}

static pid_t read_thread_group(pid_t thread)
{
	char status[1024], *line;
	pid_t process;
	int ret = read_proc(thread, "status", status, sizeof(status));

	if (ret)
		return ret;
	line = strstr(status, "\nTgid:");
	return line && sscanf(line, "\nTgid: %d", &process) == 1 ? process : -EINVAL;
}

static bool has_exited(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) > 0;
}

/* Opens a pidfd of the process that has @pid as one of its threads. */
static int open_pidfd(pid_t *pid)
{
	int fd = syscall(SYS_pidfd_open, *pid, 0);

	if (fd >= 0 || (errno != EINVAL && errno != ENOENT))
		return fd < 0 ? -errno : fd;
	/* It is a thread other than the first, which has no pidfd. */
	*pid = read_thread_group(*pid);
	if (*pid < 0)
		return *pid;
	fd = syscall(SYS_pidfd_open, *pid, 0);
	return fd < 0 ? -errno : fd;
}

int bulkhead_attach(int partition, pid_t pid)
{
	struct bulkhead_attach attach = { .size = sizeof(attach), .pid = pid };
	uint64_t start_time;
	int pidfd, ret;

	if (pid <= 0)
		return pid ? -EINVAL : call(partition, BULKHEAD_ATTACH, &attach);

	pidfd = open_pidfd(&pid);
	if (pidfd < 0)
		return pidfd;
	attach.pid = pid;
	/*
	 * The start time is that of whoever has the pid when it is read. If our
	 * process lives after that, it was our process; and from then on the
	 * kernel compares it.
	 */
	ret = read_start_time(pid, &start_time);
	if (!ret && has_exited(pidfd))
		ret = -ESRCH;
	if (!ret) {
		attach.start_time = start_time;
		ret = call(partition, BULKHEAD_ATTACH, &attach);
	}
	close(pidfd);
	return ret;
}

pid_t bulkhead_fork(int partition)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;
	int cgroup;

	cgroup = bulkhead_cgroup(partition);
	if (cgroup < 0)
		return cgroup;
	args.cgroup = cgroup;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		pid = -errno;
	close(cgroup);
	return pid;
}
