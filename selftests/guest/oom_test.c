// SPDX-License-Identifier: GPL-2.0
/*
 * The machine runs out of memory: whoever is most over its guarantee pays, nobody else.
 */
#define _GNU_SOURCE
#include "shortage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <unistd.h>

#define STEP_BYTES	(256 * 1024)

/* Forced OOMs of a kind; more of them is an argument: oom_test CASE COUNT. */
static unsigned int rounds = 10;

/* The last line that the module wrote about it; "" if there is none. */
static const char *log_line(void)
{
	static const char tag[] = "bulkhead: out of memory: ";
	static char log[1 << 20];
	char *line = log, *last = NULL;
	int length = klogctl(3, log, sizeof(log) - 1);

	if (length < 0)
		bail("klogctl: %s", strerror(errno));
	log[length] = '\0';
	while ((line = strstr(line, tag)))
		last = line += strlen(tag);
	if (!last)
		return "";
	last[strcspn(last, "\n")] = '\0';
	return last;
}

#define HUGE_PAGES	"/proc/sys/vm/nr_hugepages"
#define HUGE_PAGE	(2 * MIB)

static __u64 huge_pages(void)
{
	char count[32];

	if (read_file(HUGE_PAGES, count, sizeof(count)) <= 0)
		bail("no " HUGE_PAGES);
	return strtoull(count, NULL, 10);
}

/* The line in the log and the record tell the same. */
static void log_agrees(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { };
	struct ranked c;
	char command[64], expected[512];

	start(all, percent);
	one_pays(all, &all[2], -1);
	c = ranked("c");
	KTAP_EXPECT_EQ(c.promised, get(all[2].fd).settings.memory_guarantee);
	KTAP_EXPECT_EQ(c.excess, c.use - c.promised);
	snprintf(command, sizeof(command), "%s", record("command"));
	snprintf(expected, sizeof(expected),
		 "c pays, %lluK over its %lluK, with process %llu (%s); ranking: c %lluK of %lluK ",
		 c.excess >> 10, c.promised >> 10, record_number("pid"), command,
		 c.use >> 10, c.promised >> 10);
	if (!KTAP_EXPECT_EQ(strncmp(log_line(), expected, strlen(expected)), 0))
		ktap_diag("log: %s, expected: %s", log_line(), expected);
	end(all);
}

/* Each of the three is at 150 % in turn, the others at 50 and at 100 %. */
static void largest_excess(void)
{
	static const unsigned int percents[][HOLDERS] = {
		{ 50, 100, 150, 100 }, { 100, 150, 50, 100 }, { 150, 50, 100, 100 },
	};
	unsigned int i, over;

	for (i = 0; i < ARRAY_SIZE(percents); i++) {
		struct holder all[HOLDERS] = { };

		for (over = 0; percents[i][over] != 150; over++)
			;
		start(all, percents[i]);
		one_pays(all, &all[over], -1);
		end(all);
	}
}

/* Again and again: it fills up, and has to pay. */
static void again(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { };
	__u64 slowest = 0;
	unsigned int i;

	start(all, percent);
	for (i = 0; i < rounds; i++) {
		if (!one_pays(all, &all[2], -1))
			break;
		slowest = taker_waited() > slowest ? taker_waited() : slowest;
		holder_fill(&all[2]);
	}
	KTAP_EXPECT_EQ(i, rounds);
	ktap_diag("right victim %u times of %u, longest wait %llu ms", i, rounds,
		  slowest / 1000000);
	end(all);
}

/* The owner takes what it was promised, and somebody else has to give it back. */
static void owner_takes(void)
{
	static const unsigned int percent[HOLDERS] = { 10, 100, 150, 100 };
	struct holder all[HOLDERS] = { };

	start(all, percent);
	one_pays(all, &all[2], all[0].fd);
	KTAP_EXPECT_LE(stats(all[0].fd).memory, all[0].guarantee);
	end(all);
}

/*
 * The excess is in many: one after the other pays, and nobody of those who have less. Often:
 * the kernel and the module look at the last victim one after the other, and it may go in
 * between.
 */
static void spread(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { [2].processes = 50 };
	__u64 slowest = 0;
	unsigned int i, most = 4 * rounds;

	start(all, percent);
	for (i = 0; i < most; i++) {
		if (!pays(all, &all[2], -1, 3))
			break;
		slowest = taker_waited() > slowest ? taker_waited() : slowest;
		/* Before it has no more than it was promised. */
		if (holder_alive(&all[2]) < 46)
			holder_fill(&all[2]);
	}
	KTAP_EXPECT_EQ(i, most);
	ktap_diag("right victims %u times of %u, longest wait %llu ms", i, most,
		  slowest / 1000000);
	end(all);
}

/* Many want memory at the same moment; one victim has more than they want. */
static void no_cascade(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 150, 100 };
	struct holder all[HOLDERS] = { };
	struct holder many = { .name = "many", .host = true, .processes = 8 };
	__u64 kernel;

	start(all, percent);
	kernel = oom_kills();
	/* Half of the excess, and what the host's reserve has left. */
	many.bytes = all[2].guarantee / 4 + free_memory();
	holder_create(&many);
	holder_fill(&many);
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&all[2])));
	settle();
	KTAP_EXPECT_EQ(oom_kills(), kernel + 1);
	KTAP_EXPECT_EQ(holder_alive(&many), 8);
	KTAP_EXPECT_EQ(alive(all), 4);
	print_record();
	holder_end(&many);
	end(all);
}

