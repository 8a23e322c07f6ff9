/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libbulkhead: partitions with guaranteed CPU and memory, from C.
 *
 * The library opens the device, fills in and sends the calls of
 * <linux/bulkhead.h>, and parses and formats the units that people write. It
 * never prints, never exits, keeps no state, and may be called from any thread.
 *
 * Conventions, unless a function says otherwise:
 *
 * - A function returns 0 (or what it says) on success, or a negative errno.
 * - An errno of a call is the one that <linux/bulkhead.h> gives for that call,
 *   for the reason given there. Those that the library adds are listed here.
 * - Every fd is close-on-exec and belongs to the caller, who closes it.
 * - CPU is in micro-CPUs (one CPU is BULKHEAD_CPU), memory in bytes, time in
 *   nanoseconds.
 */
#ifndef _BULKHEAD_H
#define _BULKHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/bulkhead.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The device ---- */

/**
 * bulkhead_open() - Open the device
 * @write: whether changes are to be made (create, or open a partition to change
 *	it); they need CAP_SYS_ADMIN at this moment, see <linux/bulkhead.h>
 *
 * Return: the device fd, or -ENOENT, -ENXIO or -ENODEV when the module is not
 * loaded, -EACCES when the permissions of the device node refuse it, or another
 * errno of open(2).
 */
int bulkhead_open(bool write);

/**
 * bulkhead_version() - Tell the version of the interface and of the module
 * @device: device fd
 * @version: filled in; a program compares @abi with BULKHEAD_ABI_VERSION
 *
 * Return: 0, or -ENOTTY when @device is no Bulkhead device.
 */
int bulkhead_version(int device, struct bulkhead_version *version);

/**
 * bulkhead_capacity() - Tell what there is, is promised and is free
 * @device: device fd
 * @capacity: filled in (micro-CPUs, bytes)
 *
 * Return: 0 or an errno of BULKHEAD_CAPACITY.
 */
int bulkhead_capacity(int device, struct bulkhead_capacity *capacity);

/**
 * bulkhead_create() - Create a partition, or ask whether it would be admitted
 * @device: device fd; opened for writing unless it is a dry run
 * @create: the caller sets @flags, @name, @mask and the @settings in @mask (the
 *	rest of @settings is ignored); the outputs need not be cleared
 *
 * Return: the writable partition fd, 0 for a dry run that is admitted, -ENOSPC
 * with the numbers in @create when it is refused, or another errno of
 * BULKHEAD_CREATE (then @create->culprit tells the setting at fault, if any).
 */
int bulkhead_create(int device, struct bulkhead_create *create);

/**
 * bulkhead_find() - Open a partition by name
 * @device: device fd; opened for writing if @write
 * @name: the name
 * @write: whether the partition is to be changed through the fd
 *
 * Return: the partition fd, -ENOENT when there is none, -EINVAL when @name can
 * be no name, or another errno of BULKHEAD_OPEN.
 */
int bulkhead_find(int device, const char *name, bool write);

/**
 * bulkhead_find_id() - Open a partition by id
 * @device: device fd; opened for writing if @write
 * @id: the id, not 0
 * @write: whether the partition is to be changed through the fd
 *
 * Return: as bulkhead_find().
 */
int bulkhead_find_id(int device, uint64_t id, bool write);

/**
 * bulkhead_list() - List all partitions
 * @device: device fd
 * @entries: set to an array in the order of ids, to be freed with free(3)
 * @count: set to the number of entries
 *
 * Return: 0, -ENOMEM, or an errno of BULKHEAD_LIST; on failure @entries is NULL.
 */
int bulkhead_list(int device, struct bulkhead_list_entry **entries, size_t *count);

/* ---- A partition ---- */

/**
 * bulkhead_get() - Tell identity, state and settings
 * @partition: partition fd
 * @get: filled in
 *
 * Return: 0 or an errno of BULKHEAD_GET.
 */
int bulkhead_get(int partition, struct bulkhead_get *get);

/**
 * bulkhead_set() - Change settings, all or none
 * @partition: writable partition fd; any partition fd for a dry run
 * @set: the caller sets @flags, @mask and the @settings in @mask; the outputs
 *	need not be cleared
 *
 * Return: 0, -ENOSPC with the numbers in @set when a guarantee is refused, or
 * another errno of BULKHEAD_SET (@set->culprit tells the setting at fault).
 */
int bulkhead_set(int partition, struct bulkhead_set *set);

/**
 * bulkhead_stats() - Tell what the partition uses
 * @partition: partition fd
 * @stats: filled in (nanoseconds, bytes, tasks)
 *
 * Return: 0 or an errno of BULKHEAD_STATS.
 */
int bulkhead_stats(int partition, struct bulkhead_stats *stats);

/**
 * bulkhead_attach() - Move a process, with all its threads, into the partition
 * @partition: writable partition fd
 * @pid: the process, or any of its threads; 0 is the caller
 *
 * The process is held by a pidfd and identified by its start time, so that a
 * process which gets the same pid meanwhile is never moved in its place.
 *
 * Return: 0, -ESRCH when there is no such process or it has exited, -EINVAL for
 * a negative @pid, a kernel thread or init, or an errno of BULKHEAD_ATTACH or
 * pidfd_open(2).
 */
