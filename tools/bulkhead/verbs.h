/* SPDX-License-Identifier: GPL-2.0 */
/* One file per verb; main.c has the table. */
#ifndef _VERBS_H
#define _VERBS_H

#include "cli.h"

extern const struct verb create_verb;
extern const struct verb set_verb;
extern const struct verb show_verb;
extern const struct verb list_verb;
extern const struct verb run_verb;
extern const struct verb attach_verb;
extern const struct verb ps_verb;
extern const struct verb kill_verb;
extern const struct verb destroy_verb;
extern const struct verb capacity_verb;
extern const struct verb check_verb;
extern const struct verb doctor_verb;
extern const struct verb version_verb;
extern const struct verb help_verb;

#endif /* _VERBS_H */
