// SPDX-License-Identifier: GPL-2.0
/* bulkhead capacity */
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "verbs.h"

#define LINE		"%-7s %9s %9s %10s %9s"
#define BAR_WIDTH	24

/* One resource, in its own unit. */
struct resource {
	uint64_t total, reserve, guaranteed, free;
};

/* Tells the share of @part, and no less than one place for what there is. */
static unsigned int places(uint64_t part, uint64_t total)
{
	unsigned int places = (__uint128_t)part * BAR_WIDTH / (total ? total : 1);

	if (!places && part)
		places = 1;
	return places > BAR_WIDTH ? BAR_WIDTH : places;
}

static void print_bar(const struct resource *resource)
{
	unsigned int host = places(resource->reserve, resource->total);
	unsigned int held = places(resource->guaranteed, resource->total);
	unsigned int i;

	printf("  [%s", colour_on(stdout, COLOUR_YELLOW));
	for (i = 0; i < host; i++)
		putchar('h');
	printf("%s%s", colour_off(stdout), colour_on(stdout, COLOUR_GREEN));
	for (; i < host + held && i < BAR_WIDTH; i++)
		putchar('#');
	fputs(colour_off(stdout), stdout);
	for (; i < BAR_WIDTH; i++)
		putchar('.');
	putchar(']');
}

static void print_resource(const char *name, const struct resource *resource,
			   const char *(*text)(uint64_t))
{
	printf(LINE, name, text(resource->total), text(resource->reserve),
	       text(resource->guaranteed), text(resource->free));
	if (isatty(STDOUT_FILENO))
		print_bar(resource);
	putchar('\n');
}

static void print_capacity(const struct bulkhead_capacity *c, const struct resource *cpu,
			   const struct resource *mem)
{
	printf(LINE "\n", "", "TOTAL", "HOST", "GUARANTEED", "FREE");
	print_resource("cpu", cpu, number);
	print_resource("memory", mem, size);
	printf("%u partition%s; the host's memory includes %s of bookkeeping\n", c->partitions,
	       c->partitions == 1 ? "" : "s", size(c->memory_overhead));
	if (c->memory_held)
		printf("%s of memory are held ready as reserves; the kernel shows them as used\n",
		       size(c->memory_held));
	if (c->overcommitted)
		printf("%swarning:%s more %s is promised than there is, since some went offline\n",
		       colour_on(stdout, COLOUR_RED), colour_off(stdout),
		       c->overcommitted == BULKHEAD_RESOURCE_CPU ? "CPU" :
		       c->overcommitted == BULKHEAD_RESOURCE_MEMORY ? "memory" :
								      "CPU and memory");
}

static void print_json(const struct bulkhead_capacity *c, const struct resource *cpu,
		       const struct resource *mem)
{
	struct json json;

	json_begin(&json, stdout);
	json_count(&json, "partitions", c->partitions);
	json_open(&json, "cpu", '{');
	json_cpus(&json, "total_cpus", cpu->total);
	json_cpus(&json, "reserve_cpus", cpu->reserve);
	json_cpus(&json, "guaranteed_cpus", cpu->guaranteed);
	json_cpus(&json, "free_cpus", cpu->free);
	json_bool(&json, "overcommitted", c->overcommitted & BULKHEAD_RESOURCE_CPU);
	json_close(&json, '}');
	json_open(&json, "memory", '{');
	json_bytes(&json, "total_bytes", mem->total);
	json_bytes(&json, "reserve_bytes", mem->reserve);
	json_bytes(&json, "overhead_bytes", c->memory_overhead);
	json_bytes(&json, "guaranteed_bytes", mem->guaranteed);
	json_bytes(&json, "free_bytes", mem->free);
	json_bytes(&json, "held_bytes", c->memory_held);
	json_bool(&json, "overcommitted", c->overcommitted & BULKHEAD_RESOURCE_MEMORY);
	json_close(&json, '}');
	json_end(&json);
}

static int do_capacity(bool json)
{
	struct bulkhead_capacity c;
	struct resource cpu, mem;
	int device, ret;

	device = device_open(false);
	if (device < 0)
		return -device;
	ret = bulkhead_capacity(device, &c);
	close(device);
	if (ret)
		return explain(ret, "read the capacity");
	cpu = (struct resource){ c.cpu_total, c.cpu_reserve, c.cpu_guaranteed, c.cpu_free };
	mem = (struct resource){ c.memory_total, c.memory_reserve, c.memory_guaranteed,
				 c.memory_free };
	if (json)
		print_json(&c, &cpu, &mem);
	else
		print_capacity(&c, &cpu, &mem);
	return EXIT_OK;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'J' },
		COMMON_OPTIONS
	};
	bool json = false;
	int option;

	while ((option = next_option(argc, argv, ":Jh", options)) != -1) {
		if (option != 'J')
			return option_exit(option);
		json = true;
	}
	if (optind < argc)
		return usage_error("capacity: '%s' is one argument too many", argv[optind]);
	return do_capacity(json);
}

const struct verb capacity_verb = {
	.name = "capacity",
	.summary = "what there is, is kept for the host, is guaranteed and is free",
	.help =
	"Examples:\n"
	"  bulkhead capacity\n"
	"  bulkhead capacity -J | jq .memory.free_bytes\n"
	"\n"
	"Usage: bulkhead capacity [-J]\n"
	"  -J, --json       JSON\n"
	"\n"
	"On a terminal, bars show the host's reserve (h), what is guaranteed (#) and what\n"
	"is free (.).\n",
	.run = run,
};
