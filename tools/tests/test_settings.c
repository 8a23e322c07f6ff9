// SPDX-License-Identifier: GPL-2.0
/* Settings by key: words, ranges, and that nothing else is touched. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bulkhead.h"
#include "ktap.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define NONE			0
#define MAX			BULKHEAD_UNLIMITED
#define RAM			(1ULL << 30)

static const struct {
	const char *key, *text;
	int ret;
	uint64_t value;
} inputs[] = {
	{ "cpu", "1.5", 0, 1500000 },
	{ "cpu", "none", 0, NONE },
	{ "cpu", "NONE", 0, NONE },
	{ "cpu", "0.001", 0, 1000 },
	{ "cpu", "1m", 0, 1000 },
	{ "cpu", "0.0009", -ERANGE, 0 },
	{ "cpu", "0", -ERANGE, 0 },
	{ "cpu", "max", -ERANGE, 0 },
	{ "cpu", "infinity", -ERANGE, 0 },
	{ "cpu", "-1", -EINVAL, 0 },
	{ "cpu", "nan", -EINVAL, 0 },
	{ "cpu", "2G", -EINVAL, 0 },
	{ "cpu-max", "150%", 0, 1500000 },
	{ "cpu-max", "max", 0, MAX },
	{ "cpu-max", "infinity", 0, MAX },
	{ "cpu-max", "none", 0, MAX },
	{ "cpu-max", "0", -ERANGE, 0 },
	{ "cpu-max", "inf", -EINVAL, 0 },
	{ "share", "1", 0, 1 },
	{ "share", "10000", 0, 10000 },
	{ "share", "0", -ERANGE, 0 },
	{ "share", "10001", -ERANGE, 0 },
	{ "share", "max", -ERANGE, 0 },
	{ "share", "none", -ERANGE, 0 },
	{ "share", "1.5", -EINVAL, 0 },
	{ "mem", "25%ram", 0, RAM / 4 },
	{ "mem", "none", 0, NONE },
	{ "mem", "1", 0, 1 },
	{ "mem", "0", -ERANGE, 0 },
	{ "mem", "max", -ERANGE, 0 },
	{ "mem", "2Gb", -EINVAL, 0 },
	{ "mem-max", "1G", 0, RAM },
	{ "mem-max", "none", 0, MAX },
	{ "mem-max", "4096", 0, 4096 },
	{ "mem-max", "4095", -ERANGE, 0 },
	{ "mem-max", "0", -ERANGE, 0 },
	{ "swap-max", "0", 0, 0 },
	{ "swap-max", "max", 0, MAX },
	{ "swap-max", "18446744073709551615", -ERANGE, 0 },
	{ "tasks-max", "1", 0, 1 },
	{ "tasks-max", "4194304", 0, 4194304 },
	{ "tasks-max", "max", 0, MAX },
	{ "tasks-max", "4194305", -ERANGE, 0 },
	{ "tasks-max", "0", -ERANGE, 0 },
	{ "tasks-max", "1k", -EINVAL, 0 },
	{ "tasks-max", "", -EINVAL, 0 },
	{ "mem-mode", "lend", 0, 0 },
	{ "mem-mode", "Reserve", 0, 1 },
	{ "mem-mode", "1", -EINVAL, 0 },
	{ "mem-mode", "max", -EINVAL, 0 },
	{ "mem-mode", "", -EINVAL, 0 },
	{ "mem-high", "1G", 0, RAM },
	{ "mem-high", "max", 0, MAX },
	{ "mem-high", "4095", -ERANGE, 0 },
	{ "mem-high-time", "10s", 0, 10000000000ULL },
	{ "mem-high-time", "1.5s", 0, 1500000000ULL },
	{ "mem-high-time", "250ms", 0, 250000000ULL },
	{ "mem-high-time", "2min", 0, 120000000000ULL },
	{ "mem-high-time", "1h", 0, 3600000000000ULL },
	{ "mem-high-time", "max", 0, MAX },
	{ "mem-high-time", "1ms", 0, 1000000 },
	{ "mem-high-time", "0.9ms", -ERANGE, 0 },
	{ "mem-high-time", "0s", -ERANGE, 0 },
	{ "mem-high-time", "10", -EINVAL, 0 },
	{ "mem-high-time", "10m", -EINVAL, 0 },
	{ "mem-high-time", "10 s", -EINVAL, 0 },
	{ "mem-high-time", "9999999h", -ERANGE, 0 },
	{ "mem-high-action", "enforce", 0, 0 },
	{ "mem-high-action", "release", 0, 1 },
	{ "mem-high-action", "kill", -EINVAL, 0 },
	{ "oom-group", "no", 0, 0 },
	{ "oom-group", "yes", 0, 1 },
	{ "oom-group", "true", -EINVAL, 0 },
};

/* One member changes on success, none on failure. */
static void check_case(size_t i)
{
	uint32_t bit = bulkhead_setting_bit(inputs[i].key), other;
	struct bulkhead_settings settings, before;
	const char *why = NULL;
	bool passed;
	int ret;

	memset(&settings, 0xcc, sizeof(settings));
	before = settings;
	ret = bulkhead_setting_parse(&settings, bit, inputs[i].text, RAM, &why);
	passed = ret == inputs[i].ret && !why == !ret;
	for (other = 1; other & BULKHEAD_SET_ALL; other <<= 1) {
		uint64_t expected = other == bit && !ret ?
			inputs[i].value : bulkhead_setting_value(&before, other);

		passed &= bulkhead_setting_value(&settings, other) == expected;
	}
	ktap_case(passed, "%s='%s' (returned %d, value %" PRIu64 ")", inputs[i].key,
		  inputs[i].text, ret, bulkhead_setting_value(&settings, bit));
}

