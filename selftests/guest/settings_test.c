// SPDX-License-Identifier: GPL-2.0
/*
 * The settings: defaults, live changes and the cgroup files that they end
 * up in, rounding, ranges.
 */
#include "case.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define CPU_G	BULKHEAD_SET_CPU_GUARANTEE
#define CPU_L	BULKHEAD_SET_CPU_LIMIT
#define SHARE	BULKHEAD_SET_CPU_SHARE
#define MEM_G	BULKHEAD_SET_MEMORY_GUARANTEE
#define MEM_L	BULKHEAD_SET_MEMORY_LIMIT
#define SWAP	BULKHEAD_SET_SWAP_LIMIT
#define TASKS	BULKHEAD_SET_TASK_LIMIT
#define MODE	BULKHEAD_SET_MEMORY_MODE
#define SOFT	BULKHEAD_SET_MEMORY_SOFT_LIMIT
#define TIME	BULKHEAD_SET_MEMORY_SOFT_TIME
#define ACTION	BULKHEAD_SET_MEMORY_SOFT_ACTION
#define GROUP	BULKHEAD_SET_OOM_GROUP
#define MAX	BULKHEAD_UNLIMITED
#define PAGE	4096ULL

static const struct bulkhead_settings all_default = {
	.cpu_limit = MAX, .cpu_share = BULKHEAD_SHARE_DEFAULT,
	.memory_limit = MAX, .swap_limit = MAX, .task_limit = MAX,
	.memory_mode = BULKHEAD_MEMORY_LEND, .memory_soft_limit = MAX,
	.memory_soft_time = BULKHEAD_SOFT_TIME_DEFAULT,
	.memory_soft_action = BULKHEAD_SOFT_ENFORCE, .oom_group = 0,
};

static void expect_settings(int fd, const struct bulkhead_settings *want)
{
	struct bulkhead_settings have = get(fd).settings;

	KTAP_EXPECT_EQ(have.cpu_guarantee, want->cpu_guarantee);
	KTAP_EXPECT_EQ(have.cpu_limit, want->cpu_limit);
	KTAP_EXPECT_EQ(have.cpu_share, want->cpu_share);
	KTAP_EXPECT_EQ(have.memory_guarantee, want->memory_guarantee);
	KTAP_EXPECT_EQ(have.memory_limit, want->memory_limit);
	KTAP_EXPECT_EQ(have.swap_limit, want->swap_limit);
	KTAP_EXPECT_EQ(have.task_limit, want->task_limit);
	KTAP_EXPECT_EQ(have.memory_mode, want->memory_mode);
	KTAP_EXPECT_EQ(have.memory_soft_limit, want->memory_soft_limit);
	KTAP_EXPECT_EQ(have.memory_soft_time, want->memory_soft_time);
	KTAP_EXPECT_EQ(have.memory_soft_action, want->memory_soft_action);
	KTAP_EXPECT_EQ(have.oom_group, want->oom_group);
}

static void expect_default_files(const char *name)
{
	KTAP_EXPECT(!strncmp(knob(name, "cpu.max"), "max ", 4));
	KTAP_EXPECT_STREQ(knob(name, "memory.min"), "0");
	KTAP_EXPECT_STREQ(knob(name, "memory.max"), "max");
	KTAP_EXPECT_STREQ(knob(name, "memory.high"), "max");
	KTAP_EXPECT_STREQ(knob(name, "memory.oom.group"), "0");
	KTAP_EXPECT_STREQ(knob(name, "memory.swap.max"), "max");
	KTAP_EXPECT_STREQ(knob(name, "pids.max"), "max");
}

static void defaults(void)
{
	int fd = make("a");

	expect_settings(fd, &all_default);
	expect_default_files("a");
	KTAP_EXPECT_STREQ(top_knob("memory.min"), "0");
	finish(fd);
}

/*
 * A value, what GET tells of it, and what the file holds. CPU limits have a
 * period of 10 ms, as long as the quota is not below the kernel's 1 ms.
 */
