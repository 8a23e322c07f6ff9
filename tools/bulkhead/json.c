// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "bulkhead.h"
#include "json.h"

/* Returns the bytes of the UTF-8 character at @text, or 0 when it is none. */
static size_t utf8_length(const unsigned char *text)
{
	uint32_t code, least;
	size_t length, i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] >= 0xc2 && text[0] < 0xe0)
		length = 2;
	else if (text[0] >= 0xe0 && text[0] < 0xf0)
		length = 3;
	else if (text[0] >= 0xf0 && text[0] < 0xf5)
		length = 4;
	else
		return 0;
	code = text[0] & (0x7f >> length);
	for (i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
	if (code < least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return length;
}

static void write_string(FILE *out, const char *value)
{
	const unsigned char *p = (const unsigned char *)value;
	size_t length;

	fputc('"', out);
	while (*p) {
		length = utf8_length(p);
		if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			fprintf(out, "\\u%04x", *p);
		else if (!length)
			fputs("\\ufffd", out);
		else
			fwrite(p, 1, length, out);
		p += length ? length : 1;
	}
	fputc('"', out);
}

/* Writes what comes before a value: comma, new line, indentation, key. */
static void lead(struct json *json, const char *key)
{
	if (json->depth)
		fprintf(json->out, "%s\n%*s", json->filled ? "," : "", 3 * json->depth, "");
	if (key) {
		write_string(json->out, key);
		fputs(": ", json->out);
	}
	json->filled = true;
}

void json_open(struct json *json, const char *key, char bracket)
{
	lead(json, key);
	fputc(bracket, json->out);
	json->depth++;
	json->filled = false;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->filled)
		fprintf(json->out, "\n%*s", 3 * json->depth, "");
	fputc(bracket, json->out);
	json->filled = true;
}

void json_begin(struct json *json, FILE *out)
{
	*json = (struct json){ .out = out };
	json_open(json, NULL, '{');
	json_count(json, "schema", 1);
}

void json_end(struct json *json)
{
	json_close(json, '}');
	fputc('\n', json->out);
}

void json_string(struct json *json, const char *key, const char *value)
{
	lead(json, key);
	write_string(json->out, value);
}

void json_plain(struct json *json, const char *key, const char *value)
{
	lead(json, key);
	fputs(value, json->out);
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_plain(json, key, value ? "true" : "false");
}

void json_count(struct json *json, const char *key, uint64_t value)
{
	lead(json, key);
	fprintf(json->out, "%" PRIu64, value);
}

void json_cpus(struct json *json, const char *key, uint64_t cpu)
{
	char text[BULKHEAD_TEXT_SIZE];

	json_plain(json, key, cpu == BULKHEAD_UNLIMITED ? "null" :
						  bulkhead_format_cpu(cpu, text));
}

void json_bytes(struct json *json, const char *key, uint64_t bytes)
{
	if (bytes == BULKHEAD_UNLIMITED)
		json_plain(json, key, "null");
	else
		json_count(json, key, bytes);
}
