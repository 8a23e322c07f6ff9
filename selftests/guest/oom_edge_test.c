// SPDX-License-Identifier: GPL-2.0
/*
 * The machine runs out of memory, and choosing whoever is most over its guarantee is not
 * all there is to it: victims that cannot be killed or do not give back what they have,
 * reserves, limits, and the kernel's own choice.
 */
#define _GNU_SOURCE
#include "module.h"
#include "shortage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* All of a partition that wants to die as a whole, and it is one decision. */
static void as_a_whole(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { [2].processes = 5, [2].group = true };
	__u64 ours = record_number("kills"), kernel;
	pid_t taker;

	start(all, percent);
	kernel = oom_kills();
	taker = taker_start(-1, 1);
	KTAP_EXPECT(taker_done(taker));
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&all[2])));
	settle();
	/* The kernel counts the first one twice if it is still there when all are killed. */
	KTAP_EXPECT_IN(oom_kills() - kernel, 5, 6);
	KTAP_EXPECT_EQ(record_number("kills"), ours + 1);
	KTAP_EXPECT_EQ(stats(all[2].fd).oom_kills, 1);
	KTAP_EXPECT_EQ(alive(all), 4);
	kill_and_reap(taker);
	end(all);
}

/* Who may not be killed is not; the largest of the others in the partition is. */
static void may_not_be_killed(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { [2].adjust = -1000 };
	struct holder other = { .processes = 2, .bytes = 8 * MIB };
	pid_t taker;

	start(all, percent);
	other.name = "c";
	other.fd = all[2].fd;
	holder_fill(&other);
	taker = taker_start(-1, 2);
	KTAP_EXPECT(taker_done(taker));
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&other)));
	settle();
	KTAP_EXPECT_EQ(stats(all[2].fd).oom_kills, 2);
	KTAP_EXPECT_EQ(alive(all), 5);

	/* With nobody left to be killed there, the next one pays. */
	kill_and_reap(taker);
	taker = taker_start(-1, 1);
	taker_done(taker);
	KTAP_EXPECT_STREQ(record("payer"), "host");
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&pad) || task_state(taker) == 'Z'));
	KTAP_EXPECT_EQ(alive(all) - holder_alive(&pad), 4);
	kill_and_reap(taker);
	end(all);
}

static void freeze(struct holder *holder, bool frozen)
{
	char path[256];

	snprintf(path, sizeof(path), TOP "/%s/cgroup.freeze", holder->name);
	KTAP_EXPECT_EQ(write_file(path, frozen ? "1" : "0"), 0);
	KTAP_EXPECT(EVENTUALLY(knob_key(holder->name, "cgroup.events", "frozen") == frozen));
}

/* Who is stopped or frozen pays like everybody. */
static void at_rest(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { };

	start(all, percent);
	kill(all[2].pids[0], SIGSTOP);
	KTAP_EXPECT(EVENTUALLY(task_state(all[2].pids[0]) == 'T'));
	one_pays(all, &all[2], -1);
	holder_fill(&all[2]);
	freeze(&all[2], true);
	one_pays(all, &all[2], -1);
	freeze(&all[2], false);
	end(all);
}

/* Its memory is in shared pages, which no reaper takes. */
static __u64 shared_size;
static char *shared_bytes = (char *)0x700000000000;

static void hold_shared(void)
{
	char *held = mmap(shared_bytes, shared_size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED_NOREPLACE, -1, 0);

	if (held != shared_bytes)
		_exit(1);
	for (;;)
		pause();
}

/*
 * Reads from the victim into a page that is never there, as nobody answers the fault:
 * so long the victim's address space stays, whatever happens to the victim.
 */
