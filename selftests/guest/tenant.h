/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tenants: partitions with something to run in them, and the CPU time that they get.
 *
 * In a guest without virtual time one of its CPUs may stand still for half a second,
 * which the kernel bills to whoever was running. So bounds are generous, with what plain
 * weights would give beyond them, and a window in which a rule did not hold is followed
 * by a longer one. That tells a rule that is kept from one that is not; how well it is
 * kept is measured in selftests/bench, in virtual time.
 */
#ifndef TENANT_H
#define TENANT_H

#include <stdio.h>

#include "guest.h"

/* Rates are in thousandths of a CPU. */
#define CPU		1000

/* The first window and the last, each twice the one before; time to settle before. */
#define WINDOW_MS	1000
#define WINDOW_MAX_MS	8000
#define SETTLE_MS	300

enum tenant_policy { TENANT_NORMAL, TENANT_FIFO, TENANT_DEADLINE };

/* Zero is the default of everything. */
struct tenant {
	const char *name;
	bool host;		/* no partition, but a cgroup of the host */
	unsigned int guarantee;
	unsigned int limit;
	unsigned int share;
	__u64 memory_limit;
	__u64 task_limit;

	int processes;
	void (*run)(int number);	/* in each of them; spins by default */
	unsigned int cpus;		/* bit mask of those that they may use */
	int nice;
	bool sessions;			/* each process leads a session of its own */
	enum tenant_policy policy;

	int fd;			/* the partition fd */
	int cgroup;		/* where its processes begin */
	int rate;		/* CPU time that it got in the last window */
	__u64 used, time;	/* as of the last reading (us) */
};

/* Create the partition without anything in it, or bail out. */
void tenant_create(struct tenant *tenant);
/* Start its processes. */
void tenant_start(struct tenant *tenant);
/* One process more like those; returns its pid. */
pid_t tenant_spawn(const struct tenant *tenant, int number);

/* Kill everything in it, and wait until it is gone. */
void tenant_kill(const struct tenant *tenant);

/* Both for several, all of them created first, and wait until the loads have settled. */
void tenants_start(struct tenant *tenants, size_t count);
/* Find the rates of a window of time, by the kernel's account (cpu.stat). */
void tenants_measure(struct tenant *tenants, size_t count, unsigned int ms);
void tenants_print(const struct tenant *tenants, size_t count);
int tenants_rate(const struct tenant *tenants, size_t count);
/* Destroy them by force. Nobody else removes those of the host. */
void tenants_end(struct tenant *tenants, size_t count);

/* How a process of a tenant keeps busy. */
void spin(void);
void burn_us(unsigned int us);
__u64 now_ns(void);

/* Expect a condition on the rates of an array of tenants to hold in one of the windows. */
#define EXPECT_HOLDS(tenants, condition) ({					\
	__auto_type all_ = &(tenants);						\
	unsigned int ms_ = WINDOW_MS;						\
	bool held_;								\
										\
	do {									\
		tenants_measure(*all_, ARRAY_SIZE(*all_), ms_);			\
		held_ = (condition);						\
		tenants_print(*all_, ARRAY_SIZE(*all_));			\
		ms_ *= 2;							\
	} while (!held_ && ms_ <= WINDOW_MAX_MS);				\
	ktap_expect(held_, __FILE__, __LINE__, #condition); })

/* What a guarantee is worth here, at least. */
static inline int kept(int guarantee)
{
	return guarantee * 8 / 10;
}

#endif /* TENANT_H */
