// SPDX-License-Identifier: GPL-2.0
/*
 * Defaults, merging, bounds, quotas and names. What is valid is written down a
 * second time here, from the text of uapi/linux/bulkhead.h.
 */
#include <linux/kernel.h>
#include <linux/mm.h>

#include "limits.h"
#include "settings.h"
#include "suite.h"

typedef unsigned __int128 u128;

#define UNLIMITED	BULKHEAD_UNLIMITED
#define LAST_PAGE	(U64_MAX - 4095)	/* 2^64 - 4096 */
#define TASKS_MAX	4194304ULL

/* The members in the order of their bits. */
#define MEMBERS		12

static u64 *member(struct bulkhead_settings *settings, unsigned int bit)
{
	u64 *const members[MEMBERS] = {
		&settings->cpu_guarantee, &settings->cpu_limit, &settings->cpu_share,
		&settings->memory_guarantee, &settings->memory_limit,
		&settings->swap_limit, &settings->task_limit, &settings->memory_mode,
		&settings->memory_soft_limit, &settings->memory_soft_time,
		&settings->memory_soft_action, &settings->oom_group,
	};

	return members[bit];
}

static void defaults(void)
{
	struct bulkhead_settings settings;

	memset(&settings, 0x5a, sizeof(settings));
	settings_default(&settings);
	KTAP_EXPECT_EQ(settings.cpu_guarantee, 0);
	KTAP_EXPECT_EQ(settings.cpu_limit, UNLIMITED);
	KTAP_EXPECT_EQ(settings.cpu_share, 100);
	KTAP_EXPECT_EQ(settings.memory_guarantee, 0);
	KTAP_EXPECT_EQ(settings.memory_limit, UNLIMITED);
	KTAP_EXPECT_EQ(settings.swap_limit, UNLIMITED);
	KTAP_EXPECT_EQ(settings.task_limit, UNLIMITED);
	KTAP_EXPECT_EQ(settings.memory_mode, BULKHEAD_MEMORY_LEND);
	KTAP_EXPECT_EQ(settings.memory_soft_limit, UNLIMITED);
	KTAP_EXPECT_EQ(settings.memory_soft_time, 10000000000ULL);
	KTAP_EXPECT_EQ(settings.memory_soft_action, BULKHEAD_SOFT_ENFORCE);
	KTAP_EXPECT_EQ(settings.oom_group, 0);
	KTAP_EXPECT_EQ(settings_check(&settings, 0), 0);
	KTAP_EXPECT_EQ(settings_check(&settings, BULKHEAD_SET_ALL), 0);
}

/* Each of the 4096 masks, and bits that no member has. */
static void merge_masks(void)
{
	struct bulkhead_settings old, news;
	unsigned int bit;
	u32 mask;

	for (bit = 0; bit < MEMBERS; bit++) {
		*member(&old, bit) = (bit + 1) * PAGE_SIZE;
		*member(&news, bit) = (bit + 101) * PAGE_SIZE;
	}
	for (mask = 0; mask <= BULKHEAD_SET_ALL; mask++) {
		struct bulkhead_settings merged = old;
		const struct bulkhead_settings given = news;

		settings_merge(&merged, &news, mask | ~BULKHEAD_SET_ALL);
		for (bit = 0; bit < MEMBERS; bit++)
			KTAP_EXPECT_EQ(*member(&merged, bit),
				       (bit + (mask >> bit & 1 ? 101 : 1)) * PAGE_SIZE);
		KTAP_EXPECT(!memcmp(&news, &given, sizeof(news)));
	}
}

