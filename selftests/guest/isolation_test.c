// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU rules on a kernel that was booted with isolcpus=1 or nohz_full=1, with two
 * CPUs. On others there is nothing to test.
 */
#include "case.h"
#include "tenant.h"

#include <signal.h>
#include <unistd.h>

#define NSEC_PER_MSEC	1000000ULL

#define ISOLATED	"/sys/devices/system/cpu/isolated"
#define TICKLESS	"/sys/devices/system/cpu/nohz_full"

static bool is_one(const char *path)
{
	char buf[64];

	return read_file(path, buf, sizeof(buf)) > 0 && !strcmp(buf, "1\n");
}

static bool isolated(void)
{
	if (is_one(ISOLATED))
		return true;
	ktap_case_skip("needs isolcpus=1");
	return false;
}

static bool tickless(void)
{
	if (is_one(TICKLESS))
		return true;
	ktap_case_skip("needs nohz_full=1");
	return false;
}

/* Ticks that CPU 1 had so far: the second column of LOC. */
static __u64 ticks(void)
{
	char buf[16384];
	char *line;

	if (read_file("/proc/interrupts", buf, sizeof(buf)) <= 0)
		return 0;
	line = strstr(buf, "LOC:");
	if (!line)
		return 0;
	strtoull(line + strlen("LOC:"), &line, 10);
	return strtoull(line, NULL, 10);
}

/*
 * Whoever is pinned nowhere stays off the isolated CPU: of the other one the guarantee
 * holds, where equal weights give half. Admission counts both.
 */
static void off_the_isolated(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 800, .processes = 2 },
		{ .name = "neighbour", .processes = 8 },
	};

	if (!isolated())
		return;
	KTAP_EXPECT_EQ(capacity().cpu_total, 2 * BULKHEAD_CPU);
	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(800) &&
		     tenants_rate(tenants, ARRAY_SIZE(tenants)) <= 1200);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* Pinned there two divide it by their guarantees, where equal weights give half to each. */
static void on_the_isolated(void)
{
	struct tenant tenants[] = {
		{ .name = "large", .guarantee = 750, .processes = 1, .cpus = 2 },
		{ .name = "small", .guarantee = 150, .processes = 4, .cpus = 2 },
		{ .name = "owner", .guarantee = 700, .processes = 1 },
		{ .name = "n0", .processes = 4 }, { .name = "n1", .processes = 4 },
	};

	if (!isolated())
		return;
	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(750) &&
		     tenants[1].rate >= kept(150) && tenants[2].rate >= kept(700));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* What cpu.stat shows less than the account: it has whole microseconds only. */
static __u64 missing(const struct tenant *tenant)
{
	__u64 kernel = knob_key(tenant->name, "cpu.stat", "usage_usec") * 1000;

	return stats(tenant->fd).cpu_time - kernel;
}

/*
 * Alone on a CPU without a tick: charged while it runs, if late, and to the last when it
 * has ended.
 */
static void charged_without_tick(void)
{
	struct tenant tenants[] = {
		{ .name = "alone", .processes = 1, .cpus = 2 },
	};
	__u64 begin, before;

	if (!tickless())
		return;
	tenants_start(tenants, ARRAY_SIZE(tenants));
	before = stats(tenants[0].fd).cpu_time;
	begin = ticks();
	KTAP_EXPECT_GT(begin, 0);
	sleep_ms(4000);
	/* With a tick there would be 1000. */
	ktap_diag("%llu ticks", ticks() - begin);
	KTAP_EXPECT_LE(ticks() - begin, 200);
	KTAP_EXPECT(EVENTUALLY(stats(tenants[0].fd).cpu_time - before > 2000 * NSEC_PER_MSEC));
	tenant_kill(&tenants[0]);
	KTAP_EXPECT(EVENTUALLY(missing(&tenants[0]) < 1000));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* The tick is back where several want the CPU: the guarantee holds. */
static void contended_without_tick(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1500, .processes = 2 },
		{ .name = "neighbour", .guarantee = 200, .processes = 8 },
	};

	if (!tickless())
		return;
	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500) &&
		     tenants[1].rate >= kept(200));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ off_the_isolated, "nobody is on an isolated CPU unless pinned there" },
	{ on_the_isolated, "pinned to an isolated CPU" },
	{ charged_without_tick, "alone on a CPU without a tick" },
	{ contended_without_tick, "contention for a CPU without a tick" },
};

TEST_MAIN(cases)
