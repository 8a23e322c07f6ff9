// SPDX-License-Identifier: GPL-2.0
/*
 * The size protocol of the ABI: see "How arguments are checked" in the uapi header.
 */
#include "argument.h"

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

int argument_read(void *argument, size_t known, const void __user *user)
{
	u32 size;
	int err;

	if (get_user(size, (const u32 __user *)user))
		return -EFAULT;
	if (size < known)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(argument, known, user, size);
	if (err)
		return err;
	/* It may have been changed since: what was checked counts. */
	*(u32 *)argument = size;
	return 0;
}

int argument_write(void __user *user, void *argument, size_t known)
{
	return copy_to_user(user, argument, known) ? -EFAULT : 0;
}

int argument_publish_fd(int fd, struct file *file, void __user *user,
			void *argument, size_t known)
{
	int err;

	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	err = argument_write(user, argument, known);
	if (err) {
		put_unused_fd(fd);
		fput(file);
		return err;
	}
	fd_install(fd, file);
	return 0;
}
