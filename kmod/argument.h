/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arguments of ioctls: copied in once, checked, and copied out once.
 */
#ifndef BULKHEAD_ARGUMENT_H
#define BULKHEAD_ARGUMENT_H

#include <linux/compiler_types.h>
#include <linux/types.h>

struct file;

/**
 * argument_read() - Copy an argument in
 * @argument: filled in, with zeroes behind what the caller knows; its first
 *	member, the size, becomes that of the caller's struct
 * @known: size of @argument, which is also the least that is accepted
 * @user: the caller's
 *
 * Context: Process context. Sleeps.
 * Return: 0; -EFAULT; -EINVAL if the caller's struct is too small; -E2BIG if it is
 *	larger than a page or says something behind what is known.
 */
int argument_read(void *argument, size_t known, const void __user *user);

/**
 * argument_write() - Copy an answer out
 * @user: the caller's
 * @argument: the answer; its first member is as argument_read() left it
 * @known: size of @argument
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -EFAULT.
 */
int argument_write(void __user *user, void *argument, size_t known);

/**
 * argument_publish_fd() - Give the caller a file as the end of a call
 * @fd: reserved with get_unused_fd_flags()
 * @file: the file, whose reference is passed on; ERR_PTR passes the error on
 * @user: the caller's
 * @argument: the answer, which tells @fd
 * @known: size of @argument
 *
 * The fd becomes usable only when the answer has been written; else the file is
 * closed again.
 *
 * Context: Process context. Sleeps.
 * Return: 0, the error of @file, or -EFAULT; then @fd is free again.
 */
int argument_publish_fd(int fd, struct file *file, void __user *user,
			void *argument, size_t known);

#endif /* BULKHEAD_ARGUMENT_H */
