// SPDX-License-Identifier: GPL-2.0
/* bulkhead run NAME -- CMD.., bulkhead run --cpu C --mem M -- CMD.. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "settings.h"
#include "verbs.h"

enum { OPTION_NAME = OPTION_LOCAL };

struct request {
	const char *name;	/* an existing partition, unless it is anonymous */
	bool anonymous;
	struct setting_args args;
	char **command;
};

/* What is passed on to the command. */
static const int forwarded[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };

static void exec_command(char **command, const sigset_t *mask)
{
	int error;

	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(command[0], command);
	error = errno;
	complain("cannot run '%s': %s", command[0], strerror(error));
	_exit(error == ENOENT ? EXIT_RUN_NOT_FOUND : EXIT_RUN_NOT_EXECUTABLE);
}

static int wait_for(pid_t child, const sigset_t *signals)
{
	siginfo_t info;
	int status;

	for (;;) {
		if (sigwaitinfo(signals, &info) < 0)
			continue;
		if (info.si_signo == SIGCHLD) {
			if (waitpid(child, &status, WNOHANG) == child)
				return status;
		} else if (info.si_code != SI_KERNEL) {
			/*
			 * What the terminal sends goes to its whole foreground
			 * group: then the command has it already.
			 */
			kill(child, info.si_signo);
		}
	}
}

/* Returns the exit code of the command. */
static int run_inside(int partition, const char *name, char **command)
{
	sigset_t signals, before;
	pid_t child;
	size_t i;

	/* Whoever ignores SIGCHLD is not told how its children ended. */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	for (i = 0; i < ARRAY_SIZE(forwarded); i++)
		sigaddset(&signals, forwarded[i]);
	sigprocmask(SIG_BLOCK, &signals, &before);

	fflush(NULL);
	child = bulkhead_fork(partition);
	if (child == 0)
		exec_command(command, &before);
	if (child == -EAGAIN) {
		complain("cannot start '%s' in '%s': its limit tasks-max is reached", command[0],
			 name);
		hint("'bulkhead show %s' tells the limit and the use", name);
		return EXIT_RUN_FAILED;
	}
	if (child < 0) {
		explain(child, "start '%s' in '%s'", command[0], name);
		return EXIT_RUN_FAILED;
	}
	return exit_code_of_command(wait_for(child, &signals));
}

/* Creates the partition that lives as long as the command. */
static int create_anonymous(int device, const struct request *request,
			    char name[BULKHEAD_NAME_SIZE])
{
	struct bulkhead_create create;
	int fd = -EEXIST, attempt;

	for (attempt = 0; fd == -EEXIST && attempt < 16; attempt++) {
		if (request->name)
			snprintf(name, BULKHEAD_NAME_SIZE, "%s", request->name);
		else if (attempt)	/* the pid may be that of another namespace */
			snprintf(name, BULKHEAD_NAME_SIZE, "run-%d-%d", getpid(), attempt);
		else
			snprintf(name, BULKHEAD_NAME_SIZE, "run-%d", getpid());
		create_prepare(&create, name, &request->args);
		create.flags = BULKHEAD_CREATE_KILL_ON_CLOSE;
		fd = bulkhead_create(device, &create);
		if (request->name)
			break;
	}
	if (fd < 0)
		explain_create(fd, &create);
	return fd;
}

static int do_run(const struct request *request)
{
	char name[BULKHEAD_NAME_SIZE];
	int device, fd, code, ret;

	device = device_open(true);
	if (device < 0)
		return EXIT_RUN_FAILED;
	if (request->anonymous) {
		fd = create_anonymous(device, request, name);
	} else {
		snprintf(name, sizeof(name), "%s", request->name);
		fd = partition_open(device, name, true, "run in");
	}
	close(device);
	if (fd < 0)
		return EXIT_RUN_FAILED;

	code = run_inside(fd, name, request->command);
	if (request->anonymous) {
		/* Closing would do the same, but not wait for it. */
		do
			ret = bulkhead_destroy(fd, true);
		while (ret == -EINTR);
		if (ret)
			explain(ret, "destroy '%s'", name);
	}
	close(fd);
	return code;
}

/*
 * With --name or settings, all that is left is the command; without, the first
 * word is the partition. "--" may stand before the command, and has been eaten
 * when it stood right behind the options.
 */
static int parse_words(struct request *request, int argc, char **argv)
{
	bool dashes = optind > 1 && !strcmp(argv[optind - 1], "--");
	char **words = argv + optind;

	if (request->name || request->args.mask) {
		request->anonymous = true;
		if (request->name && check_name(request->name))
			return EXIT_USAGE;
		if (!dashes && words[0] && words[1] && !strcmp(words[1], "--"))
			return usage_error("run: settings make a new partition and do not change "
					   "'%s': use --name %s, or 'bulkhead set'", words[0],
					   words[0]);
	} else {
		if (optind >= argc || dashes)
			return usage_error("run: say in which partition, or what to guarantee: "
					   "run NAME -- CMD, run --cpu 1 --mem 1G -- CMD");
		request->name = *words++;
		if (check_name(request->name))
			return EXIT_USAGE;
		if (*words && !strcmp(*words, "--"))
			words++;
		else if (*words && **words == '-')
			return usage_error("run: '%s' comes too late: options stand before NAME, "
					   "and settings only make a new partition", *words);
	}
	if (!*words)
		return usage_error("run: the command is missing");
	request->command = words;
	return EXIT_OK;
}

/* Every failure of our own is 125: other codes are the command's. */
static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, OPTION_NAME },
		SETTING_OPTIONS,
		COMMON_OPTIONS
	};
	struct request request = { 0 };
	int option;

	while ((option = next_option(argc, argv, "+:h", options)) != -1) {
		if (option == OPTION_NAME)
			request.name = optarg;
		else if (!is_setting(option))
			return option == OPTION_DONE ? EXIT_OK : EXIT_RUN_FAILED;
		else if (setting_option(&request.args, option))
			return EXIT_RUN_FAILED;
	}
	if (parse_words(&request, argc, argv))
		return EXIT_RUN_FAILED;
	return do_run(&request);
}

const struct verb run_verb = {
	.name = "run",
	.summary = "start a command inside a partition",
	.help =
	"Examples:\n"
	"  bulkhead run db -- postgres -D /srv/db\n"
	"  bulkhead run --cpu 2 --mem 1G -- make -j8\n"
	"  bulkhead run --name build --cpu-max 50% -- ./nightly.sh\n"
	"\n"
	"Usage: bulkhead run NAME [--] COMMAND [argument..]\n"
	"       bulkhead run [--name NAME] settings [--] COMMAND [argument..]\n"
	"The second form makes a partition that lives as long as the command: what the\n"
	"command leaves behind in it is killed.\n"
	"  --name NAME      name of that partition (default run-PID)\n"
	SETTING_HELP
	"\n"
	"The command starts already inside: its first page and first tick are charged to\n"
	"the partition. Signals are passed on to it. The exit code is that of the command;\n"
	"125 bulkhead failed, 126 the command cannot be executed, 127 it was not found,\n"
	"128 + N it was killed by signal N.\n",
	.run = run,
};
