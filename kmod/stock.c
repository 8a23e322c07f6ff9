// SPDX-License-Identifier: GPL-2.0
/*
 * A stock of free pages.
 */
#include "stock.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/page_ref.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

#include "limits.h"

/*
 * Never waits, wakes no kswapd and takes no emergency reserves. Not movable: what is
 * kept is in nobody's page table, so it must stay out of ZONE_MOVABLE and CMA.
 */
#define STOCK_GFP	((GFP_HIGHUSER & ~__GFP_RECLAIM) | __GFP_THISNODE | \
			 __GFP_NOWARN | __GFP_NOMEMALLOC)

int stock_init(struct stock *stock)
{
	int node;

	stock->nodes = kcalloc(nr_node_ids, sizeof(*stock->nodes), GFP_KERNEL);
	if (!stock->nodes)
		return -ENOMEM;
	for (node = 0; node < nr_node_ids; node++)
		INIT_LIST_HEAD(&stock->nodes[node].blocks);
	spin_lock_init(&stock->lock);
	stock->pages = 0;
	return 0;
}

void stock_exit(struct stock *stock)
{
	WARN_ON_ONCE(stock->pages);
	kfree(stock->nodes);
}

/*
 * Free pages of a node beyond the low watermark of a zone that we take from, and beyond
 * what it keeps from us for the sake of others. Down to there kswapd sleeps. That of the
 * zone that has most of them: a piece is of one zone.
 */
static long spare_pages(int node)
{
	long spare = 0;
	int i;

	for (i = 0; i <= gfp_zone(GFP_HIGHUSER); i++) {
		struct zone *zone = &NODE_DATA(node)->node_zones[i];

		if (!populated_zone(zone))
			continue;
		spare = max(spare, (long)zone_page_state(zone, NR_FREE_PAGES) -
			    (long)low_wmark_pages(zone) -
			    (long)zone->lowmem_reserve[gfp_zone(GFP_HIGHUSER)]);
	}
	return spare;
}

/*
 * Of the nodes that are not exhausted the one with most to spare: on an idle machine each
 * in turn, and as much of each.
 */
static int richest_node(const nodemask_t *exhausted, long *spare)
{
	int node, richest = NUMA_NO_NODE;

	/* Less than a block is not worth it. */
	*spare = (1L << LIMIT_STOCK_ORDER) - 1;
	for_each_node_state(node, N_MEMORY) {
		long pages = spare_pages(node);

		if (pages > *spare && !node_isset(node, *exhausted)) {
			*spare = pages;
			richest = node;
		}
	}
	return richest;
}

/* The tail pages of what is no compound page have no reference: give each block one. */
static void keep_blocks(struct stock *stock, int node, struct page *page, unsigned int order)
{
	unsigned int block_order = min_t(unsigned int, order, LIMIT_STOCK_ORDER);
	unsigned long i;

	for (i = 0; i < 1UL << order; i += 1UL << block_order) {
		if (i)
			init_page_count(page + i);
		set_page_private(page + i, block_order);
	}
	spin_lock(&stock->lock);
	for (i = 0; i < 1UL << order; i += 1UL << block_order)
		list_add_tail(&page[i].lru, &stock->nodes[node].blocks);
	stock->nodes[node].pages += 1UL << order;
	WRITE_ONCE(stock->pages, stock->pages + (1UL << order));
	spin_unlock(&stock->lock);
}

/* The largest piece that is wanted and to be had. Returns how many pages. */
static unsigned long take_piece(struct stock *stock, int node, unsigned long most)
{
	const unsigned int orders[] = { pageblock_order, LIMIT_STOCK_ORDER, 0 };
	struct page *page;
	int i;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		if (1UL << orders[i] > most)
			continue;
		page = __alloc_pages_node(node, STOCK_GFP, orders[i]);
		if (!page)
			continue;
		keep_blocks(stock, node, page, orders[i]);
		return 1UL << orders[i];
	}
	return 0;
}

/* Who fills: others at the same time would count on the same spare pages. */
static DEFINE_MUTEX(stock_filling);

unsigned long stock_fill(struct stock *stock, unsigned long pages)
{
	unsigned long taken = 0, had = READ_ONCE(stock->pages);
	nodemask_t exhausted = NODE_MASK_NONE;
	long spare;

	mutex_lock(&stock_filling);
	while (had + taken < pages) {
		int node = richest_node(&exhausted, &spare);
		unsigned long piece;

		if (node == NUMA_NO_NODE)
			break;
		piece = take_piece(stock, node, min_t(unsigned long, spare,
						      pages - had - taken));
		/* It counts as free what is not for us: highatomic, CMA. */
		if (!piece)
			node_set(node, exhausted);
		taken += piece;
		cond_resched();
	}
	mutex_unlock(&stock_filling);
	return taken;
}

/* Move blocks of a node to a list of what is to go. */
static unsigned long pick(struct stock *stock, int node, unsigned long pages,
			  struct list_head *going)
{
	struct stock_node *from = &stock->nodes[node];
	unsigned long picked = 0;
	struct page *page;

	lockdep_assert_held(&stock->lock);
	while (picked < pages && !list_empty(&from->blocks)) {
		page = list_first_entry(&from->blocks, struct page, lru);
		list_move_tail(&page->lru, going);
		picked += 1UL << page_private(page);
	}
	from->pages -= picked;
	return picked;
}

unsigned long stock_give(struct stock *stock, int node, unsigned long pages)
{
	struct page *page, *next;
	unsigned long given = 0;
	LIST_HEAD(going);

	spin_lock(&stock->lock);
	if (node != NUMA_NO_NODE) {
		given = pick(stock, node, pages, &going);
	} else {
		for (node = 0; node < nr_node_ids && given < pages; node++)
			given += pick(stock, node, pages - given, &going);
	}
	WRITE_ONCE(stock->pages, stock->pages - given);
	spin_unlock(&stock->lock);

	list_for_each_entry_safe(page, next, &going, lru) {
		unsigned int order = page_private(page);

		list_del(&page->lru);
		set_page_private(page, 0);
		__free_pages(page, order);
	}
	return given;
}

unsigned long stock_pages(const struct stock *stock, int node)
{
	return READ_ONCE(*(node == NUMA_NO_NODE ? &stock->pages : &stock->nodes[node].pages));
}

unsigned long stock_lacking(int node)
{
	unsigned long lacking = 0;
	int i;

	/* What is kept is not of the zones above. */
	for (i = 0; i <= gfp_zone(GFP_HIGHUSER); i++) {
		struct zone *zone = &NODE_DATA(node)->node_zones[i];
		unsigned long free = zone_page_state(zone, NR_FREE_PAGES);
		unsigned long high = high_wmark_pages(zone);

		if (populated_zone(zone) && free < high)
			lacking += high - free;
	}
	return lacking;
}
