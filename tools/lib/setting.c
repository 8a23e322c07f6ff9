// SPDX-License-Identifier: LGPL-2.1-or-later
/* The settings of a partition by key: one table for options, files and output. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bulkhead.h"

enum unit { UNIT_CPU, UNIT_MEMORY, UNIT_COUNT, UNIT_TIME, UNIT_WORD };

/* The words of a setting with UNIT_WORD, in the order of their values. */
static const char * const modes[] = { "lend", "reserve" };
static const char * const actions[] = { "enforce", "release" };
static const char * const switches[] = { "no", "yes" };

struct setting {
	const char *key;
	uint32_t bit;
	enum unit unit;
	size_t offset;
	uint64_t min;
	uint64_t max;
	const char *range;	/* what to say when it is outside of min..max */
	const char * const *words;	/* two of them */
};

#define MEMBER(name)	offsetof(struct bulkhead_settings, name)
#define MAX		(BULKHEAD_UNLIMITED - 1)

static const struct setting settings_table[] = {
	{ "cpu", BULKHEAD_SET_CPU_GUARANTEE, UNIT_CPU, MEMBER(cpu_guarantee),
	  BULKHEAD_CPU_MIN, MAX, "a CPU guarantee is at least 0.001 CPUs, or 'none'", NULL },
	{ "cpu-max", BULKHEAD_SET_CPU_LIMIT, UNIT_CPU, MEMBER(cpu_limit),
	  BULKHEAD_CPU_MIN, MAX, "a CPU limit is at least 0.001 CPUs, or 'max'", NULL },
	{ "share", BULKHEAD_SET_CPU_SHARE, UNIT_COUNT, MEMBER(cpu_share),
	  BULKHEAD_SHARE_MIN, BULKHEAD_SHARE_MAX, "a share is 1 to 10000", NULL },
	{ "mem", BULKHEAD_SET_MEMORY_GUARANTEE, UNIT_MEMORY, MEMBER(memory_guarantee),
	  1, MAX, "a memory guarantee is more than 0, or 'none'", NULL },
	{ "mem-max", BULKHEAD_SET_MEMORY_LIMIT, UNIT_MEMORY, MEMBER(memory_limit),
	  4096, MAX, "a memory limit is at least one page (4096 bytes), or 'max'", NULL },
	{ "swap-max", BULKHEAD_SET_SWAP_LIMIT, UNIT_MEMORY, MEMBER(swap_limit),
	  0, MAX, "", NULL },
	{ "tasks-max", BULKHEAD_SET_TASK_LIMIT, UNIT_COUNT, MEMBER(task_limit),
	  1, 4194304, "a task limit is 1 to 4194304, or 'max'", NULL },
	{ "mem-mode", BULKHEAD_SET_MEMORY_MODE, UNIT_WORD, MEMBER(memory_mode),
	  0, 1, "the memory mode is 'lend' or 'reserve'", modes },
	{ "mem-high", BULKHEAD_SET_MEMORY_SOFT_LIMIT, UNIT_MEMORY, MEMBER(memory_soft_limit),
	  4096, MAX, "a soft limit is at least one page (4096 bytes), or 'max'", NULL },
	{ "mem-high-time", BULKHEAD_SET_MEMORY_SOFT_TIME, UNIT_TIME, MEMBER(memory_soft_time),
	  BULKHEAD_SOFT_TIME_MIN, MAX, "the time is at least 1ms, or 'max'", NULL },
	{ "mem-high-action", BULKHEAD_SET_MEMORY_SOFT_ACTION, UNIT_WORD,
	  MEMBER(memory_soft_action), 0, 1, "the action is 'enforce' or 'release'", actions },
	{ "oom-group", BULKHEAD_SET_OOM_GROUP, UNIT_WORD, MEMBER(oom_group),
	  0, 1, "it is 'no' or 'yes'", switches },
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

static int parse_choice(const struct setting *setting, const char *text, uint64_t *value,
			const char **why)
{
	for (*value = setting->min; *value <= setting->max; ++*value)
		if (!strcasecmp(text, setting->words[*value]))
			return 0;
	*why = setting->range;
	return -EINVAL;
}

static int parse_value(const struct setting *setting, const char *text, uint64_t ram,
		       uint64_t *value, const char **why)
{
	int ret;

	if (setting->unit == UNIT_WORD)
		return parse_choice(setting, text, value, why);
	if (parse_word(setting, text, value, &ret, why))
		return ret;
	switch (setting->unit) {
	case UNIT_CPU:
		ret = bulkhead_parse_cpu(text, value, why);
		break;
	case UNIT_MEMORY:
		ret = bulkhead_parse_memory(text, ram, value, why);
		break;
	case UNIT_TIME:
		ret = bulkhead_parse_time(text, value, why);
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
	if (setting && setting->unit == UNIT_WORD && value <= setting->max)
		return strcpy(text, setting->words[value]);
	if (setting && setting->unit == UNIT_TIME)
		return bulkhead_format_time(value, text);
	if (setting && setting->unit == UNIT_CPU)
		return bulkhead_format_cpu(value, text);
	if (setting && setting->unit == UNIT_MEMORY)
		return bulkhead_format_memory(value, text);
	snprintf(text, BULKHEAD_TEXT_SIZE, "%llu", (unsigned long long)value);
	return text;
}
