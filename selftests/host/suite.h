/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cases of a file run twice: on the host, as a program under AddressSanitizer and
 * UBSan, and in the debug kernel, as a suite of KUnit (selftests/kunit).
 *
 *	#define CASES(CASE)						\
 *		CASE(adds_up, "numbers add up")				\
 *		CASE(walk, "a million random steps")
 *
 *	TEST_SUITE(ledger, CASES)
 *
 * Cases take no arguments, and use the expectations of ktap.h.
 */
#ifndef SELFTESTS_HOST_SUITE_H
#define SELFTESTS_HOST_SUITE_H

#ifdef __KERNEL__
#include "kunit_ktap.h"
#else
#include <linux/kernel.h>

#include "ktap.h"
#endif
#include "random.h"

#ifdef __KERNEL__

/* An emulated CPU is that much slower. */
#define ROUNDS(count)	((count) / 10)

#define TEST_SUITE_FUNCTION(function, text)				\
static void kunit_##function(struct kunit *test)			\
{									\
	ktap_kunit_run(test, function);					\
}

#define TEST_SUITE_ROW(function, text)	{ .run_case = kunit_##function, .name = text },

#define TEST_SUITE(suite, CASES)					\
CASES(TEST_SUITE_FUNCTION)						\
static int suite##_kunit_begin(struct kunit_suite *self)			\
{									\
	random_seed();							\
	return 0;							\
}									\
static struct kunit_case suite##_kunit_cases[] = { CASES(TEST_SUITE_ROW) {} }; \
static struct kunit_suite suite##_kunit_suite = {				\
	.name = "bulkhead_" #suite,					\
	.suite_init = suite##_kunit_begin,					\
	.test_cases = suite##_kunit_cases,					\
};									\
kunit_test_suite(suite##_kunit_suite)

#else

#define ROUNDS(count)	(count)

struct test_case {
	void (*run)(void);
	const char *text;
};

#define TEST_SUITE_ROW(function, text)	{ function, text },

#define TEST_SUITE(suite, CASES)					\
static const struct test_case suite##_cases[] = { CASES(TEST_SUITE_ROW) }; \
int main(void)								\
{									\
	size_t i;							\
									\
	ktap_plan(ARRAY_SIZE(suite##_cases));				\
	random_seed();							\
	for (i = 0; i < ARRAY_SIZE(suite##_cases); i++)			\
		ktap_run(suite##_cases[i].run, "%s", suite##_cases[i].text); \
	return ktap_exit();						\
}									\
_Static_assert(1, "a semicolon follows")

#endif

#endif /* SELFTESTS_HOST_SUITE_H */
