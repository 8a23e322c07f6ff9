/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before a pure file, whose warnings a test may expect: those are counted, and all
 * others are what they are.
 */
#ifndef SELFTESTS_KUNIT_WARN_H
#define SELFTESTS_KUNIT_WARN_H

#include <linux/bug.h>

extern unsigned int host_warnings_expected;

#undef WARN_ON_ONCE
#define WARN_ON_ONCE(condition) ({					\
	bool warn_bad = !!(condition);					\
									\
	if (warn_bad && host_warnings_expected)				\
		host_warnings_expected--;				\
	else								\
		WARN_ON(warn_bad);					\
	warn_bad; })

#endif /* SELFTESTS_KUNIT_WARN_H */
