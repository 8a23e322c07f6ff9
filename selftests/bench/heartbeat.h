/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Under -icount one thread of QEMU runs all CPUs in turn, each until its part of the time
 * to the next timer is over: with a tick every 4 ms, a CPU stands still for ms at a time,
 * and so a thread that wants 1 ms of CPU time gets 3. The machine's clock chip is made to
 * count periods of 122 us, which interrupt QEMU and not the guest: the HPET has taken the
 * chip's interrupt line. Then no CPU stands still for longer.
 */
#ifndef BULKHEAD_HEARTBEAT_H
#define BULKHEAD_HEARTBEAT_H

void heartbeat_start(void);

#endif /* BULKHEAD_HEARTBEAT_H */
