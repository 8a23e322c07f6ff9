// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES	64
/* So long the last call of a worker may take: memory has run out, the guest is emulated. */
#define STOP_MS		120000

static struct process {
	const struct worker *worker;
	pid_t pid;
} processes[PROCESSES];
static unsigned int running;
static bool all_well = true;

/* Of all workers of one name. */
static struct tally {
	const char *name;
	atomic_ulong done, refused;
} *tallies;
static unsigned int kinds;

struct shared *shared;

/* In a worker: its own. */
static struct tally *tally;
static __u64 state;

/* --- chance and reports ------------------------------------------------------ */

__u64 chance(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ULL;
}

unsigned int below(unsigned int bound)
{
	return (chance() >> 33) % bound;
}

/* As in splitmix64: neighbouring seeds are to have nothing in common. */
static __u64 mix(__u64 seed)
{
	seed += 0x9e3779b97f4a7c15ULL;
	seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9ULL;
	seed = (seed ^ seed >> 27) * 0x94d049bb133111ebULL;
	return (seed ^ seed >> 31) ?: 1;
}

void surprise(const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (shared->surprises++ < 50)
		printf("# %s: %s\n", tally ? tally->name : "torture", text);
}

int report(const char *what, int error, const int *allowed)
{
	if (!error) {
		tally->done++;
		return 0;
	}
	tally->refused++;
	for (; *allowed >= 0; allowed++)
		if (*allowed == error)
			return error;
	surprise("%s: errno %d (%s)", what, error, strerror(error));
	return error;
}

/* --- what workers have in common ---------------------------------------------- */

const char *any_name(void)
{
	static char name[16];

	snprintf(name, sizeof(name), "t%u", below(NAMES));
	return name;
}

int any_partition(__u32 flags)
{
	int fd = open_partition(any_name(), flags);

	if (fd < 0 && fd != -ENOENT && fd != -ENOMEM)
		surprise("open: errno %d (%s)", -fd, strerror(-fd));
	return fd < 0 ? -1 : fd;
}

int any_cgroup(void)
{
	struct bulkhead_cgroup arg = { .size = sizeof(arg) };
	int fd = any_partition(BULKHEAD_OPEN_WRITE), error;

	if (fd < 0)
		return -1;
	error = call(fd, BULKHEAD_CGROUP, &arg);
	close(fd);
	if (error && error != ENODEV && error != ENOMEM)
		surprise("cgroup: errno %d (%s)", error, strerror(error));
	return error ? -1 : arg.fd;
}

/* With small limits, too: those inside die of them. */
void random_settings(struct bulkhead_settings *settings)
{
	static const __u64 cpus[] = { 0, 0, 1000, 50000, 250000, 700000, 1500000 };
	static const __u64 guarantees[] = { 0, 0, 4096, MIB, 4 * MIB + 3, 24 * MIB, 60 * MIB };
	static const __u64 limits[] = {
		4096, 4 * MIB, 24 * MIB, 60 * MIB, 1024 * MIB, BULKHEAD_UNLIMITED,
		BULKHEAD_UNLIMITED,
	};
	static const __u64 tasks[] = { 1, 5, 40, BULKHEAD_UNLIMITED };
	static const __u64 times[] = { 1000000, 20000000, BULKHEAD_UNLIMITED };

	*settings = (struct bulkhead_settings) {
		.cpu_guarantee = PICK(cpus),
		.cpu_limit = one_in(2) ? BULKHEAD_UNLIMITED : 100000 + below(2000000),
		.cpu_share = 1 + below(10000),
		.memory_guarantee = PICK(guarantees),
		.memory_limit = PICK(limits),
		.swap_limit = one_in(2) ? BULKHEAD_UNLIMITED : below(1 << 30),
		.task_limit = PICK(tasks),
		.memory_mode = one_in(3),
		.memory_soft_limit = one_in(2) ? BULKHEAD_UNLIMITED : PICK(limits),
		.memory_soft_time = PICK(times),
		.memory_soft_action = below(2),
		.oom_group = below(2),
	};
}

/* Memory may run out at any time, and the cgroup file system says so. */
int try_create(__u32 flags)
{
	struct bulkhead_create arg = create_arg(any_name());
	int error;

	arg.flags = flags;
	arg.mask = chance() & BULKHEAD_SET_ALL;
	random_settings(&arg.settings);
	error = REPORT("create", create(&arg), EINVAL, EEXIST, ENOSPC, EBUSY, EINTR, ENOMEM);
	return error || flags & BULKHEAD_CREATE_DRY_RUN ? -1 : arg.fd;
}

void try_set(int fd)
{
	struct bulkhead_set arg = set_arg(chance() & BULKHEAD_SET_ALL);

	arg.flags = one_in(16) ? BULKHEAD_SETTINGS_DRY_RUN : 0;
	/* Often one of them only, as the tool does. */
	if (one_in(2))
		arg.mask = 1U << below(12);
	random_settings(&arg.settings);
	REPORT("set", set(fd, &arg), EINVAL, ENODEV, ENOSPC, EBUSY, EINTR, ENOMEM);
}

