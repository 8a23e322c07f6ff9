/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Division in 128 bits, for the oracles: the compiler calls these, and the kernel, which
 * never divides such numbers, has none.
 */
#ifndef SELFTESTS_KUNIT_DIV128_H
#define SELFTESTS_KUNIT_DIV128_H

__extension__ typedef unsigned __int128 uint128;
__extension__ typedef __int128 int128;

uint128 __udivti3(uint128 dividend, uint128 divisor);
uint128 __umodti3(uint128 dividend, uint128 divisor);
int128 __divti3(int128 dividend, int128 divisor);

#endif /* SELFTESTS_KUNIT_DIV128_H */