static void check_keys(void)
{
	uint32_t bit;

	for (bit = 1; bit & BULKHEAD_SET_ALL; bit <<= 1)
		ktap_case(bulkhead_setting_bit(bulkhead_setting_key(bit)) == bit,
			  "key of %#x is '%s'", bit, bulkhead_setting_key(bit));
	ktap_case(!bulkhead_setting_key(bit), "no key behind the last");
	ktap_case(!bulkhead_setting_key(3), "no key for two settings");
	ktap_case(!bulkhead_setting_bit("") && !bulkhead_setting_bit("cpu_max"), "no such key");
}

static void check_unknown(void)
{
	struct bulkhead_settings settings = { 0 };
	const char *why = NULL;

	ktap_case(bulkhead_setting_parse(&settings, 0, "1", 0, &why) == -EINVAL && why,
		  "no setting");
	ktap_case(bulkhead_setting_parse(&settings, 1U << 31, "1", 0, NULL) == -EINVAL,
		  "unknown setting, no reason wanted");
	ktap_case(bulkhead_setting_parse(&settings, BULKHEAD_SET_CPU_GUARANTEE, "max", 0,
					 NULL) == -ERANGE, "unlimited guarantee, no reason wanted");
}

static void check_format(const char *key, uint64_t value, const char *expected)
{
	char text[BULKHEAD_TEXT_SIZE];

	bulkhead_setting_format(bulkhead_setting_bit(key), value, text);
	ktap_case(!strcmp(text, expected), "%s is shown as '%s' (got '%s')", key, expected, text);
}

int main(void)
{
	size_t i;

	ktap_begin();
	check_keys();
	for (i = 0; i < ARRAY_SIZE(inputs); i++)
		check_case(i);
	check_unknown();
	check_format("cpu", 0, "none");
	check_format("cpu", 1500000, "1.5");
	check_format("cpu-max", MAX, "max");
	check_format("mem", 0, "none");
	check_format("mem-max", 1ULL << 30, "1G");
	check_format("swap-max", 0, "0B");
	check_format("share", 100, "100");
	check_format("tasks-max", 4194304, "4194304");
	check_format("mem-mode", 1, "reserve");
	check_format("mem-high", MAX, "max");
	check_format("mem-high-time", 10000000000ULL, "10s");
	check_format("mem-high-time", 1500000000ULL, "1.5s");
	check_format("mem-high-time", MAX, "max");
	check_format("mem-high-action", 0, "enforce");
	check_format("oom-group", 1, "yes");
	return ktap_end();
}