static void pin(pid_t victim, bool *begun)
{
	struct uffdio_api api = { .api = UFFD_API };
	int faults = syscall(SYS_userfaultfd, O_CLOEXEC);
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_register area = {
		.range = { .start = (unsigned long)page, .len = 4096 },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct iovec to = { page, 1 }, from = { shared_bytes, 1 };

	if (faults < 0 || page == MAP_FAILED || ioctl(faults, UFFDIO_API, &api) ||
	    ioctl(faults, UFFDIO_REGISTER, &area))
		_exit(1);
	__atomic_store_n(begun, true, __ATOMIC_SEQ_CST);
	process_vm_readv(victim, &to, 1, &from, 1, 0);
	_exit(1);
}

/* The first victim dies, but its memory does not come back: then the next one pays. */
static void stuck(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 0, 100 };
	struct holder all[HOLDERS] = { };
	struct holder large = { .name = "c", .processes = 1, .bytes = 4096, .then = hold_shared };
	struct holder small = { .name = "c", .processes = 2, .bytes = 16 * MIB };
	bool *begun = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t taker, pinner, victim;
	__u64 ours, kernel;

	if (begun == MAP_FAILED)
		bail("mmap: %s", strerror(errno));
	start(all, percent);
	large.fd = all[2].fd;
	small.fd = all[2].fd;
	shared_size = all[2].guarantee * 3 / 2 / MIB * MIB - small.bytes;
	holder_fill(&large);
	victim = large.pids[0];
	KTAP_EXPECT(EVENTUALLY(stats(all[2].fd).memory > shared_size));
	pinner = fork();
	if (!pinner)
		pin(victim, begun);
	KTAP_EXPECT(EVENTUALLY(__atomic_load_n(begun, __ATOMIC_SEQ_CST) &&
			       task_state(pinner) == 'S'));
	holder_fill(&small);
	fill_pad();

	ours = record_number("kills");
	kernel = oom_kills();
	taker = taker_start(-1, 2);
	KTAP_EXPECT(taker_done(taker));
	KTAP_EXPECT(EVENTUALLY(holder_alive(&small) == 1));
	settle();
	KTAP_EXPECT_EQ(task_state(pinner), 'S');
	KTAP_EXPECT_EQ(task_state(victim), 'Z');
	KTAP_EXPECT_EQ(oom_kills(), kernel + 2);
	KTAP_EXPECT_EQ(record_number("kills"), ours + 2);
	KTAP_EXPECT_EQ(stats(all[2].fd).oom_kills, 2);
	KTAP_EXPECT_STREQ(record("payer"), "c");
	/* It has what it had, and nobody of the others has paid. */
	KTAP_EXPECT_GE(stats(all[2].fd).memory, shared_size);
	KTAP_EXPECT_EQ(alive(all), 4);
	kill_and_reap(taker);
	kill_and_reap(pinner);
	holder_alive(&large);
	end(all);
	holder_alive(&small);
	munmap(begun, 4096);
}

/* The same, but it is reaped at once: the kernel does not see it dying any more. */
static void gone(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 0, 100 };
	struct holder all[HOLDERS] = { };
	struct holder large = { .name = "c", .processes = 1, .bytes = 4096, .then = hold_shared };
	struct holder small = { .name = "c", .processes = 2, .bytes = 16 * MIB };
	bool *begun = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t taker, pinner, victim;
	__u64 ours, kernel;

	if (begun == MAP_FAILED)
		bail("mmap: %s", strerror(errno));
	start(all, percent);
	large.fd = all[2].fd;
	small.fd = all[2].fd;
	shared_size = all[2].guarantee * 3 / 2 / MIB * MIB - small.bytes;
	holder_fill(&large);
	victim = large.pids[0];
	KTAP_EXPECT(EVENTUALLY(stats(all[2].fd).memory > shared_size));
	pinner = fork();
	if (!pinner)
		pin(victim, begun);
	KTAP_EXPECT(EVENTUALLY(__atomic_load_n(begun, __ATOMIC_SEQ_CST) &&
			       task_state(pinner) == 'S'));
	holder_fill(&small);
	fill_pad();

	ours = record_number("kills");
	kernel = oom_kills();
	taker = taker_start(-1, 2);
	for (int k = 0; k < 100000 && oom_kills() < kernel + 2; k++) {
		holder_alive(&large);
		usleep(100);
	}
	KTAP_EXPECT(taker_done(taker));
	KTAP_EXPECT(EVENTUALLY(holder_alive(&small) == 1));
	settle();
	KTAP_EXPECT_EQ(task_state(pinner), 'S');
	KTAP_EXPECT_EQ(oom_kills(), kernel + 2);
	KTAP_EXPECT_EQ(record_number("kills"), ours + 2);
	KTAP_EXPECT_EQ(stats(all[2].fd).oom_kills, 2);
	KTAP_EXPECT_STREQ(record("payer"), "c");
	/* It has what it had, and nobody of the others has paid. */
	KTAP_EXPECT_GE(stats(all[2].fd).memory, shared_size);
	KTAP_EXPECT_EQ(alive(all), 4);
	kill_and_reap(taker);
	kill_and_reap(pinner);
	holder_alive(&large);
	end(all);
	holder_alive(&small);
	munmap(begun, 4096);
}

