/* SPDX-License-Identifier: GPL-2.0 */
/* Tests on the host: results as KTAP, one line each, the plan at the end. */
#ifndef _KTAP_H
#define _KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int ktap_count, ktap_failed;

static inline void ktap_begin(void)
{
	puts("KTAP version 1");
}

/* Reports one case. Returns whether it passed. */
static inline bool ktap_case(bool passed, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline bool ktap_case(bool passed, const char *format, ...)
{
	va_list args;

	printf("%sok %d ", passed ? "" : "not ", ++ktap_count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	ktap_failed += !passed;
	return passed;
}

/* Returns what main() returns. */
static inline int ktap_end(void)
{
	printf("1..%d\n", ktap_count);
	return ktap_failed != 0;
}

#endif /* _KTAP_H */
