// SPDX-License-Identifier: GPL-2.0
/* bulkhead version */
#include "verbs.h"

static int run(int argc, char **argv)
{
	static const struct option options[] = { COMMON_OPTIONS };
	struct bulkhead_version version;
	int option, device, ret;

	option = next_option(argc, argv, ":h", options);
	if (option != -1)
		return option_exit(option);
	if (optind < argc)
		return usage_error("version: '%s' is one argument too many", argv[optind]);

	printf("bulkhead %s (ABI %u)\n", BULKHEAD_CLI_VERSION, BULKHEAD_ABI_VERSION);
	device = device_open(false);
	if (device < 0)
		return -device;
	ret = bulkhead_version(device, &version);
	if (ret)
		return explain(ret, "ask the module for its version");
	printf("module   %.32s (ABI %u)\n", version.module, version.abi);
	return EXIT_OK;
}

const struct verb version_verb = {
	.name = "version",
	.summary = "tell the versions of this program, of the ABI and of the module",
	.help =
	"Examples:\n"
	"  bulkhead version\n"
	"\n"
	"Usage: bulkhead version\n"
	"Exit code 6: no module is loaded, or it speaks another ABI.\n",
	.run = run,
};
