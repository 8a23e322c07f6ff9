// SPDX-License-Identifier: GPL-2.0
/*
 * How much of a reserve is handed over at a time.
 */
#include "portion.h"

#include <linux/minmax.h>

#include "limits.h"

void portion_init(struct portion *portion, unsigned long use)
{
	*portion = (struct portion) { .pages = LIMIT_PORTION_FIRST, .use = use };
}

static unsigned long grown(const struct portion *portion, unsigned long use)
{
	return use > portion->use ? use - portion->use : 0;
}

void portion_given(struct portion *portion, unsigned long pages, unsigned long use)
{
	/* The kernel charges in batches: a look needs several of them. */
	if (portion->given >= LIMIT_PORTION_LOOK) {
		if (grown(portion, use) >= portion->given / 2)
			portion->pages = min(2 * portion->pages, LIMIT_PORTION_MAX);
		else
			portion->pages = max(portion->pages / 2, LIMIT_PORTION_MIN);
		portion->given = 0;
		portion->use = use;
	}
	if (!portion->given)
		portion->use = use;
	portion->given += pages;
}

unsigned long portion_underway(const struct portion *portion, unsigned long use)
{
	unsigned long arrived = grown(portion, use);

	return portion->given > arrived ? portion->given - arrived : 0;
}
