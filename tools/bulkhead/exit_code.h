/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _EXIT_CODE_H
#define _EXIT_CODE_H

enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_FOUND = 3,	/* no such partition or process */
	EXIT_PERMISSION = 4,
	EXIT_REFUSED = 5,	/* by admission control */
	EXIT_NO_MODULE = 6,	/* absent, or of another ABI */
	EXIT_PARTIAL = 7,	/* some of several */
	/* Of "run", beside those of the command. */
	EXIT_RUN_FAILED = 125,
	EXIT_RUN_NOT_EXECUTABLE = 126,
	EXIT_RUN_NOT_FOUND = 127,
	EXIT_RUN_SIGNAL = 128,	/* + the signal */
};

/* The exit code for an errno of the library. */
int exit_code(int error);

/* The exit code of a verb that did several things of which some failed. */
int exit_code_of_several(int failed, int total, int first_failure);

/* The exit code of "run" for a wait status. */
int exit_code_of_command(int status);

#endif /* _EXIT_CODE_H */
