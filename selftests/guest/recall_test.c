// SPDX-License-Identifier: GPL-2.0
/*
 * What was lent comes back without a kill: file cache of those that were promised nothing,
 * which the kernel protects by what others do not use of their guarantees. Needs a disk.
 */
#define _GNU_SOURCE
#include "case.h"
#include "hog.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DISK	"/dev/vda"
#define MEM_G	BULKHEAD_SET_MEMORY_GUARANTEE
#define MEM_L	BULKHEAD_SET_MEMORY_LIMIT
#define MODE	BULKHEAD_SET_MEMORY_MODE
#define RESERVE	BULKHEAD_MEMORY_RESERVE
/* Of what it was promised an owner takes all but this: its page tables count, too. */
#define REST	(8 * MIB)

/* Who is to read. */
struct reader {
	pid_t pid;
	__u64 bytes;	/* of the disk, from its beginning */
	bool again;	/* and again: otherwise it stops when it has read them */
};

static int read_disk(void *arg)
{
	static char buffer[1 << 16];
	struct reader *reader = arg;
	int fd = open(DISK, O_RDONLY);
	__u64 done;

	if (fd < 0)
		return 98;
	/* What is read once is the first to go; read twice it is kept. */
	do {
		for (done = 0; done < reader->bytes; done += sizeof(buffer))
			if (pread(fd, buffer, sizeof(buffer), done) != sizeof(buffer))
				return 97;
	} while (reader->again);
	raise(SIGSTOP);
	return 0;
}

static void reader_start(struct reader *reader, int fd)
{
	int cgroup = cgroup_fd(fd);

	reader->pid = fork_into(cgroup);
	if (!reader->pid)
		_exit(read_disk(reader));
	close(cgroup);
}

/* A neighbour without any guarantee, whose file cache is all memory there is. */
static int neighbour_fill(struct reader *reader)
{
	int fd = make("neighbour");

	reader_start(reader, fd);
	KTAP_EXPECT(EVENTUALLY(free_memory() < kept_free() + 32 * MIB));
	ktap_diag("free %llu, the neighbour has %llu", free_memory(), stats(fd).memory);
	return fd;
}

static void neighbour_end(struct reader *reader, int fd)
{
	kill_and_reap(reader->pid);
	finish(fd);
	write_file("/proc/sys/vm/drop_caches", "3");
}

static int allocate(void *arg)
{
	area_touch(area_map(*(size_t *)arg));
	return 0;
}

/* So much can be promised, in whole MiB. */
static __u64 promisable(void)
{
	return (capacity().memory_free - MIB) / MIB * MIB;
}

/* A reserve is filled with what the neighbour has as cache, whatever its size. */
static void create_with(bool again)
{
	struct reader reader = { .bytes = 1024 * MIB, .again = again };
	__u64 kills = vmstat("oom_kill"), size = promisable();
	int other = neighbour_fill(&reader), fd = reserve_make("a", size);

	KTAP_EXPECT_GE(fd, 0);
	KTAP_EXPECT(EVENTUALLY(reserve_backed(fd, size)));
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_EQ(finish(fd), 0);
	neighbour_end(&reader, other);
}

static void create_beside_cache(void)
{
	create_with(false);
}

static void create_beside_reader(void)
{
	create_with(true);
}

/*
 * One partition holds its guarantee ready, the other one lends its own: that one gets it from
 * the neighbour's cache, though what is held counts as unused, too.
 */
