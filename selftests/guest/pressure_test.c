// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU guarantee where something else runs out: memory, or process slots. On two
 * CPUs.
 */
#include "case.h"
#include "tenant.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPARE		(24 * MIB)	/* left to a machine that is to run out of memory */
#define HUGE_PAGES	"/proc/sys/vm/nr_hugepages"
#define HUGE_PAGE	(2 * MIB)

/* Memory that is there, not only promised; false if there is none. */
static bool take_memory(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0) != MAP_FAILED;
}

/* Take memory until killed, and again, for ever: the parent is too small to be a victim. */
static void thrash(int number)
{
	(void)number;
	for (;;) {
		pid_t child = fork();

		if (!child) {
			write_file("/proc/self/oom_score_adj", "1000");
			while (take_memory(MIB))
				;
			_exit(1);
		}
		if (child > 0)
			waitpid(child, NULL, 0);
	}
}

static void bomb(int number)
{
	(void)number;
	for (;;)
		fork();
}

static const char *standing(const struct tenant *tenant)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s %s", knob(tenant->name, "cpu.idle"),
		 knob(tenant->name, "cpu.weight"));
	return text;
}

/*
 * Does control still move? The owner comes first when it has not run for a while, and not
 * any more when it has had its guarantee.
 */
static void expect_moves(struct tenant *owner)
{
	char before[64];

	tenant_kill(owner);
	sleep_ms(1000);
	snprintf(before, sizeof(before), "%s", standing(owner));
	tenant_start(owner);
	KTAP_EXPECT(EVENTUALLY(strcmp(standing(owner), before)));
}

/* A partition at its memory limit, whose memory is taken and whose tasks are killed. */
static void at_memory_limit(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1500, .processes = 2 },
		{ .name = "hog", .guarantee = 200, .memory_limit = 8 * MIB, .processes = 2,
		  .run = thrash },
		{ .name = "spinner", .processes = 2 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	KTAP_EXPECT(EVENTUALLY(knob_key("hog", "memory.events", "oom_kill")));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500));
	KTAP_EXPECT_GT(knob_key("hog", "memory.events", "max"), 0);
	expect_moves(&tenants[0]);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static __u64 free_memory(void)
{
	char buf[4096];
	const char *line;

	if (read_file("/proc/meminfo", buf, sizeof(buf)) <= 0)
		bail("no /proc/meminfo");
	line = strstr(buf, "MemAvailable:");
	return line ? strtoull(line + strlen("MemAvailable:"), NULL, 10) * 1024 : 0;
}

/* Huge pages are nobody's to take back, and given at once. Returns whether little is left. */
static bool hoard(void)
{
	__u64 left = free_memory();
	char count[32];

	if (left < 2 * SPARE)
		return true;
	if (read_file(HUGE_PAGES, count, sizeof(count)) <= 0)
		bail("no " HUGE_PAGES);
	snprintf(count, sizeof(count), "%llu", atoll(count) + (left - SPARE) / HUGE_PAGE);
	write_file(HUGE_PAGES, count);
	return false;
}

/* How often the machine had no memory left and killed somebody for it. */
static __u64 oom_kills(void)
{
	char buf[16384];
	const char *line;

	if (read_file("/proc/vmstat", buf, sizeof(buf)) <= 0)
		bail("no /proc/vmstat");
	line = strstr(buf, "\noom_kill ");
	return line ? strtoull(line + strlen("\noom_kill "), NULL, 10) : 0;
}

/* A partition without a limit takes all there is, is killed for it, and does it again. */
static void out_of_memory(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1500, .processes = 2 },
		{ .name = "hog", .guarantee = 200, .processes = 2, .run = thrash },
		{ .name = "spinner", .processes = 2 },
	};
	__u64 before = oom_kills();

	KTAP_EXPECT(EVENTUALLY(hoard()));
	tenants_start(tenants, ARRAY_SIZE(tenants));
	KTAP_EXPECT(EVENTUALLY(oom_kills() > before));
	before = oom_kills();
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500));
	expect_moves(&tenants[0]);
	KTAP_EXPECT(EVENTUALLY(oom_kills() > before));
	tenants_end(tenants, ARRAY_SIZE(tenants));
	KTAP_EXPECT_EQ(write_file(HUGE_PAGES, "0"), 0);
}

/* A fork bomb that has all the tasks it may have. */
static void fork_bomb(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1500, .processes = 2 },
		{ .name = "bomb", .task_limit = 100, .processes = 1, .run = bomb },
		{ .name = "spinner", .processes = 2 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	KTAP_EXPECT(EVENTUALLY(knob_key("bomb", "pids.events", "max")));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500));
	expect_moves(&tenants[0]);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ at_memory_limit, "beside a partition at its memory limit" },
	{ out_of_memory, "on a machine that has no memory left" },
	{ fork_bomb, "beside a fork bomb" },
};

TEST_MAIN(cases)
