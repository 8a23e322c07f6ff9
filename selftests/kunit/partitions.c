// SPDX-License-Identifier: GPL-2.0
#include "partitions.h"

#include "errand.h"
#include "partition.h"
#include "settings.h"

static unsigned int buried;

static void count_burial(struct partition *partition)
{
	buried++;
}

struct partition *partition_made(const char *name)
{
	struct bulkhead_settings settings;

	partition_on_burial(count_burial);
	settings_default(&settings);
	return partition_alloc(name, 0, &settings);
}

unsigned int partitions_buried(void)
{
	errand_drain();
	return buried;
}
