/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of aligned columns.
 *
 * Numbers are put together by hand: a listing of a thousand partitions has fifteen
 * thousand of them, and printf's parsing is most of the cost of each.
 *
 * Pure: no kernel state.
 */
#ifndef BULKHEAD_COLUMN_H
#define BULKHEAD_COLUMN_H

#include <linux/types.h>

/**
 * struct column_line - A line being put together
 * @length: characters so far
 * @text: not terminated; what does not fit is left out
 */
struct column_line {
	size_t length;
	char text[352];
};

/**
 * column_text() - Append text
 * @line: the line
 * @width: columns to fill with blanks, negative to align to the left
 * @text: appended whole, even if it is wider
 *
 * A blank separates it from what is before.
 *
 * Context: Any.
 */
void column_text(struct column_line *line, int width, const char *text);

/**
 * column_number() - Append a number, aligned to the right
 * @line: the line
 * @width: columns to fill with blanks
 * @number: the number; BULKHEAD_UNLIMITED becomes "max"
 * @suffix: a character to append, or '\0'
 *
 * Context: Any.
 */
void column_number(struct column_line *line, int width, u64 number, char suffix);

/**
 * column_fixed() - Append a number with three decimals, aligned to the right
 * @line: the line
 * @width: columns to fill with blanks
 * @thousandths: the number times 1000, rounded down; BULKHEAD_UNLIMITED becomes
 *	"max"
 *
 * Context: Any.
 */
void column_fixed(struct column_line *line, int width, u64 thousandths);

/**
 * column_end() - End the line
 * @line: the line
 *
 * Context: Any.
 */
void column_end(struct column_line *line);

#endif /* BULKHEAD_COLUMN_H */
