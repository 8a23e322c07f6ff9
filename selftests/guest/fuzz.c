// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"
#include "ktap.h"
#include "model.h"
#include "random_input.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define HANDLES		24
#define CHILDREN	6
#define LOOK_EVERY	256	/* calls between two looks at everything */

static struct model model;

struct handle {
	int fd;			/* -1: none */
	bool writable;
	struct model_partition *partition;
};

static struct handle handles[HANDLES];
static int reader;		/* the device, for reading only */

struct child {
	pid_t pid;		/* 0: none */
	struct model_partition *partition;	/* NULL: the host */
};

static struct child children[CHILDREN];

/* What was called last, for the report. */
static char last_call[256];
static unsigned int answers, refusals;

/*
 * Others do the same at once: they have names with another stem, and ids that are no business
 * of ours are above all.
 */
static bool crowded;
static const char *stem;
static __u64 others;

/* --- calls and what they must answer ---------------------------------------- */

static union argument argument;

static bool diverged(const char *what, __u64 got, __u64 expected)
{
	if (got == expected)
		return false;
	ktap_diag("%s: %s is %" PRIu64 " (%#" PRIx64 "), the model says %" PRIu64 " (%#" PRIx64 ")",
		  last_call, what, (uint64_t)got, (uint64_t)got, (uint64_t)expected,
		  (uint64_t)expected);
	return true;
}

static bool agrees(const char *what, int got, int expected)
{
	answers++;
	refusals += !!expected;
	return !diverged(what, got, expected);
}

/*
 * Now and then the size is wrong, or more follows than the module knows. Returns what the
 * call must answer to that, whatever else is in it; 0 if it has to be looked at.
 */
static int spoil_size(__u32 size)
{
	int error = 0;

	argument.size = size;
	switch (below(40)) {
	case 0:
		argument.size = below(size);
		error = EINVAL;
		break;
	case 1:
		argument.size = 4097 + below(1 << 20);
		error = E2BIG;
		break;
	case 2:
		argument.size = size + 1 + below(4096 - size);
		argument.bytes[size + below(argument.size - size)] = 1;
		error = E2BIG;
		break;
	case 3:
		argument.size = size + 1 + below(4096 - size);
		break;
	}
	return error;
}

static void begin(void)
{
	memset(&argument, 0, sizeof(argument));
}

static bool numbers_agree(const struct bulkhead_admission *got,
			  const struct bulkhead_admission *expected)
{
	return !diverged("asked", got->asked, expected->asked) &&
	       !diverged("free", got->free, expected->free) &&
	       !diverged("total", got->total, expected->total) &&
	       !diverged("reserve", got->reserve, expected->reserve) &&
	       !diverged("guaranteed", got->guaranteed, expected->guaranteed) &&
	       !diverged("largest", got->largest, expected->largest);
}

/*
 * In a crowd nobody knows how much others have left: what was refused must be what the
 * numbers say.
 */
static bool refusal_adds_up(const struct bulkhead_admission *cpu,
			    const struct bulkhead_admission *memory, __u32 refused)
{
	const struct bulkhead_admission *both[] = { cpu, memory };
	const __u32 bits[] = { BULKHEAD_RESOURCE_CPU, BULKHEAD_RESOURCE_MEMORY };
	int i;

	answers++;
	refusals++;
	for (i = 0; i < 2; i++)
		if (diverged("refused", !!(refused & bits[i]), both[i]->asked > both[i]->largest) ||
		    diverged("the total", both[i]->total,
			     both[i]->reserve + both[i]->guaranteed + both[i]->free))
			return false;
	return !diverged("refused at all", !refused, false);
}

