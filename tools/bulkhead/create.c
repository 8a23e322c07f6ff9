// SPDX-License-Identifier: GPL-2.0
/* bulkhead create NAME [settings] */
#include <unistd.h>

#include "progress.h"
#include "settings.h"
#include "verbs.h"

/* What is left is asked for afterwards: the bookkeeping takes memory, too. */
static void print_created(int device, const struct bulkhead_create *create)
{
	struct bulkhead_capacity capacity;

	printf("%s: reserved %s", create->name, guarantee_text(&create->settings));
	if (!bulkhead_capacity(device, &capacity))
		printf("; left %s and %s", cpus(capacity.cpu_free), memory(capacity.memory_free));
	putchar('\n');
}

static void print_admitted(const struct bulkhead_create *create)
{
	printf("%s: would reserve %s; at most %s and %s\n", create->name,
	       guarantee_text(&create->settings), cpus(create->cpu.largest),
	       memory(create->memory.largest));
}

static int do_create(const char *name, const struct setting_args *args, bool dry_run,
		     bool quiet)
{
	struct bulkhead_create create;
	int device, fd;

	device = device_open(!dry_run);
	if (device < 0)
		return -device;
	create_prepare(&create, name, args);
	if (dry_run)
		create.flags = BULKHEAD_CREATE_DRY_RUN;
	progress_begin(device, !dry_run && create.settings.memory_mode == BULKHEAD_MEMORY_RESERVE ?
				       create.settings.memory_guarantee : 0);
	fd = bulkhead_create(device, &create);
	progress_end();
	if (fd < 0)
		return explain_create(fd, &create);
	if (quiet)
		return EXIT_OK;
	if (dry_run)
		print_admitted(&create);
	else
		print_created(device, &create);
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
	int option, code;

	while ((option = next_option(argc, argv, ":nqh", options)) != -1) {
		if (option == 'n') {
			dry_run = true;
		} else if (option == 'q') {
			quiet = true;
		} else if (is_setting(option)) {
			code = setting_option(&args, option);
			if (code)
				return code;
		} else {
			return option_exit(option);
		}
	}
	code = only_name(argc, argv, &name);
	return code ? code : do_create(name, &args, dry_run, quiet);
}

const struct verb create_verb = {
	.name = "create",
	.summary = "create a partition with its guarantees and limits",
	.help =
	"Examples:\n"
	"  bulkhead create db --cpu 1.5 --mem 2G\n"
	"  bulkhead create web --cpu 50% --cpu-max 2 --mem 512M --mem-max 1G --tasks-max 500\n"
	"  bulkhead create db --cpu 3 --mem 8G --dry-run\n"
	"  bulkhead create db --mem 8G --mem-mode reserve\n"
	"\n"
	"Usage: bulkhead create NAME [options]\n"
	SETTING_HELP
	"  -n, --dry-run    only ask whether it would be admitted (exit code 5: no)\n"
	"  -q, --quiet      say nothing on success\n",
	.run = run,
};
