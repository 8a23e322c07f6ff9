/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reproducible random numbers for the walks: SEED=n in the environment chooses
 * others, and each program prints the one it used.
 */
#ifndef SELFTESTS_HOST_RANDOM_H
#define SELFTESTS_HOST_RANDOM_H

#include <linux/types.h>

#ifndef __KERNEL__
#include "ktap.h"
#endif

static u64 random_state;

#ifdef __KERNEL__
static inline void random_seed(void)
{
	random_state = ktap_seed;
}
#else
static inline void random_seed(void)
{
	const char *seed = getenv("SEED");

	random_state = seed ? strtoull(seed, NULL, 0) : 1;
	ktap_diag("SEED=%llu", random_state);
}
#endif

/* splitmix64: Steele, Lea and Flood, 2014. */
static inline u64 random_u64(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* 0 to @bound - 1; the bias does not matter here. */
static inline u64 random_below(u64 bound)
{
	return random_u64() % bound;
}

/* Any number of bits is as likely as any other: small values and huge ones. */
static inline u64 random_bits(void)
{
	return random_u64() >> random_below(64);
}

#endif
