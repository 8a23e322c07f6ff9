// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "bulkhead.h"
#include "signal_name.h"

#define SIGNAL_MAX	64

int signal_parse(const char *text)
{
	const char *name;
	uint64_t number;
	int signal;

	if (!bulkhead_parse_count(text, &number, NULL))
		return number >= 1 && number <= SIGNAL_MAX ? (int)number : -1;
	if (!strncasecmp(text, "SIG", 3))
		text += 3;
	for (signal = 1; signal <= SIGNAL_MAX; signal++) {
		name = sigabbrev_np(signal);
		if (name && !strcasecmp(text, name))
			return signal;
	}
	return -1;
}

const char *signal_name(int signal)
{
	const char *name = sigabbrev_np(signal);
	static char text[32];

	if (name)
		snprintf(text, sizeof(text), "SIG%s", name);
	else
		snprintf(text, sizeof(text), "signal %d", signal);
	return text;
}