/* What is held ready for somebody is nobody's excess, and stays where it is. */
static void held_ready(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 0 };
	struct holder all[HOLDERS] = { }, ready = { .name = "ready", .reserve = true };
	struct ranked host;
	__u64 held;

	start(all, percent);
	ready.guarantee = holders_rest();
	holder_create(&ready);
	fill_pad();
	held = stats(ready.fd).memory_held;
	KTAP_EXPECT_GE(held, ready.guarantee);
	one_pays(all, &all[2], -1);
	KTAP_EXPECT_GE(stats(ready.fd).memory_held, held - MIB);
	host = ranked("host");
	KTAP_EXPECT_LE(host.use, host.promised + held / 4);
	holder_end(&ready);
	end(all);
}

/* Nobody but us may be killed, or everybody that we spared. */
static void spare_all(bool spare)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char path[300], adjust[16];

	if (!proc)
		bail("no /proc");
	while ((entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%s/oom_score_adj", entry->d_name);
		if (!atoi(entry->d_name) || atoi(entry->d_name) == getpid() ||
		    read_file(path, adjust, sizeof(adjust)) <= 0 ||
		    atoi(adjust) != (spare ? 0 : -1000))
			continue;
		write_file(path, spare ? "-1000" : "0");
	}
	closedir(proc);
}

/* With nobody to be killed the kernel would panic: what is held ready is given up. */
static void nobody_to_kill(void)
{
	struct holder ready = { .name = "ready", .reserve = true };
	struct holder hog = { .name = "host", .host = true, .adjust = -1000 };
	__u64 kernel = oom_kills(), ours = record_number("kills"), held;

	ready.guarantee = holders_rest();
	holder_create(&ready);
	holder_create(&hog);
	held = stats(ready.fd).memory_held;
	KTAP_EXPECT_GE(held, ready.guarantee);
	hog.bytes = free_memory() + ready.guarantee / 2;
	spare_all(true);
	holder_fill(&hog);
	KTAP_EXPECT_EQ(holder_alive(&hog), 1);
	KTAP_EXPECT_EQ(oom_kills(), kernel);
	KTAP_EXPECT_EQ(record_number("kills"), ours);
	KTAP_EXPECT_LE(stats(ready.fd).memory_held, held - ready.guarantee / 4);
	holder_end(&hog);
	/* Not before: there was no memory, and we need some, too. */
	spare_all(false);
	holder_end(&ready);
}

#define BY_EXCESS	"/sys/module/bulkhead/parameters/oom_by_excess"

/* Told not to, it leaves the choice to the kernel: the largest process. */
static void kernels_choice(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { };
	__u64 kernel, ours = record_number("kills");
	pid_t taker;

	start(all, percent);
	KTAP_EXPECT_EQ(write_file(BY_EXCESS, "N"), 0);
	kernel = oom_kills();
	taker = taker_start(-1, 1);
	KTAP_EXPECT(taker_done(taker));
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&all[3])));
	settle();
	KTAP_EXPECT_EQ(oom_kills(), kernel + 1);
	KTAP_EXPECT_EQ(alive(all), 4);
	KTAP_EXPECT_EQ(record_number("kills"), ours);
	KTAP_EXPECT_EQ(stats(all[3].fd).oom_kills, 0);
	KTAP_EXPECT_EQ(write_file(BY_EXCESS, "Y"), 0);
	kill_and_reap(taker);
	end(all);
}

