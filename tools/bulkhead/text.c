// SPDX-License-Identifier: GPL-2.0
/* Amounts in prose. */
#include <string.h>

#include "cli.h"

/* One sentence has up to 16 amounts in it. */
static char *next_buffer(void)
{
	static char buffers[16][64];
	static unsigned int next;

	return buffers[next++ % ARRAY_SIZE(buffers)];
}

const char *number(uint64_t cpu)
{
	return bulkhead_format_cpu(cpu, next_buffer());
}

const char *size(uint64_t bytes)
{
	return bulkhead_format_memory(bytes, next_buffer());
}

const char *cpus(uint64_t cpu)
{
	char *text = next_buffer();

	bulkhead_format_cpu(cpu, text);
	return strcat(text, cpu == BULKHEAD_CPU ? " CPU" : " CPUs");
}

const char *memory(uint64_t bytes)
{
	char *text = next_buffer();

	bulkhead_format_memory(bytes, text);
	return strcat(text, " of memory");
}
