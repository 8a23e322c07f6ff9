// SPDX-License-Identifier: GPL-2.0
/* What is held while a call waits for its reserve. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

static pthread_t thread;
static bool running;
static atomic_bool ended;
static int capacity_fd;
static uint64_t wanted;

/* The call is quick on a machine that has free memory: nothing is said for a second. */
static void *tell(void *unused)
{
	struct timespec tenth = { .tv_nsec = 100000000 };
	struct bulkhead_capacity now, first;
	uint64_t held;
	bool said = false;
	int tenths;

	if (bulkhead_capacity(capacity_fd, &first))
		return unused;
	for (tenths = 1; !ended; tenths++) {
		nanosleep(&tenth, NULL);
		if (tenths % 10 || ended || bulkhead_capacity(capacity_fd, &now))
			continue;
		held = now.memory_held > first.memory_held ?
			now.memory_held - first.memory_held : 0;
		fprintf(stderr, "\rreserve: %s of %s", size(held), size(wanted));
		fputs("   ", stderr);
		said = true;
	}
	if (said)
		fputs("\r\033[K", stderr);
	return unused;
}

void progress_begin(int device, uint64_t bytes)
{
	sigset_t all, before;

	if (!bytes || !isatty(STDERR_FILENO))
		return;
	capacity_fd = device;
	wanted = bytes;
	ended = false;
	/* Signals are for the one who waits. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	running = !pthread_create(&thread, NULL, tell, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_end(void)
{
	if (!running)
		return;
	running = false;
	ended = true;
	pthread_join(thread, NULL);
}