void interrupt_after(unsigned int us)
{
	/* Again and again: the first one may come before the call. */
	struct itimerval timer = { { 0, us }, { 0, us } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

pid_t start_child(int cgroup, void (*run)(void))
{
	pid_t parent = getpid(), pid = cgroup < 0 ? fork() : fork_into(cgroup);

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGALRM, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	if (getppid() != parent)
		_exit(1);
	write_file("/proc/self/oom_score_adj", "800");
	/* It does something else than the worker. */
	state = mix(state ^ getpid());
	run();
	_exit(0);
}

void reap_children(pid_t *children, unsigned int count)
{
	unsigned int i;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < count; i++)
			if (children[i] == pid)
				children[i] = 0;
}

static void *spin_for_ever(void *arg)
{
	for (;;)
		__asm__ volatile("");
	return arg;
}

static void touch_memory(void)
{
	size_t size = (1 + below(8)) * MIB, at;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);

	if (memory == MAP_FAILED)
		return;
	for (at = 0; at < size; at += 4096)
		memory[at] = 1;
	munmap(memory, size);
}

void keep_busy(void)
{
	pthread_t thread;

	switch (below(8)) {
	case 0:
		spin_for_ever(NULL);
		break;
	case 1:
		if (!pthread_create(&thread, NULL, spin_for_ever, NULL))
			pause();
		break;
	case 2:
		for (;;) {
			touch_memory();
			sleep_ms(below(10));
		}
	case 3:
		for (;;)
			sleep_ms(1);
	default:
		for (;;)
			pause();
	}
}

/* --- starting and stopping ----------------------------------------------------- */

void workers_init(void)
{
	shared = mmap(NULL, sizeof(*shared) + PROCESSES * sizeof(*tallies), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail("mmap: %s", strerror(errno));
	tallies = (struct tally *)(shared + 1);
}

static struct tally *tally_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < kinds; i++)
		if (!strcmp(tallies[i].name, name))
			return &tallies[i];
	tallies[kinds].name = name;
	return &tallies[kinds++];
}

static void interrupted(int number)
{
	(void)number;
}

static void work(const struct worker *worker, unsigned int number, __u64 seed)
{
	struct sigaction action = { .sa_handler = interrupted };

	/* What waits is to hear of the end, and of interrupt_after(). */
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	prctl(PR_SET_NAME, worker->name);
	tally = tally_of(worker->name);
	state = seed;
	while (!shared->stop) {
		worker->step(number);
		/* Those who die in a partition need a CPU for it, too. */
		usleep(below(4000));
	}
	interrupt_after(0);
	if (worker->end)
		worker->end();
	_exit(0);
}

static pid_t start(const struct worker *worker, unsigned int number, __u64 seed)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		bail("fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || write_file(PLAIN "/workers/cgroup.procs", "0"))
		_exit(2);
	work(worker, number, seed);
	return 0;
}

void workers_start(const struct worker *workers, unsigned int count, __u64 seed)
{
	unsigned int i, number;

	shared->stop = false;
	for (i = 0; i < count; i++) {
		tally_of(workers[i].name);
		for (number = 0; number < workers[i].count; number++) {
			if (running == PROCESSES)
				bail("too many workers");
			seed = mix(seed);
			processes[running++] = (struct process) {
				&workers[i], start(&workers[i], number, seed),
			};
		}
	}
}

static void show_hung(const struct process *process)
{
	char path[64], stack[4096];

	printf("# %s (%d) hangs in state %c:\n", process->worker->name, process->pid,
	       task_state(process->pid));
	snprintf(path, sizeof(path), "/proc/%d/stack", process->pid);
	read_file(path, stack, sizeof(stack));
	printf("%s", stack);
	kill(process->pid, SIGKILL);
}

static bool ended_well(const struct process *process, int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	printf("# %s (%d) ended with %s %d\n", process->worker->name, process->pid,
	       WIFSIGNALED(status) ? "signal" : "status",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return false;
}

/* Orphans come to us, too. A worker that ends before it was told to has ended badly. */
void workers_reap(void)
{
	unsigned int i;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < running; i++)
			if (processes[i].pid == pid) {
				all_well &= ended_well(&processes[i], status) && shared->stop;
				processes[i].pid = 0;
			}
}

static unsigned int left(void)
{
	unsigned int i, count = 0;

	workers_reap();
	for (i = 0; i < running; i++)
		count += processes[i].pid != 0;
	return count;
}

bool workers_stop(void)
{
	__u64 until = now_ms() + STOP_MS;
	unsigned int i;

	shared->stop = true;
	while (left() && now_ms() < until) {
		for (i = 0; i < running; i++)
			if (processes[i].pid)
				kill(processes[i].pid, SIGUSR1);
		sleep_ms(100);
	}
	for (i = 0; i < running; i++) {
		if (!processes[i].pid)
			continue;
		show_hung(&processes[i]);
		all_well = false;
	}
	running = 0;
	return all_well;
}

bool workers_progress(void)
{
	unsigned int i;
	bool good = true;

	for (i = 0; i < kinds; i++) {
		printf("# %-14s %8lu done %8lu refused\n", tallies[i].name, tallies[i].done,
		       tallies[i].refused);
		if (tallies[i].done)
			continue;
		printf("# %s did nothing\n", tallies[i].name);
		good = false;
	}
	return good;
}