int bulkhead_attach(int partition, pid_t pid);

/**
 * bulkhead_cgroup() - Open the partition's cgroup directory
 * @partition: writable partition fd
 *
 * Return: a directory fd, or an errno of BULKHEAD_CGROUP.
 */
int bulkhead_cgroup(int partition);

/**
 * bulkhead_fork() - fork(2) whose child starts inside the partition
 * @partition: writable partition fd
 *
 * The child's first page and first tick are charged to the partition already.
 * As after a fork(2) of a program with threads, the child may call only what is
 * async-signal-safe, until it calls execve(2); no pthread_atfork(3) handler runs.
 *
 * Return: the child's pid, 0 in the child, -EAGAIN when the task limit does not
 * allow one more, or an errno of BULKHEAD_CGROUP or clone3(2).
 */
pid_t bulkhead_fork(int partition);

/**
 * bulkhead_kill() - Send a signal to every process of the partition
 * @partition: writable partition fd
 * @signal: signal number, 1 to 64
 * @count: set to the number of processes it was sent to (0 for SIGKILL, which
 *	does not count them); may be NULL
 *
 * Return: 0 or an errno of BULKHEAD_KILL.
 */
int bulkhead_kill(int partition, int signal, uint64_t *count);

/**
 * bulkhead_destroy() - Destroy the partition
 * @partition: writable partition fd
 * @force: whether to kill everything in it first, and wait until it is gone
 *
 * The fd stays open; calls on it fail with ENODEV from then on.
 *
 * Return: 0, -EBUSY when there are tasks in it and @force is false, or another
 * errno of BULKHEAD_DESTROY.
 */
int bulkhead_destroy(int partition, bool force);

/**
 * bulkhead_cgroup_path() - Tell where a partition's cgroup directory is
 * @name: name of the partition; need not exist
 * @path: filled in with the absolute path in the caller's mount namespace
 * @size: bytes of @path
 *
 * Return: 0, -ENOENT when no cgroup v2 file system is mounted, -ENAMETOOLONG
 * when @path is too small.
 */
int bulkhead_cgroup_path(const char *name, char *path, size_t size);

/* ---- Names ---- */

/**
 * bulkhead_name_check() - Tell whether a text can be the name of a partition
 * @name: the text
 * @why: set to a constant phrase that says what is wrong, as in "<name> <why>";
 *	may be NULL
 *
 * Return: 0, -EINVAL when it is malformed, -EEXIST when it is reserved.
 */
int bulkhead_name_check(const char *name, const char **why);

/* ---- Units, as people write them ---- */

/*
 * All parsers read the whole text, compute exactly in integers, and round up
 * what is no whole micro-CPU or byte. On failure the result is untouched, and
 * @why (which may be NULL) is set to a constant phrase that says what is wrong.
 */

/** define BULKHEAD_TEXT_SIZE - Bytes that any formatted number fits into */
#define BULKHEAD_TEXT_SIZE	32

/**
 * bulkhead_parse_cpu() - Parse an amount of CPU
 * @text: "1.5", "1.5cpu", "1.5cpus", "150%" (of one CPU) or "1500m"
 * @cpu: set to micro-CPUs, less than BULKHEAD_UNLIMITED
 * @why: what is wrong
 *
 * Return: 0, -EINVAL when it is no amount of CPU, -ERANGE when it is too large.
 */
int bulkhead_parse_cpu(const char *text, uint64_t *cpu, const char **why);

/**
 * bulkhead_parse_memory() - Parse an amount of memory
 * @text: "1048576", "512M" or "512MiB" (2^20), "512MB" (10^6), with K, M, G, T, P
 *	or E in either case, or "25%ram"
 * @ram: bytes that "%ram" is a percentage of; see bulkhead_ram()
 * @bytes: set to bytes, less than BULKHEAD_UNLIMITED
 * @why: what is wrong
 *
 * Return: 0, -EINVAL when it is no amount of memory, -ERANGE when it is too
 * large.
 */
int bulkhead_parse_memory(const char *text, uint64_t ram, uint64_t *bytes,
			  const char **why);

/**
 * bulkhead_parse_count() - Parse a plain number
 * @text: decimal digits
 * @count: set to the number, less than BULKHEAD_UNLIMITED
 * @why: what is wrong
 *
 * Return: 0, -EINVAL when it is no number, -ERANGE when it is too large.
 */
int bulkhead_parse_count(const char *text, uint64_t *count, const char **why);

/**
 * bulkhead_parse_time() - Parse an amount of time
 * @text: "500ms", "1.5s", "2min" or "1h"
 * @time: set to nanoseconds, less than BULKHEAD_UNLIMITED
 * @why: what is wrong
 *
 * Return: 0, -EINVAL when it is no amount of time, -ERANGE when it is too large.
 */