/* The parts of an answer that create and set have in common. */
static bool verdict_agrees(const struct model_verdict *verdict, int error,
			   const struct bulkhead_admission *cpu,
			   const struct bulkhead_admission *memory, __u32 refused, __u32 culprit)
{
	if (crowded && error == ENOSPC && !verdict->error)
		return refusal_adds_up(cpu, memory, refused);
	if (!agrees("the errno", error, verdict->error))
		return false;
	if (crowded && !error)
		return !diverged("refused", refused, 0);
	if (crowded && error == ENOSPC)
		return refusal_adds_up(cpu, memory, refused);
	if (error == EINVAL && verdict->culprits)
		return !diverged("the culprit, of those at fault", culprit & verdict->culprits,
				 culprit) && !diverged("a culprit", !culprit, 0);
	if (error && error != ENOSPC)
		return true;
	return !diverged("refused", refused, verdict->refused) &&
	       numbers_agree(cpu, &verdict->cpu) && numbers_agree(memory, &verdict->memory);
}

static struct handle *free_handle(void)
{
	int i;

	for (i = 0; i < HANDLES; i++)
		if (handles[i].fd < 0)
			return &handles[i];
	return NULL;
}

static struct handle *any_handle(void)
{
	unsigned int first = below(HANDLES), i;

	for (i = 0; i < HANDLES; i++)
		if (handles[(first + i) % HANDLES].fd >= 0)
			return &handles[(first + i) % HANDLES];
	return NULL;
}

static void hold(struct handle *handle, int fd, bool writable, struct model_partition *partition)
{
	*handle = (struct handle) { fd, writable, partition };
	partition->handles++;
	partition->writers += writable;
}

/* It has gone: by destroy, or as the last writable fd was closed. */
static void bury(struct model_partition *partition)
{
	int i;

	for (i = 0; i < CHILDREN; i++) {
		if (!children[i].pid || children[i].partition != partition)
			continue;
		reap(children[i].pid);
		children[i].pid = 0;
	}
	partition->alive = false;
	partition->tasks = 0;
}

static bool fuzz_create(void)
{
	struct bulkhead_create *arg = &argument.create;
	struct model_partition *partition = model_unused(&model);
	struct handle *handle = free_handle();
	bool writable = !one_in(16);
	struct model_verdict verdict;
	int error, flawed;

	begin();
	if (one_in(4))
		arg->flags = one_in(8) ? chance() : BULKHEAD_CREATE_DRY_RUN;
	else if (one_in(6))
		arg->flags = BULKHEAD_CREATE_KILL_ON_CLOSE;
	random_name(arg->name, stem);
	arg->mask = random_mask();
	random_settings(&arg->settings);
	if (one_in(40))
		((char *)&arg->fd)[below(4)] = 1;
	if (one_in(16))
		((char *)&arg->id)[below(sizeof(*arg) - offsetof(struct bulkhead_create, id))] = 1;
	if (!partition || !handle)
		arg->flags |= BULKHEAD_CREATE_DRY_RUN;
	verdict = model_create(&model, arg, writable);
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "create '%.63s' flags %#x mask %#x", arg->name,
		 arg->flags, arg->mask);

	error = call(writable ? dev : reader, BULKHEAD_CREATE, arg);
	if (flawed)
		return agrees("the errno", error, flawed);
	if (!verdict_agrees(&verdict, error, &arg->cpu, &arg->memory, arg->refused, arg->culprit))
		return false;
	if (error)
		return true;
	if (arg->flags & BULKHEAD_CREATE_DRY_RUN)
		return !diverged("the fd", arg->fd, -1) && !diverged("the id", arg->id, 0);
	if (diverged("a new id", arg->id > model.last_id, true))
		return false;
	model.last_id = arg->id;
	*partition = (struct model_partition) {
		.alive = true, .id = arg->id, .flags = arg->flags,
		.settings = model_merge(NULL, &arg->settings, arg->mask),
	};
	strcpy(partition->name, arg->name);
	hold(handle, arg->fd, true, partition);
	return true;
}

