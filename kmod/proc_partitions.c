// SPDX-License-Identifier: GPL-2.0
/*
 * The listing of partitions.
 *
 * A reader gets the machine of one moment: all rows are taken when it reads the
 * first byte, however many reads the rest takes. Memory is in KiB, CPU in CPUs.
 */
#include "proc_partitions.h"

#include <linux/bsearch.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include <linux/bulkhead.h>

#include "account.h"
#include "admission.h"
#include "cgroup_dir.h"
#include "column.h"
#include "membership.h"
#include "memory.h"
#include "partition.h"
#include "registry.h"
#include "reserve.h"
#include "top.h"

struct listing_row {
	u64 id;
	char name[BULKHEAD_NAME_SIZE];
	u32 state;
	struct bulkhead_settings settings;
	u64 cpu_time;
	u64 memory;
	u64 memory_peak;
	u64 memory_held;
	u64 tasks;
};

/* The partitions are followed by the rows of the host and of what is free. */
struct listing {
	struct listing_row *rows;
	size_t count;
	int name_width;
	struct bulkhead_capacity capacity;
	struct listing_row host;
};

static void fill_row(struct listing_row *row, struct partition *partition)
{
	row->id = partition->id;
	strscpy(row->name, partition->name, sizeof(row->name));
	row->state = partition_view(partition, &row->settings);
	row->cpu_time = account_cpu_time(partition);
	row->memory = memory_use(partition->dir.cgroup, &row->memory_peak);
	row->memory_held = reserve_held(partition);
	row->tasks = 0;
}

static int compare_row(const void *key, const void *element)
{
	u64 id = *(const u64 *)key;
	const struct listing_row *row = element;

	return id < row->id ? -1 : id > row->id;
}

/* One pass over the tasks counts those of all partitions. */
static void count_tasks(struct listing *listing)
{
	struct task_struct *process, *thread;

	for_each_process_thread(process, thread) {
		struct partition *partition = membership_of(thread);
		struct listing_row *row = NULL;

		if (partition)
			row = bsearch(&partition->id, listing->rows, listing->count,
				      sizeof(*listing->rows), compare_row);
		(row ?: &listing->host)->tasks++;
	}
}

/* Returns false if there are more than @room. */
static bool collect_rows(struct listing *listing, size_t room)
{
	struct partition *partition;
	bool complete = true;
	u64 id = 0;

	listing->count = 0;
	listing->name_width = strlen("NAME");
	rcu_read_lock();
	while ((partition = registry_next(&id))) {
		struct listing_row *row = &listing->rows[listing->count];

		complete = listing->count < room;
		if (!complete)
			break;
		fill_row(row, partition);
		listing->name_width = max_t(int, listing->name_width, strlen(row->name));
		listing->count++;
	}
	if (complete)
		count_tasks(listing);
	rcu_read_unlock();
	return complete;
}

static int take_listing(struct listing *listing)
{
	size_t room;

	do {
		kvfree(listing->rows);
		memset(listing, 0, sizeof(*listing));
		/* With some that may come meanwhile, or else once more. */
		room = registry_count() + 64;
		listing->rows = kvmalloc_array(room, sizeof(*listing->rows),
					       GFP_KERNEL_ACCOUNT);
		if (!listing->rows)
			return -ENOMEM;
		admission_capacity(&listing->capacity);
		listing->capacity.memory_held = reserve_held(NULL);
	} while (!collect_rows(listing, room));

	listing->host.cpu_time = account_cpu_time(NULL);
	listing->host.memory = memory_host_use(top_dir()->cgroup,
					       listing->capacity.memory_held);
	return 0;
}

/* Positions: 0 is the header, then the partitions, the host, what is free. */
static void *listing_start(struct seq_file *seq, loff_t *pos)
{
	struct listing *listing = seq->private;

	if (!*pos || !listing->rows) {
		int err = take_listing(listing);

		if (err)
			return ERR_PTR(err);
	}
	return *pos < listing->count + 3 ? pos : NULL;
}

static void *listing_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct listing *listing = seq->private;

	++*pos;
	return *pos < listing->count + 3 ? pos : NULL;
}

static void listing_stop(struct seq_file *seq, void *v)
{
}

#define WIDTH_ID	6
#define WIDTH_STATE	-6
#define WIDTH_CPU	8
#define WIDTH_SHARE	5
#define WIDTH_TIME	12
#define WIDTH_MEMORY	11
#define WIDTH_TASKS	9

static void row_header(struct column_line *line, const struct listing *listing)
{
	column_text(line, WIDTH_ID, "ID");
	column_text(line, -listing->name_width, "NAME");
	column_text(line, WIDTH_STATE, "STATE");
	column_text(line, WIDTH_CPU, "CPU.MIN");
	column_text(line, WIDTH_CPU, "CPU.MAX");
	column_text(line, WIDTH_SHARE, "SHARE");
	column_text(line, WIDTH_TIME, "CPU.TIME");
	column_text(line, WIDTH_MEMORY, "MEM.MIN");
	column_text(line, WIDTH_MEMORY, "MEM.MAX");
	column_text(line, WIDTH_MEMORY, "MEM.USE");
	column_text(line, WIDTH_MEMORY, "MEM.PEAK");
	column_text(line, WIDTH_MEMORY, "MEM.HELD");
	column_text(line, WIDTH_MEMORY, "SWAP.MAX");
	column_text(line, WIDTH_TASKS, "TASKS");
	column_text(line, WIDTH_TASKS, "TASKS.MAX");
}

