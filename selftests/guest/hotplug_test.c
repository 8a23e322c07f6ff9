// SPDX-License-Identifier: GPL-2.0
/*
 * A CPU goes offline and comes back while partitions contend: what each of them gets. The
 * ledger is in admission_test, the account in account_test. On two CPUs.
 */
#include "case.h"
#include "tenant.h"

#define ONLINE	"/sys/devices/system/cpu/cpu1/online"
#define CYCLES	10

static bool two_cpus(void)
{
	if (capacity().cpu_total == 2 * BULKHEAD_CPU && exists(ONLINE))
		return true;
	ktap_case_skip("needs 2 CPUs of which one can go offline");
	return false;
}

static void set_online(bool online)
{
	KTAP_EXPECT_EQ(write_file(ONLINE, online ? "1" : "0"), 0);
	KTAP_EXPECT_EQ(capacity().cpu_total, (online ? 2 : 1) * BULKHEAD_CPU);
}

/*
 * Guaranteed 1.5 of two CPUs, it has all but its neighbour's guarantee of the one that
 * is left, keeps its promise, and has it whole when the CPU returns.
 */
static void contended(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1500, .processes = 4 },
		{ .name = "neighbour", .guarantee = 200, .processes = 8 },
	};

	if (!two_cpus())
		return;
	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500) && tenants[1].rate >= kept(200));
	set_online(false);
	KTAP_EXPECT_EQ(capacity().overcommitted, BULKHEAD_RESOURCE_CPU);
	KTAP_EXPECT_EQ(get(tenants[0].fd).settings.cpu_guarantee, 1500000);
	/* In proportion to the guarantees, as they do not fit: 0.88 and 0.12. */
	EXPECT_HOLDS(tenants, tenants[0].rate >= 650 && tenants[1].rate >= 70);
	set_online(true);
	KTAP_EXPECT_EQ(capacity().overcommitted, 0);
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1500) && tenants[1].rate >= kept(200));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * All there is to give is guaranteed and wanted while the CPU goes and comes, again and
 * again. None of it may wear off: not in the ledger, and not in what they get.
 */
static void cycles(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1400, .processes = 4 },
		{ .name = "neighbour", .processes = 8 },
	};
	struct bulkhead_capacity full;
	unsigned int rest, i;

	if (!two_cpus())
		return;
	rest = capacity().cpu_free / (BULKHEAD_CPU / CPU) - tenants[0].guarantee;
	tenants[1].guarantee = rest;
	tenants_start(tenants, ARRAY_SIZE(tenants));
	full = capacity();
	KTAP_EXPECT_EQ(full.cpu_free, 0);
	for (i = 0; i < CYCLES; i++) {
		set_online(false);
		KTAP_EXPECT_EQ(capacity().overcommitted, BULKHEAD_RESOURCE_CPU);
		KTAP_EXPECT_EQ(capacity().cpu_guaranteed, full.cpu_guaranteed);
		sleep_ms(20 * i);
		set_online(true);
		KTAP_EXPECT_EQ(capacity().overcommitted, 0);
		KTAP_EXPECT_EQ(capacity().cpu_free, 0);
		sleep_ms(20 * (CYCLES - i));
	}
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1400) && tenants[1].rate >= kept(rest));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ contended, "the guarantee before, while and after a CPU is offline" },
	{ cycles, "ten times off and on with everything guaranteed" },
};

TEST_MAIN(cases)
