/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From guarantees and shares to the weights that the kernel's scheduler knows.
 *
 * When everybody wants more than there is, each partition is entitled to its
 * guarantee plus its share of what nobody was promised. Weights in proportion to
 * that give it, as exactly as weights can.
 *
 * Pure: no kernel state.
 */
#ifndef BULKHEAD_WEIGHT_H
#define BULKHEAD_WEIGHT_H

#include <linux/types.h>

/**
 * struct weight_sums - What one partition has to know about all of them
 * @total: CPUs of the machine (micro-CPUs)
 * @reserve: what the host keeps (micro-CPUs)
 * @guaranteed: sum of the guarantees (micro-CPUs)
 * @shares: sum of the share weights
 * @largest: the largest weight_entitled() of all
 */
struct weight_sums {
	u64 total;
	u64 reserve;
	u64 guaranteed;
	u64 shares;
	u64 largest;
};

/**
 * weight_entitled() - What a partition gets when everybody wants everything
 * @sums: all but @largest are used
 * @guarantee: of the partition (micro-CPUs)
 * @share: its share weight, part of @sums->shares
 *
 * Context: Any.
 * Return: micro-CPUs.
 */
u64 weight_entitled(const struct weight_sums *sums, u64 guarantee, u64 share);

/**
 * weight_partition() - cpu.weight of a partition among the partitions
 * @sums: over all partitions
 * @guarantee: of the partition (micro-CPUs)
 * @share: its share weight
 *
 * The largest has 10000: kernel 6.1 gives a sleeper a credit that grows with
 * the absolute weight of its group, and little of it below 500.
 *
 * Context: Any.
 * Return: 1 to 10000.
 */
u64 weight_partition(const struct weight_sums *sums, u64 guarantee, u64 share);

/**
 * struct weight_step - How far standings are apart
 * @boost: how many times less than CREDIT_URGENT has CREDIT_BOOST
 * @under: the same of CREDIT_UNDER
 * @over: the same of CREDIT_OVER; 0 if that has cpu.idle instead
 */
struct weight_step {
	u64 boost;
	u64 under;
	u64 over;
};

/**
 * weight_standing() - cpu.weight of a partition by its standing
 * @weight: weight_partition()
 * @step: 1 for CREDIT_URGENT, otherwise one of struct weight_step
 *
 * Context: Any.
 * Return: 100 to 10000, divided by @step; at least 1.
 */
u64 weight_standing(u64 weight, u64 step);

/**
 * weight_least() - What at least has whoever is not over
 * @sums: over all partitions; @shares is used
 * @share: of the partition
 * @step: how far the standings are apart
 *
 * Who borrows what nobody was promised is entitled to little, however much is left over.
 * One that is behind with that is under, and its weight by what it is entitled to may be
 * less than that of a large one that is over.
 *
 * Context: Any.
 * Return: its share of twice as much as the largest has that is over; 0 if those who are
 * over have cpu.idle.
 */
u64 weight_least(const struct weight_sums *sums, u64 share, const struct weight_step *step);

/**
 * weight_top() - cpu.weight of all partitions together against the host
 * @sums: over all partitions
 *
 * Such that they get what is guaranteed to them while the host's own groups want
 * everything, and no more: what is left is shared with the host.
 *
 * Context: Any.
 * Return: 100 (the kernel's default) to 10000.
 */
u64 weight_top(const struct weight_sums *sums);

/**
 * weight_top_denied() - The same when a partition lacks what is guaranteed to it
 * @behind: how far the host is behind its reserve; negative if ahead (ns)
 * @most: at which the host is to have its way (ns); 0 if it was promised nothing
 *
 * The host may have any number of groups and threads, so what a weight gives it is
 * not known: the further it is behind the more it gets, up to where both have what
 * they were promised.
 *
 * Context: Any.
 * Return: 100 to 10000.
 */
u64 weight_top_denied(s64 behind, s64 most);

/**
 * weight_differs() - Is a weight so different that it is worth a write?
 * @weight: wanted
 * @before: in force
 *
 * Context: Any.
 * Return: true from an eighth on.
 */
bool weight_differs(u64 weight, u64 before);

#endif /* BULKHEAD_WEIGHT_H */
