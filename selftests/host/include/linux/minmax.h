/* SPDX-License-Identifier: GPL-2.0 */
#ifndef HOST_LINUX_MINMAX_H
#define HOST_LINUX_MINMAX_H

/* Like the kernel's, min() and so on refuse to compare different types. */
#define host_same_type(a, b) \
	_Static_assert(__builtin_types_compatible_p(__typeof__(a), __typeof__(b)), \
		       "min or max of different types")

#define host_choose(a, op, b) ({					\
	__typeof__(a) host_a = (a);					\
	__typeof__(b) host_b = (b);					\
									\
	host_same_type(host_a, host_b);					\
	host_a op host_b ? host_a : host_b; })

#define min(a, b)	host_choose(a, <, b)
#define max(a, b)	host_choose(a, >, b)
#define clamp(x, lo, hi)	min(max(x, lo), hi)

#define host_choose_t(type, a, op, b) ({				\
	type host_a = (a), host_b = (b);				\
									\
	host_a op host_b ? host_a : host_b; })

#define min_t(type, a, b)	host_choose_t(type, a, <, b)
#define max_t(type, a, b)	host_choose_t(type, a, >, b)

#define clamp_t(type, x, lo, hi) ({					\
	type host_x = (x), host_lo = (lo), host_hi = (hi);		\
									\
	host_x < host_lo ? host_lo : host_x > host_hi ? host_hi : host_x; })

#define swap(a, b) ({							\
	__typeof__(a) host_a = (a);					\
									\
	(a) = (b);							\
	(b) = host_a; })

#endif
