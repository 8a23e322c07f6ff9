# SPDX-License-Identifier: GPL-2.0
# make help lists the targets.

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
export PREFIX DESTDIR

kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR) $(KFLAGS)
release = $(or $(shell sed -n 's/.* UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null),$(shell uname -r))
depmod = $(if $(DESTDIR),,depmod $(release))

all: modules tools

help:
	@echo 'Build and install for the running kernel:'
	@echo '  make                 bulkhead.ko (KDIR=headers of another kernel) and the tools'
	@echo '  make install         both (PREFIX=$(PREFIX), DESTDIR=)'
	@echo '  make uninstall       undo make install'
	@echo '  make clean           remove what was built'
	@echo 'Test in a virtual machine, without root and without touching this system:'
	@echo '  make demo            see it work'
	@echo '  make check           every test'
	@echo '  make kunit           the tests of single files in a debug kernel'
	@echo '  make torture         everything at once, MINUTES=1 long (KERNEL=6.12, SEED=n repeats a run)'
	@echo '  make bench           measure'
	@echo '  make vm              a shell in a guest; SCRIPT=path runs that instead'
	@echo '                       (more: selftests/vm/vm.sh --help)'
	@echo '  make kernels         fetch the kernels that are tested on'
	@echo '  make debug-kernel    build the one that finds mistakes (about a quarter of an hour)'
	@echo '  make modules KERNEL=6.12   bulkhead.ko for one of them (KFLAGS=W=1 ...)'
	@echo '  make check-layers    no file includes a header of a higher layer'

# With KERNEL the module is built for one of the kernels of make kernels, otherwise for $(KDIR).
ifdef KERNEL
modules:
	@selftests/vm/module.sh $(KERNEL)
else
modules: headers
	+$(kbuild) modules
endif

headers:
	@[ -e $(KDIR)/Makefile ] || { \
		echo "no kernel headers in $(KDIR): apt install linux-headers-$$(uname -r)" >&2; exit 1; }

tools:
	$(MAKE) -C tools

# Distributions keep the key that they sign modules with: signing could only fail.
install: modules
	+$(kbuild) modules_install INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=extra CONFIG_MODULE_SIG_ALL=
	$(depmod)
	$(MAKE) -C tools install

# Unloading is the admin's decision: there may be partitions.
uninstall:
	rm -f $(DESTDIR)/lib/modules/$(release)/extra/kmod/bulkhead.ko*
	$(MAKE) -C tools uninstall
	-$(depmod)

clean:
	rm -rf build
	$(MAKE) -C tools clean
	+[ ! -e $(KDIR)/Makefile ] || $(kbuild) clean

kernels:
	@selftests/vm/kernels.sh

debug-kernel:
	@selftests/vm/kernels.sh debug

# The script's status is make's own (see exit_status.c), each make's in a file of its own.
ifneq ($(filter vm,$(MAKECMDGOALS)),)
-load build/exit_status.so

build/exit_status.so: selftests/vm/exit_status.c
	@selftests/vm/packages.sh
	@mkdir -p build
	@$(CC) -shared -fPIC -o $@.$$$$ $< && mv $@.$$$$ $@
endif

vm_status = build/vm/status.$(shell echo $$PPID)

vm-run:
	@mkdir -p build/vm
	@status=0; selftests/vm/vm.sh || status=$$?; echo $$status > build/vm/status.$$PPID

vm: vm-run
	@$(eval status := $(or $(shell cat $(vm_status); rm -f $(vm_status)),1))\
	$(exit_status $(status))exit $(status)

demo:
	@selftests/demo/demo.sh

check:
	@selftests/check.sh

kunit:
	@selftests/vm/vm.sh KERNEL=debug MODULE=0 TIMEOUT=600 SCRIPT=selftests/kunit/kunit.sh

torture:
	@selftests/torture/torture.sh

bench:
	@selftests/bench/bench.sh

check-layers:
	@selftests/static/check-layers.sh

.PHONY: all help modules headers tools install uninstall clean kernels debug-kernel vm vm-run demo check kunit torture bench check-layers
