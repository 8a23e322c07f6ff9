/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine at rest: what there is of partitions and memory when nobody does anything.
 */
#ifndef TORTURE_REST_H
#define TORTURE_REST_H

#include "guest.h"

struct rest {
	__u64 free;		/* bytes, caches that can be dropped with it */
	__u64 slab;		/* bytes that cannot be reclaimed */
	__u64 percpu;		/* bytes */
	__u64 objects;		/* of kmalloc that functions of the module allocated */
	__u64 dying;		/* cgroups that are removed and not free yet */
};

/*
 * Those that return a bool say what is not as it should be.
 *
 * Destroy all partitions, kill what is left, and wait for what takes a moment.
 */
bool rest_reach(void);
struct rest rest_measure(void);
void rest_print(const char *when, const struct rest *rest);
/* Is everything as it was without partitions? */
bool rest_is_empty(const struct bulkhead_capacity *empty);
/* Is the memory there again? */
bool rest_has_memory(const struct rest *before);

#endif /* TORTURE_REST_H */
