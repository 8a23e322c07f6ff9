// SPDX-License-Identifier: GPL-2.0
/*
 * Who may do what: judged by who opened the device and how, never by who calls.
 * toctou_test has what happens to arguments that change under the call.
 */
#define _GNU_SOURCE
#include "case.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Let nobody write the node for a moment. */
static void node_mode(mode_t mode)
{
	if (chmod(BULKHEAD_DEVICE, mode))
		bail("chmod: %s", strerror(errno));
}

static void node(void)
{
	struct stat info;

	KTAP_EXPECT_EQ(stat(BULKHEAD_DEVICE, &info), 0);
	KTAP_EXPECT(S_ISCHR(info.st_mode));
	KTAP_EXPECT_EQ(info.st_mode & 07777, 0664);
	KTAP_EXPECT_EQ(info.st_uid, 0);
	KTAP_EXPECT_EQ(info.st_gid, 0);
}

#define CHECK(condition)						\
	do {								\
		if (!(condition)) {					\
			printf("# %s:%d: in a child: %s\n", __FILE__,	\
			       __LINE__, #condition);			\
			return 1;					\
		}							\
	} while (0)

/* What anybody may: read-only opens, queries, dry runs. */
static int query_as_nobody(void *arg)
{
	struct bulkhead_create dry = create_arg("b");
	struct bulkhead_create real = create_arg("b");
	char text[64];
	int fd;

	(void)arg;
	CHECK(open(BULKHEAD_DEVICE, O_RDWR) < 0 && errno == EACCES);
	CHECK(open(BULKHEAD_DEVICE, O_WRONLY) < 0 && errno == EACCES);
	dev = open_device(O_RDONLY);
	CHECK(capacity().partitions == 1);
	fd = open_partition("a", 0);
	CHECK(fd >= 0);
	CHECK(get(fd).state == BULKHEAD_STATE_ACTIVE);
	CHECK(stats(fd).tasks == 0);
	CHECK(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 7) == EBADF);
	CHECK(attach(fd, 0, 0) == EBADF);
	CHECK(kill_all(fd, SIGTERM, NULL) == EBADF);
	CHECK(destroy(fd, BULKHEAD_DESTROY_FORCE) == EBADF);
	CHECK(open_partition("a", BULKHEAD_OPEN_WRITE) == -EBADF);
	CHECK(create(&real) == EBADF);
	dry.flags = BULKHEAD_CREATE_DRY_RUN;
	CHECK(create(&dry) == 0);
	CHECK(read_file(PROC "/partitions", text, sizeof(text)) > 0);
	CHECK(read_file(PROC "/tasks", text, sizeof(text)) > 0);
	CHECK(read_file(PROC "/capacity", text, sizeof(text)) > 0);
	CHECK(read_file(PROC "/a/status", text, sizeof(text)) > 0);
	CHECK(read_file(PROC "/a/tasks", text, sizeof(text)) > 0);
	return 0;
}

static void unprivileged_queries(void)
{
	int fd = make("a");
	char *before = world(fd);

	KTAP_EXPECT_EQ(as_nobody(query_as_nobody, NULL), 0);
	KTAP_EXPECT(same_world(before, world(fd)));
	finish(fd);
}

/* With a device that is open for writing, but opened without the right: EPERM. */
static int change_as_nobody(void *arg)
{
	struct bulkhead_create new = create_arg("b");
	struct bulkhead_create dry = create_arg("b");

	(void)arg;
	dev = open_device(O_RDWR);
	CHECK(create(&new) == EPERM);
	CHECK(open_partition("a", BULKHEAD_OPEN_WRITE) == -EPERM);
	CHECK(open_partition("a", 0) >= 0);
	dry.flags = BULKHEAD_CREATE_DRY_RUN;
	CHECK(create(&dry) == 0);
	return 0;
}

static void unprivileged_opener(void)
{
	int fd = make("a");

	node_mode(0666);
	KTAP_EXPECT_EQ(as_nobody(change_as_nobody, NULL), 0);
	node_mode(0664);
	KTAP_EXPECT_EQ(capacity().partitions, 1);
	finish(fd);
}

/*
 * The confused deputy: nobody opens the device and hands it to root, who makes
 * the call. It is nobody's right that counts.
 */
static void confused_deputy(void)
{
	struct bulkhead_create new = create_arg("b");
	struct bulkhead_open arg = open_arg("a", BULKHEAD_OPEN_WRITE);
	int fd = make("a"), foreign = nobodys_device(O_RDWR);

	KTAP_EXPECT_EQ(geteuid(), 0);
	KTAP_EXPECT_EQ(call(foreign, BULKHEAD_CREATE, &new), EPERM);
	KTAP_EXPECT_EQ(call(foreign, BULKHEAD_OPEN, &arg), EPERM);
	arg.flags = 0;
	KTAP_EXPECT_EQ(call(foreign, BULKHEAD_OPEN, &arg), 0);
	KTAP_EXPECT_EQ(destroy(arg.fd, 0), EBADF);
	close(arg.fd);
	KTAP_EXPECT_EQ(capacity().partitions, 1);
	close(foreign);
	finish(fd);
}

