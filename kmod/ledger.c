// SPDX-License-Identifier: GPL-2.0
/*
 * The arithmetic of promises.
 */
#include "ledger.h"

#include <linux/bug.h>
#include <linux/limits.h>

/* What is taken, or U64_MAX where the sum would not fit. */
static u64 ledger_taken(const struct ledger *ledger)
{
	u64 taken = ledger->reserve + ledger->guaranteed;

	return taken < ledger->reserve ? U64_MAX : taken;
}

u64 ledger_free(const struct ledger *ledger)
{
	u64 taken = ledger_taken(ledger);

	return taken < ledger->total ? ledger->total - taken : 0;
}

bool ledger_overcommitted(const struct ledger *ledger)
{
	return ledger->guaranteed && ledger_taken(ledger) > ledger->total;
}

bool ledger_quote(const struct ledger *ledger, u64 from, u64 to,
		  struct bulkhead_admission *quote)
{
	quote->asked = to;
	quote->free = ledger_free(ledger);
	quote->total = ledger->total;
	quote->reserve = ledger->reserve;
	quote->guaranteed = ledger->guaranteed;
	quote->largest = from + quote->free;

	return to <= quote->largest;
}

void ledger_charge(struct ledger *ledger, u64 from, u64 to)
{
	/* Taking out more than was put in is a bug: go on with an empty sum. */
	if (WARN_ON_ONCE(ledger->guaranteed < from))
		ledger->guaranteed = from;
	ledger->guaranteed = ledger->guaranteed - from + to;
}
