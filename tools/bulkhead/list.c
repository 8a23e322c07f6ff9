// SPDX-License-Identifier: GPL-2.0
/* bulkhead list [NAME..] */
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rows.h"
#include "verbs.h"

enum { OPTION_SORT = OPTION_LOCAL, OPTION_NO_LEGEND };
enum format { FORMAT_TABLE, FORMAT_RAW, FORMAT_PAIRS, FORMAT_JSON };

struct listing {
	enum format format;
	bool exact, legend;
	enum column column[COLUMNS];
	int columns;
	int sort;	/* column or -1 */
};

static const enum column usual_columns[] = {
	COLUMN_NAME, COLUMN_STATE, COLUMN_CPU_MIN, COLUMN_CPU_MAX, COLUMN_CPU_TIME,
	COLUMN_MEM_MIN, COLUMN_MEM_MAX, COLUMN_MEM_USE, COLUMN_TASKS, COLUMN_TASKS_MAX,
};

static int parse_column(const char *title)
{
	int column = column_find(title), i;

	if (column >= 0)
		return column;
	complain("there is no column '%s'", title);
	fputs("  hint: columns are", stderr);
	for (i = 0; i < COLUMNS; i++)
		fprintf(stderr, " %s", column_title(i));
	fputc('\n', stderr);
	return -1;
}

/* "A,B" instead of the columns so far, "+A,B" behind them. */
static int parse_columns(struct listing *listing, char *text)
{
	char *title;
	int column, i;

	if (*text == '+')
		text++;
	else
		listing->columns = 0;
	while ((title = strsep(&text, ","))) {
		column = parse_column(title);
		if (column < 0)
			return EXIT_USAGE;
		for (i = 0; i < listing->columns; i++)
			if (listing->column[i] == (enum column)column)
				return usage_error("list: column '%s' is given twice", title);
		listing->column[listing->columns++] = column;
	}
	return EXIT_OK;
}

static int compare_rows(const void *a, const void *b, void *listing)
{
	return row_compare(a, b, ((struct listing *)listing)->sort);
}

static int add_row(struct libscols_table *table, const struct listing *listing,
		   const struct row *row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[BULKHEAD_NAME_SIZE];
	int i;

	for (i = 0; line && i < listing->columns; i++)
		if (scols_line_set_data(line, i, row_text(row, listing->column[i],
							  listing->exact, text)))
			return -1;
	return line ? 0 : -1;
}

/* A row that has only a name and amounts of CPU and memory: host, free. */
static int add_amounts(struct libscols_table *table, const struct listing *listing,
		       const char *name, uint64_t cpu, uint64_t mem)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[BULKHEAD_TEXT_SIZE];
	const char *cell;
	int i;

	for (i = 0; line && i < listing->columns; i++) {
		cell = "";
		if (listing->column[i] == COLUMN_NAME)
			cell = name;
		else if (listing->column[i] == COLUMN_CPU_MIN)
			cell = bulkhead_format_cpu(cpu, text);
		else if (listing->column[i] == COLUMN_MEM_MIN)
			cell = bulkhead_format_memory(mem, text);
		if (scols_line_set_data(line, i, cell))
			return -1;
	}
	return line ? 0 : -1;
}

static struct libscols_table *new_table(const struct listing *listing)
{
	struct libscols_table *table = scols_new_table();
	int i;

	if (!table)
		return NULL;
	scols_table_enable_raw(table, listing->format == FORMAT_RAW);
	scols_table_enable_export(table, listing->format == FORMAT_PAIRS);
	scols_table_enable_shellvar(table, listing->format == FORMAT_PAIRS);
	scols_table_enable_noheadings(table, !listing->legend);
	for (i = 0; i < listing->columns; i++)
		if (!scols_table_new_column(table, column_title(listing->column[i]), 0,
					    column_is_text(listing->column[i]) ?
					    0 : SCOLS_FL_RIGHT))
			return NULL;
	return table;
}

static int print_table(const struct listing *listing, const struct rows *rows,
		       const struct bulkhead_capacity *capacity)
{
	struct libscols_table *table = new_table(listing);
	int failed = !table;
	size_t i;

	for (i = 0; !failed && i < rows->count; i++)
		failed = add_row(table, listing, &rows->row[i]);
	if (!failed && capacity) {
		failed = add_amounts(table, listing, "[host]", capacity->cpu_reserve,
				     capacity->memory_reserve) ||
			 add_amounts(table, listing, "free", capacity->cpu_free,
				     capacity->memory_free);
	}
	if (!failed)
		failed = scols_print_table(table);
	scols_unref_table(table);
	if (failed)
		complain("cannot print the table: no memory");
	return failed ? EXIT_FAILED : EXIT_OK;
}

