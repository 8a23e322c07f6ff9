/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line on a terminal that tells how far a call is that waits for its reserve. It
 * comes after a second, and is gone at the end.
 */
#ifndef _PROGRESS_H
#define _PROGRESS_H

#include "cli.h"

/* @bytes: what is to be held on top of what is; 0 for nothing to tell. */
void progress_begin(int device, uint64_t bytes);
void progress_end(void);

#endif /* _PROGRESS_H */
