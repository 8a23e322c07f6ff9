// SPDX-License-Identifier: GPL-2.0
/*
 * Load and unload the module that is tested.
 */
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE	"/lib/modules/bulkhead.ko"

int module_unload(void)
{
	return syscall(SYS_delete_module, "bulkhead", O_NONBLOCK) ? errno : 0;
}

int module_load(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC), error;

	if (fd < 0)
		return errno;
	error = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	close(fd);
	return error;
}

bool module_unloads(void)
{
	int error;

	return EVENTUALLY(!(error = module_unload()) ||
			  (error != EAGAIN && error != EBUSY)) && !error;
}
