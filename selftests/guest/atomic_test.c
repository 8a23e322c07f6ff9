// SPDX-License-Identifier: GPL-2.0
/*
 * All or nothing: a change or a create that fails at any of its steps leaves the
 * world as it was: settings, every cgroup file, the ledger, /proc.
 *
 * The steps are made to fail by the module's fault point, which is there when it
 * was built with -DBULKHEAD_FAULTS; one failure comes about without.
 */
#include "case.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define FAIL_WRITE	"/sys/module/bulkhead/parameters/fail_write"
#define MOST_WRITES	200

static const struct bulkhead_settings old_settings = {
	.cpu_guarantee = 300000, .cpu_limit = 1200000, .cpu_share = 150,
	.memory_guarantee = 8 * MIB, .memory_limit = 200 * MIB,
	.swap_limit = 4 * MIB, .task_limit = 60,
	.memory_mode = BULKHEAD_MEMORY_LEND, .memory_soft_limit = 150 * MIB,
	.memory_soft_time = 3000000000, .memory_soft_action = BULKHEAD_SOFT_ENFORCE,
	.oom_group = 0,
};

/* Every one differs from the old. */
static const struct bulkhead_settings new_settings = {
	.cpu_guarantee = 700000, .cpu_limit = 1700000, .cpu_share = 400,
	.memory_guarantee = 24 * MIB, .memory_limit = 100 * MIB,
	.swap_limit = 2 * MIB, .task_limit = 30,
	.memory_mode = BULKHEAD_MEMORY_RESERVE, .memory_soft_limit = 90 * MIB,
	.memory_soft_time = 7000000000, .memory_soft_action = BULKHEAD_SOFT_RELEASE,
	.oom_group = 1,
};

/* The guarantees fall where the others rise: other orders of the same steps. */
static const struct bulkhead_settings reverse_settings = {
	.cpu_guarantee = 0, .cpu_limit = BULKHEAD_UNLIMITED, .cpu_share = 1,
	.memory_guarantee = 0, .memory_limit = BULKHEAD_UNLIMITED,
	.swap_limit = BULKHEAD_UNLIMITED, .task_limit = BULKHEAD_UNLIMITED,
	.memory_mode = BULKHEAD_MEMORY_RESERVE, .memory_soft_limit = BULKHEAD_UNLIMITED,
	.memory_soft_time = BULKHEAD_UNLIMITED,
	.memory_soft_action = BULKHEAD_SOFT_RELEASE, .oom_group = 1,
};

/* No file, or one that may be written later, by the one who keeps them in proportion. */
#define UNWRITTEN	(BULKHEAD_SET_CPU_SHARE | BULKHEAD_SET_CPU_GUARANTEE | \
			 BULKHEAD_SET_MEMORY_MODE | BULKHEAD_SET_MEMORY_SOFT_TIME | \
			 BULKHEAD_SET_MEMORY_SOFT_ACTION)

static bool faults_available(void)
{
	if (exists(FAIL_WRITE))
		return true;
	ktap_case_skip("the module is built without fault points");
	return false;
}

/* The n-th write of a cgroup file from now on fails; 0 for none. */
static void fail_write(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	if (write_file(FAIL_WRITE, text))
		bail("cannot write %s", FAIL_WRITE);
}

static struct bulkhead_set whole_change(const struct bulkhead_settings *to)
{
	struct bulkhead_set arg = set_arg(BULKHEAD_SET_ALL);

	arg.settings = *to;
	return arg;
}

/*
 * The weights of the others follow a change by and by, and a change that was undone, too;
 * the module takes a conflict for over after 200 ms. Wait until nothing moves any more.
 */
static char *world_at_rest(int fd)
{
	char *now = world(fd), *last;
	int tries = 250, same = 0;

	while (same < 15 && tries--) {
		last = now;
		sleep_ms(20);
		now = world(fd);
		same = strcmp(last, now) ? 0 : same + 1;
		free(last);
	}
	return now;
}

