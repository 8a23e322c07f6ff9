/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one place where the library enters the module. */
#ifndef _CALL_H
#define _CALL_H

#include <errno.h>
#include <sys/ioctl.h>

/* Returns 0 or a negative errno. */
static inline int call(int fd, unsigned long command, void *argument)
{
	return ioctl(fd, command, argument) < 0 ? -errno : 0;
}

#endif /* _CALL_H */
