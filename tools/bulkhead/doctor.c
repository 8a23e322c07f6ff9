// SPDX-License-Identifier: GPL-2.0
/* bulkhead doctor: everything that has to be right, one line each. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "verbs.h"

enum level { LEVEL_OK, LEVEL_WARN, LEVEL_FAIL };

struct finding {
	enum level level;
	char text[PATH_MAX + 128];
	const char *next;	/* what to do, if it is not ok */
};

static void found(struct finding *finding, enum level level, const char *next,
		  const char *format, ...) PRINTF(4, 5);

static void found(struct finding *finding, enum level level, const char *next,
		  const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
	finding->level = level;
	finding->next = next;
}

/* Reads the first line, or up to @size bytes. Returns the length or -errno. */
static ssize_t read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		len = -errno;
	else
		text[len] = '\0';
	close(fd);
	return len;
}

static void check_kernel(struct finding *finding)
{
	struct utsname kernel = { 0 };
	int major = 0, minor = 0;

	uname(&kernel);
	if (sscanf(kernel.release, "%d.%d", &major, &minor) == 2 && major == 6 &&
	    (minor == 1 || minor == 12) && !strcmp(kernel.machine, "x86_64"))
		found(finding, LEVEL_OK, NULL, "%s %s", kernel.release, kernel.machine);
	else
		found(finding, LEVEL_WARN, "supported are 6.1 and 6.12 on x86_64",
		      "%s %s is not among those that are tested", kernel.release, kernel.machine);
}

static void check_module(struct finding *finding)
{
	char path[PATH_MAX];
	bool installed = module_installed(path, sizeof(path));

	if (module_loaded() && installed)
		found(finding, LEVEL_OK, NULL, "loaded; installed as %s", path);
	else if (module_loaded())
		found(finding, LEVEL_WARN, "'sudo make install' keeps it over a reboot",
		      "loaded, but not installed for this kernel");
	else if (installed)
		found(finding, LEVEL_FAIL, "sudo modprobe bulkhead; if it refuses, 'sudo dmesg' "
		      "says why", "not loaded, but installed as %s", path);
	else
		found(finding, LEVEL_FAIL, "in the source tree: make && sudo make install && "
		      "sudo modprobe bulkhead", "neither loaded nor installed for this kernel");
}

static void check_device(struct finding *finding)
{
	struct stat node;

	if (stat(BULKHEAD_DEVICE, &node))
		found(finding, LEVEL_FAIL, "it comes with the module; udev makes it",
		      BULKHEAD_DEVICE " is missing");
	else if (!S_ISCHR(node.st_mode))
		found(finding, LEVEL_FAIL, "remove it and load the module again",
		      BULKHEAD_DEVICE " is no device");
	else if (access(BULKHEAD_DEVICE, R_OK))
		found(finding, LEVEL_FAIL, "use sudo, or install the udev rule "
		      "60-bulkhead.rules", BULKHEAD_DEVICE " (mode %04o) is not readable for you",
		      node.st_mode & 07777);
	else if (node.st_mode & 0002)
		found(finding, LEVEL_WARN, "install the udev rule 60-bulkhead.rules",
		      BULKHEAD_DEVICE " (mode %04o) can be opened for writing by anybody",
		      node.st_mode & 07777);
	else
		found(finding, LEVEL_OK, NULL, BULKHEAD_DEVICE " (mode %04o), you may %s",
		      node.st_mode & 07777, access(BULKHEAD_DEVICE, W_OK) ? "ask" :
		      "ask and open it for changes");
}

static void check_abi(struct finding *finding)
{
	struct bulkhead_version version;
	int device = bulkhead_open(false), ret;

	if (device < 0) {
		found(finding, LEVEL_FAIL, "see above",
		      "not known, the device cannot be opened: %s", strerror(-device));
		return;
	}
	ret = bulkhead_version(device, &version);
	close(device);
	if (ret)
		found(finding, LEVEL_FAIL, "load the module again",
		      "the device does not answer: %s", strerror(-ret));
	else if (version.abi != BULKHEAD_ABI_VERSION)
		found(finding, LEVEL_FAIL, "install module and program from the same version",
		      "the module %.32s speaks ABI %u, this program ABI %u", version.module,
		      version.abi, BULKHEAD_ABI_VERSION);
	else
		found(finding, LEVEL_OK, NULL, "module %.32s and program " BULKHEAD_CLI_VERSION
		      " speak ABI %u", version.module, version.abi);
}

static void check_pressure(struct finding *finding)
{
	char text[128];
	ssize_t len = read_file("/proc/pressure/cpu", text, sizeof(text));

	if (len > 0)
		found(finding, LEVEL_OK, NULL, "pressure stall information (PSI) is on");
	else
		found(finding, LEVEL_FAIL, "boot with psi=1",
		      "pressure stall information (PSI) is off");
}

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *p = text;

	while ((p = strstr(p, word))) {
		if ((p == text || p[-1] == ' ') && (p[length] == ' ' || p[length] == '\n' ||
						    !p[length]))
			return true;
		p += length;
	}
	return false;
}

