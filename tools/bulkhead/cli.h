/* SPDX-License-Identifier: GPL-2.0 */
/* What the verbs share: how to speak, how to fail, how to reach the module. */
#ifndef _CLI_H
#define _CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "bulkhead.h"
#include "exit_code.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define PRINTF(text, first)	__attribute__((format(printf, text, first)))

struct verb {
	const char *name;
	const char *alias;	/* or NULL */
	const char *summary;	/* one line for the overview */
	const char *help;	/* examples, usage, options */
	int (*run)(int argc, char **argv);	/* returns an exit code */
};

/* main.c: the verb that is running; all verbs, ended by NULL. */
extern const struct verb *current_verb;
extern const struct verb * const verbs[];

/* Returns the verb of that name, or NULL after a complaint. */
const struct verb *verb_find(const char *name);
void print_overview(FILE *out);
void print_help(FILE *out, const struct verb *verb);

/*
 * message.c: errors are one line on stderr, "bulkhead: ...", with the next step
 * on a second one.
 */
void complain(const char *format, ...) PRINTF(1, 2);
void hint(const char *format, ...) PRINTF(1, 2);
/* Complains and points to the help of the verb. Returns EXIT_USAGE. */
int usage_error(const char *format, ...) PRINTF(1, 2);
/* Complains "cannot WHAT: <error>", hints, and returns the exit code. */
int explain(int error, const char *format, ...) PRINTF(2, 3);

enum colour { COLOUR_NONE, COLOUR_BOLD, COLOUR_RED, COLOUR_GREEN, COLOUR_YELLOW };

/* Takes "auto", "always" or "never". Returns false for anything else. */
bool colour_set(const char *when);
/* Returns the escape sequence to begin with, or "" where there is no colour. */
const char *colour_on(FILE *out, enum colour colour);
const char *colour_off(FILE *out);

/*
 * option.c: getopt_long() with our own messages and the options of all verbs.
 * Returns the option, -1 at the end, or OPTION_DONE or OPTION_BAD, which end the
 * verb with option_exit().
 */
enum {
	OPTION_DONE = 0x100,
	OPTION_BAD,
	OPTION_COLOUR,
	OPTION_LOCAL,			/* the first one of the verb's own */
	OPTION_SETTING = 0x10000,	/* | BULKHEAD_SET_* */
};

#define COMMON_OPTIONS \
	{ "help", no_argument, NULL, 'h' }, \
	{ "color", required_argument, NULL, OPTION_COLOUR }, \
	{ NULL, 0, NULL, 0 }

int next_option(int argc, char **argv, const char *letters, const struct option *options);
int option_exit(int option);
/* Checks that it can be a name. These three return an exit code, after a complaint. */
int check_name(const char *name);
/* Checks that exactly one NAME is left, and a possible one. */
int only_name(int argc, char **argv, const char **name);
/* Checks names from @first to NULL: possible ones, none twice. */
int check_names(char **first);

/*
 * connect.c: ways to the module. They return an fd, or a negative exit code after
 * a complaint.
 */
int device_open(bool write);
int partition_open(int device, const char *name, bool write, const char *action);
/* Both in one, for verbs that need the device no further. */
int partition_open_by_name(const char *name, bool write, const char *action);

/* module.c */
bool module_loaded(void);
/* Finds the file of the module for the running kernel. */
bool module_installed(char *path, size_t size);

/* similar.c: the entry of @words that @word was probably meant to be, or NULL. */
const char *similar(const char *word, const char * const *words, size_t count);

/* text.c: amounts in prose; 16 texts live at a time. */
const char *cpus(uint64_t cpu);		/* "1.5 CPUs" */
const char *memory(uint64_t bytes);	/* "2G of memory" */
const char *number(uint64_t cpu);	/* "1.5" */
const char *size(uint64_t bytes);	/* "2G" */

#endif /* _CLI_H */
