// SPDX-License-Identifier: GPL-2.0
/* Names of partitions, of verbs mistyped, of signals. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "ktap.h"
#include "signal_name.h"

#define LETTERS_63		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *name;
	int ret;
} names[] = {
	{ "db", 0 },
	{ "a", 0 },
	{ "9", 0 },
	{ "Web-1.example_x", 0 },
	{ "a..", 0 },
	{ "hosts", 0 },
	{ "Host", 0 },
	{ LETTERS_63, 0 },
	{ LETTERS_63 "a", -EINVAL },
	{ "", -EINVAL },
	{ ".", -EINVAL },
	{ "..", -EINVAL },
	{ ".hidden", -EINVAL },
	{ "-n", -EINVAL },
	{ "_x", -EINVAL },
	{ "a/b", -EINVAL },
	{ "/", -EINVAL },
	{ "a b", -EINVAL },
	{ "a\n", -EINVAL },
	{ "a:b", -EINVAL },
	{ "caf\xc3\xa9", -EINVAL },
	{ "host", -EEXIST },
	{ "capacity", -EEXIST },
	{ "events", -EEXIST },
	{ "history", -EEXIST },
	{ "oom", -EEXIST },
	{ "partitions", -EEXIST },
	{ "self", -EEXIST },
	{ "tasks", -EEXIST },
};

static const struct {
	const char *text;
	int signal;
} signals[] = {
	{ "TERM", 15 }, { "SIGTERM", 15 }, { "term", 15 }, { "sigkill", 9 }, { "9", 9 },
	{ "1", 1 }, { "64", 64 }, { "HUP", 1 }, { "0", -1 }, { "65", -1 }, { "-9", -1 },
	{ "FOO", -1 }, { "", -1 }, { "SIG", -1 }, { "9x", -1 }, { "99999999999999999999", -1 },
};

static const struct {
	const char *word, *meant;
} mistypes[] = {
	{ "creat", "create" }, { "craete", "create" }, { "lst", "list" }, { "crate", "create" },
	{ "destryo", "destroy" }, { "cap", "capacity" }, { "sl", "ls" },
	{ "x", NULL }, { "", NULL }, { "frobnicate", NULL }, { "zz", NULL },
	{ LETTERS_63 LETTERS_63, NULL },
};

int main(void)
{
	static const char * const verbs[] = {
		"create", "set", "show", "list", "ls", "destroy", "capacity",
	};
	size_t i;

	ktap_begin();
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *why = NULL;
		int ret = bulkhead_name_check(names[i].name, &why);

		ktap_case(ret == names[i].ret && !why == !ret &&
			  bulkhead_name_check(names[i].name, NULL) == ret,
			  "name %zu: %s", i, why ? why : "is fine");
	}
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		ktap_case(signal_parse(signals[i].text) == signals[i].signal, "signal '%s'",
			  signals[i].text);
	for (i = 0; i < ARRAY_SIZE(mistypes); i++) {
		const char *meant = similar(mistypes[i].word, verbs, ARRAY_SIZE(verbs));
		const char *expected = mistypes[i].meant;

		ktap_case(expected ? meant && !strcmp(meant, expected) : !meant,
			  "'%.20s' was meant to be '%s'", mistypes[i].word, meant ? meant : "?");
	}
	return ktap_end();
}
