// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sys/wait.h>

#include "exit_code.h"

int exit_code(int error)
{
	switch (error < 0 ? -error : error) {
	case 0:
		return EXIT_OK;
	case ENOENT:
	case ESRCH:
	case ENODEV:
		return EXIT_NOT_FOUND;
	case EPERM:
	case EACCES:
	case EBADF:
		return EXIT_PERMISSION;
	case ENOSPC:
		return EXIT_REFUSED;
	case ENOTTY:
		return EXIT_NO_MODULE;
	default:
		return EXIT_FAILED;
	}
}

int exit_code_of_several(int failed, int total, int first_failure)
{
	if (!failed)
		return EXIT_OK;
	return failed == total ? first_failure : EXIT_PARTIAL;
}

int exit_code_of_command(int status)
{
	if (WIFSIGNALED(status))
		return EXIT_RUN_SIGNAL + WTERMSIG(status);
	return WEXITSTATUS(status);
}
