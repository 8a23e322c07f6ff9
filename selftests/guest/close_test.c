// SPDX-License-Identifier: GPL-2.0
/*
 * KILL_ON_CLOSE: the partition lives as long as the last of its writable fds,
 * whoever has it and however it goes.
 */
#include "case.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int make_closing(const char *name)
{
	struct bulkhead_create arg = create_arg(name);
	int error;

	arg.flags = BULKHEAD_CREATE_KILL_ON_CLOSE;
	error = create(&arg);
	if (error)
		bail("create: %s", strerror(error));
	return arg.fd;
}

/* A member that has no fd of the partition: it must not keep itself alive. */
static pid_t member_without_fd(int fd)
{
	int cgroup = cgroup_fd(fd);
	pid_t pid = fork_into(cgroup);

	if (!pid) {
		close(fd);
		for (;;)
			pause();
	}
	close(cgroup);
	return pid;
}

static bool is_free(const char *name)
{
	struct bulkhead_create arg = create_arg(name);

	arg.flags = BULKHEAD_CREATE_DRY_RUN;
	return !create(&arg);
}

/* The destroy need not wait for its end; the partition's members are dead by then. */
static void expect_vanishes(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", TOP, name);
	KTAP_EXPECT(EVENTUALLY(!exists(path)));
	KTAP_EXPECT(EVENTUALLY(open_partition(name, 0) == -ENOENT));
	KTAP_EXPECT(EVENTUALLY(capacity().partitions == 0));
	/* The name is the last that goes. */
	KTAP_EXPECT(EVENTUALLY(is_free(name)));
}

static void expect_stays(const char *name)
{
	int fd;

	sleep_ms(100);
	fd = open_partition(name, 0);
	if (KTAP_EXPECT_GE(fd, 0)) {
		KTAP_EXPECT_EQ(get(fd).state, BULKHEAD_STATE_ACTIVE);
		close(fd);
	}
}

/* Without the flag a close means nothing. */
static void without_flag(void)
{
	int fd = make("a");

	KTAP_EXPECT_EQ(get(fd).flags, 0);
	close(fd);
	expect_stays("a");
	fd = open_partition("a", BULKHEAD_OPEN_WRITE);
	KTAP_EXPECT_EQ(finish(fd), 0);
}

static void by_close(void)
{
	int fd = make_closing("a");
	pid_t pid = member_without_fd(fd);

	KTAP_EXPECT_EQ(get(fd).flags, BULKHEAD_CREATE_KILL_ON_CLOSE);
	close(fd);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	expect_vanishes("a");
}

/*
 * The last of all writable fds counts: a dup, and one that was opened by name. A
 * reader's does not: anybody may have one, and keeps nothing alive with it.
 */
static void last_fd(void)
{
	int fd = make_closing("a"), twin = dup(fd), writer, reader;

	close(fd);
	expect_stays("a");
	writer = open_partition("a", BULKHEAD_OPEN_WRITE);
	close(twin);
	expect_stays("a");
	reader = open_partition("a", 0);
	KTAP_EXPECT_EQ(get(reader).state, BULKHEAD_STATE_ACTIVE);
	close(writer);
	expect_vanishes("a");
	KTAP_EXPECT(EVENTUALLY(get(reader).state == BULKHEAD_STATE_DEAD));
	close(reader);
}

/* An fd on its way through a socket, and one in a child. */
static void passed_fd(void)
{
	int fd = make_closing("a"), pair[2], received;

	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
	send_fd(pair[0], fd);
	close(fd);
	expect_stays("a");
	received = receive_fd(pair[1]);
	KTAP_EXPECT_EQ(get(received).state, BULKHEAD_STATE_ACTIVE);
	send_fd(pair[0], received);
	close(received);
	expect_stays("a");
	/* Never received: it goes with the socket. */
	close(pair[0]);
	close(pair[1]);
	expect_vanishes("a");
}

struct holder {
	pid_t member;
	int ready;
};

/* Creates the partition and a member, and waits for its own end. */
static int hold(void *arg)
{
	volatile struct holder *holder = arg;
	int fd = make_closing("a");

	holder->member = member_without_fd(fd);
	holder->ready = 1;
	for (;;)
		pause();
	return 0;
}

static struct holder *start_holder(pid_t *pid)
{
	struct holder *holder = mmap(NULL, sizeof(*holder), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*pid = spawn(hold, holder);
	KTAP_EXPECT(EVENTUALLY(((volatile struct holder *)holder)->ready));
	return holder;
}

/* The holder ends, by exit or kill -9: the members die, though nobody's children. */
static void holder_ends(int signal)
{
	pid_t pid;
	struct holder *holder = start_holder(&pid);

	KTAP_EXPECT(in_partition(holder->member, "a"));
	kill(pid, signal);
	KTAP_EXPECT_EQ(reap(pid), 128 + signal);
	KTAP_EXPECT(EVENTUALLY(!task_state(holder->member) ||
			       task_state(holder->member) == 'Z'));
	expect_vanishes("a");
	munmap(holder, sizeof(*holder));
}

static void holder_exits(void)
{
	holder_ends(SIGTERM);
}

static void holder_killed(void)
{
	holder_ends(SIGKILL);
}

/*
 * A member that holds the fd of its own partition: it would keep itself alive for
 * ever, were it not for destroy.
 */
static void member_holds(void)
{
	int fd = make_closing("a");
	pid_t pid = sleeper_in(fd);

	close(fd);
	expect_stays("a");
	kill(pid, SIGKILL);
	KTAP_EXPECT_EQ(reap(pid), 128 + SIGKILL);
	expect_vanishes("a");
}

/* Destroyed by hand first: the close then has nothing left to do. */
static void destroyed_before(void)
{
	int fd = make_closing("a"), other;

	KTAP_EXPECT_EQ(destroy(fd, 0), 0);
	other = make("a");
	close(fd);
	expect_stays("a");
	KTAP_EXPECT_EQ(finish(other), 0);
}

/* 50 at once, all of which go by the exit of one process. */
static int hold_many(void *arg)
{
	char name[16];
	int i;

	(void)arg;
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "many-%d", i);
		sleeper_in(make_closing(name));
	}
	return 0;
}

static void many(void)
{
	KTAP_EXPECT_EQ(reap(spawn(hold_many, NULL)), 0);
	KTAP_EXPECT(EVENTUALLY(capacity().partitions == 0));
	KTAP_EXPECT(EVENTUALLY(knob_key(".", "cgroup.stat", "nr_descendants") == 0));
}

static const struct test_case cases[] = {
	{ without_flag, "without the flag it stays" },
	{ by_close, "by close" },
	{ last_fd, "the last writable fd counts" },
	{ passed_fd, "fds in a socket count" },
	{ holder_exits, "the holder ends" },
	{ holder_killed, "the holder is killed" },
	{ member_holds, "a member holds it itself" },
	{ destroyed_before, "destroyed before the close" },
	{ many, "fifty at once" },
};

TEST_MAIN(cases)
