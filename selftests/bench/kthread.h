/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's own threads do: they are all that it runs besides its probes. (6.1 gives
 * the thread that waits to rescue its workqueue the same name.)
 */
#ifndef BULKHEAD_KTHREAD_H
#define BULKHEAD_KTHREAD_H

#include <stdint.h>

struct kthread {
	uint64_t cpu;		/* ns */
	uint64_t switches;	/* each is the end of a wake-up */
	uint64_t timers;	/* of the module, that are pending */
};

void kthread_read(struct kthread *kthread);

#endif /* BULKHEAD_KTHREAD_H */
