// SPDX-License-Identifier: GPL-2.0
/*
 * Random calls whose arguments another thread changes meanwhile. Nobody knows which value the
 * call has read. But it has read each once: the answer is one that the header has, and what
 * there is afterwards is valid and the same wherever one looks. (toctou_test has fields for
 * which more can be said.)
 *
 * fuzz_flip_test CASE SEED COUNT repeats a run, as far as the threads allow.
 */
#define _GNU_SOURCE
#include "case.h"
#include "model.h"
#include "random_input.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define HELD		6
#define CHILDREN	3
#define LOOK_EVERY	64
#define ERRORS		12

static __u64 seed;
static unsigned int calls;
static union argument *argument;		/* of the next call */

static int held[HELD];			/* partition fds; -1: none */
static pid_t children[CHILDREN];	/* 0: none */

/* --- the thread that changes the argument ------------------------------------- */

/* A word alternates between two values. */
struct flip {
	volatile __u32 *word;
	__u32 values[2];
};

/*
 * What it is to do, and the two behind that, for it may be late. It is never waited for:
 * what it does to an answer does not matter.
 */
static struct flip flips[3];
static struct flip *_Atomic flip;
static atomic_ulong flip_count;
static atomic_bool flipping;

static void *flipper(void *arg)
{
	while (flipping) {
		const struct flip *now = flip;

		*now->word = now->values[flip_count++ % 2];
	}
	return arg;
}

/* --- the calls ------------------------------------------------------------------ */

static void fill_create(void)
{
	argument->create = create_arg("");
	random_name(argument->create.name, "f");
	argument->create.flags = one_in(6) ? chance() & 3 : 0;
	argument->create.mask = random_mask();
	random_settings(&argument->create.settings);
}

static void fill_open(void)
{
	argument->open = open_arg("", below(2));
	if (one_in(2))
		random_name(argument->open.name, "f");
	else
		argument->open.id = below(4096);
}

static void fill_set(void)
{
	argument->set.size = sizeof(argument->set);
	argument->set.flags = one_in(8);
	argument->set.mask = random_mask();
	random_settings(&argument->set.settings);
}

/* None but our children: whoever is moved may be killed. */
static void fill_attach(void)
{
	argument->attach.size = sizeof(argument->attach);
	argument->attach.pid = children[below(CHILDREN)];
}

static void fill_kill(void)
{
	argument->kill.size = sizeof(argument->kill);
	argument->kill.signal = below(66);
}

static void fill_destroy(void)
{
	argument->destroy.size = sizeof(argument->destroy);
	argument->destroy.flags = below(2);
}

static void fill_get(void)
{
	argument->size = sizeof(argument->get);
}

static void fill_stats(void)
{
	argument->size = sizeof(argument->stats);
}

static void fill_cgroup(void)
{
	argument->size = sizeof(argument->cgroup);
}

static void fill_list(void)
{
	argument->size = sizeof(argument->list);
	argument->list.cursor = below(4096);
}

static void fill_capacity(void)
{
	argument->size = sizeof(argument->capacity);
}

static const struct fuzzed {
	const char *name;
	unsigned long command;
	unsigned int size, weight;
	bool device;
	bool opens;		/* success is a new fd */
	unsigned int fixed;	/* offset of a word that is not changed; 0: none */
	void (*fill)(void);
	int errors[ERRORS];	/* beyond those of all calls */
} fuzzed[] = {
	{ "create", BULKHEAD_CREATE, sizeof(struct bulkhead_create), 6, true, true, 0, fill_create,
	  { EEXIST, ENOSPC, EBUSY, EUSERS } },
	{ "open", BULKHEAD_OPEN, sizeof(struct bulkhead_open), 2, true, true, 0, fill_open,
	  { ENOENT } },
	{ "list", BULKHEAD_LIST, 32, 1, true, false, 0, fill_list, { } },
	{ "capacity", BULKHEAD_CAPACITY, 32, 1, true, false, 0, fill_capacity, { } },
	{ "set", BULKHEAD_SET, sizeof(struct bulkhead_set), 8, false, false, 0, fill_set,
	  { ENODEV, ENOSPC, EBUSY } },
	{ "get", BULKHEAD_GET, 64, 1, false, false, 0, fill_get, { } },
	{ "stats", BULKHEAD_STATS, sizeof(struct bulkhead_stats), 1, false, false, 0, fill_stats,
	  { } },
	{ "attach", BULKHEAD_ATTACH, sizeof(struct bulkhead_attach), 2, false, false,
	  offsetof(struct bulkhead_attach, pid), fill_attach, { ENODEV, ESRCH, EAGAIN } },
	{ "cgroup", BULKHEAD_CGROUP, sizeof(struct bulkhead_cgroup), 1, false, true, 0, fill_cgroup,
	  { ENODEV } },
	{ "kill", BULKHEAD_KILL, sizeof(struct bulkhead_kill), 1, false, false, 0, fill_kill,
	  { ENODEV } },
	{ "destroy", BULKHEAD_DESTROY, sizeof(struct bulkhead_destroy), 1, false, false, 0,
	  fill_destroy, { ENODEV, EBUSY } },
};

