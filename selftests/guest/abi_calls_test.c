// SPDX-License-Identifier: GPL-2.0
/*
 * The errors of each call's own list, one at a time and in pairs that prove their
 * order. Where two neighbours of a list have the same errno, @culprit tells them
 * apart.
 */
#include "case.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTITIONS_MAX	"/sys/module/bulkhead/parameters/partitions_max"
#define HUGE_CPU	(1000000 * BULKHEAD_CPU)

/* The first bit that is in no BULKHEAD_SET_*. */
#define FIRST_UNKNOWN	12
_Static_assert(BULKHEAD_SET_ALL == (1U << FIRST_UNKNOWN) - 1, "a setting was added");

static const char * const malformed[] = {
	"", ".", "..", "-a", "_a", ".a", "a/b", "/", "a b", "a\n", "a\t", "a:b", "a*",
	"a\x7f", "a\xc3\xa4", "\xe4", "a%n", "~", "a,b", "a@b", "a\\",
};

static const char * const reserved[] = {
	"host", "capacity", "events", "history", "oom", "partitions", "self", "tasks",
};

static const char * const good[] = {
	"a", "0", "A", "Z9", "a.b", "a-", "a_", "a..b", "9.9", "free", "Host", "host1",
	"all", "init", "bulkhead", "1234567890",
};

/* The most that no new fd can be had: what is open stays usable. */
static void no_more_fds(struct rlimit *old)
{
	struct rlimit none;

	getrlimit(RLIMIT_NOFILE, old);
	none = *old;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
}

static void more_fds(const struct rlimit *old)
{
	setrlimit(RLIMIT_NOFILE, old);
}

/* A refused create: the errno, the culprit, and nothing left. */
static void expect_refused(struct bulkhead_create *arg, int error, __u32 culprit)
{
	char *before = world(-1);

	KTAP_EXPECT_EQ(create(arg), error);
	KTAP_EXPECT_EQ(arg->culprit, culprit);
	if (error != ENOSPC)
		KTAP_EXPECT_EQ(arg->refused, 0);
	KTAP_EXPECT(same_world(before, world(-1)));
}

static void create_names(void)
{
	struct bulkhead_create arg;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(malformed); i++) {
		arg = create_arg(malformed[i]);
		if (!KTAP_EXPECT_EQ(create(&arg), EINVAL))
			ktap_diag("  which was '%s'", malformed[i]);
	}
	for (i = 0; i < ARRAY_SIZE(reserved); i++) {
		arg = create_arg(reserved[i]);
		if (!KTAP_EXPECT_EQ(create(&arg), EINVAL))
			ktap_diag("  which was '%s'", reserved[i]);
	}
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		arg = create_arg(good[i]);
		if (!KTAP_EXPECT_EQ(create(&arg), 0))
			ktap_diag("  which was '%s'", good[i]);
		else
			KTAP_EXPECT_EQ(finish(arg.fd), 0);
	}
	/* 63 characters fit, 64 leave no room for the NUL. */
	arg = create_arg("");
	memset(arg.name, 'x', 63);
	KTAP_EXPECT_EQ(create(&arg), 0);
	finish(arg.fd);
	arg = create_arg("");
	memset(arg.name, 'x', 64);
	KTAP_EXPECT_EQ(create(&arg), EINVAL);

	/* What is behind the NUL is nobody's business, and is not kept. */
	arg = create_arg("nul");
	memset(arg.name + 4, 0xcc, sizeof(arg.name) - 4);
	KTAP_EXPECT_EQ(create(&arg), 0);
	fd = arg.fd;
	arg = create_arg("nul");
	KTAP_EXPECT(!memcmp(get(fd).name, arg.name, sizeof(arg.name)));
	finish(fd);
}

/* mask -> name -> setting; the culprit tells the last from the first two. */
static void create_inputs(void)
{
	struct bulkhead_create arg;
	int bit;

	for (bit = FIRST_UNKNOWN; bit < 32; bit++) {
		arg = create_arg("a");
		arg.mask = 1U << bit;
		expect_refused(&arg, EINVAL, 0);
	}
	arg = create_arg("a");
	arg.mask = BULKHEAD_SET_CPU_SHARE;
	expect_refused(&arg, EINVAL, BULKHEAD_SET_CPU_SHARE);
	arg = create_arg("a");
	arg.mask = BULKHEAD_SET_CPU_SHARE | 1U << FIRST_UNKNOWN;
	expect_refused(&arg, EINVAL, 0);
	arg = create_arg("a/b");
	arg.mask = BULKHEAD_SET_CPU_SHARE;
	expect_refused(&arg, EINVAL, 0);
}

