// SPDX-License-Identifier: GPL-2.0
/* Command line options and names. */
#include <errno.h>
#include <string.h>

#include "cli.h"

#define OPTIONS_MAX	32

static int unknown_option(char **argv, const struct option *options)
{
	const char *words[OPTIONS_MAX], *meant, *given = argv[optind - 1];
	char word[64];
	size_t count = 0;

	if (strncmp(given, "--", 2)) {
		usage_error("%s: unknown option '-%c'", current_verb->name, optopt);
		return OPTION_BAD;
	}
	for (; options->name && count < OPTIONS_MAX; options++)
		words[count++] = options->name;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(given + 2, "="), given + 2);
	meant = similar(word, words, count);
	if (optopt && optopt != '?')	/* known, but given an argument */
		usage_error("%s: option '--%s' takes no value", current_verb->name, word);
	else if (meant)
		usage_error("%s: unknown option '--%s', did you mean '--%s'?",
			    current_verb->name, word, meant);
	else
		usage_error("%s: unknown option '--%s'", current_verb->name, word);
	return OPTION_BAD;
}

int next_option(int argc, char **argv, const char *letters, const struct option *options)
{
	int option;

	opterr = 0;
	for (;;) {
		optopt = 0;
		option = getopt_long(argc, argv, letters, options, NULL);
		switch (option) {
		case 'h':
			print_help(stdout, current_verb);
			return OPTION_DONE;
		case OPTION_COLOUR:
			if (colour_set(optarg))
				continue;
			usage_error("--color is 'auto', 'always' or 'never', not '%s'", optarg);
			return OPTION_BAD;
		case ':':
			usage_error("%s: option '%s' needs a value", current_verb->name,
				    argv[optind - 1]);
			return OPTION_BAD;
		case '?':
			return unknown_option(argv, options);
		default:
			return option;
		}
	}
}

int option_exit(int option)
{
	return option == OPTION_DONE ? EXIT_OK : EXIT_USAGE;
}

int check_name(const char *name)
{
	const char *why;
	int ret = bulkhead_name_check(name, &why);

	if (!ret)
		return EXIT_OK;
	complain("'%s' cannot be the name of a partition: it %s", name, why);
	if (ret == -EEXIST)
		hint("reserved are host, and capacity, events, history, partitions, self and "
		     "tasks, the files of /proc/bulkhead");
	else
		hint("a name is 1 to 63 letters, digits, '_', '.' or '-', and begins with a "
		     "letter or digit");
	return EXIT_USAGE;
}

int only_name(int argc, char **argv, const char **name)
{
	if (optind >= argc)
		return usage_error("%s: the NAME of a partition is missing", current_verb->name);
	if (optind + 1 < argc)
		return usage_error("%s: one NAME only, but there is also '%s'",
				   current_verb->name, argv[optind + 1]);
	*name = argv[optind];
	return check_name(*name);
}

int check_names(char **first)
{
	char **name, **other;
	int code;

	for (name = first; *name; name++) {
		code = check_name(*name);
		if (code)
			return code;
		for (other = first; other < name; other++)
			if (!strcmp(*name, *other))
				return usage_error("%s: '%s' is given twice",
						   current_verb->name, *name);
	}
	return EXIT_OK;
}
