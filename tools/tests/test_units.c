// SPDX-License-Identifier: GPL-2.0
/* Amounts of CPU and memory: what people write, and what they are told. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bulkhead.h"
#include "ktap.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define POISON			0xccccccccccccccccULL
#define RAM			(1000003ULL * 4096)

struct amount {
	const char *text;
	int ret;
	uint64_t value;
};

static const struct amount cpu_amounts[] = {
	{ "1", 0, 1000000 },
	{ "0", 0, 0 },
	{ "1.5", 0, 1500000 },
	{ ".5", 0, 500000 },
	{ "01.50", 0, 1500000 },
	{ "1.5cpus", 0, 1500000 },
	{ "1cpu", 0, 1000000 },
	{ "2CPUs", 0, 2000000 },
	{ "150%", 0, 1500000 },
	{ "0.1%", 0, 1000 },
	{ "33.3333%", 0, 333333 },
	{ "1500m", 0, 1500000 },
	{ "0.001m", 0, 1 },
	{ "0.000001", 0, 1 },
	/* Rounded up, however little is over. */
	{ "0.0000001", 0, 1 },
	{ "0.0000010", 0, 1 },
	{ "0.0000011", 0, 2 },
	{ "0.333333333333333333", 0, 333334 },
	{ "0.000000000000000001", 0, 1 },
	{ "0.0000010000000000000000000000", 0, 1 },
	{ "1.000000000000000001", 0, 1000001 },
	{ "0.00001%", 0, 1 },
	/* 0.1 + 0.2 in floating point is no 0.3. */
	{ "0.3", 0, 300000 },
	{ "4.35", 0, 4350000 },
	{ "18446744073709.551614", 0, BULKHEAD_UNLIMITED - 1 },
	{ "18446744073709.551615", -ERANGE, 0 },
	{ "18446744073709551615", -ERANGE, 0 },
	{ "18446744073709551616", -ERANGE, 0 },
	{ "99999999999999999999999999", -ERANGE, 0 },
	{ "1844674407370955.1615%", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
	{ "1\n", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "-0", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ "1.", -EINVAL, 0 },
	{ ".", -EINVAL, 0 },
	{ "1..5", -EINVAL, 0 },
	{ "1.5.5", -EINVAL, 0 },
	{ "1,5", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
	{ "1e", -EINVAL, 0 },
	{ "1E-3", -EINVAL, 0 },
	{ "0x10", -EINVAL, 0 },
	{ "nan", -EINVAL, 0 },
	{ "inf", -EINVAL, 0 },
	{ "max", -EINVAL, 0 },
	{ "1.5x", -EINVAL, 0 },
	{ "1.5 cpus", -EINVAL, 0 },
	{ "1M", -EINVAL, 0 },
	{ "1G", -EINVAL, 0 },
	{ "100%ram", -EINVAL, 0 },
	{ "150%%", -EINVAL, 0 },
	{ "0.0000000000000000001", -EINVAL, 0 },
};

static const struct amount memory_amounts[] = {
	{ "0", 0, 0 },
	{ "4096", 0, 4096 },
	{ "4096B", 0, 4096 },
	{ "1K", 0, 1024 },
	{ "1k", 0, 1024 },
	{ "1KiB", 0, 1024 },
	{ "1kB", 0, 1000 },
	{ "512M", 0, 512ULL << 20 },
	{ "2G", 0, 2ULL << 30 },
	{ "2g", 0, 2ULL << 30 },
	{ "2GiB", 0, 2ULL << 30 },
	{ "2GB", 0, 2000000000 },
	{ "1.5G", 0, 3ULL << 29 },
	{ "1T", 0, 1ULL << 40 },
	{ "1PB", 0, 1000000000000000ULL },
	{ "15E", 0, 15ULL << 60 },
	{ "18EB", 0, 18000000000000000000ULL },
	{ "0.1K", 0, 103 },
	{ "0.1KB", 0, 100 },
	{ "0.000000000000000001E", 0, 2 },
	{ "0.5", 0, 1 },
	{ "1.999999999999999999G", 0, 2147483648 },
	{ "25%ram", 0, (RAM * 25 + 99) / 100 },
	{ "100%ram", 0, RAM },
	{ "0.1%ram", 0, (RAM + 999) / 1000 },
	{ "33.3%ram", 0, (RAM * 333 + 999) / 1000 },
	{ "18446744073709551614", 0, BULKHEAD_UNLIMITED - 1 },
	{ "18446744073709551615", -ERANGE, 0 },
	/* 10^-17 of 2^60 is 11.5 bytes. */
	{ "15.99999999999999999E", 0, 18446744073709551605ULL },
	{ "16E", -ERANGE, 0 },
	{ "19EB", -ERANGE, 0 },
	{ "999999999999G", -ERANGE, 0 },
	{ "999999999999999999%ram", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "-1G", -EINVAL, 0 },
	{ "nan", -EINVAL, 0 },
	{ "1e9", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
	{ "2Gb", -EINVAL, 0 },
	{ "2gb", -EINVAL, 0 },
	{ "2gib", -EINVAL, 0 },
	{ "2Gi", -EINVAL, 0 },
	{ "2b", -EINVAL, 0 },
	{ "2GBs", -EINVAL, 0 },
	{ "2GG", -EINVAL, 0 },
	{ "2 G", -EINVAL, 0 },
	{ "2X", -EINVAL, 0 },
	{ "2Z", -EINVAL, 0 },
	{ "2iB", -EINVAL, 0 },
	{ "G", -EINVAL, 0 },
	{ "25%", -EINVAL, 0 },
	{ "25%RAM", -EINVAL, 0 },
	{ "%ram", -EINVAL, 0 },
	{ "1,5G", -EINVAL, 0 },
	{ "1.G", -EINVAL, 0 },
	{ "infinity", -EINVAL, 0 },
	{ "0x1000", -EINVAL, 0 },
};

static const struct amount counts[] = {
	{ "0", 0, 0 },
	{ "512", 0, 512 },
	{ "00512", 0, 512 },
	{ "18446744073709551614", 0, BULKHEAD_UNLIMITED - 1 },
	{ "18446744073709551615", -ERANGE, 0 },
	{ "18446744073709551616", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "1.5", -EINVAL, 0 },
	{ "1k", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
	{ "nan", -EINVAL, 0 },
	{ "max", -EINVAL, 0 },
	{ "12 ", -EINVAL, 0 },
};

static int parse_memory(const char *text, uint64_t *bytes, const char **why)
{
	return bulkhead_parse_memory(text, RAM, bytes, why);
}

/* On failure the result must be untouched and the reason must be given. */
static void check_parser(const char *name,
			 int (*parse)(const char *, uint64_t *, const char **),
			 const struct amount *amount, size_t count)
{
	for (; count--; amount++) {
		uint64_t value = POISON, expected = amount->ret ? POISON : amount->value;
		const char *why = NULL;
		int ret = parse(amount->text, &value, &why);

		if (!ktap_case(ret == amount->ret && value == expected && !why == !ret,
			       "%s '%.40s'", name, strcmp(amount->text, "1\n") ?
			       amount->text : "1 with a newline"))
			printf("# returned %d, expected %d; value %" PRIu64 ", expected %" PRIu64
			       "\n", ret, amount->ret, value, expected);
		parse(amount->text, &value, NULL);
	}
}

static void check_text(const char *got, const char *expected)
{
	ktap_case(!strcmp(got, expected), "format '%s' (got '%s')", expected, got);
}

static void check_formats(void)
{
	char text[BULKHEAD_TEXT_SIZE];

	check_text(bulkhead_format_cpu(0, text), "0");
	check_text(bulkhead_format_cpu(1, text), "0.000001");
	check_text(bulkhead_format_cpu(1500000, text), "1.5");
	check_text(bulkhead_format_cpu(10000000, text), "10");
	check_text(bulkhead_format_cpu(333334, text), "0.333334");
	check_text(bulkhead_format_cpu(BULKHEAD_UNLIMITED, text), "max");
	check_text(bulkhead_format_cpu(BULKHEAD_UNLIMITED - 1, text), "18446744073709.551614");
	check_text(bulkhead_format_memory(0, text), "0B");
	check_text(bulkhead_format_memory(1023, text), "1023B");
	check_text(bulkhead_format_memory(1024, text), "1K");
	check_text(bulkhead_format_memory(1536, text), "1.5K");
	check_text(bulkhead_format_memory(2ULL << 30, text), "2G");
	check_text(bulkhead_format_memory((2ULL << 30) - 1, text), "1.99G");
	check_text(bulkhead_format_memory(1000ULL << 20, text), "1000M");
	check_text(bulkhead_format_memory(100ULL << 40, text), "100T");
	check_text(bulkhead_format_memory(BULKHEAD_UNLIMITED - 1, text), "15.99E");
	check_text(bulkhead_format_memory(BULKHEAD_UNLIMITED, text), "max");
}

/* What is shown as free must be admitted when it is typed in again. */
static void check_round_trips(void)
{
	static const uint64_t amounts[] = {
		1, 999, 1025, 123456789, (1ULL << 30) - 4096, 3456789012345ULL, 1ULL << 63,
		BULKHEAD_UNLIMITED - 1,
	};
	char text[BULKHEAD_TEXT_SIZE];
	uint64_t back;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(amounts); i++) {
		bulkhead_format_cpu(amounts[i], text);
		ktap_case(!bulkhead_parse_cpu(text, &back, NULL) && back == amounts[i],
			  "CPU %s is read back", text);
		bulkhead_format_memory(amounts[i], text);
		ktap_case(!bulkhead_parse_memory(text, 0, &back, NULL) &&
			  back <= amounts[i] && amounts[i] - back <= amounts[i] / 100,
			  "memory %s is read back as no more than it was", text);
	}
}

int main(void)
{
	ktap_begin();
	check_parser("CPU", bulkhead_parse_cpu, cpu_amounts, ARRAY_SIZE(cpu_amounts));
	check_parser("memory", parse_memory, memory_amounts, ARRAY_SIZE(memory_amounts));
	check_parser("count", bulkhead_parse_count, counts, ARRAY_SIZE(counts));
	check_formats();
	check_round_trips();
	return ktap_end();
}