static int print_json(const struct listing *listing, const struct rows *rows)
{
	struct json json;
	size_t row;
	int i;

	json_begin(&json, stdout);
	json_open(&json, "partitions", '[');
	for (row = 0; row < rows->count; row++) {
		json_open(&json, NULL, '{');
		for (i = 0; i < listing->columns; i++)
			row_json(&json, &rows->row[row], listing->column[i]);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_end(&json);
	return EXIT_OK;
}

static int do_list(struct listing *listing, char **names)
{
	struct bulkhead_capacity capacity;
	/* The machine's rows are for people, and belong to the whole list. */
	bool machine = listing->format == FORMAT_TABLE && listing->legend && !*names;
	int device, code, print_code, ret;
	struct rows rows;

	device = device_open(false);
	if (device < 0)
		return -device;
	code = rows_read(device, names, &rows);
	ret = bulkhead_capacity(device, &capacity);
	close(device);
	if (ret)
		machine = false;
	if (listing->sort >= 0)
		qsort_r(rows.row, rows.count, sizeof(*rows.row), compare_rows, listing);
	if (listing->format == FORMAT_JSON)
		print_code = print_json(listing, &rows);
	else if (rows.count || machine)
		print_code = print_table(listing, &rows, machine ? &capacity : NULL);
	else
		print_code = EXIT_OK;
	rows_free(&rows);
	return code ? code : print_code;
}

/* JSON has everything unless columns are asked for. */
static void default_columns(struct listing *listing)
{
	int i;

	if (listing->format != FORMAT_JSON) {
		memcpy(listing->column, usual_columns, sizeof(usual_columns));
		listing->columns = ARRAY_SIZE(usual_columns);
		return;
	}
	for (i = 0; i < COLUMNS; i++)
		listing->column[i] = i;
	listing->columns = COLUMNS;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'J' },
		{ "raw", no_argument, NULL, 'r' },
		{ "pairs", no_argument, NULL, 'P' },
		{ "bytes", no_argument, NULL, 'b' },
		{ "output", required_argument, NULL, 'o' },
		{ "sort", required_argument, NULL, OPTION_SORT },
		{ "no-legend", no_argument, NULL, OPTION_NO_LEGEND },
		COMMON_OPTIONS
	};
	struct listing listing = { .legend = true, .sort = -1 };
	char *output = NULL;
	int option, code;

	while ((option = next_option(argc, argv, ":JrPbo:h", options)) != -1) {
		switch (option) {
		case 'J':
			listing.format = FORMAT_JSON;
			break;
		case 'r':
			listing.format = FORMAT_RAW;
			break;
		case 'P':
			listing.format = FORMAT_PAIRS;
			break;
		case 'b':
			listing.exact = true;
			break;
		case 'o':
			output = optarg;
			break;
		case OPTION_SORT:
			listing.sort = parse_column(optarg);
			if (listing.sort < 0)
				return EXIT_USAGE;
			break;
		case OPTION_NO_LEGEND:
			listing.legend = false;
			break;
		default:
			return option_exit(option);
		}
	}
	if (listing.format != FORMAT_TABLE)
		listing.exact = true;
	default_columns(&listing);
	code = output ? parse_columns(&listing, output) : EXIT_OK;
	if (!code)
		code = check_names(argv + optind);
	return code ? code : do_list(&listing, argv + optind);
}

const struct verb list_verb = {
	.name = "list",
	.alias = "ls",
	.summary = "list partitions: guarantee, limit and use",
	.help =
	"Examples:\n"
	"  bulkhead list\n"
	"  bulkhead list -o +MEM.PEAK,SHARE --sort MEM.USE\n"
	"  bulkhead list --no-legend -o NAME\n"
	"  bulkhead list -J | jq '.partitions[].memory_used_bytes'\n"
	"\n"
	"Usage: bulkhead list [options] [NAME..]\n"
	"  -o, --output C,C  columns; '+C' adds to the usual ones: NAME ID STATE CPU.MIN\n"
	"                    CPU.MAX CPU.TIME SHARE MEM.MIN MEM.MAX MEM.USE MEM.PEAK\n"
	"                    SWAP.MAX TASKS TASKS.MAX MEM.MODE MEM.HIGH HIGH.TIME\n"
	"                    HIGH.ACTION OOM.GROUP MEM.HELD OOM.KILLS\n"
	"  --sort C          by a column: names by alphabet, amounts from the largest\n"
	"  -b, --bytes       exact amounts: memory in bytes\n"
	"  -r, --raw         exact, words divided by one blank\n"
	"  -P, --pairs       exact, COLUMN=\"value\"\n"
	"  -J, --json        exact, JSON; null is 'no limit'\n"
	"  --no-legend       neither headings nor the rows of the machine\n"
	"\n"
	"MIN is guaranteed, MAX the limit. [host] is the reserve that is never given away,\n"
	"free what can be guaranteed still.\n",
	.run = run,
};
