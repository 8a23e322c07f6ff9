/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The CPU controller: keeps each partition's credit in step with what it got, and
 * the scheduler in step with where that makes it stand.
 */
#ifndef BULKHEAD_CONTROL_H
#define BULKHEAD_CONTROL_H

#include <linux/types.h>

#include "credit.h"

struct bulkhead_settings;
struct partition;

/**
 * control_init() - Start the control thread
 *
 * Context: Process context, module init.
 * Return: 0 or a negative errno.
 */
int control_init(void);

/**
 * control_exit() - Stop the control thread
 *
 * Context: Process context, module exit; no partition is in its care any more.
 */
void control_exit(void);

/**
 * control_add() - Take a new partition into care
 * @partition: referenced until control_remove(), with its directory
 * @settings: its settings
 *
 * Its weight is in force on return; those of the others follow at once from the
 * control thread.
 *
 * Context: Errand.
 * Return: 0 or an error of cgroupfs; then it is not in care.
 */
int control_add(struct partition *partition, const struct bulkhead_settings *settings);

/**
 * control_change() - Give a partition other settings
 * @partition: in care
 * @settings: its settings from now on
 *
 * Context: Errand.
 * Return: 0 or an error of cgroupfs; then nothing has changed.
 */
int control_change(struct partition *partition, const struct bulkhead_settings *settings);

/**
 * control_remove() - Let a partition go
 * @partition: in care
 *
 * Context: Process context.
 */
void control_remove(struct partition *partition);

/**
 * control_credit() - How far a partition is behind or ahead of its guarantee
 * @partition: referenced
 *
 * Context: Any.
 * Return: nanoseconds of CPU time as of the last look; positive is credit.
 */
s64 control_credit(const struct partition *partition);

/**
 * control_standing() - In which order a partition is served
 * @partition: referenced
 *
 * Context: Any.
 * Return: as of the last look.
 */
enum credit_standing control_standing(const struct partition *partition);

#endif /* BULKHEAD_CONTROL_H */
