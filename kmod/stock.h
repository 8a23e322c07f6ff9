/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stock of free pages: taken from the kernel without pressing anybody, kept by
 * node, and given back in an instant.
 *
 * Kept in blocks of LIMIT_STOCK_ORDER: giving one goes past the per-CPU lists and
 * is seen by the watermarks at once. They are taken as whole pageblocks where
 * there are any, so that those that are given back one after the other become one
 * again, and what is unmovable is not spread over memory.
 */
#ifndef BULKHEAD_STOCK_H
#define BULKHEAD_STOCK_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct stock_node - What is kept of one node
 * @blocks: pages, each the first of a block whose order is its private data
 * @pages: how many they are, those of the blocks included
 */
struct stock_node {
	struct list_head blocks;
	unsigned long pages;
};

/**
 * struct stock - Free pages that are kept
 * @lock: protects the nodes and @pages; taken in reclaim, so nothing is allocated
 *	under it; nothing nests inside
 * @nodes: by node id
 * @pages: sum of all nodes; may be read without the lock
 */
struct stock {
	spinlock_t lock;	/* see above */
	struct stock_node *nodes;
	unsigned long pages;
};

/**
 * stock_init() - Make an empty stock
 * @stock: filled in
 *
 * Context: Process context. Sleeps.
 * Return: 0 or -ENOMEM.
 */
int stock_init(struct stock *stock);

/**
 * stock_exit() - Free what an empty stock needs
 * @stock: empty; or zeroed, if stock_init() failed or never was
 *
 * Context: Process context.
 */
void stock_exit(struct stock *stock);

/**
 * stock_fill() - Take free pages, as far as there are some to spare
 * @stock: the stock
 * @pages: how many it is to have
 *
 * Takes nothing that would bring a node below its low watermarks, where the kernel begins
 * to reclaim, and reclaims nothing itself. If others go on to allocate, kswapd brings the
 * node back to the high watermarks, and there is a little more to take: so it grows also
 * where all memory is full of files, as it always is after a while.
 *
 * Context: Process context of the kernel (a cpuset of the caller would bind it).
 * Return: how many were taken.
 */
unsigned long stock_fill(struct stock *stock, unsigned long pages);

/**
 * stock_give() - Give pages back to the kernel
 * @stock: the stock
 * @node: whose pages, or NUMA_NO_NODE for any
 * @pages: at least so many, if there are, and less than a block more
 *
 * Context: Any but interrupts. Allocates nothing and does not sleep.
 * Return: how many were given.
 */
unsigned long stock_give(struct stock *stock, int node, unsigned long pages);

/**
 * stock_pages() - How much is kept
 * @stock: the stock
 * @node: of this node, or NUMA_NO_NODE for all
 *
 * Context: Any.
 * Return: pages.
 */
unsigned long stock_pages(const struct stock *stock, int node);

/**
 * stock_lacking() - What a node lacks to its high watermarks
 * @node: the node
 *
 * With so much more its kswapd finds nothing to do.
 *
 * Context: Any.
 * Return: pages.
 */
unsigned long stock_lacking(int node);

#endif /* BULKHEAD_STOCK_H */