static const struct {
	__u32 bit;
	__u64 value, kept;
	const char *file, *text;
} changes[] = {
	{ CPU_L, 1500000, 1500000, "cpu.max", "15000 10000" },
	{ CPU_L, 1000000, 1000000, "cpu.max", "10000 10000" },
	{ CPU_L, 333333, 333333, "cpu.max", "3333 10000" },
	{ CPU_L, 100000, 100000, "cpu.max", "1000 10000" },
	{ CPU_L, 50000, 50000, "cpu.max", "1000 20000" },
	{ CPU_L, 1000, 1000, "cpu.max", "1000 1000000" },
	{ CPU_L, 64000000, 64000000, "cpu.max", "640000 10000" },
	{ SHARE, 1, 1, NULL, NULL },
	{ SHARE, 10000, 10000, NULL, NULL },
	{ CPU_G, 1000, 1000, NULL, NULL },
	{ CPU_G, 900000, 900000, NULL, NULL },
	{ CPU_G, 0, 0, NULL, NULL },
	{ MEM_G, 10 * MIB, 10 * MIB, "memory.min", "10485760" },
	{ MEM_G, 10 * MIB + 1, 10 * MIB + PAGE, "memory.min", "10489856" },
	{ MEM_G, 1, PAGE, "memory.min", "4096" },
	{ MEM_G, 0, 0, "memory.min", "0" },
	{ MEM_L, 64 * MIB, 64 * MIB, "memory.max", "67108864" },
	{ MEM_L, 64 * MIB + 4095, 64 * MIB, "memory.max", "67108864" },
	{ MEM_L, 64 * MIB - 1, 64 * MIB - PAGE, "memory.max", "67104768" },
	{ SWAP, 5 * MIB, 5 * MIB, "memory.swap.max", "5242880" },
	{ SWAP, 4097, PAGE, "memory.swap.max", "4096" },
	{ SWAP, 1, 0, "memory.swap.max", "0" },
	{ SWAP, 0, 0, "memory.swap.max", "0" },
	{ TASKS, 1, 1, "pids.max", "1" },
	{ TASKS, 4194304, 4194304, "pids.max", "4194304" },
	{ MODE, BULKHEAD_MEMORY_RESERVE, BULKHEAD_MEMORY_RESERVE, NULL, NULL },
	{ SOFT, 64 * MIB, 64 * MIB, "memory.high", "67108864" },
	{ SOFT, 64 * MIB + 4095, 64 * MIB, "memory.high", "67108864" },
	{ TIME, 1000000, 1000000, NULL, NULL },
	{ TIME, MAX, MAX, NULL, NULL },
	{ ACTION, BULKHEAD_SOFT_RELEASE, BULKHEAD_SOFT_RELEASE, NULL, NULL },
	{ GROUP, 1, 1, "memory.oom.group", "1" },
};

/* Each change alone, on a partition in use; the other settings stay. */
static void live_changes(void)
{
	int fd = make("a");
	pid_t member = sleeper_in(fd);
	struct bulkhead_settings want;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		want = all_default;
		*setting(&want, changes[i].bit) = changes[i].kept;
		if (!KTAP_EXPECT_EQ(set_one(fd, changes[i].bit, changes[i].value), 0))
			ktap_diag("  which was change %zu", i);
		expect_settings(fd, &want);
		if (changes[i].file)
			KTAP_EXPECT_STREQ(knob("a", changes[i].file), changes[i].text);
		KTAP_EXPECT_EQ(set_one(fd, changes[i].bit,
				       *setting((void *)&all_default, changes[i].bit)), 0);
		expect_settings(fd, &all_default);
		expect_default_files("a");
	}
	KTAP_EXPECT(in_partition(member, "a"));
	KTAP_EXPECT_EQ(task_state(member), 'S');
	kill_and_reap(member);
	finish(fd);
}

