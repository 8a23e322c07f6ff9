// SPDX-License-Identifier: GPL-2.0
/*
 * cpu.idle and cpu.weight, written on change only.
 */
#include "standing.h"

#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>

#include <linux/bulkhead.h>

#include "cgroup_dir.h"

int standing_open(struct standing *standing, const struct cgroup_dir *dir)
{
	struct file *idle, *weight;

	idle = cgroup_dir_open_file(dir, "cpu.idle", O_WRONLY);
	if (IS_ERR(idle))
		return PTR_ERR(idle);
	weight = cgroup_dir_open_file(dir, "cpu.weight", O_WRONLY);
	if (IS_ERR(weight)) {
		__fput_sync(idle);
		return PTR_ERR(weight);
	}
	standing->idle_file = idle;
	standing->weight_file = weight;
	standing->idle = false;
	standing->weight = BULKHEAD_SHARE_DEFAULT;
	return 0;
}

void standing_close(struct standing *standing)
{
	if (!standing->idle_file)
		return;
	__fput_sync(standing->weight_file);
	__fput_sync(standing->idle_file);
	standing->weight_file = NULL;
	standing->idle_file = NULL;
}

int standing_set(struct standing *standing, bool idle, u64 weight)
{
	int err, writes = 0;

	if (idle != standing->idle) {
		err = cgroup_file_write(standing->idle_file, "%d", idle);
		if (err)
			return err;
		standing->idle = idle;
		/* What the kernel goes back to, whatever it was before. */
		standing->weight = BULKHEAD_SHARE_DEFAULT;
		writes++;
	}
	if (!idle && weight != standing->weight) {
		err = cgroup_file_write(standing->weight_file, "%llu", weight);
		if (err)
			return err;
		standing->weight = weight;
		writes++;
	}
	return writes;
}
