// SPDX-License-Identifier: GPL-2.0
/*
 * Workers of the phase in which the module is loaded and unloaded: visitors that use it for
 * a moment if it is there, one that takes it away and brings it back, and loads beside.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "module.h"

static void visit_partition(void)
{
	pid_t child = 0;
	int fd = try_create(BULKHEAD_CREATE_KILL_ON_CLOSE);

	if (fd < 0)
		return;
	if (one_in(2))
		child = start_child(-1, keep_busy);
	if (child > 0)
		REPORT("attach", attach(fd, child, 0), ESRCH, EAGAIN, ENODEV, ENOMEM, EINTR);
	try_set(fd);
	if (one_in(2))
		destroy(fd, BULKHEAD_DESTROY_FORCE);
	close(fd);
	if (child > 0)
		kill_and_reap(child);
}

static void visit_step(unsigned int number)
{
	(void)number;
	sleep_ms(below(100));
	dev = open(BULKHEAD_DEVICE, O_RDWR | O_CLOEXEC);
	/* Not there, or just going. */
	if (REPORT("open", dev < 0 ? errno : 0, ENOENT, ENODEV, ENXIO, ENOMEM))
		return;
	visit_partition();
	close(dev);
}

/* Files of /proc that are open do not hold the module. */
static void read_step(unsigned int number)
{
	static const char * const files[] = {
		PROC "/partitions", PROC "/tasks", PROC "/capacity", PROC "/oom",
	};
	char text[512];
	int fd = open(PICK(files), O_RDONLY | O_CLOEXEC);

	(void)number;
	if (REPORT("open", fd < 0 ? errno : 0, ENOENT, ENOMEM)) {
		sleep_ms(1);
		return;
	}
	if (one_in(2))
		sleep_ms(below(5));
	if (read(fd, text, 1 + below(sizeof(text))) < 0)
		REPORT("read", errno, EIO, ENOMEM, EINTR);
	close(fd);
}

static void reload_step(unsigned int number)
{
	int error;

	(void)number;
	sleep_ms(below(20));
	if (REPORT("rmmod", module_unload(), EAGAIN, EBUSY))
		return;
	if (exists(PROC) || exists(TOP))
		surprise("something is left of the module");
	/* In the end it must be there. */
	do {
		if (one_in(2))
			sleep_ms(below(10));
		error = module_load();
		REPORT("insmod", error, ENOMEM, EINTR);
	} while (error == ENOMEM || error == EINTR);
	shared->reloads += !error;
}

/* What the module has probes in. */
static void load_step(unsigned int number)
{
	pid_t child = start_child(-1, keep_busy);

	(void)number;
	if (child < 0)
		return;
	REPORT("load", 0);
	sleep_ms(below(100));
	kill_and_reap(child);
}

const struct worker reload_workers[] = {
	{ "reloader", reload_step, NULL, 1 },
	{ "visitor", visit_step, NULL, 2 },
	{ "proc visitor", read_step, NULL, 1 },
	{ "load", load_step, NULL, 3 },
};

const unsigned int reload_worker_count = ARRAY_SIZE(reload_workers);
