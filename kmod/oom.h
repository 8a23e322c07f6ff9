/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who pays when the machine runs out of memory: the one most over its guarantee.
 *
 * The kernel kills, as ever; here it is told whom. Its killer looks for the process
 * with the most memory and knows no guarantees, but it prefers one that has said of
 * itself that it is to be killed first (signal->oom_flag_origin: swapoff does that).
 * Just before the killer looks, it asks the OOM notifiers whether they have memory to
 * give. At that moment the ranking is made and the largest process of whoever has the
 * largest excess gets that mark. All the rest is the kernel's: access to its reserves
 * for the victim, the reaper, the wait for a victim that is dying, memory.oom.group,
 * the event counters, and another choice if this one cannot be killed. So there is no
 * way to hang that was not there before.
 *
 * An OOM inside a memory limit never comes here, and stays inside.
 */
#ifndef BULKHEAD_OOM_H
#define BULKHEAD_OOM_H

#include <linux/sched.h>
#include <linux/types.h>

#include <linux/bulkhead.h>

#include "excess.h"

/**
 * struct oom_record - One decision, and who was ranked
 * @time: CLOCK_MONOTONIC of the kill (ns)
 * @ranking: by excess; the owners are not valid
 * @names: of those in @ranking
 * @payer: the name of who paid
 * @pid: of the process that was killed, in the initial pid namespace
 * @command: its name, as it called itself
 */
struct oom_record {
	u64 time;
	struct excess_ranking ranking;
	char names[LIMIT_EXCESS_RANKED][BULKHEAD_NAME_SIZE];
	char payer[BULKHEAD_NAME_SIZE];
	pid_t pid;
	char command[TASK_COMM_LEN];
};

/**
 * oom_init() - Begin to tell the kernel's killer whom to take
 *
 * Context: Process context, module init.
 * Return: 0 or a negative errno.
 */
int oom_init(void);

/**
 * oom_exit() - Leave the kernel to itself
 *
 * Context: Process context, module exit. Sleeps.
 */
void oom_exit(void);

/**
 * oom_last() - The last decision
 * @record: filled in if there was one
 * @host_kills: out: how often the host paid
 *
 * Context: Process context.
 * Return: how often anybody paid; 0: @record is left alone.
 */
u64 oom_last(struct oom_record *record, u64 *host_kills);

#endif /* BULKHEAD_OOM_H */
