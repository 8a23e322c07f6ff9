// SPDX-License-Identifier: GPL-2.0
#include "heartbeat.h"

#include <sys/io.h>

#include "bench.h"

/* The MC146818: an index port, a data port, two of its registers. */
#define INDEX		0x70
#define DATA		0x71
#define REG_A		0x0a
#define REG_B		0x0b
#define RATE_MASK	0x0f
#define RATE_122US	0x03
#define PERIODIC	0x40

static unsigned char get(unsigned char reg)
{
	outb(reg, INDEX);
	return inb(DATA);
}

static void set(unsigned char reg, unsigned char value)
{
	outb(reg, INDEX);
	outb(value, DATA);
}

void heartbeat_start(void)
{
	require(!ioperm(INDEX, 2, 1), "ioperm");
	set(REG_A, (get(REG_A) & ~RATE_MASK) | RATE_122US);
	set(REG_B, get(REG_B) | PERIODIC);
	require(!ioperm(INDEX, 2, 0), "ioperm");
}
