// SPDX-License-Identifier: GPL-2.0
/* Several partitions at once. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "rows.h"

static int rows_alloc(struct rows *rows, size_t count)
{
	rows->count = 0;
	rows->row = calloc(count + 1, sizeof(*rows->row));
	return rows->row ? EXIT_OK : explain(-ENOMEM, "list the partitions");
}

/* A partition that goes while it is listed is no error: it is not there. */
static int read_all(int device, struct rows *rows)
{
	struct bulkhead_list_entry *entries;
	size_t count, i;
	int ret, fd;

	ret = bulkhead_list(device, &entries, &count);
	if (ret)
		return explain(ret, "list the partitions");
	ret = rows_alloc(rows, count);
	for (i = 0; !ret && i < count; i++) {
		fd = bulkhead_find_id(device, entries[i].id, false);
		if (fd == -ENOENT)
			continue;
		if (fd < 0) {
			ret = explain(fd, "read '%s'", entries[i].name);
			break;
		}
		if (!row_read(fd, &rows->row[rows->count]))
			rows->count++;
		close(fd);
	}
	free(entries);
	return ret;
}

static int read_one(int device, const char *name, struct row *row)
{
	int fd = partition_open(device, name, false, "show"), ret;

	if (fd < 0)
		return -fd;
	ret = row_read(fd, row);
	close(fd);
	return ret ? explain(ret, "read '%s'", name) : EXIT_OK;
}

int rows_read(int device, char **names, struct rows *rows)
{
	int total, failed = 0, first = EXIT_OK, code;

	*rows = (struct rows){ 0 };
	if (!*names)
		return read_all(device, rows);
	for (total = 0; names[total]; total++)
		;
	code = rows_alloc(rows, total);
	for (; !code && *names; names++) {
		int this = read_one(device, *names, &rows->row[rows->count]);

		if (!this)
			rows->count++;
		else if (!failed++)
			first = this;
	}
	return code ? code : exit_code_of_several(failed, total, first);
}

void rows_free(struct rows *rows)
{
	free(rows->row);
}
