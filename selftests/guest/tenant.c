// SPDX-License-Identifier: GPL-2.0
/*
 * Starting loads in partitions, and reading what they got.
 */
#define _GNU_SOURCE
#include "tenant.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOST_TOP	"/sys/fs/cgroup"
#define MICRO		1000ULL		/* a thousandth of a CPU in the ABI */
#define READING_US	10000		/* what it may take to read cpu.stat */

__u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

void spin(void)
{
	for (;;)
		__asm__ volatile("");
}

void burn_us(unsigned int us)
{
	__u64 until = now_ns() + us * 1000ULL;

	while (now_ns() < until)
		;
}

static void create_host(struct tenant *tenant)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", HOST_TOP, tenant->name);
	if (mkdir(path, 0755) && errno != EEXIST)
		bail("mkdir %s: %s", path, strerror(errno));
	tenant->fd = -1;
	tenant->cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tenant->cgroup < 0)
		bail("%s: %s", path, strerror(errno));
}

void tenant_create(struct tenant *tenant)
{
	struct bulkhead_settings want = {
		.cpu_guarantee = tenant->guarantee * MICRO,
		.cpu_limit = tenant->limit * MICRO,
		.cpu_share = tenant->share,
		.memory_limit = tenant->memory_limit,
		.task_limit = tenant->task_limit,
	};
	__u32 mask = BULKHEAD_SET_CPU_GUARANTEE;

	if (tenant->host) {
		create_host(tenant);
		return;
	}
	if (tenant->limit)
		mask |= BULKHEAD_SET_CPU_LIMIT;
	if (tenant->share)
		mask |= BULKHEAD_SET_CPU_SHARE;
	if (tenant->memory_limit)
		mask |= BULKHEAD_SET_MEMORY_LIMIT;
	if (tenant->task_limit)
		mask |= BULKHEAD_SET_TASK_LIMIT;
	tenant->fd = make_with(tenant->name, mask, &want);
	tenant->cgroup = cgroup_fd(tenant->fd);
}

/* The C library has no call for it. */
struct sched_attributes {
	__u32 size, policy;
	__u64 flags;
	__s32 nice;
	__u32 priority;
	__u64 runtime, deadline, period;
};

/* 3 ms in every 10 ms. */
static int become_deadline(void)
{
	struct sched_attributes attributes = {
		.size = sizeof(attributes), .policy = SCHED_DEADLINE,
		.runtime = 3000000, .deadline = 10000000, .period = 10000000,
	};

	return syscall(SYS_sched_setattr, 0, &attributes, 0);
}

static int set_policy(enum tenant_policy policy)
{
	struct sched_param parameters = { .sched_priority = 10 };

	switch (policy) {
	case TENANT_FIFO:
		return sched_setscheduler(0, SCHED_FIFO, &parameters);
	case TENANT_DEADLINE:
		return become_deadline();
	default:
		return 0;
	}
}

static int set_cpus(unsigned int mask)
{
	cpu_set_t cpus;
	int cpu;

	if (!mask)
		return 0;
	CPU_ZERO(&cpus);
	for (cpu = 0; cpu < 32; cpu++)
		if (mask & 1U << cpu)
			CPU_SET(cpu, &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus);
}

static void work(const struct tenant *tenant, int number)
{
	/* Sleep exactly as long as told. */
	prctl(PR_SET_TIMERSLACK, 1);
	if (tenant->sessions && setsid() < 0)
		bail("%s: setsid: %s", tenant->name, strerror(errno));
	if (set_cpus(tenant->cpus))
		bail("%s: affinity: %s", tenant->name, strerror(errno));
	if (setpriority(PRIO_PROCESS, 0, tenant->nice))
		bail("%s: nice: %s", tenant->name, strerror(errno));
	if (set_policy(tenant->policy))
		bail("%s: policy: %s", tenant->name, strerror(errno));
	if (tenant->run)
		tenant->run(number);
	else
		spin();
	_exit(0);
}

pid_t tenant_spawn(const struct tenant *tenant, int number)
{
	pid_t parent = getpid(), pid = fork_into(tenant->cgroup);

	if (pid < 0)
		bail("%s: clone3: %s", tenant->name, strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		work(tenant, number);
	}
	return pid;
}

void tenant_start(struct tenant *tenant)
{
	int i;

	for (i = 0; i < tenant->processes; i++)
		tenant_spawn(tenant, i);
}

/* A task counts until it is reaped. */
static bool is_empty(const struct tenant *tenant)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return !stats(tenant->fd).tasks;
}

void tenant_kill(const struct tenant *tenant)
{
	int error = kill_all(tenant->fd, SIGKILL, NULL);

	if (error)
		bail("%s: kill: %s", tenant->name, strerror(error));
	if (!EVENTUALLY(is_empty(tenant)))
		bail("%s: somebody is left", tenant->name);
}

void tenants_start(struct tenant *tenants, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		tenant_create(&tenants[i]);
	for (i = 0; i < count; i++)
		tenant_start(&tenants[i]);
	sleep_ms(SETTLE_MS);
}

/*
 * What it used, and when. Whoever reads may have to wait in between: such a reading is
 * not worth anything.
 */
static void take(struct tenant *tenant)
{
	__u64 used, time, before;
	char path[128];
	int left = 10;

	/* The path leads from the top cgroup to its sibling. */
	snprintf(path, sizeof(path), "%s%s", tenant->host ? "../" : "", tenant->name);
	do {
		before = now_ns() / 1000;
		used = knob_key(path, "cpu.stat", "usage_usec");
		time = now_ns() / 1000;
	} while (time - before > READING_US && --left);
	tenant->rate = (used - tenant->used) * CPU / (time - tenant->time);
	tenant->used = used;
	tenant->time = time;
}

void tenants_measure(struct tenant *tenants, size_t count, unsigned int ms)
{
	size_t i;

	for (i = 0; i < count; i++)
		take(&tenants[i]);
	sleep_ms(ms);
	for (i = 0; i < count; i++)
		take(&tenants[i]);
}

void tenants_print(const struct tenant *tenants, size_t count)
{
	size_t i;

	printf("# thousandths of a CPU (guaranteed):");
	for (i = 0; i < count; i++)
		printf(" %s %d (%u)", tenants[i].name, tenants[i].rate, tenants[i].guarantee);
	printf("\n");
}

int tenants_rate(const struct tenant *tenants, size_t count)
{
	int rate = 0;
	size_t i;

	for (i = 0; i < count; i++)
		rate += tenants[i].rate;
	return rate;
}

static void end_host(const struct tenant *tenant)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s/cgroup.kill", HOST_TOP, tenant->name);
	write_file(path, "1");
	*strrchr(path, '/') = '\0';
	if (!EVENTUALLY(!rmdir(path)))
		bail("rmdir %s: %s", path, strerror(errno));
}

void tenants_end(struct tenant *tenants, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		close(tenants[i].cgroup);
		if (tenants[i].host)
			end_host(&tenants[i]);
		else
			finish(tenants[i].fd);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}