/* name -> EMFILE -> setting, EEXIST, ENOSPC; then EEXIST -> ENOSPC. */
static void create_later(void)
{
	struct bulkhead_create arg;
	struct rlimit limit;
	int fd = make("taken");

	no_more_fds(&limit);
	arg = create_arg("a");
	KTAP_EXPECT_EQ(create(&arg), EMFILE);
	arg = create_arg("a");
	arg.mask = BULKHEAD_SET_CPU_SHARE;
	KTAP_EXPECT_EQ(create(&arg), EMFILE);
	KTAP_EXPECT_EQ(arg.culprit, 0);
	arg = create_arg("a/b");
	KTAP_EXPECT_EQ(create(&arg), EINVAL);
	arg = create_arg("taken");
	KTAP_EXPECT_EQ(create(&arg), EMFILE);
	arg = create_arg("a");
	arg.mask = BULKHEAD_SET_CPU_GUARANTEE;
	arg.settings.cpu_guarantee = HUGE_CPU;
	KTAP_EXPECT_EQ(create(&arg), EMFILE);
	more_fds(&limit);

	arg = create_arg("taken");
	arg.mask = BULKHEAD_SET_CPU_SHARE;
	expect_refused(&arg, EINVAL, BULKHEAD_SET_CPU_SHARE);
	arg = create_arg("taken");
	expect_refused(&arg, EEXIST, 0);
	arg = create_arg("taken");
	arg.mask = BULKHEAD_SET_CPU_GUARANTEE;
	arg.settings.cpu_guarantee = HUGE_CPU;
	expect_refused(&arg, EEXIST, 0);
	KTAP_EXPECT_EQ(arg.refused, 0);
	arg = create_arg("a");
	arg.mask = BULKHEAD_SET_CPU_GUARANTEE;
	arg.settings.cpu_guarantee = HUGE_CPU;
	expect_refused(&arg, ENOSPC, 0);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_CPU);
	/* Without the bit in the mask the value does not count. */
	arg = create_arg("a");
	arg.settings.cpu_guarantee = HUGE_CPU;
	KTAP_EXPECT_EQ(create(&arg), 0);
	finish(arg.fd);
	finish(fd);
}

/* EEXIST -> EUSERS -> ENOSPC, with room for one partition. */
static void create_users(void)
{
	struct bulkhead_create arg;
	char old[16] = "";
	int fd;

	if (read_file(PARTITIONS_MAX, old, sizeof(old)) <= 0 || write_file(PARTITIONS_MAX, "1")) {
		ktap_case_skip("partitions_max cannot be changed");
		return;
	}
	fd = make("taken");
	arg = create_arg("taken");
	expect_refused(&arg, EEXIST, 0);
	arg = create_arg("a");
	expect_refused(&arg, EUSERS, 0);
	arg = create_arg("a");
	arg.mask = BULKHEAD_SET_CPU_GUARANTEE;
	arg.settings.cpu_guarantee = HUGE_CPU;
	expect_refused(&arg, EUSERS, 0);
	arg = create_arg("a");
	/* A dry run decides about guarantees and does not look as far as that. */
	arg.flags = BULKHEAD_CREATE_DRY_RUN;
	KTAP_EXPECT_EQ(create(&arg), 0);
	KTAP_EXPECT_EQ(finish(fd), 0);
	arg = create_arg("a");
	KTAP_EXPECT_EQ(create(&arg), 0);
	finish(arg.fd);
	write_file(PARTITIONS_MAX, old);
}

/* Names of files in the top cgroup directory, the kernel's and an admin's. */
static void create_file_exists(void)
{
	static const char * const files[] = { "cgroup.procs", "cpu.max", "memory.min" };
	struct bulkhead_create arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		arg = create_arg(files[i]);
		expect_refused(&arg, EEXIST, 0);
	}
	if (KTAP_EXPECT_EQ(mkdir(TOP "/foreign", 0755), 0)) {
		arg = create_arg("foreign");
		expect_refused(&arg, EEXIST, 0);
		KTAP_EXPECT_EQ(rmdir(TOP "/foreign"), 0);
	}
}

