// SPDX-License-Identifier: GPL-2.0
/*
 * The listings of processes: who is in it, in whose pids, who may see it, and that
 * nobody can forge a line. BULKHEAD_TEST_TASKS=10000 in the environment lengthens
 * the big one.
 */
#define _GNU_SOURCE
#include "case.h"
#include "table.h"

#include <pthread.h>
#include <regex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TASKS	PROC "/tasks"

#define CHECK(condition)						\
	do {								\
		if (!(condition)) {					\
			printf("# %s:%d: in a child: %s\n", __FILE__,	\
			       __LINE__, #condition);			\
			return 1;					\
		}							\
	} while (0)

static int row_of(const struct table *table, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return find_row(table, "PID", text);
}

static bool looks_like(const char *text, const char *pattern)
{
	regex_t regex;
	bool matches;

	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB))
		bail("bad pattern %s", pattern);
	matches = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	if (!matches)
		ktap_diag("'%s' does not match %s", text, pattern);
	return matches;
}

static void *thread_forever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

/* A member with three threads, named as told. */
static pid_t named_member(int fd, const char *name)
{
	int cgroup = cgroup_fd(fd);
	pid_t pid = fork_into(cgroup);
	pthread_t thread;

	if (!pid) {
		prctl(PR_SET_NAME, name);
		pthread_create(&thread, NULL, thread_forever, NULL);
		pthread_create(&thread, NULL, thread_forever, NULL);
		thread_forever(NULL);
	}
	close(cgroup);
	KTAP_EXPECT(EVENTUALLY(thread_count(pid) == 3));
	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'S'));
	return pid;
}

/* Two partitions with a process each: one line for each, none for the host's. */
static void columns(void)
{
	static const char * const header[] = {
		"PID", "PARTITION", "STATE", "TIME", "RSS", "COMMAND"
	};
	int a = make("a"), b = make("b");
	pid_t in_a = named_member(a, "first"), in_b = named_member(b, "two words");
	struct table *all, *only;
	size_t i;
	int row;

	kill(in_b, SIGSTOP);
	KTAP_EXPECT(EVENTUALLY(task_state(in_b) == 'T'));
	all = table_read(TASKS);
	KTAP_EXPECT_EQ(all->columns, ARRAY_SIZE(header));
	for (i = 0; i < ARRAY_SIZE(header); i++)
		KTAP_EXPECT_STREQ(all->header[i], header[i]);
	KTAP_EXPECT_EQ(all->rows, 2);
	KTAP_EXPECT_EQ(all->malformed, 0);
	row = row_of(all, in_a);
	KTAP_EXPECT_STREQ(cell(all, row, "PARTITION"), "a");
	KTAP_EXPECT_STREQ(cell(all, row, "STATE"), "S");
	KTAP_EXPECT_STREQ(cell(all, row, "COMMAND"), "first");
	KTAP_EXPECT(looks_like(cell(all, row, "TIME"), "^[0-9]+\\.[0-9]{3}$"));
	KTAP_EXPECT(looks_like(cell(all, row, "RSS"), "^[1-9][0-9]*K$"));
	row = row_of(all, in_b);
	KTAP_EXPECT_STREQ(cell(all, row, "PARTITION"), "b");
	KTAP_EXPECT_STREQ(cell(all, row, "STATE"), "T");
	KTAP_EXPECT_STREQ(cell(all, row, "COMMAND"), "two words");

	only = table_read(PROC "/b/tasks");
	KTAP_EXPECT_EQ(only->rows, 1);
	KTAP_EXPECT_EQ(row_of(only, in_b), 0);
	table_free(all);
	table_free(only);
	finish(a);
	finish(b);
	reap(in_a);
	reap(in_b);
}

/*
 * Names that look like the end of a line and the begin of another, like a
 * terminal's escape, like blanks: one line each, no control character.
 */
