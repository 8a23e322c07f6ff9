// SPDX-License-Identifier: GPL-2.0
/* "Did you mean ...?" */
#include <string.h>

#include "cli.h"

#define LENGTH_MAX	64

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Edit distance in which two letters swapped count once. */
static size_t distance(const char *a, const char *b)
{
	size_t d[LENGTH_MAX + 1][LENGTH_MAX + 1];
	size_t la = strlen(a), lb = strlen(b), i, j;

	for (i = 0; i <= la; i++)
		d[i][0] = i;
	for (j = 0; j <= lb; j++)
		d[0][j] = j;
	for (i = 1; i <= la; i++) {
		for (j = 1; j <= lb; j++) {
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				       d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[la][lb];
}

const char *similar(const char *word, const char * const *words, size_t count)
{
	size_t best = strlen(word) < 4 ? 1 : 2, i, length = strlen(word);
	const char *found = NULL;

	if (length > LENGTH_MAX)
		return NULL;
	for (i = 0; i < count; i++) {
		size_t this;

		if (strlen(words[i]) > LENGTH_MAX)
			continue;
		this = distance(word, words[i]);
		/* A word of two letters is not "similar" to all of its length. */
		if (this < length && (this < best || (this == best && !found))) {
			best = this;
			found = words[i];
		}
	}
	if (found)
		return found;
	for (i = 0; length >= 2 && i < count; i++)
		if (!strncmp(words[i], word, length))
			return words[i];
	return NULL;
}
