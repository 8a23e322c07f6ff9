// SPDX-License-Identifier: GPL-2.0
#include "arena.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bench.h"

#define PLAIN		CGROUPS "/plain"
#define PARTITIONS	CGROUPS "/bulkhead"
#define WEIGHT_MAX	10000
#define CONTROLLERS	"+cpu +memory +pids"

/* Time to fork the loads and their threads, in ns, before any of them starts. */
#define SETUP		300000000
#define SETUP_MEMBER	10000000

#define REMOVE_TRIES	5000

const char *const arm_names[] = { "alone", "plain", "bulkhead" };

static int device(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(BULKHEAD_DEVICE, O_RDWR | O_CLOEXEC);
	require(fd >= 0, BULKHEAD_DEVICE);
	return fd;
}

/* CPUs that can be guaranteed, in micro-CPUs. */
static uint64_t capacity_now(void)
{
	struct bulkhead_capacity capacity = { .size = sizeof(capacity) };

	require(!ioctl(device(), BULKHEAD_CAPACITY, &capacity), "capacity");
	return capacity.cpu_total - capacity.cpu_reserve;
}

static int create_partition(const char *name, uint64_t guarantee, uint64_t limit)
{
	struct bulkhead_create create = {
		.size = sizeof(create),
		.settings = { .cpu_guarantee = guarantee, .cpu_limit = limit },
	};

	if (guarantee)
		create.mask |= BULKHEAD_SET_CPU_GUARANTEE;
	if (limit)
		create.mask |= BULKHEAD_SET_CPU_LIMIT;
	snprintf(create.name, sizeof(create.name), "%s", name);
	require(!ioctl(device(), BULKHEAD_CREATE, &create), name);
	return create.fd;
}

/*
 * Groups without a guarantee share what is not guaranteed, as weights express it:
 * the largest weight is the best one on 6.1, where small ones lose sleepers' credit.
 */
static int plain_weight(const struct scenario *scenario, const struct group *group)
{
	uint64_t sum = 0, largest = 0, own = group->guarantee;
	int i, without = 0;

	for (i = 0; i < scenario->groups; i++) {
		const struct group *other = &scenario->group[i];

		if (other->place != PLACE_PARTITION)
			continue;
		sum += other->guarantee;
		without += !other->guarantee;
		if (other->guarantee > largest)
			largest = other->guarantee;
	}
	if (without) {
		uint64_t rest = (capacity_now() - sum) / without;

		if (rest > largest)
			largest = rest;
		if (!own)
			own = rest;
	}
	own = largest ? own * WEIGHT_MAX / largest : WEIGHT_MAX;
	return own ? own : 1;
}

static void make_plain(struct member *member, const struct scenario *scenario)
{
	char text[64];

	require(!mkdir(member->path, 0755), member->path);
	snprintf(text, sizeof(text), "%d", plain_weight(scenario, member->group));
	write_file(member->path, "cpu.weight", text);
	if (!member->group->limit)
		return;
	snprintf(text, sizeof(text), "%llu 100000",
		 (unsigned long long)member->group->limit / 10);
	write_file(member->path, "cpu.max", text);
}

