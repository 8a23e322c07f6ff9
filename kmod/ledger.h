/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of one resource is promised to whom is not the ledger's business; it
 * keeps the sum, and that the sum is never above the capacity.
 *
 * Pure: no locks (the caller's), no clock, no allocation.
 */
#ifndef BULKHEAD_LEDGER_H
#define BULKHEAD_LEDGER_H

#include <linux/types.h>
#include <linux/bulkhead.h>

/**
 * struct ledger - One resource of the machine
 * @total: what there is (micro-CPUs or bytes)
 * @reserve: what the host keeps
 * @guaranteed: sum of all guarantees
 */
struct ledger {
	u64 total;
	u64 reserve;
	u64 guaranteed;
};

/**
 * ledger_free() - The largest guarantee that can still be given
 * @ledger: the resource
 *
 * Context: Any; the caller holds what protects the ledger.
 * Return: total - reserve - guaranteed, or 0 where that would be negative.
 */
u64 ledger_free(const struct ledger *ledger);

/**
 * ledger_overcommitted() - Is more promised than there is?
 * @ledger: the resource
 *
 * It can come to that only by a capacity that shrinks, never by a charge.
 *
 * Context: Any; the caller holds what protects the ledger.
 * Return: true if guarantees and reserve exceed the total.
 */
bool ledger_overcommitted(const struct ledger *ledger);

/**
 * ledger_quote() - The numbers for changing a guarantee
 * @ledger: the resource
 * @from: the guarantee now, 0 for a new one
 * @to: the guarantee asked for
 * @quote: filled in
 *
 * Context: Any; the caller holds what protects the ledger.
 * Return: true if the change would be admitted. One that does not raise the
 *	guarantee always is.
 */
bool ledger_quote(const struct ledger *ledger, u64 from, u64 to,
		  struct bulkhead_admission *quote);

/**
 * ledger_charge() - Change a guarantee
 * @ledger: the resource
 * @from: the guarantee now, 0 for a new one
 * @to: the guarantee from now on, 0 for none
 *
 * Does not decide: ledger_quote() does, and an undo must not fail.
 *
 * Context: Any; the caller holds what protects the ledger.
 */
void ledger_charge(struct ledger *ledger, u64 from, u64 to);

#endif /* BULKHEAD_LEDGER_H */
