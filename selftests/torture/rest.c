// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "rest.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hog.h"
#include "ktap.h"
#include "table.h"
#include "worker.h"

/*
 * What may be missing all the same: the kernel keeps what it has allocated for a while. A
 * leak grows with every round, and is larger than this after a few.
 */
#define FREE_SLACK	(12 * MIB)
#define SLAB_SLACK	(6 * MIB)
#define PERCPU_SLACK	(1 * MIB)
#define DYING_SLACK	50

static __u64 meminfo(const char *key)
{
	char text[8192], line[64], *at;

	snprintf(line, sizeof(line), "\n%s:", key);
	if (read_file("/proc/meminfo", text, sizeof(text)) < 0)
		bail("cannot read /proc/meminfo");
	at = strstr(text, line);
	return at ? strtoull(at + strlen(line), NULL, 10) << 10 : 0;
}

/*
 * The kernel is booted with slub_debug=U for the kmalloc caches, which has for each object
 * the function that allocated it: one of the module, or nameless if that was of a module
 * that has been unloaded. (What it had the kernel allocate does not count: the kernel keeps
 * some of it for others.)
 */
#define SLABS	"/sys/kernel/debug/slab"

/* "COUNT FUNCTION ...", with the callers in lines of their own, that have no number. */
static __u64 objects_of(const char *cache)
{
	char path[320], *line = NULL, *function;
	__u64 objects = 0, count;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), SLABS "/%s/alloc_traces", cache);
	file = fopen(path, "r");
	if (!file)
		return 0;
	while (getline(&line, &size, file) > 0) {
		count = strtoull(line, &function, 10);
		if (function != line && (strstr(function, "[bulkhead]") ||
					 !strncmp(function, " 0x", 3)))
			objects += count;
	}
	free(line);
	fclose(file);
	return objects;
}

static __u64 objects_of_module(void)
{
	struct dirent **entries;
	int count = scandir(SLABS, &entries, NULL, NULL), i;
	__u64 objects = 0;

	for (i = 0; i < count; i++) {
		if (!strncmp(entries[i]->d_name, "kmalloc-", strlen("kmalloc-")))
			objects += objects_of(entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return objects;
}

static __u64 dying(void)
{
	return knob_key("..", "cgroup.stat", "nr_dying_descendants");
}

static bool plain_is_empty(void)
{
	workers_reap();
	return !knob_key("../torture", "cgroup.events", "populated");
}

/* A fork bomb that is killed is not dead at once. */
bool rest_reach(void)
{
	bool good = true;

	write_file(PLAIN "/cgroup.kill", "1");
	good &= KTAP_EXPECT(EVENTUALLY(plain_is_empty()));
	sweep();
	/* Those that close their last fd just now. */
	good &= KTAP_EXPECT(EVENTUALLY(!capacity().partitions));
	workers_reap();
	write_file("/proc/sys/vm/drop_caches", "3");
	/* What is removed goes in steps, with grace periods in between. */
	EVENTUALLY(dying() <= DYING_SLACK);
	write_file("/proc/sys/vm/drop_caches", "3");
	sleep_ms(500);
	return good;
}

struct rest rest_measure(void)
{
	return (struct rest) {
		.free = free_memory() + free_in_lists(),
		.slab = meminfo("SUnreclaim"),
		.percpu = meminfo("Percpu"),
		.objects = objects_of_module(),
		.dying = dying(),
	};
}

void rest_print(const char *when, const struct rest *rest)
{
	ktap_diag("%s: %llu KiB free, %llu KiB slab, %llu KiB percpu, %llu objects, %llu cgroups dying",
		  when, rest->free >> 10, rest->slab >> 10, rest->percpu >> 10, rest->objects,
		  rest->dying);
}

static bool proc_is_empty(void)
{
	static const char * const files[] = {
		".", "..", "capacity", "events", "history", "oom", "partitions", "self", "tasks",
	};
	struct table *table = table_read(PROC "/partitions");
	struct dirent **entries;
	bool good = true;
	int count, i;
	size_t j;

	good &= KTAP_EXPECT_EQ(table->malformed, 0);
	good &= KTAP_EXPECT_EQ(table->rows, 2);
	good &= KTAP_EXPECT_GE(find_row(table, "NAME", "host"), 0);
	good &= KTAP_EXPECT_GE(find_row(table, "NAME", "free"), 0);
	table_free(table);
	table = table_read(PROC "/tasks");
	good &= KTAP_EXPECT_EQ(table->rows, 0);
	table_free(table);

	count = scandir(PROC, &entries, NULL, NULL);
	good &= KTAP_EXPECT_GT(count, 0);
	for (i = 0; i < count; i++) {
		for (j = 0; j < ARRAY_SIZE(files); j++)
			if (!strcmp(entries[i]->d_name, files[j]))
				break;
		if (j == ARRAY_SIZE(files)) {
			ktap_diag("there is " PROC "/%s", entries[i]->d_name);
			good = false;
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good;
}

static bool same_capacity(const struct bulkhead_capacity *empty)
{
	struct bulkhead_capacity now = capacity();

	return !memcmp(&now, empty, sizeof(now));
}

bool rest_is_empty(const struct bulkhead_capacity *empty)
{
	struct bulkhead_capacity now;
	bool good = true;
	unsigned int i;

	/* The last pages of a reserve go a moment after it. */
	if (!EVENTUALLY(same_capacity(empty))) {
		good = false;
		now = capacity();
		for (i = 0; i < sizeof(now) / 8; i++)
			if (((__u64 *)&now)[i] != ((const __u64 *)empty)[i])
				ktap_diag("word %u of the capacity is %llu, was %llu", i,
					  ((__u64 *)&now)[i], ((const __u64 *)empty)[i]);
	}
	good &= KTAP_EXPECT_EQ(knob_key(".", "cgroup.stat", "nr_descendants"), 0);
	good &= KTAP_EXPECT_EQ(knob_number(".", "memory.min"), 0);
	good &= KTAP_EXPECT_EQ(knob_key(".", "cgroup.events", "populated"), 0);
	return good & proc_is_empty();
}

bool rest_has_memory(const struct rest *before)
{
	bool good = true;
	struct rest now;

	/* Those of the last partitions go a grace period or two after them. */
	EVENTUALLY(objects_of_module() <= before->objects);
	now = rest_measure();
	rest_print("at the end", &now);
	good &= KTAP_EXPECT_GE(now.free + FREE_SLACK, before->free);
	good &= KTAP_EXPECT_LE(now.slab, before->slab + SLAB_SLACK);
	good &= KTAP_EXPECT_LE(now.percpu, before->percpu + PERCPU_SLACK);
	good &= KTAP_EXPECT_LE(now.objects, before->objects);
	good &= KTAP_EXPECT_LE(now.dying, DYING_SLACK);
	return good;
}
