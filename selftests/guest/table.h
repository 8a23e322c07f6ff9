/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading the listings of /proc/bulkhead: a header, then lines of as many cells.
 */
#ifndef GUEST_TABLE_H
#define GUEST_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#define TABLE_COLUMNS	15

struct table {
	char *text;
	int columns;
	const char *header[TABLE_COLUMNS];
	int rows;
	const char *(*cells)[TABLE_COLUMNS];
	int malformed;		/* lines that had too few or too many cells */
};

/* A whole file, read in pieces of this size; to be freed. NULL if it is not there. */
char *read_pieces(int fd, size_t piece);
char *read_whole(const char *path);

/* The last column takes the rest of the line, blanks and all. */
struct table *table_parse(char *text);
struct table *table_read(const char *path);
void table_free(struct table *table);

/* A cell, "" if there is no such row or column. */
const char *cell(const struct table *table, int row, const char *column);
/* The first row with this cell, -1 if there is none. */
int find_row(const struct table *table, const char *column, const char *value);
/* How many rows have this cell. */
int count_rows(const struct table *table, const char *column, const char *value);

/* The value behind "key: " in a file of such lines, NULL without; valid until the next. */
const char *value_of(const char *text, const char *key);

#endif /* GUEST_TABLE_H */
