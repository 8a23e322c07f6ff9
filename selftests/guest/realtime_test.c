// SPDX-License-Identifier: GPL-2.0
/*
 * Real-time threads in a partition: they take from others what the kernel lets real-time
 * threads take, and no more, and their partition pays for it. On two CPUs. That the account
 * has every microsecond of theirs is tested by account_test.
 *
 * That is kernel.sched_rt_runtime_us in every sched_rt_period_us of each CPU on 6.1
 * (0.95), and what the fair server leaves on 6.12 (the same by default).
 */
#include "case.h"
#include "tenant.h"

#define RUNTIME	"/proc/sys/kernel/sched_rt_runtime_us"
#define PERIOD	"/proc/sys/kernel/sched_rt_period_us"
#define SERVER	"/sys/kernel/debug/sched/fair_server/cpu1/"

/* What real-time threads may have of a CPU. */
static int realtime_bound(void)
{
	char runtime[32], period[32];

	if (read_file(RUNTIME, runtime, sizeof(runtime)) <= 0 ||
	    read_file(PERIOD, period, sizeof(period)) <= 0)
		bail("no " RUNTIME);
	return atoll(runtime) * CPU / atoll(period);
}

/*
 * A CPU that is first started after boot, as those of the guest are, gets a fair server
 * that serves nothing on 6.12: its root domain has no capacity at that moment, so the
 * kernel refuses the default (dl_server_apply_params()). Give it the default, but not
 * again: the kernel may complain when a server that is at work is changed.
 */
static void mend_fair_server(void)
{
	char runtime[32];

	if (read_file(SERVER "runtime", runtime, sizeof(runtime)) <= 0 || atoll(runtime))
		return;
	KTAP_EXPECT_EQ(write_file(SERVER "period", "1000000000"), 0);
	KTAP_EXPECT_EQ(write_file(SERVER "runtime", "50000000"), 0);
}

/*
 * A FIFO spinner has a CPU for itself, if all others can be elsewhere. The owner's
 * guarantee holds on the other one; by equal weights it would have half of that.
 */
static void fifo(unsigned int cpus)
{
	struct tenant tenants[] = {
		{ .name = "fifo", .processes = 1, .policy = TENANT_FIFO, .cpus = cpus },
		{ .name = "owner", .guarantee = 900, .processes = 2 },
		{ .name = "neighbour", .processes = 4 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= realtime_bound() * 8 / 10 &&
		     tenants[1].rate >= kept(900));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static void fifo_pinned(void)
{
	fifo(2);
}

static void fifo_anywhere(void)
{
	fifo(0);
}

/* Where others cannot be elsewhere they have what is not the real-time threads'. */
static void fifo_bounded(void)
{
	struct tenant tenants[] = {
		{ .name = "fifo", .processes = 1, .policy = TENANT_FIFO, .cpus = 2 },
		{ .name = "owner", .guarantee = 900, .processes = 2, .cpus = 2 },
		{ .name = "neighbour", .processes = 4 },
	};

	mend_fair_server();
	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate <= realtime_bound() + 30 &&
		     tenants[1].rate >= (CPU - realtime_bound()) / 2);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * What it used is its partition's: its other threads do not get a guarantee on top. If it
 * were not charged, they and the owner would be equals.
 */
static void fifo_uses_it_up(void)
{
	struct tenant tenants[] = {
		{ .name = "fifo", .guarantee = 900, .processes = 1, .policy = TENANT_FIFO,
		  .cpus = 2 },
		{ .name = "owner", .guarantee = 900, .processes = 1, .cpus = 1 },
	};
	struct tenant rest = { .name = "fifo", .cpus = 1 };

	tenants_start(tenants, ARRAY_SIZE(tenants));
	rest.cgroup = tenants[0].cgroup;
	tenant_spawn(&rest, 0);
	EXPECT_HOLDS(tenants, tenants[0].rate >= 800 &&
		     tenants[1].rate >= kept(900));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * 3 ms of every 10 ms: so much it has. The guarantee holds in the rest, of which equal
 * weights would give half.
 */
static void deadline(void)
{
	struct tenant tenants[] = {
		{ .name = "deadline", .processes = 1, .policy = TENANT_DEADLINE },
		{ .name = "owner", .guarantee = 1300, .processes = 2 },
		{ .name = "neighbour", .processes = 4 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= 150 && tenants[0].rate <= 400 &&
		     tenants[1].rate >= kept(1300));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * FIFO spinners on all CPUs keep control from looking: nobody has more than they leave.
 * It survives that: when they are gone the guarantee holds.
 */
static void fifo_everywhere(void)
{
	struct tenant tenants[] = {
		{ .name = "fifo", .processes = 2, .policy = TENANT_FIFO },
		{ .name = "owner", .guarantee = 1600, .processes = 2 },
		{ .name = "neighbour", .processes = 8 },
	};

	mend_fair_server();
	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate <= 2 * realtime_bound() + 60);
	tenant_kill(&tenants[0]);
	EXPECT_HOLDS(tenants, tenants[1].rate >= kept(1600));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ fifo_pinned, "a FIFO spinner pinned to a CPU" },
	{ fifo_anywhere, "a FIFO spinner that may run anywhere" },
	{ fifo_bounded, "beside a FIFO spinner on one CPU" },
	{ fifo_uses_it_up, "a FIFO spinner uses up the guarantee of its partition" },
	{ fifo_everywhere, "FIFO spinners on all CPUs" },
	{ deadline, "a deadline thread" },
};

TEST_MAIN(cases)
