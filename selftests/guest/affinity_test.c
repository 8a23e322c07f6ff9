// SPDX-License-Identifier: GPL-2.0
/*
 * The CPU rules with what is pinned, and with cgroups nested in a partition. On two CPUs.
 */
#include "case.h"
#include "tenant.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT_CONTROL	"/sys/fs/cgroup/cgroup.subtree_control"
#define TOP_CONTROL	TOP "/cgroup.subtree_control"
#define OWNER_CONTROL	TOP "/owner/cgroup.subtree_control"

/* Pinned to a CPU it has its guarantee there. By equal weights it would have two thirds. */
static void pinned(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 900, .processes = 2, .cpus = 1 },
		{ .name = "n0", .processes = 4 }, { .name = "n1", .processes = 4 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(900) &&
		     tenants_rate(tenants, ARRAY_SIZE(tenants)) >= 1600);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/*
 * Guaranteed more than its affinity allows it has that CPU, and what it cannot use is
 * shared by the others: the guarantee of one of them holds, and the other borrows.
 */
static void more_than_it_can_use(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1500, .processes = 2, .cpus = 1 },
		{ .name = "small", .guarantee = 300, .processes = 2 },
		{ .name = "borrower", .processes = 2 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(1000) &&
		     tenants[1].rate >= kept(300) &&
		     tenants[2].rate >= 200);
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* Two on one CPU, and the other CPU is somebody else's. Equal weights: half for each. */
static void pinned_together(void)
{
	struct tenant tenants[] = {
		{ .name = "large", .guarantee = 750, .processes = 2, .cpus = 1 },
		{ .name = "small", .guarantee = 150, .processes = 2, .cpus = 1 },
		{ .name = "other", .guarantee = 900, .processes = 2, .cpus = 2 },
	};

	tenants_start(tenants, ARRAY_SIZE(tenants));
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(750) &&
		     tenants[1].rate >= kept(150) &&
		     tenants[2].rate >= kept(900));
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

/* Make a cgroup in the owner, in which its processes are to begin from now on. */
static void nest(struct tenant *owner, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), TOP "/%s/%s", owner->name, name);
	if (mkdir(path, 0755))
		bail("mkdir %s: %s", path, strerror(errno));
	close(owner->cgroup);
	owner->cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (owner->cgroup < 0)
		bail("%s: %s", path, strerror(errno));
}

/*
 * Two cgroups in the owner, of four threads each and 1 to 3 by weights of their own:
 * together they have what the owner was promised, and divide that.
 */
static void nested(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 1600, .processes = 4 },
		{ .name = "owner/light" },
		{ .name = "owner/heavy" },
		{ .name = "neighbour", .processes = 8 },
	};
	struct tenant *owner = &tenants[0];

	tenant_create(owner);
	nest(owner, "light");
	KTAP_EXPECT_EQ(write_file(OWNER_CONTROL, "+cpu"), 0);
	tenant_start(owner);
	nest(owner, "heavy");
	KTAP_EXPECT_EQ(write_file(TOP "/owner/heavy/cpu.weight", "300"), 0);
	tenant_start(owner);
	tenants_start(&tenants[3], 1);
	EXPECT_HOLDS(tenants, owner->rate >= kept(1600) &&
		     tenants[2].rate >= tenants[1].rate * 3 / 2 &&
		     tenants[2].rate <= tenants[1].rate * 5);
	tenants_end(&tenants[3], 1);
	tenants_end(owner, 1);
}

/* Hand the cpuset controller down to the partition, or take it back; returns errno. */
static int hand_down(const char *change)
{
	int error = write_file(ROOT_CONTROL, change);

	if (!error)
		error = write_file(TOP_CONTROL, change);
	if (!error)
		error = write_file(OWNER_CONTROL, change);
	return error;
}

static void take_back(const char *change)
{
	KTAP_EXPECT_EQ(write_file(OWNER_CONTROL, change), 0);
	KTAP_EXPECT_EQ(write_file(TOP_CONTROL, change), 0);
	KTAP_EXPECT_EQ(write_file(ROOT_CONTROL, change), 0);
}

/*
 * The module hands down cpu, memory and pids. So a partition has no cpuset to hand on,
 * unless the admin hands it down from the root. Then a nested one is like an affinity.
 */
static void nested_cpuset(void)
{
	struct tenant tenants[] = {
		{ .name = "owner", .guarantee = 900, .processes = 2 },
		{ .name = "n0", .processes = 4 }, { .name = "n1", .processes = 4 },
	};

	tenant_create(&tenants[0]);
	KTAP_EXPECT_EQ(write_file(OWNER_CONTROL, "+cpuset"), ENOENT);
	if (!KTAP_EXPECT_EQ(hand_down("+cpuset"), 0))
		return;
	nest(&tenants[0], "pinned");
	KTAP_EXPECT_EQ(write_file(TOP "/owner/pinned/cpuset.cpus", "0"), 0);
	tenant_start(&tenants[0]);
	tenants_start(&tenants[1], 2);
	EXPECT_HOLDS(tenants, tenants[0].rate >= kept(900) &&
		     tenants[0].rate <= 1200);
	tenant_kill(&tenants[0]);
	KTAP_EXPECT(EVENTUALLY(!rmdir(TOP "/owner/pinned")));
	take_back("-cpuset");
	tenants_end(tenants, ARRAY_SIZE(tenants));
}

static const struct test_case cases[] = {
	{ pinned, "pinned to a CPU" },
	{ more_than_it_can_use, "a guarantee that the affinity does not allow" },
	{ pinned_together, "two on one CPU" },
	{ nested, "nested cgroups with weights of their own" },
	{ nested_cpuset, "a cpuset in a partition" },
};

TEST_MAIN(cases)
