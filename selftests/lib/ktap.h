/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test results as KTAP version 1 (Documentation/dev-tools/ktap.rst).
 *
 * A program announces how many cases it has, runs them, and leaves with
 * ktap_exit(). Either a case is a function with expectations in it:
 *
 *	static void adds_up(void)
 *	{
 *		KTAP_EXPECT_EQ(1 + 1, 2);
 *	}
 *
 *	int main(void)
 *	{
 *		ktap_plan(2);
 *		ktap_run(adds_up, "numbers add up");
 *		ktap_ok(access("/dev/null", W_OK) == 0, "%s can be written", "/dev/null");
 *		return ktap_exit();
 *	}
 *
 * or it is a condition. Expectations do not end the case: they say what was
 * expected, what came, and count. They may be used from several threads of a
 * case, but not in a forked child, whose counters are its own: let the child
 * exit with a status and expect that.
 *
 * Every line goes to the kernel in one write, so that a program that crashes
 * loses nothing and a fork duplicates nothing. Whoever dies before its last
 * case leaves fewer results than planned, which ktap.awk counts as a failure.
 */
#ifndef SELFTESTS_KTAP_H
#define SELFTESTS_KTAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exit codes, those of kselftest. */
#define KTAP_PASS	0
#define KTAP_FAIL	1
#define KTAP_SKIP	4

/* State of the one running program; use the functions. */
static struct {
	unsigned int planned, done, failed, skipped;
	atomic_uint unmet;	/* expectations of the running case */
	char skip[200];		/* why the running case cannot run */
} ktap;

#define KTAP_PRINTF(string, first) \
	__attribute__((format(printf, string, first), unused))

/* ktap_diag() - Print a diagnostic line; no newline at the end of @fmt. */
KTAP_PRINTF(1, 2)
static void ktap_diag(const char *fmt, ...)
{
	char line[1000];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	printf("# %s\n", line);
	fflush(stdout);
}

/* ktap_plan() - Begin: @cases results will follow. */
__attribute__((unused))
static void ktap_plan(unsigned int cases)
{
	ktap.planned = cases;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..%u\n", cases);
	fflush(stdout);
}

/* ktap_skip_all() - Instead of ktap_plan(): this program cannot run here. */
KTAP_PRINTF(1, 2)
static void ktap_skip_all(const char *fmt, ...)
{
	va_list args;

	printf("KTAP version 1\n1..0 # SKIP ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	exit(KTAP_SKIP);
}

static inline void ktap_result(bool ok, const char *skip, const char *name)
{
	ktap.done++;
	if (skip)
		ktap.skipped++;
	else if (!ok)
		ktap.failed++;
	printf("%s %u %s%s%s\n", ok || skip ? "ok" : "not ok", ktap.done, name,
	       skip ? " # SKIP " : "", skip ? skip : "");
	fflush(stdout);
}

/* ktap_ok() - One case that is a condition; returns it. */
KTAP_PRINTF(2, 3)
static bool ktap_ok(bool ok, const char *fmt, ...)
{
	int saved = errno;
	char name[300];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	ktap_result(ok, NULL, name);
	if (!ok)
		ktap_diag("errno was %d (%s)", saved, strerror(saved));
	return ok;
}

/* ktap_skip() - One case that cannot run here, for the reason @why. */
KTAP_PRINTF(2, 3)
static void ktap_skip(const char *why, const char *fmt, ...)
{
	char name[300];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	ktap_result(true, why, name);
}

/* ktap_case_skip() - Within a case of ktap_run(): it cannot run here; return. */
KTAP_PRINTF(1, 2)
static void ktap_case_skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(ktap.skip, sizeof(ktap.skip), fmt, args);
	va_end(args);
}

/*
 * ktap_run() - One case that is a function: passed if all that it expected came,
 * also if it was to be skipped but failed before.
 */
KTAP_PRINTF(2, 3)
static bool ktap_run(void (*run)(void), const char *fmt, ...)
{
	char name[300];
	va_list args;
	bool ok;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);

	atomic_store(&ktap.unmet, 0);
	ktap.skip[0] = '\0';
	run();
	ok = !atomic_load(&ktap.unmet);
	ktap_result(ok, ok && ktap.skip[0] ? ktap.skip : NULL, name);
	return ok;
}

/* ktap_exit() - End; returns the exit code for main(). */
__attribute__((unused))
static int ktap_exit(void)
{
	ktap_diag("%u passed, %u failed, %u skipped",
		  ktap.done - ktap.failed - ktap.skipped, ktap.failed, ktap.skipped);
	if (ktap.done != ktap.planned)
		ktap_diag("planned %u cases, had %u", ktap.planned, ktap.done);
	if (ktap.failed || ktap.done != ktap.planned)
		return KTAP_FAIL;
	return ktap.done && ktap.skipped == ktap.done ? KTAP_SKIP : KTAP_PASS;
}

