// SPDX-License-Identifier: GPL-2.0
/* bulkhead ps [NAME] */
#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "verbs.h"

#define PROC	"/proc/bulkhead"

static const struct {
	const char *title;
	int flags;
} columns[] = {
	{ "PID", SCOLS_FL_RIGHT },
	{ "PARTITION", 0 },
	{ "STATE", 0 },
	{ "TIME", SCOLS_FL_RIGHT },
	{ "RSS", SCOLS_FL_RIGHT },
	{ "COMMAND", 0 },
};

static int add_line(struct libscols_table *table, const struct bulkhead_task *task)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[BULKHEAD_TEXT_SIZE];
	int failed;

	if (!line)
		return -1;
	snprintf(text, sizeof(text), "%d", task->pid);
	failed = scols_line_set_data(line, 0, text);
	failed |= scols_line_set_data(line, 1, task->partition);
	failed |= scols_line_set_data(line, 2, (char []){ task->state, '\0' });
	snprintf(text, sizeof(text), "%llu.%02llu",
		 (unsigned long long)task->cpu_time / 1000000,
		 (unsigned long long)task->cpu_time % 1000000 / 10000);
	failed |= scols_line_set_data(line, 3, text);
	failed |= scols_line_set_data(line, 4, bulkhead_format_memory(task->rss, text));
	failed |= scols_line_set_data(line, 5, task->command);
	return failed;
}

static void write_json(struct json *json, struct bulkhead_task *task)
{
	bulkhead_unescape(task->command);
	json_open(json, NULL, '{');
	json_count(json, "pid", task->pid);
	json_string(json, "partition", task->partition);
	json_string(json, "state", (char []){ task->state, '\0' });
	json_count(json, "cpu_time_usec", task->cpu_time);
	json_count(json, "rss_bytes", task->rss);
	json_string(json, "command", task->command);
	json_close(json, '}');
}

/* Calls either for each line behind the header. Returns an exit code. */
static int read_tasks(FILE *file, struct libscols_table *table, struct json *json)
{
	struct bulkhead_task task;
	size_t size = 0, number = 0;
	char *line = NULL;
	int failed = 0;

	while (!failed && getline(&line, &size, file) > 0) {
		if (!number++)
			continue;
		if (bulkhead_task_parse(line, &task)) {
			complain("line %zu of the module's list has not the form this program "
				 "knows: %s", number, line);
			failed = 1;
		} else if (json) {
			write_json(json, &task);
		} else if (add_line(table, &task)) {
			complain("cannot print the table: no memory");
			failed = 1;
		}
	}
	if (!failed && ferror(file)) {
		complain("cannot read the list: %s", strerror(errno));
		failed = 1;
	}
	free(line);
	return failed ? EXIT_FAILED : EXIT_OK;
}

static int print_table(FILE *file)
{
	struct libscols_table *table = scols_new_table();
	int code = EXIT_FAILED;
	size_t i;

	if (!table)
		return explain(-ENOMEM, "print the table");
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		if (!scols_table_new_column(table, columns[i].title, 0, columns[i].flags))
			break;
	if (i == ARRAY_SIZE(columns))
		code = read_tasks(file, table, NULL);
	if (scols_table_get_nlines(table))
		scols_print_table(table);
	else if (!code)
		puts("no process is in a partition");
	scols_unref_table(table);
	return code;
}

static int print_json(FILE *file)
{
	struct json json;
	int code;

	json_begin(&json, stdout);
	json_open(&json, "tasks", '[');
	code = read_tasks(file, NULL, &json);
	json_close(&json, ']');
	json_end(&json);
	return code;
}

static int cannot_open(const char *name)
{
	int error = -errno, fd;

	/* Absent is the module or the partition: connect.c knows what to say. */
	if (error != -ENOENT)
		return explain(error, "read the list of tasks");
	fd = name ? partition_open_by_name(name, false, "list the tasks of") : device_open(false);
	if (fd < 0)
		return -fd;
	close(fd);
	complain("the module is there, but not its directory %s", PROC);
	hint("is /proc mounted?");
	return EXIT_FAILED;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'J' },
		COMMON_OPTIONS
	};
	char path[sizeof(PROC) + BULKHEAD_NAME_SIZE + 16] = PROC "/tasks";
	const char *name = NULL;
	bool json = false;
	int option, code;
	FILE *file;

	while ((option = next_option(argc, argv, ":Jh", options)) != -1) {
		if (option != 'J')
			return option_exit(option);
		json = true;
	}
	if (optind < argc) {
		code = only_name(argc, argv, &name);
		if (code)
			return code;
		snprintf(path, sizeof(path), PROC "/%s/tasks", name);
	}
	file = fopen(path, "re");
	if (!file)
		return cannot_open(name);
	code = json ? print_json(file) : print_table(file);
	fclose(file);
	return code;
}

const struct verb ps_verb = {
	.name = "ps",
	.summary = "list the processes of all partitions, or of one",
	.help =
	"Examples:\n"
	"  bulkhead ps\n"
	"  bulkhead ps db\n"
	"  bulkhead ps -J\n"
	"\n"
	"Usage: bulkhead ps [NAME] [-J]\n"
	"  -J, --json       JSON\n"
	"\n"
	"TIME is CPU time in seconds, RSS resident memory. Odd characters of a command\n"
	"are shown as octal escapes (\\040).\n",
	.run = run,
};
