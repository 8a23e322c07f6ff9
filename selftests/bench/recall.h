/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How soon a group that wakes with all CPUs borrowed runs at its guarantee.
 */
#ifndef BULKHEAD_RECALL_H
#define BULKHEAD_RECALL_H

#include "load.h"

#define RECALL_NEVER	UINT64_MAX

/*
 * The steps of @group, traced spinners that woke at @wake and were watched until @end: the
 * shortest delay in ns, to one ms, after which it got at least 0.97 of its guarantee over
 * every span from there on that is 50 ms or longer.
 */
uint64_t recall_delay(const struct record *record, const struct group *group, uint64_t wake,
		      uint64_t end);

#endif /* BULKHEAD_RECALL_H */
