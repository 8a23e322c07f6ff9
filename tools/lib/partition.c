// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls on a partition fd. */
#include <string.h>

#include "bulkhead.h"
#include "call.h"

int bulkhead_get(int partition, struct bulkhead_get *get)
{
	memset(get, 0, sizeof(*get));
	get->size = sizeof(*get);
	return call(partition, BULKHEAD_GET, get);
}

int bulkhead_set(int partition, struct bulkhead_set *set)
{
	set->size = sizeof(*set);
	set->pad = 0;
	memset(&set->cpu, 0, sizeof(set->cpu));
	memset(&set->memory, 0, sizeof(set->memory));
	set->refused = 0;
	set->culprit = 0;
	return call(partition, BULKHEAD_SET, set);
}

int bulkhead_stats(int partition, struct bulkhead_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	return call(partition, BULKHEAD_STATS, stats);
}

int bulkhead_cgroup(int partition)
{
	struct bulkhead_cgroup cgroup = { .size = sizeof(cgroup) };
	int ret = call(partition, BULKHEAD_CGROUP, &cgroup);

	return ret ? ret : cgroup.fd;
}

int bulkhead_kill(int partition, int signal, uint64_t *count)
{
	struct bulkhead_kill kill = { .size = sizeof(kill), .signal = signal };
	int ret = call(partition, BULKHEAD_KILL, &kill);

	if (!ret && count)
		*count = kill.count;
	return ret;
}

int bulkhead_destroy(int partition, bool force)
{
	struct bulkhead_destroy destroy = {
		.size = sizeof(destroy),
		.flags = force ? BULKHEAD_DESTROY_FORCE : 0,
	};

	return call(partition, BULKHEAD_DESTROY, &destroy);
}
