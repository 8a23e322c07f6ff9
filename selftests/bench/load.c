// SPDX-License-Identifier: GPL-2.0
#include "load.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bench.h"

#define MS		1000000ULL
#define TICK		(4 * MS)	/* HZ=250 in all Debian kernels */
#define EXPLODE_PERIOD	(100 * MS)
#define STACK_SIZE	(64 << 10)

static uint64_t tick_phase;

static uint64_t thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Long stretches of straight code are what an emulator is fast at. */
static void compute(void)
{
	asm volatile(".rept 400\n\tnop\n\t.endr");
}

/*
 * Use that much CPU time. To read the CPU clock makes the scheduler look whether the
 * slice is used up, which ordinary programs do not ask it to: do it when the time
 * could be over, and not all along.
 */
static void burn(uint64_t ns)
{
	uint64_t end = thread_ns() + ns, left = ns;

	while (left) {
		uint64_t until = now_ns() + left, now;

		while (now_ns() < until)
			compute();
		now = thread_ns();
		left = now < end ? end - now : 0;
	}
}

static void record_delay(struct record *record, uint64_t due)
{
	uint64_t late = now_ns() - due;
	uint32_t i = __atomic_fetch_add(&record->delays, 1, __ATOMIC_RELAXED);

	if (i < DELAYS_MAX)
		record->delay[i] = late > UINT32_MAX ? UINT32_MAX : late;
}

static void run_spin(const struct load *load, int thread, struct record *record)
{
	(void)load;
	(void)thread;
	(void)record;
	for (;;)
		compute();
}

static void run_traced(const struct load *load, int thread, struct record *record)
{
	uint64_t next = 0;

	(void)load;
	for (;;) {
		uint64_t now = now_ns();
		uint32_t i;

		if (now < next) {
			compute();
			continue;
		}
		next = now + MS;
		i = __atomic_fetch_add(&record->steps, 1, __ATOMIC_RELAXED);
		if (i < STEPS_MAX)
			record->step[i] = (struct step) { now, thread_ns(), thread };
	}
}

static void run_duty(const struct load *load, int thread, struct record *record)
{
	(void)thread;
	for (;;) {
		uint64_t due;

		burn(load->on);
		due = now_ns() + load->off;
		sleep_until(due);
		record_delay(record, due);
	}
}

static void run_yield(const struct load *load, int thread, struct record *record)
{
	(void)thread;
	while (!load->off)
		sched_yield();
	for (;;) {
		uint64_t end = thread_ns() + load->on, due;

		while (thread_ns() < end)
			sched_yield();
		due = now_ns() + load->off;
		sleep_until(due);
		record_delay(record, due);
	}
}

/*
 * Threads and not processes pass the byte: an emulator is slow at changing the address
 * space, and the scheduler does not see the difference.
 */
static void pass(int in, int out, uint64_t work)
{
	char byte;

	while (read(in, &byte, 1) == 1) {
		uint64_t until = now_ns() + work;

		while (now_ns() < until)
			compute();
		if (write(out, &byte, 1) != 1)
			break;
	}
	exit(1);
}

struct passer {
	int in, out;
	uint64_t work;
};

static void *pass_back(void *argument)
{
	const struct passer *passer = argument;

	pass(passer->in, passer->out, passer->work);
	return NULL;
}

/* Each thread is two of them. */
static void run_pipe(const struct load *load, int thread, struct record *record)
{
	struct passer other;
	int there[2], back[2];
	pthread_t id;
	char byte = 0;

	(void)thread;
	(void)record;
	require(!pipe(there) && !pipe(back), "pipe");
	other = (struct passer) { there[0], back[1], load->on };
	require(!pthread_create(&id, NULL, pass_back, &other), "thread");
	require(write(there[1], &byte, 1) == 1, "pipe");
	pass(back[0], there[1], load->on);
}

static int work_and_die(void *argument)
{
	burn(*(const uint64_t *)argument);
	return 0;
}

/*
 * A process for every slice of work: what one has used dies with it. It borrows our address
 * space, which again only makes it faster.
 */
