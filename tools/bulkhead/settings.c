// SPDX-License-Identifier: GPL-2.0
/* Settings on the command line. */
#include <string.h>

#include "settings.h"

static void unit_hint(uint32_t bit)
{
	if (bit & (BULKHEAD_SET_CPU_GUARANTEE | BULKHEAD_SET_CPU_LIMIT))
		hint("CPU is written 1.5, 1.5cpus, 150%% (of one CPU) or 1500m");
	else if (bit & (BULKHEAD_SET_CPU_SHARE | BULKHEAD_SET_TASK_LIMIT))
		hint("it is a whole number, like 200");
	else if (bit & BULKHEAD_SET_MEMORY_SOFT_TIME)
		hint("time is written 500ms, 1.5s, 2min or 1h");
	else if (bit & (BULKHEAD_SET_MEMORY_MODE | BULKHEAD_SET_MEMORY_SOFT_ACTION |
			BULKHEAD_SET_OOM_GROUP))
		hint("'bulkhead help %s' says what they mean", current_verb->name);
	else
		hint("memory is written 512M, 2G or 2GiB (2^31), 2GB (2*10^9), 4096 (bytes) or "
		     "25%%ram");
}

/* @dashes: how the user wrote the key, for the complaint. */
static int parse(struct setting_args *args, uint32_t bit, const char *value,
		 const char *dashes)
{
	const char *key = bulkhead_setting_key(bit), *why;
	int ret;

	if (args->mask & bit)
		return usage_error("%s: '%s%s' is given twice", current_verb->name, dashes, key);
	ret = bulkhead_setting_parse(&args->settings, bit, value, bulkhead_ram(), &why);
	if (ret) {
		complain("%s%s%s'%s': %s", dashes, key, *dashes ? " " : "=", value, why);
		unit_hint(bit);
		return EXIT_USAGE;
	}
	args->mask |= bit;
	return EXIT_OK;
}

int setting_option(struct setting_args *args, int option)
{
	return parse(args, option & BULKHEAD_SET_ALL, optarg, "--");
}

int setting_pair(struct setting_args *args, const char *pair)
{
	const char *equals = strchr(pair, '='), *keys[12], *meant;
	char key[32];
	uint32_t bit;
	size_t i;

	if (!equals)
		return usage_error("%s: '%s' is not of the form key=value", current_verb->name,
				   pair);
	snprintf(key, sizeof(key), "%.*s", (int)(equals - pair), pair);
	bit = bulkhead_setting_bit(key);
	if (bit)
		return parse(args, bit, equals + 1, "");
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		keys[i] = bulkhead_setting_key(1U << i);
	meant = similar(key, keys, ARRAY_SIZE(keys));
	complain("there is no setting '%s'%s%s%s", key, meant ? ", did you mean '" : "",
		 meant ? meant : "", meant ? "'?" : "");
	hint("settings are cpu, cpu-max, share, mem, mem-max, swap-max, tasks-max, mem-mode, "
	     "mem-high, mem-high-time, mem-high-action and oom-group");
	return EXIT_USAGE;
}

void settings_overlay(struct bulkhead_settings *settings, const struct setting_args *args)
{
	const struct bulkhead_settings *given = &args->settings;

	if (args->mask & BULKHEAD_SET_CPU_GUARANTEE)
		settings->cpu_guarantee = given->cpu_guarantee;
	if (args->mask & BULKHEAD_SET_CPU_LIMIT)
		settings->cpu_limit = given->cpu_limit;
	if (args->mask & BULKHEAD_SET_CPU_SHARE)
		settings->cpu_share = given->cpu_share;
	if (args->mask & BULKHEAD_SET_MEMORY_GUARANTEE)
		settings->memory_guarantee = given->memory_guarantee;
	if (args->mask & BULKHEAD_SET_MEMORY_LIMIT)
		settings->memory_limit = given->memory_limit;
	if (args->mask & BULKHEAD_SET_SWAP_LIMIT)
		settings->swap_limit = given->swap_limit;
	if (args->mask & BULKHEAD_SET_TASK_LIMIT)
		settings->task_limit = given->task_limit;
	if (args->mask & BULKHEAD_SET_MEMORY_MODE)
		settings->memory_mode = given->memory_mode;
	if (args->mask & BULKHEAD_SET_MEMORY_SOFT_LIMIT)
		settings->memory_soft_limit = given->memory_soft_limit;
	if (args->mask & BULKHEAD_SET_MEMORY_SOFT_TIME)
		settings->memory_soft_time = given->memory_soft_time;
	if (args->mask & BULKHEAD_SET_MEMORY_SOFT_ACTION)
		settings->memory_soft_action = given->memory_soft_action;
	if (args->mask & BULKHEAD_SET_OOM_GROUP)
		settings->oom_group = given->oom_group;
}

void create_prepare(struct bulkhead_create *create, const char *name,
		    const struct setting_args *args)
{
	memset(create, 0, sizeof(*create));
	strncpy(create->name, name, sizeof(create->name) - 1);
	create->mask = args->mask;
	create->settings = (struct bulkhead_settings){
		.cpu_limit = BULKHEAD_UNLIMITED,
		.cpu_share = BULKHEAD_SHARE_DEFAULT,
		.memory_limit = BULKHEAD_UNLIMITED,
		.swap_limit = BULKHEAD_UNLIMITED,
		.task_limit = BULKHEAD_UNLIMITED,
		.memory_soft_limit = BULKHEAD_UNLIMITED,
		.memory_soft_time = BULKHEAD_SOFT_TIME_DEFAULT,
	};
	settings_overlay(&create->settings, args);
}