/* All at once, at creation: the same files. And the extremes that are allowed. */
static void at_creation(void)
{
	struct bulkhead_settings want = {
		.cpu_guarantee = 500000, .cpu_limit = 1500000, .cpu_share = 200,
		.memory_guarantee = 16 * MIB, .memory_limit = 32 * MIB,
		.swap_limit = 8 * MIB, .task_limit = 50,
		.memory_mode = BULKHEAD_MEMORY_RESERVE, .memory_soft_limit = 24 * MIB,
		.memory_soft_time = 2000000000, .memory_soft_action = BULKHEAD_SOFT_RELEASE,
		.oom_group = 1,
	};
	int fd = make_with("a", BULKHEAD_SET_ALL, &want);

	expect_settings(fd, &want);
	KTAP_EXPECT_STREQ(knob("a", "cpu.max"), "15000 10000");
	KTAP_EXPECT_STREQ(knob("a", "memory.min"), "16777216");
	KTAP_EXPECT_STREQ(knob("a", "memory.max"), "33554432");
	KTAP_EXPECT_STREQ(knob("a", "memory.high"), "25165824");
	KTAP_EXPECT_STREQ(knob("a", "memory.oom.group"), "1");
	KTAP_EXPECT_STREQ(knob("a", "memory.swap.max"), "8388608");
	KTAP_EXPECT_STREQ(knob("a", "pids.max"), "50");
	finish(fd);

	want = all_default;
	want.cpu_limit = MAX - 1;
	want.memory_limit = MAX - 1;
	want.swap_limit = MAX - 1;
	fd = make_with("a", CPU_L | MEM_L | SWAP, &want);
	want.memory_limit = MAX - PAGE + 1;
	want.swap_limit = MAX - PAGE + 1;
	expect_settings(fd, &want);
	finish(fd);
}

/* memory.min of the top is the sum: 10 + 20, then 10 + 5, 10, 0 MiB. */
static void top_memory(void)
{
	struct bulkhead_settings want = { .memory_guarantee = 10 * MIB };
	int a = make_with("a", MEM_G, &want), b;

	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 10 * MIB);
	want.memory_guarantee = 20 * MIB;
	b = make_with("b", MEM_G, &want);
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 30 * MIB);
	KTAP_EXPECT_EQ(capacity().memory_guaranteed, 30 * MIB);
	KTAP_EXPECT_EQ(set_one(b, MEM_G, 5 * MIB), 0);
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 15 * MIB);
	finish(b);
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 10 * MIB);
	KTAP_EXPECT_EQ(knob_number("a", "memory.min"), 10 * MIB);
	finish(a);
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 0);
	KTAP_EXPECT_EQ(capacity().memory_guaranteed, 0);
}

/* Shares 100 and 300, no guarantees: weights 1 to 3. */
static void weights(void)
{
	struct bulkhead_settings want = { .cpu_share = 300 };
	int a = make("a"), b = make_with("b", SHARE, &want);

	KTAP_EXPECT(EVENTUALLY(knob_number("b", "cpu.weight") >=
			       2 * knob_number("a", "cpu.weight")));
	KTAP_EXPECT_LE(knob_number("b", "cpu.weight"),
		       4 * knob_number("a", "cpu.weight"));
	/* With a guarantee of most of the machine a is ahead of b. */
	KTAP_EXPECT_EQ(set_one(a, CPU_G, capacity().cpu_free), 0);
	KTAP_EXPECT(EVENTUALLY(knob_number("a", "cpu.weight") >
			       knob_number("b", "cpu.weight")));
	finish(a);
	finish(b);
}

/* Out of range: the setting and the value, on top of the defaults. */
static const struct {
	__u32 bit;
	__u64 value;
} wrong[] = {
	{ CPU_G, 1 }, { CPU_G, 999 },
	{ CPU_L, 0 }, { CPU_L, 999 },
	{ SHARE, 0 }, { SHARE, 10001 }, { SHARE, MAX },
	{ MEM_L, 0 }, { MEM_L, 1 }, { MEM_L, 4095 },
	{ TASKS, 0 }, { TASKS, 4194305 }, { TASKS, MAX - 1 },
	{ MODE, 2 }, { MODE, MAX },
	{ SOFT, 0 }, { SOFT, 4095 },
	{ TIME, 0 }, { TIME, 999999 },
	{ ACTION, 2 }, { GROUP, 2 },
};

