// SPDX-License-Identifier: GPL-2.0
/*
 * One cgroup2 directory, driven through the VFS.
 */
#include "cgroup_dir.h"

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "compat.h"
#include "limits.h"

/*
 * Set once by cgroup_mount_init(), constant until cgroup_mount_exit(). What users
 * get is on a mount of its own, where they can write nothing: from a directory
 * ".." leads up to the root of the whole hierarchy.
 */
static struct vfsmount *cgroup_mount;
static struct vfsmount *cgroup_user_mount;
static struct cgroup_dir cgroup_root_dir;
static struct lock_class_key cgroup_file_key;

#ifdef BULKHEAD_FAULTS
/* Test builds only: make the n-th write from now fail, once. */
static int fail_write;
module_param(fail_write, int, 0644);
MODULE_PARM_DESC(fail_write, "fail the n-th cgroup file write from now (count; 0 = none)");

static bool fault_injected(void)
{
	return fail_write > 0 && !--fail_write;
}
#else
static bool fault_injected(void)
{
	return false;
}
#endif

/*
 * A mount in the initial cgroup namespace sets the options of the one hierarchy
 * that all mounts show, and those not named are cleared (apply_cgroup_root_flags()
 * in kernel/cgroup/cgroup.c). Name those that are set: systemd's nsdelegate and
 * memory_recursiveprot must survive us.
 */
static void current_mount_options(char *text, size_t size)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} options[] = { COMPAT_CGROUP_ROOT_OPTIONS };
	size_t i, used = 0;

	text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (cgrp_dfl_root.flags & options[i].flag)
			used += scnprintf(text + used, size - used, "%s%s",
					  used ? "," : "", options[i].name);
}

int cgroup_mount_init(void)
{
	struct file_system_type *type = get_fs_type("cgroup2");
	char options[160];

	/* The type is never a module: the reference needs no put. */
	if (!type)
		return -ENODEV;
	current_mount_options(options, sizeof(options));
	cgroup_mount = vfs_kern_mount(type, 0, "bulkhead", options);
	if (IS_ERR(cgroup_mount))
		return PTR_ERR(cgroup_mount);
	current_mount_options(options, sizeof(options));
	cgroup_user_mount = vfs_kern_mount(type, 0, "bulkhead", options);
	if (IS_ERR(cgroup_user_mount)) {
		mntput(cgroup_mount);
		return PTR_ERR(cgroup_user_mount);
	}
	cgroup_user_mount->mnt_flags |= MNT_READONLY | MNT_NOSUID | MNT_NODEV | MNT_NOEXEC;
	cgroup_root_dir.dentry = cgroup_mount->mnt_root;
	cgroup_root_dir.cgroup = &cgrp_dfl_root.cgrp;
	return 0;
}

void cgroup_mount_exit(void)
{
	mntput(cgroup_user_mount);
	mntput(cgroup_mount);
}

const struct cgroup_dir *cgroup_mount_root(void)
{
	return &cgroup_root_dir;
}

/* The child of that name; negative if there is none. Takes the parent's inode lock. */
static struct dentry *lookup_child(struct dentry *parent, const char *name)
{
	struct dentry *child;

	inode_lock_nested(d_inode(parent), I_MUTEX_PARENT);
	child = lookup_one_len(name, parent, strlen(name));
	inode_unlock(d_inode(parent));
	return child;
}

static int make_child(struct dentry *parent, const char *name)
{
	struct dentry *child;
	int err;

	inode_lock_nested(d_inode(parent), I_MUTEX_PARENT);
	child = lookup_one_len(name, parent, strlen(name));
	if (IS_ERR(child)) {
		err = PTR_ERR(child);
		goto unlock;
	}
	if (d_is_positive(child))
		err = -EEXIST;
	else
		err = compat_vfs_mkdir(d_inode(parent), child, 0755);
	dput(child);
unlock:
	inode_unlock(d_inode(parent));
	return err;
}

