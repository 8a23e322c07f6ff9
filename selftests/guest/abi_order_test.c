// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which the rules that all calls share are checked: every pair of
 * two things wrong at a time, in every call. The earlier one must be reported.
 */
#include "calls.h"
#include "case.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	4096U

/* In the order of the header. */
enum fault {
	COMMAND, NO_SIZE, TOO_SMALL, TOO_BIG, UNREADABLE, TAIL, RESERVED,
	READ_ONLY, OPENER, DEAD, OWN, FAULTS
};

static const struct {
	const char *name;
	int error;
} faults[FAULTS] = {
	[COMMAND]	= { "unknown command", ENOTTY },
	[NO_SIZE]	= { "unreadable size", EFAULT },
	[TOO_SMALL]	= { "size too small", EINVAL },
	[TOO_BIG]	= { "size above a page", E2BIG },
	[UNREADABLE]	= { "unreadable argument", EFAULT },
	[TAIL]		= { "bytes behind", E2BIG },
	[RESERVED]	= { "flag or padding", EINVAL },
	[READ_ONLY]	= { "read-only fd", EBADF },
	[OPENER]	= { "unprivileged opener", EPERM },
	[DEAD]		= { "destroyed", ENODEV },
	[OWN]		= { "error of its own", EINVAL },
};

/* The fds that a call can be made on: [read-only][unprivileged or dead]. */
static int devices[2][2], partitions[2][2];
static struct fixture fixture;
static char *arena, *arena_end;
static const struct call_info *info;

static void prepare(void)
{
	int dead;

	arena = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	arena_end = arena + 3 * PAGE;
	munmap(arena_end, PAGE);

	devices[0][0] = dev;
	devices[1][0] = open_device(O_RDONLY);
	devices[0][1] = nobodys_device(O_RDWR);
	devices[1][1] = nobodys_device(O_RDONLY);
	dead = make("dead");
	partitions[0][1] = dead;
	partitions[1][1] = open_partition("dead", 0);
	destroy(dead, 0);
}

/* An error that comes only after those of all calls; false if there is none. */
static bool own_error(char *arg)
{
	switch (info->cmd) {
	case BULKHEAD_CREATE:
		((struct bulkhead_create *)arg)->mask = ~0U;
		return true;
	case BULKHEAD_OPEN:
		((struct bulkhead_open *)arg)->id = 1;
		return true;
	case BULKHEAD_SET:
		((struct bulkhead_set *)arg)->mask = ~0U;
		return true;
	case BULKHEAD_ATTACH:
		((struct bulkhead_attach *)arg)->pid = -1;
		return true;
	case BULKHEAD_KILL:
		((struct bulkhead_kill *)arg)->signal = 65;
		return true;
	}
	return false;
}

static bool has_reserved(void)
{
	return info->flags >= 0 || info->zero[0].size;
}

static bool possible(enum fault fault)
{
	char scratch[PAGE];

	switch (fault) {
	case RESERVED:
		return has_reserved();
	case READ_ONLY:
		return info->changes;
	case OPENER:
		return info->changes && info->device;
	case DEAD:
		return !info->device && !info->outlives;
	case OWN:
		return own_error(scratch);
	default:
		return true;
	}
}

/* A size is one or the other; what cannot be read cannot be non-zero either. */
static bool compatible(enum fault a, enum fault b)
{
	return !(a == TOO_SMALL && b == TOO_BIG) && !(a == UNREADABLE && b == TAIL);
}

static int pick_fd(unsigned int set)
{
	bool read_only = set & 1 << READ_ONLY;

	if (info->device)
		return devices[read_only][!!(set & 1 << OPENER)];
	return partitions[read_only][!!(set & 1 << DEAD)];
}

static void add_reserved(char *arg)
{
	if (info->flags >= 0)
		*(__u32 *)(arg + info->flags) |= 1U << 31;
	else
		arg[info->zero[0].offset] = 1;
}

/* The call with a set of faults; returns its errno. */
static int attempt(unsigned int set)
{
	unsigned long cmd = info->cmd;
	char *arg = arena;
	int error;

	memset(arena, 0, 3 * PAGE);
	fill_call(info, arg, &fixture);
	if (set & 1 << OWN)
		own_error(arg);
	if (set & 1 << RESERVED)
		add_reserved(arg);
	if (set & 1 << TAIL) {
		*(__u32 *)arg = info->size + 8;
		arg[info->size + 7] = 1;
	}
	if (set & 1 << TOO_SMALL)
		*(__u32 *)arg = info->size - 1;
	if (set & 1 << TOO_BIG)
		*(__u32 *)arg = PAGE + 1;
	if (set & 1 << UNREADABLE)
		arg = memcpy(arena_end - sizeof(__u32), arg, sizeof(__u32));
	if (set & 1 << NO_SIZE)
		arg = arena_end;
	if (set & 1 << COMMAND)
		cmd |= 0x80;

	error = call(pick_fd(set), cmd, arg);
	if (!error && info->undo)
		info->undo(arg);
	return error;
}

static void expect_fault(unsigned int set, enum fault first, enum fault second)
{
	if (KTAP_EXPECT_EQ(attempt(set), faults[first].error))
		return;
	ktap_diag("  which was %s with: %s, %s", info->name, faults[first].name,
		  second == FAULTS ? "nothing else" : faults[second].name);
}

/* Each fault alone gives its error, each pair that of the earlier. */
static void all_pairs(void)
{
	enum fault a, b;

	fixture_begin(&fixture);
	partitions[0][0] = fixture.partition;
	partitions[1][0] = open_partition(TARGET, 0);
	for (a = 0; a < FAULTS; a++) {
		if (!possible(a))
			continue;
		expect_fault(1 << a, a, FAULTS);
		for (b = a + 1; b < FAULTS; b++)
			if (possible(b) && compatible(a, b))
				expect_fault(1 << a | 1 << b, a, b);
	}
	/* And, at the end, nothing wrong at all: so the base was valid. */
	KTAP_EXPECT_EQ(attempt(0), 0);
	close(partitions[1][0]);
	fixture_end(&fixture);
}

int main(void)
{
	guest_start();
	ktap_plan(call_count);
	prepare();
	for (info = calls; info < calls + call_count; info++)
		ktap_run(all_pairs, "%s reports the earlier of two errors", info->name);
	return ktap_exit();
}
