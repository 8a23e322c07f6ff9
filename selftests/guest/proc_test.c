// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/bulkhead: columns and keys, and that their numbers are those of the calls;
 * partial reads, seeks, and files that stay open when the partition goes.
 * proc_tasks_test has the listings of tasks, proc_churn_test both under churn.
 */
#include "case.h"
#include "table.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTITIONS	PROC "/partitions"

/* What the listing prints for these numbers. */
static const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *text(const char *format, ...)
{
	static char buffers[8][64];
	static unsigned int turn;
	char *buffer = buffers[turn++ % 8];
	va_list args;

	va_start(args, format);
	vsnprintf(buffer, sizeof(buffers[0]), format, args);
	va_end(args);
	return buffer;
}

static const char *cpus(__u64 micro)
{
	if (micro == BULKHEAD_UNLIMITED)
		return "max";
	return text("%llu.%03llu", micro / 1000000, micro / 1000 % 1000);
}

static const char *kib(__u64 bytes)
{
	return bytes == BULKHEAD_UNLIMITED ? "max" : text("%lluK", bytes >> 10);
}

static const char *count(__u64 number)
{
	return number == BULKHEAD_UNLIMITED ? "max" : text("%llu", number);
}

static void expect_row(const struct table *table, int fd)
{
	struct bulkhead_get one = get(fd);
	struct bulkhead_stats use = stats(fd);
	int row = find_row(table, "NAME", one.name);

	KTAP_EXPECT_STREQ(cell(table, row, "ID"), count(one.id));
	KTAP_EXPECT_STREQ(cell(table, row, "STATE"), "active");
	KTAP_EXPECT_STREQ(cell(table, row, "CPU.MIN"), cpus(one.settings.cpu_guarantee));
	KTAP_EXPECT_STREQ(cell(table, row, "CPU.MAX"), cpus(one.settings.cpu_limit));
	KTAP_EXPECT_STREQ(cell(table, row, "SHARE"), count(one.settings.cpu_share));
	KTAP_EXPECT_STREQ(cell(table, row, "CPU.TIME"),
			  text("%llu.%03llu", use.cpu_time / 1000000000,
			       use.cpu_time / 1000000 % 1000));
	KTAP_EXPECT_STREQ(cell(table, row, "MEM.MIN"), kib(one.settings.memory_guarantee));
	KTAP_EXPECT_STREQ(cell(table, row, "MEM.MAX"), kib(one.settings.memory_limit));
	KTAP_EXPECT_STREQ(cell(table, row, "MEM.USE"), kib(use.memory));
	KTAP_EXPECT_STREQ(cell(table, row, "MEM.PEAK"), kib(use.memory_peak));
	KTAP_EXPECT_STREQ(cell(table, row, "MEM.HELD"), kib(use.memory_held));
	KTAP_EXPECT_STREQ(cell(table, row, "SWAP.MAX"), kib(one.settings.swap_limit));
	KTAP_EXPECT_STREQ(cell(table, row, "TASKS"), count(use.tasks));
	KTAP_EXPECT_STREQ(cell(table, row, "TASKS.MAX"), count(one.settings.task_limit));
}

/*
 * Two partitions, one with every setting and two sleeping tasks. Their rows come in
 * the order of the ids, then host and free.
 */
static void partitions(void)
{
	static const char * const header[] = {
		"ID", "NAME", "STATE", "CPU.MIN", "CPU.MAX", "SHARE", "CPU.TIME", "MEM.MIN",
		"MEM.MAX", "MEM.USE", "MEM.PEAK", "MEM.HELD", "SWAP.MAX", "TASKS", "TASKS.MAX",
	};
	struct bulkhead_settings want = {
		.cpu_guarantee = 123456, .cpu_limit = 1999999, .cpu_share = 77,
		.memory_guarantee = 12 * MIB, .memory_limit = 256 * MIB,
		.swap_limit = 5 * MIB, .task_limit = 9,
		.memory_soft_limit = 200 * MIB, .memory_soft_time = 1000000000,
	};
	int z = make_with("zebra", BULKHEAD_SET_ALL, &want), a = make("ant");
	struct bulkhead_capacity now;
	struct table *table;
	pid_t pids[2] = { sleeper_in(z), sleeper_in(z) };
	size_t i;

	KTAP_EXPECT(EVENTUALLY(task_state(pids[0]) == 'S' && task_state(pids[1]) == 'S'));
	sleep_ms(100);
	table = table_read(PARTITIONS);
	now = capacity();
	KTAP_EXPECT_EQ(table->columns, ARRAY_SIZE(header));
	for (i = 0; i < ARRAY_SIZE(header); i++)
		KTAP_EXPECT_STREQ(table->header[i], header[i]);
	KTAP_EXPECT_EQ(table->malformed, 0);
	KTAP_EXPECT_EQ(table->rows, 4);
	KTAP_EXPECT_EQ(find_row(table, "NAME", "zebra"), 0);
	KTAP_EXPECT_EQ(find_row(table, "NAME", "ant"), 1);
	expect_row(table, z);
	expect_row(table, a);
	KTAP_EXPECT_STREQ(cell(table, 0, "CPU.MIN"), "0.123");
	KTAP_EXPECT_STREQ(cell(table, 0, "CPU.MAX"), "1.999");
	KTAP_EXPECT_STREQ(cell(table, 0, "TASKS"), "2");

	KTAP_EXPECT_STREQ(cell(table, 2, "NAME"), "host");
	KTAP_EXPECT_STREQ(cell(table, 2, "ID"), "0");
	KTAP_EXPECT_STREQ(cell(table, 2, "CPU.MIN"), cpus(now.cpu_reserve));
	KTAP_EXPECT_STREQ(cell(table, 2, "MEM.MIN"), kib(now.memory_reserve));
	KTAP_EXPECT_GT(atoi(cell(table, 2, "TASKS")), 10);
	KTAP_EXPECT_STREQ(cell(table, 3, "NAME"), "free");
	KTAP_EXPECT_STREQ(cell(table, 3, "ID"), "-");
	KTAP_EXPECT_STREQ(cell(table, 3, "CPU.MIN"), cpus(now.cpu_free));
	KTAP_EXPECT_STREQ(cell(table, 3, "MEM.MIN"), kib(now.memory_free));
	table_free(table);
	kill_and_reap(pids[0]);
	kill_and_reap(pids[1]);
	finish(z);
	finish(a);
}

