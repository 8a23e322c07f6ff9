// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls on the device: what there is, and ways to a partition fd. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "bulkhead.h"
#include "call.h"

int bulkhead_open(bool write)
{
	int fd = open(BULKHEAD_DEVICE, (write ? O_RDWR : O_RDONLY) | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int bulkhead_version(int device, struct bulkhead_version *version)
{
	memset(version, 0, sizeof(*version));
	version->size = sizeof(*version);
	return call(device, BULKHEAD_VERSION, version);
}

int bulkhead_capacity(int device, struct bulkhead_capacity *capacity)
{
	memset(capacity, 0, sizeof(*capacity));
	capacity->size = sizeof(*capacity);
	return call(device, BULKHEAD_CAPACITY, capacity);
}

int bulkhead_create(int device, struct bulkhead_create *create)
{
	int ret;

	create->size = sizeof(*create);
	create->fd = 0;
	create->id = 0;
	memset(&create->cpu, 0, sizeof(create->cpu));
	memset(&create->memory, 0, sizeof(create->memory));
	create->refused = 0;
	create->culprit = 0;

	ret = call(device, BULKHEAD_CREATE, create);
	if (ret || (create->flags & BULKHEAD_CREATE_DRY_RUN))
		return ret;
	return create->fd;
}

static int find(int device, struct bulkhead_open *open, bool write)
{
	int ret;

	open->size = sizeof(*open);
	if (write)
		open->flags |= BULKHEAD_OPEN_WRITE;
	ret = call(device, BULKHEAD_OPEN, open);
	return ret ? ret : open->fd;
}

int bulkhead_find(int device, const char *name, bool write)
{
	struct bulkhead_open open = { 0 };

	if (strlen(name) >= sizeof(open.name))
		return -EINVAL;
	strcpy(open.name, name);
	return find(device, &open, write);
}

int bulkhead_find_id(int device, uint64_t id, bool write)
{
	struct bulkhead_open open = { .id = id };

	return find(device, &open, write);
}

int bulkhead_list(int device, struct bulkhead_list_entry **entries, size_t *count)
{
	struct bulkhead_list_entry *all = NULL, *grown;
	struct bulkhead_list list = { .size = sizeof(list) };
	size_t n = 0;
	int ret;

	*entries = NULL;
	*count = 0;
	for (;;) {
		ret = call(device, BULKHEAD_LIST, &list);
		if (ret || !list.count)
			break;
		grown = reallocarray(all, n + list.count, sizeof(*all));
		if (!grown) {
			ret = -ENOMEM;
			break;
		}
		all = grown;
		memcpy(all + n, list.entries, list.count * sizeof(*all));
		n += list.count;
	}
	if (ret) {
		free(all);
		return ret;
	}
	*entries = all;
	*count = n;
	return 0;
}
