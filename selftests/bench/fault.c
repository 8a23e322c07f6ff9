// SPDX-License-Identifier: GPL-2.0
/*
 * A page fault: touch memory that is new, one small page at a time. Run it with a cgroup
 * directory to do that inside, and a name for the side that is measured.
 */
#include <sys/mman.h>
#include <sys/prctl.h>

#include "bench.h"

#define PAGE	4096
#define PAGES	2000
#define ROUNDS	15

int main(int argc, char **argv)
{
	uint64_t samples[ROUNDS];
	char pid[16];
	int i, k;

	require(argc == 4, "usage: fault NAME SIDE CGROUP");
	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(argv[3], "cgroup.procs", pid);
	require(!prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), "PR_SET_THP_DISABLE");
	for (i = -1; i < ROUNDS; i++) {
		volatile char *memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		uint64_t start;

		require(memory != MAP_FAILED, "memory");
		start = now_ns();
		for (k = 0; k < PAGES; k++)
			memory[k * PAGE] = 1;
		/* The first round warms up. */
		if (i >= 0)
			samples[i] = (now_ns() - start) / PAGES;
		munmap((void *)memory, PAGES * PAGE);
	}
	report(argv[1], argv[2], samples, ROUNDS);
	return 0;
}
