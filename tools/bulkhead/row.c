// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "row.h"

enum kind {
	KIND_NAME, KIND_STATE, KIND_COUNT, KIND_CPU, KIND_MEMORY, KIND_TIME, KIND_WORD,
	KIND_SWITCH,
};

static const struct {
	const char *title;
	const char *json;
	enum kind kind;
	uint32_t setting;	/* whose words it has */
} columns[COLUMNS] = {
	[COLUMN_NAME] = { "NAME", "name", KIND_NAME },
	[COLUMN_ID] = { "ID", "id", KIND_COUNT },
	[COLUMN_STATE] = { "STATE", "state", KIND_STATE },
	[COLUMN_CPU_MIN] = { "CPU.MIN", "cpu_guarantee_cpus", KIND_CPU },
	[COLUMN_CPU_MAX] = { "CPU.MAX", "cpu_limit_cpus", KIND_CPU },
	[COLUMN_CPU_TIME] = { "CPU.TIME", "cpu_time_usec", KIND_TIME },
	[COLUMN_SHARE] = { "SHARE", "cpu_share", KIND_COUNT },
	[COLUMN_MEM_MIN] = { "MEM.MIN", "memory_guarantee_bytes", KIND_MEMORY },
	[COLUMN_MEM_MAX] = { "MEM.MAX", "memory_limit_bytes", KIND_MEMORY },
	[COLUMN_MEM_USE] = { "MEM.USE", "memory_used_bytes", KIND_MEMORY },
	[COLUMN_MEM_PEAK] = { "MEM.PEAK", "memory_peak_bytes", KIND_MEMORY },
	[COLUMN_SWAP_MAX] = { "SWAP.MAX", "swap_limit_bytes", KIND_MEMORY },
	[COLUMN_TASKS] = { "TASKS", "tasks", KIND_COUNT },
	[COLUMN_TASKS_MAX] = { "TASKS.MAX", "tasks_limit", KIND_COUNT },
	[COLUMN_MEM_MODE] = { "MEM.MODE", "memory_mode", KIND_WORD, BULKHEAD_SET_MEMORY_MODE },
	[COLUMN_MEM_HIGH] = { "MEM.HIGH", "memory_soft_limit_bytes", KIND_MEMORY },
	[COLUMN_HIGH_TIME] = { "HIGH.TIME", "memory_soft_time_usec", KIND_TIME },
	[COLUMN_HIGH_ACTION] = { "HIGH.ACTION", "memory_soft_action", KIND_WORD,
				 BULKHEAD_SET_MEMORY_SOFT_ACTION },
	[COLUMN_MEM_HELD] = { "MEM.HELD", "memory_held_bytes", KIND_MEMORY },
	[COLUMN_OOM_GROUP] = { "OOM.GROUP", "oom_group", KIND_SWITCH, BULKHEAD_SET_OOM_GROUP },
	[COLUMN_OOM_KILLS] = { "OOM.KILLS", "oom_kills", KIND_COUNT },
};

int row_read(int partition, struct row *row)
{
	struct bulkhead_stats stats;
	struct bulkhead_get get;
	int ret;

	ret = bulkhead_get(partition, &get);
	if (!ret)
		ret = bulkhead_stats(partition, &stats);
	if (ret)
		return ret;
	memcpy(row->name, get.name, sizeof(row->name));
	row->flags = get.flags;
	row->value[COLUMN_ID] = get.id;
	row->value[COLUMN_STATE] = get.state;
	row->value[COLUMN_CPU_MIN] = get.settings.cpu_guarantee;
	row->value[COLUMN_CPU_MAX] = get.settings.cpu_limit;
	row->value[COLUMN_CPU_TIME] = stats.cpu_time;
	row->value[COLUMN_SHARE] = get.settings.cpu_share;
	row->value[COLUMN_MEM_MIN] = get.settings.memory_guarantee;
	row->value[COLUMN_MEM_MAX] = get.settings.memory_limit;
	row->value[COLUMN_MEM_USE] = stats.memory;
	row->value[COLUMN_MEM_PEAK] = stats.memory_peak;
	row->value[COLUMN_MEM_HELD] = stats.memory_held;
	row->value[COLUMN_SWAP_MAX] = get.settings.swap_limit;
	row->value[COLUMN_TASKS] = stats.tasks;
	row->value[COLUMN_TASKS_MAX] = get.settings.task_limit;
	row->value[COLUMN_MEM_MODE] = get.settings.memory_mode;
	row->value[COLUMN_MEM_HIGH] = get.settings.memory_soft_limit;
	row->value[COLUMN_HIGH_TIME] = get.settings.memory_soft_time;
	row->value[COLUMN_HIGH_ACTION] = get.settings.memory_soft_action;
	row->value[COLUMN_OOM_GROUP] = get.settings.oom_group;
	row->value[COLUMN_OOM_KILLS] = stats.oom_kills;
	return 0;
}

