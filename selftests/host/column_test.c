// SPDX-License-Identifier: GPL-2.0
/*
 * Lines put together by hand against those that printf puts together.
 */
#include <linux/kernel.h>

#include <linux/bulkhead.h>

#include "column.h"
#include "suite.h"

/* The line so far as a string. */
static const char *text_of(const struct column_line *line)
{
	static char text[sizeof(line->text) + 1];

	memset(text, 0, sizeof(text));
	memcpy(text, line->text, line->length);
	return text;
}

/*
 * In an allocation of its own, so that the sanitizer sees a byte behind the text;
 * what it is filled with must not show.
 */
static struct column_line *begin(void)
{
	struct column_line *line = malloc(sizeof(*line));

	memset(line, 0x5a, sizeof(*line));
	line->length = 0;
	return line;
}

static void texts(void)
{
	static const struct {
		int width;
		const char *text, *line;
	} rows[] = {
		{ 0, "", "" }, { 0, "ab", "ab" }, { 1, "ab", "ab" }, { 2, "ab", "ab" },
		{ 3, "ab", " ab" }, { 1, "", " " }, { 5, "", "     " }, { -1, "ab", "ab" },
		{ -2, "ab", "ab" }, { -4, "ab", "ab  " }, { -1, "", " " }, { -3, "", "   " },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct column_line *line = begin();

		column_text(line, rows[i].width, rows[i].text);
		KTAP_EXPECT_STREQ(text_of(line), rows[i].line);
		free(line);
	}
}

static void numbers(void)
{
	static const struct {
		int width;
		u64 number;
		char suffix;
		const char *line;
	} rows[] = {
		{ 0, 0, 0, "0" }, { 3, 0, 0, "  0" }, { 3, 0, 'K', " 0K" },
		{ 1, 9, 0, "9" }, { 1, 10, 0, "10" }, { 5, 12345, 0, "12345" },
		{ 5, 1234, 'M', "1234M" }, { 5, 12345, 'M', "12345M" },
		{ 0, U64_MAX - 1, 0, "18446744073709551614" },
		{ 0, U64_MAX - 1, 'G', "18446744073709551614G" },
		{ 5, BULKHEAD_UNLIMITED, 0, "  max" }, { 5, BULKHEAD_UNLIMITED, 'M', "  max" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct column_line *line = begin();

		column_number(line, rows[i].width, rows[i].number, rows[i].suffix);
		KTAP_EXPECT_STREQ(text_of(line), rows[i].line);
		free(line);
	}
}

static void decimals(void)
{
	static const struct {
		int width;
		u64 thousandths;
		const char *line;
	} rows[] = {
		{ 0, 0, "0.000" }, { 6, 1, " 0.001" }, { 0, 10, "0.010" }, { 0, 100, "0.100" },
		{ 0, 999, "0.999" }, { 0, 1000, "1.000" }, { 0, 1001, "1.001" },
		{ 0, 12345678, "12345.678" }, { 0, U64_MAX - 1, "18446744073709551.614" },
		{ 7, BULKHEAD_UNLIMITED, "    max" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct column_line *line = begin();

		column_fixed(line, rows[i].width, rows[i].thousandths);
		KTAP_EXPECT_STREQ(text_of(line), rows[i].line);
		free(line);
	}
}

/* Whole lines: one blank between columns, and none at the beginning. */
static void lines(void)
{
	unsigned int round;

	for (round = 0; round < ROUNDS(100000); round++) {
		u64 id = random_bits() >> 1, cpu = random_bits() >> 1, memory = random_bits() >> 1;
		int name_width = random_below(20), width = random_below(25);
		struct column_line *line = begin();
		char expected[sizeof(line->text) + 1];
		bool same;

		snprintf(expected, sizeof(expected), "%*llu %-*s %*llu.%03llu %*lluK\n", width, id,
			 name_width, "database", width > 4 ? width - 4 : 0, cpu / 1000,
			 cpu % 1000, width > 1 ? width - 1 : 0, memory);
		column_number(line, width, id, 0);
		column_text(line, -name_width, "database");
		column_fixed(line, width, cpu);
		column_number(line, width, memory, 'K');
		column_end(line);
		same = KTAP_EXPECT_STREQ(text_of(line), expected);
		free(line);
		if (!same)
			break;
	}
}

/* A line that is too long loses its end, but keeps the end of the line. */
static void too_long(void)
{
	static const char ten[] = "0123456789";
	unsigned int shift, i;

	for (shift = 0; shift < 12; shift++) {
		struct column_line *line = begin();
		char expected[sizeof(line->text) * 2] = "";

		column_text(line, -(int)shift, "");
		memset(expected, ' ', shift);
		for (i = 0; i < 40; i++) {
			column_text(line, 12, ten);
			if (expected[0])
				strcat(expected, " ");
			strcat(expected, "  ");
			strcat(expected, ten);
		}
		column_number(line, 1000, 7, 0);
		column_fixed(line, 1000, 7);
		column_end(line);
		expected[sizeof(line->text) - 1] = '\n';
		expected[sizeof(line->text)] = '\0';
		KTAP_EXPECT_EQ(line->length, sizeof(line->text));
		KTAP_EXPECT_STREQ(text_of(line), expected);
		free(line);
	}
}

#define CASES(CASE)							\
	CASE(texts, "texts to the left and to the right")		\
	CASE(numbers, "numbers, suffixes and max")			\
	CASE(decimals, "numbers with three decimals")			\
	CASE(lines, "whole lines against printf")			\
	CASE(too_long, "what does not fit is left out")

TEST_SUITE(column, CASES);