/*
 * Memory that only a file of the victim has is an excess like any other. It comes back
 * after the victim's address space, and the kernel does not wait so long: some of the
 * payer's other processes may die, too.
 */
static __u64 file_bytes;

static void hold_file(void)
{
	static char chunk[STEP_BYTES];
	int file = memfd_create("held", 0);
	__u64 written;

	for (written = 0; written < file_bytes; written += sizeof(chunk))
		if (write(file, chunk, sizeof(chunk)) != sizeof(chunk))
			_exit(1);
	for (;;)
		pause();
}

static void held_by_a_file(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 0, 100 };
	struct holder all[HOLDERS] = { };
	struct holder large = { .processes = 1, .bytes = 4096, .adjust = 500, .then = hold_file };
	struct holder small = { .processes = 4, .bytes = 8 * MIB };
	struct holder many = { .name = "many", .host = true, .processes = 4 };
	__u64 kernel;

	start(all, percent);
	large.name = "c";
	large.fd = all[2].fd;
	small.name = "c";
	small.fd = all[2].fd;
	file_bytes = all[2].guarantee * 3 / 2 - large.bytes - small.bytes;
	holder_fill(&large);
	KTAP_EXPECT(EVENTUALLY(stats(all[2].fd).memory > file_bytes));
	holder_fill(&small);
	fill_pad();
	kernel = oom_kills();
	/* It wants more than the victim has in memory, and less than it has in the file. */
	many.bytes = free_memory() + all[2].guarantee / 4;
	holder_create(&many);
	holder_fill(&many);
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&large)));
	settle();
	kernel = oom_kills() - kernel;
	KTAP_EXPECT_EQ(stats(all[2].fd).oom_kills, kernel);
	KTAP_EXPECT_EQ(holder_alive(&small), 5 - (int)kernel);
	KTAP_EXPECT_EQ(holder_alive(&many), 4);
	KTAP_EXPECT_EQ(alive(all), 4);
	print_record();
	holder_end(&many);
	end(all);
	holder_alive(&small);
}

/* The host has more than its reserve, and more than anybody else has too much. */
static void host_pays(void)
{
	static const unsigned int percent[HOLDERS] = { 10, 100, 120, 0 };
	struct holder all[HOLDERS] = { };
	struct holder hog = { .name = "host", .host = true };
	__u64 hosts = record_number("host_kills"), kernel;
	pid_t taker;

	start(all, percent);
	holder_create(&hog);
	/* What is left is little more than a guarantee that is not taken. */
	hog.bytes = free_memory() - LEFT;
	holder_fill(&hog);
	kernel = oom_kills();
	taker = taker_start(all[0].fd, 1);
	KTAP_EXPECT(taker_done(taker));
	KTAP_EXPECT(EVENTUALLY(!holder_alive(&hog)));
	settle();
	KTAP_EXPECT_EQ(oom_kills(), kernel + 1);
	KTAP_EXPECT_EQ(record_number("host_kills"), hosts + 1);
	KTAP_EXPECT_STREQ(record("payer"), "host");
	KTAP_EXPECT_EQ(alive(all), 3);
	print_record();
	kill_and_reap(taker);
	holder_end(&hog);
	end(all);
}

/* Huge pages are the host's, but no process has them: killing does not give them back. */
static void not_by_killing(void)
{
	static const unsigned int percent[HOLDERS] = { 50, 100, 220, 0 };
	struct holder all[HOLDERS] = { };
	char pages[32];

	start(all, percent);
	while (free_memory() > 2 * LEFT) {
		__u64 before = free_memory();

		snprintf(pages, sizeof(pages), "%llu",
			 huge_pages() + (before - LEFT) / HUGE_PAGE);
		write_file(HUGE_PAGES, pages);
		if (free_memory() + HUGE_PAGE > before)
			break;
	}
	one_pays(all, &all[2], -1);
	KTAP_EXPECT_EQ(write_file(HUGE_PAGES, "0"), 0);
	end(all);
}

/* Only the superuser reads who was killed. */
static int read_record(void *arg)
{
	char buf[64];

	(void)arg;
	return -read_file(PROC "/oom", buf, sizeof(buf));
}

static void secrecy(void)
{
	KTAP_EXPECT_EQ(as_nobody(read_record, NULL), EACCES);
}

static const struct test_case cases[] = {
	{ log_agrees, "the log and the record agree" },
	{ largest_excess, "the largest excess pays, whoever has it" },
	{ again, "again and again" },
	{ owner_takes, "an owner takes what it was promised" },
	{ spread, "an excess in many processes" },
	{ no_cascade, "one victim is enough for many" },
	{ held_by_a_file, "an excess that is in a file" },
	{ host_pays, "the host pays for its own excess" },
	{ not_by_killing, "the host does not pay for what killing does not give back" },
	{ secrecy, "the record is the superuser's" },
};

int main(int argc, char **argv)
{
	if (argc > 2)
		rounds = atoi(argv[2]);
	holders_begin();
	return run_cases(cases, ARRAY_SIZE(cases), argc, argv);
}
