// SPDX-License-Identifier: GPL-2.0
/*
 * Make the kernel store each change of its code twice, for guests whose CPUs QEMU emulates
 * in parallel. Tracepoints and static keys change the code of a running kernel.
 *
 * For a store to code, QEMU drops its translation of the old code and then stores the new.
 * A CPU that comes by in between translates the old code again, and keeps that for good:
 * usually the breakpoint that guards a change, which is an Oops afterwards (on 6.1 an
 * endless loop). The second store drops it, and finds the new code already in place.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

/* The arguments of __text_poke(). */
struct poke {
	unsigned long func;
	unsigned long addr;
	unsigned long src;
	unsigned long len;
};

static struct kretprobe probe;

static int remember(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct poke *poke = (struct poke *)instance->data;

	poke->func = regs->di;
	poke->addr = regs->si;
	poke->src = regs->dx;
	poke->len = regs->cx;
	return 0;
}

/* What src points to is the caller's, and the caller still holds text_mutex. */
static int repeat(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct poke *poke = (struct poke *)instance->data;
	void (*text_poke)(unsigned long func, unsigned long addr, unsigned long src,
			  unsigned long len) = (void *)probe.kp.addr;

	/* A probe that is hit from a handler is not run: this ends here. */
	text_poke(poke->func, poke->addr, poke->src, poke->len);
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "__text_poke",
	.entry_handler = remember,
	.handler = repeat,
	.data_size = sizeof(struct poke),
};

static int __init poke_twice_init(void)
{
	return register_kretprobe(&probe);
}
module_init(poke_twice_init);

static void __exit poke_twice_exit(void)
{
	unregister_kretprobe(&probe);
}
module_exit(poke_twice_exit);

MODULE_DESCRIPTION("Change code in a way that an emulated CPU cannot miss");
MODULE_LICENSE("GPL");
