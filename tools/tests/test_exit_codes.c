// SPDX-License-Identifier: GPL-2.0
/* Exit codes: from errnos, of several things at once, of a command that ended. */
#include <errno.h>
#include <signal.h>

#include "exit_code.h"
#include "ktap.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

static const struct {
	int error, code;
} errors[] = {
	{ 0, 0 }, { -ENOENT, 3 }, { -ESRCH, 3 }, { -ENODEV, 3 }, { -EPERM, 4 },
	{ -EACCES, 4 }, { -EBADF, 4 }, { -ENOSPC, 5 }, { -ENOTTY, 6 }, { -EBUSY, 1 },
	{ -EEXIST, 1 }, { -EINVAL, 1 }, { -EINTR, 1 }, { -ENOMEM, 1 }, { -EUSERS, 1 },
};

static const struct {
	int failed, total, first, code;
} several[] = {
	{ 0, 1, 0, 0 }, { 1, 1, 3, 3 }, { 3, 3, 4, 4 }, { 1, 3, 3, 7 }, { 2, 3, 1, 7 },
};

static const struct {
	int status, code;
} commands[] = {
	{ 0, 0 }, { 1 << 8, 1 }, { 255 << 8, 255 }, { 127 << 8, 127 },
	{ SIGKILL, 128 + SIGKILL }, { SIGTERM, 128 + SIGTERM },
	{ SIGSEGV | 0x80 /* core dumped */, 128 + SIGSEGV },
};

int main(void)
{
	size_t i;

	ktap_begin();
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		ktap_case(exit_code(errors[i].error) == errors[i].code, "errno %d is exit code %d",
			  -errors[i].error, errors[i].code);
	for (i = 0; i < ARRAY_SIZE(several); i++)
		ktap_case(exit_code_of_several(several[i].failed, several[i].total,
					       several[i].first) == several[i].code,
			  "%d failures of %d are exit code %d", several[i].failed,
			  several[i].total, several[i].code);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		ktap_case(exit_code_of_command(commands[i].status) == commands[i].code,
			  "wait status %#x is exit code %d", commands[i].status, commands[i].code);
	return ktap_end();
}
