// SPDX-License-Identifier: GPL-2.0
/* What the module says when it does not create or change a partition. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "settings.h"

static void append(char *text, size_t length, const char *format, ...) PRINTF(3, 4);

static void append(char *text, size_t length, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, length - used, format, args);
	va_end(args);
}

/* A change may take what is free on top of what the partition has. */
static void append_refusal(char *text, size_t length, const struct bulkhead_admission *numbers,
			   const char *asked, const char *(*amount)(uint64_t))
{
	append(text, length, "%s%s asked, ", *text ? "; " : "", asked);
	if (numbers->largest != numbers->free)
		append(text, length, "at most %s, ", amount(numbers->largest));
	append(text, length, "%s free (%s total, %s for the host, %s guaranteed)",
	       amount(numbers->free), amount(numbers->total), amount(numbers->reserve),
	       amount(numbers->guaranteed));
}

void refusal_text(char *text, size_t length, uint32_t refused,
		  const struct bulkhead_admission *cpu,
		  const struct bulkhead_admission *mem)
{
	*text = '\0';
	if (refused & BULKHEAD_RESOURCE_CPU)
		append_refusal(text, length, cpu, cpus(cpu->asked), number);
	if (refused & BULKHEAD_RESOURCE_MEMORY)
		append_refusal(text, length, mem, memory(mem->asked), size);
}

const char *guarantee_text(const struct bulkhead_settings *settings)
{
	static char text[128];

	if (!settings->cpu_guarantee && !settings->memory_guarantee)
		return "no guarantee";
	*text = '\0';
	if (settings->cpu_guarantee)
		append(text, sizeof(text), "%s", cpus(settings->cpu_guarantee));
	if (settings->memory_guarantee)
		append(text, sizeof(text), "%s%s", *text ? " and " : "",
		       memory(settings->memory_guarantee));
	return text;
}

/* Adds the guarantees that would have been admitted, as options or as pairs. */
static void append_largest(char *text, size_t length, const char *form, uint32_t mask,
			   uint32_t refused, const struct bulkhead_admission *cpu,
			   const struct bulkhead_admission *mem)
{
	if (mask & BULKHEAD_SET_CPU_GUARANTEE)
		append(text, length, form, "cpu", refused & BULKHEAD_RESOURCE_CPU ?
		       number(cpu->largest) : number(cpu->asked));
	if (mask & BULKHEAD_SET_MEMORY_GUARANTEE)
		append(text, length, form, "mem", refused & BULKHEAD_RESOURCE_MEMORY ?
		       size(mem->largest) : size(mem->asked));
}

static void hint_largest(const char *command, uint32_t refused,
			 const struct bulkhead_admission *cpu,
			 const struct bulkhead_admission *mem)
{
	if ((refused & BULKHEAD_RESOURCE_CPU && cpu->largest < BULKHEAD_CPU_MIN) ||
	    (refused & BULKHEAD_RESOURCE_MEMORY && !mem->largest))
		hint("nothing of it is left; 'bulkhead list' shows who holds what");
	else
		hint("'%s' would be admitted; 'bulkhead list' shows who holds what", command);
}

static bool below(uint64_t limit, uint64_t guarantee)
{
	return limit < guarantee;
}

