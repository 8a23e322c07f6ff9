/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The main() of a test program: a table of cases, run one after the other.
 *
 * An argument selects the cases whose names contain it; the others are skipped.
 */
#ifndef GUEST_CASE_H
#define GUEST_CASE_H

#include "guest.h"
#include "ktap.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct test_case {
	void (*run)(void);
	const char *name;
};

/* Each case begins without any partition, whatever the one before left behind. */
static inline int run_cases(const struct test_case *cases, size_t count, int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : NULL;
	size_t i;

	guest_start();
	ktap_plan(count);
	for (i = 0; i < count; i++) {
		if (only && !strstr(cases[i].name, only)) {
			ktap_skip("not selected", "%s", cases[i].name);
			continue;
		}
		ktap_run(cases[i].run, "%s", cases[i].name);
		sweep();
	}
	return ktap_exit();
}

#define TEST_MAIN(cases)						\
int main(int argc, char **argv)						\
{									\
	return run_cases(cases, ARRAY_SIZE(cases), argc, argv);		\
}

#endif /* GUEST_CASE_H */
