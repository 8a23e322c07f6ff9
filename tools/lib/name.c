// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of partitions. */
#include <errno.h>
#include <string.h>

#include "bulkhead.h"

#define LETTERS_AND_DIGITS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/* The host, and the files of /proc/bulkhead. */
static const char * const reserved[] = {
	"host", "capacity", "events", "history", "oom", "partitions", "self", "tasks",
};

static const char *malformed(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) >= BULKHEAD_NAME_SIZE)
		return "is longer than 63 characters";
	if (strchr(name, '/'))
		return "has a slash";
	if (!strchr(LETTERS_AND_DIGITS, *name))
		return "does not begin with a letter or digit (A-Z a-z 0-9)";
	if (name[strspn(name, LETTERS_AND_DIGITS "_.-")])
		return "has a character other than letters, digits, '_', '.' and '-'";
	return NULL;
}

int bulkhead_name_check(const char *name, const char **why)
{
	const char *fault = malformed(name);
	size_t i;

	if (fault) {
		if (why)
			*why = fault;
		return -EINVAL;
	}
	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (!strcmp(name, reserved[i])) {
			if (why)
				*why = "is a reserved name";
			return -EEXIST;
		}
	}
	return 0;
}
