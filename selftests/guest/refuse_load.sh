#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck disable=SC2317 # functions are called by check
# A kernel that lacks something the module needs, booted with psi=0 and the module not
# loaded: insmod fails, says what to do in the log, and leaves nothing behind.

cd "${0%/*}" || exit 1
. ./ktap.sh

# refused WORD...: the load fails and the log names each.
refused() {
	dmesg -c >/dev/null
	! insmod /lib/modules/bulkhead.ko 2>/dev/null || return 1
	dmesg | grep 'bulkhead: ' >/tmp/refusal || return 1
	for word; do
		grep -q -e "$word" /tmp/refusal || {
			diagnose </tmp/refusal
			return 1
		}
	done
	[ ! -e /dev/bulkhead ] && [ ! -e /proc/bulkhead ] && [ ! -e /sys/fs/cgroup/bulkhead ]
}

# A controller that is in use on cgroup v1 is not on v2.
controller_on_v1() {
	mkdir -p /tmp/v1
	mount -t cgroup -o pids none /tmp/v1 || return 1
	refused 'pids controller' 'load again'
	status=$?
	umount /tmp/v1
	return "$status"
}

reserve_too_large() {
	! insmod /lib/modules/bulkhead.ko host_cpu_reserve=999000000 2>/dev/null &&
		dmesg | grep -q 'bulkhead: host_cpu_reserve=999000000 is more than'
}

plan 3
check "a reserve above the machine" reserve_too_large
check "a controller on cgroup v1" controller_on_v1
check "PSI off" refused 'psi=1' 'load again'
ktap_exit
