// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the machine has, and where its cgroups are. */
#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bulkhead.h"

/* The directory that holds those of all partitions. */
#define TOP_CGROUP	"bulkhead"

uint64_t bulkhead_ram(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

	return pages > 0 && page > 0 ? (uint64_t)pages * page : 0;
}

int bulkhead_cgroup_path(const char *name, char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent entry, *found;
	char text[4096];
	int len = 0;

	if (!mounts)
		return -errno;
	while ((found = getmntent_r(mounts, &entry, text, sizeof(text))))
		if (!strcmp(found->mnt_type, "cgroup2"))
			break;
	if (found)
		len = snprintf(path, size, "%s/" TOP_CGROUP "/%s", found->mnt_dir, name);
	endmntent(mounts);
	if (!found)
		return -ENOENT;
	return (size_t)len >= size ? -ENAMETOOLONG : 0;
}
