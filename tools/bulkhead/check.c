// SPDX-License-Identifier: GPL-2.0
/* bulkhead check --cpu C --mem M: the kernel's verdict, without a partition. */
#include <errno.h>
#include <unistd.h>

#include "settings.h"
#include "verbs.h"

static int do_check(const struct setting_args *args)
{
	struct bulkhead_create create;
	char name[32], text[512];
	int device, ret;

	device = device_open(false);
	if (device < 0)
		return -device;
	/* The dry run wants a name that is free. */
	snprintf(name, sizeof(name), "check-%d", getpid());
	create_prepare(&create, name, args);
	create.flags = BULKHEAD_CREATE_DRY_RUN;
	ret = bulkhead_create(device, &create);
	if (ret && !(ret == -ENOSPC && create.refused))
		return explain_create(ret, &create);

	if (ret) {
		refusal_text(text, sizeof(text), create.refused, &create.cpu, &create.memory);
		printf("no: %s\n", text);
	} else {
		printf("yes: %s would be admitted\n", guarantee_text(&create.settings));
	}
	printf("the largest that fits: %s and %s\n", cpus(create.cpu.largest),
	       memory(create.memory.largest));
	return ret ? EXIT_REFUSED : EXIT_OK;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = { SETTING_OPTIONS, COMMON_OPTIONS };
	struct setting_args args = { 0 };
	int option, code;

	while ((option = next_option(argc, argv, ":h", options)) != -1) {
		if (!is_setting(option))
			return option_exit(option);
		code = setting_option(&args, option);
		if (code)
			return code;
	}
	if (optind < argc)
		return usage_error("check: '%s' is one argument too many", argv[optind]);
	if (!args.mask)
		return usage_error("check: say what to check, for instance --cpu 2 --mem 1G");
	return do_check(&args);
}

const struct verb check_verb = {
	.name = "check",
	.summary = "ask whether a guarantee would be admitted, and what is the largest",
	.help =
	"Examples:\n"
	"  bulkhead check --cpu 3 --mem 8G\n"
	"  bulkhead check --mem 25%ram && echo fits\n"
	"\n"
	"Usage: bulkhead check [options]\n"
	SETTING_HELP
	"\n"
	"Nothing is changed, and no right is needed. Exit code 5: it would be refused.\n",
	.run = run,
};
