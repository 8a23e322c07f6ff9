// SPDX-License-Identifier: GPL-2.0
/*
 * Is standard input one JSON text (RFC 8259)? With a path such as
 * "partitions.0.name" the value there is printed, a string without its quotes.
 *
 * Exit code: 0 yes, 1 no or nothing at that path.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX	64

static const char *text, *at;
static const char *found, *found_end;

static void fail(const char *why)
{
	fprintf(stderr, "json_check: byte %zu: %s\n", (size_t)(at - text), why);
	exit(1);
}

static void skip_blanks(void)
{
	at += strspn(at, " \t\r\n");
}

static void expect(char c)
{
	if (*at != c)
		fail("unexpected character");
	at++;
}

static void parse_escape(void)
{
	int i;

	at++;
	if (*at == 'u') {
		for (i = 1; i <= 4; i++)
			if (!isxdigit((unsigned char)at[i]))
				fail("bad \\u escape");
		at += 5;
	} else if (*at && strchr("\"\\/bfnrt", *at)) {
		at++;
	} else {
		fail("bad escape");
	}
}

static void parse_string(void)
{
	expect('"');
	while (*at != '"') {
		if ((unsigned char)*at < 0x20)
			fail("control character or end in a string");
		if (*at == '\\')
			parse_escape();
		else
			at++;
	}
	at++;
}

static void parse_digits(void)
{
	if (!isdigit((unsigned char)*at))
		fail("digit expected");
	while (isdigit((unsigned char)*at))
		at++;
}

static void parse_number(void)
{
	if (*at == '-')
		at++;
	if (*at == '0')
		at++;
	else
		parse_digits();
	if (*at == '.') {
		at++;
		parse_digits();
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		if (*at == '+' || *at == '-')
			at++;
		parse_digits();
	}
}

/* Does the path go on with this key? Returns what is behind it, or NULL. */
static const char *descend(const char *path, const char *key, size_t length)
{
	if (!path || strncmp(path, key, length))
		return NULL;
	if (!path[length])
		return path + length;
	return path[length] == '.' ? path + length + 1 : NULL;
}

static void parse_value(const char *path, int depth);

static void parse_object(const char *path, int depth)
{
	const char *key;

	expect('{');
	skip_blanks();
	if (*at == '}') {
		at++;
		return;
	}
	for (;;) {
		const char *rest;

		skip_blanks();
		key = at + 1;
		parse_string();
		rest = descend(path, key, at - 1 - key);
		skip_blanks();
		expect(':');
		parse_value(rest, depth);
		if (*at != ',')
			break;
		at++;
	}
	expect('}');
}

static void parse_array(const char *path, int depth)
{
	char index[16];
	int i;

	expect('[');
	skip_blanks();
	if (*at == ']') {
		at++;
		return;
	}
	for (i = 0;; i++) {
		snprintf(index, sizeof(index), "%d", i);
		parse_value(descend(path, index, strlen(index)), depth);
		if (*at != ',')
			break;
		at++;
	}
	expect(']');
}

static void parse_word(const char *word)
{
	if (strncmp(at, word, strlen(word)))
		fail("unknown word");
	at += strlen(word);
}

/* @path: what is wanted from here on, "" for this value, NULL for nothing. */
static void parse_value(const char *path, int depth)
{
	const char *begin;

	if (depth > DEPTH_MAX)
		fail("nested too deeply");
	skip_blanks();
	begin = at;
	switch (*at) {
	case '{':
		parse_object(path, depth + 1);
		break;
	case '[':
		parse_array(path, depth + 1);
		break;
	case '"':
		parse_string();
		break;
	case 't':
		parse_word("true");
		break;
	case 'f':
		parse_word("false");
		break;
	case 'n':
		parse_word("null");
		break;
	default:
		parse_number();
	}
	if (path && !*path && !found) {
		found = begin;
		found_end = at;
	}
	skip_blanks();
}

static char *read_input(void)
{
	size_t length = 0, room = 0, got;
	char *input = NULL;

	do {
		if (room - length < 2) {
			room = 2 * room + 65536;
			input = realloc(input, room);
			if (!input)
				abort();
		}
		got = fread(input + length, 1, room - length - 1, stdin);
		length += got;
	} while (got);
	input[length] = '\0';
	if (strlen(input) != length) {
		fputs("json_check: a NUL byte\n", stderr);
		exit(1);
	}
	return input;
}

int main(int argc, char **argv)
{
	bool quoted;

	text = read_input();
	at = text;
	parse_value(argc > 1 ? argv[1] : NULL, 0);
	if (*at)
		fail("something behind the end");
	if (argc < 2)
		return 0;
	if (!found) {
		fprintf(stderr, "json_check: nothing at '%s'\n", argv[1]);
		return 1;
	}
	quoted = *found == '"';
	printf("%.*s\n", (int)(found_end - found) - 2 * quoted, found + quoted);
	return 0;
}
