// SPDX-License-Identifier: GPL-2.0
/*
 * Files of the cgroup and /proc file systems, and the whole state as one text.
 */
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	while ((got = read(fd, buf + length, size - 1 - length)) > 0)
		length += got;
	close(fd);
	buf[length] = '\0';
	return got < 0 ? -errno : (ssize_t)length;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* Several answers may be compared in one expression, hence several buffers. */
static char *next_buffer(void)
{
	static char buffers[8][4096];
	static unsigned int turn;

	return buffers[turn++ % 8];
}

const char *knob(const char *partition, const char *file)
{
	char *buf = next_buffer();
	char path[256];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/%s/%s", TOP, partition, file);
	length = read_file(path, buf, 4096);
	if (length > 0 && buf[length - 1] == '\n')
		buf[length - 1] = '\0';
	return buf;
}

const char *top_knob(const char *file)
{
	return knob(".", file);
}

__u64 knob_number(const char *partition, const char *file)
{
	return strtoull(knob(partition, file), NULL, 10);
}

__u64 knob_key(const char *partition, const char *file, const char *key)
{
	const char *line = knob(partition, file);
	size_t length = strlen(key);

	while (line) {
		if (!strncmp(line, key, length) && line[length] == ' ')
			return strtoull(line + length, NULL, 10);
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return 0;
}

/* The files that a setting can change. Counters are not state. */
static const char * const settled_files[] = {
	"cgroup.subtree_control", "cgroup.type", "cgroup.freeze",
	"cgroup.max.depth", "cgroup.max.descendants",
	"cpu.idle", "cpu.max", "cpu.max.burst", "cpu.weight",
	"memory.high", "memory.low", "memory.max", "memory.min",
	"memory.oom.group", "memory.swap.high", "memory.swap.max", "pids.max",
};

static void print_files(FILE *out, const char *directory)
{
	size_t i;

	for (i = 0; i < sizeof(settled_files) / sizeof(*settled_files); i++)
		fprintf(out, "%s/%s: %s\n", directory, settled_files[i],
			knob(directory, settled_files[i]));
}

/* In an order of its own: cgroupfs promises none. */
static void print_directories(FILE *out)
{
	struct dirent **entries;
	int count = scandir(TOP, &entries, NULL, alphasort);
	int i;

	for (i = 0; i < count; i++) {
		if (entries[i]->d_type == DT_DIR && strcmp(entries[i]->d_name, ".."))
			print_files(out, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void print_names(FILE *out)
{
	struct dirent **entries;
	int count = scandir(PROC, &entries, NULL, alphasort);
	int i;

	for (i = 0; i < count; i++) {
		fprintf(out, "proc: %s\n", entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void print_bytes(FILE *out, const char *title, const void *data, size_t size)
{
	const __u64 *word = data;
	size_t i;

	for (i = 0; i < size / sizeof(*word); i++)
		fprintf(out, "%s[%zu]: %llx\n", title, i, word[i]);
}

static char *look(int fd)
{
	struct bulkhead_capacity total = capacity();
	struct bulkhead_get one;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	print_bytes(out, "capacity", &total, sizeof(total));
	if (fd >= 0) {
		one = get(fd);
		print_bytes(out, "get", &one, sizeof(one));
	}
	print_names(out);
	print_directories(out);
	fclose(out);
	return text;
}

/*
 * Weights are kept in proportion by a thread of the module, a moment after what
 * made them change: look until two looks are the same.
 */
char *world(int fd)
{
	char *text = look(fd), *again;
	int tries, same = 0;

	/* Weights follow what happened before by and by: at rest is what stays for a while. */
	for (tries = 0; tries < 100 && same < 3; tries++) {
		sleep_ms(50);
		again = look(fd);
		same = strcmp(text, again) ? 0 : same + 1;
		free(text);
		text = again;
	}
	return text;
}

#define DIFFERENCES_SHOWN	10

/* Print where two texts differ; a line more or less shifts all behind it. */
static void print_differences(char *before, char *after)
{
	char *was_save, *is_save;
	char *was = strtok_r(before, "\n", &was_save);
	char *is = strtok_r(after, "\n", &is_save);
	int shown = 0;

	while (was && is && shown < DIFFERENCES_SHOWN) {
		if (strcmp(was, is)) {
			printf("# was %s, is %s\n", was, is);
			shown++;
		}
		was = strtok_r(NULL, "\n", &was_save);
		is = strtok_r(NULL, "\n", &is_save);
	}
	if (!was != !is)
		printf("# from here on only %s: %s\n", was ? "before" : "now", was ? was : is);
}

bool same_world(char *before, char *after)
{
	bool same = !strcmp(before, after);

	if (!same)
		print_differences(before, after);
	free(before);
	free(after);
	return same;
}
