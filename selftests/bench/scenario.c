// SPDX-License-Identifier: GPL-2.0
#include "scenario.h"

#include "bench.h"

static int line_number;

static void __attribute__((noreturn)) mistake(const char *what, const char *word)
{
	fprintf(stderr, "scenarios: line %d: %s: %s\n", line_number, what, word);
	exit(1);
}

struct word {
	const char *name;
	int value;
};

static int look_up(const struct word *words, const char *name)
{
	for (; words->name; words++)
		if (!strcmp(words->name, name))
			return words->value;
	mistake("unknown", name);
}

static const struct word kinds[] = {
	{ "spin", LOAD_SPIN }, { "traced", LOAD_TRACED }, { "duty", LOAD_DUTY },
	{ "yield", LOAD_YIELD }, { "pipe", LOAD_PIPE }, { "fork", LOAD_FORK },
	{ "dodge", LOAD_DODGE }, { "explode", LOAD_EXPLODE }, { }
};

static const struct word policies[] = {
	{ "fair", POLICY_FAIR }, { "fifo", POLICY_FIFO }, { "deadline", POLICY_DEADLINE }, { }
};

static const struct word places[] = {
	{ "partition", PLACE_PARTITION }, { "host", PLACE_HOST }, { "root", PLACE_ROOT }, { }
};

static const struct word measures[] = {
	{ "shares", MEASURE_SHARES }, { "series", MEASURE_SERIES },
	{ "recall", MEASURE_RECALL }, { "kthread", MEASURE_KTHREAD }, { }
};

static double number(const char *text, char **end)
{
	double value = strtod(text, end);

	if (*end == text)
		mistake("not a number", text);
	return value;
}

static long integer(const char *text)
{
	char *end;
	double value = number(text, &end);

	if (*end)
		mistake("not a number", text);
	return value;
}

static int windows(const char *text)
{
	long value = integer(text);

	if (value < 1 || value > MAX_WINDOWS)
		mistake("not a number of windows", text);
	return value;
}

static uint64_t duration(const char *text)
{
	char *unit;
	double value = number(text, &unit);

	if (!strcmp(unit, "us"))
		return value * 1e3 + .5;
	if (!strcmp(unit, "ms"))
		return value * 1e6 + .5;
	if (!strcmp(unit, "s"))
		return value * 1e9 + .5;
	mistake("not a time", text);
}

static uint64_t cpus(const char *text)
{
	char *end;
	double value = number(text, &end);

	if (*end)
		mistake("not a number of CPUs", text);
	return value * BULKHEAD_CPU + .5;
}

/* Split KEY=VALUE in place; the value. */
static char *split(char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		mistake("not KEY=VALUE", word);
	*value = 0;
	return value + 1;
}

static void scenario_word(struct scenario *scenario, const char *key, const char *value)
{
	if (!strcmp(key, "cpus"))
		scenario->cpus = integer(value);
	else if (!strcmp(key, "measure"))
		scenario->measure = look_up(measures, value);
	else if (!strcmp(key, "windows"))
		scenario->windows = windows(value);
	else if (!strcmp(key, "window"))
		scenario->window = duration(value);
	else if (!strcmp(key, "empty"))
		scenario->empty = integer(value);
	else if (!strcmp(key, "honest"))
		snprintf(scenario->honest, NAME_SIZE, "%s", value);
	else
		mistake("unknown", key);
}

static void group_word(struct group *group, const char *key, const char *value)
{
	struct load *load = &group->load;

	if (!strcmp(key, "guarantee"))
		group->guarantee = cpus(value);
	else if (!strcmp(key, "limit"))
		group->limit = cpus(value);
	else if (!strcmp(key, "at"))
		group->place = look_up(places, value);
	else if (!strcmp(key, "delay"))
		group->delay = duration(value);
	else if (!strcmp(key, "load"))
		load->kind = look_up(kinds, value);
	else if (!strcmp(key, "policy"))
		load->policy = look_up(policies, value);
	else if (!strcmp(key, "threads"))
		load->threads = integer(value);
	else if (!strcmp(key, "nice"))
		load->nice = integer(value);
	else if (!strcmp(key, "on"))
		load->on = duration(value);
	else if (!strcmp(key, "off"))
		load->off = duration(value);
	else
		mistake("unknown", key);
}

/* NAME or NAME*COUNT: the copies are NAME1, NAME2 and so on. */
static void add_groups(struct scenario *scenario, const struct group *group, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		struct group *copy = &scenario->group[scenario->groups];

		if (scenario->groups++ == MAX_GROUPS)
			mistake("too many groups", group->name);
		*copy = *group;
		if (count > 1)
			snprintf(copy->name, NAME_SIZE, "%.20s%d", group->name, i + 1);
	}
}

static void read_group(struct scenario *scenario, char *line)
{
	struct group group;
	char *save, *word = strtok_r(line, " \t\n", &save), *star = strchr(word, '*');
	int count = 1;

	memset(&group, 0, sizeof(group));
	group.load.threads = 1;
	if (star) {
		*star = 0;
		count = integer(star + 1);
	}
	snprintf(group.name, NAME_SIZE, "%s", word);
	while ((word = strtok_r(NULL, " \t\n", &save))) {
		char *value = split(word);

		group_word(&group, word, value);
	}
	add_groups(scenario, &group, count);
}

static void read_scenario(struct scenario *scenario, char *line)
{
	char *save, *word = strtok_r(line, " \t\n", &save);

	snprintf(scenario->name, NAME_SIZE, "%s", word);
	while ((word = strtok_r(NULL, " \t\n", &save))) {
		char *value = split(word);

		scenario_word(scenario, word, value);
	}
	if (!scenario->cpus)
		mistake("no cpus", scenario->name);
}

int scenarios_read(const char *path, struct scenario *scenarios, int max)
{
	char line[512];
	int count = 0;
	FILE *file = fopen(path, "r");

	require(!!file, path);
	while (fgets(line, sizeof(line), file)) {
		char *text = line + strspn(line, " \t\n");

		line_number++;
		if (!*text || *text == '#')
			continue;
		if (text == line) {
			if (count == max)
				mistake("too many scenarios", line);
			read_scenario(&scenarios[count++], line);
		} else if (count) {
			read_group(&scenarios[count - 1], text);
		} else {
			mistake("a group without a scenario", text);
		}
	}
	fclose(file);
	return count;
}

bool load_is_endless(const struct load *load)
{
	if (load->policy != POLICY_FAIR)
		return false;
	return load->kind == LOAD_SPIN || load->kind == LOAD_TRACED ||
		(load->kind == LOAD_YIELD && !load->off);
}
