// SPDX-License-Identifier: GPL-2.0
/* Errors, hints and colour. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static enum { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER } colour_when;

bool colour_set(const char *when)
{
	static const char * const words[] = { "auto", "always", "never" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(when, words[i])) {
			colour_when = i;
			return true;
		}
	}
	return false;
}

static bool coloured(FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (colour_when != WHEN_AUTO)
		return colour_when == WHEN_ALWAYS;
	return !(no_color && *no_color) && term && strcmp(term, "dumb") &&
	       isatty(fileno(out));
}

const char *colour_on(FILE *out, enum colour colour)
{
	static const char * const sequences[] = {
		[COLOUR_NONE] = "",
		[COLOUR_BOLD] = "\033[1m",
		[COLOUR_RED] = "\033[31m",
		[COLOUR_GREEN] = "\033[32m",
		[COLOUR_YELLOW] = "\033[33m",
	};

	return coloured(out) ? sequences[colour] : "";
}

const char *colour_off(FILE *out)
{
	return coloured(out) ? "\033[0m" : "";
}

static void begin_complaint(void)
{
	fflush(stdout);
	fprintf(stderr, "%sbulkhead:%s ", colour_on(stderr, COLOUR_RED), colour_off(stderr));
}

void complain(const char *format, ...)
{
	va_list args;

	begin_complaint();
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void hint(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "  %shint:%s ", colour_on(stderr, COLOUR_BOLD), colour_off(stderr));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int usage_error(const char *format, ...)
{
	va_list args;

	begin_complaint();
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (current_verb)
		hint("'bulkhead help %s' shows examples and options", current_verb->name);
	else
		hint("'bulkhead help' shows the verbs");
	return EXIT_USAGE;
}

int explain(int error, const char *format, ...)
{
	int code = exit_code(error);
	va_list args;

	begin_complaint();
	fputs("cannot ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);

	if (error == -ENODEV)
		fputs(": it has been destroyed\n", stderr);
	else if (error == -EINTR)
		fputs(": interrupted, nothing was changed\n", stderr);
	else if (code == EXIT_PERMISSION)
		fputs(": permission denied\n", stderr);
	else
		fprintf(stderr, ": %s\n", strerror(-error));
	if (code == EXIT_PERMISSION)
		hint("changes need root (CAP_SYS_ADMIN): use sudo");
	return code;
}
