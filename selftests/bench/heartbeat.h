/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Under -icount one thread of QEMU runs all CPUs in turn, each until its part of the time
 * to the next timer is over: with a tick every 4 ms, a CPU stands still for ms at a time,
 * and so a thread that wants 1 ms of CPU time gets 3. The machine's clock chip is made to
 * count periods of 122 us, which interrupt QEMU and not the guest: the HPET has taken the
 * chip's interrupt line. Then no CPU stands still for longer.
 *
 * One thread, 2 ms on and 2 ms off, pinned to one CPU of two, in 2 s: 499 rounds by itself,
 * and beside a spinner on the other CPU 401, or with this 490 (wake-up p99 1866 and 94 us).
 * What is left is that a CPU is half as fast while the other one runs. idle=poll, which is
 * meant to keep it busy, changes nothing but the time we wait: QEMU goes on to the next CPU
 * at each PAUSE.
 */
#ifndef BULKHEAD_HEARTBEAT_H
#define BULKHEAD_HEARTBEAT_H

void heartbeat_start(void);

#endif /* BULKHEAD_HEARTBEAT_H */
