// SPDX-License-Identifier: GPL-2.0
/* Texts that come from /proc: task lines, escapes, start times. */
#include <errno.h>
#include <string.h>

#include "bulkhead.h"
#include "ktap.h"
#include "process.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define TO_21			" S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 "
#define DIGITS_60		"000000000000000000000000000000000000000000000000000000000000"

static const struct {
	const char *stat;
	int ret;
	uint64_t start_time;
} stats[] = {
	{ "1 (init)" TO_21 "42 1000 200\n", 0, 42 },
	{ "7 (a b)" TO_21 "18446744073709551615 0\n", 0, ~0ULL },
	{ "7 (a) S 1 1 (b)" TO_21 "43 0\n", 0, 43 },
	{ "7 ())" TO_21 "44 0\n", 0, 44 },
	{ "7 ()" TO_21 "45", 0, 45 },
	{ "7 (x)" TO_21 "18446744073709551616 0\n", -EINVAL, 0 },
	{ "7 (x)" TO_21 "-1 0\n", -EINVAL, 0 },
	{ "7 (x)" TO_21 "\n", -EINVAL, 0 },
	{ "7 (x)" TO_21 "12x 0\n", -EINVAL, 0 },
	{ "7 (x) S 1 1\n", -EINVAL, 0 },
	{ "7 x" TO_21 "1\n", -EINVAL, 0 },
	{ "", -EINVAL, 0 },
	{ ")", -EINVAL, 0 },
};

static const struct {
	const char *line;
	int ret;
	struct bulkhead_task task;
} tasks[] = {
	{ "    1 db S 12.34 1234K init\n", 0, { 1, "db", 'S', 12340000, 1234 << 10, "init" } },
	{ "4194304\tx R 0.000001 0K a\\040b", 0, { 4194304, "x", 'R', 1, 0, "a\\040b" } },
	{ "7 db S 1 1K two words\n", 0, { 7, "db", 'S', 1000000, 1024, "two words" } },
	{ "7 db S 1 1K  of blanks ", 0, { 7, "db", 'S', 1000000, 1024, " of blanks " } },
	{ "7 db S 1.5 1K\n", 0, { 7, "db", 'S', 1500000, 1024, "" } },
	{ "7 db S 1.5\n", -EINVAL, { 0 } },
	{ "\n", -EINVAL, { 0 } },
	{ "", -EINVAL, { 0 } },
	{ "x db S 1 1K c\n", -EINVAL, { 0 } },
	{ "-7 db S 1 1K c\n", -EINVAL, { 0 } },
	{ "4294967297 db S 1 1K c\n", -EINVAL, { 0 } },
	{ "7 db SS 1 1K c\n", -EINVAL, { 0 } },
	{ "7 db S 1m 1K c\n", -EINVAL, { 0 } },
	{ "7 db S 1 1Q c\n", -EINVAL, { 0 } },
	{ "7 " DIGITS_60 "0000 S 1 1K c\n", -EINVAL, { 0 } },
	{ "7 db S 1 1K " DIGITS_60 DIGITS_60 DIGITS_60 "\n", -EINVAL, { 0 } },
};

static const struct {
	const char *text, *decoded;
} escapes[] = {
	{ "plain", "plain" }, { "a\\040b", "a b" }, { "\\134", "\\" }, { "\\134040", "\\040" },
	{ "\\012\\011", "\n\t" }, { "\\377", "\377" }, { "\\400", "\\400" }, { "\\04", "\\04" },
	{ "\\", "\\" }, { "\\089", "\\089" }, { "", "" },
};

static bool same_task(const struct bulkhead_task *a, const struct bulkhead_task *b)
{
	return a->pid == b->pid && !strcmp(a->partition, b->partition) &&
	       a->state == b->state && a->cpu_time == b->cpu_time && a->rss == b->rss &&
	       !strcmp(a->command, b->command);
}

int main(void)
{
	char text[64];
	size_t i;

	ktap_begin();
	for (i = 0; i < ARRAY_SIZE(stats); i++) {
		uint64_t start_time = 0;

		ktap_case(process_stat_start_time(stats[i].stat, &start_time) == stats[i].ret &&
			  (stats[i].ret || start_time == stats[i].start_time),
			  "start time of stat %zu", i);
	}
	for (i = 0; i < ARRAY_SIZE(tasks); i++) {
		struct bulkhead_task task;

		ktap_case(bulkhead_task_parse(tasks[i].line, &task) == tasks[i].ret &&
			  (tasks[i].ret || same_task(&task, &tasks[i].task)),
			  "task line %zu", i);
	}
	for (i = 0; i < ARRAY_SIZE(escapes); i++) {
		strcpy(text, escapes[i].text);
		ktap_case(bulkhead_unescape(text) == strlen(escapes[i].decoded) &&
			  !strcmp(text, escapes[i].decoded), "escape '%s'", escapes[i].text);
	}
	return ktap_end();
}