/*
 * Change everything with the 1st, 2nd, ... write failing, until a change gets
 * through because it has fewer. Each step must have been met.
 */
static void change_with_failures(const struct bulkhead_settings *to)
{
	struct bulkhead_settings neighbour = { .cpu_guarantee = 200000,
					       .memory_guarantee = 4 * MIB };
	int beside = make_with("beside", BULKHEAD_SET_CPU_GUARANTEE |
			       BULKHEAD_SET_MEMORY_GUARANTEE, &neighbour);
	int fd = make_with("a", BULKHEAD_SET_ALL, &old_settings);
	pid_t member = sleeper_in(fd);
	struct bulkhead_settings have;
	struct bulkhead_set arg;
	__u32 culprits = 0;
	int n, error = 0;

	sleep_ms(100);
	for (n = 1; n < MOST_WRITES; n++) {
		char *before = world_at_rest(fd);

		arg = whole_change(to);
		fail_write(n);
		error = set(fd, &arg);
		fail_write(0);
		if (!error) {
			free(before);
			break;
		}
		KTAP_EXPECT_EQ(error, EIO);
		culprits |= arg.culprit;
		if (!KTAP_EXPECT(same_world(before, world_at_rest(fd))))
			ktap_diag("  after write %d failed (culprit %#x)", n, arg.culprit);
	}
	ktap_diag("a change of all settings writes %d files", n - 1);
	KTAP_EXPECT_EQ(error, 0);
	KTAP_EXPECT_EQ(culprits & ~BULKHEAD_SET_ALL, 0);
	KTAP_EXPECT_EQ(culprits | UNWRITTEN, BULKHEAD_SET_ALL);
	have = get(fd).settings;
	KTAP_EXPECT(!memcmp(&have, to, sizeof(have)));
	kill_and_reap(member);
	KTAP_EXPECT_EQ(finish(fd), 0);
	KTAP_EXPECT_EQ(finish(beside), 0);
}

static void change_up(void)
{
	if (faults_available())
		change_with_failures(&new_settings);
}

static void change_down(void)
{
	if (faults_available())
		change_with_failures(&reverse_settings);
}

/* The same for create: no directory, no /proc entry, no charge, no fd, no id. */
static void create_with_failures(void)
{
	struct bulkhead_create arg;
	int beside, lowest, n, error = 0;

	if (!faults_available())
		return;
	beside = make("beside");
	lowest = dup(0);
	close(lowest);
	for (n = 1; n < MOST_WRITES; n++) {
		char *before = world_at_rest(beside);

		arg = create_arg("a");
		arg.mask = BULKHEAD_SET_ALL;
		arg.settings = new_settings;
		fail_write(n);
		error = create(&arg);
		fail_write(0);
		if (!error) {
			free(before);
			break;
		}
		KTAP_EXPECT_EQ(error, EIO);
		KTAP_EXPECT_EQ(open_partition("a", 0), -ENOENT);
		KTAP_EXPECT(!exists(TOP "/a"));
		KTAP_EXPECT(!exists(PROC "/a"));
		KTAP_EXPECT_EQ(dup(0), lowest);
		close(lowest);
		if (!KTAP_EXPECT(same_world(before, world_at_rest(beside))))
			ktap_diag("  after write %d failed (culprit %#x)", n, arg.culprit);
	}
	ktap_diag("a create with all settings writes %d files", n - 1);
	KTAP_EXPECT_EQ(error, 0);
	KTAP_EXPECT_GE(n - 1, 5);
	KTAP_EXPECT_EQ(finish(arg.fd), 0);
	finish(beside);
}