static void check_cgroup(struct finding *finding)
{
	static const char * const needed[] = { "cpu", "memory", "pids" };
	char text[512];
	struct statfs fs;
	size_t i;

	if (statfs("/sys/fs/cgroup", &fs) || fs.f_type != CGROUP2_SUPER_MAGIC) {
		found(finding, LEVEL_FAIL, "boot with systemd.unified_cgroup_hierarchy=1",
		      "/sys/fs/cgroup is not cgroup v2");
		return;
	}
	if (read_file("/sys/fs/cgroup/cgroup.controllers", text, sizeof(text)) < 0)
		*text = '\0';
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!has_word(text, needed[i])) {
			found(finding, LEVEL_FAIL, "is it disabled by cgroup_disable= at boot, or "
			      "used by a cgroup v1 mount?", "cgroup v2 has no controller '%s'",
			      needed[i]);
			return;
		}
	}
	found(finding, LEVEL_OK, NULL, "cgroup v2 with cpu, memory and pids");
}

static void check_secure_boot(struct finding *finding)
{
	char variable[16], lockdown[64];
	ssize_t len;
	bool secure, locked;

	/* Four bytes of attributes, then the value. */
	len = read_file("/sys/firmware/efi/efivars/"
			"SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
			variable, sizeof(variable));
	secure = len >= 5 && variable[4] == 1;
	len = read_file("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	locked = len > 0 && !strstr(lockdown, "[none]");
	if (!secure && !locked)
		found(finding, LEVEL_OK, NULL, "neither Secure Boot nor lockdown is on");
	else if (module_loaded())
		found(finding, LEVEL_OK, NULL, "%s is on, and the module was accepted",
		      secure ? "Secure Boot" : "lockdown");
	else
		found(finding, LEVEL_WARN, "sign it (DKMS does) and enroll the key: sudo mokutil "
		      "--import /var/lib/dkms/mok.pub, reboot, Enroll MOK",
		      "%s is on: only a signed module loads", secure ? "Secure Boot" : "lockdown");
}

static void check_right(struct finding *finding)
{
	char line[256];
	unsigned long long caps = 0;
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %llx", &caps) == 1)
			break;
	if (file)
		fclose(file);
	if (caps & 1ULL << 21)	/* CAP_SYS_ADMIN */
		found(finding, LEVEL_OK, NULL, "you may change partitions (CAP_SYS_ADMIN)");
	else
		found(finding, LEVEL_OK, NULL, "you may ask; changes need root (sudo)");
}

static const struct {
	const char *name;
	void (*check)(struct finding *finding);
} checks[] = {
	{ "kernel", check_kernel },
	{ "psi", check_pressure },
	{ "cgroup", check_cgroup },
	{ "secure boot", check_secure_boot },
	{ "module", check_module },
	{ "device", check_device },
	{ "abi", check_abi },
	{ "rights", check_right },
};

static void print_finding(const char *name, const struct finding *finding)
{
	static const struct {
		const char *word;
		enum colour colour;
	} levels[] = {
		[LEVEL_OK] = { "ok", COLOUR_GREEN },
		[LEVEL_WARN] = { "warn", COLOUR_YELLOW },
		[LEVEL_FAIL] = { "FAIL", COLOUR_RED },
	};

	printf("%s%-4s%s  %-11s  %s", colour_on(stdout, levels[finding->level].colour),
	       levels[finding->level].word, colour_off(stdout), name, finding->text);
	if (finding->next)
		printf(" -> %s", finding->next);
	putchar('\n');
}

static int run(int argc, char **argv)
{
	static const struct option options[] = { COMMON_OPTIONS };
	struct finding finding;
	int option, failed = 0;
	size_t i;

	option = next_option(argc, argv, ":h", options);
	if (option != -1)
		return option_exit(option);
	if (optind < argc)
		return usage_error("doctor: '%s' is one argument too many", argv[optind]);
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		checks[i].check(&finding);
		print_finding(checks[i].name, &finding);
		failed += finding.level == LEVEL_FAIL;
	}
	return failed ? EXIT_FAILED : EXIT_OK;
}

const struct verb doctor_verb = {
	.name = "doctor",
	.summary = "check everything that Bulkhead needs, and tell the next step",
	.help =
	"Examples:\n"
	"  bulkhead doctor\n"
	"\n"
	"Usage: bulkhead doctor\n"
	"One line for each check: ok, warn or FAIL, and the next step. The exit code is 0\n"
	"only when nothing failed.\n",
	.run = run,
};