static bool fuzz_set(void)
{
	struct bulkhead_set *arg = &argument.set;
	struct handle *handle = any_handle();
	struct model_partition *partition;
	struct model_verdict verdict;
	int error, flawed;

	if (!handle)
		return true;
	partition = handle->partition;
	begin();
	if (one_in(4))
		arg->flags = one_in(8) ? chance() : BULKHEAD_SETTINGS_DRY_RUN;
	arg->mask = random_mask();
	random_settings(&arg->settings);
	if (one_in(16))
		((char *)&arg->cpu)[below(sizeof(*arg) - offsetof(struct bulkhead_set, cpu))] = 1;
	verdict = model_set(&model, partition, arg, handle->writable);
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "set '%s' flags %#x mask %#x", partition->name,
		 arg->flags, arg->mask);

	error = call(handle->fd, BULKHEAD_SET, arg);
	if (flawed)
		return agrees("the errno", error, flawed);
	if (!verdict_agrees(&verdict, error, &arg->cpu, &arg->memory, arg->refused, arg->culprit))
		return false;
	if (!error && !(arg->flags & BULKHEAD_SETTINGS_DRY_RUN))
		partition->settings = model_merge(partition, &arg->settings, arg->mask);
	return true;
}

static bool settings_agree(const struct bulkhead_settings *got,
			   const struct bulkhead_settings *expected)
{
	unsigned int i;

	for (i = 0; i < sizeof(*got) / 8; i++)
		if (diverged("a setting", ((const __u64 *)got)[i], ((const __u64 *)expected)[i]))
			return false;
	return true;
}

static bool get_agrees(const struct handle *handle)
{
	const struct model_partition *partition = handle->partition;
	struct bulkhead_get *arg = &argument.get;
	int error, flawed;

	begin();
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "get '%s'", partition->name);
	error = call(handle->fd, BULKHEAD_GET, arg);
	if (!agrees("the errno", error, flawed) || error)
		return error == flawed;
	return !diverged("the state", arg->state, partition->alive ? BULKHEAD_STATE_ACTIVE :
								     BULKHEAD_STATE_DEAD) &&
	       !diverged("the id", arg->id, partition->id) &&
	       !diverged("the name's difference", strcmp(arg->name, partition->name), 0) &&
	       !diverged("the flags", arg->flags, partition->flags) &&
	       settings_agree(&arg->settings, &partition->settings);
}

static bool fuzz_get(void)
{
	struct handle *handle = any_handle();

	return !handle || get_agrees(handle);
}

static __u64 most_held(const struct model_partition *partition)
{
	if (!partition->alive || partition->settings.memory_mode != BULKHEAD_MEMORY_RESERVE)
		return 0;
	/* And what one may have more, see LIMIT_RESERVE_SLACK. */
	return partition->settings.memory_guarantee + 2 * MIB;
}

static bool fuzz_stats(void)
{
	struct bulkhead_stats *arg = &argument.stats;
	struct handle *handle = any_handle();
	int error, flawed;

	if (!handle)
		return true;
	begin();
	arg->pad = one_in(40);
	flawed = arg->pad ? EINVAL : 0;
	flawed = spoil_size(sizeof(*arg)) ?: flawed;
	snprintf(last_call, sizeof(last_call), "stats '%s'", handle->partition->name);
	error = call(handle->fd, BULKHEAD_STATS, arg);
	if (!agrees("the errno", error, flawed) || error)
		return error == flawed;
	if (diverged("tasks", arg->tasks, handle->partition->tasks))
		return false;
	/* What a change leaves over is given back soon after it. */
	return !diverged("held as promised", EVENTUALLY(stats(handle->fd).memory_held <=
							most_held(handle->partition)), true);
}