/*
 * Expectations. Each returns whether it was met, so that a case can end where
 * going on makes no sense: if (!KTAP_EXPECT(fd >= 0)) return;
 *
 * After 20 unmet ones a case only counts: a loop of a million would bury the
 * first, which is the one that helps.
 */
#define KTAP_UNMET_SHOWN	20

static inline bool ktap_unmet(void)
{
	unsigned int unmet = atomic_fetch_add(&ktap.unmet, 1);

	if (unmet == KTAP_UNMET_SHOWN)
		ktap_diag("... and more that are not shown");
	return unmet < KTAP_UNMET_SHOWN;
}

/* KTAP_EXPECT() - The condition holds. */
#define KTAP_EXPECT(condition) \
	ktap_expect((condition), __FILE__, __LINE__, #condition)

static inline bool ktap_expect(bool met, const char *file, int line, const char *text)
{
	int saved = errno;

	if (!met && ktap_unmet())
		ktap_diag("%s:%d: expected %s (errno %d, %s)", file, line, text, saved,
			  strerror(saved));
	return met;
}

/*
 * KTAP_EXPECT_EQ() and so on - Compare integers of any types by their values:
 * 128 bits hold them all, so -1 is not U64_MAX here.
 */
#define KTAP_EXPECT_EQ(actual, expected)	KTAP_COMPARE(actual, ==, expected)
#define KTAP_EXPECT_NE(actual, expected)	KTAP_COMPARE(actual, !=, expected)
#define KTAP_EXPECT_LT(actual, expected)	KTAP_COMPARE(actual, <, expected)
#define KTAP_EXPECT_LE(actual, expected)	KTAP_COMPARE(actual, <=, expected)
#define KTAP_EXPECT_GT(actual, expected)	KTAP_COMPARE(actual, >, expected)
#define KTAP_EXPECT_GE(actual, expected)	KTAP_COMPARE(actual, >=, expected)

/* KTAP_EXPECT_IN() - lowest <= actual <= highest. */
#define KTAP_EXPECT_IN(actual, lowest, highest) ({		\
	ktap_int ktap_in = (actual);					\
									\
	KTAP_COMPARE_AS(#actual, ktap_in, >=, lowest) &&		\
		KTAP_COMPARE_AS(#actual, ktap_in, <=, highest); })

__extension__ typedef __int128 ktap_int;

#define KTAP_COMPARE(actual, op, expected) \
	KTAP_COMPARE_AS(#actual, actual, op, expected)

#define KTAP_COMPARE_AS(text, actual, op, expected) ({		\
	ktap_int ktap_a = (actual), ktap_e = (expected);		\
	bool ktap_met = ktap_a op ktap_e;				\
									\
	if (!ktap_met)							\
		ktap_compare_unmet(__FILE__, __LINE__, text, #op,	\
				   #expected, ktap_a, ktap_e);		\
	ktap_met; })

static inline const char *ktap_text(ktap_int n, char buf[32])
{
	if (n < 0)
		snprintf(buf, 32, "%lld", (long long)n);
	else
		snprintf(buf, 32, "%llu", (unsigned long long)n);
	return buf;
}

static inline void ktap_compare_unmet(const char *file, int line, const char *actual,
				      const char *op, const char *expected,
				      ktap_int a, ktap_int e)
{
	char a_text[32], e_text[32];

	if (ktap_unmet())
		ktap_diag("%s:%d: %s is %s, expected %s %s (%s)", file, line, actual,
			  ktap_text(a, a_text), op, ktap_text(e, e_text), expected);
}

/* KTAP_EXPECT_STREQ() - Two strings are equal. */
#define KTAP_EXPECT_STREQ(actual, expected) \
	ktap_expect_streq(__FILE__, __LINE__, #actual, (actual), (expected))

static inline bool ktap_expect_streq(const char *file, int line, const char *text,
				     const char *actual, const char *expected)
{
	bool met = !strcmp(actual, expected);

	if (!met && ktap_unmet())
		ktap_diag("%s:%d: %s is \"%s\", expected \"%s\"", file, line, text,
			  actual, expected);
	return met;
}

/*
 * KTAP_EXPECT_ERRNO() - A call fails (returns -1) with this errno. The call is
 * evaluated once.
 */
#define KTAP_EXPECT_ERRNO(call, expected) ({			\
	long long ktap_r;						\
									\
	errno = 0;							\
	ktap_r = (call);						\
	ktap_expect_errno(__FILE__, __LINE__, #call, ktap_r, errno, (expected)); })

static inline bool ktap_expect_errno(const char *file, int line, const char *text,
				     long long result, int error, int expected)
{
	bool met = result == -1 && error == expected;

	if (!met && ktap_unmet())
		ktap_diag("%s:%d: %s returned %lld with errno %d (%s), expected errno %d (%s)",
			  file, line, text, result, error, strerror(error), expected,
			  strerror(expected));
	return met;
}

#endif /* SELFTESTS_KTAP_H */