/* Guarantees up, limits down: a promise is kept and a bound is not exceeded. */
static void merge_rounding(void)
{
	static const struct {
		u64 given, guarantee, limit;
	} rows[] = {
		{ 0, 0, 0 },
		{ 1, 4096, 0 },
		{ 4095, 4096, 0 },
		{ 4096, 4096, 4096 },
		{ 4097, 8192, 4096 },
		{ 8191, 8192, 4096 },
		{ (1ULL << 32) - 1, 1ULL << 32, (1ULL << 32) - 4096 },
		{ (1ULL << 32) + 1, (1ULL << 32) + 4096, 1ULL << 32 },
		{ (1ULL << 63) + 1, (1ULL << 63) + 4096, 1ULL << 63 },
		{ LAST_PAGE - 1, LAST_PAGE, LAST_PAGE - 4096 },
		{ LAST_PAGE, LAST_PAGE, LAST_PAGE },
		/* Not to be rounded up: 0 would be no guarantee at all. */
		{ LAST_PAGE + 1, LAST_PAGE + 1, LAST_PAGE },
		{ U64_MAX - 1, U64_MAX - 1, LAST_PAGE },
		{ UNLIMITED, UNLIMITED, UNLIMITED },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bulkhead_settings settings, news;
		unsigned int bit;

		settings_default(&settings);
		for (bit = 0; bit < MEMBERS; bit++)
			*member(&news, bit) = rows[i].given;
		settings_merge(&settings, &news, BULKHEAD_SET_ALL);
		KTAP_EXPECT_EQ(settings.memory_guarantee, rows[i].guarantee);
		KTAP_EXPECT_EQ(settings.memory_limit, rows[i].limit);
		KTAP_EXPECT_EQ(settings.swap_limit, rows[i].limit);
		KTAP_EXPECT_EQ(settings.memory_soft_limit, rows[i].limit);
		/* What does not count in pages stays as it was given. */
		KTAP_EXPECT_EQ(settings.cpu_guarantee, rows[i].given);
		KTAP_EXPECT_EQ(settings.cpu_limit, rows[i].given);
		KTAP_EXPECT_EQ(settings.cpu_share, rows[i].given);
		KTAP_EXPECT_EQ(settings.task_limit, rows[i].given);
		KTAP_EXPECT_EQ(settings.memory_mode, rows[i].given);
		KTAP_EXPECT_EQ(settings.memory_soft_time, rows[i].given);
		KTAP_EXPECT_EQ(settings.memory_soft_action, rows[i].given);
		KTAP_EXPECT_EQ(settings.oom_group, rows[i].given);
	}
}