static bool fuzz_open(void)
{
	struct bulkhead_open *arg = &argument.open;
	struct handle *handle = free_handle();
	struct model_partition *partition;
	bool writable = !one_in(8);
	int error, flawed, expected = 0;

	if (!handle)
		return true;
	begin();
	if (!one_in(4))
		arg->flags = one_in(20) ? chance() : BULKHEAD_OPEN_WRITE;
	if (one_in(3))
		arg->id = one_in(8) ? strange() | others :
				      model.partition[below(MODEL_PARTITIONS)].id;
	if (!arg->id || one_in(20))
		random_name(arg->name, stem);
	arg->pad = one_in(40);
	partition = arg->id ? model_find_id(&model, arg->id) : model_find(&model, arg->name);
	if (arg->flags & ~BULKHEAD_OPEN_WRITE || arg->pad)
		expected = EINVAL;
	else if (arg->flags && !writable)
		expected = EBADF;
	else if (!arg->id == !arg->name[0] || (arg->name[0] && !model_name_valid(arg->name)))
		expected = EINVAL;
	else if (!partition)
		expected = ENOENT;
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "open '%.63s' id %llu flags %#x", arg->name, arg->id,
		 arg->flags);
	error = call(writable ? dev : reader, BULKHEAD_OPEN, arg);
	if (!agrees("the errno", error, flawed ?: expected))
		return false;
	if (!error)
		hold(handle, arg->fd, arg->flags, partition);
	return true;
}

static bool fuzz_close(void)
{
	struct handle *handle = any_handle();
	struct model_partition *partition;

	if (!handle)
		return true;
	partition = handle->partition;
	snprintf(last_call, sizeof(last_call), "close of '%s'", partition->name);
	close(handle->fd);
	handle->fd = -1;
	partition->handles--;
	partition->writers -= handle->writable;
	if (!partition->alive || partition->writers || !handle->writable ||
	    !(partition->flags & BULKHEAD_CREATE_KILL_ON_CLOSE))
		return true;
	/* It goes by itself, and its name is the last of it. */
	bury(partition);
	if (diverged("vanished", EVENTUALLY(open_partition(partition->name, 0) == -ENOENT), true))
		return false;
	return !diverged("its name", EVENTUALLY(({
		struct bulkhead_create arg = create_arg(partition->name);

		arg.flags = BULKHEAD_CREATE_DRY_RUN;
		create(&arg) == 0; })), true);
}

static bool fuzz_destroy(void)
{
	struct bulkhead_destroy *arg = &argument.destroy;
	struct handle *handle = any_handle();
	struct model_partition *partition;
	int error, flawed, expected = 0;

	if (!handle)
		return true;
	partition = handle->partition;
	begin();
	if (!one_in(3))
		arg->flags = one_in(20) ? chance() : BULKHEAD_DESTROY_FORCE;
	if (arg->flags & ~BULKHEAD_DESTROY_FORCE)
		expected = EINVAL;
	else if (!handle->writable)
		expected = EBADF;
	else if (!partition->alive)
		expected = ENODEV;
	else if (partition->tasks && !arg->flags)
		expected = EBUSY;
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "destroy '%s' flags %#x", partition->name,
		 arg->flags);
	error = call(handle->fd, BULKHEAD_DESTROY, arg);
	if (!agrees("the errno", error, flawed ?: expected))
		return false;
	if (!error)
		bury(partition);
	return true;
}

/* Without the fds that it would keep partitions alive with. */
static int asleep(void *arg)
{
	int *gate = arg, i;

	for (i = 0; i < HANDLES; i++)
		if (handles[i].fd >= 0)
			close(handles[i].fd);
	if (write(gate[1], "", 1) != 1)
		return 1;
	for (;;)
		pause();
	return 0;
}

static pid_t new_child(void)
{
	int gate[2];
	pid_t pid;
	char byte;

	if (pipe2(gate, O_CLOEXEC))
		bail("pipe2: %s", strerror(errno));
	pid = spawn(asleep, gate);
	if (read(gate[0], &byte, 1) != 1)
		bail("no child");
	close(gate[0]);
	close(gate[1]);
	return pid;
}

