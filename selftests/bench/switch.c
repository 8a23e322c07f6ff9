// SPDX-License-Identifier: GPL-2.0
/*
 * A context switch: two processes pass a byte through pipes and back. Run it with
 * a cgroup directory to do that inside, and a name for the side that is measured.
 */
#include <signal.h>
#include <sys/wait.h>

#include "bench.h"

#define TRIPS	2000
#define ROUNDS	15

static void echo(int in, int out)
{
	char byte;

	while (read(in, &byte, 1) == 1)
		if (write(out, &byte, 1) != 1)
			break;
	_exit(0);
}

int main(int argc, char **argv)
{
	uint64_t samples[ROUNDS];
	int there[2], back[2];
	char pid[16], byte = 0;
	pid_t child;
	int i, trip;

	require(argc == 4, "usage: switch NAME SIDE CGROUP");
	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(argv[3], "cgroup.procs", pid);
	require(!pipe(there) && !pipe(back), "pipe");
	child = fork();
	require(child >= 0, "fork");
	if (!child) {
		/* Or its read would wait for its own end. */
		close(there[1]);
		echo(there[0], back[1]);
	}
	for (i = 0; i < ROUNDS; i++) {
		uint64_t start = now_ns();

		for (trip = 0; trip < TRIPS; trip++)
			require(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1,
				"pipe");
		/* There and back: two switches. */
		samples[i] = (now_ns() - start) / (2 * TRIPS);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	report(argv[1], argv[2], samples, ROUNDS);
	return 0;
}
