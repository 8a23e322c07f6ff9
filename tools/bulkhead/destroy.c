// SPDX-License-Identifier: GPL-2.0
/* bulkhead destroy NAME.. */
#include <errno.h>
#include <unistd.h>

#include "verbs.h"

static int busy(int fd, const char *name)
{
	struct bulkhead_stats stats;

	if (bulkhead_stats(fd, &stats) || !stats.tasks)
		complain("cannot destroy '%s': there are tasks in it", name);
	else
		complain("cannot destroy '%s': there %s %llu task%s in it", name,
			 stats.tasks == 1 ? "is" : "are", (unsigned long long)stats.tasks,
			 stats.tasks == 1 ? "" : "s");
	hint("'bulkhead ps %s' shows them, 'bulkhead destroy --force %s' kills them", name, name);
	return EXIT_FAILED;
}

static int destroy(int device, const char *name, bool force, bool quiet)
{
	int fd, ret, code = EXIT_OK;

	fd = partition_open(device, name, true, "destroy");
	if (fd < 0)
		return -fd;
	ret = bulkhead_destroy(fd, force);
	if (ret == -EBUSY)
		code = busy(fd, name);
	else if (ret)
		code = explain(ret, "destroy '%s'", name);
	else if (!quiet)
		printf("%s: destroyed\n", name);
	close(fd);
	return code;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "force", no_argument, NULL, 'f' },
		{ "quiet", no_argument, NULL, 'q' },
		COMMON_OPTIONS
	};
	int option, device, code, i, failed = 0, first = EXIT_OK;
	bool force = false, quiet = false;

	while ((option = next_option(argc, argv, ":fqh", options)) != -1) {
		if (option == 'f')
			force = true;
		else if (option == 'q')
			quiet = true;
		else
			return option_exit(option);
	}
	if (optind >= argc)
		return usage_error("destroy: the NAME of a partition is missing");
	code = check_names(argv + optind);
	if (code)
		return code;
	device = device_open(true);
	if (device < 0)
		return -device;
	for (i = optind; i < argc; i++) {
		code = destroy(device, argv[i], force, quiet);
		if (code && !failed++)
			first = code;
	}
	close(device);
	return exit_code_of_several(failed, argc - optind, first);
}

const struct verb destroy_verb = {
	.name = "destroy",
	.alias = "rm",
	.summary = "remove partitions and give back what they were promised",
	.help =
	"Examples:\n"
	"  bulkhead destroy db\n"
	"  bulkhead destroy --force web cache\n"
	"\n"
	"Usage: bulkhead destroy [options] NAME..\n"
	"  -f, --force      kill everything in it first, and wait until it is gone\n"
	"  -q, --quiet      say nothing on success\n",
	.run = run,
};