int bulkhead_parse_time(const char *text, uint64_t *time, const char **why);

/**
 * bulkhead_ram() - Tell how much memory the machine has
 *
 * Return: bytes, or 0 when that cannot be found out.
 */
uint64_t bulkhead_ram(void);

/**
 * bulkhead_format_cpu() - Format micro-CPUs exactly, in CPUs
 * @cpu: micro-CPUs, or BULKHEAD_UNLIMITED ("max")
 * @text: filled in; bulkhead_parse_cpu() reads it back
 *
 * Return: @text.
 */
char *bulkhead_format_cpu(uint64_t cpu, char text[BULKHEAD_TEXT_SIZE]);

/**
 * bulkhead_format_memory() - Format bytes in a binary unit
 * @bytes: bytes, or BULKHEAD_UNLIMITED ("max")
 * @text: filled in, with at most two decimals, rounded down; thus what is free
 *	is never said to be more than it is
 *
 * Return: @text.
 */
char *bulkhead_format_memory(uint64_t bytes, char text[BULKHEAD_TEXT_SIZE]);

/**
 * bulkhead_format_time() - Format nanoseconds exactly, in seconds
 * @time: nanoseconds, or BULKHEAD_UNLIMITED ("max")
 * @text: filled in; bulkhead_parse_time() reads it back
 *
 * Return: @text.
 */
char *bulkhead_format_time(uint64_t time, char text[BULKHEAD_TEXT_SIZE]);

/* ---- Settings by name ---- */

/*
 * Every member of struct bulkhead_settings has a key: "cpu", "cpu-max", "share",
 * "mem", "mem-max", "swap-max", "tasks-max", "mem-mode", "mem-high",
 * "mem-high-time", "mem-high-action" and "oom-group". Functions take its
 * BULKHEAD_SET_* bit, which must be exactly one of those of BULKHEAD_SET_ALL.
 */

/**
 * bulkhead_setting_bit() - Find a setting by its key
 * @key: the key
 *
 * Return: the BULKHEAD_SET_* bit, or 0 when there is no such key.
 */
uint32_t bulkhead_setting_bit(const char *key);

/**
 * bulkhead_setting_key() - Tell the key of a setting
 * @bit: the setting
 *
 * Return: a constant text, or NULL when @bit is no setting.
 */
const char *bulkhead_setting_key(uint32_t bit);

/**
 * bulkhead_setting_value() - Read one member
 * @settings: the settings
 * @bit: which of them
 *
 * Return: the value in its own unit, or 0 when @bit is no setting.
 */
uint64_t bulkhead_setting_value(const struct bulkhead_settings *settings, uint32_t bit);

/**
 * bulkhead_setting_parse() - Parse the value of one setting
 * @settings: whose member is set
 * @bit: which of them
 * @text: the value in the form of its unit; for a limit also "max", "infinity" or
 *	"none" (BULKHEAD_UNLIMITED), for a guarantee also "none" (0); "lend" or
 *	"reserve", "enforce" or "release", "no" or "yes" for those that take a word
 * @ram: as for bulkhead_parse_memory()
 * @why: what is wrong, as for the parsers of units
 *
 * Return: 0, -EINVAL when @text has not the form, -ERANGE when the value is out
 * of the range of this setting.
 */
int bulkhead_setting_parse(struct bulkhead_settings *settings, uint32_t bit,
			   const char *text, uint64_t ram, const char **why);

/**
 * bulkhead_setting_format() - Format the value of one setting
 * @bit: the setting
 * @value: its value
 * @text: filled in: "max" for BULKHEAD_UNLIMITED, "none" for no guarantee, a word
 *	for a mode
 *
 * Return: @text.
 */
char *bulkhead_setting_format(uint32_t bit, uint64_t value, char text[BULKHEAD_TEXT_SIZE]);

/* ---- Lines of /proc/bulkhead/tasks ---- */

/**
 * struct bulkhead_task - One line of a tasks file
 */
struct bulkhead_task {
	/** @pid: pid in the pid namespace of the reader. */
	pid_t pid;
	/** @partition: name of its partition. */
	char partition[BULKHEAD_NAME_SIZE];
	/** @state: the letter of /proc/PID/stat. */
	char state;
	/** @cpu_time: CPU time used (microseconds). */
	uint64_t cpu_time;
	/** @rss: resident memory (bytes). */
	uint64_t rss;
	/** @command: its name, with the kernel's octal escapes ("\040"). */
	char command[128];
};

/**
 * bulkhead_task_parse() - Parse one line of a tasks file
 * @line: the line, with or without its newline; not the header
 * @task: filled in
 *
 * Return: 0, or -EINVAL when the line has not the form.
 */
int bulkhead_task_parse(const char *line, struct bulkhead_task *task);

/**
 * bulkhead_unescape() - Decode the kernel's octal escapes
 * @text: decoded in place; what is no escape stays
 *
 * Return: the new length in bytes.
 */
size_t bulkhead_unescape(char *text);

#ifdef __cplusplus
}
#endif

#endif /* _BULKHEAD_H */
