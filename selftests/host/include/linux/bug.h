/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_LINUX_BUG_H
#define HOST_LINUX_BUG_H

#include <stdio.h>
#include <stdlib.h>

#include <linux/kernel.h>

/*
 * A warning ends the program unless the test said that it expects one. The
 * counter is shared by the object under test and the test, hence weak.
 */
__attribute__((weak)) unsigned int host_warnings_expected;

static inline bool host_warn(bool bad, const char *condition, const char *file, int line)
{
	if (!bad)
		return false;
	if (!host_warnings_expected) {
		fprintf(stderr, "%s:%d: unexpected warning: %s\n", file, line, condition);
		abort();
	}
	host_warnings_expected--;
	return true;
}

#define WARN_ON(condition) \
	host_warn(!!(condition), #condition, __FILE__, __LINE__)
/* Each time: a test that expects a warning expects it wherever it stands. */
#define WARN_ON_ONCE(condition)		WARN_ON(condition)
#define WARN_ONCE(condition, ...)	WARN_ON(condition)
#define BUILD_BUG_ON(condition)		_Static_assert(!(condition), #condition)

#endif
