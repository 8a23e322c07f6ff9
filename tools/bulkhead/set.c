// SPDX-License-Identifier: GPL-2.0
/* bulkhead set NAME key=value... */
#include <string.h>

#include "progress.h"
#include "settings.h"
#include "verbs.h"

static void print_changes(const struct bulkhead_settings *old,
			  const struct bulkhead_settings *new, uint32_t mask)
{
	char from[BULKHEAD_TEXT_SIZE], to[BULKHEAD_TEXT_SIZE];
	uint32_t bit;

	for (bit = 1; bit & BULKHEAD_SET_ALL; bit <<= 1) {
		if (!(mask & bit))
			continue;
		bulkhead_setting_format(bit, bulkhead_setting_value(old, bit), from);
		bulkhead_setting_format(bit, bulkhead_setting_value(new, bit), to);
		printf("%-9s %s -> %s\n", bulkhead_setting_key(bit), from, to);
	}
}

/* What a change has to fill on top of what is held. */
static uint64_t to_fill(const struct bulkhead_settings *old,
			const struct bulkhead_settings *new)
{
	uint64_t from = old->memory_mode == BULKHEAD_MEMORY_RESERVE ? old->memory_guarantee : 0;
	uint64_t to = new->memory_mode == BULKHEAD_MEMORY_RESERVE ? new->memory_guarantee : 0;

	return to > from ? to - from : 0;
}

static int do_set(const char *name, const struct setting_args *args, bool dry_run,
		  bool quiet)
{
	struct bulkhead_set set = { .mask = args->mask, .settings = args->settings };
	struct bulkhead_get old, new;
	int device, fd, ret;

	device = device_open(!dry_run);
	if (device < 0)
		return -device;
	fd = partition_open(device, name, !dry_run, "change");
	if (fd < 0)
		return -fd;
	ret = bulkhead_get(fd, &old);
	if (ret)
		return explain(ret, "read the settings of '%s'", name);
	new = old;
	settings_overlay(&new.settings, args);
	if (dry_run)
		set.flags = BULKHEAD_SETTINGS_DRY_RUN;
	progress_begin(device, dry_run ? 0 : to_fill(&old.settings, &new.settings));
	ret = bulkhead_set(fd, &set);
	progress_end();
	if (ret)
		return explain_set(ret, name, &set, &new.settings);
	/* What is in force may be rounded to pages. */
	if (!dry_run)
		bulkhead_get(fd, &new);
	if (!quiet)
		print_changes(&old.settings, &new.settings, args->mask);
	return EXIT_OK;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		SETTING_OPTIONS,
		{ "dry-run", no_argument, NULL, 'n' },
		{ "quiet", no_argument, NULL, 'q' },
		COMMON_OPTIONS
	};
	struct setting_args args = { 0 };
	bool dry_run = false, quiet = false;
	const char *name;
	int option, code = EXIT_OK, i;

	while ((option = next_option(argc, argv, ":nqh", options)) != -1) {
		if (option == 'n')
			dry_run = true;
		else if (option == 'q')
			quiet = true;
		else if (is_setting(option))
			code = setting_option(&args, option);
		else
			return option_exit(option);
		if (code)
			return code;
	}
	for (i = optind + 1; i < argc; i++) {
		code = setting_pair(&args, argv[i]);
		if (code)
			return code;
	}
	/* All behind the name are pairs: let only_name() see just the name. */
	code = only_name(argc < optind + 1 ? argc : optind + 1, argv, &name);
	if (code)
		return code;
	if (!args.mask)
		return usage_error("set: say what to change, for instance cpu=2 mem=1G");
	return do_set(name, &args, dry_run, quiet);
}

const struct verb set_verb = {
	.name = "set",
	.summary = "change settings of a partition, all or none",
	.help =
	"Examples:\n"
	"  bulkhead set db cpu=2 mem=4G\n"
	"  bulkhead set db cpu=none cpu-max=max\n"
	"  bulkhead set db --mem 25%ram --dry-run\n"
	"\n"
	"Usage: bulkhead set NAME key=value... [options]\n"
	"Keys: cpu, cpu-max, share, mem, mem-max, swap-max, tasks-max,\n"
	"mem-mode, mem-high, mem-high-time, mem-high-action, oom-group. 'none' drops a\n"
	"guarantee; 'max', 'infinity' and 'none' drop a limit. The same as options:\n"
	SETTING_HELP
	"  -n, --dry-run    only ask whether it would be admitted (exit code 5: no)\n"
	"  -q, --quiet      say nothing on success\n",
	.run = run,
};