/* A failure while destroying must not keep the partition half alive. */
static void destroy_with_failures(void)
{
	struct bulkhead_capacity empty = capacity();
	int n, fd;

	if (!faults_available())
		return;
	for (n = 1; n <= 4; n++) {
		fd = make_with("a", BULKHEAD_SET_ALL, &new_settings);
		fail_write(n);
		destroy(fd, BULKHEAD_DESTROY_FORCE);
		fail_write(0);
		KTAP_EXPECT(EVENTUALLY(!exists(TOP "/a")));
		close(fd);
		KTAP_EXPECT_EQ(capacity().cpu_free, empty.cpu_free);
		KTAP_EXPECT_EQ(capacity().memory_free, empty.memory_free);
		KTAP_EXPECT_EQ(capacity().partitions, 0);
		KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 0);
	}
}

static int hold_memory(void)
{
	size_t size = 40 * MIB;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mlock(memory, size);
	memset(memory, 1, size);
	raise(SIGSTOP);
	return 0;
}

/*
 * Without any fault point: 40 MiB are in use and cannot be reclaimed, so that a
 * memory limit of 24 MiB fails together with changes that would have worked.
 */
static void natural_failure(void)
{
	int fd = make_with("a", BULKHEAD_SET_ALL, &old_settings);
	int cgroup = cgroup_fd(fd);
	pid_t member = fork_into(cgroup);
	struct bulkhead_set arg = whole_change(&new_settings);
	char *before;

	if (!member)
		_exit(hold_memory());
	KTAP_EXPECT(EVENTUALLY(task_state(member) == 'T'));
	before = world_at_rest(fd);
	arg.settings.memory_soft_limit = 24 * MIB;
	arg.settings.memory_limit = 24 * MIB;
	KTAP_EXPECT_EQ(set(fd, &arg), EBUSY);
	KTAP_EXPECT_EQ(arg.culprit, BULKHEAD_SET_MEMORY_LIMIT);
	KTAP_EXPECT(same_world(before, world_at_rest(fd)));
	KTAP_EXPECT_EQ(task_state(member), 'T');
	KTAP_EXPECT_EQ(knob_key("a", "memory.events", "oom_kill"), 0);

	/* With a limit that can be had the same change works as a whole. */
	arg = whole_change(&new_settings);
	KTAP_EXPECT_EQ(set(fd, &arg), 0);
	KTAP_EXPECT_EQ(get(fd).settings.task_limit, 30);
	KTAP_EXPECT_STREQ(knob("a", "cpu.max"), "17000 10000");
	KTAP_EXPECT_STREQ(knob("a", "memory.max"), "104857600");
	KTAP_EXPECT_STREQ(knob("a", "memory.high"), "94371840");
	KTAP_EXPECT_STREQ(knob("a", "memory.oom.group"), "1");
	KTAP_EXPECT_STREQ(knob("a", "pids.max"), "30");
	kill_and_reap(member);
	close(cgroup);
	finish(fd);
}

/* A refusal by the ledger, with changes that would have worked: likewise. */
static void refused_by_ledger(void)
{
	int fd = make_with("a", BULKHEAD_SET_ALL, &old_settings);
	struct bulkhead_set arg = whole_change(&new_settings);
	char *before = world_at_rest(fd);

	arg.settings.memory_guarantee = 1ULL << 50;
	arg.settings.memory_soft_limit = 1ULL << 51;
	arg.settings.memory_limit = 1ULL << 51;
	KTAP_EXPECT_EQ(set(fd, &arg), ENOSPC);
	KTAP_EXPECT_EQ(arg.refused, BULKHEAD_RESOURCE_MEMORY);
	KTAP_EXPECT(same_world(before, world_at_rest(fd)));
	finish(fd);
}

static const struct test_case cases[] = {
	{ natural_failure, "EBUSY of the memory limit undoes all other changes" },
	{ refused_by_ledger, "ENOSPC leaves all other changes undone" },
	{ change_up, "a change is undone whichever write fails" },
	{ change_down, "a change back to the defaults likewise" },
	{ create_with_failures, "a create leaves nothing whichever write fails" },
	{ destroy_with_failures, "a destroy gets through whichever write fails" },
};

TEST_MAIN(cases)
