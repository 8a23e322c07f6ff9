/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroups of a scenario's tenants: partitions, or plain cgroups with memory.min set as
 * a careful admin does; those of the host are plain in both cases.
 */
#ifndef BULKHEAD_MEMORY_PLACE_H
#define BULKHEAD_MEMORY_PLACE_H

#include "memory_scenario.h"

enum side { SIDE_IDLE, SIDE_BARE, SIDE_PLAIN, SIDE_BULKHEAD };

extern const char *const side_names[];

struct place {
	const struct tenant *tenant;
	char path[128];
	int fd;			/* of the partition, or -1 */
};

/* Make one for each tenant; SIDE_BARE is SIDE_PLAIN without memory.min. */
void places_build(struct place *places, const struct memory_scenario *scenario, enum side side);

/* Move the caller in. */
void place_enter(const struct place *place);

/* One value of a file: that after @key, or without a key the first. */
uint64_t place_read(const struct place *place, const char *file, const char *key);

/* Kill all that is left, and remove them. */
void places_clear(struct place *places, int count);

#endif /* BULKHEAD_MEMORY_PLACE_H */
