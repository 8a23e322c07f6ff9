/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_LINUX_MM_H
#define HOST_LINUX_MM_H

#include <linux/kernel.h>

/* As in the kernel: unsigned long, and a mask that sign-extends. */
#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#endif
