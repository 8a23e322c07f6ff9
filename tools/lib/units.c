// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Amounts of CPU and memory as people write them, in exact integer arithmetic:
 * what is admitted must be what was asked for, to the last byte.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bulkhead.h"

/* A number that was read: @whole + @fraction / @divisor. */
struct decimal {
	uint64_t whole;
	uint64_t fraction;
	uint64_t divisor;
};

/* More decimals than this do not fit into @fraction, and nobody needs them. */
#define DECIMALS_MAX	18

static int fail(int error, const char **why, const char *phrase)
{
	if (why)
		*why = phrase;
	return -error;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Says why a text that begins with no digit is no number. */
static int no_number(const char *text, const char **why)
{
	if (!*text)
		return fail(EINVAL, why, "the value is empty");
	if (*text == '-')
		return fail(EINVAL, why, "it is negative");
	if (*text == ' ' || *text == '\t')
		return fail(EINVAL, why, "it begins with a blank");
	return fail(EINVAL, why, "it is not a number");
}

static int read_whole(const char **text, uint64_t *whole, const char **why)
{
	const char *p = *text;

	*whole = 0;
	for (; is_digit(*p); p++) {
		if (__builtin_mul_overflow(*whole, 10ULL, whole) ||
		    __builtin_add_overflow(*whole, (uint64_t)(*p - '0'), whole))
			return fail(ERANGE, why, "it is too large");
	}
	*text = p;
	return 0;
}

static int read_fraction(const char **text, struct decimal *number, const char **why)
{
	const char *p = *text, *end;
	size_t digits;

	if (!is_digit(*p))
		return fail(EINVAL, why, "a digit is missing after the point");
	end = p + strspn(p, "0123456789");
	*text = end;
	while (end > p && end[-1] == '0')
		end--;
	digits = end - p;
	if (digits > DECIMALS_MAX)
		return fail(EINVAL, why, "it has more than 18 decimals");
	for (; p < end; p++) {
		number->fraction = number->fraction * 10 + (*p - '0');
		number->divisor *= 10;
	}
	return 0;
}

/* Reads the number and leaves @text at its unit. */
static int read_decimal(const char **text, struct decimal *number, const char **why)
{
	const char *p = *text;
	int ret;

	*number = (struct decimal){ .divisor = 1 };
	if (!is_digit(*p) && !(*p == '.' && is_digit(p[1])))
		return no_number(p, why);
	ret = read_whole(&p, &number->whole, why);
	if (!ret && *p == '.') {
		p++;
		ret = read_fraction(&p, number, why);
	}
	if (ret)
		return ret;
	if (*p == ',')
		return fail(EINVAL, why, "the decimal sign is a point, not a comma");
	if ((*p == 'e' || *p == 'E') && (is_digit(p[1]) || p[1] == '-' || p[1] == '+'))
		return fail(EINVAL, why, "exponents are not understood; write it out");
	*text = p;
	return 0;
}

/* Computes number * unit / per, rounded up. */
static int scale(const struct decimal *number, uint64_t unit, uint64_t per,
		 uint64_t *result, const char **why)
{
	unsigned __int128 whole, fraction, sum, divisor;

	/*
	 * Whole and unit are below 2^64, the fraction below 2^60: no product here
	 * reaches 2^128. The sum over one divisor would, so the whole part is
	 * divided by itself and leaves its remainder to the fraction.
	 */
	whole = (unsigned __int128)number->whole * unit;
	divisor = (unsigned __int128)number->divisor * per;
	fraction = (unsigned __int128)number->fraction * unit +
		   whole % per * number->divisor;
	sum = whole / per + fraction / divisor + !!(fraction % divisor);
	if (sum >= BULKHEAD_UNLIMITED)
		return fail(ERANGE, why, "it is too large");
	*result = sum;
	return 0;
}

int bulkhead_parse_cpu(const char *text, uint64_t *cpu, const char **why)
{
	struct decimal number;
	int ret = read_decimal(&text, &number, why);

	if (ret)
		return ret;
	if (!*text || !strcasecmp(text, "cpu") || !strcasecmp(text, "cpus"))
		return scale(&number, BULKHEAD_CPU, 1, cpu, why);
	if (!strcmp(text, "%"))
		return scale(&number, BULKHEAD_CPU, 100, cpu, why);
	if (!strcmp(text, "m"))
		return scale(&number, BULKHEAD_CPU, 1000, cpu, why);
	return fail(EINVAL, why, "the unit is not one of CPU");
}

/* Finds what the unit behind a number of bytes stands for. */
static int memory_unit(const char *text, uint64_t *unit, const char **why)
{
	static const char prefixes[] = "KMGTPE";
	const char *prefix;
	uint64_t base;
	int power;

	*unit = 1;
	if (!*text || !strcmp(text, "B"))
		return 0;
	prefix = strchr(prefixes, *text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text);
	if (!prefix)
		return fail(EINVAL, why, "the unit is not one of memory");

	if (!text[1] || !strcmp(text + 1, "iB"))
		base = 1024;
	else if (!strcmp(text + 1, "B"))
		base = 1000;
	else if (!strcasecmp(text + 1, "b"))
		return fail(EINVAL, why, "'b' may be bits; did you mean B "
			    "(GB is 10^9 bytes, GiB is 2^30)?");
	else if (!strcasecmp(text + 1, "ib") || !strcasecmp(text + 1, "i"))
		return fail(EINVAL, why, "did you mean KiB, MiB or GiB?");
	else
		return fail(EINVAL, why, "the unit is not one of memory");
	for (power = prefix - prefixes; power >= 0; power--)
		*unit *= base;
	return 0;
}

int bulkhead_parse_memory(const char *text, uint64_t ram, uint64_t *bytes,
			  const char **why)
{
	struct decimal number;
	uint64_t unit;
	int ret = read_decimal(&text, &number, why);

	if (ret)
		return ret;
	if (!strcmp(text, "%ram"))
		return scale(&number, ram, 100, bytes, why);
	if (!strcmp(text, "%"))
		return fail(EINVAL, why, "percent of what? write '%ram' for the machine's memory");
	ret = memory_unit(text, &unit, why);
	return ret ? ret : scale(&number, unit, 1, bytes, why);
}

int bulkhead_parse_time(const char *text, uint64_t *time, const char **why)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ms", 1000000ULL }, { "s", 1000000000ULL }, { "min", 60000000000ULL },
		{ "h", 3600000000000ULL },
	};
	struct decimal number;
	size_t i;
	int ret = read_decimal(&text, &number, why);

	if (ret)
		return ret;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(text, units[i].name))
			return scale(&number, units[i].ns, 1, time, why);
	if (!*text)
		return fail(EINVAL, why, "the unit is missing: ms, s, min or h");
	return fail(EINVAL, why, "the unit is not one of time: ms, s, min or h");
}

