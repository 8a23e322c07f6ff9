/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Drive one directory of the cgroup2 file system from inside the kernel.
 *
 * The directories and their files are the documented interface of the kernel's
 * controllers (Documentation/admin-guide/cgroup-v2.rst); they are reached through
 * a mount of our own, which no mount namespace and no umount can take away.
 *
 * Functions that say "errand" are called from an errand only: they resolve paths
 * and open files as current.
 */
#ifndef BULKHEAD_CGROUP_DIR_H
#define BULKHEAD_CGROUP_DIR_H

#include <linux/types.h>

struct cgroup;
struct dentry;
struct file;

/**
 * struct cgroup_dir - A cgroup and its directory
 * @dentry: the directory, referenced
 * @cgroup: the cgroup, referenced; valid until cgroup_dir_put(), even if
 *	somebody removes the directory
 *
 * Both are set by create and never change until put.
 */
struct cgroup_dir {
	struct dentry *dentry;
	struct cgroup *cgroup;
};

/**
 * cgroup_mount_init() - Mount cgroup2 privately
 *
 * Context: Errand.
 * Return: 0, -ENODEV if the kernel has no cgroup2, or an error of the mount.
 */
int cgroup_mount_init(void);

/**
 * cgroup_mount_exit() - Undo cgroup_mount_init()
 *
 * Context: Process context; all directories have been put.
 */
void cgroup_mount_exit(void);

/**
 * cgroup_mount_root() - The root directory
 *
 * Context: Any, between init and exit of the mount.
 * Return: a directory that is not put.
 */
const struct cgroup_dir *cgroup_mount_root(void);

/**
 * cgroup_dir_create() - Make a directory below the root or a child of it
 * @dir: filled in
 * @parent: the root, or a directory made below it
 * @path: path of the new directory from the root, such as "/bulkhead/db"; its
 *	last component is the name
 *
 * Context: Errand. Sleeps.
 * Return: 0, -EEXIST if there is a directory or file of that name, or an error
 *	of cgroupfs.
 */
int cgroup_dir_create(struct cgroup_dir *dir, const struct cgroup_dir *parent,
		      const char *path);

/**
 * cgroup_dir_adopt() - Take hold of a directory that is there
 * @dir: filled in
 * @parent: the root, or a directory made below it
 * @path: path of the directory from the root
 *
 * Context: Errand. Sleeps.
 * Return: 0, -ENOENT if there is no such directory, or an error of cgroupfs.
 */
int cgroup_dir_adopt(struct cgroup_dir *dir, const struct cgroup_dir *parent,
		     const char *path);

/**
 * cgroup_dir_remove() - Remove a directory and the empty ones nested in it
 * @dir: the directory; still to be put
 * @parent: the one it was created in
 *
 * Context: Errand. Sleeps.
 * Return: 0, also if it is gone already; -EBUSY if there are tasks in it, or more
 *	nested directories than are removed at a time.
 */
int cgroup_dir_remove(const struct cgroup_dir *dir, const struct cgroup_dir *parent);

/**
 * cgroup_dir_put() - Let go of a directory, which need not have been removed
 * @dir: cleared; a cleared one may be put again
 *
 * Context: Process context.
 */
void cgroup_dir_put(struct cgroup_dir *dir);

/**
 * cgroup_dir_write() - Write one of the directory's files
 * @dir: the directory
 * @file: such as "memory.min"
 * @format: what to write, at most 63 characters
 *
 * Context: Errand. Sleeps, with "memory.max" and "memory.reclaim" for as long
 *	as reclaim takes.
 * Return: 0, -ENOENT if there is no such file or the directory was removed, or
 *	the error of the write.
 */
__printf(3, 4)
int cgroup_dir_write(const struct cgroup_dir *dir, const char *file,
		     const char *format, ...);

/**
 * cgroup_dir_read() - Read one of the directory's files
 * @dir: the directory
 * @file: such as "cgroup.controllers"
 * @text: filled in and terminated
 * @size: of @text; what does not fit is left out
 *
 * Context: Errand. Sleeps.
 * Return: 0 or a negative errno.
 */
int cgroup_dir_read(const struct cgroup_dir *dir, const char *file,
		    char *text, size_t size);

/**
 * cgroup_dir_open_file() - Open one of the directory's files for others to use
 * @dir: the directory
 * @file: such as "pids.current"
 * @flags: O_RDONLY or O_WRONLY
 *
 * Context: Errand. Sleeps.
 * Return: the file, or an ERR_PTR.
 */
struct file *cgroup_dir_open_file(const struct cgroup_dir *dir, const char *file,
				  int flags);

/**
 * cgroup_file_read() - Read a file that was opened so
 * @file: from cgroup_dir_open_file()
 * @text: filled in and terminated
 * @size: of @text; what does not fit is left out
 *
 * Context: Process context. Sleeps.
 * Return: 0 or a negative errno; -ENODEV if the directory was removed.
 */
int cgroup_file_read(struct file *file, char *text, size_t size);

/**
 * cgroup_file_write() - Write to a file that was opened so
 * @file: from cgroup_dir_open_file()
 * @format: printf() format of at most 63 characters
 *
 * Context: Process context of a kernel thread. Sleeps.
 * Return: 0 or a negative errno; -ENODEV if the directory was removed.
 */
__printf(2, 3) int cgroup_file_write(struct file *file, const char *format, ...);

/**
 * cgroup_dir_has_file() - Is there a file of that name?
 * @dir: the directory
 * @file: such as "memory.swap.max"
 *
 * Context: Errand. Sleeps.
 * Return: true if it could be opened.
 */
bool cgroup_dir_has_file(const struct cgroup_dir *dir, const char *file);

/**
 * cgroup_dir_open() - Open the directory itself, for a user
 * @dir: the directory
 *
 * On a read-only mount: it can be cloned into, and be read.
 *
 * Context: Process context, as the caller and for the caller.
 * Return: the file, or an ERR_PTR.
 */
struct file *cgroup_dir_open(const struct cgroup_dir *dir);

#endif /* BULKHEAD_CGROUP_DIR_H */