static void lend_with(bool again)
{
	struct reader reader = { .bytes = 1024 * MIB, .again = again };
	__u64 kills = vmstat("oom_kill"), size = promisable() / 2;
	struct bulkhead_settings want = { .memory_guarantee = size };
	int holder = reserve_make("holder", size), lender = make_with("lender", MEM_G, &want);
	struct actor actor = actor_start(lender, allocate, size - REST);
	int other = neighbour_fill(&reader);

	KTAP_EXPECT_EQ(actor_run(&actor), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	KTAP_EXPECT_GE(stats(lender).memory_peak, size - REST);
	KTAP_EXPECT(reserve_backed(holder, size));
	KTAP_EXPECT(kill(reader.pid, 0) == 0 && task_state(reader.pid) != 'Z');
	finish(lender);
	finish(holder);
	neighbour_end(&reader, other);
}

static void lend_beside_cache(void)
{
	lend_with(false);
}

static void lend_beside_reader(void)
{
	lend_with(true);
}

/* The host, too, gets back what it lent, beyond its own reserve, before anybody is killed. */
static void host_beside_cache(void)
{
	struct reader reader = { .bytes = 1024 * MIB };
	struct bulkhead_settings want = { .memory_guarantee = promisable() };
	__u64 kills = vmstat("oom_kill");
	int lender = make_with("lender", MEM_G, &want), other = neighbour_fill(&reader);
	size_t size = stats(other).memory - 48 * MIB;
	pid_t pid = spawn(allocate, &size);

	KTAP_EXPECT_EQ(reap(pid), 0);
	KTAP_EXPECT_EQ(vmstat("oom_kill"), kills);
	finish(lender);
	neighbour_end(&reader, other);
}

/* Who grows keeps what it has: its own cache is not what its reserve is filled from. */
static void growing_keeps_own(void)
{
	struct reader own = { .bytes = 64 * MIB }, reader = { .bytes = 1024 * MIB };
	struct bulkhead_settings want = { .memory_guarantee = 16 * MIB, .memory_mode = RESERVE };
	int fd = make_with("a", MEM_G | MODE, &want), other = neighbour_fill(&reader);
	__u64 before, size;

	/* Of the disk the neighbour has only what it has read last. */
	KTAP_EXPECT(EVENTUALLY(task_state(reader.pid) == 'T'));
	reader_start(&own, fd);
	KTAP_EXPECT(EVENTUALLY(task_state(own.pid) == 'T'));
	before = stats(fd).memory;
	KTAP_EXPECT_GE(before, 48 * MIB);
	size = get(fd).settings.memory_guarantee + promisable();
	KTAP_EXPECT_EQ(set_one(fd, MEM_G, size), 0);
	KTAP_EXPECT_GE(stats(fd).memory + MIB, before);
	KTAP_EXPECT(EVENTUALLY(reserve_backed(fd, size)));
	kill_and_reap(own.pid);
	finish(fd);
	neighbour_end(&reader, other);
}

/* A lower limit for somebody who reads all the while: no reason to refuse. */
static void limit_beneath_reader(void)
{
	struct reader reader = { .bytes = 1024 * MIB, .again = true };
	int fd = make("a"), i;

	reader_start(&reader, fd);
	for (i = 0; i < 5; i++) {
		KTAP_EXPECT_EQ(set_one(fd, MEM_L, BULKHEAD_UNLIMITED), 0);
		KTAP_EXPECT(EVENTUALLY(stats(fd).memory > 100 * MIB));
		KTAP_EXPECT_EQ(set_one(fd, MEM_L, 24 * MIB), 0);
		KTAP_EXPECT_LE(stats(fd).memory, 24 * MIB);
	}
	KTAP_EXPECT(task_state(reader.pid) != 'Z');
	neighbour_end(&reader, fd);
}

/* A limit, or a soft one that is enforced, is no kill either for who was protected by others. */
static void limits_beneath_cache(void)
{
	struct bulkhead_settings want = { .memory_guarantee = promisable() };
	int lender = make_with("lender", MEM_G, &want);
	struct reader reader = { .bytes = 1024 * MIB };
	int fd = neighbour_fill(&reader);
	size_t size = 48 * MIB;
	pid_t pid = spawn(allocate, &size);

	/* Somebody has to reclaim for it to be protected. */
	KTAP_EXPECT_EQ(reap(pid), 0);
	KTAP_EXPECT_EQ(set_one(fd, MEM_L, 100 * MIB), 0);
	KTAP_EXPECT_LE(stats(fd).memory, 100 * MIB);
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_MEMORY_SOFT_TIME, 100000000), 0);
	KTAP_EXPECT_EQ(set_one(fd, BULKHEAD_SET_MEMORY_SOFT_LIMIT, 24 * MIB), 0);
	KTAP_EXPECT(EVENTUALLY(stats(fd).memory <= 25 * MIB));
	KTAP_EXPECT_EQ(knob_key("neighbour", "memory.events", "oom_kill"), 0);
	finish(lender);
	neighbour_end(&reader, fd);
}

static const struct test_case cases[] = {
	{ create_beside_cache, "a reserve is filled with what was lent as cache" },
	{ create_beside_reader, "a reserve is filled while the cache is read" },
	{ lend_beside_cache, "what is held is not protected twice" },
	{ lend_beside_reader, "what is held is not protected twice, while the cache is read" },
	{ host_beside_cache, "the host gets back what it lent" },
	{ growing_keeps_own, "who grows keeps its own cache" },
	{ limit_beneath_reader, "a lower limit beneath somebody who reads" },
	{ limits_beneath_cache, "limits for somebody whom others protect" },
};

TEST_MAIN(cases)
