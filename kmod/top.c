// SPDX-License-Identifier: GPL-2.0
/*
 * The top cgroup.
 */
#include "top.h"

#include <linux/cache.h>
#include <linux/cgroup.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "cgroup_dir.h"

static struct cgroup_dir top;
struct cgroup *top_cgroup __read_mostly;

static const struct {
	const char *name;
	const char *hint;
} controllers[] = {
	{ "cpu", "move it off cgroup v1" },
	{ "memory", "move it off cgroup v1 and boot without cgroup_disable=memory" },
	{ "pids", "move it off cgroup v1 and boot without cgroup_disable=pids" },
};

/* Is @word one of the blank-separated words of @text? */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *at;

	for (at = strstr(text, word); at; at = strstr(at + 1, word))
		if ((at == text || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' ' || at[length] == '\n'))
			return true;
	return false;
}

static int check_controllers(void)
{
	char available[256];
	size_t i;
	int err;

	err = cgroup_dir_read(cgroup_mount_root(), "cgroup.controllers",
			      available, sizeof(available));
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(controllers); i++) {
		if (has_word(available, controllers[i].name))
			continue;
		pr_err("the %s controller is not on cgroup v2; %s (systemd.unified_cgroup_hierarchy=1) and load again\n",
		       controllers[i].name, controllers[i].hint);
		return -EOPNOTSUPP;
	}
	return 0;
}

/*
 * Enabled for the children of the root, so that the top has them, and by the top
 * for its own children: what a child has enabled, systemd cannot take away from
 * the parent when it rewrites the root's subtree_control.
 */
static int enable_controllers(const struct cgroup_dir *dir)
{
	return cgroup_dir_write(dir, "cgroup.subtree_control", "+cpu +memory +pids");
}

/* A directory that another instance left behind is taken over if it is empty. */
static int make_top(void)
{
	int err = cgroup_dir_create(&top, cgroup_mount_root(), TOP_PATH);

	if (err != -EEXIST)
		return err;
	err = cgroup_dir_adopt(&top, cgroup_mount_root(), TOP_PATH);
	if (err)
		return err;
	err = cgroup_dir_remove(&top, cgroup_mount_root());
	cgroup_dir_put(&top);
	if (err) {
		pr_err("cgroup %s exists and has tasks in it; move them away and load again\n",
		       TOP_PATH);
		return err;
	}
	return cgroup_dir_create(&top, cgroup_mount_root(), TOP_PATH);
}

int top_init(void)
{
	int err;

	err = check_controllers();
	if (err)
		return err;
	err = enable_controllers(cgroup_mount_root());
	if (err) {
		pr_err("cannot enable the cpu, memory and pids controllers in the root cgroup: error %d\n",
		       err);
		return err;
	}
	err = make_top();
	if (err)
		return err;

	/* PSI is where the demand of a partition is read. */
	if (!top.cgroup->psi) {
		pr_err("pressure stall information (PSI) is off; boot with psi=1 and load again\n");
		err = -EOPNOTSUPP;
		goto remove;
	}
	err = enable_controllers(&top);
	if (err) {
		pr_err("cannot enable the controllers in cgroup %s: error %d\n", TOP_PATH, err);
		goto remove;
	}
	top_cgroup = top.cgroup;
	return 0;

remove:
	cgroup_dir_remove(&top, cgroup_mount_root());
	cgroup_dir_put(&top);
	return err;
}

void top_exit(void)
{
	int err = cgroup_dir_remove(&top, cgroup_mount_root());

	if (err)
		pr_warn("cgroup %s stays behind: there are foreign tasks in it (error %d)\n",
			TOP_PATH, err);
	cgroup_dir_put(&top);
}

const struct cgroup_dir *top_dir(void)
{
	return &top;
}
