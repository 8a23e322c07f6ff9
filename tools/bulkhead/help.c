// SPDX-License-Identifier: GPL-2.0
/* bulkhead help [VERB] */
#include "verbs.h"

void print_overview(FILE *out)
{
	const struct verb * const *verb;

	fputs("Examples:\n"
	      "  sudo bulkhead create db --cpu 1.5 --mem 2G   # guarantee it\n"
	      "  sudo bulkhead run db -- postgres             # start a command in it\n"
	      "  sudo bulkhead run --cpu 1 --mem 1G -- make   # a partition for one command\n"
	      "  bulkhead list                                # guarantee, limit and use\n"
	      "\n"
	      "Usage: bulkhead VERB [arguments]\n", out);
	for (verb = verbs; *verb; verb++)
		fprintf(out, "  %-10s %s\n", (*verb)->name, (*verb)->summary);
	fputs("\n"
	      "Options of every verb: --help, --color auto|always|never\n"
	      "Exit codes: 0 ok, 1 failed, 2 usage, 3 no such partition or process,\n"
	      "  4 permission, 5 refused by admission, 6 no module, 7 partly done;\n"
	      "  run: that of the command, or 125 failed, 126 not executable, 127 not found,\n"
	      "  128 + signal\n", out);
}

void print_help(FILE *out, const struct verb *verb)
{
	fprintf(out, "bulkhead %s: %s\n\n%s", verb->name, verb->summary, verb->help);
	if (verb->alias)
		fprintf(out, "\n'%s' is short for '%s'.\n", verb->alias, verb->name);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = { COMMON_OPTIONS };
	const struct verb *verb;
	int option;

	option = next_option(argc, argv, ":h", options);
	if (option != -1)
		return option_exit(option);
	if (optind >= argc) {
		print_overview(stdout);
		return EXIT_OK;
	}
	verb = verb_find(argv[optind]);
	if (!verb)
		return EXIT_USAGE;
	print_help(stdout, verb);
	return EXIT_OK;
}

const struct verb help_verb = {
	.name = "help",
	.summary = "explain a verb",
	.help =
	"Examples:\n"
	"  bulkhead help\n"
	"  bulkhead help create\n"
	"\n"
	"Usage: bulkhead help [VERB]\n",
	.run = run,
};