/* Says what is wrong with the setting at fault. Returns the exit code. */
static int explain_culprit(int error, const char *what, const char *name,
			   uint32_t culprit, const struct bulkhead_settings *settings,
			   uint64_t missing)
{
	const char *key = bulkhead_setting_key(culprit);
	char value[BULKHEAD_TEXT_SIZE];

	bulkhead_setting_format(culprit, bulkhead_setting_value(settings, culprit), value);
	if (error == -EINVAL &&
	    culprit & (BULKHEAD_SET_CPU_GUARANTEE | BULKHEAD_SET_CPU_LIMIT) &&
	    below(settings->cpu_limit, settings->cpu_guarantee)) {
		complain("cannot %s '%s': the limit cpu-max %s is below the guarantee cpu %s",
			 what, name, number(settings->cpu_limit),
			 number(settings->cpu_guarantee));
		return EXIT_USAGE;
	}
	if (error == -EINVAL &&
	    culprit & (BULKHEAD_SET_MEMORY_GUARANTEE | BULKHEAD_SET_MEMORY_LIMIT) &&
	    below(settings->memory_limit, settings->memory_guarantee)) {
		complain("cannot %s '%s': the limit mem-max %s is below the guarantee mem %s",
			 what, name, size(settings->memory_limit),
			 size(settings->memory_guarantee));
		return EXIT_USAGE;
	}
	if (error == -EINVAL &&
	    culprit & (BULKHEAD_SET_MEMORY_GUARANTEE | BULKHEAD_SET_MEMORY_SOFT_LIMIT) &&
	    below(settings->memory_soft_limit, settings->memory_guarantee)) {
		complain("cannot %s '%s': the soft limit mem-high %s is below the guarantee mem %s",
			 what, name, size(settings->memory_soft_limit),
			 size(settings->memory_guarantee));
		return EXIT_USAGE;
	}
	if (error == -EINVAL &&
	    culprit & (BULKHEAD_SET_MEMORY_LIMIT | BULKHEAD_SET_MEMORY_SOFT_LIMIT) &&
	    below(settings->memory_limit, settings->memory_soft_limit)) {
		complain("cannot %s '%s': the soft limit mem-high %s is above the limit mem-max %s",
			 what, name, size(settings->memory_soft_limit),
			 size(settings->memory_limit));
		return EXIT_USAGE;
	}
	if (error == -EINVAL) {
		complain("cannot %s '%s': %s %s is out of range", what, name, key, value);
		return EXIT_USAGE;
	}
	if (error == -EOPNOTSUPP) {
		complain("cannot %s '%s': %s: this kernel accounts no swap", what, name, key);
		hint("boot with swapaccount=1, or leave it out");
	} else if (error == -EBUSY && culprit == BULKHEAD_SET_MEMORY_MODE) {
		complain("cannot %s '%s': %s of its reserve cannot be had: others hold the memory",
			 what, name, size(missing));
		hint("'bulkhead list --sort MEM.USE' shows what the partitions use, 'bulkhead ps' "
		     "and top(1) who; mem-mode=lend needs no free memory");
	} else if (error == -EINTR && culprit == BULKHEAD_SET_MEMORY_MODE) {
		complain("cannot %s '%s': interrupted while its reserve was being filled; "
			 "nothing was changed", what, name);
	} else if (error == -EBUSY) {
		complain("cannot %s '%s': its memory in use cannot be brought below %s %s",
			 what, name, key, value);
		hint("'bulkhead show %s' tells what it uses; nobody is killed to make it so", name);
	} else {
		complain("cannot %s '%s': the kernel refused %s %s: %s", what, name, key,
			 value, strerror(-error));
	}
	return exit_code(error);
}

int explain_create(int error, const struct bulkhead_create *create)
{
	const char *name = create->name;
	char text[512], command[256];

	if (error == -ENOSPC && create->refused) {
		refusal_text(text, sizeof(text), create->refused, &create->cpu, &create->memory);
		complain("cannot create '%s': %s", name, text);
		snprintf(command, sizeof(command), "bulkhead create %s", name);
		append_largest(command, sizeof(command), " --%s %s", create->mask,
			       create->refused, &create->cpu, &create->memory);
		hint_largest(command, create->refused, &create->cpu, &create->memory);
		return EXIT_REFUSED;
	}
	if (create->culprit)
		return explain_culprit(error, "create", name, create->culprit, &create->settings,
				       create->missing);
	if (error == -EEXIST) {
		complain("cannot create '%s': there is a partition of that name already", name);
		hint("'bulkhead set %s ...' changes it, 'bulkhead destroy %s' removes it", name,
		     name);
		return EXIT_FAILED;
	}
	if (error == -EUSERS) {
		complain("cannot create '%s': there are as many partitions as may be", name);
		hint("the module parameter partitions_max sets how many");
		return EXIT_FAILED;
	}
	return explain(error, "create '%s'", name);
}

int explain_set(int error, const char *name, const struct bulkhead_set *set,
		const struct bulkhead_settings *settings)
{
	char text[512], command[256];

	if (error == -ENOSPC && set->refused) {
		refusal_text(text, sizeof(text), set->refused, &set->cpu, &set->memory);
		complain("cannot change '%s': %s", name, text);
		snprintf(command, sizeof(command), "bulkhead set %s", name);
		append_largest(command, sizeof(command), " %s=%s", set->mask, set->refused,
			       &set->cpu, &set->memory);
		hint_largest(command, set->refused, &set->cpu, &set->memory);
		return EXIT_REFUSED;
	}
	if (set->culprit)
		return explain_culprit(error, "change", name, set->culprit, settings,
				       set->missing);
	return explain(error, "change '%s'", name);
}
