/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SIGNAL_NAME_H
#define _SIGNAL_NAME_H

/* Takes "TERM", "SIGTERM" or "15" (1 to 64). Returns the number, or -1. */
int signal_parse(const char *text);

/* Returns "SIGTERM", or "signal 40"; valid until the next call. */
const char *signal_name(int signal);

#endif /* _SIGNAL_NAME_H */