/* Unloaded as soon as somebody has paid, and loaded again: it knows nothing, and works. */
static void unloaded(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	int i;

	for (i = 0; i < 2; i++) {
		struct holder all[HOLDERS] = { };
		__u64 kernel = oom_kills();
		pid_t taker;

		start(all, percent);
		taker = taker_start(-1, 1);
		KTAP_EXPECT(EVENTUALLY(oom_kills() > kernel));
		/* It has our fds, too. */
		kill_and_reap(taker);
		end(all);
		close(dev);
		KTAP_EXPECT(module_unloads());
		if (!KTAP_EXPECT_EQ(module_load(), 0))
			bail("cannot load the module again");
		dev = open_device(O_RDWR);
		KTAP_EXPECT_EQ(record_number("kills"), 0);
		start(all, percent);
		one_pays(all, &all[2], -1);
		KTAP_EXPECT_EQ(record_number("kills"), 1);
		end(all);
	}
}

/* A partition at its limit kills its own, and that is not the machine's affair. */
static void inside_a_limit(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 0 };
	struct holder all[HOLDERS] = { };
	__u64 ours = record_number("kills"), kernel;
	pid_t taker;

	start(all, percent);
	kernel = oom_kills();
	KTAP_EXPECT_EQ(set_one(all[0].fd, BULKHEAD_SET_MEMORY_LIMIT,
			       get(all[0].fd).settings.memory_guarantee), 0);
	taker = taker_start(all[0].fd, 1000);
	KTAP_EXPECT(EVENTUALLY(oom_kills() > kernel));
	settle();
	/* Either of the two that are in it. */
	KTAP_EXPECT_EQ(holder_alive(&all[1]) + holder_alive(&all[2]), 2);
	KTAP_EXPECT_GE(knob_key("a", "memory.events", "oom_kill"), 1);
	KTAP_EXPECT_EQ(record_number("kills"), ours);
	KTAP_EXPECT_EQ(stats(all[0].fd).oom_kills, 0);
	kill_and_reap(taker);
	end(all);
}

/* Each within the time of EVENTUALLY(). */
#define BOMB_KILLS	5

static void fork_and_take(void)
{
	for (;;) {
		if (fork() < 0)
			sleep_ms(1);
		mmap(NULL, MIB, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	}
}

/* Those without a guarantee fork and take, faster than they are killed. */
static void bomb(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 100, 100 };
	struct holder all[HOLDERS] = { };
	struct holder bomb = { .name = "bomb", .bytes = MIB, .then = fork_and_take };
	__u64 ours, count, i;

	start(all, percent);
	holder_create(&bomb);
	KTAP_EXPECT_EQ(set_one(bomb.fd, BULKHEAD_SET_TASK_LIMIT, 100), 0);
	ours = record_number("kills");
	holder_fill(&bomb);
	for (i = 1; i <= BOMB_KILLS; i++)
		KTAP_EXPECT(EVENTUALLY(stats(bomb.fd).oom_kills >= i));
	KTAP_EXPECT_EQ(kill_all(bomb.fd, SIGKILL, &count), 0);
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&bomb) && !stats(bomb.fd).tasks));
	KTAP_EXPECT_EQ(stats(bomb.fd).oom_kills, record_number("kills") - ours);
	KTAP_EXPECT_EQ(alive(all), 5);
	holder_alive(&bomb);
	holder_end(&bomb);
	end(all);
}

static const struct test_case cases[] = {
	{ as_a_whole, "a partition dies as a whole if it wants to" },
	{ may_not_be_killed, "oom_score_adj -1000" },
	{ at_rest, "stopped and frozen" },
	{ stuck, "a victim whose memory does not come back" },
	{ gone, "a victim that is gone while its memory stays" },
	{ held_ready, "what is held ready is nobody's excess" },
	{ nobody_to_kill, "nobody to be killed" },
	{ kernels_choice, "the choice is left to the kernel" },
	{ unloaded, "unloaded right after" },
	{ inside_a_limit, "an OOM inside a limit stays inside" },
	{ bomb, "a fork bomb" },
};

int main(int argc, char **argv)
{
	holders_begin();
	return run_cases(cases, ARRAY_SIZE(cases), argc, argv);
}
