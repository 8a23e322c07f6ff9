// SPDX-License-Identifier: GPL-2.0
/* bulkhead attach NAME PID.. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "verbs.h"

/* Returns the pid, or -1 after a complaint. */
static pid_t parse_pid(const char *text)
{
	uint64_t value;

	if (!bulkhead_parse_count(text, &value, NULL) && value && value <= INT_MAX)
		return value;
	usage_error("attach: '%s' is no pid: a number above 0", text);
	return -1;
}

static int explain_attach(int error, const char *name, pid_t pid)
{
	switch (error) {
	case -ESRCH:
		complain("cannot attach %d to '%s': there is no such process", pid, name);
		return EXIT_NOT_FOUND;
	case -EINVAL:
		complain("cannot attach %d to '%s': kernel threads and init stay with the host",
			 pid, name);
		return EXIT_FAILED;
	case -EAGAIN:
		complain("cannot attach %d to '%s': its limit tasks-max does not allow that many "
			 "tasks more", pid, name);
		hint("'bulkhead show %s' tells the limit, 'bulkhead set %s tasks-max=N' changes it",
		     name, name);
		return EXIT_FAILED;
	default:
		return explain(error, "attach %d to '%s'", pid, name);
	}
}

static int attach_all(int fd, const char *name, char **pids, int count, bool quiet)
{
	int i, ret, failed = 0, first = EXIT_OK;

	for (i = 0; i < count; i++) {
		pid_t pid = parse_pid(pids[i]);

		ret = bulkhead_attach(fd, pid);
		if (ret) {
			ret = explain_attach(ret, name, pid);
			if (!failed++)
				first = ret;
		}
	}
	if (!quiet && failed < count)
		printf("%s: attached %d process%s\n", name, count - failed,
		       count - failed == 1 ? "" : "es");
	return exit_code_of_several(failed, count, first);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "quiet", no_argument, NULL, 'q' },
		COMMON_OPTIONS
	};
	int option, code, fd, i;
	bool quiet = false;
	const char *name;

	while ((option = next_option(argc, argv, ":qh", options)) != -1) {
		if (option != 'q')
			return option_exit(option);
		quiet = true;
	}
	/* All behind the name are pids: let only_name() see just the name. */
	code = only_name(argc < optind + 1 ? argc : optind + 1, argv, &name);
	if (code)
		return code;
	if (optind + 1 >= argc)
		return usage_error("attach: the PID of a process is missing");
	for (i = optind + 1; i < argc; i++)
		if (parse_pid(argv[i]) < 0)
			return EXIT_USAGE;
	fd = partition_open_by_name(name, true, "attach to");
	if (fd < 0)
		return -fd;
	code = attach_all(fd, name, argv + optind + 1, argc - optind - 1, quiet);
	close(fd);
	return code;
}

const struct verb attach_verb = {
	.name = "attach",
	.summary = "move running processes into a partition",
	.help =
	"Examples:\n"
	"  bulkhead attach db 4242\n"
	"  bulkhead attach db $(pidof postgres)\n"
	"\n"
	"Usage: bulkhead attach NAME PID..\n"
	"  -q, --quiet      say nothing on success\n"
	"\n"
	"A process is moved with all its threads. Children that it starts later follow;\n"
	"those that it has already stay where they are. Memory that it has touched stays\n"
	"charged where it was: 'bulkhead run' charges from the first page.\n"
	"Exit code 7: some of several could not be moved.\n",
	.run = run,
};
