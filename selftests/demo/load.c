// SPDX-License-Identifier: GPL-2.0
/*
 * The applications of the demo: a database that wants CPU and holds memory, and
 * neighbours that spin, fork and hoard.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB		(1UL << 20)
#define HOARD_MIB	16

/* Memory that is really there: a plain memset() of it could be left out. */
static volatile char *fill(unsigned long mib)
{
	volatile char *memory = mmap(NULL, mib * MIB, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long at;

	if (memory == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	for (at = 0; at < mib * MIB; at += 4096)
		memory[at] = 1;
	return memory;
}

static void *spin(void *unused)
{
	volatile unsigned long turns = 0;

	(void)unused;
	for (;;)
		turns++;
	return NULL;
}

/* Threads that spin, and memory that is looked at again and again. */
static int database(unsigned int threads, unsigned long mib)
{
	volatile char *memory = fill(mib);
	pthread_t thread;
	unsigned long at;

	while (threads--)
		if (pthread_create(&thread, NULL, spin, NULL)) {
			perror("pthread_create");
			return 1;
		}
	for (;;) {
		for (at = 0; at < mib * MIB; at += 4096)
			(void)memory[at];
		sleep(1);
	}
}

static int spinners(unsigned int count)
{
	while (--count && fork())
		;
	spin(NULL);
	return 0;
}

/* Forks until it may not, and tries again: never more than @most alive. */
static int bomb(unsigned int most)
{
	unsigned int alive = 0;

	for (;;) {
		pid_t child = alive < most ? fork() : -1;

		if (!child) {
			pause();
			_exit(0);
		}
		if (child > 0) {
			alive++;
			continue;
		}
		usleep(1000);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			alive--;
	}
}

/* Many small processes that each hold a little, until they held @mib in all. */
static int hoard(unsigned long mib)
{
	for (; mib >= HOARD_MIB; mib -= HOARD_MIB) {
		if (!fork()) {
			fill(HOARD_MIB);
			pause();
			_exit(0);
		}
		usleep(50000);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long number = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;

	if (argc == 4 && !strcmp(argv[1], "database"))
		return database(number, strtoul(argv[3], NULL, 10));
	if (argc == 3 && !strcmp(argv[1], "spinners"))
		return spinners(number);
	if (argc == 3 && !strcmp(argv[1], "bomb"))
		return bomb(number);
	if (argc == 3 && !strcmp(argv[1], "hoard"))
		return hoard(number);
	fprintf(stderr, "usage: load database THREADS MIB | spinners N | bomb N | hoard MIB\n");
	return 2;
}
