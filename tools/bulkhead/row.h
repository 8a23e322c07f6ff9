/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A partition as a row of columns: one reading of the module, from which table,
 * raw output, JSON and sorting come alike.
 */
#ifndef _ROW_H
#define _ROW_H

#include "cli.h"
#include "json.h"

enum column {
	COLUMN_NAME, COLUMN_ID, COLUMN_STATE,
	COLUMN_CPU_MIN, COLUMN_CPU_MAX, COLUMN_CPU_TIME, COLUMN_SHARE,
	COLUMN_MEM_MIN, COLUMN_MEM_MAX, COLUMN_MEM_USE, COLUMN_MEM_PEAK,
	COLUMN_SWAP_MAX, COLUMN_TASKS, COLUMN_TASKS_MAX,
	COLUMN_MEM_MODE, COLUMN_MEM_HIGH, COLUMN_HIGH_TIME, COLUMN_HIGH_ACTION,
	COLUMN_OOM_GROUP, COLUMN_MEM_HELD, COLUMN_OOM_KILLS,
	COLUMNS
};

struct row {
	char name[BULKHEAD_NAME_SIZE];
	uint32_t flags;			/* BULKHEAD_CREATE_* */
	uint64_t value[COLUMNS];	/* all but the name, in ABI units */
};

/* Reads a partition. Returns 0 or a negative errno. */
int row_read(int partition, struct row *row);

const char *column_title(enum column column);
bool column_is_text(enum column column);
/* Returns the column of that title, in either case, or -1. */
int column_find(const char *title);

/* @exact: for programs: bytes, all decimals, "max", nothing rounded. */
const char *row_text(const struct row *row, enum column column, bool exact,
		     char text[BULKHEAD_NAME_SIZE]);
void row_json(struct json *json, const struct row *row, enum column column);
/* Compares as qsort(3) wants it: text by alphabet, amounts from the largest. */
int row_compare(const struct row *a, const struct row *b, enum column column);

const char *state_text(uint64_t state);

#endif /* _ROW_H */
