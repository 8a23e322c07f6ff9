/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bind probes to tracepoints by name: most are not exported as symbols, but the
 * list of all of them is.
 */
#ifndef BULKHEAD_TRACEHOOK_H
#define BULKHEAD_TRACEHOOK_H

#include <linux/types.h>

struct tracepoint;

/**
 * struct tracehook - A probe and where it belongs
 * @name: of the tracepoint, such as "sched_switch"
 * @probe: a function of the tracepoint's prototype after a void * argument;
 *	called with preemption disabled
 * @tracepoint: found by tracehook_attach()
 */
struct tracehook {
	const char *name;
	void *probe;
	struct tracepoint *tracepoint;
};

/**
 * tracehook_attach() - Find the tracepoints and register the probes
 * @hooks: array of @count
 * @count: number of hooks
 *
 * Context: Process context. Sleeps.
 * Return: 0, -ENOENT if the kernel lacks one of them, or an error of the
 *	registration; then none is registered.
 */
int tracehook_attach(struct tracehook *hooks, size_t count);

/**
 * tracehook_detach() - Unregister the probes
 * @hooks: array of @count
 * @count: number of hooks
 *
 * Context: Process context. Sleeps until no probe is running any more.
 */
void tracehook_detach(struct tracehook *hooks, size_t count);

#endif /* BULKHEAD_TRACEHOOK_H */
