/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ROWS_H
#define _ROWS_H

#include "row.h"

struct rows {
	struct row *row;
	size_t count;
};

/*
 * Reads the partitions of @names, up to NULL, or all when there are no names.
 * Returns an exit code, after a complaint for each name that is not there; what
 * could be read is in @rows nevertheless, to be freed with rows_free().
 */
int rows_read(int device, char **names, struct rows *rows);
void rows_free(struct rows *rows);

#endif /* _ROWS_H */
