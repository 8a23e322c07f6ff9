/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_LINUX_ERRNO_H
#define HOST_LINUX_ERRNO_H

#include <errno.h>

#endif