static bool fuzz_attach(void)
{
	struct child *child = &children[below(CHILDREN)];
	struct bulkhead_attach *arg = &argument.attach;
	struct handle *handle = any_handle();
	struct model_partition *partition;
	int error, flawed, expected = 0;

	if (!handle)
		return true;
	partition = handle->partition;
	if (!child->pid)
		*child = (struct child) { .pid = new_child() };
	begin();
	arg->pid = child->pid;
	if (one_in(6))
		arg->start_time = start_time(child->pid) + one_in(2);
	if (arg->start_time && arg->start_time != start_time(child->pid))
		expected = ESRCH;
	else if (partition->settings.task_limit != BULKHEAD_UNLIMITED &&
		 child->partition != partition &&
		 partition->tasks + 1 > partition->settings.task_limit)
		expected = EAGAIN;
	if (one_in(10)) {
		static const struct { int pid, error; } others[] = {
			{ -1, EINVAL }, { -2147483647 - 1, EINVAL }, { 4194303, ESRCH },
			{ 1, EINVAL }, { 2, EINVAL },
		};
		unsigned int i = below(ARRAY_SIZE(others));

		arg->pid = others[i].pid;
		arg->start_time = 0;
		expected = others[i].error;
	}
	if (!handle->writable)
		expected = EBADF;
	else if (!partition->alive)
		expected = ENODEV;
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "attach %d to '%s'", arg->pid, partition->name);
	error = call(handle->fd, BULKHEAD_ATTACH, arg);
	if (!agrees("the errno", error, flawed ?: expected))
		return false;
	if (error)
		return true;
	if (child->partition)
		child->partition->tasks--;
	child->partition = partition;
	partition->tasks++;
	return true;
}

static bool fuzz_kill(void)
{
	static const __u32 signals[] = { 0, 65, 1U << 31, SIGKILL, SIGCONT, SIGCONT, 64 };
	struct bulkhead_kill *arg = &argument.kill;
	struct handle *handle = any_handle();
	struct model_partition *partition;
	int error, flawed, expected = 0, i;

	if (!handle)
		return true;
	partition = handle->partition;
	begin();
	arg->signal = PICK(signals);
	arg->count = one_in(40);
	if (arg->count)
		expected = EINVAL;
	else if (!handle->writable)
		expected = EBADF;
	else if (!partition->alive)
		expected = ENODEV;
	else if (arg->signal < 1 || arg->signal > 64)
		expected = EINVAL;
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "kill '%s' with %u", partition->name, arg->signal);
	error = call(handle->fd, BULKHEAD_KILL, arg);
	if (!agrees("the errno", error, flawed ?: expected))
		return false;
	if (error)
		return true;
	if (diverged("count", arg->count, arg->signal == SIGKILL ? 0 : partition->tasks))
		return false;
	if (arg->signal == SIGCONT)
		return true;
	/* They die of the others. */
	for (i = 0; i < CHILDREN; i++) {
		if (!children[i].pid || children[i].partition != partition)
			continue;
		if (diverged("how it died", reap(children[i].pid), 128 + arg->signal))
			return false;
		children[i].pid = 0;
		partition->tasks--;
	}
	return true;
}

static bool fuzz_cgroup(void)
{
	struct bulkhead_cgroup *arg = &argument.cgroup;
	struct handle *handle = any_handle();
	int error, flawed, expected = 0;

	if (!handle)
		return true;
	begin();
	arg->fd = one_in(20);
	if (arg->fd)
		expected = EINVAL;
	else if (!handle->writable)
		expected = EBADF;
	else if (!handle->partition->alive)
		expected = ENODEV;
	flawed = spoil_size(sizeof(*arg));
	snprintf(last_call, sizeof(last_call), "cgroup of '%s'", handle->partition->name);
	error = call(handle->fd, BULKHEAD_CGROUP, arg);
	if (!agrees("the errno", error, flawed ?: expected))
		return false;
	return error || !diverged("close", close(arg->fd), 0);
}

