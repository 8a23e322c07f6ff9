// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once, at random, for a while: then it must be as if nothing had been. It
 * decides by itself, as rcutorture does, and says SUCCESS or FAILURE in its last line.
 *
 * The kernel's command line has torture.minutes and torture.seed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest.h"
#include "ktap.h"
#include "module.h"
#include "rest.h"
#include "worker.h"

/* One round: all at once, then the module comes and goes, with a rest after each. */
#define ROUND_MS	14000
#define RELOAD_MS	5000
/* As many, in one check at least. */
#define RELOADS		20

static __u64 minutes = 1, seed;
static struct bulkhead_capacity empty;
static struct rest first;
static __u64 begun;
static unsigned int rounds;

static __u64 argument(const char *name, __u64 otherwise)
{
	char text[4096], *at;

	if (read_file("/proc/cmdline", text, sizeof(text)) < 0)
		bail("cannot read /proc/cmdline");
	at = strstr(text, name);
	return at && at[strlen(name)] == '=' ? strtoull(at + strlen(name) + 1, NULL, 0) :
					       otherwise;
}

static void directory(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		bail("mkdir %s: %s", path, strerror(errno));
}

static void prepare(void)
{
	/* Orphans are to come to us; who runs out of memory is not to take us or the workers. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	if (write_file("/proc/self/oom_score_adj", "-1000"))
		bail("cannot be kept from the OOM killer");
	directory(PLAIN);
	directory(PLAIN "/workers");
	directory(PLAIN "/a");
	directory(PLAIN "/b");
	/* Whatever spins in partitions, the workers are to get on. */
	if (write_file("/sys/fs/cgroup/cgroup.subtree_control", "+cpu") ||
	    write_file(PLAIN "/cgroup.subtree_control", "+cpu") ||
	    write_file(PLAIN "/cpu.weight", "10000") ||
	    write_file(PLAIN "/workers/cpu.weight", "10000"))
		bail("no cpu controller");
	workers_init();
}

/* A phase: it goes on until the time is up and, if there is one, the condition holds. */
static void let_run(unsigned int ms, bool (*enough)(void))
{
	__u64 until = now_ms() + ms, latest = until + 120000;

	while (now_ms() < until || (enough && !enough() && now_ms() < latest)) {
		sleep_ms(100);
		workers_reap();
	}
	KTAP_EXPECT(workers_stop());
}

static bool reloaded_enough(void)
{
	/* In a minute there are three rounds. */
	return shared->reloads >= (rounds + 1) * (RELOADS + 2) / 3;
}

static void one_round(void)
{
	struct rest now;

	workers_start(partition_workers, partition_worker_count, seed + rounds);
	workers_start(task_workers, task_worker_count, ~seed + rounds);
	workers_start(machine_workers, machine_worker_count, seed * 3 + rounds);
	let_run(ROUND_MS, NULL);
	KTAP_EXPECT(rest_reach());
	KTAP_EXPECT(rest_is_empty(&empty));

	close(dev);
	workers_start(reload_workers, reload_worker_count, seed * 5 + rounds);
	let_run(RELOAD_MS, reloaded_enough);
	dev = open_device(O_RDWR);
	KTAP_EXPECT(rest_reach());
	KTAP_EXPECT(rest_is_empty(&empty));
	now = rest_measure();
	rest_print("at rest", &now);
	/* What the kernel keeps from its first time is no leak. */
	if (!rounds++)
		first = now;
}

static void torture(void)
{
	do
		one_round();
	while (now_ms() - begun < minutes * 60000);
	ktap_diag("%u rounds in %llu s, %lu reloads", rounds, (now_ms() - begun) / 1000,
		  shared->reloads);
}

static void as_before(void)
{
	KTAP_EXPECT(rest_reach());
	KTAP_EXPECT(rest_is_empty(&empty));
	KTAP_EXPECT(rest_has_memory(&first));
	KTAP_EXPECT_EQ(rmdir(PLAIN "/workers") | rmdir(PLAIN "/a") | rmdir(PLAIN "/b") |
		       rmdir(PLAIN), 0);
}

/* What counts objects does count. */
static void counts(void)
{
	int fd = make("counted");

	KTAP_EXPECT_GT(rest_measure().objects, first.objects);
	finish(fd);
}

static void unloads(void)
{
	close(dev);
	KTAP_EXPECT(module_unloads());
	KTAP_EXPECT(!exists(TOP) && !exists(PROC) && !exists(BULKHEAD_DEVICE));
	KTAP_EXPECT_EQ(module_load(), 0);
	dev = open_device(O_RDWR);
}

static void reloaded(void)
{
	KTAP_EXPECT_GE(shared->reloads, RELOADS);
}

static void no_surprise(void)
{
	KTAP_EXPECT_EQ(shared->surprises, 0);
}

static void progress(void)
{
	KTAP_EXPECT(workers_progress());
}

int main(void)
{
	int status;

	minutes = argument("torture.minutes", minutes);
	seed = argument("torture.seed", now_ms() << 20 ^ getpid());
	prepare();
	guest_start();
	empty = capacity();
	ktap_plan(7);
	ktap_diag("torture: %llu minutes, SEED=%llu", minutes, seed);
	begun = now_ms();
	ktap_run(torture, "all workers end, and leave nothing behind");
	ktap_run(no_surprise, "every answer is one that the header has");
	ktap_run(progress, "every worker makes progress");
	ktap_run(reloaded, "the module was loaded and unloaded often enough");
	ktap_run(as_before, "at the end all is as it was");
	ktap_run(counts, "the module's objects are found");
	ktap_run(unloads, "and the module can be unloaded");
	status = ktap_exit();
	printf("# torture: %s, SEED=%llu\n", status == KTAP_PASS ? "SUCCESS" : "FAILURE", seed);
	return status;
}
