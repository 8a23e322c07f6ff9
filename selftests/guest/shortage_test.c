// SPDX-License-Identifier: GPL-2.0
/*
 * Those that take memory in other ways than by touching it, in a machine that has none
 * left, beside a partition in the mode "reserve". Needs a zram device.
 */
#define _GNU_SOURCE
#include "case.h"
#include "hog.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <unistd.h>

#define GUARANTEE	(120 * MIB)
#define WANTED		(112 * MIB)

#define HUGE_PAGE	(2 * MIB)
#define HUGE_PAGES	"/proc/sys/vm/nr_hugepages"
#define ZRAM		"/dev/zram0"

static int allocate(void *arg)
{
	area_touch(area_map(*(size_t *)arg));
	return 0;
}

/* The owner gets what it was promised, and nobody was killed for it. */
static void expect_kept(int fd, struct actor *owner, __u64 kills)
{
	KTAP_EXPECT(reserve_backed(fd, GUARANTEE));
	KTAP_EXPECT_EQ(actor_run(owner), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_GE(stats(fd).memory_peak, WANTED - 8 * MIB);
}

/* Huge pages for hugetlbfs: the kernel tries hard, compaction and reclaim included. */
static void hugetlb(void)
{
	__u64 kills = vmstat("oom_kill");
	int fd = reserve_make("a", GUARANTEE);
	struct actor owner = actor_start(fd, allocate, WANTED);
	pid_t hog = hog_start(4 * MIB);
	/* What the hog has left, and what it cannot see; of the guarantee there is none in it. */
	__u64 spare = 4 * MIB + free_in_lists();
	char got[32];

	KTAP_EXPECT_EQ(write_file(HUGE_PAGES, "100"), 0);
	if (KTAP_EXPECT_GE(read_file(HUGE_PAGES, got, sizeof(got)), 0))
		KTAP_EXPECT_LE(atoi(got) * HUGE_PAGE, spare + 2 * HUGE_PAGE);
	expect_kept(fd, &owner, kills);
	write_file(HUGE_PAGES, "0");
	kill_and_reap(hog);
	finish(fd);
}

/* Bytes that a connection has carried, where parent and child see it. */
static volatile __u64 *carried;

static int receive(void *arg)
{
	static char buffer[1 << 16];
	int listener = *(int *)arg, fd = accept(listener, NULL, NULL);
	ssize_t length;

	while ((length = read(fd, buffer, sizeof(buffer))) > 0)
		*carried += length;
	return 0;
}

static int transmit(void *arg)
{
	static char buffer[1 << 16];
	struct sockaddr_in *address = arg;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)address, sizeof(*address)))
		return errno;
	while (write(fd, buffer, sizeof(buffer)) > 0)
		;
	return 0;
}

/* Acknowledgements and the like are allocated where nobody may wait (GFP_ATOMIC). */
static void network(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	__u64 kills = vmstat("oom_kill"), before;
	int fd = reserve_make("a", GUARANTEE);
	struct actor owner = actor_start(fd, allocate, WANTED);
	pid_t receiver, transmitter, hog;

	carried = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (carried == MAP_FAILED || bind(listener, (struct sockaddr *)&address, length) ||
	    listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &length))
		bail("cannot listen: %s", strerror(errno));
	receiver = spawn(receive, &listener);
	transmitter = spawn(transmit, &address);
	KTAP_EXPECT(EVENTUALLY(*carried > 8 * MIB));
	/* Buffers of sockets come and go. */
	hog = hog_start(16 * MIB);
	before = *carried;
	KTAP_EXPECT(EVENTUALLY(*carried > before + 8 * MIB));
	expect_kept(fd, &owner, kills);
	before = *carried;
	KTAP_EXPECT(EVENTUALLY(*carried > before + 8 * MIB));
	kill_and_reap(transmitter);
	kill_and_reap(receiver);
	kill_and_reap(hog);
	close(listener);
	munmap((void *)carried, 4096);
	finish(fd);
}

static int hold(void *arg)
{
	area_touch(area_map(*(size_t *)arg));
	raise(SIGSTOP);
	return 0;
}

static int swap_off(void *arg)
{
	(void)arg;
	return swapoff(ZRAM) ? errno : 0;
}

/*
 * What is in swap does not fit into memory any more: the swapoff fails, or is killed for
 * it; the kernel takes who does that first.
 */
static void swap_off_without_room(void)
{
	int fd = reserve_make("a", GUARANTEE), other = make("b");
	struct actor owner = actor_start(fd, allocate, WANTED);
	struct actor swapped = actor_start(other, hold, 60 * MIB);
	struct actor off = actor_start(-1, swap_off, 0);
	pid_t hog;
	int status;

	actor_begin(&swapped);
	KTAP_EXPECT(EVENTUALLY(task_state(swapped.pid) == 'T'));
	/* Not all of it may go: zram is memory itself. */
	write_file(TOP "/b/memory.reclaim", "50M");
	KTAP_EXPECT_GE(knob_number("b", "memory.swap.current"), 30 * MIB);
	hog = hog_start(6 * MIB);
	status = actor_run(&off);
	KTAP_EXPECT(status == ENOMEM || status == 128 + SIGKILL);
	KTAP_EXPECT_EQ(task_state(hog), 'T');
	KTAP_EXPECT_EQ(task_state(swapped.pid), 'T');
	KTAP_EXPECT(reserve_backed(fd, GUARANTEE));
	KTAP_EXPECT_EQ(actor_run(&owner), 0);
	KTAP_EXPECT_EQ(task_state(hog), 'T');
	kill_and_reap(hog);
	kill_and_reap(swapped.pid);
	finish(other);
	finish(fd);
	KTAP_EXPECT_EQ(swapoff(ZRAM), 0);
}

/* A hog whose memory could be swapped: the owner's reserve saves it the wait. */
static void swap_is_not_needed(void)
{
	__u64 kills = vmstat("oom_kill");
	int fd = reserve_make("a", GUARANTEE);
	struct actor owner = actor_start(fd, allocate, WANTED);
	pid_t hog = hog_start(4 * MIB);

	expect_kept(fd, &owner, kills);
	KTAP_EXPECT_EQ(task_state(hog), 'T');
	KTAP_EXPECT_EQ(knob_number("a", "memory.swap.current"), 0);
	kill_and_reap(hog);
	finish(fd);
}

static void swap_on(void)
{
	if (write_file("/sys/block/zram0/disksize", "128M") ||
	    system("mkswap " ZRAM " >/dev/null") || swapon(ZRAM, 0))
		bail("no swap on " ZRAM ": %s", strerror(errno));
}

static void with_swap(void)
{
	swap_on();
	swap_is_not_needed();
	swap_off_without_room();
}

static const struct test_case cases[] = {
	{ hugetlb, "all memory is taken, and huge pages are wanted for hugetlbfs" },
	{ network, "all memory is taken, and packets are on their way" },
	{ with_swap, "swap, and a swapoff for which there is no room" },
};

int main(int argc, char **argv)
{
	int ret;

	hog_begin();
	ret = run_cases(cases, ARRAY_SIZE(cases), argc, argv);
	hog_end();
	return ret;
}
