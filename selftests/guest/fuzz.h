/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random calls, valid and not, against a model that is built from the header (model.h). After
 * each call its answer, and the capacity of the machine, must be those of the model; from
 * time to time every partition, the listing and the directories as well.
 */
#ifndef GUEST_FUZZ_H
#define GUEST_FUZZ_H

#include <linux/bulkhead.h>
#include <stdbool.h>

/*
 * Without names of its own the process is alone. Otherwise others do the same: what depends on
 * how much they have left is not foretold, but must add up.
 */
void fuzz_begin(__u64 seed, const struct bulkhead_capacity *empty, const char *names);
/* Make so many calls; returns false, and says why, at the first that is not as it should be. */
bool fuzz_run(unsigned int calls);
/* Close and kill what it has. */
void fuzz_end(void);

struct fuzz_tally {
	unsigned int answers, refusals;
	/* What the partitions that there are have together. */
	__u64 partitions, cpu_guaranteed, memory_guaranteed;
};

struct fuzz_tally fuzz_tally(void);

#endif /* GUEST_FUZZ_H */
