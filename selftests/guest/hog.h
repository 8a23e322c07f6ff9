/* SPDX-License-Identifier: GPL-2.0 */
/*
 * To take all memory there is, and have others want some all the same.
 */
#ifndef GUEST_HOG_H
#define GUEST_HOG_H

#include "guest.h"

/* Free memory of the machine (bytes). */
__u64 free_memory(void);
/* A counter of /proc/vmstat; 0 if there is none of that name. */
__u64 vmstat(const char *key);
/* What the kernel keeps free: whoever takes more is killed (bytes). */
__u64 kept_free(void);
/*
 * Free, but only for requests for several pages at once that may not wait: the kernel sets
 * up to 1 % of a zone aside for them when there is one (bytes).
 */
__u64 high_atomic(void);
/*
 * Free in the lists of the CPUs, and not counted as free: the kernel empties them for
 * requests for several pages at once (bytes).
 */
__u64 free_in_lists(void);

/* Private memory; a process that gets none exits with 99. */
struct area {
	char *start;
	size_t size;
};

struct area area_map(size_t size);
/* Touch every page; returns how long the slowest MiB took (us). */
__u64 area_touch(struct area area);

/* Before the first hog, and after the last. */
void hog_begin(void);
void hog_end(void);
/*
 * A process of the host that takes all memory but what the kernel keeps free and so many
 * bytes, and then is stopped.
 */
pid_t hog_start(__u64 leave);

/*
 * Processes that are there before the memory is taken, and wait: a fork of ours needs
 * memory of the host.
 */
struct actor {
	int go[2];	/* a byte in this pipe: begin. (The hog keeps a gate's end open.) */
	pid_t pid;
};

/* In the partition, or where the caller is if fd is -1. It is to run fn(&size). */
struct actor actor_start(int fd, int (*fn)(void *), size_t size);
void actor_begin(struct actor *actor);
/* Begin, and return what fn returned, or 128 + the signal that killed it. */
int actor_run(struct actor *actor);

/* What is held may be more than what is missing by as much, and not less. */
#define RESERVE_SLACK	(2 * MIB)

/* A partition in the mode reserve; returns its fd. */
int reserve_make(const char *name, __u64 guarantee);
/* Are held and in use together the guarantee? */
bool reserve_backed(int fd, __u64 guarantee);

#endif /* GUEST_HOG_H */
