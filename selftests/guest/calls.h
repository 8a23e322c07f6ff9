/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every call of the ABI as data: for the tests of what all calls have in common.
 */
#ifndef GUEST_CALLS_H
#define GUEST_CALLS_H

#include "guest.h"

/* What valid arguments refer to: one partition, and a process beside it. */
#define TARGET	"target"

struct fixture {
	int partition;		/* a writable fd of TARGET */
	pid_t process;		/* a process of the host */
};

/* A range of bytes that must be 0 on input. */
struct zero_field {
	unsigned int offset, size;
};

#define MAX_ZERO_FIELDS	6

struct call_info {
	const char *name;
	unsigned long cmd;
	unsigned int size;	/* of the struct */
	bool device;		/* else it is a call on a partition fd */
	bool changes;		/* needs a writable fd, as fill() leaves it */
	bool outlives;		/* works on a destroyed partition */
	int flags;		/* offset of the flags, -1 without */
	__u32 known_flags;
	struct zero_field zero[MAX_ZERO_FIELDS];
	/* Valid input in arg, which holds poison before: outputs stay so. */
	void (*fill)(void *arg, const struct fixture *fixture);
	/* Close what a success has opened, for the next try. */
	void (*undo)(void *arg);
};

extern const struct call_info calls[];
extern const unsigned int call_count;

void fixture_begin(struct fixture *fixture);
void fixture_end(struct fixture *fixture);

/* Valid input of a call into a buffer of any size. */
void fill_call(const struct call_info *info, void *arg, const struct fixture *fixture);
/* The fd that the call is meant for. */
int fd_of(const struct call_info *info, const struct fixture *fixture);

#endif /* GUEST_CALLS_H */
