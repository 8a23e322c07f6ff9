#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# In the guest: run the benchmarks named, one after the other.
set -eu

# The first seconds after boot still run boot work.
sleep 4

# What an earlier benchmark left to the module is being cleared away still.
unload() {
	until rmmod bulkhead 2>/dev/null; do
		sleep 0.1
	done
}

# A plain cgroup as deep as a partition, and a partition, in turn: with the module
# the second, without it the first only.
run_switch() {
	plain=/sys/fs/cgroup/plain/one
	echo '+cpu +memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
	mkdir -p $plain
	echo '+cpu +memory +pids' > /sys/fs/cgroup/plain/cgroup.subtree_control
	for _ in 1 2 3; do
		unload
		./switch switch plain $plain
		insmod /lib/modules/bulkhead.ko
		bulkhead create one >/dev/null
		./switch switch bulkhead /sys/fs/cgroup/bulkhead/one
		./switch switch-outside bulkhead $plain
		bulkhead destroy one >/dev/null
		unload
		./switch switch-outside plain $plain
		insmod /lib/modules/bulkhead.ko
	done
}

# As run_switch does: the plain one has no module in the kernel.
run_fault() {
	plain=/sys/fs/cgroup/plain/one
	echo '+cpu +memory +pids' > /sys/fs/cgroup/cgroup.subtree_control
	mkdir -p $plain
	echo '+cpu +memory +pids' > /sys/fs/cgroup/plain/cgroup.subtree_control
	for _ in 1 2 3; do
		unload
		./fault fault plain $plain
		./fault fault-reserve plain $plain
		insmod /lib/modules/bulkhead.ko
		bulkhead create one --mem 64M >/dev/null
		./fault fault bulkhead /sys/fs/cgroup/bulkhead/one
		bulkhead destroy one >/dev/null
		bulkhead create one --mem 64M --mem-mode reserve >/dev/null
		./fault fault-reserve bulkhead /sys/fs/cgroup/bulkhead/one
		bulkhead destroy one >/dev/null
	done
}

for bench; do
	case $bench in
	fault) run_fault ;;
	switch) run_switch ;;
	*) "./$bench" ;;
	esac
done
