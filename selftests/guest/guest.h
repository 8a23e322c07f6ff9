/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests in the guest share. The calls go straight to the device with the
 * structs of the uapi header, so that a mistake in libbulkhead hides nothing here.
 */
#ifndef GUEST_H
#define GUEST_H

#include <linux/bulkhead.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TOP		"/sys/fs/cgroup/bulkhead"
#define PROC		"/proc/bulkhead"
#define NOBODY		65534

#define MIB		(1024ULL * 1024)

/* --- guest.c: the calls ------------------------------------------------- */

/* The device, opened for reading and writing by guest_start(). */
extern int dev;

/* Every test program begins here: sweeps what an earlier one left behind. */
void guest_start(void);

/* Print one line as a KTAP diagnostic and end the program: the guest is unfit. */
void bail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* An ioctl; returns 0 or the (positive) errno. */
int call(int fd, unsigned long cmd, void *arg);

/* Fill an output with what no module would write. */
void poison(void *out, size_t size);
bool is_poison(const void *out, size_t size);

int open_device(int flags);

/* Arguments that are valid as they stand; outputs that may be poisoned are. */
struct bulkhead_create create_arg(const char *name);
struct bulkhead_open open_arg(const char *name, __u32 flags);
struct bulkhead_set set_arg(__u32 mask);

/* Create: returns 0 or errno; the answer is in the argument. */
int create(struct bulkhead_create *arg);
/* Create with the settings of mask, or bail out; returns the partition fd. */
int make_with(const char *name, __u32 mask, const struct bulkhead_settings *settings);
int make(const char *name);
/* Open by name: returns the fd, or -errno. */
int open_partition(const char *name, __u32 flags);

/* Set: returns 0 or errno. */
int set(int fd, struct bulkhead_set *arg);
/* Change one setting, named by its bit. */
int set_one(int fd, __u32 bit, __u64 value);
__u64 *setting(struct bulkhead_settings *settings, __u32 bit);

int attach(int fd, pid_t pid, __u64 start_time);
int destroy(int fd, __u32 flags);
/* Forced destroy and close; returns the destroy's errno. */
int finish(int fd);
int kill_all(int fd, __u32 signal, __u64 *count);
int cgroup_fd(int fd);

/* These poison the answer first and bail out when the call fails. */
struct bulkhead_get get(int fd);
struct bulkhead_stats stats(int fd);
struct bulkhead_capacity capacity(void);

/* Destroy every partition there is, by force. */
void sweep(void);

/* --- guest_file.c: cgroup files, and the state as a whole ----------------- */

/* Whole file into buf, NUL-terminated; returns its length or -errno. */
ssize_t read_file(const char *path, char *buf, size_t size);
int write_file(const char *path, const char *text);
bool exists(const char *path);

/* A file of the partition's cgroup without its newline; "" if it is not there. */
const char *knob(const char *partition, const char *file);
__u64 knob_number(const char *partition, const char *file);
/* A file of the top cgroup. */
const char *top_knob(const char *file);
/* The number behind a key in a file of "key number" lines, such as cpu.stat. */
__u64 knob_key(const char *partition, const char *file, const char *key);

/* Everything that can be seen of all partitions and of the ledger, as text. */
char *world(int fd);
/* Compare two worlds line by line, print what differs, free both. */
bool same_world(char *before, char *after);

/* --- guest_task.c: processes ---------------------------------------------- */

/* A child that exits with what fn returns. It dies with its parent. */
pid_t spawn(int (*fn)(void *), void *arg);
/* A child that sleeps until it is killed. */
pid_t sleeper(void);
/* A child that is in the partition from its first instruction on, and sleeps. */
pid_t sleeper_in(int fd);
/* clone3() into the cgroup of the fd: returns like fork(). */
pid_t fork_into(int cgroup);
/* Wait for it; returns its exit status, or 128 + the signal that killed it. */
int reap(pid_t pid);
void kill_and_reap(pid_t pid);

/* Run fn in a child with no privilege at all; returns what fn returned. */
int as_nobody(int (*fn)(void *), void *arg);
void drop_privileges(void);

/*
 * The device, opened with these flags by somebody without privileges, to whom
 * its node was opened for the purpose.
 */
int nobodys_device(int flags);

/* Field 22 of /proc/PID/stat, and field 3 (0 if there is no such process). */
__u64 start_time(pid_t pid);
char task_state(pid_t pid);
int thread_count(pid_t pid);
/* Does /proc say that the task is in the partition, or in a cgroup below it? */
bool in_partition(pid_t pid, const char *partition);
/* The part of its cgroup path below the top, "" if it is elsewhere. */
const char *cgroup_of(pid_t pid);

/* Pass a file descriptor through a socket. */
void send_fd(int socket, int fd);
int receive_fd(int socket);

/* A gate that children wait at: open() lets all of them through. */
struct gate {
	int fds[2];
};

void gate_init(struct gate *gate);
void gate_wait(struct gate *gate);
void gate_open(struct gate *gate);

void sleep_ms(unsigned int ms);
__u64 now_ms(void);

/*
 * Wait until a condition holds, up to 20 s: the guest is emulated, and on a busy
 * machine that is what it takes. Yields whether it does hold.
 */
#define EVENTUALLY(condition) ({					\
	__u64 until_ = now_ms() + 20000;				\
	bool held_;							\
									\
	while (!(held_ = (condition)) && now_ms() < until_)		\
		sleep_ms(2);						\
	held_;								\
})

#endif /* GUEST_H */
