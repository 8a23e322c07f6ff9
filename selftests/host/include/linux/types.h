/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pure files of kmod/ take from the kernel, for user space: these
 * headers stand before those of the system, which have the __u64 and so on.
 */
#ifndef HOST_LINUX_TYPES_H
#define HOST_LINUX_TYPES_H

#include_next <linux/types.h>

#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

#endif
