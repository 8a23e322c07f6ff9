// SPDX-License-Identifier: GPL-2.0
/*
 * Processes: starting, watching and ending them, and what they hand each other.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void sleep_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

__u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/*
 * Nothing that a failed test leaves behind may disturb the next one. The parent may
 * have died before we ask; one in another pid namespace has the number 0 here.
 */
static void die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() && getppid() != parent)
		_exit(1);
}

pid_t spawn(int (*fn)(void *), void *arg)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		bail("fork: %s", strerror(errno));
	if (!pid) {
		die_with_parent(parent);
		_exit(fn(arg));
	}
	return pid;
}

static int sleep_forever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return 0;
}

pid_t sleeper(void)
{
	return spawn(sleep_forever, NULL);
}

pid_t fork_into(int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = cgroup,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

pid_t sleeper_in(int fd)
{
	int cgroup = cgroup_fd(fd);
	pid_t parent = getpid(), pid = fork_into(cgroup);

	if (pid < 0)
		bail("clone3 into the partition: %s", strerror(errno));
	if (!pid) {
		die_with_parent(parent);
		sleep_forever(NULL);
	}
	close(cgroup);
	return pid;
}

int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void kill_and_reap(pid_t pid)
{
	kill(pid, SIGKILL);
	reap(pid);
}

void drop_privileges(void)
{
	pid_t parent = getppid();

	/* Leaving uid 0 for good takes all capabilities with it. */
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		bail("cannot drop privileges: %s", strerror(errno));
	/* A change of the user has taken this back. */
	die_with_parent(parent);
}

struct errand {
	int (*fn)(void *arg);
	void *arg;
};

static int run_errand(void *arg)
{
	struct errand *errand = arg;

	drop_privileges();
	return errand->fn(errand->arg);
}

int as_nobody(int (*fn)(void *), void *arg)
{
	struct errand errand = { fn, arg };

	return reap(spawn(run_errand, &errand));
}

struct opening {
	int flags, socket;
};

static int open_and_send(void *arg)
{
	struct opening *opening = arg;

	send_fd(opening->socket, open_device(opening->flags));
	return 0;
}

int nobodys_device(int flags)
{
	struct opening opening = { .flags = flags };
	int pair[2], fd;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		bail("socketpair: %s", strerror(errno));
	opening.socket = pair[1];
	if (chmod(BULKHEAD_DEVICE, 0666))
		bail("chmod: %s", strerror(errno));
	if (as_nobody(open_and_send, &opening))
		bail("nobody could not open the device");
	chmod(BULKHEAD_DEVICE, 0664);
	fd = receive_fd(pair[0]);
	close(pair[0]);
	close(pair[1]);
	return fd;
}

/* The fields behind the command's name, which may hold anything. */
static const char *stat_fields(pid_t pid, char *buf, size_t size)
{
	char path[64];
	char *name_end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_file(path, buf, size) <= 0)
		return NULL;
	name_end = strrchr(buf, ')');
	return name_end ? name_end + 2 : NULL;
}

char task_state(pid_t pid)
{
	char buf[1024];
	const char *fields = stat_fields(pid, buf, sizeof(buf));

	return fields ? *fields : 0;
}

/* Field number n of /proc/PID/stat, counted from 1 as in proc(5). */
static __u64 stat_field(pid_t pid, int n)
{
	char buf[1024];
	const char *field = stat_fields(pid, buf, sizeof(buf));

	for (n -= 3; field && n; n--) {
		field = strchr(field, ' ');
		if (field)
			field++;
	}
	return field ? strtoull(field, NULL, 10) : 0;
}

__u64 start_time(pid_t pid)
{
	return stat_field(pid, 22);
}

int thread_count(pid_t pid)
{
	return stat_field(pid, 20);
}

const char *cgroup_of(pid_t pid)
{
	static char buf[512];
	const char *path = NULL;
	char name[64];

	snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	if (read_file(name, buf, sizeof(buf)) > 0)
		path = strstr(buf, "0::/bulkhead/");
	if (!path)
		return "";
	buf[strcspn(buf, "\n")] = '\0';
	return path + strlen("0::/bulkhead/");
}

bool in_partition(pid_t pid, const char *partition)
{
	const char *path = cgroup_of(pid);
	size_t length = strlen(partition);

	return !strncmp(path, partition, length) &&
	       (!path[length] || path[length] == '/' || path[length] == ' ');
}

void send_fd(int socket, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .bytes = "" };
	struct iovec data = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control.bytes, .msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(socket, &message, 0) < 0)
		bail("sendmsg: %s", strerror(errno));
}

int receive_fd(int socket)
{
	char control[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (!header)
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

void gate_init(struct gate *gate)
{
	if (pipe2(gate->fds, O_CLOEXEC))
		bail("pipe: %s", strerror(errno));
}

/* Waits for the end of the file: it comes when the last writer has closed. */
void gate_wait(struct gate *gate)
{
	char byte;

	close(gate->fds[1]);
	while (read(gate->fds[0], &byte, 1) < 0 && errno == EINTR)
		;
	close(gate->fds[0]);
}

void gate_open(struct gate *gate)
{
	close(gate->fds[1]);
	close(gate->fds[0]);
}
