// SPDX-License-Identifier: GPL-2.0
/*
 * The rules that all calls share: one thing wrong at a time.
 *
 * Each case goes over every call of the ABI with an argument that is valid but
 * for the one thing, and with outputs that hold poison where the header allows
 * it. abi_order_test has two things wrong at a time.
 */
#include "calls.h"
#include "case.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	4096U
#define FOR_EACH_CALL(info) \
	for (info = calls; info < calls + call_count; info++)

/* Room for an argument of more than a page, which ends where memory ends. */
static char *arena;
static char *arena_end;

__attribute__((constructor))
static void arena_init(void)
{
	arena = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED)
		bail("mmap: %s", strerror(errno));
	arena_end = arena + 3 * PAGE;
	munmap(arena_end, PAGE);
}

static bool expect_call(const struct call_info *info, int got, int expected,
			const char *what, unsigned long detail)
{
	if (KTAP_EXPECT_EQ(got, expected))
		return true;
	ktap_diag("  which was %s, %s (%lu)", info->name, what, detail);
	return false;
}

/* The layout is the contract: any change of these numbers breaks a program. */
static void struct_sizes(void)
{
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_settings), 96);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_admission), 48);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_version), 40);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_capacity), 96);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_create), 296);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_open), 88);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_list_entry), 72);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_list), 2320);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_get), 184);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_set), 224);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_stats), 64);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_attach), 16);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_cgroup), 8);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_kill), 16);
	KTAP_EXPECT_EQ(sizeof(struct bulkhead_destroy), 8);
	KTAP_EXPECT_EQ(BULKHEAD_CREATE, 0xc128b702);
	KTAP_EXPECT_EQ(BULKHEAD_DESTROY, 0xc008b716);
}

/*
 * A command of the other kind of fd, the numbers between and behind, and those of
 * other drivers: ENOTTY, whatever the argument.
 */
static void unknown_commands(void)
{
	const struct call_info *info;
	struct fixture fixture;
	unsigned int nr;

	fixture_begin(&fixture);
	FOR_EACH_CALL(info) {
		fill_call(info, arena, &fixture);
		expect_call(info, call(info->device ? fixture.partition : dev,
				       info->cmd, arena), ENOTTY, "wrong fd", 0);
	}
	for (nr = 0; nr < 256; nr++) {
		unsigned long cmd = _IOC(_IOC_READ | _IOC_WRITE, BULKHEAD_IOCTL, nr, 8);

		poison(arena, PAGE);
		if (nr > 0x04)
			KTAP_EXPECT_EQ(call(dev, cmd, arena), ENOTTY);
		if (nr < 0x10 || nr > 0x16)
			KTAP_EXPECT_EQ(call(fixture.partition, cmd, arena), ENOTTY);
	}
	KTAP_EXPECT_EQ(call(dev, TCGETS, arena), ENOTTY);
	KTAP_EXPECT_EQ(call(fixture.partition, TCGETS, arena), ENOTTY);
	KTAP_EXPECT_EQ(call(dev, BULKHEAD_VERSION ^ 0x0100, arena), ENOTTY);
	fixture_end(&fixture);
}

/* The size in the command does not count: 0, one byte less, 8191 all work. */
static void command_size_ignored(void)
{
	static const unsigned int sizes[] = { 0, 1, 39, 41, 8191 };
	struct bulkhead_version version;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		poison(&version, sizeof(version));
		version.size = sizeof(version);
		KTAP_EXPECT_EQ(call(dev, _IOC(_IOC_READ | _IOC_WRITE, BULKHEAD_IOCTL, 0,
					      sizes[i]), &version), 0);
		KTAP_EXPECT_EQ(version.abi, BULKHEAD_ABI_VERSION);
	}
}

