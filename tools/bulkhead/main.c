// SPDX-License-Identifier: GPL-2.0
/* bulkhead: partitions with guaranteed CPU and memory. The table of verbs. */
#include <errno.h>
#include <string.h>

#include "verbs.h"

const struct verb * const verbs[] = {
	&create_verb, &set_verb, &show_verb, &list_verb, &run_verb, &attach_verb,
	&ps_verb, &kill_verb, &destroy_verb, &capacity_verb, &check_verb, &doctor_verb,
	&version_verb, &help_verb, NULL,
};

const struct verb *current_verb;

const struct verb *verb_find(const char *name)
{
	const char *words[2 * ARRAY_SIZE(verbs)], *meant;
	const struct verb * const *verb;
	size_t count = 0;

	for (verb = verbs; *verb; verb++) {
		words[count++] = (*verb)->name;
		if (!strcmp((*verb)->name, name))
			return *verb;
		if (!(*verb)->alias)
			continue;
		words[count++] = (*verb)->alias;
		if (!strcmp((*verb)->alias, name))
			return *verb;
	}
	meant = similar(name, words, count);
	if (!meant && (!strcmp(name, "delete") || !strcmp(name, "remove")))
		meant = "destroy";
	if (meant)
		usage_error("unknown verb '%s', did you mean '%s'?", name, meant);
	else
		usage_error("unknown verb '%s'", name);
	return NULL;
}

static int run_verb_by_name(int argc, char **argv)
{
	current_verb = verb_find(argv[0]);
	if (!current_verb)
		return EXIT_USAGE;
	optind = 0;	/* glibc: begin anew */
	return current_verb->run(argc, argv);
}

static int run_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ "color", required_argument, NULL, OPTION_COLOUR },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:hV", options, NULL)) != -1) {
		switch (option) {
		case 'h':
			print_overview(stdout);
			return EXIT_OK;
		case 'V':
			current_verb = &version_verb;
			optind = 0;
			return version_verb.run(1, argv);
		case OPTION_COLOUR:
			if (colour_set(optarg))
				break;
			return usage_error("--color is 'auto', 'always' or 'never', not '%s'",
					   optarg);
		case ':':
			return usage_error("option '%s' needs a value", argv[optind - 1]);
		default:
			return usage_error("unknown option '%s'", argv[optind - 1]);
		}
	}
	if (optind >= argc) {
		print_overview(stderr);
		return EXIT_USAGE;
	}
	return run_verb_by_name(argc - optind, argv + optind);
}

int main(int argc, char **argv)
{
	int code = run_main(argc, argv);

	/* A full disk behind a redirection must not look like success. */
	if (fflush(stdout) || ferror(stdout)) {
		complain("cannot write the output: %s", strerror(errno));
		return code ? code : EXIT_FAILED;
	}
	return code;
}
