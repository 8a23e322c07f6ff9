// SPDX-License-Identifier: GPL-2.0
/*
 * The mode "reserve" on a machine with two nodes.
 */
#define _GNU_SOURCE
#include "case.h"
#include "hog.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GUARANTEE	(96 * MIB)

static __u64 node_free(int node)
{
	char path[64], text[4096], *at;

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo", node);
	if (read_file(path, text, sizeof(text)) < 0)
		bail("there is no node %d", node);
	at = strstr(text, "MemFree:");
	return at ? strtoull(at + strlen("MemFree:"), NULL, 10) << 10 : 0;
}

/* Take from node 1 and from no other. */
static int allocate_there(void *arg)
{
	unsigned long nodes = 1UL << 1;

	if (syscall(SYS_set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof(nodes)))
		return errno;
	area_touch(area_map(*(size_t *)arg));
	return 0;
}

static int allocate(void *arg)
{
	area_touch(area_map(*(size_t *)arg));
	return 0;
}

/* As much of each node as the other has to spare. */
static void from_both(void)
{
	__u64 free[2] = { node_free(0), node_free(1) };
	__u64 difference = free[0] > free[1] ? free[0] - free[1] : free[1] - free[0];
	int fd = reserve_make("a", GUARANTEE);

	KTAP_EXPECT_GE(free[0] + difference, node_free(0) + GUARANTEE / 2 - 8 * MIB);
	KTAP_EXPECT_GE(free[1] + difference, node_free(1) + GUARANTEE / 2 - 8 * MIB);
	KTAP_EXPECT_LE(node_free(0), free[0]);
	KTAP_EXPECT_LE(node_free(1), free[1]);
	finish(fd);
}

static void taken_from_both(void)
{
	__u64 kills = vmstat("oom_kill");
	int fd = reserve_make("a", GUARANTEE);
	struct actor owner = actor_start(fd, allocate, GUARANTEE - 8 * MIB);
	pid_t hog = hog_start(8 * MIB);

	KTAP_EXPECT_EQ(actor_run(&owner), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_EQ(task_state(hog), 'T');
	kill_and_reap(hog);
	finish(fd);
}

/* Who is bound to a node has what is held there. */
static void bound(void)
{
	__u64 kills = vmstat("oom_kill"), before = node_free(1), there;
	int fd = reserve_make("a", GUARANTEE);
	struct actor owner;
	pid_t hog;

	there = before - node_free(1);
	KTAP_EXPECT_GE(there, 24 * MIB);
	owner = actor_start(fd, allocate_there, there - 8 * MIB);
	hog = hog_start(8 * MIB);
	KTAP_EXPECT_EQ(actor_run(&owner), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_EQ(task_state(hog), 'T');
	kill_and_reap(hog);
	finish(fd);
}

/* And no more than that: it ends, one way or the other. */
static void bound_to_too_little(void)
{
	int fd = reserve_make("a", GUARANTEE);
	struct actor owner = actor_start(fd, allocate_there, GUARANTEE - 8 * MIB);
	pid_t hog = hog_start(8 * MIB);

	actor_begin(&owner);
	KTAP_EXPECT(EVENTUALLY(task_state(owner.pid) == 'Z' || task_state(hog) == 'Z'));
	kill_and_reap(hog);
	kill_and_reap(owner.pid);
	finish(fd);
	KTAP_EXPECT_EQ(capacity().memory_held, 0);
}

static const struct test_case cases[] = {
	{ from_both, "what is held is of both nodes" },
	{ taken_from_both, "all memory is taken: the owner has what is held on both" },
	{ bound, "who is bound to a node has what is held there" },
	{ bound_to_too_little, "who is bound to a node and wants more does not hang" },
};

int main(int argc, char **argv)
{
	int ret;

	hog_begin();
	ret = run_cases(cases, ARRAY_SIZE(cases), argc, argv);
	hog_end();
	return ret;
}
