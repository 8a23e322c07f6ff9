// SPDX-License-Identifier: LGPL-2.1-or-later
/* The settings of a partition by key: one table for options, files and output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bulkhead.h"

enum unit { UNIT_CPU, UNIT_MEMORY, UNIT_COUNT };

struct setting {
	const char *key;
	uint32_t bit;
	enum unit unit;
	size_t offset;
	uint64_t min;
	uint64_t max;
	const char *range;	/* what to say when it is outside of min..max */
};

#define MEMBER(name)	offsetof(struct bulkhead_settings, name)
#define MAX		(BULKHEAD_UNLIMITED - 1)

static const struct setting settings_table[] = {
	{ "cpu", BULKHEAD_SET_CPU_GUARANTEE, UNIT_CPU, MEMBER(cpu_guarantee),
	  BULKHEAD_CPU_MIN, MAX, "a CPU guarantee is at least 0.001 CPUs, or 'none'" },
	{ "cpu-max", BULKHEAD_SET_CPU_LIMIT, UNIT_CPU, MEMBER(cpu_limit),
	  BULKHEAD_CPU_MIN, MAX, "a CPU limit is at least 0.001 CPUs, or 'max'" },
	{ "share", BULKHEAD_SET_CPU_SHARE, UNIT_COUNT, MEMBER(cpu_share),
	  BULKHEAD_SHARE_MIN, BULKHEAD_SHARE_MAX, "a share is 1 to 10000" },
	{ "mem", BULKHEAD_SET_MEMORY_GUARANTEE, UNIT_MEMORY, MEMBER(memory_guarantee),
	  1, MAX, "a memory guarantee is more than 0, or 'none'" },
	{ "mem-max", BULKHEAD_SET_MEMORY_LIMIT, UNIT_MEMORY, MEMBER(memory_limit),
	  4096, MAX, "a memory limit is at least one page (4096 bytes), or 'max'" },
	{ "swap-max", BULKHEAD_SET_SWAP_LIMIT, UNIT_MEMORY, MEMBER(swap_limit),
	  0, MAX, "" },
	{ "tasks-max", BULKHEAD_SET_TASK_LIMIT, UNIT_COUNT, MEMBER(task_limit),
	  1, 4194304, "a task limit is 1 to 4194304, or 'max'" },
};

#define SETTINGS	(sizeof(settings_table) / sizeof(settings_table[0]))

static const struct setting *find(uint32_t bit)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		if (settings_table[i].bit == bit)
			return &settings_table[i];
	return NULL;
}

static bool is_guarantee(uint32_t bit)
{
	return bit == BULKHEAD_SET_CPU_GUARANTEE || bit == BULKHEAD_SET_MEMORY_GUARANTEE;
}

uint32_t bulkhead_setting_bit(const char *key)
{
	size_t i;

	for (i = 0; i < SETTINGS; i++)
		if (!strcmp(settings_table[i].key, key))
			return settings_table[i].bit;
	return 0;
}

const char *bulkhead_setting_key(uint32_t bit)
{
	const struct setting *setting = find(bit);

	return setting ? setting->key : NULL;
}

uint64_t bulkhead_setting_value(const struct bulkhead_settings *settings, uint32_t bit)
{
	const struct setting *setting = find(bit);

	return setting ? *(const __u64 *)((const char *)settings + setting->offset) : 0;
}

/* Whether the text is a word that stands for a value; sets that, or @why. */
static bool parse_word(const struct setting *setting, const char *text,
		       uint64_t *value, int *ret, const char **why)
{
	bool none = !strcasecmp(text, "none");

	if (!none && strcasecmp(text, "max") && strcasecmp(text, "infinity"))
		return false;
	*ret = 0;
	if (is_guarantee(setting->bit) && none) {
		*value = 0;
	} else if (is_guarantee(setting->bit)) {
		*why = "a guarantee cannot be unlimited";
		*ret = -ERANGE;
	} else if (setting->bit == BULKHEAD_SET_CPU_SHARE) {
		*why = setting->range;
		*ret = -ERANGE;
	} else {
		*value = BULKHEAD_UNLIMITED;
	}
	return true;
}

static int parse_value(const struct setting *setting, const char *text, uint64_t ram,
		       uint64_t *value, const char **why)
{
	int ret;

	if (parse_word(setting, text, value, &ret, why))
		return ret;
	switch (setting->unit) {
	case UNIT_CPU:
		ret = bulkhead_parse_cpu(text, value, why);
		break;
	case UNIT_MEMORY:
		ret = bulkhead_parse_memory(text, ram, value, why);
		break;
	default:
		ret = bulkhead_parse_count(text, value, why);
	}
	if (!ret && (*value < setting->min || *value > setting->max)) {
		*why = setting->range;
		ret = -ERANGE;
	}
	return ret;
}

int bulkhead_setting_parse(struct bulkhead_settings *settings, uint32_t bit,
			   const char *text, uint64_t ram, const char **why)
{
	const struct setting *setting = find(bit);
	const char *phrase = "there is no such setting";
	uint64_t value;
	int ret = setting ? parse_value(setting, text, ram, &value, &phrase) : -EINVAL;

	if (!ret)
		*(__u64 *)((char *)settings + setting->offset) = value;
	else if (why)
		*why = phrase;
	return ret;
}

char *bulkhead_setting_format(uint32_t bit, uint64_t value, char text[BULKHEAD_TEXT_SIZE])
{
	const struct setting *setting = find(bit);

	if (value == 0 && is_guarantee(bit))
		return strcpy(text, "none");
	if (value == BULKHEAD_UNLIMITED)
		return strcpy(text, "max");
	if (setting && setting->unit == UNIT_CPU)
		return bulkhead_format_cpu(value, text);
	if (setting && setting->unit == UNIT_MEMORY)
		return bulkhead_format_memory(value, text);
	snprintf(text, BULKHEAD_TEXT_SIZE, "%llu", (unsigned long long)value);
	return text;
}