/* One member out of its range, all others at their defaults. */
static void bounds(void)
{
	static const struct {
		unsigned int bit;
		u64 value;
		bool valid;
	} rows[] = {
		{ 0, 0, true }, { 0, 1, false }, { 0, 999, false }, { 0, 1000, true },
		{ 0, 1001, true }, { 0, U64_MAX - 1, true }, { 0, U64_MAX, true },

		{ 1, 0, false }, { 1, 1, false }, { 1, 999, false }, { 1, 1000, true },
		{ 1, U64_MAX - 1, true }, { 1, UNLIMITED, true },

		{ 2, 0, false }, { 2, 1, true }, { 2, 10000, true }, { 2, 10001, false },
		{ 2, U64_MAX, false },

		{ 3, 0, true }, { 3, 4096, true }, { 3, LAST_PAGE, true },
		{ 3, U64_MAX, true },

		{ 4, 0, false }, { 4, 4096, true }, { 4, LAST_PAGE, true },
		{ 4, UNLIMITED, true },

		{ 5, 0, true }, { 5, 4096, true }, { 5, LAST_PAGE, true },
		{ 5, UNLIMITED, true },

		{ 6, 0, false }, { 6, 1, true }, { 6, TASKS_MAX, true },
		{ 6, TASKS_MAX + 1, false }, { 6, U64_MAX - 1, false },
		{ 6, UNLIMITED, true },

		{ 7, 0, true }, { 7, 1, true }, { 7, 2, false }, { 7, UNLIMITED, false },

		{ 8, 0, false }, { 8, 4096, true }, { 8, LAST_PAGE, true },
		{ 8, UNLIMITED, true },

		{ 9, 0, false }, { 9, 999999, false }, { 9, 1000000, true },
		{ 9, U64_MAX - 1, true }, { 9, UNLIMITED, true },

		{ 10, 0, true }, { 10, 1, true }, { 10, 2, false },
		{ 10, UNLIMITED, false },

		{ 11, 0, true }, { 11, 1, true }, { 11, 2, false },
		{ 11, UNLIMITED, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 bit = 1U << rows[i].bit, expected = rows[i].valid ? 0 : bit;
		struct bulkhead_settings settings;
		bool met;

		settings_default(&settings);
		*member(&settings, rows[i].bit) = rows[i].value;
		met = KTAP_EXPECT_EQ(settings_check(&settings, bit), expected);
		met &= KTAP_EXPECT_EQ(settings_check(&settings, BULKHEAD_SET_ALL), expected);
		if (!met)
			ktap_diag("in row %u: bit %u, value %llu", i, rows[i].bit,
				  rows[i].value);
	}
	/* Less than a page of memory is none, once it has been rounded down. */
	for (i = 0; i < 4096; i += 4095) {
		struct bulkhead_settings settings, news = { .memory_limit = i };

		settings_default(&settings);
		settings_merge(&settings, &news, BULKHEAD_SET_MEMORY_LIMIT);
		KTAP_EXPECT_EQ(settings_check(&settings, BULKHEAD_SET_MEMORY_LIMIT),
			       BULKHEAD_SET_MEMORY_LIMIT);
	}
}

/*
 * Guarantee 2, limit 1: the one that is being changed is at fault.
 *
 *	changed      nothing   guarantee   limit   both
 *	at fault     limit     guarantee   limit   limit
 */
static void contradictions(void)
{
	static const struct {
		unsigned int guarantee, limit;	/* bits */
	} pairs[] = { { 0, 1 }, { 3, 4 }, { 3, 8 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		u32 g = 1U << pairs[i].guarantee, l = 1U << pairs[i].limit;
		u32 others = BULKHEAD_SET_ALL & ~(g | l);
		struct bulkhead_settings settings;
		u64 *guarantee = member(&settings, pairs[i].guarantee);
		u64 *limit = member(&settings, pairs[i].limit);

		settings_default(&settings);
		*guarantee = 8192;
		*limit = 4096;
		KTAP_EXPECT_EQ(settings_check(&settings, 0), l);
		KTAP_EXPECT_EQ(settings_check(&settings, g), g);
		KTAP_EXPECT_EQ(settings_check(&settings, l), l);
		KTAP_EXPECT_EQ(settings_check(&settings, g | l), l);
		KTAP_EXPECT_EQ(settings_check(&settings, others), l);
		KTAP_EXPECT_EQ(settings_check(&settings, others | g), g);
		KTAP_EXPECT_EQ(settings_check(&settings, others | l), l);

		*guarantee = 4097;
		KTAP_EXPECT_EQ(settings_check(&settings, g), g);
		*guarantee = 4096;
		KTAP_EXPECT_EQ(settings_check(&settings, g), 0);
		*guarantee = UNLIMITED;
		*limit = UNLIMITED;
		KTAP_EXPECT_EQ(settings_check(&settings, g), 0);
		*limit = UNLIMITED - 1;
		KTAP_EXPECT_EQ(settings_check(&settings, g), g);
	}
}

/* The same for a soft limit above the limit, where no soft limit is not the largest. */
static void soft_limit_above_limit(void)
{
	const u32 soft = BULKHEAD_SET_MEMORY_SOFT_LIMIT, limit = BULKHEAD_SET_MEMORY_LIMIT;
	struct bulkhead_settings settings;

	settings_default(&settings);
	settings.memory_soft_limit = 8192;
	settings.memory_limit = 4096;
	KTAP_EXPECT_EQ(settings_check(&settings, 0), limit);
	KTAP_EXPECT_EQ(settings_check(&settings, soft), soft);
	KTAP_EXPECT_EQ(settings_check(&settings, limit), limit);
	KTAP_EXPECT_EQ(settings_check(&settings, soft | limit), limit);
	settings.memory_soft_limit = 4096;
	KTAP_EXPECT_EQ(settings_check(&settings, soft), 0);
	settings.memory_soft_limit = UNLIMITED;
	KTAP_EXPECT_EQ(settings_check(&settings, soft), 0);
	KTAP_EXPECT_EQ(settings_check(&settings, limit), 0);
}

/* The members that are in a range that the header does not allow. */
static u32 faults(const struct bulkhead_settings *s)
{
	u32 wrong = 0;

	if (s->cpu_guarantee > 0 && s->cpu_guarantee < 1000)
		wrong |= BULKHEAD_SET_CPU_GUARANTEE;
	if (s->cpu_limit < 1000)
		wrong |= BULKHEAD_SET_CPU_LIMIT;
	if (s->cpu_share == 0 || s->cpu_share > 10000)
		wrong |= BULKHEAD_SET_CPU_SHARE;
	if (s->memory_limit < PAGE_SIZE)
		wrong |= BULKHEAD_SET_MEMORY_LIMIT;
	if (s->task_limit == 0 ||
	    (s->task_limit > TASKS_MAX && s->task_limit != UNLIMITED))
		wrong |= BULKHEAD_SET_TASK_LIMIT;
	if (s->cpu_guarantee > s->cpu_limit)
		wrong |= BULKHEAD_SET_CPU_GUARANTEE | BULKHEAD_SET_CPU_LIMIT;
	if (s->memory_guarantee > s->memory_limit)
		wrong |= BULKHEAD_SET_MEMORY_GUARANTEE | BULKHEAD_SET_MEMORY_LIMIT;
	if (s->memory_mode > 1)
		wrong |= BULKHEAD_SET_MEMORY_MODE;
	if (s->memory_soft_limit < PAGE_SIZE)
		wrong |= BULKHEAD_SET_MEMORY_SOFT_LIMIT;
	if (s->memory_soft_limit != UNLIMITED && s->memory_guarantee > s->memory_soft_limit)
		wrong |= BULKHEAD_SET_MEMORY_GUARANTEE | BULKHEAD_SET_MEMORY_SOFT_LIMIT;
	if (s->memory_soft_limit != UNLIMITED && s->memory_soft_limit > s->memory_limit)
		wrong |= BULKHEAD_SET_MEMORY_LIMIT | BULKHEAD_SET_MEMORY_SOFT_LIMIT;
	if (s->memory_soft_time < 1000000)
		wrong |= BULKHEAD_SET_MEMORY_SOFT_TIME;
	if (s->memory_soft_action > 1)
		wrong |= BULKHEAD_SET_MEMORY_SOFT_ACTION;
	if (s->oom_group > 1)
		wrong |= BULKHEAD_SET_OOM_GROUP;
	return wrong;
}

/* Several faults at once: one of them is named, and nothing that is right. */
static void many_faults(void)
{
	static const u64 values[] = {
		0, 1, 100, 999, 1000, 4096, 10000, 10001, 2 << 20, TASKS_MAX,
		TASKS_MAX + 1, U64_MAX - 1, UNLIMITED,
	};
	unsigned int round, right = 0;

	for (round = 0; round < ROUNDS(1000000); round++) {
		struct bulkhead_settings settings, news;
		unsigned int bit;
		u32 culprit, wrong, mask = random_below(BULKHEAD_SET_ALL + 1);

		settings_default(&settings);
		for (bit = 0; bit < MEMBERS; bit++)
			*member(&news, bit) = values[random_below(ARRAY_SIZE(values))];
		settings_merge(&settings, &news, mask);
		culprit = settings_check(&settings, mask);
		wrong = faults(&settings);
		right += !wrong;

		if (!KTAP_EXPECT_EQ(!culprit, !wrong) ||
		    !KTAP_EXPECT_EQ(culprit & ~wrong, 0) ||
		    /* Exactly one bit, of a member that the caller gave. */
		    !KTAP_EXPECT_EQ(culprit & (culprit - 1), 0) ||
		    !KTAP_EXPECT_EQ(culprit & ~mask, 0)) {
			ktap_diag("in round %u", round);
			break;
		}
	}
	KTAP_EXPECT_GT(right, ROUNDS(1000));
}

static void diffs(void)
{
	struct bulkhead_settings a, b;
	unsigned int bit;
	u32 mask;

	for (mask = 0; mask <= BULKHEAD_SET_ALL; mask++) {
		settings_default(&a);
		settings_default(&b);
		for (bit = 0; bit < MEMBERS; bit++)
			if (mask >> bit & 1)
				*member(&b, bit) ^= 1ULL << (5 * bit);
		KTAP_EXPECT_EQ(settings_diff(&a, &b), mask);
		KTAP_EXPECT_EQ(settings_diff(&b, &a), mask);
	}
}

/*
 * What the kernel takes (kernel/sched/core.c, tg_set_cfs_bandwidth), and what is
 * promised: never above the limit, and at most 1 us of quota below it, which is
 * 0.1 % as no quota is smaller than 1000 us.
 */
static bool quota_is_right(u64 limit, u64 *quota, u64 *period)
{
	const u64 quota_max = (1ULL << 44) - 1;
	u128 allowed, given;
	bool met;

	*period = 0;
	*quota = settings_quota(limit, period);
	allowed = (u128)limit * *period;	/* millionths of a us in a period */
	given = (u128)*quota * 1000000;

	met = KTAP_EXPECT_GE(*period, 1000);
	met &= KTAP_EXPECT_LE(*period, 1000000);
	met &= KTAP_EXPECT_GE(*quota, 1000);
	met &= KTAP_EXPECT_LE(*quota, quota_max);
	met &= KTAP_EXPECT(given <= allowed);
	/* Above a million CPUs all limits are alike. */
	if (limit <= 1000000000000ULL)
		met &= KTAP_EXPECT(allowed - given < 1000000);
	/* A service on several CPUs must not freeze for long. */
	if (limit >= 100000)
		met &= KTAP_EXPECT_EQ(*period, 10000);
	if (!met)
		ktap_diag("limit %llu: quota %llu, period %llu", limit, *quota, *period);
	return met;
}

static void quotas(void)
{
	static const struct {
		u64 limit, quota, period;
	} rows[] = {
		{ 1000, 1000, 1000000 },		/* the smallest there is */
		{ 1001, 1000, 999001 },
		{ 10000, 1000, 100000 },
		{ 99999, 1000, 10001 },
		{ 100000, 1000, 10000 },
		{ 100099, 1000, 10000 },
		{ 100100, 1001, 10000 },
		{ 500000, 5000, 10000 },
		{ 1000000, 10000, 10000 },
		{ 1999999, 19999, 10000 },
		{ 8192000000ULL, 81920000, 10000 },	/* 8192 CPUs */
		{ UNLIMITED - 1, 10000000000ULL, 10000 },
	};
	u64 quota, period;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		quota_is_right(rows[i].limit, &quota, &period);
		KTAP_EXPECT_EQ(quota, rows[i].quota);
		KTAP_EXPECT_EQ(period, rows[i].period);
	}
}

/* Every limit up to three CPUs, and then ever larger ones; more is never less. */
static void quota_of_every_limit(void)
{
	u64 limit, quota, period, last_quota = 0, last_period = 1;

	for (limit = 1000; limit < 1ULL << 63; limit += limit < 3000000 ? 1 : limit / 5003) {
		if (!quota_is_right(limit, &quota, &period))
			return;
		if (!KTAP_EXPECT((u128)quota * last_period >= (u128)last_quota * period)) {
			ktap_diag("limit %llu gives less than the one before", limit);
			return;
		}
		last_quota = quota;
		last_period = period;
	}
	KTAP_EXPECT_GE(limit, 1ULL << 63);
}

/*
 * A name in an array of its own: reading beyond it is caught by the sanitizer.
 * What stands behind the NUL must not matter, so it is not valid.
 */
static bool valid(const char *text, size_t length)
{
	char *name = malloc(BULKHEAD_NAME_SIZE);
	bool yes;

	memset(name, '/', BULKHEAD_NAME_SIZE);
	memcpy(name, text, length);
	if (length < BULKHEAD_NAME_SIZE)
		name[length] = '\0';
	yes = settings_name_valid(name);
	free(name);
	return yes;
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static void name_bytes(void)
{
	static const unsigned int positions[] = { 0, 1, 31, 62 };
	unsigned int i, byte;

	for (i = 0; i < ARRAY_SIZE(positions); i++) {
		for (byte = 1; byte < 256; byte++) {
			unsigned int at = positions[i];
			bool expected = strchr(letters, byte) || (at && strchr("_.-", byte));
			char name[63];
			bool met;

			memset(name, 'a', sizeof(name));
			name[at] = byte;
			met = KTAP_EXPECT_EQ(valid(name, sizeof(name)), expected);
			/* and as the last one */
			met &= KTAP_EXPECT_EQ(valid(name, at + 1), expected);
			if (!met)
				ktap_diag("byte %u at %u", byte, at);
		}
	}
	/* A NUL ends the name: "aa" it is, and at the beginning it is none. */
	KTAP_EXPECT(valid("aa\0/", 4));
	KTAP_EXPECT(!valid("\0aa", 3));
}

static void name_lengths(void)
{
	char name[BULKHEAD_NAME_SIZE];
	unsigned int length;

	memset(name, 'x', sizeof(name));
	for (length = 0; length <= BULKHEAD_NAME_SIZE; length++)
		if (!KTAP_EXPECT_EQ(valid(name, length), length >= 1 && length <= 63))
			ktap_diag("length %u", length);
}

static void name_words(void)
{
	static const struct {
		const char *name;
		bool valid;
	} rows[] = {
		{ "capacity", false }, { "events", false }, { "history", false }, { "oom", false },
		{ "host", false }, { "partitions", false }, { "self", false },
		{ "tasks", false },
		/* The whole name is reserved and no part of it, in lower case only. */
		{ "hos", true }, { "hosts", true }, { "host.", true }, { "ghost", true },
		{ "Host", true }, { "HOST", true }, { "selfish", true }, { "task", true },
		{ "tasks2", true }, { "events-1", true }, { "partition", true },
		/* What would mean something else as a file. */
		{ ".", false }, { "..", false }, { ".hidden", false }, { "a/b", false },
		{ "-rf", false }, { "_a", false }, { "a..b", true }, { "a.", true },
		{ "1", true }, { "0x10", true }, { "db", true }, { "a b", false },
		{ "a\n", false }, { "d\303\244", false }, { "d\344", false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (!KTAP_EXPECT_EQ(valid(rows[i].name, strlen(rows[i].name)), rows[i].valid))
			ktap_diag("\"%s\"", rows[i].name);
}

#define CASES(CASE)							\
	CASE(defaults, "defaults, and they are valid")			\
	CASE(merge_masks, "merge takes what is in the mask, for every mask")	\
	CASE(merge_rounding, "merge rounds memory to pages")		\
	CASE(bounds, "bounds of each setting")				\
	CASE(contradictions, "guarantee above limit: who is at fault")	\
	CASE(soft_limit_above_limit, "soft limit above limit: who is at fault")	\
	CASE(many_faults, "random settings against the text of the header")	\
	CASE(diffs, "diff names what differs, for every mask")		\
	CASE(quotas, "quotas of given limits")				\
	CASE(quota_of_every_limit,					\
	     "quotas: never above the limit, 1 us below at most, monotonic")	\
	CASE(name_bytes, "names: every byte at the first, inner and last place")	\
	CASE(name_lengths, "names: lengths 0 to 64")			\
	CASE(name_words, "names: reserved words and file names")

TEST_SUITE(settings, CASES);
