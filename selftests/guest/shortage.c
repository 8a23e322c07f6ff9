// SPDX-License-Identifier: GPL-2.0
/*
 * Running out of memory, and who has paid.
 */
#define _GNU_SOURCE
#include "shortage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *record(const char *key)
{
	static char value[256];
	char buf[8192], *line = buf;
	size_t length = strlen(key);

	if (read_file(PROC "/oom", buf, sizeof(buf)) < 0)
		bail("no " PROC "/oom");
	for (; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL) {
		if (strncmp(line, key, length) || line[length] != ':')
			continue;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(line + length + 2, "\n"),
			 line + length + 2);
		return value;
	}
	return "";
}

__u64 record_number(const char *key)
{
	return strtoull(record(key), NULL, 10);
}

struct ranked ranked(const char *name)
{
	struct ranked ranked = { };
	char buf[8192], line[96], *at;
	int fields = 0;

	if (read_file(PROC "/oom", buf, sizeof(buf)) < 0)
		bail("no " PROC "/oom");
	snprintf(line, sizeof(line), "\nrank: %s ", name);
	at = strstr(buf, line);
	if (at)
		fields = sscanf(at + strlen(line), "excess %llu use %llu promised %llu",
				&ranked.excess, &ranked.use, &ranked.promised);
	if (fields != 3)
		bail("%s is not ranked in: %s", name, buf);
	return ranked;
}

void print_record(void)
{
	char buf[8192], *line, *rest = buf;

	if (read_file(PROC "/oom", buf, sizeof(buf)) < 0)
		return;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			ktap_diag("%s", line);
}

void settle(void)
{
	__u64 kills;

	do {
		kills = oom_kills();
		sleep_ms(50);
	} while (oom_kills() != kills);
}

__u64 free_memory(void)
{
	char buf[4096];
	const char *line;

	if (read_file("/proc/meminfo", buf, sizeof(buf)) <= 0)
		bail("no /proc/meminfo");
	line = strstr(buf, "MemFree:");
	return line ? strtoull(line + strlen("MemFree:"), NULL, 10) * 1024 : 0;
}

struct holder pad = { .name = "pad", .host = true };

void fill_pad(void)
{
	__u64 left = free_memory();

	if (left < LEFT)
		return;
	pad.bytes = left - LEFT;
	holder_fill(&pad);
}

void start(struct holder *all, const unsigned int *percent)
{
	static const char * const names[] = { "a", "b", "c", "rest" };
	__u64 part = holders_rest() / 6;
	int i;

	for (i = 0; i < HOLDERS; i++) {
		all[i].name = names[i];
		all[i].guarantee = i < 3 ? part : percent[i] ? holders_rest() : 0;
		/* Somewhat is taken by its page tables and by the program itself. */
		all[i].bytes = all[i].guarantee * percent[i] / 100 - (percent[i] ? MIB : 0);
		holder_create(&all[i]);
	}
	for (i = 0; i < HOLDERS; i++)
		if (percent[i])
			holder_fill(&all[i]);
	holder_create(&pad);
	if (percent[2] && percent[3])
		fill_pad();
}

void end(struct holder *all)
{
	int i;

	holder_end(&pad);
	for (i = 0; i < HOLDERS; i++)
		holder_end(&all[i]);
}

int alive(struct holder *all)
{
	int i, sum = holder_alive(&pad);

	for (i = 0; i < HOLDERS; i++)
		sum += holder_alive(&all[i]);
	return sum;
}

bool pays(struct holder *all, struct holder *over, int taker_fd, unsigned int most)
{
	__u64 kernel = oom_kills(), ours = record_number("kills"), kills;
	__u64 counted = stats(over->fd).oom_kills;
	int lived = alive(all);
	pid_t taker = taker_start(taker_fd, 1);
	bool good = KTAP_EXPECT(taker_done(taker));

	good &= KTAP_EXPECT(EVENTUALLY(alive(all) < lived));
	settle();
	kills = oom_kills() - kernel;
	good &= KTAP_EXPECT_IN(kills, 1, most);
	good &= KTAP_EXPECT_EQ(record_number("kills"), ours + kills);
	good &= KTAP_EXPECT_STREQ(record("payer"), over->name);
	good &= KTAP_EXPECT_EQ(stats(over->fd).oom_kills, counted + kills);
	good &= KTAP_EXPECT_EQ(alive(all), lived - (int)kills);
	if (!good)
		print_record();
	kill_and_reap(taker);
	return good;
}

bool one_pays(struct holder *all, struct holder *over, int taker_fd)
{
	return pays(all, over, taker_fd, 1);
}