/*
 * Each call has its own: if the other thread is late, it changes a word that may be changed.
 */
static union argument arguments[ARRAY_SIZE(fuzzed)];

static const struct fuzzed *any_call(void)
{
	unsigned int sum = 0, i, at;

	for (i = 0; i < ARRAY_SIZE(fuzzed); i++)
		sum += fuzzed[i].weight;
	at = below(sum);
	for (i = 0; at >= fuzzed[i].weight; i++)
		at -= fuzzed[i].weight;
	return &fuzzed[i];
}

static bool documented(const struct fuzzed *one, int error)
{
	int i;

	if (!error || error == EINVAL || error == E2BIG || error == EBADF)
		return true;
	for (i = 0; i < ERRORS && one->errors[i]; i++)
		if (one->errors[i] == error)
			return true;
	return false;
}

/* A word of the struct, which any other value may take the place of. */
static void choose_flip(const struct fuzzed *one)
{
	static unsigned int turn;
	struct flip *next = &flips[turn++ % ARRAY_SIZE(flips)];
	unsigned int word;

	do
		word = below(one->size / 4);
	while (one->fixed && word == one->fixed / 4);
	next->word = (volatile __u32 *)argument->bytes + word;
	next->values[0] = *next->word;
	next->values[1] = one_in(2) ? next->values[0] ^ 1U << below(32) :
			  one_in(2) ? strange() : chance();
	flip = next;
}

/* The lowest that is free: the next to be had. */
static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/*
 * The number in the argument may have been changed, the fd itself not. Returns false if
 * there is one that nobody told of.
 */
static bool keep_fd(const struct fuzzed *one, int error, int fd)
{
	int *slot = &held[below(HELD)];

	if (!is_open(fd))
		return true;
	if (error || !one->opens)
		return false;
	if (one->command == BULKHEAD_CGROUP) {
		close(fd);
		return true;
	}
	if (*slot >= 0) {
		destroy(*slot, BULKHEAD_DESTROY_FORCE);
		close(*slot);
	}
	*slot = fd;
	return true;
}

/* --- what there is afterwards ------------------------------------------------------ */

static __u64 shown(const char *name, const char *key)
{
	static char text[8192];
	char path[160], line[64], *at;

	snprintf(path, sizeof(path), PROC "/%s/status", name);
	read_file(path, text, sizeof(text));
	snprintf(line, sizeof(line), "\n%s: ", key);
	at = strstr(text, line);
	if (!at)
		return 4711;
	at += strlen(line);
	return strncmp(at, "max", 3) ? strtoull(at, NULL, 10) : BULKHEAD_UNLIMITED;
}

/* Limits of the cgroup files are "max" above what they can have. */
static __u64 limit_of(const char *name, const char *file)
{
	return strcmp(knob(name, file), "max") ? knob_number(name, file) : BULKHEAD_UNLIMITED;
}

static void expect_sane(const char *name, struct bulkhead_capacity *sum)
{
	int fd = open_partition(name, 0);
	struct bulkhead_settings is;

	if (!KTAP_EXPECT_GE(fd, 0))
		return;
	is = get(fd).settings;
	close(fd);
	KTAP_EXPECT(model_name_valid(name));
	KTAP_EXPECT_EQ(model_faults(&is), 0);
	KTAP_EXPECT_EQ(shown(name, "cpu_guarantee_ucpu"), is.cpu_guarantee);
	KTAP_EXPECT_EQ(shown(name, "cpu_limit_ucpu"), is.cpu_limit);
	KTAP_EXPECT_EQ(shown(name, "cpu_share"), is.cpu_share);
	KTAP_EXPECT_EQ(shown(name, "memory_guarantee_bytes"), is.memory_guarantee);
	KTAP_EXPECT_EQ(shown(name, "memory_limit_bytes"), is.memory_limit);
	KTAP_EXPECT_EQ(shown(name, "memory_soft_time_ns"), is.memory_soft_time);
	KTAP_EXPECT_EQ(shown(name, "task_limit"), is.task_limit);
	KTAP_EXPECT_EQ(knob_number(name, "memory.min"), is.memory_guarantee);
	KTAP_EXPECT_EQ(knob_number(name, "memory.oom.group"), is.oom_group);
	KTAP_EXPECT_EQ(limit_of(name, "pids.max"), is.task_limit);
	if (is.memory_limit < 1ULL << 60)
		KTAP_EXPECT_EQ(limit_of(name, "memory.max"), is.memory_limit);
	sum->partitions++;
	sum->cpu_guaranteed += is.cpu_guarantee;
	sum->memory_guaranteed += is.memory_guarantee;
}