static void run_fork(const struct load *load, int thread, struct record *record)
{
	char *stack = malloc(STACK_SIZE);
	uint64_t work = load->on;

	(void)thread;
	(void)record;
	require(!!stack, "memory");
	for (;;) {
		pid_t child = clone(work_and_die, stack + STACK_SIZE, CLONE_VM | SIGCHLD, &work);

		if (child > 0)
			waitpid(child, NULL, 0);
	}
}

/* On the CPU between two ticks and off it at each of them: who samples sees nobody. */
static void run_dodge(const struct load *load, int thread, struct record *record)
{
	(void)load;
	(void)thread;
	(void)record;
	for (;;) {
		uint64_t now = now_ns();
		uint64_t tick = now - (now - tick_phase) % TICK + TICK;

		while (now_ns() + TICK / 16 < tick)
			compute();
		sleep_until(tick + TICK / 16);
	}
}

/* One thread most of the time, and for half of each period all of them. */
static void run_explode(const struct load *load, int thread, struct record *record)
{
	(void)load;
	(void)record;
	for (;;) {
		uint64_t now = now_ns(), phase = now % EXPLODE_PERIOD;

		if (thread && phase < EXPLODE_PERIOD / 2)
			sleep_until(now - phase + EXPLODE_PERIOD / 2);
		compute();
	}
}

typedef void run_fn(const struct load *load, int thread, struct record *record);

static run_fn *const runs[] = {
	[LOAD_SPIN] = run_spin,
	[LOAD_TRACED] = run_traced,
	[LOAD_DUTY] = run_duty,
	[LOAD_YIELD] = run_yield,
	[LOAD_PIPE] = run_pipe,
	[LOAD_FORK] = run_fork,
	[LOAD_DODGE] = run_dodge,
	[LOAD_EXPLODE] = run_explode,
};

struct thread {
	const struct load *load;
	struct record *record;
	uint64_t start;
	int index;
};

/* The C library has no call for it. */
struct sched_attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static void set_policy(const struct load *load)
{
	struct sched_param parameters = { .sched_priority = 10 };
	struct sched_attributes attributes = {
		.size = sizeof(attributes), .policy = 6 /* SCHED_DEADLINE */,
		.runtime = load->on, .deadline = load->on + load->off,
		.period = load->on + load->off,
	};

	if (load->policy == POLICY_FIFO)
		require(!sched_setscheduler(0, SCHED_FIFO, &parameters), "SCHED_FIFO");
	if (load->policy == POLICY_DEADLINE)
		require(!syscall(SYS_sched_setattr, 0, &attributes, 0), "SCHED_DEADLINE");
}

static void *thread_main(void *argument)
{
	const struct thread *thread = argument;

	/* Threads that would start in step beat against the tick together. */
	sleep_until(thread->start + thread->index * 1370000ULL % (10 * MS));
	set_policy(thread->load);
	runs[thread->load->kind](thread->load, thread->index, thread->record);
	return NULL;
}

void load_run(const struct load *load, uint64_t start, struct record *record)
{
	struct thread *threads = calloc(load->threads, sizeof(*threads));
	pthread_attr_t attributes;
	int i;

	require(!!threads, "memory");
	/* Sleep exactly as long as told. */
	prctl(PR_SET_TIMERSLACK, 1);
	require(!setpriority(PRIO_PROCESS, 0, load->nice), "nice");
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	for (i = 0; i < load->threads; i++) {
		pthread_t id;

		threads[i] = (struct thread) { load, record, start, i };
		require(!pthread_create(&id, &attributes, thread_main, &threads[i]), "thread");
	}
	for (;;)
		pause();
}

/* The kernel's list of timers has the next tick of each CPU; their phase is the same. */
void load_find_tick(void)
{
	unsigned long long expires;
	bool tick = false;
	char line[256];
	FILE *file = fopen("/proc/timer_list", "r");

	require(!!file, "/proc/timer_list");
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, "tick_sched_timer") || strstr(line, "tick_nohz_handler"))
			tick = true;
		else if (tick && sscanf(line, " # expires at %llu", &expires) == 1)
			break;
	}
	fclose(file);
	require(tick, "no tick in /proc/timer_list");
	tick_phase = expires % TICK;
}