/* A dry run finds the same errors, on a device that is only readable too. */
static void create_dry_run(void)
{
	int device = open_device(O_RDONLY);
	int fd = make("taken");
	struct bulkhead_create arg = create_arg("a");
	char *before = world(fd);

	arg.flags = BULKHEAD_CREATE_DRY_RUN;
	KTAP_EXPECT_EQ(call(device, BULKHEAD_CREATE, &arg), 0);
	KTAP_EXPECT_EQ(arg.fd, -1);
	KTAP_EXPECT_EQ(arg.id, 0);
	arg = create_arg("taken");
	arg.flags = BULKHEAD_CREATE_DRY_RUN;
	KTAP_EXPECT_EQ(call(device, BULKHEAD_CREATE, &arg), EEXIST);
	arg = create_arg("a/b");
	arg.flags = BULKHEAD_CREATE_DRY_RUN;
	KTAP_EXPECT_EQ(call(device, BULKHEAD_CREATE, &arg), EINVAL);
	arg = create_arg("a");
	arg.flags = BULKHEAD_CREATE_DRY_RUN;
	arg.mask = BULKHEAD_SET_CPU_GUARANTEE;
	arg.settings.cpu_guarantee = HUGE_CPU;
	KTAP_EXPECT_EQ(call(device, BULKHEAD_CREATE, &arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_CPU);
	KTAP_EXPECT(same_world(before, world(fd)));
	close(device);
	finish(fd);
}

static int try_open(const char *name, __u64 id, __u32 flags)
{
	struct bulkhead_open arg = open_arg(name, flags);
	int error;

	arg.id = id;
	error = call(dev, BULKHEAD_OPEN, &arg);
	if (!error)
		close(arg.fd);
	return error;
}

/* both, neither, malformed: EINVAL -> ENOENT -> EMFILE. */
static void open_errors(void)
{
	int fd = make("a");
	__u64 id = get(fd).id;
	struct bulkhead_open arg = open_arg("", 0);
	struct rlimit limit;
	size_t i;

	KTAP_EXPECT_EQ(try_open("a", 0, 0), 0);
	KTAP_EXPECT_EQ(try_open("", id, BULKHEAD_OPEN_WRITE), 0);
	KTAP_EXPECT_EQ(try_open("a", id, 0), EINVAL);
	KTAP_EXPECT_EQ(try_open("", 0, 0), EINVAL);
	for (i = 1; i < ARRAY_SIZE(malformed); i++)
		if (!KTAP_EXPECT_EQ(try_open(malformed[i], 0, 0), EINVAL))
			ktap_diag("  which was '%s'", malformed[i]);
	memset(arg.name, 'a', sizeof(arg.name));
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_OPEN, &arg), EINVAL);
	KTAP_EXPECT_EQ(try_open("b", 0, 0), ENOENT);
	KTAP_EXPECT_EQ(try_open("", id + 1, 0), ENOENT);
	KTAP_EXPECT_EQ(try_open("", id - 1, 0), id == 1 ? EINVAL : ENOENT);
	KTAP_EXPECT_EQ(try_open("", ~0ULL, 0), ENOENT);
	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		KTAP_EXPECT_EQ(try_open(reserved[i], 0, 0), EINVAL);

	no_more_fds(&limit);
	KTAP_EXPECT_EQ(try_open("a", 0, 0), EMFILE);
	KTAP_EXPECT_EQ(try_open("b", 0, 0), ENOENT);
	KTAP_EXPECT_EQ(try_open("a", id, 0), EINVAL);
	more_fds(&limit);
	KTAP_EXPECT_EQ(finish(fd), 0);
	KTAP_EXPECT_EQ(try_open("a", 0, 0), ENOENT);
	KTAP_EXPECT_EQ(try_open("", id, 0), ENOENT);
}

/* mask -> setting -> ENOSPC; EBUSY is in settings_test. */
static void set_errors(void)
{
	int fd = make("a");
	char *before = world(fd);
	struct bulkhead_set arg;
	int bit;

	for (bit = FIRST_UNKNOWN; bit < 32; bit++) {
		arg = set_arg(1U << bit | BULKHEAD_SET_CPU_SHARE);
		arg.settings.cpu_share = 0;
		KTAP_EXPECT_EQ(set(fd, &arg), EINVAL);
		KTAP_EXPECT_EQ(arg.culprit, 0);
	}
	arg = set_arg(BULKHEAD_SET_CPU_SHARE | BULKHEAD_SET_CPU_GUARANTEE);
	arg.settings.cpu_share = 0;
	arg.settings.cpu_guarantee = HUGE_CPU;
	KTAP_EXPECT_EQ(set(fd, &arg), EINVAL);
	KTAP_EXPECT_EQ(arg.culprit, BULKHEAD_SET_CPU_SHARE);
	KTAP_EXPECT_EQ(arg.refused, 0);
	arg.settings.cpu_share = 7;
	arg.culprit = 0;
	KTAP_EXPECT_EQ(set(fd, &arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.culprit, 0);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_CPU);
	/* Nothing to change is no error. */
	arg = set_arg(0);
	KTAP_EXPECT_EQ(set(fd, &arg), 0);
	KTAP_EXPECT(same_world(before, world(fd)));
	finish(fd);
}

