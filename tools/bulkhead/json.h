/* SPDX-License-Identifier: GPL-2.0 */
/* A small JSON writer. Keys are NULL inside arrays and for the outermost value. */
#ifndef _JSON_H
#define _JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	unsigned int depth;
	bool filled;	/* whether the innermost bracket holds something already */
};

/* Writes the outermost object up to its "schema"; json_end() ends it. */
void json_begin(struct json *json, FILE *out);
void json_end(struct json *json);

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/* Bytes that are no UTF-8 become U+FFFD. */
void json_string(struct json *json, const char *key, const char *value);
/* As it is: a number that was formatted already, true, false or null. */
void json_plain(struct json *json, const char *key, const char *value);
void json_bool(struct json *json, const char *key, bool value);
void json_count(struct json *json, const char *key, uint64_t value);
/* BULKHEAD_UNLIMITED is null in these. */
void json_cpus(struct json *json, const char *key, uint64_t cpu);
void json_bytes(struct json *json, const char *key, uint64_t bytes);

#endif /* _JSON_H */
