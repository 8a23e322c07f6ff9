// SPDX-License-Identifier: GPL-2.0
/*
 * Read /proc/bulkhead/partitions, against reading the same figures of the same
 * partitions from cgroupfs: ten files each.
 */
#include "bench.h"

#define PARTITIONS	1000
#define ROUNDS		9

static const char * const files[] = {
	"cpu.weight", "cpu.max", "cpu.stat", "memory.min", "memory.max",
	"memory.current", "memory.peak", "memory.swap.max", "pids.current", "pids.max",
};

static int device;
static int handles[PARTITIONS];

static size_t read_whole(const char *path)
{
	static char text[65536];
	size_t total = 0;
	ssize_t got;
	int fd;

	fd = open(path, O_RDONLY);
	require(fd >= 0, path);
	while ((got = read(fd, text, sizeof(text))) > 0)
		total += got;
	require(!got, path);
	close(fd);
	return total;
}

static void create_all(void)
{
	int i;

	for (i = 0; i < PARTITIONS; i++) {
		struct bulkhead_create create = {
			.size = sizeof(create),
			.flags = BULKHEAD_CREATE_KILL_ON_CLOSE,
		};

		snprintf(create.name, sizeof(create.name), "service-%d", i);
		require(!ioctl(device, BULKHEAD_CREATE, &create), create.name);
		handles[i] = create.fd;
	}
}

static void read_cgroups(void)
{
	char path[256];
	size_t file;
	int i;

	for (i = 0; i < PARTITIONS; i++) {
		for (file = 0; file < sizeof(files) / sizeof(files[0]); file++) {
			snprintf(path, sizeof(path), CGROUPS "/bulkhead/service-%d/%s",
				 i, files[file]);
			read_whole(path);
		}
	}
}

static void read_listing(void)
{
	/* The header, the partitions, the host, what is free. */
	require(read_whole("/proc/bulkhead/partitions") > PARTITIONS * 100, "listing");
}

static void sample(void (*round)(void), uint64_t *at)
{
	uint64_t start = now_ns();

	round();
	*at = now_ns() - start;
}

int main(void)
{
	uint64_t listing[ROUNDS], cgroups[ROUNDS];
	int i;

	device = open(BULKHEAD_DEVICE, O_RDWR);
	require(device >= 0, BULKHEAD_DEVICE);
	create_all();
	for (i = 0; i < ROUNDS; i++) {
		sample(read_listing, &listing[i]);
		sample(read_cgroups, &cgroups[i]);
	}
	report("listing-1000", "bulkhead", listing, ROUNDS);
	report("listing-1000", "plain", cgroups, ROUNDS);
	return 0;
}
