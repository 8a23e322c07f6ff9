// SPDX-License-Identifier: GPL-2.0
/*
 * The portion of a reserve: it grows while what is given arrives, shrinks while it does
 * not, and stays within its bounds.
 */
#include <linux/kernel.h>

#include "limits.h"
#include "portion.h"
#include "suite.h"

/* Give portions of which @percent arrive with the owner, @pages in all. */
static void give(struct portion *portion, unsigned long *use, unsigned long pages,
		 unsigned int percent)
{
	unsigned long given, sum = 0;

	while (sum < pages) {
		given = portion->pages;
		portion_given(portion, given, *use);
		*use += given * percent / 100;
		sum += given;
	}
}

static void begin(void)
{
	struct portion portion;

	memset(&portion, 0x5a, sizeof(portion));
	portion_init(&portion, 7);
	KTAP_EXPECT_EQ(portion.pages, LIMIT_PORTION_FIRST);
	KTAP_EXPECT_EQ(portion.given, 0);
}

static void arrives(void)
{
	unsigned long use = 1000;
	struct portion portion;

	portion_init(&portion, use);
	give(&portion, &use, LIMIT_PORTION_LOOK, 100);
	KTAP_EXPECT_EQ(portion.pages, LIMIT_PORTION_FIRST);
	give(&portion, &use, 1, 100);
	KTAP_EXPECT_EQ(portion.pages, 2 * LIMIT_PORTION_FIRST);
	give(&portion, &use, 100000, 100);
	KTAP_EXPECT_EQ(portion.pages, LIMIT_PORTION_MAX);
}

static void is_stolen(void)
{
	unsigned long use = 1000;
	struct portion portion;

	portion_init(&portion, use);
	give(&portion, &use, 100000, 20);
	KTAP_EXPECT_EQ(portion.pages, LIMIT_PORTION_MIN);
	/* and back, when the thieves have gone */
	give(&portion, &use, 100000, 90);
	KTAP_EXPECT_EQ(portion.pages, LIMIT_PORTION_MAX);
}

/* The owner frees faster than it allocates: that is no number below zero. */
static void use_falls(void)
{
	struct portion portion;
	unsigned int i;

	portion_init(&portion, 1UL << 20);
	for (i = 0; i < 100; i++)
		portion_given(&portion, portion.pages, (1UL << 20) - 1000 * i);
	KTAP_EXPECT_EQ(portion.pages, LIMIT_PORTION_MIN);
}

/* Never below zero, and never more than was given. */
static void underway(void)
{
	struct portion portion;

	portion_init(&portion, 100);
	KTAP_EXPECT_EQ(portion_underway(&portion, 100), 0);
	portion_given(&portion, 300, 1000);
	KTAP_EXPECT_EQ(portion_underway(&portion, 1000), 300);
	KTAP_EXPECT_EQ(portion_underway(&portion, 900), 300);
	KTAP_EXPECT_EQ(portion_underway(&portion, 1120), 180);
	KTAP_EXPECT_EQ(portion_underway(&portion, 1300), 0);
	KTAP_EXPECT_EQ(portion_underway(&portion, 9999), 0);
	portion_given(&portion, 50, 1120);
	KTAP_EXPECT_EQ(portion_underway(&portion, 1120), 230);
}

static void bounds(void)
{
	struct portion portion;
	unsigned int round;

	portion_init(&portion, 0);
	for (round = 0; round < ROUNDS(1000000); round++) {
		portion_given(&portion, random_below(2 * LIMIT_PORTION_MAX),
			      random_below(1U << random_below(30)));
		if (!KTAP_EXPECT_GE(portion.pages, LIMIT_PORTION_MIN) ||
		    !KTAP_EXPECT_LE(portion.pages, LIMIT_PORTION_MAX)) {
			ktap_diag("in round %u", round);
			break;
		}
	}
}

#define CASES(CASE)							\
	CASE(begin, "the first portion")				\
	CASE(arrives, "it grows while what is given arrives")		\
	CASE(is_stolen, "it shrinks while others take it, and recovers")	\
	CASE(use_falls, "a use that falls")				\
	CASE(underway, "what is not in use yet")			\
	CASE(bounds, "random use: always within the bounds")

TEST_SUITE(portion, CASES);