static int remove_child(struct dentry *parent, struct dentry *child)
{
	int err = -ENOENT;

	inode_lock_nested(d_inode(parent), I_MUTEX_PARENT);
	if (child->d_parent == parent && d_is_positive(child) && !d_unhashed(child))
		err = compat_vfs_rmdir(d_inode(parent), child);
	inode_unlock(d_inode(parent));
	return err;
}

/* Takes back a make_child(), as far as that is possible. */
static void unmake_child(struct dentry *parent, const char *name)
{
	struct dentry *child = lookup_child(parent, name);

	if (IS_ERR(child))
		return;
	remove_child(parent, child);
	dput(child);
}

int cgroup_dir_adopt(struct cgroup_dir *dir, const struct cgroup_dir *parent,
		     const char *path)
{
	struct dentry *dentry = lookup_child(parent->dentry, strrchr(path, '/') + 1);
	struct cgroup *cgroup;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	cgroup = d_is_dir(dentry) ? cgroup_get_from_path(path) : ERR_PTR(-ENOENT);
	if (IS_ERR(cgroup)) {
		dput(dentry);
		return PTR_ERR(cgroup);
	}
	dir->dentry = dentry;
	dir->cgroup = cgroup;
	return 0;
}

int cgroup_dir_create(struct cgroup_dir *dir, const struct cgroup_dir *parent,
		      const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	int err;

	err = make_child(parent->dentry, name);
	if (err)
		return err;
	/* kernfs leaves the dentry of a mkdir negative: it is looked up again. */
	err = cgroup_dir_adopt(dir, parent, path);
	if (err)
		unmake_child(parent->dentry, name);
	return err;
}

void cgroup_dir_put(struct cgroup_dir *dir)
{
	if (!dir->dentry)
		return;
	cgroup_put(dir->cgroup);
	dput(dir->dentry);
	dir->cgroup = NULL;
	dir->dentry = NULL;
}

/*
 * Files of cgroups are seq_files, as our own in /proc are, and a read holds the lock of the
 * file. Nobody but us has those that are opened here: to lockdep they are not of the same
 * class, and thus may be read below what readers in /proc wait for.
 */
static struct file *open_file(const struct cgroup_dir *dir, const char *file, int flags)
{
	struct path path = { .mnt = cgroup_mount, .dentry = dir->dentry };
	struct file *filp = file_open_root(&path, file, flags, 0);

	if (!IS_ERR(filp))
		lockdep_set_class(&((struct seq_file *)filp->private_data)->lock,
				  &cgroup_file_key);
	return filp;
}

static __printf(2, 0) int write_text(struct file *file, const char *format, va_list args)
{
	char text[64];
	loff_t pos = 0;
	ssize_t ret;
	int length;

	length = vsnprintf(text, sizeof(text), format, args);
	if (WARN_ON_ONCE(length >= sizeof(text)))
		return -EINVAL;
	ret = fault_injected() ? -EIO : kernel_write(file, text, length, &pos);
	return ret < 0 ? ret : 0;
}

int cgroup_dir_write(const struct cgroup_dir *dir, const char *file,
		     const char *format, ...)
{
	struct file *filp;
	va_list args;
	int err;

	filp = open_file(dir, file, O_WRONLY);
	if (IS_ERR(filp))
		return PTR_ERR(filp);
	va_start(args, format);
	err = write_text(filp, format, args);
	va_end(args);
	/* A worker's plain fput() is put off; thousands would pile up. */
	__fput_sync(filp);
	return err;
}

int cgroup_file_write(struct file *file, const char *format, ...)
{
	va_list args;
	int err;

	va_start(args, format);
	err = write_text(file, format, args);
	va_end(args);
	return err;
}

struct file *cgroup_dir_open_file(const struct cgroup_dir *dir, const char *file,
				  int flags)
{
	return open_file(dir, file, flags);
}

int cgroup_file_read(struct file *file, char *text, size_t size)
{
	loff_t pos = 0;
	ssize_t ret = kernel_read(file, text, size - 1, &pos);

	if (ret < 0)
		return ret;
	text[ret] = '\0';
	return 0;
}

