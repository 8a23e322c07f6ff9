// SPDX-License-Identifier: GPL-2.0
#include "kthread.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>

#include "bench.h"

#define NAME	"bulkhead\n"

static FILE *open_file(const char *pid, const char *file)
{
	char path[300];

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	return fopen(path, "r");
}

/* There is a program of that name, too, but it is not running. */
static bool is_ours(const char *pid)
{
	FILE *file = isdigit(*pid) ? open_file(pid, "comm") : NULL;
	char name[32] = "";

	if (!file)
		return false;
	require(!!fgets(name, sizeof(name), file), "comm");
	fclose(file);
	return !strcmp(name, NAME);
}

static void add_thread(struct kthread *kthread, const char *pid)
{
	unsigned long long cpu, switches;
	FILE *file = open_file(pid, "schedstat");
	char line[256];

	require(file && fscanf(file, "%llu", &cpu) == 1, "schedstat");
	fclose(file);
	kthread->cpu += cpu;
	file = open_file(pid, "status");
	require(!!file, "status");
	while (fgets(line, sizeof(line), file)) {
		const char *counter = strstr(line, "voluntary_ctxt_switches:");

		if (counter && sscanf(counter, "%*[^:]: %llu", &switches) == 1)
			kthread->switches += switches;
	}
	fclose(file);
}

static uint64_t count_timers(void)
{
	FILE *file = fopen("/proc/timer_list", "r");
	uint64_t timers = 0;
	char line[256];

	require(!!file, "/proc/timer_list");
	while (fgets(line, sizeof(line), file))
		timers += !!strstr(line, "[bulkhead]");
	fclose(file);
	return timers;
}

void kthread_read(struct kthread *kthread)
{
	struct dirent *entry;
	int found = 0;
	DIR *proc = opendir("/proc");

	require(!!proc, "/proc");
	memset(kthread, 0, sizeof(*kthread));
	while ((entry = readdir(proc))) {
		if (!is_ours(entry->d_name))
			continue;
		found++;
		add_thread(kthread, entry->d_name);
	}
	closedir(proc);
	require(found > 0, "no thread of the module");
	kthread->timers = count_timers();
}
