// SPDX-License-Identifier: GPL-2.0
/*
 * bulkhead_kunit.ko: the pure and the object layer once more, with their tests, apart from
 * the module itself, which may be loaded or not.
 */
#include <linux/module.h>

#include "errand.h"
#include "kunit_ktap.h"

unsigned long long ktap_seed = 1;
module_param_named(seed, ktap_seed, ullong, 0444);
MODULE_PARM_DESC(seed, "of the random numbers of the tests (default 1)");

unsigned int host_warnings_expected;

static int __init bulkhead_kunit_init(void)
{
	return errand_init();
}
module_init(bulkhead_kunit_init);

static void __exit bulkhead_kunit_exit(void)
{
	errand_drain();
	errand_exit();
}
module_exit(bulkhead_kunit_exit);

MODULE_DESCRIPTION("Tests of Bulkhead's pure and object layers");
MODULE_LICENSE("GPL");