static void out_of_range(void)
{
	int fd = make("a");
	char *before = world(fd);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct bulkhead_create new = create_arg("b");
		struct bulkhead_set arg = set_arg(wrong[i].bit);

		*setting(&arg.settings, wrong[i].bit) = wrong[i].value;
		KTAP_EXPECT_EQ(set(fd, &arg), EINVAL);
		KTAP_EXPECT_EQ(arg.culprit, wrong[i].bit);
		new.mask = wrong[i].bit;
		*setting(&new.settings, wrong[i].bit) = wrong[i].value;
		if (!KTAP_EXPECT_EQ(create(&new), EINVAL))
			finish(new.fd);
		KTAP_EXPECT_EQ(new.culprit, wrong[i].bit);
	}
	KTAP_EXPECT(same_world(before, world(fd)));
	finish(fd);
}

static void expect_culprit(int fd, __u32 mask, __u64 guarantee, __u64 limit,
			   __u32 culprit)
{
	struct bulkhead_set arg = set_arg(mask);

	if (mask & (CPU_G | CPU_L)) {
		arg.settings.cpu_guarantee = guarantee;
		arg.settings.cpu_limit = limit;
	} else {
		arg.settings.memory_guarantee = guarantee;
		arg.settings.memory_limit = limit;
	}
	KTAP_EXPECT_EQ(set(fd, &arg), EINVAL);
	KTAP_EXPECT_EQ(arg.culprit, culprit);
}

/*
 * The partition has guarantee 0.5 / 10 MiB and limit 1.0 / 20 MiB. The one that
 * is being changed is at fault; the limit, if both are. Equal is allowed.
 */
static void limit_below_guarantee(void)
{
	struct bulkhead_settings want = {
		.cpu_guarantee = 500000, .cpu_limit = 1000000,
		.memory_guarantee = 10 * MIB, .memory_limit = 20 * MIB,
	};
	int fd = make_with("a", CPU_G | CPU_L | MEM_G | MEM_L, &want);
	char *before = world(fd);

	expect_culprit(fd, CPU_L, 0, 499999, CPU_L);
	expect_culprit(fd, CPU_G, 1000001, 0, CPU_G);
	expect_culprit(fd, CPU_G | CPU_L, 600000, 599999, CPU_L);
	expect_culprit(fd, MEM_L, 0, 10 * MIB - 1, MEM_L);
	expect_culprit(fd, MEM_G, 20 * MIB + 1, 0, MEM_G);
	expect_culprit(fd, MEM_G | MEM_L, 10 * MIB, 9 * MIB, MEM_L);
	KTAP_EXPECT(same_world(before, world(fd)));
	KTAP_EXPECT_EQ(set_one(fd, CPU_L, 500000), 0);
	KTAP_EXPECT_EQ(set_one(fd, MEM_G, 20 * MIB), 0);
	KTAP_EXPECT_EQ(set_one(fd, MEM_L, 20 * MIB), 0);
	finish(fd);
}

/* Guarantee 10 MiB, soft limit 20 MiB, limit 30 MiB: it stays between the two. */
static void soft_limit_outside(void)
{
	struct bulkhead_settings want = {
		.memory_guarantee = 10 * MIB, .memory_soft_limit = 20 * MIB,
		.memory_limit = 30 * MIB,
	};
	int fd = make_with("a", MEM_G | MEM_L | SOFT, &want);
	static const struct {
		__u32 bit;
		__u64 value;
	} refused[] = {
		{ SOFT, 10 * MIB - 1 }, { SOFT, 30 * MIB + PAGE },
		{ MEM_G, 20 * MIB + 1 }, { MEM_L, 20 * MIB - 1 },
	};
	char *before = world(fd);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		struct bulkhead_set arg = set_arg(refused[i].bit);

		*setting(&arg.settings, refused[i].bit) = refused[i].value;
		KTAP_EXPECT_EQ(set(fd, &arg), EINVAL);
		KTAP_EXPECT_EQ(arg.culprit, refused[i].bit);
	}
	KTAP_EXPECT(same_world(before, world(fd)));
	KTAP_EXPECT_EQ(set_one(fd, SOFT, 10 * MIB), 0);
	KTAP_EXPECT_EQ(set_one(fd, SOFT, 30 * MIB), 0);
	KTAP_EXPECT_EQ(set_one(fd, SOFT, MAX), 0);
	KTAP_EXPECT_STREQ(knob("a", "memory.high"), "max");
	finish(fd);
}

