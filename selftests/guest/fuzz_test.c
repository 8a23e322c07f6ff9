// SPDX-License-Identifier: GPL-2.0
/*
 * Random calls against a model (fuzz.h), alone and in a crowd.
 *
 * fuzz_test CASE SEED COUNT repeats a run, or makes a longer one.
 */
#define _GNU_SOURCE
#include "case.h"
#include "fuzz.h"
#include "random_input.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CROWD	4
#define ROUNDS	8

static __u64 seed;
static unsigned int calls;

static void expect_worth(unsigned int answers, unsigned int refusals, unsigned int made)
{
	ktap_diag("%u answers as the model has them, %u of them refusals", answers, refusals);
	/* One that mostly refuses or does nothing tells little. */
	KTAP_EXPECT_GE(answers, made / 2);
	KTAP_EXPECT_LE(refusals, answers * 3 / 4);
}

static void alone(void)
{
	const struct bulkhead_capacity empty = capacity();
	unsigned int count = calls ?: calls_to_make(60000);
	struct fuzz_tally tally;

	ktap_diag("fuzz_test alone %llu %u", seed, count);
	fuzz_begin(seed, &empty, NULL);
	KTAP_EXPECT(fuzz_run(count));
	tally = fuzz_tally();
	expect_worth(tally.answers, tally.refusals, count);
	fuzz_end();
}

/* What each of the crowd says when it stops for a moment. */
static struct fuzz_tally *tallies;

static int one_of_the_crowd(unsigned int number, const struct bulkhead_capacity *empty,
			    unsigned int count)
{
	const char names[] = { 'a' + number, '-', '\0' };
	int round;

	fuzz_begin(seed + number, empty, names);
	for (round = 0; round < ROUNDS; round++) {
		if (!fuzz_run(count / ROUNDS))
			return 1;
		tallies[number] = fuzz_tally();
		raise(SIGSTOP);
	}
	fuzz_end();
	return 0;
}

/* Do all stand still? */
static bool all_stopped(const pid_t *crowd)
{
	int i, status;

	for (i = 0; i < CROWD; i++) {
		if (waitpid(crowd[i], &status, WUNTRACED) == crowd[i] && WIFSTOPPED(status))
			continue;
		ktap_diag("number %d ended with %#x", i, status);
		return false;
	}
	return true;
}

static void expect_sums(void)
{
	__u64 partitions = 0, cpu = 0, memory = 0;
	int i;

	for (i = 0; i < CROWD; i++) {
		partitions += tallies[i].partitions;
		cpu += tallies[i].cpu_guaranteed;
		memory += tallies[i].memory_guaranteed;
	}
	KTAP_EXPECT_EQ(capacity().partitions, partitions);
	KTAP_EXPECT_EQ(capacity().cpu_guaranteed, cpu);
	KTAP_EXPECT_EQ(capacity().memory_guaranteed, memory);
	KTAP_EXPECT_EQ(knob_number(".", "memory.min"), memory);
	KTAP_EXPECT_EQ(knob_key(".", "cgroup.stat", "nr_descendants"), partitions);
}

/* Each has partitions of its own; what all have together is known when they stand still. */
static void in_a_crowd(void)
{
	const struct bulkhead_capacity empty = capacity();
	unsigned int count = calls ?: calls_to_make(7500), answers = 0, refusals = 0;
	struct bulkhead_capacity end;
	pid_t crowd[CROWD], parent = getpid();
	bool good = true;
	int round, i;

	ktap_diag("fuzz_test crowd %llu %u", seed, count);
	tallies = mmap(NULL, CROWD * sizeof(*tallies), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < CROWD; i++) {
		crowd[i] = fork();
		if (crowd[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(getppid() != parent || one_of_the_crowd(i, &empty, count));
	}
	for (round = 0; round < ROUNDS && good; round++) {
		good = KTAP_EXPECT(all_stopped(crowd));
		if (good)
			expect_sums();
		for (i = 0; i < CROWD; i++)
			kill(crowd[i], SIGCONT);
	}
	for (i = 0; i < CROWD; i++) {
		if (!good)
			kill(crowd[i], SIGKILL);
		KTAP_EXPECT_EQ(reap(crowd[i]), 0);
		answers += tallies[i].answers;
		refusals += tallies[i].refusals;
	}
	expect_worth(answers, refusals, CROWD * count);
	sweep();
	end = capacity();
	KTAP_EXPECT(!memcmp(&empty, &end, sizeof(empty)));
}

static const struct test_case cases[] = {
	{ alone, "alone: each answer and each capacity is the model's" },
	{ in_a_crowd, "in a crowd: each answer is the model's, and so are the sums" },
};

int main(int argc, char **argv)
{
	seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (__u64)getpid() << 32 ^ now_ms();
	if (argc > 3)
		calls = strtoul(argv[3], NULL, 0);
	return run_cases(cases, ARRAY_SIZE(cases), argc, argv);
}