int cgroup_dir_read(const struct cgroup_dir *dir, const char *file,
		    char *text, size_t size)
{
	struct file *filp = open_file(dir, file, O_RDONLY);
	int err;

	if (IS_ERR(filp))
		return PTR_ERR(filp);
	err = cgroup_file_read(filp, text, size);
	__fput_sync(filp);
	return err;
}

bool cgroup_dir_has_file(const struct cgroup_dir *dir, const char *file)
{
	struct file *filp = open_file(dir, file, O_RDONLY);

	if (IS_ERR(filp))
		return false;
	__fput_sync(filp);
	return true;
}

struct file *cgroup_dir_open(const struct cgroup_dir *dir)
{
	struct path path = { .mnt = cgroup_user_mount, .dentry = dir->dentry };

	return dentry_open(&path, O_RDONLY | O_DIRECTORY, current_cred());
}

/* Catches the first child directory that a listing shows. */
struct first_child {
	struct dir_context context;
	char name[NAME_MAX + 1];
};

static bool note_first_child(struct dir_context *context, const char *name, int length,
			     loff_t offset, u64 inode, unsigned int type)
{
	struct first_child *first = container_of(context, struct first_child, context);

	if (type != DT_DIR || (length == 1 && name[0] == '.') ||
	    (length == 2 && name[0] == '.' && name[1] == '.'))
		return true;
	if (length < sizeof(first->name)) {
		memcpy(first->name, name, length);
		first->name[length] = '\0';
	}
	return false;
}

static int find_first_child(struct dentry *parent, struct first_child *first)
{
	struct path path = { .mnt = cgroup_mount, .dentry = parent };
	struct file *filp;
	int err;

	first->context = (struct dir_context) { .actor = note_first_child };
	first->name[0] = '\0';
	filp = dentry_open(&path, O_RDONLY | O_DIRECTORY, current_cred());
	if (IS_ERR(filp))
		return PTR_ERR(filp);
	err = iterate_dir(filp, &first->context);
	__fput_sync(filp);
	return err;
}

/*
 * Remove one leaf of the tree below @top: walk down first children until there
 * is none. Returns 1 if that leaf was @top itself, which is left to the caller.
 */
static int remove_one_leaf(struct dentry *top, struct first_child *first)
{
	struct dentry *parent = NULL;
	struct dentry *leaf = dget(top);
	struct dentry *child;
	int err;

	for (;;) {
		err = find_first_child(leaf, first);
		if (err || !first->name[0])
			break;
		child = lookup_child(leaf, first->name);
		if (IS_ERR(child)) {
			err = PTR_ERR(child);
			break;
		}
		dput(parent);
		parent = leaf;
		leaf = child;
		if (d_is_negative(leaf)) {
			err = -ENOENT;
			break;
		}
	}
	if (!err)
		err = parent ? remove_child(parent, leaf) : 1;
	/* Somebody else removed it first: all the same. */
	if (err == -ENOENT && parent)
		err = 0;
	dput(leaf);
	dput(parent);
	return err;
}

int cgroup_dir_remove(const struct cgroup_dir *dir, const struct cgroup_dir *parent)
{
	unsigned int leaves = LIMIT_REMOVE_LEAVES;
	struct first_child *first;
	int err;

	/* Refuse before anything nested is gone. */
	if (cgroup_is_populated(dir->cgroup))
		return -EBUSY;
	first = kmalloc(sizeof(*first), GFP_KERNEL);
	if (!first)
		return -ENOMEM;
	do {
		err = remove_one_leaf(dir->dentry, first);
	} while (!err && --leaves);
	kfree(first);

	/* Somebody may be making them as fast as they go: not for ever. */
	if (!leaves)
		return -EBUSY;
	if (err == 1)
		err = remove_child(parent->dentry, dir->dentry);
	return err == -ENOENT ? 0 : err;
}
