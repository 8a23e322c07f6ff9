// SPDX-License-Identifier: GPL-2.0
/*
 * Calls on the device. Each is copy in, check, act, copy out.
 */
#include "device.h"

#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include <linux/bulkhead.h>

#include "admission.h"
#include "argument.h"
#include "handle.h"
#include "lifecycle.h"
#include "limits.h"
#include "partition.h"
#include "registry.h"
#include "reserve.h"
#include "settings.h"

/* The right is that of who opened the device, not of who calls now. */
static int check_right(struct file *file)
{
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	return file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static int call_version(struct file *file, void __user *user)
{
	struct bulkhead_version version;
	int err;

	err = argument_read(&version, sizeof(version), user);
	if (err)
		return err;
	version.abi = BULKHEAD_ABI_VERSION;
	strscpy_pad(version.module, BULKHEAD_MODULE_VERSION, sizeof(version.module));
	return argument_write(user, &version, sizeof(version));
}

static int call_capacity(struct file *file, void __user *user)
{
	struct bulkhead_capacity capacity;
	int err;

	err = argument_read(&capacity, sizeof(capacity), user);
	if (err)
		return err;
	admission_capacity(&capacity);
	capacity.memory_held = reserve_held(NULL);
	return argument_write(user, &capacity, sizeof(capacity));
}

static bool create_flawed(const struct bulkhead_create *create)
{
	return create->flags & ~(BULKHEAD_CREATE_DRY_RUN | BULKHEAD_CREATE_KILL_ON_CLOSE) ||
	       create->fd || create->id || create->refused || create->culprit ||
	       create->missing ||
	       memchr_inv(&create->cpu, 0, sizeof(create->cpu)) ||
	       memchr_inv(&create->memory, 0, sizeof(create->memory));
}

static void tell_verdict(struct bulkhead_create *create,
			 const struct lifecycle_verdict *verdict)
{
	create->cpu = verdict->admission.cpu;
	create->memory = verdict->admission.memory;
	create->refused = verdict->admission.refused;
	create->culprit = verdict->culprit;
	create->missing = verdict->missing;
}

/* Create and hand out the fd; an answer that cannot be written undoes it all. */
static int create_partition(struct bulkhead_create *create, void __user *user)
{
	struct lifecycle_verdict verdict = { };
	struct partition *partition;
	struct file *file;
	int err, fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	partition = lifecycle_create(create->name, create->flags, &create->settings,
				     create->mask, &verdict);
	tell_verdict(create, &verdict);
	if (IS_ERR(partition)) {
		put_unused_fd(fd);
		/* The numbers are worth having even if this is not. */
		return argument_write(user, create, sizeof(*create)) ? -EFAULT :
			PTR_ERR(partition);
	}

	partition_get(partition);
	create->id = partition->id;
	create->fd = fd;
	file = handle_open(partition, true);
	if (IS_ERR(file))
		partition_put(partition);
	err = argument_publish_fd(fd, file, user, create, sizeof(*create));
	/* Nobody may be left to wait for it. */
	if (err && lifecycle_destroy(partition, true))
		lifecycle_abandon(partition);
	handle_drop(partition);
	partition_put(partition);
	return err;
}

static int dry_run(struct bulkhead_create *create, void __user *user)
{
	struct lifecycle_verdict verdict = { };
	struct partition *partition;

	partition = lifecycle_create(create->name, create->flags, &create->settings,
				     create->mask, &verdict);
	tell_verdict(create, &verdict);
	create->fd = -1;
	return argument_write(user, create, sizeof(*create)) ? -EFAULT :
		PTR_ERR_OR_ZERO(partition);
}

static int call_create(struct file *file, void __user *user)
{
	struct bulkhead_create create;
	bool dry;
	int err;

	err = argument_read(&create, sizeof(create), user);
	if (err)
		return err;
	if (create_flawed(&create))
		return -EINVAL;
	dry = create.flags & BULKHEAD_CREATE_DRY_RUN;
	err = dry ? 0 : check_right(file);
	if (err)
		return err;
	if (create.mask & ~BULKHEAD_SET_ALL || !settings_name_valid(create.name))
		return -EINVAL;
	return dry ? dry_run(&create, user) : create_partition(&create, user);
}

static struct partition *find_partition(const struct bulkhead_open *open)
{
	bool by_id = open->id, by_name = open->name[0];
	struct partition *partition;

	if (by_id == by_name || (by_name && !settings_name_valid(open->name)))
		return ERR_PTR(-EINVAL);
	partition = by_id ? registry_find_id(open->id) : registry_find_name(open->name);
	return partition ?: ERR_PTR(-ENOENT);
}

static int call_open(struct file *file, void __user *user)
{
	struct partition *partition;
	struct bulkhead_open open;
	struct file *opened;
	bool writable;
	int err, fd;

	err = argument_read(&open, sizeof(open), user);
	if (err)
		return err;
	if (open.flags & ~BULKHEAD_OPEN_WRITE || open.fd || open.pad)
		return -EINVAL;
	writable = open.flags & BULKHEAD_OPEN_WRITE;
	err = writable ? check_right(file) : 0;
	if (err)
		return err;
	partition = find_partition(&open);
	if (IS_ERR(partition))
		return PTR_ERR(partition);

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		partition_put(partition);
		return fd;
	}
	open.fd = fd;
	opened = handle_open(partition, writable);
	if (IS_ERR(opened))
		partition_put(partition);
	return argument_publish_fd(fd, opened, user, &open, sizeof(open));
}

