/* SPDX-License-Identifier: GPL-2.0 */
/* Settings on the command line, and what the module says about them. */
#ifndef _SETTINGS_H
#define _SETTINGS_H

#include "cli.h"

struct setting_args {
	uint32_t mask;
	struct bulkhead_settings settings;
};

#define SETTING_OPTIONS \
	{ "cpu", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_CPU_GUARANTEE }, \
	{ "cpu-max", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_CPU_LIMIT }, \
	{ "share", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_CPU_SHARE }, \
	{ "mem", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_MEMORY_GUARANTEE }, \
	{ "mem-max", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_MEMORY_LIMIT }, \
	{ "swap-max", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_SWAP_LIMIT }, \
	{ "tasks-max", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_TASK_LIMIT }, \
	{ "mem-mode", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_MEMORY_MODE }, \
	{ "mem-high", required_argument, NULL, \
	  OPTION_SETTING | BULKHEAD_SET_MEMORY_SOFT_LIMIT }, \
	{ "mem-high-time", required_argument, NULL, \
	  OPTION_SETTING | BULKHEAD_SET_MEMORY_SOFT_TIME }, \
	{ "mem-high-action", required_argument, NULL, \
	  OPTION_SETTING | BULKHEAD_SET_MEMORY_SOFT_ACTION }, \
	{ "oom-group", required_argument, NULL, OPTION_SETTING | BULKHEAD_SET_OOM_GROUP }

#define SETTING_HELP \
	"  --cpu C          guaranteed CPU: 1.5, 1.5cpus, 150% (of one CPU), 1500m\n" \
	"  --cpu-max C      CPU limit, or 'max'\n" \
	"  --share W        weight for what is left over, 1 to 10000 (default 100)\n" \
	"  --mem M          guaranteed memory: 512M, 2G = 2GiB, 2GB = 2000000000, 25%ram\n" \
	"  --mem-max M      memory limit, or 'max'\n" \
	"  --swap-max M     swap limit, or 'max'\n" \
	"  --tasks-max N    limit of tasks (threads), or 'max'\n" \
	"  --mem-mode W     the unused part of --mem: 'lend' (default): others may use it,\n" \
	"                   or 'reserve': it is held ready\n" \
	"  --mem-high M     soft limit: above it the partition is slowed down; or 'max'\n" \
	"  --mem-high-time T  how long it may be above: 500ms, 10s (default), 2min; or 'max'\n" \
	"  --mem-high-action W  what then: 'enforce' (default) the soft limit, killing if\n" \
	"                   need be, or 'release' it\n" \
	"  --oom-group W    out of memory kills one process, 'no' (default), or all, 'yes'\n"

/* Whether next_option() returned one of SETTING_OPTIONS. */
static inline bool is_setting(int option)
{
	return option != -1 && option & OPTION_SETTING;
}

/*
 * Parse a setting given as option (with its value in optarg) or as "key=value".
 * They return an exit code, after a complaint.
 */
int setting_option(struct setting_args *args, int option);
int setting_pair(struct setting_args *args, const char *pair);

/* Lays the settings given in @args over @settings. */
void settings_overlay(struct bulkhead_settings *settings, const struct setting_args *args);

/*
 * Say why a create or set was not done: admission, a setting at fault, or anything
 * else. @settings are those that would have come to be. They return the exit code.
 */
int explain_create(int error, const struct bulkhead_create *create);
int explain_set(int error, const char *name, const struct bulkhead_set *set,
		const struct bulkhead_settings *settings);

/* Fills in what does not depend on the verb. */
void create_prepare(struct bulkhead_create *create, const char *name,
		    const struct setting_args *args);

/* "3 CPUs asked, 2.5 free (4 total, ...)", for what was refused. */
void refusal_text(char *text, size_t length, uint32_t refused,
		  const struct bulkhead_admission *cpu,
		  const struct bulkhead_admission *memory);

/* "2 CPUs and 1G of memory", "nothing" */
const char *guarantee_text(const struct bulkhead_settings *settings);

#endif /* _SETTINGS_H */
