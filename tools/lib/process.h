/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef _PROCESS_H
#define _PROCESS_H

#include <stdint.h>

/*
 * Finds the start time (clock ticks since boot) in the text of /proc/PID/stat.
 * Returns 0, or -EINVAL when the text has not the form.
 */
int process_stat_start_time(const char *stat, uint64_t *start_time);

#endif /* _PROCESS_H */
