/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much of a reserve is handed over at a time.
 *
 * What was handed over is free for an instant, and others may be faster than the one
 * that it is for. Much at a time is cheap, as the next allocations find it free; little
 * at a time loses little. So the portion follows what arrived: it doubles while the
 * owner's use grows with what is given, and halves while it does not.
 *
 * Pure: no locks (the caller's), no clock, no allocation.
 */
#ifndef BULKHEAD_PORTION_H
#define BULKHEAD_PORTION_H

#include <linux/types.h>

/**
 * struct portion - What is handed over at a time
 * @pages: the portion, LIMIT_PORTION_MIN to LIMIT_PORTION_MAX
 * @given: pages handed over since the last look at what arrived
 * @use: the owner's use at that look (pages)
 */
struct portion {
	unsigned long pages;
	unsigned long given;
	unsigned long use;
};

/**
 * portion_init() - Begin
 * @portion: filled in
 * @use: the owner's use (pages)
 *
 * Context: Any.
 */
void portion_init(struct portion *portion, unsigned long use);

/**
 * portion_given() - Note what was handed over, and look whether it arrives
 * @portion: the caller protects it
 * @pages: handed over just now
 * @use: the owner's use before that (pages)
 *
 * Context: Any.
 */
void portion_given(struct portion *portion, unsigned long pages, unsigned long use);

/**
 * portion_underway() - What was handed over and is not in use yet
 * @portion: the caller protects it
 * @use: the owner's use (pages)
 *
 * Context: Any.
 * Return: pages.
 */
unsigned long portion_underway(const struct portion *portion, unsigned long use);

#endif /* BULKHEAD_PORTION_H */