const char *column_title(enum column column)
{
	return columns[column].title;
}

bool column_is_text(enum column column)
{
	enum kind kind = columns[column].kind;

	return kind == KIND_NAME || kind == KIND_STATE || kind == KIND_WORD ||
	       kind == KIND_SWITCH;
}

int column_find(const char *title)
{
	int column;

	for (column = 0; column < COLUMNS; column++)
		if (!strcasecmp(columns[column].title, title))
			return column;
	return -1;
}

const char *state_text(uint64_t state)
{
	switch (state) {
	case BULKHEAD_STATE_ACTIVE:
		return "active";
	case BULKHEAD_STATE_DYING:
		return "dying";
	case BULKHEAD_STATE_DEAD:
		return "dead";
	default:
		return "unknown";
	}
}

static bool is_guarantee(enum column column)
{
	return column == COLUMN_CPU_MIN || column == COLUMN_MEM_MIN;
}

const char *row_text(const struct row *row, enum column column, bool exact,
		     char text[BULKHEAD_NAME_SIZE])
{
	uint64_t value = row->value[column];
	enum kind kind = columns[column].kind;

	if (kind == KIND_NAME)
		return row->name;
	if (kind == KIND_STATE)
		return state_text(value);
	if (kind == KIND_WORD || kind == KIND_SWITCH)
		return bulkhead_setting_format(columns[column].setting, value, text);
	if (value == BULKHEAD_UNLIMITED)
		return "max";
	if (!value && is_guarantee(column) && !exact)
		return "-";
	if (kind == KIND_CPU)
		return bulkhead_format_cpu(value, text);
	if (kind == KIND_MEMORY && !exact)
		return bulkhead_format_memory(value, text);
	if (kind == KIND_TIME)
		snprintf(text, BULKHEAD_NAME_SIZE, exact ? "%" PRIu64 ".%06" PRIu64 :
							   "%" PRIu64 ".%02" PRIu64,
			 value / 1000000000, value % 1000000000 / (exact ? 1000 : 10000000));
	else
		snprintf(text, BULKHEAD_NAME_SIZE, "%" PRIu64, value);
	return text;
}

void row_json(struct json *json, const struct row *row, enum column column)
{
	const char *key = columns[column].json;
	char text[BULKHEAD_NAME_SIZE];
	uint64_t value = row->value[column];

	switch (columns[column].kind) {
	case KIND_NAME:
		json_string(json, key, row->name);
		break;
	case KIND_STATE:
		json_string(json, key, state_text(value));
		break;
	case KIND_WORD:
		json_string(json, key, row_text(row, column, true, text));
		break;
	case KIND_SWITCH:
		json_bool(json, key, value);
		break;
	case KIND_CPU:
		json_cpus(json, key, value);
		break;
	case KIND_TIME:
		if (value == BULKHEAD_UNLIMITED)
			json_plain(json, key, "null");
		else
			json_count(json, key, value / 1000);
		break;
	default:
		json_bytes(json, key, value);
	}
}

int row_compare(const struct row *a, const struct row *b, enum column column)
{
	uint64_t va = a->value[column], vb = b->value[column];

	switch (columns[column].kind) {
	case KIND_NAME:
		return strcmp(a->name, b->name);
	case KIND_STATE:
		return strcmp(state_text(va), state_text(vb));
	case KIND_WORD:
	case KIND_SWITCH:
		return va < vb ? -1 : va > vb;
	default:
		break;
	}
	if (column == COLUMN_ID)
		return va < vb ? -1 : va > vb;
	return va > vb ? -1 : va < vb;
}
