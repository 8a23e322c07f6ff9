// SPDX-License-Identifier: GPL-2.0
#include "memory_scenario.h"

#include <stdarg.h>

#include "bench.h"

static const char *file_name;
static int line_number;

static void wrong(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%d: ", file_name, line_number);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(2);
}

static uint64_t number(const char *text, uint64_t unit, const char *suffix)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (end == text || strcmp(end, suffix))
		wrong("'%s' is not a number%s%s", text, *suffix ? " followed by " : "", suffix);
	return value * unit;
}

static uint64_t ram(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * 4096;
}

static void parse_size(struct tenant *tenant, const char *text)
{
	size_t length = strlen(text);

	if (!strcmp(text, "all"))
		tenant->kind = SIZE_ALL;
	else if (!strcmp(text, "min"))
		tenant->kind = SIZE_GUARANTEE;
	else if (length > 3 && !strcmp(text + length - 3, "ram"))
		tenant->size = number(text, ram(), "ram");
	else
		tenant->size = number(text, 1 << 20, "M");
}

static void parse_tenant(struct memory_scenario *scenario, const char *name, char *text)
{
	struct tenant *tenant = &scenario->tenant[scenario->tenants++];
	char *rest, *word = strtok_r(text, ",", &rest);

	if (scenario->tenants > GROUPS_MAX)
		wrong("more than %d tenants", GROUPS_MAX);
	snprintf(tenant->name, sizeof(tenant->name), "%s", name);
	tenant->processes = 1;
	if (word && !strcmp(word, "partition"))
		tenant->partition = true;
	else if (!word || strcmp(word, "host"))
		wrong("%s is neither in a partition nor in the host", name);
	while ((word = strtok_r(NULL, ",", &rest))) {
		if (!strncmp(word, "min=", 4))
			tenant->guarantee = number(word + 4, 1 << 20, "M");
		else if (!strncmp(word, "size=", 5))
			parse_size(tenant, word + 5);
		else if (!strncmp(word, "leave=", 6))
			tenant->leave = number(word + 6, 1 << 20, "M");
		else if (!strncmp(word, "processes=", 10))
			tenant->processes = number(word + 10, 1, "");
		else if (!strcmp(word, "greedy"))
			tenant->greedy = true;
		else
			wrong("'%s' is not known of a tenant", word);
	}
	if (tenant->processes < 1)
		wrong("%s has no process", name);
	if (tenant->kind == SIZE_BYTES && !tenant->size)
		wrong("%s has no size", name);
	if (tenant->greedy && tenant->kind != SIZE_ALL)
		wrong("%s is greedy and does not want all", name);
}

static enum measure parse_measure(const char *word)
{
	if (word && !strcmp(word, "fill"))
		return MEASURE_FILL;
	if (word && !strcmp(word, "cache"))
		return MEASURE_CACHE;
	if (word && !strcmp(word, "cycle"))
		return MEASURE_CYCLE;
	wrong("'%s' is not fill, cache or cycle", word ? word : "");
	return MEASURE_FILL;
}

static int find_tenant(const struct memory_scenario *scenario, const char *name)
{
	int i;

	for (i = 0; i < scenario->tenants; i++)
		if (!strcmp(scenario->tenant[i].name, name))
			return i;
	wrong("there is no tenant '%s'", name);
	return -1;
}

static void parse_line(struct memory_scenario *scenario, char *line)
{
	char *rest, *word = strtok_r(line, " \t\n", &rest), *equals, victim[16] = "";

	memset(scenario, 0, sizeof(*scenario));
	snprintf(scenario->name, sizeof(scenario->name), "%s", word);
	scenario->measure = parse_measure(strtok_r(NULL, " \t\n", &rest));
	while ((word = strtok_r(NULL, " \t\n", &rest))) {
		if (!strcmp(word, "forced")) {
			scenario->forced = true;
			continue;
		}
		equals = strchr(word, '=');
		if (!equals)
			wrong("'%s' has no value", word);
		*equals++ = 0;
		if (!strcmp(word, "mode"))
			scenario->reserve = !strcmp(equals, "reserve");
		else if (!strcmp(word, "swap"))
			scenario->full_swap = !strcmp(equals, "full");
		else if (!strcmp(word, "victim"))
			snprintf(victim, sizeof(victim), "%s", equals);
		else
			parse_tenant(scenario, word, equals);
	}
	if (!scenario->tenants)
		wrong("%s has no tenants", scenario->name);
	if (scenario->measure == MEASURE_CACHE && scenario->tenants != 2)
		wrong("%s: cache is about two tenants", scenario->name);
	scenario->victim = *victim ? find_tenant(scenario, victim) : -1;
	if (scenario->forced && scenario->victim < 0)
		wrong("%s: forced, and nobody may die", scenario->name);
}

struct memory_scenario *memory_scenarios(const char *file, int *count)
{
	struct memory_scenario *all = NULL;
	FILE *stream = fopen(file, "r");
	char line[1024];

	require(!!stream, file);
	file_name = file;
	*count = 0;
	while (fgets(line, sizeof(line), stream)) {
		line_number++;
		if (*line == '#' || strspn(line, " \t\n") == strlen(line))
			continue;
		all = realloc(all, (*count + 1) * sizeof(*all));
		require(!!all, "memory");
		parse_line(&all[(*count)++], line);
	}
	fclose(stream);
	return all;
}
