// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of aligned columns.
 */
#include "column.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <linux/bulkhead.h>

/* Digits of a u64, the point of a decimal, and a suffix. */
#define NUMBER_SIZE	24

/* How much of @length still fits. One place is kept for the end of the line. */
static size_t room(const struct column_line *line, size_t length)
{
	return min(length, sizeof(line->text) - 1 - line->length);
}

static void put_blanks(struct column_line *line, size_t count)
{
	count = room(line, count);
	memset(line->text + line->length, ' ', count);
	line->length += count;
}

static void put_aligned(struct column_line *line, int width, const char *text, size_t length)
{
	size_t columns = abs(width);
	size_t blanks = columns > length ? columns - length : 0;
	size_t fits;

	put_blanks(line, !!line->length + (width > 0 ? blanks : 0));
	fits = room(line, length);
	memcpy(line->text + line->length, text, fits);
	line->length += fits;
	if (width < 0)
		put_blanks(line, blanks);
}

void column_text(struct column_line *line, int width, const char *text)
{
	put_aligned(line, width, text, strlen(text));
}

/* Writes the digits of @number, at least @least of them, to before @end. */
static char *digits_before(char *end, u64 number, int least)
{
	while (number || least > 0) {
		u64 rest = div_u64(number, 10);

		*--end = '0' + (number - rest * 10);
		number = rest;
		least--;
	}
	return end;
}

void column_number(struct column_line *line, int width, u64 number, char suffix)
{
	char text[NUMBER_SIZE];
	char *end = text + sizeof(text);
	char *start = end;

	if (number == BULKHEAD_UNLIMITED) {
		column_text(line, width, "max");
		return;
	}
	if (suffix)
		*--start = suffix;
	start = digits_before(start, number, 1);
	put_aligned(line, width, start, end - start);
}

void column_fixed(struct column_line *line, int width, u64 thousandths)
{
	char text[NUMBER_SIZE];
	char *end = text + sizeof(text);
	char *start;
	u64 whole;

	if (thousandths == BULKHEAD_UNLIMITED) {
		column_text(line, width, "max");
		return;
	}
	whole = div_u64(thousandths, 1000);
	start = digits_before(end, thousandths - whole * 1000, 3);
	*--start = '.';
	start = digits_before(start, whole, 1);
	put_aligned(line, width, start, end - start);
}

void column_end(struct column_line *line)
{
	line->text[line->length++] = '\n';
}