/* The other way round: what root opened works in the hands of nobody. */
static int use_inherited(void *arg)
{
	int fd = *(int *)arg;
	struct bulkhead_create new = create_arg("b");

	CHECK(geteuid() == NOBODY);
	CHECK(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 7) == 0);
	CHECK(attach(fd, 0, 0) == 0);
	CHECK(in_partition(getpid(), "a"));
	CHECK(kill_all(fd, SIGCONT, NULL) == 0);
	CHECK(get(fd).settings.task_limit == 7);
	/* The device that root opened, too: its opener had the right. */
	CHECK(create(&new) == 0);
	CHECK(destroy(new.fd, 0) == 0);
	return 0;
}

static void delegation(void)
{
	int fd = make("a");

	KTAP_EXPECT_EQ(as_nobody(use_inherited, &fd), 0);
	KTAP_EXPECT_EQ(get(fd).settings.task_limit, 7);
	KTAP_EXPECT(EVENTUALLY(stats(fd).tasks == 0));
	KTAP_EXPECT_EQ(finish(fd), 0);
}

struct strangers {
	int fd;
	pid_t root_process;
};

/*
 * A partition fd that was passed on gives no right over other people's processes:
 * EINVAL (kernel thread) -> EPERM -> EAGAIN, and nobody's own can be moved.
 */
static int attach_strangers(void *arg)
{
	struct strangers *strangers = arg;
	pid_t own = sleeper();

	CHECK(attach(strangers->fd, strangers->root_process, 0) == EPERM);
	CHECK(attach(strangers->fd, 1, 0) == EINVAL);
	CHECK(attach(strangers->fd, 2, 0) == EINVAL);
	CHECK(attach(strangers->fd, 4194303, 0) == ESRCH);
	CHECK(attach(strangers->fd, own, 0) == 0);
	CHECK(set_one(strangers->fd, BULKHEAD_SET_TASK_LIMIT, 1) == 0);
	CHECK(attach(strangers->fd, strangers->root_process, 0) == EPERM);
	CHECK(attach(strangers->fd, 0, 0) == EAGAIN);
	kill_and_reap(own);
	return 0;
}

static void other_peoples_processes(void)
{
	struct strangers strangers = { make("a"), sleeper() };

	KTAP_EXPECT_EQ(as_nobody(attach_strangers, &strangers), 0);
	KTAP_EXPECT_STREQ(cgroup_of(strangers.root_process), "");
	kill_and_reap(strangers.root_process);
	finish(strangers.fd);
}

static int map_root(void)
{
	char text[64];

	snprintf(text, sizeof(text), "0 %d 1", NOBODY);
	if (write_file("/proc/self/setgroups", "deny"))
		return -1;
	return write_file("/proc/self/gid_map", text) || write_file("/proc/self/uid_map", text);
}

/* Root of a user namespace has all capabilities there and no right here. */
static int change_as_ns_root(void *arg)
{
	struct bulkhead_create new = create_arg("b");

	(void)arg;
	/* To write its own maps it must be dumpable again after the setuid. */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER))
		return 77;
	CHECK(map_root() == 0);
	CHECK(geteuid() == 0);
	dev = open_device(O_RDWR);
	CHECK(create(&new) == EPERM);
	CHECK(open_partition("a", BULKHEAD_OPEN_WRITE) == -EPERM);
	return 0;
}

static void namespace_root(void)
{
	int fd = make("a"), status;

	node_mode(0666);
	status = as_nobody(change_as_ns_root, NULL);
	node_mode(0664);
	if (status == 77)
		ktap_case_skip("no user namespaces for the unprivileged");
	else
		KTAP_EXPECT_EQ(status, 0);
	KTAP_EXPECT_EQ(capacity().partitions, 1);
	finish(fd);
}

/* Real root that has entered a user namespace, before it opened: refused as well. */
static int enter_and_open(void *arg)
{
	struct bulkhead_create new = create_arg("b");

	(void)arg;
	if (unshare(CLONE_NEWUSER))
		return 77;
	dev = open(BULKHEAD_DEVICE, O_RDWR | O_CLOEXEC);
	if (dev < 0)
		return errno == EACCES ? 0 : 1;
	CHECK(create(&new) == EPERM);
	return 0;
}

