// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments that change while the call is reading them. A second thread flips one
 * field between two values; whatever the call then does must be right for one
 * reading of the argument, never for a mixture of a check and a later look.
 */
#include "case.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LASTS_MS	500

struct flip {
	volatile void *field;
	size_t size;
	__u64 values[2];
};

static atomic_bool flipping;

static void *flipper(void *arg)
{
	struct flip *flip = arg;
	unsigned int turn = 0;

	while (flipping) {
		__u64 value = flip->values[turn++ & 1];

		if (flip->size == 4)
			*(volatile __u32 *)flip->field = value;
		else if (flip->size == 8)
			*(volatile __u64 *)flip->field = value;
		else
			*(volatile char *)flip->field = value;
	}
	return NULL;
}

static union {
	__u32 size;
	struct bulkhead_create create;
	struct bulkhead_set set;
	char bytes[8192];
} shared;

/* Is everything that exists as it may be? */
static void expect_sane(void)
{
	struct bulkhead_list list = { .size = sizeof(list) };
	const char *c;
	__u32 i;

	do {
		KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
		for (i = 0; i < list.count; i++)
			for (c = list.entries[i].name; *c; c++)
				KTAP_EXPECT_NE(*c, '/');
	} while (list.count);
	KTAP_EXPECT(!exists(TOP "/a/b"));
}

/* Runs create against a flipping field; returns how often it worked. */
static int storm_create(struct flip *flip, const struct bulkhead_create *base,
			const int *allowed)
{
	__u64 until = now_ms() + LASTS_MS;
	pthread_t thread;
	int error, i, fd, worked = 0;

	flipping = true;
	pthread_create(&thread, NULL, flipper, flip);
	while (now_ms() < until) {
		shared.create = *base;
		error = call(dev, BULKHEAD_CREATE, &shared.create);
		for (i = 0; allowed[i] != error && allowed[i] >= 0; i++)
			;
		KTAP_EXPECT_EQ(allowed[i], error);
		expect_sane();
		if (error)
			continue;
		worked++;
		fd = shared.create.fd;
		/* The flipper may have hit the answer: ask the partition itself. */
		if (fd > 2 && !KTAP_EXPECT_EQ(finish(fd), 0))
			break;
		sweep();
	}
	flipping = false;
	pthread_join(thread, NULL);
	sweep();
	return worked;
}

/* All fds above the first few are closed; what is open now has leaked. */
static void expect_no_leak(const struct bulkhead_capacity *empty, int lowest)
{
	struct bulkhead_capacity now = capacity();
	int fd = dup(0);

	KTAP_EXPECT_EQ(fd, lowest);
	close(fd);
	KTAP_EXPECT(!memcmp(&now, empty, sizeof(now)));
	KTAP_EXPECT_EQ(knob_key(".", "cgroup.stat", "nr_descendants"), 0);
}

static void storm(struct flip flip, const struct bulkhead_create *base, const int *allowed)
{
	struct bulkhead_capacity empty = capacity();
	int lowest = dup(0);

	close(lowest);
	ktap_diag("%d creates worked", storm_create(&flip, base, allowed));
	expect_no_leak(&empty, lowest);
}

/* "a-b" and "a/b": the second is malformed. */
static void name(void)
{
	struct bulkhead_create base = create_arg("a-b");

	storm((struct flip){ &shared.create.name[1], 1, { '-', '/' } }, &base,
	      (int[]){ 0, EINVAL, -1 });
}

/* The NUL that ends the name comes and goes: 64 bytes without are malformed. */
static void terminator(void)
{
	struct bulkhead_create base = create_arg("");

	memset(base.name, 'n', sizeof(base.name));
	base.name[63] = '\0';
	storm((struct flip){ &shared.create.name[63], 1, { '\0', 'n' } }, &base,
	      (int[]){ 0, EINVAL, -1 });
}

/* A dry run that becomes a real one, or the other way round, or an unknown flag. */
static void flags(void)
{
	struct bulkhead_create base = create_arg("a");

	base.flags = BULKHEAD_CREATE_KILL_ON_CLOSE;
	storm((struct flip){ &shared.create.flags, 4, { base.flags, 1U << 31 } }, &base,
	      (int[]){ 0, EINVAL, -1 });
}

static void mask(void)
{
	struct bulkhead_create base = create_arg("a");

	base.settings.cpu_share = 500;
	storm((struct flip){ &shared.create.mask, 4, { BULKHEAD_SET_CPU_SHARE, ~0ULL } },
	      &base, (int[]){ 0, EINVAL, -1 });
}

/* A size that is right, too small, or much too large: it is read once. */
static void size(void)
{
	struct bulkhead_create base = create_arg("a");

	storm((struct flip){ &shared.create.size, 4, { sizeof(base), 8 } }, &base,
	      (int[]){ 0, EINVAL, -1 });
	storm((struct flip){ &shared.create.size, 4, { sizeof(base), ~0U } }, &base,
	      (int[]){ 0, E2BIG, -1 });
}

/*
 * A guarantee that fits and one that does not: the ledger never sees the latter.
 * They differ in one byte, for a copy of more need not be of one moment.
 */
static void guarantee(void)
{
	struct bulkhead_settings want = { .cpu_guarantee = 100000 };
	int fd = make_with("a", BULKHEAD_SET_CPU_GUARANTEE, &want);
	struct flip flip = { &shared.set.settings.cpu_guarantee, 8,
			     { 200000, 200000 | 1ULL << 40 } };
	__u64 until = now_ms() + LASTS_MS, kept;
	pthread_t thread;
	int error;

	flipping = true;
	pthread_create(&thread, NULL, flipper, &flip);
	while (now_ms() < until) {
		shared.set = set_arg(BULKHEAD_SET_CPU_GUARANTEE);
		shared.set.settings.cpu_guarantee = 200000;
		error = set(fd, &shared.set);
		KTAP_EXPECT(!error || error == ENOSPC);
		kept = get(fd).settings.cpu_guarantee;
		KTAP_EXPECT(kept == 100000 || kept == 200000);
		KTAP_EXPECT_EQ(capacity().cpu_guaranteed, kept);
	}
	flipping = false;
	pthread_join(thread, NULL);
	finish(fd);
	KTAP_EXPECT_EQ(capacity().cpu_guaranteed, 0);
}

static const struct test_case cases[] = {
	{ name, "a name that turns malformed" },
	{ terminator, "a name that loses its end" },
	{ flags, "flags that turn unknown" },
	{ mask, "a mask that turns unknown" },
	{ size, "a size that changes" },
	{ guarantee, "a guarantee that turns too large" },
};

TEST_MAIN(cases)
