/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Load and unload the module that is tested.
 */
#ifndef MODULE_H
#define MODULE_H

#include "guest.h"

/* These return 0 or the (positive) errno. */
int module_unload(void);
int module_load(void);
/* Unload; the references of fds go a moment after their close. */
bool module_unloads(void);

#endif /* MODULE_H */
