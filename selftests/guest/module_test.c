// SPDX-License-Identifier: GPL-2.0
/*
 * What holds the module, and what does not: fds of the device, of partitions alive
 * and dead, of their cgroups, and open files of /proc. load_test.sh has the rest.
 */
#define _GNU_SOURCE
#include "case.h"
#include "module.h"

#include <fcntl.h>
#include <unistd.h>

/* Unload with nothing open, load again, and go on with a new device. */
static void reload(void)
{
	close(dev);
	if (!KTAP_EXPECT(module_unloads()))
		ktap_diag("  something still holds the module");
	KTAP_EXPECT(!exists(PROC));
	KTAP_EXPECT(!exists(TOP));
	KTAP_EXPECT(!exists(BULKHEAD_DEVICE));
	if (exists(PROC) || !KTAP_EXPECT_EQ(module_load(), 0))
		bail("cannot load the module again");
	dev = open_device(O_RDWR);
}

static void device_fd(void)
{
	KTAP_EXPECT_EQ(module_unload(), EAGAIN);
	KTAP_EXPECT_EQ(capacity().partitions, 0);
	reload();
}

/* A partition, with and without open fds, and then an fd without its partition. */
static void partition_fds(void)
{
	int fd = make("a");

	close(dev);
	KTAP_EXPECT_EQ(module_unload(), EAGAIN);
	dev = open_device(O_RDWR);
	close(fd);
	close(dev);
	KTAP_EXPECT_EQ(module_unload(), EAGAIN);
	dev = open_device(O_RDWR);
	fd = open_partition("a", BULKHEAD_OPEN_WRITE);
	KTAP_EXPECT_EQ(destroy(fd, 0), 0);
	close(dev);
	KTAP_EXPECT_EQ(module_unload(), EAGAIN);
	KTAP_EXPECT_EQ(get(fd).state, BULKHEAD_STATE_DEAD);
	close(fd);
	dev = open_device(O_RDWR);
	reload();
}

/* The fd of a cgroup directory is the kernel's: it outlives the module. */
static void cgroup_fds(void)
{
	int fd = make("a"), cgroup = cgroup_fd(fd);

	KTAP_EXPECT_EQ(finish(fd), 0);
	reload();
	KTAP_EXPECT_EQ(fork_into(cgroup), -1);
	close(cgroup);
}

/* Open files of /proc do not hold it: they end. */
static void proc_files(void)
{
	static const char * const files[] = {
		PROC "/partitions", PROC "/tasks", PROC "/capacity",
	};
	int fds[ARRAY_SIZE(files)];
	char buffer[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		fds[i] = open(files[i], O_RDONLY | O_CLOEXEC);
		KTAP_EXPECT_EQ(read(fds[i], buffer, 10), 10);
	}
	reload();
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		KTAP_EXPECT_LE(read(fds[i], buffer, 10), 0);
		close(fds[i]);
	}
}

/* KILL_ON_CLOSE leaves its work to a thread of the module: it is waited for. */
static void kill_on_close(void)
{
	struct bulkhead_create arg = create_arg("a");

	arg.flags = BULKHEAD_CREATE_KILL_ON_CLOSE;
	KTAP_EXPECT_EQ(create(&arg), 0);
	close(arg.fd);
	reload();
}

/* Ids begin anew with the module, and so does the CPU time of the host's row. */
static void fresh_start(void)
{
	int fd = make("a");

	KTAP_EXPECT_GT(get(fd).id, 0);
	finish(fd);
	reload();
	KTAP_EXPECT_EQ(capacity().partitions, 0);
	fd = make("a");
	KTAP_EXPECT_EQ(get(fd).id, 1);
	finish(fd);
}

static const struct test_case cases[] = {
	{ device_fd, "an open device holds it" },
	{ partition_fds, "partitions hold it, and their fds" },
	{ cgroup_fds, "cgroup fds do not" },
	{ proc_files, "files of /proc do not" },
	{ kill_on_close, "a partition that is just going" },
	{ fresh_start, "a fresh start" },
};

TEST_MAIN(cases)
