// SPDX-License-Identifier: GPL-2.0
/*
 * Every call of the ABI as data.
 */
#include "calls.h"

#include <string.h>
#include <unistd.h>

static void fill_size_only(void *arg, const struct fixture *fixture)
{
	/* All else is output. */
	(void)arg;
	(void)fixture;
}

static void fill_create(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	*(struct bulkhead_create *)arg = create_arg("other");
}

static void fill_create_dry(void *arg, const struct fixture *fixture)
{
	struct bulkhead_create *create = arg;

	fill_create(arg, fixture);
	create->flags = BULKHEAD_CREATE_DRY_RUN;
}

static void undo_create(void *arg)
{
	finish(((struct bulkhead_create *)arg)->fd);
}

static void fill_open(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	*(struct bulkhead_open *)arg = open_arg(TARGET, 0);
}

static void fill_open_write(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	*(struct bulkhead_open *)arg = open_arg(TARGET, BULKHEAD_OPEN_WRITE);
}

static void undo_open(void *arg)
{
	close(((struct bulkhead_open *)arg)->fd);
}

static void fill_list(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	((struct bulkhead_list *)arg)->cursor = 0;
}

static void fill_set(void *arg, const struct fixture *fixture)
{
	struct bulkhead_set *set = arg;

	(void)fixture;
	*set = set_arg(BULKHEAD_SET_TASK_LIMIT);
	set->settings.task_limit = 100;
}

static void fill_set_dry(void *arg, const struct fixture *fixture)
{
	fill_set(arg, fixture);
	((struct bulkhead_set *)arg)->flags = BULKHEAD_SETTINGS_DRY_RUN;
}

static void fill_stats(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	((struct bulkhead_stats *)arg)->pad = 0;
}

static void fill_attach(void *arg, const struct fixture *fixture)
{
	struct bulkhead_attach *attach = arg;

	attach->pid = fixture->process;
	attach->start_time = 0;
}

static void fill_cgroup(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	((struct bulkhead_cgroup *)arg)->fd = 0;
}

static void undo_cgroup(void *arg)
{
	close(((struct bulkhead_cgroup *)arg)->fd);
}

static void fill_kill(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	((struct bulkhead_kill *)arg)->signal = 64;
	((struct bulkhead_kill *)arg)->count = 0;
}

static void fill_destroy(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	((struct bulkhead_destroy *)arg)->flags = 0;
}

static void fill_destroy_force(void *arg, const struct fixture *fixture)
{
	(void)fixture;
	((struct bulkhead_destroy *)arg)->flags = BULKHEAD_DESTROY_FORCE;
}

#define FIELD(type, member) { \
	offsetof(struct bulkhead_##type, member), \
	sizeof(((struct bulkhead_##type *)NULL)->member) }
#define CALL(command, type) \
	.cmd = BULKHEAD_##command, .size = sizeof(struct bulkhead_##type)
#define FLAGS(type, known) \
	.flags = offsetof(struct bulkhead_##type, flags), .known_flags = (known)
#define NO_FLAGS .flags = -1

#define CREATE_COMMON \
	CALL(CREATE, create), .device = true, \
	FLAGS(create, BULKHEAD_CREATE_DRY_RUN | BULKHEAD_CREATE_KILL_ON_CLOSE), \
	.zero = { FIELD(create, fd), FIELD(create, id), FIELD(create, cpu), \
		  FIELD(create, memory), FIELD(create, refused), FIELD(create, culprit) }
#define OPEN_COMMON \
	CALL(OPEN, open), .device = true, \
	FLAGS(open, BULKHEAD_OPEN_WRITE), \
	.zero = { FIELD(open, fd), FIELD(open, pad) }
#define SET_COMMON \
	CALL(SET, set), FLAGS(set, BULKHEAD_SETTINGS_DRY_RUN), \
	.zero = { FIELD(set, pad), FIELD(set, cpu), FIELD(set, memory), \
		  FIELD(set, refused), FIELD(set, culprit) }
#define DESTROY_COMMON \
	CALL(DESTROY, destroy), .changes = true, FLAGS(destroy, BULKHEAD_DESTROY_FORCE)

const struct call_info calls[] = {
	{ "VERSION", CALL(VERSION, version), .device = true, NO_FLAGS,
	  .fill = fill_size_only },
	{ "CAPACITY", CALL(CAPACITY, capacity), .device = true, NO_FLAGS,
	  .fill = fill_size_only },
	{ "CREATE", CREATE_COMMON, .changes = true, .fill = fill_create,
	  .undo = undo_create },
	{ "CREATE dry", CREATE_COMMON, .fill = fill_create_dry },
	{ "OPEN", OPEN_COMMON, .fill = fill_open, .undo = undo_open },
	{ "OPEN to write", OPEN_COMMON, .changes = true, .fill = fill_open_write,
	  .undo = undo_open },
	{ "LIST", CALL(LIST, list), .device = true, NO_FLAGS, .fill = fill_list },
	{ "GET", CALL(GET, get), NO_FLAGS, .outlives = true, .fill = fill_size_only },
	{ "SET", SET_COMMON, .changes = true, .fill = fill_set },
	{ "SET dry", SET_COMMON, .fill = fill_set_dry },
	{ "STATS", CALL(STATS, stats), NO_FLAGS, .outlives = true,
	  .zero = { FIELD(stats, pad) }, .fill = fill_stats },
	{ "ATTACH", CALL(ATTACH, attach), .changes = true, NO_FLAGS, .fill = fill_attach },
	{ "CGROUP", CALL(CGROUP, cgroup), .changes = true, NO_FLAGS,
	  .zero = { FIELD(cgroup, fd) }, .fill = fill_cgroup, .undo = undo_cgroup },
	{ "KILL", CALL(KILL, kill), .changes = true, NO_FLAGS,
	  .zero = { FIELD(kill, count) }, .fill = fill_kill },
	{ "DESTROY", DESTROY_COMMON, .fill = fill_destroy },
	{ "DESTROY by force", DESTROY_COMMON, .fill = fill_destroy_force },
};

const unsigned int call_count = sizeof(calls) / sizeof(*calls);

void fixture_begin(struct fixture *fixture)
{
	fixture->partition = make(TARGET);
	fixture->process = sleeper();
}

void fixture_end(struct fixture *fixture)
{
	kill_and_reap(fixture->process);
	finish(fixture->partition);
}

void fill_call(const struct call_info *info, void *arg, const struct fixture *fixture)
{
	poison(arg, info->size);
	info->fill(arg, fixture);
	*(__u32 *)arg = info->size;
}

int fd_of(const struct call_info *info, const struct fixture *fixture)
{
	return info->device ? dev : fixture->partition;
}
