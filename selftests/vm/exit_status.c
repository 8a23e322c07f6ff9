// SPDX-License-Identifier: GPL-2.0
/*
 * $(exit_status N) for GNU make: end make with the status N. By itself make knows
 * 0, 1 and 2 only, and "make vm" is to end as the script in the guest did.
 */
#include <gnumake.h>
#include <stdlib.h>

int plugin_is_GPL_compatible;

static char *exit_status(const char *name, unsigned int count, char **arguments)
{
	(void)name;
	(void)count;
	exit(atoi(arguments[0]));
}

int exit_status_gmk_setup(void)
{
	gmk_add_function("exit_status", exit_status, 1, 1, GMK_FUNC_DEFAULT);
	return 1;
}