/* Column ends, as a list of positions of which all lines must have a blank after. */
static void aligned(void)
{
	int fds[3] = { make("a"), make("a-name-of-forty-characters-which-is-wide"), make("b") };
	char *whole = read_whole(PARTITIONS), *line, *save;
	size_t width = 0;
	int i;

	for (line = strtok_r(whole, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!width)
			width = strlen(line);
		/* Right-aligned to the end: all lines are as long as the header. */
		KTAP_EXPECT_EQ(strlen(line), width);
		KTAP_EXPECT(!strchr(line, '\t'));
	}
	free(whole);
	for (i = 0; i < 3; i++)
		finish(fds[i]);
}

static void expect_value(const char *file, const char *key, const char *value)
{
	const char *have = value_of(file, key);

	if (!KTAP_EXPECT_STREQ(have ? have : "(missing)", value))
		ktap_diag("  which was %s", key);
}

static void capacity_file(void)
{
	struct bulkhead_settings want = { .cpu_guarantee = 400000,
					  .memory_guarantee = 16 * MIB };
	int fd = make_with("a", BULKHEAD_SET_CPU_GUARANTEE |
			   BULKHEAD_SET_MEMORY_GUARANTEE, &want);
	struct bulkhead_capacity now = capacity();
	char *file = read_whole(PROC "/capacity");

	expect_value(file, "partitions", count(now.partitions));
	expect_value(file, "cpu_total_ucpu", count(now.cpu_total));
	expect_value(file, "cpu_reserve_ucpu", count(now.cpu_reserve));
	expect_value(file, "cpu_guaranteed_ucpu", "400000");
	expect_value(file, "cpu_free_ucpu", count(now.cpu_free));
	expect_value(file, "memory_total_bytes", count(now.memory_total));
	expect_value(file, "memory_reserve_bytes", count(now.memory_reserve));
	expect_value(file, "memory_overhead_bytes", count(now.memory_overhead));
	expect_value(file, "memory_guaranteed_bytes", "16777216");
	expect_value(file, "memory_free_bytes", count(now.memory_free));
	expect_value(file, "memory_held_bytes", count(now.memory_held));
	expect_value(file, "overcommitted", "no");
	free(file);
	finish(fd);
}

static void status_file(void)
{
	struct bulkhead_settings want = {
		.cpu_guarantee = 300000, .cpu_limit = 900000, .cpu_share = 50,
		.memory_guarantee = 4 * MIB, .memory_limit = BULKHEAD_UNLIMITED,
		.swap_limit = 0, .task_limit = 12, .memory_soft_limit = 64 * MIB,
		.memory_soft_time = 2500000000, .memory_soft_action = BULKHEAD_SOFT_RELEASE,
		.oom_group = 1,
	};
	int fd = make_with("a", BULKHEAD_SET_ALL, &want);
	pid_t pid = sleeper_in(fd);
	struct bulkhead_stats use;
	char *file;

	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'S'));
	sleep_ms(100);
	file = read_whole(PROC "/a/status");
	use = stats(fd);
	expect_value(file, "name", "a");
	expect_value(file, "id", count(get(fd).id));
	expect_value(file, "state", "active");
	expect_value(file, "cgroup", "/bulkhead/a");
	expect_value(file, "kill_on_close", "no");
	expect_value(file, "cpu_guarantee_ucpu", "300000");
	expect_value(file, "cpu_limit_ucpu", "900000");
	expect_value(file, "cpu_share", "50");
	expect_value(file, "cpu_time_ns", count(use.cpu_time));
	expect_value(file, "memory_guarantee_bytes", "4194304");
	expect_value(file, "memory_mode", "lend");
	expect_value(file, "memory_limit_bytes", "max");
	expect_value(file, "memory_soft_limit_bytes", "67108864");
	expect_value(file, "memory_soft_time_ns", "2500000000");
	expect_value(file, "memory_soft_action", "release");
	expect_value(file, "oom_group", "yes");
	expect_value(file, "memory_bytes", count(use.memory));
	expect_value(file, "memory_held_bytes", count(use.memory_held));
	expect_value(file, "memory_peak_bytes", count(use.memory_peak));
	expect_value(file, "swap_limit_bytes", "0");
	expect_value(file, "tasks", "1");
	expect_value(file, "task_limit", "12");
	free(file);
	kill_and_reap(pid);
	finish(fd);
}

