/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs in partitions, for the tests of the account. No load ends by itself.
 */
#ifndef GUEST_LOADS_H
#define GUEST_LOADS_H

#include <sys/types.h>

/* A child in the partition, or where the caller is if fd is -1. It dies with its parent. */
pid_t load_start(int fd, void (*load)(void));

void load_spin(void);
/* Two threads that spin. */
void load_threads(void);
/* Spin on the last CPU. */
void load_last_cpu(void);
/* From CPU to CPU, every few microseconds. */
void load_hop(void);
void load_yield(void);
/* A little work, a little sleep. */
void load_doze(void);
/* Processes and threads that end as soon as they have begun. */
void load_ends(void);
/* exec without end; main() begins with load_main(). */
void load_exec_by_leader(void);
void load_exec_by_thread(void);
void load_main(int argc, char **argv);
/* Other classes, with pauses; the first two on the last CPU. */
void load_fifo(void);
void load_round_robin(void);
void load_deadline(void);

#endif /* GUEST_LOADS_H */
