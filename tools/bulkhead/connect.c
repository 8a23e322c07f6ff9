// SPDX-License-Identifier: GPL-2.0
/* Ways to the module, and what to say where there is none. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli.h"

static int no_device(void)
{
	char path[PATH_MAX];
	struct utsname kernel = { 0 };

	uname(&kernel);
	if (module_loaded()) {
		complain("the kernel module is loaded, but %s is missing or stale",
			 BULKHEAD_DEVICE);
		hint("udev makes it: 'sudo udevadm trigger --name-match=bulkhead', "
		     "and see 'bulkhead doctor'");
	} else if (module_installed(path, sizeof(path))) {
		complain("the kernel module is installed but not loaded");
		hint("load it: sudo modprobe bulkhead");
	} else {
		complain("the kernel module is not installed for this kernel (%s)",
			 kernel.release);
		hint("in the source tree: make && sudo make install && sudo modprobe bulkhead");
	}
	return -EXIT_NO_MODULE;
}

static int no_access(int error, bool write)
{
	if (error == -ENOENT || error == -ENXIO || error == -ENODEV)
		return no_device();
	if (error == -EACCES || error == -EPERM) {
		complain("cannot open %s for %s: permission denied", BULKHEAD_DEVICE,
			 write ? "writing" : "reading");
		hint("%s: use sudo", write ? "changes need root (CAP_SYS_ADMIN)" :
					     "the device node does not let you read");
		return -EXIT_PERMISSION;
	}
	return -explain(error, "open %s", BULKHEAD_DEVICE);
}

static int check_abi(int device)
{
	struct bulkhead_version version;
	int ret = bulkhead_version(device, &version);

	if (ret == -ENOTTY) {
		complain("%s is not the device of Bulkhead", BULKHEAD_DEVICE);
		hint("see 'bulkhead doctor'");
		return EXIT_NO_MODULE;
	}
	if (ret)
		return explain(ret, "ask the module for its version");
	if (version.abi == BULKHEAD_ABI_VERSION)
		return EXIT_OK;
	complain("the module (%.32s) speaks ABI %u, this program ABI %u", version.module,
		 version.abi, BULKHEAD_ABI_VERSION);
	hint("install the module and the program from the same version, then reload the module");
	return EXIT_NO_MODULE;
}

int device_open(bool write)
{
	int device = bulkhead_open(write), code;

	if (device < 0)
		return no_access(device, write);
	code = check_abi(device);
	if (code) {
		close(device);
		return -code;
	}
	return device;
}

static void no_such_partition(int device, const char *name, const char *action)
{
	struct bulkhead_list_entry *entries;
	const char **names, *meant = NULL;
	size_t count = 0, i;

	if (!bulkhead_list(device, &entries, &count)) {
		names = calloc(count + 1, sizeof(*names));
		for (i = 0; names && i < count; i++)
			names[i] = entries[i].name;
		if (names)
			meant = similar(name, names, count);
	} else {
		names = NULL;
	}
	complain("cannot %s '%s': there is no such partition", action, name);
	if (meant)
		hint("did you mean '%s'?", meant);
	else if (count)
		hint("'bulkhead list' shows those there are");
	else
		hint("there are none yet; 'bulkhead create %s ...' makes it", name);
	free(names);
	free(entries);
}

int partition_open(int device, const char *name, bool write, const char *action)
{
	int fd = bulkhead_find(device, name, write);

	if (fd >= 0)
		return fd;
	if (fd != -ENOENT)
		return -explain(fd, "%s '%s'", action, name);
	no_such_partition(device, name, action);
	return -EXIT_NOT_FOUND;
}

int partition_open_by_name(const char *name, bool write, const char *action)
{
	int device = device_open(write), fd;

	if (device < 0)
		return device;
	fd = partition_open(device, name, write, action);
	close(device);
	return fd;
}
