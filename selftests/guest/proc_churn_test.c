// SPDX-License-Identifier: GPL-2.0
/*
 * Reading /proc/bulkhead while partitions and processes come and go: what lasts is
 * in every listing, exactly once, and every line is whole.
 */
#include "case.h"
#include "table.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define LASTING	20
#define LASTS_MS	4000

static atomic_bool churning;
static atomic_uint rounds;

/* Partitions with a task each, destroyed by force. */
static void *churn_partitions(void *arg)
{
	char name[16];
	int n = 0;

	while (churning) {
		struct bulkhead_create new;
		pid_t pid;

		snprintf(name, sizeof(name), "c%lu-%d", (unsigned long)arg, n++ % 7);
		new = create_arg(name);
		if (create(&new))
			continue;
		pid = sleeper_in(new.fd);
		KTAP_EXPECT_EQ(finish(new.fd), 0);
		reap(pid);
		rounds++;
	}
	return NULL;
}

/* A member of a lasting partition that forks children which exit at once. */
static int churn_processes(void *arg)
{
	(void)arg;
	for (;;) {
		if (!fork())
			_exit(0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	return 0;
}

/* Open, read and close the files of partitions that are just going. */
static void *churn_readers(void *arg)
{
	char path[64];
	int n = 0;

	while (churning) {
		char *text;

		snprintf(path, sizeof(path), PROC "/c%d-%d/%s", n & 1, n % 7,
			 n % 3 ? "status" : "tasks");
		text = read_whole(path);
		/* Either a whole file, or none. */
		if (text && *text)
			KTAP_EXPECT_EQ(text[strlen(text) - 1], '\n');
		free(text);
		n++;
	}
	return arg;
}

static char *read_in_pieces(const char *path, size_t piece)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = read_pieces(fd, piece);

	close(fd);
	return text;
}

static void expect_each_once(const char *path, size_t piece, const char *column,
			     char keys[][16], int columns)
{
	struct table *table = table_parse(read_in_pieces(path, piece));
	int i;

	KTAP_EXPECT_EQ(table->columns, columns);
	KTAP_EXPECT_EQ(table->malformed, 0);
	for (i = 0; i < LASTING; i++)
		if (!KTAP_EXPECT_EQ(count_rows(table, column, keys[i]), 1))
			ktap_diag("  which was %s in %s", keys[i], path);
	table_free(table);
}

/* Ids rise from line to line. */
static void expect_ascending(void)
{
	struct table *table = table_read(PROC "/partitions");
	long last = 0;
	int i;

	for (i = 0; i < table->rows - 2; i++) {
		KTAP_EXPECT_GT(atol(cell(table, i, "ID")), last);
		last = atol(cell(table, i, "ID"));
	}
	KTAP_EXPECT_STREQ(cell(table, table->rows - 2, "NAME"), "host");
	KTAP_EXPECT_STREQ(cell(table, table->rows - 1, "NAME"), "free");
	table_free(table);
}

static void churn(void)
{
	static const size_t pieces[] = { 65536, 100, 1000 };
	char names[LASTING][16], pids[LASTING][16];
	__u64 until = now_ms() + LASTS_MS;
	pthread_t threads[3];
	int fds[LASTING], i, listings = 0;
	pid_t forker;

	for (i = 0; i < LASTING; i++) {
		snprintf(names[i], sizeof(names[i]), "lasting-%d", i);
		fds[i] = make(names[i]);
		snprintf(pids[i], sizeof(pids[i]), "%d", sleeper_in(fds[i]));
	}
	forker = spawn(churn_processes, NULL);
	KTAP_EXPECT_EQ(attach(fds[0], forker, 0), 0);
	churning = true;
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, churn_partitions, (void *)(long)i);
	pthread_create(&threads[2], NULL, churn_readers, NULL);
	while (now_ms() < until) {
		size_t piece = pieces[listings++ % 3];

		expect_each_once(PROC "/partitions", piece, "NAME", names, 15);
		expect_each_once(PROC "/tasks", piece, "PID", pids, 6);
		expect_ascending();
	}
	churning = false;
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	kill_and_reap(forker);
	ktap_diag("%d listings beside %u creates and destroys", listings, rounds);
	KTAP_EXPECT_GT(rounds, 0);
	for (i = 0; i < LASTING; i++)
		KTAP_EXPECT_EQ(finish(fds[i]), 0);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static const struct test_case cases[] = {
	{ churn, "listings under churn are whole" },
};

TEST_MAIN(cases)