/* Sizes: 0 .. size-1 are too small, size .. page are taken, above is too big. */
static void wrong_sizes(void)
{
	static const __u32 big[] = { PAGE + 1, PAGE + 8, 2 * PAGE, 1U << 31, ~0U };
	const struct call_info *info;
	struct fixture fixture;
	__u32 size;
	size_t i;

	fixture_begin(&fixture);
	FOR_EACH_CALL(info) {
		int fd = fd_of(info, &fixture);

		memset(arena, 0, 3 * PAGE);
		fill_call(info, arena, &fixture);
		for (size = 0; size < info->size; size++) {
			*(__u32 *)arena = size;
			if (!expect_call(info, call(fd, info->cmd, arena), EINVAL,
					 "size", size))
				break;
		}
		for (i = 0; i < ARRAY_SIZE(big); i++) {
			*(__u32 *)arena = big[i];
			expect_call(info, call(fd, info->cmd, arena), E2BIG, "size", big[i]);
		}
	}
	fixture_end(&fixture);
}

/* One try of a longer struct; everything is as new afterwards. */
static void try_tail(const struct call_info *info, __u32 size, int dirty, int expected)
{
	struct fixture fixture;
	int error;

	fixture_begin(&fixture);
	memset(arena, 0, 3 * PAGE);
	fill_call(info, arena, &fixture);
	*(__u32 *)arena = size;
	if (dirty >= 0)
		arena[dirty] = 1;
	error = call(fd_of(info, &fixture), info->cmd, arena);
	expect_call(info, error, expected, dirty < 0 ? "clean tail" : "dirty byte",
		    dirty < 0 ? size : (unsigned int)dirty);
	if (!error) {
		KTAP_EXPECT_EQ(*(__u32 *)arena, size);
		if (info->undo)
			info->undo(arena);
	}
	fixture_end(&fixture);
}

/* A newer caller: what this module does not know is fine as long as it is 0. */
static void tails(void)
{
	const struct call_info *info;

	FOR_EACH_CALL(info) {
		try_tail(info, info->size, -1, 0);
		try_tail(info, info->size + 1, -1, 0);
		try_tail(info, info->size + 8, -1, 0);
		try_tail(info, PAGE, -1, 0);
		try_tail(info, info->size + 1, info->size, E2BIG);
		try_tail(info, info->size + 8, info->size + 7, E2BIG);
		try_tail(info, PAGE, PAGE - 1, E2BIG);
		/* What is behind the size that was told is not looked at. */
		try_tail(info, info->size, info->size, 0);
	}
}

/*
 * Pointers: NULL, the kernel's, one whose size lies on the edge of the memory,
 * one whose size can be read but the rest cannot.
 */
static void bad_pointers(void)
{
	const struct call_info *info;
	struct fixture fixture;

	fixture_begin(&fixture);
	FOR_EACH_CALL(info) {
		int fd = fd_of(info, &fixture);
		char *last;
		unsigned int have;

		expect_call(info, call(fd, info->cmd, NULL), EFAULT, "NULL", 0);
		expect_call(info, call(fd, info->cmd, (void *)0xffff888000000000UL),
			    EFAULT, "kernel address", 0);
		expect_call(info, call(fd, info->cmd, (void *)~7UL), EFAULT, "top", 0);
		for (have = 0; have < info->size; have += have < 8 ? 1 : 4) {
			last = arena_end - have;
			fill_call(info, arena, &fixture);
			memcpy(last, arena, have);
			expect_call(info, call(fd, info->cmd, last), EFAULT,
				    "readable bytes", have);
		}
		/* A whole argument, and a zero tail of which a part is missing. */
		last = arena_end - info->size;
		fill_call(info, last, &fixture);
		*(__u32 *)last = info->size + 1;
		expect_call(info, call(fd, info->cmd, last), EFAULT, "tail", 1);
	}
	fixture_end(&fixture);
}

/* Each of the bits that is no flag. */
static void unknown_flags(void)
{
	const struct call_info *info;
	struct fixture fixture;
	int bit;

	fixture_begin(&fixture);
	FOR_EACH_CALL(info) {
		for (bit = 0; info->flags >= 0 && bit < 32; bit++) {
			if (info->known_flags & (1U << bit))
				continue;
			fill_call(info, arena, &fixture);
			*(__u32 *)(arena + info->flags) |= 1U << bit;
			expect_call(info, call(fd_of(info, &fixture), info->cmd, arena),
				    EINVAL, "flag bit", bit);
		}
	}
	fixture_end(&fixture);
}

