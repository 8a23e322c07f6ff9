// SPDX-License-Identifier: GPL-2.0
/* Whether the module is loaded, and where its file is. */
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli.h"

bool module_loaded(void)
{
	return access("/sys/module/bulkhead", F_OK) == 0;
}

/* depmod's list has lines like "updates/dkms/bulkhead.ko.xz: ...". */
static bool in_modules_dep(const char *directory, char *path, size_t size)
{
	char list[PATH_MAX], line[PATH_MAX], *name;
	bool found = false;
	FILE *file;

	snprintf(list, sizeof(list), "%s/modules.dep", directory);
	file = fopen(list, "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, ":\n")] = '\0';
		name = strrchr(line, '/');
		name = name ? name + 1 : line;
		found = !strncmp(name, "bulkhead.ko", strlen("bulkhead.ko"));
	}
	fclose(file);
	if (found)
		snprintf(path, size, "%s/%s", directory, line);
	return found;
}

/* Finds a file that depmod has not seen yet. */
static bool in_usual_places(const char *directory, char *path, size_t size)
{
	char pattern[PATH_MAX];
	bool found = false;
	glob_t hits;

	snprintf(pattern, sizeof(pattern), "%s/{extra,extra/*,updates,updates/*}/bulkhead.ko*",
		 directory);
	if (!glob(pattern, GLOB_BRACE, NULL, &hits)) {
		snprintf(path, size, "%s", hits.gl_pathv[0]);
		found = true;
	}
	globfree(&hits);
	return found;
}

bool module_installed(char *path, size_t size)
{
	char directory[128];
	struct utsname kernel;

	if (uname(&kernel))
		return false;
	snprintf(directory, sizeof(directory), "/lib/modules/%s", kernel.release);
	return in_modules_dep(directory, path, size) ||
	       in_usual_places(directory, path, size);
}