/* negative -> ESRCH -> EINVAL (kernel thread) -> EAGAIN. */
static void attach_errors(void)
{
	int fd = make("a");
	pid_t member = sleeper_in(fd);
	pid_t other = sleeper();
	pid_t dead = sleeper();

	kill_and_reap(dead);
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 1), 0);
	KTAP_EXPECT_EQ(attach(fd, -1, 0), EINVAL);
	KTAP_EXPECT_EQ(attach(fd, -dead, 1), EINVAL);
	KTAP_EXPECT_EQ(attach(fd, 1 << 31, 0), EINVAL);
	KTAP_EXPECT_EQ(attach(fd, dead, 0), ESRCH);
	KTAP_EXPECT_EQ(attach(fd, 0x7fffffff, 0), ESRCH);
	KTAP_EXPECT_EQ(attach(fd, other, start_time(other) + 1), ESRCH);
	/* Init and kthreadd, and wrong about their start time as well. */
	KTAP_EXPECT_EQ(attach(fd, 1, 0), EINVAL);
	KTAP_EXPECT_EQ(attach(fd, 2, 0), EINVAL);
	KTAP_EXPECT_EQ(attach(fd, 2, 1ULL << 40), ESRCH);
	KTAP_EXPECT_EQ(attach(fd, 1, 1ULL << 40), ESRCH);
	KTAP_EXPECT_EQ(attach(fd, other, start_time(other)), EAGAIN);
	KTAP_EXPECT_STREQ(cgroup_of(other), "");
	KTAP_EXPECT_EQ(stats(fd).tasks, 1);
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_TASK_LIMIT, 2), 0);
	KTAP_EXPECT_EQ(attach(fd, other, start_time(other)), 0);
	KTAP_EXPECT_EQ(stats(fd).tasks, 2);
	kill_and_reap(member);
	kill_and_reap(other);
	finish(fd);
}

static void kill_destroy_errors(void)
{
	static const __u32 bad[] = { 0, 65, 66, 1U << 31, ~0U };
	int fd = make("a");
	pid_t member = sleeper_in(fd);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KTAP_EXPECT_EQ(kill_all(fd, bad[i], NULL), EINVAL);
	KTAP_EXPECT_EQ(destroy(fd, 0), EBUSY);
	KTAP_EXPECT_EQ(get(fd).state, BULKHEAD_STATE_ACTIVE);
	KTAP_EXPECT(in_partition(member, "a"));
	KTAP_EXPECT_EQ(try_open("a", 0, BULKHEAD_OPEN_WRITE), 0);
	kill_and_reap(member);
	KTAP_EXPECT(EVENTUALLY(!destroy(fd, 0)));
	close(fd);
}

static void cgroup_errors(void)
{
	int fd = make("a");
	struct bulkhead_cgroup arg = { .size = sizeof(arg) };
	struct rlimit limit;

	no_more_fds(&limit);
	KTAP_EXPECT_EQ(call(fd, BULKHEAD_CGROUP, &arg), EMFILE);
	more_fds(&limit);
	KTAP_EXPECT_EQ(call(fd, BULKHEAD_CGROUP, &arg), 0);
	close(arg.fd);
	finish(fd);
}

static const struct test_case cases[] = {
	{ create_names, "create: which names are valid" },
	{ create_inputs, "create: mask, then name, then settings" },
	{ create_later, "create: EMFILE, settings, EEXIST, ENOSPC" },
	{ create_users, "create: EEXIST, EUSERS, ENOSPC" },
	{ create_file_exists, "create: EEXIST for a file of the top cgroup" },
	{ create_dry_run, "create: a dry run finds the same and changes nothing" },
	{ open_errors, "open: EINVAL, ENOENT, EMFILE" },
	{ set_errors, "set: mask, then settings, then ENOSPC" },
	{ attach_errors, "attach: negative, ESRCH, kernel thread, EAGAIN" },
	{ kill_destroy_errors, "kill and destroy: bad signal, EBUSY" },
	{ cgroup_errors, "cgroup: EMFILE" },
};

TEST_MAIN(cases)
