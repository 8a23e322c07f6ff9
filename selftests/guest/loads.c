// SPDX-License-Identifier: GPL-2.0
/*
 * What runs in partitions, for the tests of the account.
 */
#define _GNU_SOURCE
#include "loads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

static void burn(int loops)
{
	while (loops--)
		__asm__ volatile("");
}

void load_spin(void)
{
	for (;;)
		;
}

static void *spin_thread(void *unused)
{
	load_spin();
	return unused;
}

void load_threads(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, spin_thread, NULL);
	load_spin();
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

void load_hop(void)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), cpu;

	for (cpu = 0;; cpu = (cpu + 1) % cpus) {
		pin(cpu);
		burn(20000);
	}
}

void load_last_cpu(void)
{
	pin(sysconf(_SC_NPROCESSORS_ONLN) - 1);
	load_spin();
}

static void *end_thread(void *unused)
{
	burn(5000);
	return unused;
}

/* Processes and threads that end as soon as they have begun, some of them orphans. */
void load_ends(void)
{
	pthread_t thread;
	int n;

	for (n = 0;; n++) {
		pid_t pid = fork();

		if (!pid) {
			if (!(n % 3) && fork() > 0)
				_exit(0);
			burn(5000);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		if (!pthread_create(&thread, NULL, end_thread, NULL))
			pthread_join(thread, NULL);
	}
}

#define EXEC_BY_LEADER	"--exec-by-leader"
#define EXEC_BY_THREAD	"--exec-by-thread"

static void *exec_again(void *next)
{
	burn(5000);
	execl("/proc/self/exe", "load", next, NULL);
	return NULL;
}

/* By turns as the leader and as another thread, which becomes the leader by it. */
void load_exec_by_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_again, EXEC_BY_LEADER);
	load_spin();
}

void load_exec_by_leader(void)
{
	exec_again(EXEC_BY_THREAD);
}

void load_doze(void)
{
	for (;;) {
		burn(50000);
		sleep_ms(1);
	}
}

void load_yield(void)
{
	for (;;)
		sched_yield();
}

/*
 * On the last CPU, if there are several. With pauses: somebody may have been made to
 * wait who holds what the end of the test needs.
 */
static void real_time(int policy)
{
	struct sched_param param = { .sched_priority = 1 };

	pin(sysconf(_SC_NPROCESSORS_ONLN) - 1);
	if (sched_setscheduler(0, policy, &param))
		_exit(errno);
	for (;;) {
		burn(5000000);
		sleep_ms(5);
	}
}

void load_fifo(void)
{
	real_time(SCHED_FIFO);
}

void load_round_robin(void)
{
	real_time(SCHED_RR);
}

/* What glibc does not have: struct sched_attr. 2 ms of every 10 ms. */
void load_deadline(void)
{
	struct {
		__u32 size, policy;
		__u64 flags;
		__s32 nice;
		__u32 priority;
		__u64 runtime, deadline, period;
	} attr = { sizeof(attr), 6, 0, 0, 0, 2000000, 10000000, 10000000 };

	if (syscall(SYS_sched_setattr, 0, &attr, 0))
		_exit(errno);
	load_spin();
}

pid_t load_start(int fd, void (*load)(void))
{
	int cgroup = fd < 0 ? -1 : cgroup_fd(fd);
	pid_t pid = fd < 0 ? fork() : fork_into(cgroup);

	if (pid < 0)
		bail("cannot start a load: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		load();
		_exit(1);
	}
	if (fd >= 0)
		close(cgroup);
	return pid;
}

void load_main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], EXEC_BY_LEADER))
		load_exec_by_leader();
	if (argc == 2 && !strcmp(argv[1], EXEC_BY_THREAD))
		load_exec_by_thread();
}
