/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How late a group that wakes with all CPUs borrowed has what is guaranteed to it.
 */
#ifndef BULKHEAD_RECALL_H
#define BULKHEAD_RECALL_H

#include "load.h"

/*
 * The steps of @group, traced spinners that woke at @wake and were watched until @end: the
 * latency (ns) of a latency-rate server (Stiliadis and Varma, 1998) with 0.97 of the
 * guarantee as its rate. It is the shortest time such that t after it the group had rate * t
 * or more, for all t. Who never gets to its guarantee has a large one, and a larger one the
 * longer it is watched.
 */
uint64_t recall_latency(const struct record *record, const struct group *group, uint64_t wake,
			uint64_t end);

#endif /* BULKHEAD_RECALL_H */
