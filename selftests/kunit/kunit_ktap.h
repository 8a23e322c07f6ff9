/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The expectations of selftests/lib/ktap.h on top of KUnit, and what else the tests of
 * selftests/host take from the C library.
 */
#ifndef SELFTESTS_KUNIT_KTAP_H
#define SELFTESTS_KUNIT_KTAP_H

#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#define malloc(size)			kmalloc(size, GFP_KERNEL | __GFP_NOFAIL)
#define free(pointer)			kfree(pointer)
#define qsort(base, count, size, cmp)	sort(base, count, size, cmp, NULL)

/* Reproducible, as the host's; modprobe bulkhead_kunit seed=n for others. */
extern unsigned long long ktap_seed;

/* How many warnings of a file under test are no failure, see warn.h. */
extern unsigned int host_warnings_expected;

/* The case that runs: KUnit runs one at a time. */
static struct kunit *ktap_test;
static unsigned int ktap_unmet_count;

static inline void ktap_kunit_run(struct kunit *test, void (*run)(void))
{
	ktap_test = test;
	ktap_unmet_count = 0;
	run();
}

#define ktap_diag(format, ...)	kunit_info(ktap_test, format "\n", ##__VA_ARGS__)

/* A loop of a million would bury the first, which is the one that helps. */
#define KTAP_UNMET_SHOWN	20

#define ktap_unmet(format, ...) ({					\
	kunit_set_failure(ktap_test);					\
	if (ktap_unmet_count++ < KTAP_UNMET_SHOWN)			\
		kunit_err(ktap_test, "%s:%d: " format "\n", __FILE__, __LINE__, ##__VA_ARGS__); })

#define KTAP_EXPECT(condition) ({					\
	bool ktap_met = (condition);					\
									\
	if (!ktap_met)							\
		ktap_unmet("expected %s", #condition);			\
	ktap_met; })

/* Integers of any types by their values: 128 bits hold them all. */
__extension__ typedef __int128 ktap_int;

#define KTAP_COMPARE(actual, op, expected) \
	KTAP_COMPARE_AS(#actual, actual, op, expected)

#define KTAP_COMPARE_AS(text, actual, op, expected) ({			\
	ktap_int ktap_a = (actual), ktap_e = (expected);		\
	bool ktap_met = ktap_a op ktap_e;				\
									\
	if (!ktap_met)							\
		ktap_unmet("%s is %lld, expected %s %s (%lld)", text, (long long)ktap_a, \
			   #op, #expected, (long long)ktap_e);		\
	ktap_met; })

#define KTAP_EXPECT_EQ(actual, expected)	KTAP_COMPARE(actual, ==, expected)
#define KTAP_EXPECT_NE(actual, expected)	KTAP_COMPARE(actual, !=, expected)
#define KTAP_EXPECT_LT(actual, expected)	KTAP_COMPARE(actual, <, expected)
#define KTAP_EXPECT_LE(actual, expected)	KTAP_COMPARE(actual, <=, expected)
#define KTAP_EXPECT_GT(actual, expected)	KTAP_COMPARE(actual, >, expected)
#define KTAP_EXPECT_GE(actual, expected)	KTAP_COMPARE(actual, >=, expected)

#define KTAP_EXPECT_IN(actual, lowest, highest) ({			\
	ktap_int ktap_in = (actual);					\
									\
	KTAP_COMPARE_AS(#actual, ktap_in, >=, lowest) &&		\
		KTAP_COMPARE_AS(#actual, ktap_in, <=, highest); })

#define KTAP_EXPECT_STREQ(actual, expected) ({				\
	const char *ktap_s = (actual), *ktap_t = (expected);		\
	bool ktap_met = !strcmp(ktap_s, ktap_t);			\
									\
	if (!ktap_met)							\
		ktap_unmet("%s is \"%s\", expected \"%s\"", #actual, ktap_s, ktap_t); \
	ktap_met; })

#endif /* SELFTESTS_KUNIT_KTAP_H */
