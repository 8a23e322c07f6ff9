// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of the device, raw.
 */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define POISON	0xcc

int dev = -1;

void bail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# bail out: ");
	vprintf(format, args);
	printf("\n");
	fflush(stdout);
	va_end(args);
	_exit(1);
}

int call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) < 0 ? errno : 0;
}

void poison(void *out, size_t size)
{
	memset(out, POISON, size);
}

bool is_poison(const void *out, size_t size)
{
	const unsigned char *byte = out;

	while (size--)
		if (*byte++ != POISON)
			return false;
	return true;
}

int open_device(int flags)
{
	int fd = open(BULKHEAD_DEVICE, flags | O_CLOEXEC);

	if (fd < 0)
		bail("%s: %s", BULKHEAD_DEVICE, strerror(errno));
	return fd;
}

static void copy_name(char *to, const char *name)
{
	memcpy(to, name, strnlen(name, BULKHEAD_NAME_SIZE));
}

struct bulkhead_create create_arg(const char *name)
{
	struct bulkhead_create arg;

	memset(&arg, 0, sizeof(arg));
	arg.size = sizeof(arg);
	copy_name(arg.name, name);
	return arg;
}

struct bulkhead_open open_arg(const char *name, __u32 flags)
{
	struct bulkhead_open arg;

	memset(&arg, 0, sizeof(arg));
	arg.size = sizeof(arg);
	arg.flags = flags;
	copy_name(arg.name, name);
	return arg;
}

struct bulkhead_set set_arg(__u32 mask)
{
	struct bulkhead_set arg;

	memset(&arg, 0, sizeof(arg));
	arg.size = sizeof(arg);
	arg.mask = mask;
	/* What is not in the mask is ignored: no value there may matter. */
	poison(&arg.settings, sizeof(arg.settings));
	return arg;
}

int create(struct bulkhead_create *arg)
{
	return call(dev, BULKHEAD_CREATE, arg);
}

int make_with(const char *name, __u32 mask, const struct bulkhead_settings *settings)
{
	struct bulkhead_create arg = create_arg(name);
	int error;

	arg.mask = mask;
	if (settings)
		arg.settings = *settings;
	error = create(&arg);
	if (error)
		bail("cannot create '%s': %s (culprit %#x, refused %#x)", name,
		     strerror(error), arg.culprit, arg.refused);
	return arg.fd;
}

int make(const char *name)
{
	return make_with(name, 0, NULL);
}

int open_partition(const char *name, __u32 flags)
{
	struct bulkhead_open arg = open_arg(name, flags);
	int error = call(dev, BULKHEAD_OPEN, &arg);

	return error ? -error : arg.fd;
}

int set(int fd, struct bulkhead_set *arg)
{
	return call(fd, BULKHEAD_SET, arg);
}

__u64 *setting(struct bulkhead_settings *settings, __u32 bit)
{
	/* One bit for each member, in their order: that is the header's word. */
	return (__u64 *)settings + __builtin_ctz(bit);
}

int set_one(int fd, __u32 bit, __u64 value)
{
	struct bulkhead_set arg = set_arg(bit);

	*setting(&arg.settings, bit) = value;
	return set(fd, &arg);
}

int attach(int fd, pid_t pid, __u64 start)
{
	struct bulkhead_attach arg = {
		.size = sizeof(arg), .pid = pid, .start_time = start,
	};

	return call(fd, BULKHEAD_ATTACH, &arg);
}

int destroy(int fd, __u32 flags)
{
	struct bulkhead_destroy arg = { .size = sizeof(arg), .flags = flags };

	return call(fd, BULKHEAD_DESTROY, &arg);
}

int finish(int fd)
{
	int error = destroy(fd, BULKHEAD_DESTROY_FORCE);

	close(fd);
	return error;
}

int kill_all(int fd, __u32 signal, __u64 *count)
{
	struct bulkhead_kill arg = { .size = sizeof(arg), .signal = signal };
	int error = call(fd, BULKHEAD_KILL, &arg);

	if (count)
		*count = arg.count;
	return error;
}

int cgroup_fd(int fd)
{
	struct bulkhead_cgroup arg = { .size = sizeof(arg) };
	int error = call(fd, BULKHEAD_CGROUP, &arg);

	if (error)
		bail("BULKHEAD_CGROUP: %s", strerror(error));
	return arg.fd;
}

struct bulkhead_get get(int fd)
{
	struct bulkhead_get arg;
	int error;

	poison(&arg, sizeof(arg));
	arg.size = sizeof(arg);
	error = call(fd, BULKHEAD_GET, &arg);
	if (error)
		bail("BULKHEAD_GET: %s", strerror(error));
	return arg;
}

struct bulkhead_stats stats(int fd)
{
	struct bulkhead_stats arg;
	int error;

	poison(&arg, sizeof(arg));
	arg.size = sizeof(arg);
	arg.pad = 0;
	error = call(fd, BULKHEAD_STATS, &arg);
	if (error)
		bail("BULKHEAD_STATS: %s", strerror(error));
	return arg;
}

struct bulkhead_capacity capacity(void)
{
	struct bulkhead_capacity arg;
	int error;

	poison(&arg, sizeof(arg));
	arg.size = sizeof(arg);
	error = call(dev, BULKHEAD_CAPACITY, &arg);
	if (error)
		bail("BULKHEAD_CAPACITY: %s", strerror(error));
	return arg;
}

static void destroy_listed(const struct bulkhead_list_entry *entry)
{
	int fd = open_partition(entry->name, BULKHEAD_OPEN_WRITE);

	if (fd >= 0)
		finish(fd);
}

void sweep(void)
{
	struct bulkhead_list list = { .size = sizeof(list) };
	__u32 i;

	do {
		if (call(dev, BULKHEAD_LIST, &list))
			bail("BULKHEAD_LIST: %s", strerror(errno));
		for (i = 0; i < list.count; i++)
			destroy_listed(&list.entries[i]);
	} while (list.count);
}

void guest_start(void)
{
	/* Through a pipe too, and before each fork: no line may be lost or doubled. */
	setvbuf(stdout, NULL, _IONBF, 0);
	if (geteuid())
		bail("must run as root");
	dev = open_device(O_RDWR);
	sweep();
}