static bool expect_all_sane(void)
{
	struct bulkhead_list list = { .size = sizeof(list) };
	struct bulkhead_capacity sum = { }, now;
	__u32 i;

	do {
		KTAP_EXPECT_EQ(call(dev, BULKHEAD_LIST, &list), 0);
		for (i = 0; i < list.count; i++)
			expect_sane(list.entries[i].name, &sum);
	} while (list.count);
	now = capacity();
	KTAP_EXPECT_EQ(now.partitions, sum.partitions);
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), sum.memory_guaranteed);
	return KTAP_EXPECT_EQ(now.cpu_guaranteed, sum.cpu_guaranteed) &
	       KTAP_EXPECT_EQ(now.memory_guaranteed, sum.memory_guaranteed);
}

/* --- the case ------------------------------------------------------------------------ */

/* A signal may have killed them. */
static void tend_children(void)
{
	int i;

	for (i = 0; i < CHILDREN; i++) {
		if (children[i] && task_state(children[i]) != 'Z')
			continue;
		if (children[i])
			reap(children[i]);
		children[i] = sleeper();
	}
}

static bool one_call(unsigned int *worked)
{
	const struct fuzzed *one = any_call();
	int fd = one->device ? dev : held[below(HELD)], next, error;

	if (fd < 0)
		return true;
	argument = &arguments[one - fuzzed];
	memset(argument, 0, one->size + 64);
	one->fill();
	choose_flip(one);
	next = next_fd();
	error = call(fd, one->command, argument);
	*worked += !error;
	if (!KTAP_EXPECT(documented(one, error)))
		ktap_diag("  %s: errno %d (%s)", one->name, error, strerror(error));
	else if (!KTAP_EXPECT(keep_fd(one, error, next)))
		ktap_diag("  %s: an fd is left", one->name);
	else
		return true;
	ktap_diag("  the word at %zu was %#x and %#x", (char *)flip->word - argument->bytes,
		  flip->values[0], flip->values[1]);
	return false;
}

static void flipped(void)
{
	const struct bulkhead_capacity empty = capacity();
	struct bulkhead_capacity end;
	unsigned int i, worked = 0;
	bool good = true;
	pthread_t thread;

	ktap_diag("fuzz_flip_test change %llu %u", seed, calls);
	chance_begin(seed);
	memset(held, -1, sizeof(held));
	flips[0].word = &arguments[0].size;
	flip = &flips[0];
	flipping = true;
	pthread_create(&thread, NULL, flipper, NULL);
	for (i = 0; i < calls && good; i++) {
		tend_children();
		good = one_call(&worked);
		if (i % LOOK_EVERY == 0)
			good &= expect_all_sane();
	}
	flipping = false;
	pthread_join(thread, NULL);
	expect_all_sane();
	ktap_diag("%u of %u calls worked, beside %lu changes", worked, i, flip_count);
	KTAP_EXPECT_GE(worked, i / 8);
	KTAP_EXPECT_GE(flip_count, i);
	for (i = 0; i < HELD; i++)
		if (held[i] >= 0)
			close(held[i]);
	sweep();
	for (i = 0; i < CHILDREN; i++)
		kill_and_reap(children[i]);
	end = capacity();
	KTAP_EXPECT(!memcmp(&empty, &end, sizeof(empty)));
}

static const struct test_case cases[] = {
	{ flipped, "arguments that change: what is done is valid, and the same everywhere" },
};

int main(int argc, char **argv)
{
	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (__u64)getpid() << 32 ^ now_ms();
	calls = argc > 3 ? strtoul(argv[3], NULL, 0) : calls_to_make(10000);
	return run_cases(cases, ARRAY_SIZE(cases), argc, argv);
}
