// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the listings of /proc/bulkhead.
 */
#include "table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *read_pieces(int fd, size_t piece)
{
	size_t length = 0, room = 0;
	char *text = NULL;
	ssize_t got;

	do {
		if (room - length < piece + 1) {
			room = 2 * room + piece + 4096;
			text = realloc(text, room);
		}
		got = read(fd, text + length, piece);
		if (got > 0)
			length += got;
	} while (got > 0);
	/* The file of a partition that has just gone ends with EIO. */
	if (got < 0 && errno != EIO)
		printf("# read: %s\n", strerror(errno));
	text[length] = '\0';
	return text;
}

char *read_whole(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd < 0)
		return NULL;
	text = read_pieces(fd, 65536);
	close(fd);
	return text;
}

/* Cut a line into at most this many cells; returns how many there are. */
static int split(char *line, const char **cells, int most)
{
	int count = 0;

	for (;;) {
		line += strspn(line, " ");
		if (!*line)
			return count;
		if (count == most)
			return most + 1;
		cells[count++] = line;
		if (count == most && most != TABLE_COLUMNS)
			return count;	/* the last one takes the rest */
		line += strcspn(line, " ");
		if (*line)
			*line++ = '\0';
	}
}

static char *next_line(char **rest)
{
	char *line = *rest;
	size_t length = strcspn(line, "\n");

	if (!*line)
		return NULL;
	*rest = line + length + (line[length] == '\n');
	line[length] = '\0';
	return line;
}

struct table *table_parse(char *text)
{
	struct table *table = calloc(1, sizeof(*table));
	char *rest = text, *line;
	int room = 0;

	table->text = text;
	line = next_line(&rest);
	if (line)
		table->columns = split(line, table->header, TABLE_COLUMNS);
	while ((line = next_line(&rest))) {
		if (table->rows == room) {
			room = 2 * room + 64;
			table->cells = realloc(table->cells, room * sizeof(*table->cells));
		}
		if (split(line, table->cells[table->rows], table->columns) == table->columns)
			table->rows++;
		else
			table->malformed++;
	}
	return table;
}

struct table *table_read(const char *path)
{
	char *text = read_whole(path);

	return text ? table_parse(text) : NULL;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	free(table->text);
	free(table->cells);
	free(table);
}

static int find_column(const struct table *table, const char *column)
{
	int i;

	for (i = 0; i < table->columns; i++)
		if (!strcmp(table->header[i], column))
			return i;
	return -1;
}

const char *cell(const struct table *table, int row, const char *column)
{
	int at = table ? find_column(table, column) : -1;

	return at < 0 || row < 0 || row >= table->rows ? "" : table->cells[row][at];
}

int find_row(const struct table *table, const char *column, const char *value)
{
	int row;

	for (row = 0; table && row < table->rows; row++)
		if (!strcmp(cell(table, row, column), value))
			return row;
	return -1;
}

int count_rows(const struct table *table, const char *column, const char *value)
{
	int row, count = 0;

	for (row = 0; table && row < table->rows; row++)
		count += !strcmp(cell(table, row, column), value);
	return count;
}

const char *value_of(const char *text, const char *key)
{
	static char value[256];
	size_t length = strlen(key);

	while (text && *text) {
		if (!strncmp(text, key, length) && !strncmp(text + length, ": ", 2)) {
			snprintf(value, sizeof(value), "%.*s",
				 (int)strcspn(text + length + 2, "\n"), text + length + 2);
			return value;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}