/* Commands that there are not, on either kind of fd, and pointers to nowhere. */
static bool fuzz_unknown(void)
{
	static const unsigned long partition_calls[] = {
		BULKHEAD_GET, BULKHEAD_SET, BULKHEAD_STATS, BULKHEAD_ATTACH, BULKHEAD_CGROUP,
		BULKHEAD_KILL, BULKHEAD_DESTROY,
	};
	static const unsigned long device_calls[] = {
		BULKHEAD_VERSION, BULKHEAD_CAPACITY, BULKHEAD_CREATE, BULKHEAD_OPEN, BULKHEAD_LIST,
	};
	static void * const nowhere[] = { NULL, (void *)-4096UL, (void *)1UL, (void *)(1UL << 62) };
	struct handle *handle = any_handle();
	unsigned long command;

	switch (below(3)) {
	case 0:
		command = PICK(partition_calls);
		snprintf(last_call, sizeof(last_call), "command %#lx on the device", command);
		return agrees("the errno", call(dev, command, &argument), ENOTTY);
	case 1:
		command = one_in(2) ? PICK(device_calls) :
			_IOWR(BULKHEAD_IOCTL, 0x20 + below(200), int);
		snprintf(last_call, sizeof(last_call), "command %#lx on a partition", command);
		return !handle || agrees("the errno", call(handle->fd, command, &argument), ENOTTY);
	default:
		command = PICK(device_calls);
		snprintf(last_call, sizeof(last_call), "command %#lx without an argument", command);
		return agrees("the errno", call(dev, command, PICK(nowhere)), EFAULT);
	}
}

/* --- looking ---------------------------------------------------------------- */

/* What holds whoever else is there. */
static bool capacity_adds_up(void)
{
	const struct bulkhead_capacity own = model_capacity(&model);
	const struct bulkhead_capacity got = capacity();

	return !diverged("enough CPU guaranteed", got.cpu_guaranteed >= own.cpu_guaranteed, true) &&
	       !diverged("enough memory guaranteed",
			 got.memory_guaranteed >= own.memory_guaranteed, true) &&
	       !diverged("cpu_total", got.cpu_total,
			 got.cpu_reserve + got.cpu_guaranteed + got.cpu_free) &&
	       !diverged("memory_total", got.memory_total,
			 got.memory_reserve + got.memory_guaranteed + got.memory_free) &&
	       !diverged("overcommitted", got.overcommitted, 0);
}

static bool capacity_agrees(void)
{
	const struct bulkhead_capacity expected = model_capacity(&model);
	const struct bulkhead_capacity got = capacity();

	if (crowded)
		return capacity_adds_up();
	return !diverged("partitions", got.partitions, expected.partitions) &&
	       !diverged("cpu_total", got.cpu_total, expected.cpu_total) &&
	       !diverged("cpu_reserve", got.cpu_reserve, expected.cpu_reserve) &&
	       !diverged("cpu_guaranteed", got.cpu_guaranteed, expected.cpu_guaranteed) &&
	       !diverged("cpu_free", got.cpu_free, expected.cpu_free) &&
	       !diverged("memory_total", got.memory_total, expected.memory_total) &&
	       !diverged("memory_reserve", got.memory_reserve, expected.memory_reserve) &&
	       !diverged("memory_overhead", got.memory_overhead, expected.memory_overhead) &&
	       !diverged("memory_guaranteed", got.memory_guaranteed, expected.memory_guaranteed) &&
	       !diverged("memory_free", got.memory_free, expected.memory_free) &&
	       !diverged("overcommitted", got.overcommitted, 0);
}

static bool listing_agrees(void)
{
	unsigned int seen = 0, i;
	__u64 last = 0;

	begin();
	argument.list.size = sizeof(argument.list);
	snprintf(last_call, sizeof(last_call), "list");
	for (;;) {
		if (!agrees("the errno", call(reader, BULKHEAD_LIST, &argument), 0))
			return false;
		if (!argument.list.count)
			break;
		for (i = 0; i < argument.list.count; i++) {
			const struct bulkhead_list_entry *entry = &argument.list.entries[i];
			const struct model_partition *partition = model_find_id(&model, entry->id);

			if (diverged("its order", entry->id > last, true))
				return false;
			last = entry->id;
			if (crowded && !partition)
				continue;
			if (diverged("a listed one", !!partition, true) ||
			    diverged("its name", strcmp(entry->name, partition->name), 0))
				return false;
			seen++;
		}
	}
	return !diverged("listed", seen, model_count(&model));
}

