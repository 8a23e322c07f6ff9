// SPDX-License-Identifier: GPL-2.0
/*
 * Probes on tracepoints found by name.
 */
#include "tracehook.h"

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

struct tracehook_search {
	struct tracehook *hooks;
	size_t count;
};

static void note_tracepoint(struct tracepoint *tracepoint, void *data)
{
	struct tracehook_search *search = data;
	size_t i;

	for (i = 0; i < search->count; i++)
		if (!strcmp(tracepoint->name, search->hooks[i].name))
			search->hooks[i].tracepoint = tracepoint;
}

int tracehook_attach(struct tracehook *hooks, size_t count)
{
	struct tracehook_search search = { .hooks = hooks, .count = count };
	size_t i;
	int err;

	for_each_kernel_tracepoint(note_tracepoint, &search);
	for (i = 0; i < count; i++) {
		err = -ENOENT;
		if (hooks[i].tracepoint)
			err = tracepoint_probe_register(hooks[i].tracepoint,
							hooks[i].probe, NULL);
		if (err) {
			pr_err("cannot bind tracepoint %s: error %d\n", hooks[i].name, err);
			tracehook_detach(hooks, i);
			return err;
		}
	}
	return 0;
}

void tracehook_detach(struct tracehook *hooks, size_t count)
{
	while (count--)
		tracepoint_probe_unregister(hooks[count].tracepoint,
					    hooks[count].probe, NULL);
	tracepoint_synchronize_unregister();
}