static void forged_names(void)
{
	static const char * const names[] = {
		"x\n1 a R 0 1K y", "\033[2Jx", "\n\n\n", "a\tb", "\\012", "x\r1 b", "\x7f\x01", "\xff\xfe",
	};
	int fd = make("a");
	pid_t pids[ARRAY_SIZE(names)];
	struct table *table;
	char *text, *c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		pids[i] = named_member(fd, names[i]);
	text = read_whole(TASKS);
	for (c = text; *c; c++)
		if (*c != '\n')
			KTAP_EXPECT((unsigned char)*c >= ' ' && *c != 0x7f);
	table = table_parse(text);
	KTAP_EXPECT_EQ(table->rows, ARRAY_SIZE(names));
	KTAP_EXPECT_EQ(table->malformed, 0);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		KTAP_EXPECT_GE(row_of(table, pids[i]), 0);
	KTAP_EXPECT_EQ(row_of(table, 1), -1);
	table_free(table);
	finish(fd);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* A process whose leader has exited is still one, and still listed. */
static void leader_exited(void)
{
	int fd = make("a"), cgroup = cgroup_fd(fd);
	pid_t pid = fork_into(cgroup);
	struct table *table;
	pthread_t thread;

	if (!pid) {
		pthread_create(&thread, NULL, thread_forever, NULL);
		syscall(SYS_exit, 0);
	}
	KTAP_EXPECT(EVENTUALLY(task_state(pid) == 'Z'));
	table = table_read(PROC "/a/tasks");
	KTAP_EXPECT_EQ(table->rows, 1);
	KTAP_EXPECT_EQ(row_of(table, pid), 0);
	KTAP_EXPECT_STREQ(cell(table, 0, "STATE"), "Z");
	KTAP_EXPECT_NE(strcmp(cell(table, 0, "RSS"), "0K"), 0);
	table_free(table);
	close(cgroup);
	finish(fd);
	reap(pid);
}

static int own_proc(const char *options)
{
	CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHECK(mount("proc", "/proc", "proc", 0, options) == 0);
	return 0;
}

/*
 * In a pid namespace of its own, whose init is the child here: a member that it
 * starts has the pid 2 or so, and the member outside does not exist.
 */
static int look_from_inside(void *arg)
{
	int fd = *(int *)arg;
	struct table *table;
	pid_t pid;

	CHECK(getpid() == 1);
	CHECK(own_proc(NULL) == 0);
	pid = sleeper_in(fd);
	CHECK(pid > 1 && pid < 10);
	table = table_read(TASKS);
	CHECK(table && table->rows == 1 && row_of(table, pid) == 0);
	table_free(table);
	table = table_read(PROC "/a/tasks");
	CHECK(table && table->rows == 1 && row_of(table, pid) == 0);
	table_free(table);
	/* attach takes the caller's pids: 0 is itself, its member is that pid. */
	CHECK(attach(fd, pid, 0) == 0);
	CHECK(attach(fd, 4000, 0) == ESRCH);
	return 0;
}

static int new_pid_namespace(void *arg)
{
	CHECK(unshare(CLONE_NEWPID | CLONE_NEWNS) == 0);
	return reap(spawn(look_from_inside, arg));
}

static void pid_namespace(void)
{
	int fd = make("a");
	pid_t outside = sleeper_in(fd);
	struct table *table;

	KTAP_EXPECT_EQ(reap(spawn(new_pid_namespace, &fd)), 0);
	table = table_read(TASKS);
	KTAP_EXPECT_GE(row_of(table, outside), 0);
	table_free(table);
	kill_and_reap(outside);
	finish(fd);
}

/* Nobody's own process, and root's, both in the partition. */
static int look_as_nobody(void *arg)
{
	pid_t *pids = arg;
	struct table *table;

	table = table_read(TASKS);
	CHECK(table && row_of(table, pids[0]) < 0);
	CHECK(row_of(table, pids[1]) >= 0);
	CHECK(table->rows == 1 && table->malformed == 0);
	table_free(table);
	table = table_read(PROC "/a/tasks");
	CHECK(table && table->rows == 1 && row_of(table, pids[1]) == 0);
	table_free(table);
	return 0;
}

static int look_as_root(pid_t *pids)
{
	struct table *table = table_read(TASKS);

	CHECK(table && table->rows == 2);
	CHECK(row_of(table, pids[0]) >= 0 && row_of(table, pids[1]) >= 0);
	table_free(table);
	return 0;
}

static int look_hidden(void *arg)
{
	pid_t *pids = arg;

	CHECK(unshare(CLONE_NEWNS) == 0);
	CHECK(own_proc("hidepid=2") == 0);
	CHECK(look_as_root(pids) == 0);
	return as_nobody(look_as_nobody, pids);
}

static int nobodys_sleep(void *arg)
{
	drop_privileges();
	/* As after an exec: somebody without privileges may look at it. */
	prctl(PR_SET_DUMPABLE, 1);
	thread_forever(arg);
	return 0;
}

static void hidepid(void)
{
	int fd = make("a");
	pid_t pids[2] = { sleeper_in(fd), spawn(nobodys_sleep, NULL) };

	KTAP_EXPECT_EQ(attach(fd, pids[1], 0), 0);
	KTAP_EXPECT(EVENTUALLY(task_state(pids[1]) == 'S'));
	sleep_ms(50);
	KTAP_EXPECT_EQ(reap(spawn(look_hidden, pids)), 0);
	/* The mount without hidepid goes on to show all to everybody. */
	KTAP_EXPECT_EQ(look_as_root(pids), 0);
	kill_and_reap(pids[0]);
	kill_and_reap(pids[1]);
	finish(fd);
}

/* Start many members, cheaply: they share all memory and sleep. */
static int start_many(int fd, pid_t *pids, int count)
{
	int cgroup = cgroup_fd(fd), i;

	for (i = 0; i < count; i++) {
		pids[i] = fork_into(cgroup);
		if (pids[i] < 0)
			break;
		if (!pids[i])
			thread_forever(NULL);
	}
	close(cgroup);
	return i;
}

/* 2,000 processes in two partitions: each is listed exactly once, in the right one. */
static void thousands(void)
{
	const char *wanted = getenv("BULKHEAD_TEST_TASKS");
	int count = wanted ? atoi(wanted) : 2000, half = count / 2, i, started;
	int fds[2] = { make("a"), make("b") };
	pid_t *pids = calloc(count, sizeof(*pids));
	unsigned char *seen = calloc(1, 1 << 22);
	struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };
	struct table *table;
	__u64 begin;

	setrlimit(RLIMIT_NPROC, &most);
	started = start_many(fds[0], pids, half);
	if (started == half)
		started += start_many(fds[1], pids + half, count - half);
	KTAP_EXPECT_EQ(started, count);
	begin = now_ms();
	table = table_read(TASKS);
	ktap_diag("listing %d processes took %llu ms", started, now_ms() - begin);
	KTAP_EXPECT_EQ(table->rows, started);
	KTAP_EXPECT_EQ(table->malformed, 0);
	for (i = 0; i < table->rows; i++)
		seen[atoi(cell(table, i, "PID")) & 0x3fffff]++;
	for (i = 0; i < started; i++)
		KTAP_EXPECT_EQ(seen[pids[i]], 1);
	KTAP_EXPECT_EQ(count_rows(table, "PARTITION", "a"), half);
	table_free(table);
	table = table_read(PROC "/b/tasks");
	KTAP_EXPECT_EQ(table->rows, started - half);
	table_free(table);
	KTAP_EXPECT_EQ(stats(fds[0]).tasks, half);
	KTAP_EXPECT_EQ(finish(fds[0]), 0);
	KTAP_EXPECT_EQ(finish(fds[1]), 0);
	for (i = 0; i < started; i++)
		reap(pids[i]);
	free(pids);
	free(seen);
}

static const struct test_case cases[] = {
	{ columns, "columns, and one line for each process" },
	{ forged_names, "a command's name cannot forge a line" },
	{ leader_exited, "a process whose leader has exited" },
	{ pid_namespace, "the pids of the reader's namespace" },
	{ hidepid, "hidepid=2 hides" },
	{ thousands, "thousands of processes, each exactly once" },
};

TEST_MAIN(cases)