/* Micro-CPUs as CPUs, nanoseconds as seconds: both with three decimals. */
static void row_cpu(struct column_line *line, u64 micro)
{
	column_fixed(line, WIDTH_CPU,
		     micro == BULKHEAD_UNLIMITED ? micro : div_u64(micro, 1000));
}

static void row_time(struct column_line *line, u64 ns)
{
	column_fixed(line, WIDTH_TIME, div_u64(ns, 1000000));
}

static void row_memory(struct column_line *line, u64 bytes)
{
	column_number(line, WIDTH_MEMORY,
		      bytes == BULKHEAD_UNLIMITED ? bytes : bytes >> 10, 'K');
}

static void row_partition(struct column_line *line, const struct listing *listing,
			  const struct listing_row *row)
{
	const struct bulkhead_settings *settings = &row->settings;

	column_number(line, WIDTH_ID, row->id, 0);
	column_text(line, -listing->name_width, row->name);
	column_text(line, WIDTH_STATE, partition_state_name(row->state));
	row_cpu(line, settings->cpu_guarantee);
	row_cpu(line, settings->cpu_limit);
	column_number(line, WIDTH_SHARE, settings->cpu_share, 0);
	row_time(line, row->cpu_time);
	row_memory(line, settings->memory_guarantee);
	row_memory(line, settings->memory_limit);
	row_memory(line, row->memory);
	row_memory(line, row->memory_peak);
	row_memory(line, row->memory_held);
	row_memory(line, settings->swap_limit);
	column_number(line, WIDTH_TASKS, row->tasks, 0);
	column_number(line, WIDTH_TASKS, settings->task_limit, 0);
}

static void row_host(struct column_line *line, const struct listing *listing)
{
	const struct listing_row *host = &listing->host;

	column_number(line, WIDTH_ID, 0, 0);
	column_text(line, -listing->name_width, "host");
	column_text(line, WIDTH_STATE, "-");
	row_cpu(line, listing->capacity.cpu_reserve);
	column_text(line, WIDTH_CPU, "-");
	column_text(line, WIDTH_SHARE, "-");
	row_time(line, host->cpu_time);
	row_memory(line, listing->capacity.memory_reserve);
	column_text(line, WIDTH_MEMORY, "-");
	row_memory(line, host->memory);
	column_text(line, WIDTH_MEMORY, "-");
	column_text(line, WIDTH_MEMORY, "-");
	column_text(line, WIDTH_MEMORY, "-");
	column_number(line, WIDTH_TASKS, host->tasks, 0);
	column_text(line, WIDTH_TASKS, "-");
}

static void row_free(struct column_line *line, const struct listing *listing)
{
	static const int rest[] = {
		WIDTH_MEMORY, WIDTH_MEMORY, WIDTH_MEMORY, WIDTH_MEMORY, WIDTH_MEMORY,
		WIDTH_TASKS, WIDTH_TASKS,
	};
	size_t i;

	column_text(line, WIDTH_ID, "-");
	column_text(line, -listing->name_width, "free");
	column_text(line, WIDTH_STATE, "-");
	row_cpu(line, listing->capacity.cpu_free);
	column_text(line, WIDTH_CPU, "-");
	column_text(line, WIDTH_SHARE, "-");
	column_text(line, WIDTH_TIME, "-");
	row_memory(line, listing->capacity.memory_free);
	for (i = 0; i < ARRAY_SIZE(rest); i++)
		column_text(line, rest[i], "-");
}

static int listing_show(struct seq_file *seq, void *v)
{
	const struct listing *listing = seq->private;
	loff_t at = *(loff_t *)v;
	struct column_line line;

	line.length = 0;
	if (!at)
		row_header(&line, listing);
	else if (at <= listing->count)
		row_partition(&line, listing, &listing->rows[at - 1]);
	else if (at == listing->count + 1)
		row_host(&line, listing);
	else
		row_free(&line, listing);
	column_end(&line);
	seq_write(seq, line.text, line.length);
	return 0;
}

static const struct seq_operations listing_operations = {
	.start = listing_start,
	.next = listing_next,
	.stop = listing_stop,
	.show = listing_show,
};

static int listing_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &listing_operations, sizeof(struct listing));
}

static int listing_release(struct inode *inode, struct file *file)
{
	struct listing *listing = ((struct seq_file *)file->private_data)->private;

	kvfree(listing->rows);
	return seq_release_private(inode, file);
}

const struct proc_ops proc_partitions_ops = {
	.proc_open = listing_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = listing_release,
};