int bulkhead_parse_count(const char *text, uint64_t *count, const char **why)
{
	uint64_t value;
	int ret;

	if (!is_digit(*text))
		return no_number(text, why);
	ret = read_whole(&text, &value, why);
	if (ret)
		return ret;
	if (*text)
		return fail(EINVAL, why, "it is not a whole number");
	if (value == BULKHEAD_UNLIMITED)
		return fail(ERANGE, why, "it is too large");
	*count = value;
	return 0;
}

/* Cuts trailing zeros of a decimal fraction, and the point if nothing is left. */
static void trim(char *text)
{
	size_t len = strlen(text);

	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	text[len] = '\0';
}

char *bulkhead_format_cpu(uint64_t cpu, char text[BULKHEAD_TEXT_SIZE])
{
	if (cpu == BULKHEAD_UNLIMITED)
		return strcpy(text, "max");
	snprintf(text, BULKHEAD_TEXT_SIZE, "%llu.%06llu", cpu / BULKHEAD_CPU,
		 cpu % BULKHEAD_CPU);
	trim(text);
	return text;
}

char *bulkhead_format_time(uint64_t time, char text[BULKHEAD_TEXT_SIZE])
{
	if (time == BULKHEAD_UNLIMITED)
		return strcpy(text, "max");
	snprintf(text, BULKHEAD_TEXT_SIZE, "%llu.%09llu",
		 (unsigned long long)time / 1000000000, (unsigned long long)time % 1000000000);
	trim(text);
	return strcat(text, "s");
}

char *bulkhead_format_memory(uint64_t bytes, char text[BULKHEAD_TEXT_SIZE])
{
	static const char prefixes[] = "KMGTPE";
	unsigned int hundredths, shift = 10;
	size_t len;
	int i = 0;

	if (bytes == BULKHEAD_UNLIMITED)
		return strcpy(text, "max");
	if (bytes < 1024) {
		snprintf(text, BULKHEAD_TEXT_SIZE, "%uB", (unsigned int)bytes);
		return text;
	}
	for (; bytes >> shift >= 1024; shift += 10)
		i++;
	/* The remainder times 100 could overflow: drop bits that cannot show. */
	hundredths = ((bytes & ((1ULL << shift) - 1)) >> (shift - 10)) * 100 >> 10;
	snprintf(text, BULKHEAD_TEXT_SIZE, "%llu.%02u", (unsigned long long)(bytes >> shift),
		 hundredths);
	trim(text);
	len = strlen(text);
	text[len] = prefixes[i];
	text[len + 1] = '\0';
	return text;
}