/* Read in pieces of 1, 100 and 4096 bytes: the same listing. */
static void pieces(void)
{
	static const size_t sizes[] = { 1, 100, 4096 };
	int fds[40], i, file;
	char name[16], *whole, *part;

	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		fds[i] = make(name);
	}
	/* The host's numbers move by themselves: compare up to its row. */
	whole = read_whole(PARTITIONS);
	*strstr(whole, " host ") = '\0';
	for (i = 0; i < 3; i++) {
		file = open(PARTITIONS, O_RDONLY | O_CLOEXEC);
		part = read_pieces(file, sizes[i]);
		close(file);
		*strstr(part, " host ") = '\0';
		KTAP_EXPECT_STREQ(part, whole);
		free(part);
	}
	free(whole);
	for (i = 0; i < 40; i++)
		finish(fds[i]);
}

/* lseek to a place, to the start again, and pread: the same bytes as in one go. */
static void seeks(void)
{
	int fd = make("a"), file = open(PARTITIONS, O_RDONLY | O_CLOEXEC);
	char *whole = read_pieces(file, 65536), piece[51];
	long at;

	for (at = 0; at < 150; at += 50) {
		KTAP_EXPECT_EQ(lseek(file, at, SEEK_SET), at);
		KTAP_EXPECT_EQ(read(file, piece, 50), 50);
		KTAP_EXPECT(!memcmp(piece, whole + at, 50));
		KTAP_EXPECT_EQ(pread(file, piece, 50, 150 - at), 50);
		KTAP_EXPECT(!memcmp(piece, whole + 150 - at, 50));
	}
	/* After a seek to the start it is a new listing: with the new partition. */
	close(finish(fd) ? -1 : make("newcomer"));
	KTAP_EXPECT_EQ(lseek(file, 0, SEEK_SET), 0);
	free(whole);
	whole = read_pieces(file, 65536);
	KTAP_EXPECT(strstr(whole, " newcomer "));
	KTAP_EXPECT(!strstr(whole, " a "));
	KTAP_EXPECT_EQ(pread(file, piece, 50, 1 << 20), 0);
	free(whole);
	close(file);
}

/*
 * Open files of a partition that is destroyed: reads end or fail, nothing hangs,
 * also when half was read before. The directory is gone at once.
 */
static void open_across_destroy(void)
{
	int fd = make("a"), status, tasks, half;
	char buffer[4096];

	status = open(PROC "/a/status", O_RDONLY | O_CLOEXEC);
	tasks = open(PROC "/a/tasks", O_RDONLY | O_CLOEXEC);
	half = open(PROC "/a/status", O_RDONLY | O_CLOEXEC);
	sleeper_in(fd);
	KTAP_EXPECT_EQ(read(half, buffer, 10), 10);
	KTAP_EXPECT_EQ(finish(fd), 0);
	KTAP_EXPECT(!exists(PROC "/a"));
	KTAP_EXPECT_LE(read(status, buffer, sizeof(buffer)), 0);
	KTAP_EXPECT_LE(read(tasks, buffer, sizeof(buffer)), 0);
	KTAP_EXPECT_LT(read(half, buffer, sizeof(buffer)), 4096);
	/* A new partition of that name is another one. */
	fd = make("a");
	KTAP_EXPECT_LE(read(status, buffer, sizeof(buffer)), 0);
	KTAP_EXPECT(exists(PROC "/a/status"));
	close(status);
	close(tasks);
	close(half);
	finish(fd);
}

/* Files are for reading, by everybody. */
static void modes(void)
{
	static const char * const files[] = {
		PARTITIONS, PROC "/tasks", PROC "/capacity", PROC "/a/status", PROC "/a/tasks",
	};
	int fd = make("a");
	struct stat info;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		KTAP_EXPECT_EQ(stat(files[i], &info), 0);
		KTAP_EXPECT_EQ(info.st_mode, S_IFREG | 0444);
		KTAP_EXPECT_NE(write_file(files[i], "x"), 0);
	}
	finish(fd);
}

static const struct test_case cases[] = {
	{ partitions, "partitions: columns, rows and numbers" },
	{ aligned, "partitions: aligned" },
	{ capacity_file, "capacity: the numbers of the call" },
	{ status_file, "status: the numbers of the calls" },
	{ pieces, "reads of 1 and 100 bytes give the same" },
	{ seeks, "lseek and pread" },
	{ open_across_destroy, "open files across a destroy" },
	{ modes, "files are read-only" },
};

TEST_MAIN(cases)