static bool top_agrees(void)
{
	snprintf(last_call, sizeof(last_call), "the top directory");
	return crowded ||
	       (!diverged("their number", knob_key(".", "cgroup.stat", "nr_descendants"),
			  model_count(&model)) &&
		!diverged("memory.min of all", knob_number(".", "memory.min"),
			  model_capacity(&model).memory_guaranteed));
}

static bool directories_agree(void)
{
	int i;

	if (!top_agrees())
		return false;
	for (i = 0; i < MODEL_PARTITIONS; i++) {
		const struct model_partition *partition = &model.partition[i];
		const struct bulkhead_settings *settings = &partition->settings;

		if (!partition->alive)
			continue;
		snprintf(last_call, sizeof(last_call), "the directory of %s", partition->name);
		if (diverged("memory.min", knob_number(partition->name, "memory.min"),
			     settings->memory_guarantee) ||
		    diverged("pids.current", knob_number(partition->name, "pids.current"),
			     partition->tasks) ||
		    diverged("memory.oom.group", knob_number(partition->name, "memory.oom.group"),
			     settings->oom_group))
			return false;
	}
	return true;
}

static bool everything_agrees(void)
{
	int i;

	for (i = 0; i < HANDLES; i++)
		if (handles[i].fd >= 0 && !get_agrees(&handles[i]))
			return false;
	return listing_agrees() && directories_agree();
}

/* --- a run ------------------------------------------------------------------ */

/* As often as they are listed. */
static bool (* const fuzz[])(void) = {
	fuzz_create, fuzz_create, fuzz_create, fuzz_create,
	fuzz_set, fuzz_set, fuzz_set, fuzz_set, fuzz_set, fuzz_set, fuzz_set, fuzz_set,
	fuzz_get, fuzz_get, fuzz_get, fuzz_get,
	fuzz_stats, fuzz_stats, fuzz_stats, fuzz_stats,
	fuzz_open, fuzz_open, fuzz_open, fuzz_open,
	fuzz_close, fuzz_close,
	fuzz_destroy, fuzz_attach, fuzz_attach, fuzz_kill, fuzz_cgroup, fuzz_cgroup,
	fuzz_unknown, fuzz_unknown, fuzz_unknown, fuzz_unknown,
};

void fuzz_begin(__u64 seed, const struct bulkhead_capacity *empty, const char *names)
{
	int i;

	chance_begin(seed);
	model_begin(&model, empty);
	crowded = names;
	stem = names ?: "p";
	others = crowded ? 1ULL << 48 : 0;
	reader = open(BULKHEAD_DEVICE, O_RDONLY | O_CLOEXEC);
	for (i = 0; i < HANDLES; i++)
		handles[i].fd = -1;
	memset(children, 0, sizeof(children));
	answers = 0;
	refusals = 0;
}

bool fuzz_run(unsigned int calls)
{
	unsigned int i;
	bool good = true;

	for (i = 0; i < calls && good; i++) {
		good = PICK(fuzz)();
		good = good && capacity_agrees();
		if (good && i % LOOK_EVERY == 0)
			good = everything_agrees();
	}
	if (!good)
		ktap_diag("in call %u", i - 1);
	return good && everything_agrees();
}

struct fuzz_tally fuzz_tally(void)
{
	const struct bulkhead_capacity own = model_capacity(&model);

	return (struct fuzz_tally) {
		answers, refusals, own.partitions, own.cpu_guaranteed, own.memory_guaranteed,
	};
}

void fuzz_end(void)
{
	int i;

	for (i = 0; i < HANDLES; i++)
		if (handles[i].fd >= 0)
			close(handles[i].fd);
	for (i = 0; i < CHILDREN; i++)
		if (children[i].pid)
			kill_and_reap(children[i].pid);
	close(reader);
}