/* Hold some memory that cannot be reclaimed (there is no swap, and it is locked). */
static int hold_memory(void *arg)
{
	size_t size = *(size_t *)arg;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	mlock(memory, size);
	memset(memory, 1, size);
	raise(SIGSTOP);
	return memory[size / 2] != 1;
}

/*
 * 40 MiB in use: a limit of 16 MiB is EBUSY and changes nothing, kills nobody;
 * 64 MiB is fine.
 */
static void limit_below_use(void)
{
	size_t size = 40 * MIB;
	int fd = make("a"), cgroup = cgroup_fd(fd);
	struct bulkhead_set arg = set_arg(MEM_L);
	pid_t member = fork_into(cgroup);
	char *before;

	if (!member)
		_exit(hold_memory(&size));
	KTAP_EXPECT(EVENTUALLY(task_state(member) == 'T'));
	KTAP_EXPECT_GE(stats(fd).memory, size);
	before = world(fd);
	arg.settings.memory_limit = 16 * MIB;
	KTAP_EXPECT_EQ(set(fd, &arg), EBUSY);
	KTAP_EXPECT_EQ(arg.culprit, MEM_L);
	KTAP_EXPECT(same_world(before, world(fd)));
	KTAP_EXPECT_EQ(task_state(member), 'T');
	KTAP_EXPECT_EQ(knob_key("a", "memory.events", "oom_kill"), 0);
	KTAP_EXPECT_EQ(set_one(fd, MEM_L, 64 * MIB), 0);
	KTAP_EXPECT_STREQ(knob("a", "memory.max"), "67108864");
	kill(member, SIGCONT);
	KTAP_EXPECT_EQ(reap(member), 0);
	close(cgroup);
	finish(fd);
}

/* pids.max is the kernel's to enforce: with 3 tasks the fourth fork fails. */
static int fork_three(void *arg)
{
	int i, failed = 0;

	(void)arg;
	for (i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (!pid)
			for (;;)
				pause();
		failed += pid < 0 && errno == EAGAIN;
	}
	return failed;
}

static void task_limit(void)
{
	int fd = make("a"), cgroup = cgroup_fd(fd);
	pid_t member;

	KTAP_EXPECT_EQ(set_one(fd, TASKS, 3), 0);
	member = fork_into(cgroup);
	if (!member)
		_exit(fork_three(NULL));
	KTAP_EXPECT_EQ(reap(member), 1);
	KTAP_EXPECT_EQ(stats(fd).tasks, 2);
	/* A limit below what is there is taken, and only keeps new ones out. */
	KTAP_EXPECT_EQ(set_one(fd, TASKS, 1), 0);
	KTAP_EXPECT_EQ(stats(fd).tasks, 2);
	close(cgroup);
	KTAP_EXPECT_EQ(finish(fd), 0);
}

static const struct test_case cases[] = {
	{ defaults, "defaults" },
	{ live_changes, "each setting changes live and reaches its file" },
	{ at_creation, "all settings at creation, and the largest values" },
	{ top_memory, "the top's memory.min is the sum" },
	{ weights, "weights follow shares and guarantees" },
	{ out_of_range, "values out of range name the culprit" },
	{ limit_below_guarantee, "a limit below its guarantee names the culprit" },
	{ soft_limit_outside, "a soft limit outside of guarantee and limit names the culprit" },
	{ limit_below_use, "a memory limit below the use is EBUSY, nobody dies" },
	{ task_limit, "the task limit holds" },
};

TEST_MAIN(cases)
