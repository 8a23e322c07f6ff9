// SPDX-License-Identifier: GPL-2.0
/* bulkhead show NAME */
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "row.h"
#include "verbs.h"

static void print_head(const struct row *row)
{
	bool active = row->value[COLUMN_STATE] == BULKHEAD_STATE_ACTIVE;
	char path[PATH_MAX];

	setlocale(LC_CTYPE, "");
	printf("%s%s%s %s%s%s (id %llu, %s%s)\n",
	       colour_on(stdout, active ? COLOUR_GREEN : COLOUR_RED),
	       strcmp(nl_langinfo(CODESET), "UTF-8") ? "*" : "\u25cf", colour_off(stdout),
	       colour_on(stdout, COLOUR_BOLD), row->name, colour_off(stdout),
	       (unsigned long long)row->value[COLUMN_ID], state_text(row->value[COLUMN_STATE]),
	       row->flags & BULKHEAD_CREATE_KILL_ON_CLOSE ? ", lives as long as its command" : "");
	if (!bulkhead_cgroup_path(row->name, path, sizeof(path)))
		printf("  cgroup   %s\n", path);
}

static void print_line(const char *what, const char *guarantee, const char *limit,
		       const char *use, const char *peak)
{
	char line[256];
	int length;

	length = snprintf(line, sizeof(line), "  %-8s %10s %10s %10s %10s", what, guarantee,
			  limit, use, peak);
	while (length > 0 && line[length - 1] == ' ')
		length--;
	printf("%.*s\n", length, line);
}

/* "  soft             1G for 10s, then enforce" */
static void print_soft(const struct row *row, const char *limit)
{
	char time[BULKHEAD_TEXT_SIZE], action[BULKHEAD_TEXT_SIZE];
	uint64_t bound = row->value[COLUMN_HIGH_TIME];

	bulkhead_setting_format(BULKHEAD_SET_MEMORY_SOFT_TIME, bound, time);
	bulkhead_setting_format(BULKHEAD_SET_MEMORY_SOFT_ACTION,
				row->value[COLUMN_HIGH_ACTION], action);
	printf("  %-8s %10s %10s", "  soft", "", limit);
	if (bound == BULKHEAD_UNLIMITED)
		printf(" for ever\n");
	else
		printf(" for %s, then %s\n", time, action);
}

static void print_row(const struct row *row)
{
	char text[COLUMNS][BULKHEAD_NAME_SIZE];
	const char *cell[COLUMNS];
	char time[BULKHEAD_NAME_SIZE + 2];
	int i;

	for (i = 0; i < COLUMNS; i++)
		cell[i] = row_text(row, i, false, text[i]);
	snprintf(time, sizeof(time), "%s s", cell[COLUMN_CPU_TIME]);

	print_head(row);
	putchar('\n');
	print_line("", "GUARANTEE", "LIMIT", "USE", "PEAK");
	print_line("cpu", cell[COLUMN_CPU_MIN], cell[COLUMN_CPU_MAX], time, "");
	print_line("share", "", "", cell[COLUMN_SHARE], "");
	print_line("memory", cell[COLUMN_MEM_MIN], cell[COLUMN_MEM_MAX],
		   cell[COLUMN_MEM_USE], cell[COLUMN_MEM_PEAK]);
	/* What is at its default and does nothing needs no line. */
	if (row->value[COLUMN_MEM_MIN])
		print_line("  mode", cell[COLUMN_MEM_MODE], "", "", "");
	if (row->value[COLUMN_MEM_HELD] || row->value[COLUMN_MEM_MODE] == BULKHEAD_MEMORY_RESERVE)
		print_line("  held", cell[COLUMN_MEM_HELD], "", "", "");
	if (row->value[COLUMN_MEM_HIGH] != BULKHEAD_UNLIMITED)
		print_soft(row, cell[COLUMN_MEM_HIGH]);
	if (row->value[COLUMN_OOM_GROUP] || row->value[COLUMN_OOM_KILLS])
		print_line("  oom", "", row->value[COLUMN_OOM_GROUP] ? "group" : "",
			   cell[COLUMN_OOM_KILLS], "");
	print_line("swap", "", cell[COLUMN_SWAP_MAX], "", "");
	print_line("tasks", "", cell[COLUMN_TASKS_MAX], cell[COLUMN_TASKS], "");
}

static void print_json(const struct row *row)
{
	char path[PATH_MAX];
	struct json json;
	int i;

	json_begin(&json, stdout);
	json_open(&json, "partitions", '[');
	json_open(&json, NULL, '{');
	for (i = 0; i < COLUMNS; i++)
		row_json(&json, row, i);
	if (bulkhead_cgroup_path(row->name, path, sizeof(path)))
		json_plain(&json, "cgroup", "null");
	else
		json_string(&json, "cgroup", path);
	json_bool(&json, "kill_on_close", row->flags & BULKHEAD_CREATE_KILL_ON_CLOSE);
	json_close(&json, '}');
	json_close(&json, ']');
	json_end(&json);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'J' },
		COMMON_OPTIONS
	};
	const char *name;
	bool json = false;
	struct row row;
	int option, code, fd, ret;

	while ((option = next_option(argc, argv, ":Jh", options)) != -1) {
		if (option != 'J')
			return option_exit(option);
		json = true;
	}
	code = only_name(argc, argv, &name);
	if (code)
		return code;
	fd = partition_open_by_name(name, false, "show");
	if (fd < 0)
		return -fd;
	ret = row_read(fd, &row);
	close(fd);
	if (ret)
		return explain(ret, "read '%s'", name);
	if (json)
		print_json(&row);
	else
		print_row(&row);
	return EXIT_OK;
}

const struct verb show_verb = {
	.name = "show",
	.summary = "show one partition: guarantee, limit and use side by side",
	.help =
	"Examples:\n"
	"  bulkhead show db\n"
	"  bulkhead show db -J\n"
	"\n"
	"Usage: bulkhead show NAME [-J]\n"
	"  -J, --json       JSON, as 'list -J', with the cgroup directory\n"
	"\n"
	"The use of CPU is the CPU time since the partition was created.\n",
	.run = run,
};