/* Each byte that must be 0, one at a time: padding and future outputs. */
static void dirty_fields(void)
{
	const struct call_info *info;
	struct fixture fixture;
	unsigned int i, at;

	fixture_begin(&fixture);
	FOR_EACH_CALL(info) {
		for (i = 0; i < MAX_ZERO_FIELDS; i++) {
			const struct zero_field *field = &info->zero[i];

			for (at = field->offset; at < field->offset + field->size; at++) {
				fill_call(info, arena, &fixture);
				arena[at] = (char)0x80;
				if (!expect_call(info, call(fd_of(info, &fixture),
							    info->cmd, arena),
						 EINVAL, "byte", at))
					break;
			}
		}
	}
	fixture_end(&fixture);
}

/* Read-only fds: queries work, dry runs included; all that changes is EBADF. */
static void read_only_fds(void)
{
	const struct call_info *info;
	struct fixture fixture;
	int device = open_device(O_RDONLY);
	int partition, error;

	fixture_begin(&fixture);
	partition = open_partition(TARGET, 0);
	KTAP_EXPECT_GE(partition, 0);
	FOR_EACH_CALL(info) {
		fill_call(info, arena, &fixture);
		error = call(info->device ? device : partition, info->cmd, arena);
		expect_call(info, error, info->changes ? EBADF : 0, "read-only", 0);
		if (!error && info->undo)
			info->undo(arena);
	}
	KTAP_EXPECT_EQ(capacity().partitions, 1);
	KTAP_EXPECT_EQ(get(partition).settings.task_limit, BULKHEAD_UNLIMITED);
	close(device);
	close(partition);
	fixture_end(&fixture);
}

/* After destroy: ENODEV from all but GET and STATS. */
static void destroyed_partition(void)
{
	const struct call_info *info;
	struct fixture fixture;

	fixture_begin(&fixture);
	KTAP_EXPECT_EQ(destroy(fixture.partition, 0), 0);
	FOR_EACH_CALL(info) {
		if (info->device)
			continue;
		fill_call(info, arena, &fixture);
		expect_call(info, call(fixture.partition, info->cmd, arena),
			    info->outlives ? 0 : ENODEV, "destroyed", 0);
	}
	fixture_end(&fixture);
}

/*
 * The answer cannot be written (the argument lies in read-only memory): EFAULT.
 * A create or an open is undone, without a trace and without an fd; any other
 * change stands.
 */
static void answer_unwritable(void)
{
	const struct call_info *info;
	struct fixture fixture;
	int lowest = dup(0);
	char *before;

	close(lowest);
	FOR_EACH_CALL(info) {
		fixture_begin(&fixture);
		fill_call(info, arena, &fixture);
		mprotect(arena, PAGE, PROT_READ);
		before = world(fixture.partition);
		/* These two have no answer, and may do without writing one. */
		if (info->cmd == BULKHEAD_ATTACH || info->cmd == BULKHEAD_DESTROY)
			call(fd_of(info, &fixture), info->cmd, arena);
		else
			expect_call(info, call(fd_of(info, &fixture), info->cmd, arena),
				    EFAULT, "read-only memory", 0);
		mprotect(arena, PAGE, PROT_READ | PROT_WRITE);
		if (info->device)
			KTAP_EXPECT(same_world(before, world(fixture.partition)));
		else
			free(before);
		if (info->cmd == BULKHEAD_SET && info->changes)
			KTAP_EXPECT_EQ(get(fixture.partition).settings.task_limit, 100);
		fixture_end(&fixture);
		KTAP_EXPECT_EQ(dup(0), lowest);
		close(lowest);
	}
}

static const struct test_case cases[] = {
	{ struct_sizes, "structs and commands have their sizes" },
	{ unknown_commands, "unknown commands are ENOTTY" },
	{ command_size_ignored, "the size in the command is ignored" },
	{ wrong_sizes, "too small is EINVAL, above a page is E2BIG" },
	{ tails, "a tail of zeros is fine, any other is E2BIG" },
	{ bad_pointers, "unreadable arguments are EFAULT" },
	{ unknown_flags, "unknown flags are EINVAL" },
	{ dirty_fields, "padding and outputs that are not 0 are EINVAL" },
	{ read_only_fds, "changes need a writable fd" },
	{ destroyed_partition, "a destroyed partition is ENODEV" },
	{ answer_unwritable, "an answer that cannot be written is EFAULT" },
};

TEST_MAIN(cases)