static void fill_list(struct bulkhead_list *list)
{
	struct partition *partition;
	u64 id = list->cursor;

	list->count = 0;
	memset(list->entries, 0, sizeof(list->entries));
	rcu_read_lock();
	while (list->count < BULKHEAD_LIST_MAX) {
		struct bulkhead_list_entry *entry = &list->entries[list->count];

		partition = registry_next(&id);
		if (!partition)
			break;
		if (READ_ONCE(partition->state) != PARTITION_ACTIVE)
			continue;
		entry->id = partition->id;
		strscpy(entry->name, partition->name, sizeof(entry->name));
		list->cursor = partition->id;
		list->count++;
	}
	rcu_read_unlock();
}

static int call_list(struct file *file, void __user *user)
{
	struct bulkhead_list *list = kmalloc(sizeof(*list), GFP_KERNEL);
	int err;

	if (!list)
		return -ENOMEM;
	err = argument_read(list, sizeof(*list), user);
	if (err)
		goto free;
	fill_list(list);
	err = argument_write(user, list, sizeof(*list));
free:
	kfree(list);
	return err;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *user = (void __user *)argument;

	/* The size in the argument counts, not the one in the command. */
	switch (command & ~IOCSIZE_MASK) {
	case BULKHEAD_VERSION & ~IOCSIZE_MASK:
		return call_version(file, user);
	case BULKHEAD_CAPACITY & ~IOCSIZE_MASK:
		return call_capacity(file, user);
	case BULKHEAD_CREATE & ~IOCSIZE_MASK:
		return call_create(file, user);
	case BULKHEAD_OPEN & ~IOCSIZE_MASK:
		return call_open(file, user);
	case BULKHEAD_LIST & ~IOCSIZE_MASK:
		return call_list(file, user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* The world may ask; who may open it for writing may try, and is judged then. */
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bulkhead",
	.fops = &device_operations,
	.mode = 0664,
};

/*
 * The layout is ABI: the size is the literal, and there are no holes, for it is
 * the sum of the members.
 */
#define CHECK_LAYOUT(type, literal, sum)		\
	do {						\
		BUILD_BUG_ON(sizeof(type) != (literal));\
		BUILD_BUG_ON((sum) != sizeof(type));	\
	} while (0)

static void check_abi(void)
{
	enum {
		SETTINGS = 12 * 8,
		ADMISSION = 6 * 8,
		NAME = BULKHEAD_NAME_SIZE,
	};

	CHECK_LAYOUT(struct bulkhead_settings, 96, SETTINGS);
	CHECK_LAYOUT(struct bulkhead_admission, 48, ADMISSION);
	CHECK_LAYOUT(struct bulkhead_version, 40, 2 * 4 + 32);
	CHECK_LAYOUT(struct bulkhead_capacity, 96, 2 * 4 + 10 * 8 + 2 * 4);
	CHECK_LAYOUT(struct bulkhead_create, 296,
		     2 * 4 + NAME + 2 * 4 + SETTINGS + 8 + 2 * ADMISSION + 2 * 4 + 8);
	CHECK_LAYOUT(struct bulkhead_open, 88, 2 * 4 + 8 + NAME + 2 * 4);
	CHECK_LAYOUT(struct bulkhead_list_entry, 72, 8 + NAME);
	CHECK_LAYOUT(struct bulkhead_list, 2320, 2 * 4 + 8 + BULKHEAD_LIST_MAX * 72);
	CHECK_LAYOUT(struct bulkhead_get, 184, 2 * 4 + 8 + NAME + 2 * 4 + SETTINGS);
	CHECK_LAYOUT(struct bulkhead_set, 224, 4 * 4 + SETTINGS + 2 * ADMISSION + 2 * 4 + 8);
	CHECK_LAYOUT(struct bulkhead_stats, 64, 2 * 4 + 7 * 8);
	CHECK_LAYOUT(struct bulkhead_attach, 16, 2 * 4 + 8);
	CHECK_LAYOUT(struct bulkhead_cgroup, 8, 2 * 4);
	CHECK_LAYOUT(struct bulkhead_kill, 16, 2 * 4 + 8);
	CHECK_LAYOUT(struct bulkhead_destroy, 8, 2 * 4);
}

int device_init(void)
{
	check_abi();
	return misc_register(&device);
}

void device_exit(void)
{
	misc_deregister(&device);
}
