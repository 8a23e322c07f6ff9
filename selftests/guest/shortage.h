/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory runs out on purpose: partitions with a known excess, somebody who takes the
 * rest, and a look at who has paid, by the kernel's account and by the module's.
 */
#ifndef SHORTAGE_H
#define SHORTAGE_H

#include "case.h"
#include "holder.h"

#define HOLDERS	4

/*
 * Left to be taken until memory runs out (bytes). The kernel kills while as much as 18 MiB
 * are in the free lists of its CPUs (seen with two; holders_begin() makes it less): less may be
 * too little already.
 */
#define LEFT	(28 * MIB)

/* What a taker needs not take any more because the host has it in its reserve. */
extern struct holder pad;
void fill_pad(void);

/*
 * Three at parts of their guarantees, in percent, and one that has, and uses, all the
 * rest that can be promised, so that what is left is the host's. With a rest of 0 it is
 * left to somebody else.
 */
void start(struct holder *all, const unsigned int *percent);
void end(struct holder *all);
/* How many processes of them live, and of the pad. */
int alive(struct holder *all);

/*
 * One forced OOM: the taker lives, and the one that is over has lost some processes, but
 * not more than so many. (Less than the watermarks are apart does not help everybody.)
 */
bool pays(struct holder *all, struct holder *over, int taker_fd, unsigned int most);
bool one_pays(struct holder *all, struct holder *over, int taker_fd);

/* A field of /proc/bulkhead/oom; "" if it is not there. */
const char *record(const char *key);
__u64 record_number(const char *key);
void print_record(void);

/* What the record says of one of those that were ranked (bytes). */
struct ranked {
	__u64 excess;
	__u64 use;
	__u64 promised;
};

struct ranked ranked(const char *name);

/* Whatever was killed is gone, and nobody more is being killed. */
void settle(void);

/* What may be taken until memory runs out. */
__u64 free_memory(void);

#endif /* SHORTAGE_H */
