// SPDX-License-Identifier: GPL-2.0
#include "memory_place.h"

#include <sys/stat.h>

#include "bench.h"

#define PLAIN		CGROUPS "/plain"
#define OUTSIDE		CGROUPS "/outside"
#define PARTITIONS	CGROUPS "/bulkhead"
#define REMOVE_TRIES	10000

const char *const side_names[] = { "idle", "bare", "plain", "bulkhead" };

static int device(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/bulkhead", O_RDWR | O_CLOEXEC);
	require(fd >= 0, "/dev/bulkhead");
	return fd;
}

static void make_partition(struct place *place, const struct memory_scenario *scenario)
{
	const struct tenant *tenant = place->tenant;
	struct bulkhead_create create = {
		.size = sizeof(create),
		.settings = {
			.memory_guarantee = tenant->guarantee,
			.memory_mode = BULKHEAD_MEMORY_RESERVE,
		},
	};

	if (tenant->guarantee)
		create.mask |= BULKHEAD_SET_MEMORY_GUARANTEE;
	if (tenant->guarantee && scenario->reserve)
		create.mask |= BULKHEAD_SET_MEMORY_MODE;
	snprintf(create.name, sizeof(create.name), "%s", tenant->name);
	snprintf(place->path, sizeof(place->path), PARTITIONS "/%s", tenant->name);
	require(!ioctl(device(), BULKHEAD_CREATE, &create), tenant->name);
	place->fd = create.fd;
}

static void make_directory(const char *path)
{
	require(!mkdir(path, 0755) || errno == EEXIST, path);
}

static void make_plain(struct place *place, const char *top, uint64_t guarantee)
{
	char text[24];

	snprintf(place->path, sizeof(place->path), "%s/%s", top, place->tenant->name);
	make_directory(place->path);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)guarantee);
	write_file(place->path, "memory.min", text);
	place->fd = -1;
}

static void make_top(const char *path, uint64_t guarantee)
{
	char text[24];

	make_directory(path);
	write_file(path, "cgroup.subtree_control", "+memory");
	/* Without it that of the children protects nothing. */
	snprintf(text, sizeof(text), "%llu", (unsigned long long)guarantee);
	write_file(path, "memory.min", text);
}

void places_build(struct place *places, const struct memory_scenario *scenario, enum side side)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < scenario->tenants && side != SIDE_BARE; i++)
		sum += scenario->tenant[i].guarantee;
	write_file(CGROUPS, "cgroup.subtree_control", "+memory");
	make_top(PLAIN, sum);
	make_top(OUTSIDE, 0);
	for (i = 0; i < scenario->tenants; i++) {
		const struct tenant *tenant = &scenario->tenant[i];

		places[i].tenant = tenant;
		if (!tenant->partition)
			make_plain(&places[i], OUTSIDE, 0);
		else if (side == SIDE_BULKHEAD)
			make_partition(&places[i], scenario);
		else
			make_plain(&places[i], PLAIN, side == SIDE_BARE ? 0 : tenant->guarantee);
	}
}

void place_enter(const struct place *place)
{
	struct bulkhead_attach attach = { .size = sizeof(attach) };

	if (place->fd >= 0)
		require(!ioctl(place->fd, BULKHEAD_ATTACH, &attach), "attach");
	else
		write_file(place->path, "cgroup.procs", "0");
}

uint64_t place_read(const struct place *place, const char *file, const char *key)
{
	unsigned long long value;
	char path[256], line[256];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", place->path, file);
	stream = fopen(path, "r");
	require(!!stream, path);
	while (fgets(line, sizeof(line), stream)) {
		char *number = line, *end;

		if (key) {
			if (strncmp(line, key, strlen(key)) || line[strlen(key)] != ' ')
				continue;
			number += strlen(key);
		}
		value = strtoull(number, &end, 10);
		if (end != number) {
			fclose(stream);
			return value;
		}
	}
	errno = ENOENT;
	require(0, path);
	return 0;
}

static void clear(struct place *place)
{
	struct bulkhead_destroy destroy = {
		.size = sizeof(destroy), .flags = BULKHEAD_DESTROY_FORCE,
	};
	int tries;

	if (place->fd >= 0) {
		require(!ioctl(place->fd, BULKHEAD_DESTROY, &destroy), "destroy");
		close(place->fd);
		return;
	}
	write_file(place->path, "cgroup.kill", "1");
	for (tries = 0; rmdir(place->path); tries++) {
		require(errno == EBUSY && tries < REMOVE_TRIES, place->path);
		usleep(1000);
	}
}

void places_clear(struct place *places, int count)
{
	int i;

	for (i = 0; i < count; i++)
		clear(&places[i]);
}