static void build_member(struct member *member, const struct group *group,
			 const struct arena *arena)
{
	char path[160];

	memset(member, 0, sizeof(*member));
	member->group = group;
	member->fd = -1;
	member->usage = -1;
	member->record = mmap(NULL, sizeof(*member->record), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	require(member->record != MAP_FAILED, "memory");
	if (group->place == PLACE_ROOT) {
		strcpy(member->path, CGROUPS);
		return;
	}
	if (group->place == PLACE_HOST) {
		snprintf(member->path, sizeof(member->path), CGROUPS "/%s", group->name);
		require(!mkdir(member->path, 0755), member->path);
	} else if (arena->arm == ARM_BULKHEAD) {
		snprintf(member->path, sizeof(member->path), PARTITIONS "/%s", group->name);
		member->fd = create_partition(group->name, group->guarantee, group->limit);
	} else {
		snprintf(member->path, sizeof(member->path), PLAIN "/%s", group->name);
		make_plain(member, arena->scenario);
	}
	snprintf(path, sizeof(path), "%s/cpu.stat", member->path);
	member->usage = open(path, O_RDONLY | O_CLOEXEC);
	require(member->usage >= 0, path);
}

static void make_plain_top(void)
{
	write_file(CGROUPS, "cgroup.subtree_control", CONTROLLERS);
	require(!mkdir(PLAIN, 0755) || errno == EEXIST, PLAIN);
	write_file(PLAIN, "cgroup.subtree_control", CONTROLLERS);
	write_file(PLAIN, "cpu.weight", "10000");
}

void arena_build(struct arena *arena, const struct scenario *scenario, enum arm arm,
		 const struct group *only)
{
	int i;

	arena->arm = arm;
	arena->scenario = scenario;
	arena->members = 0;
	arena->empty = NULL;
	if (arm != ARM_BULKHEAD)
		make_plain_top();
	for (i = 0; i < scenario->groups; i++)
		if (!only || only == &scenario->group[i])
			build_member(&arena->member[arena->members++], &scenario->group[i], arena);
	if (!scenario->empty || arm != ARM_BULKHEAD)
		return;
	arena->empty = calloc(scenario->empty, sizeof(int));
	require(!!arena->empty, "memory");
	for (i = 0; i < scenario->empty; i++) {
		char name[32];

		snprintf(name, sizeof(name), "empty%d", i);
		arena->empty[i] = create_partition(name, BULKHEAD_CPU_MIN, 0);
	}
}

static void enter(const struct member *member)
{
	struct sched_param fair = { 0 };
	cpu_set_t all;
	char pid[16];

	/* The benchmark itself runs above all of them, on the first CPU. */
	memset(&all, -1, sizeof(all));
	require(!sched_setaffinity(0, sizeof(all), &all), "affinity");
	require(!sched_setscheduler(0, SCHED_OTHER, &fair), "SCHED_OTHER");
	if (member->fd >= 0) {
		struct bulkhead_attach attach = { .size = sizeof(attach) };

		require(!ioctl(member->fd, BULKHEAD_ATTACH, &attach), "attach");
	} else {
		snprintf(pid, sizeof(pid), "%d", getpid());
		write_file(member->path, "cgroup.procs", pid);
	}
}

uint64_t arena_start(struct arena *arena)
{
	uint64_t start = now_ns() + SETUP + arena->members * SETUP_MEMBER;
	int i;

	for (i = 0; i < arena->members; i++) {
		struct member *member = &arena->member[i];
		const struct group *group = member->group;

		member->leader = fork();
		require(member->leader >= 0, "fork");
		if (member->leader)
			continue;
		require(setsid() > 0, "session");
		enter(member);
		load_run(&group->load, start + group->delay, member->record);
	}
	require(now_ns() < start, "too slow to start the loads");
	return start;
}

/* In the root cgroup: the threads of the one process, which are there to stay. */
static uint64_t process_usage(pid_t pid)
{
	unsigned long long usage = 0, one;
	char path[300];
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	directory = opendir(path);
	require(!!directory, path);
	while ((entry = readdir(directory))) {
		FILE *file;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", pid, entry->d_name);
		file = fopen(path, "r");
		require(file && fscanf(file, "%llu", &one) == 1, path);
		usage += one;
		fclose(file);
	}
	closedir(directory);
	return usage;
}

uint64_t arena_usage(const struct member *member)
{
	unsigned long long us;
	char text[64];
	ssize_t size;

	if (member->usage < 0)
		return process_usage(member->leader);
	size = pread(member->usage, text, sizeof(text) - 1, 0);
	require(size > 0, "cpu.stat");
	text[size] = 0;
	require(sscanf(text, "usage_usec %llu", &us) == 1, "usage_usec");
	return us * 1000;
}

static void kill_member(const struct member *member)
{
	if (member->group->place == PLACE_ROOT)
		kill(-member->leader, SIGKILL);
	else
		write_file(member->path, "cgroup.kill", "1");
}

static void destroy_partition(int fd)
{
	struct bulkhead_destroy destroy = {
		.size = sizeof(destroy), .flags = BULKHEAD_DESTROY_FORCE,
	};

	require(!ioctl(fd, BULKHEAD_DESTROY, &destroy), "destroy");
	close(fd);
}

/* The last of the killed may take a while to leave. */
static void remove_cgroup(const char *path)
{
	int tries;

	for (tries = 0; rmdir(path); tries++) {
		require(errno == EBUSY && tries < REMOVE_TRIES, path);
		usleep(1000);
	}
}

static void clear_member(struct member *member)
{
	waitpid(member->leader, NULL, 0);
	munmap(member->record, sizeof(*member->record));
	if (member->usage >= 0)
		close(member->usage);
	if (member->fd >= 0)
		destroy_partition(member->fd);
	else if (member->group->place != PLACE_ROOT)
		remove_cgroup(member->path);
}

void arena_clear(struct arena *arena)
{
	int i;

	for (i = 0; i < arena->members; i++)
		kill_member(&arena->member[i]);
	for (i = 0; i < arena->members; i++)
		clear_member(&arena->member[i]);
	if (!arena->empty)
		return;
	for (i = 0; i < arena->scenario->empty; i++)
		destroy_partition(arena->empty[i]);
	free(arena->empty);
}
