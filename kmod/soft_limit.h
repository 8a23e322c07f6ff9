/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time bound of a soft limit.
 *
 * The kernel slows down who is above memory.high, and reclaims from it, for as long as
 * it is above. Here is what ends that: whoever is above for longer than declared is
 * made to fit, or let go.
 */
#ifndef BULKHEAD_SOFT_LIMIT_H
#define BULKHEAD_SOFT_LIMIT_H

struct bulkhead_settings;
struct partition;

/**
 * soft_limit_change() - Watch a partition, if it has a soft limit
 * @partition: with its directory; memory.high is as in @settings
 * @settings: its settings from now on
 *
 * Context: Errand, under the partition's lock or before it is active.
 * Return: 0 or an error of cgroupfs; then nothing has changed.
 */
int soft_limit_change(struct partition *partition, const struct bulkhead_settings *settings);

/**
 * soft_limit_close() - Watch it no more
 * @partition: dying, or never active; not locked
 *
 * Context: Process context. Sleeps.
 */
void soft_limit_close(struct partition *partition);

#endif /* BULKHEAD_SOFT_LIMIT_H */
