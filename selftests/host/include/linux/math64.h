/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_LINUX_MATH64_H
#define HOST_LINUX_MATH64_H

#include <linux/types.h>

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline s64 div_s64(s64 dividend, s32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline s64 div64_s64(s64 dividend, s64 divisor)
{
	return dividend / divisor;
}

/*
 * These two add before they divide, and wrap where the kernel's wrap: that is
 * part of what the tests test.
 */
#define DIV64_U64_ROUND_UP(dividend, divisor) ({			\
	u64 host_divisor = (divisor);					\
									\
	div64_u64((dividend) + host_divisor - 1, host_divisor); })

#define DIV64_U64_ROUND_CLOSEST(dividend, divisor) ({			\
	u64 host_divisor = (divisor);					\
									\
	div64_u64((dividend) + host_divisor / 2, host_divisor); })

/* As on x86-64 a quotient of more than 64 bits is fatal, which it is there too. */
static inline u64 mul_u64_u64_div_u64(u64 a, u64 mul, u64 divisor)
{
	unsigned __int128 quotient = (unsigned __int128)a * mul / divisor;

	if (quotient >> 64)
		__builtin_trap();
	return quotient;
}

#endif
