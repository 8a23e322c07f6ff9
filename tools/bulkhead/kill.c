// SPDX-License-Identifier: GPL-2.0
/* bulkhead kill [-s SIG] NAME */
#include <signal.h>
#include <unistd.h>

#include "signal_name.h"
#include "verbs.h"

static int do_kill(const char *name, int signal, bool quiet)
{
	uint64_t count = 0;
	int fd, ret;

	fd = partition_open_by_name(name, true, "signal");
	if (fd < 0)
		return -fd;
	ret = bulkhead_kill(fd, signal, &count);
	close(fd);
	if (ret)
		return explain(ret, "send %s to '%s'", signal_name(signal), name);
	if (quiet)
		return EXIT_OK;
	if (signal == SIGKILL)	/* the kernel does not count these */
		printf("%s: killed everything in it\n", name);
	else if (!count)
		printf("%s: no process in it\n", name);
	else
		printf("%s: sent %s to %llu process%s\n", name, signal_name(signal),
		       (unsigned long long)count, count == 1 ? "" : "es");
	return EXIT_OK;
}

/* As kill(1) does, "-9" and "-HUP" are understood as the first argument. */
static bool short_signal(int *argc, char ***argv, int *signal)
{
	int number;

	if (*argc < 2 || (*argv)[1][0] != '-')
		return false;
	number = signal_parse((*argv)[1] + 1);
	if (number < 0)
		return false;
	*signal = number;
	(*argv)++;
	(*argc)--;
	return true;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "signal", required_argument, NULL, 's' },
		{ "quiet", no_argument, NULL, 'q' },
		COMMON_OPTIONS
	};
	int option, code, signal = SIGTERM;
	bool quiet = false;
	const char *name;

	short_signal(&argc, &argv, &signal);
	while ((option = next_option(argc, argv, ":s:qh", options)) != -1) {
		if (option == 'q') {
			quiet = true;
		} else if (option == 's') {
			signal = signal_parse(optarg);
			if (signal < 0)
				return usage_error("kill: '%s' is no signal: a name like TERM or "
						   "a number from 1 to 64", optarg);
		} else {
			return option_exit(option);
		}
	}
	code = only_name(argc, argv, &name);
	return code ? code : do_kill(name, signal, quiet);
}

const struct verb kill_verb = {
	.name = "kill",
	.summary = "send a signal to every process of a partition",
	.help =
	"Examples:\n"
	"  bulkhead kill db\n"
	"  bulkhead kill -s HUP db\n"
	"  bulkhead kill -9 db\n"
	"\n"
	"Usage: bulkhead kill [-s SIGNAL] NAME\n"
	"  -s, --signal S   a name, with or without SIG, or a number (default TERM)\n"
	"  -q, --quiet      say nothing on success\n"
	"\n"
	"KILL reaches also what is being forked meanwhile. The partition stays.\n",
	.run = run,
};