static void root_in_namespace(void)
{
	int status;

	node_mode(0666);
	status = reap(spawn(enter_and_open, NULL));
	node_mode(0664);
	if (status == 77)
		ktap_case_skip("no user namespaces");
	else
		KTAP_EXPECT_EQ(status, 0);
	KTAP_EXPECT_EQ(capacity().partitions, 0);
}

/* Root without CAP_SYS_ADMIN is nobody. */
static int without_capability(void *arg)
{
	struct {
		__u32 version, pid;
	} header = { 0x20080522, 0 };
	struct {
		__u32 effective, permitted, inheritable;
	} data[2] = { { ~(1U << 21), ~(1U << 21), 0 } };
	struct bulkhead_create new = create_arg("b");

	(void)arg;
	CHECK(syscall(SYS_capset, &header, data) == 0);
	dev = open_device(O_RDWR);
	CHECK(create(&new) == EPERM);
	return 0;
}

static void root_without_capability(void)
{
	KTAP_EXPECT_EQ(reap(spawn(without_capability, NULL)), 0);
	KTAP_EXPECT_EQ(capacity().partitions, 0);
}

/* All fds that the module hands out are close-on-exec, and of the right mode. */
static void fd_flags(void)
{
	int fd = make("a"), reader = open_partition("a", 0);
	int writer = open_partition("a", BULKHEAD_OPEN_WRITE), cgroup = cgroup_fd(fd);

	KTAP_EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	KTAP_EXPECT_EQ(fcntl(reader, F_GETFD), FD_CLOEXEC);
	KTAP_EXPECT_EQ(fcntl(writer, F_GETFD), FD_CLOEXEC);
	KTAP_EXPECT_EQ(fcntl(cgroup, F_GETFD), FD_CLOEXEC);
	KTAP_EXPECT_EQ(fcntl(reader, F_GETFL) & O_ACCMODE, O_RDONLY);
	KTAP_EXPECT_EQ(fcntl(writer, F_GETFL) & O_ACCMODE, O_RDWR);
	/* F_SETFL does not make a reader a writer. */
	fcntl(reader, F_SETFL, O_RDWR);
	KTAP_EXPECT_EQ(destroy(reader, 0), EBADF);
	close(reader);
	close(writer);
	close(cgroup);
	finish(fd);
}

/* A reader's fd cannot be opened again for writing through /proc. */
static int reopen(void *arg)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *(int *)arg);
	CHECK(open(path, O_RDWR) < 0);
	return 0;
}

static void reopening(void)
{
	int fd = make("a"), reader = open_partition("a", 0);

	KTAP_EXPECT_EQ(as_nobody(reopen, &reader), 0);
	KTAP_EXPECT_EQ(reap(spawn(reopen, &reader)), 0);
	close(reader);
	finish(fd);
}

/*
 * From the cgroup directory ".." leads to the root of the hierarchy: it may be read,
 * but nothing be written, made or removed, by root neither.
 */
static void cgroup_directory(void)
{
	static const char * const files[] = {
		"memory.max", "cgroup.procs", "../cgroup.subtree_control", "../../cgroup.procs",
	};
	int fd = make("a"), directory = cgroup_fd(fd), file;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		KTAP_EXPECT_EQ(openat(directory, files[i], O_WRONLY), -1);
		KTAP_EXPECT_EQ(errno, EROFS);
	}
	KTAP_EXPECT_EQ(mkdirat(directory, "nested", 0755), -1);
	KTAP_EXPECT_EQ(errno, EROFS);
	KTAP_EXPECT_EQ(unlinkat(directory, "../a", AT_REMOVEDIR), -1);
	KTAP_EXPECT_EQ(errno, EROFS);
	file = openat(directory, "memory.max", O_RDONLY);
	KTAP_EXPECT_GE(file, 0);
	close(file);
	close(directory);
	finish(fd);
}

static const struct test_case cases[] = {
	{ node, "the device node" },
	{ unprivileged_queries, "anybody may query, nobody may change" },
	{ unprivileged_opener, "a writable device without the right is EPERM" },
	{ confused_deputy, "root on an fd that nobody opened is EPERM" },
	{ delegation, "fds that root opened work for those who get them" },
	{ other_peoples_processes, "attach of other people's processes is EPERM" },
	{ namespace_root, "root of a user namespace is EPERM" },
	{ root_in_namespace, "root inside a user namespace is refused" },
	{ root_without_capability, "root without CAP_SYS_ADMIN is EPERM" },
	{ fd_flags, "fds are close-on-exec and keep their mode" },
	{ reopening, "a reader's fd cannot become a writer's" },
	{ cgroup_directory, "nothing can be written through the cgroup directory" },
};

TEST_MAIN(cases)
