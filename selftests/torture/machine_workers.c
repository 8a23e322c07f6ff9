// SPDX-License-Identifier: GPL-2.0
/*
 * Workers that take from the machine what the module lives on: CPUs, memory, itself.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "module.h"

/* --- CPU hotplug: all but the first CPU -------------------------------------------- */

static int set_online(unsigned int cpu, bool online)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", cpu);
	return write_file(path, online ? "1" : "0");
}

static void hotplug_step(unsigned int number)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_CONF), cpu;

	(void)number;
	if (cpus < 2) {
		REPORT("the only CPU", 0);
		sleep_ms(100);
		return;
	}
	cpu = 1 + below(cpus - 1);
	REPORT("a CPU off", set_online(cpu, false), EBUSY, EINTR, EAGAIN, ENOMEM);
	sleep_ms(below(400));
	REPORT("a CPU on", set_online(cpu, true), EBUSY, EINTR, EAGAIN, ENOMEM);
	sleep_ms(below(400));
}

/* The verdict is on a machine that has all its CPUs. */
static void hotplug_end(void)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_CONF), cpu;

	for (cpu = 1; cpu < cpus; cpu++)
		if (!EVENTUALLY(!set_online(cpu, true)))
			surprise("CPU %u does not come back", cpu);
}

/* --- hogs: until memory runs out ------------------------------------------------------ */

static void hog(void)
{
	size_t size, at;
	struct sysinfo info;
	char *memory;

	sysinfo(&info);
	size = 2 * info.totalram * info.mem_unit;
	/* An emulated CPU takes long to clear so many pages. */
	setpriority(PRIO_PROCESS, 0, -20);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		_exit(1);
	for (at = 0; at < size; at += 4096)
		memory[at] = 1;
}

/* Done is one that was killed for it, by whom ever; others are taken back after a while. */
static void hog_step(unsigned int number)
{
	int cgroup = one_in(2) ? any_cgroup() : -1, status = 0;
	pid_t pid = start_child(cgroup, hog);
	__u64 until = now_ms() + 10000;
	bool died = false;

	(void)number;
	if (cgroup >= 0)
		close(cgroup);
	if (pid < 0) {
		sleep_ms(10);
		return;
	}
	while (!died && now_ms() < until && !shared->stop) {
		sleep_ms(20);
		died = waitpid(pid, &status, WNOHANG) == pid;
	}
	if (!died)
		kill_and_reap(pid);
	REPORT("hog", died && WIFSIGNALED(status) ? 0 : ETIME, ETIME);
	if (!one_in(3) && !shared->stop)
		sleep_ms(500 + below(1000));
}

/* --- the module cannot go while it is used ----------------------------------------------- */

static void unload_step(unsigned int number)
{
	int error = module_unload();

	(void)number;
	/* The device is open here. */
	if (error != EAGAIN && error != EBUSY)
		surprise("rmmod of a module that is used: errno %d (%s)", error, strerror(error));
	REPORT("a refused rmmod", error ? 0 : EINVAL);
	sleep_ms(1 + below(50));
}

const struct worker machine_workers[] = {
	{ "hotplug", hotplug_step, hotplug_end, 1 },
	{ "hog", hog_step, NULL, 1 },
	{ "unloader", unload_step, NULL, 1 },
};

const unsigned int machine_worker_count = ARRAY_SIZE(machine_workers);
