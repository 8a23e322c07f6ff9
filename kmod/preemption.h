/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Preemption by standing: somebody who wakes and is to be served before the one
 * that runs does not wait for the end of its slice.
 */
#ifndef BULKHEAD_PREEMPTION_H
#define BULKHEAD_PREEMPTION_H

#include <linux/types.h>

#include "credit.h"

/**
 * preemption_init() - Begin to watch wake-ups
 *
 * Context: Process context, module init; registry, top and account are there.
 * Return: 0 or a negative errno, after a line in the log.
 */
int preemption_init(void);

/**
 * preemption_exit() - Stop to watch wake-ups
 *
 * Context: Process context, module exit. Sleeps until no probe runs any more.
 */
void preemption_exit(void);

/**
 * preemption_enable() - Preempt by standing, or leave it to the scheduler
 * @on: true while there is a conflict
 * @host: standing of the host
 *
 * Context: Process context; the caller serializes.
 */
void preemption_enable(bool on, enum credit_standing host);

#endif /* BULKHEAD_PREEMPTION_H */
