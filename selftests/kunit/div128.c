// SPDX-License-Identifier: GPL-2.0
#include "div128.h"

#include <linux/types.h>

/* Bit by bit, as on paper. */
static uint128 divide(uint128 dividend, uint128 divisor, uint128 *rest)
{
	uint128 quotient = 0, left = 0;
	int bit;

	for (bit = 127; bit >= 0; bit--) {
		bool carry = left >> 127;

		left = left << 1 | (dividend >> bit & 1);
		if (carry || left >= divisor) {
			left -= divisor;
			quotient |= (uint128)1 << bit;
		}
	}
	*rest = left;
	return quotient;
}

uint128 __udivti3(uint128 dividend, uint128 divisor)
{
	uint128 rest;

	return divide(dividend, divisor, &rest);
}

uint128 __umodti3(uint128 dividend, uint128 divisor)
{
	uint128 rest;

	divide(dividend, divisor, &rest);
	return rest;
}

int128 __divti3(int128 dividend, int128 divisor)
{
	uint128 rest, quotient;

	quotient = divide(dividend < 0 ? -(uint128)dividend : dividend,
			  divisor < 0 ? -(uint128)divisor : divisor, &rest);
	return (dividend < 0) == (divisor < 0) ? quotient : -quotient;
}
