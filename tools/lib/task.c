// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lines of /proc/bulkhead/tasks and /proc/bulkhead/NAME/tasks. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "bulkhead.h"

/* Returns the next word, NUL-terminated, and moves @line behind it; or NULL. */
static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t\n");
	size_t len = strcspn(word, " \t\n");

	if (!len)
		return NULL;
	*line = word + len;
	if (**line)
		*(*line)++ = '\0';
	return word;
}

static int parse_pid(const char *word, pid_t *pid)
{
	uint64_t value;

	if (bulkhead_parse_count(word, &value, NULL) || value > INT_MAX)
		return -EINVAL;
	*pid = value;
	return 0;
}

/* Seconds with decimals; a CPU in micro-CPUs is a second in microseconds. */
static int parse_time(const char *word, uint64_t *time)
{
	if (word[strspn(word, "0123456789.")])
		return -EINVAL;
	return bulkhead_parse_cpu(word, time, NULL) ? -EINVAL : 0;
}

int bulkhead_task_parse(const char *line, struct bulkhead_task *task)
{
	char copy[512], *rest = copy, *words[5];
	size_t i;

	if (strlen(line) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, line);
	for (i = 0; i < 5; i++) {
		words[i] = next_word(&rest);
		if (!words[i])
			return -EINVAL;
	}
	rest[strcspn(rest, "\n")] = '\0';

	if (strlen(words[1]) >= sizeof(task->partition) || words[2][1] ||
	    strlen(rest) >= sizeof(task->command))
		return -EINVAL;
	if (parse_pid(words[0], &task->pid) || parse_time(words[3], &task->cpu_time) ||
	    bulkhead_parse_memory(words[4], 0, &task->rss, NULL))
		return -EINVAL;
	strcpy(task->partition, words[1]);
	task->state = words[2][0];
	strcpy(task->command, rest);
	return 0;
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

size_t bulkhead_unescape(char *text)
{
	const char *from = text;
	char *to = text;

	while (*from) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' &&
		    is_octal(from[2]) && is_octal(from[3])) {
			*to++ = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return to - text;
}
