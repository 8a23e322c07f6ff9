#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck disable=SC2317 # functions are called by check
# Loading and unloading the module: refused while in use, without a trace after,
# twenty times over; parameters.

cd "${0%/*}" || exit 1
. ./ktap.sh

module=/lib/modules/bulkhead.ko
top=/sys/fs/cgroup/bulkhead

loaded() { [ -d /sys/module/bulkhead ]; }

# Everything that a loaded module shows, or nothing of it.
all_there() {
	loaded && [ -c /dev/bulkhead ] && [ -r /proc/bulkhead/partitions ] && [ -d "$top" ] &&
		bulkhead version >/dev/null
}

nothing_there() {
	! loaded && [ ! -e /dev/bulkhead ] && [ ! -e /proc/bulkhead ] && [ ! -e "$top" ]
}

# rmmod must fail, and leave all as it was.
rmmod_refused() {
	! rmmod bulkhead 2>/tmp/load.error || return 1
	grep -qi -e 'temporarily' -e 'in use' -e 'busy' /tmp/load.error || {
		diagnose </tmp/load.error
		return 1
	}
	all_there
}

clean_unload() { rmmod bulkhead && nothing_there; }
clean_load() { insmod "$module" && all_there; }

# The admin may remove it as long as it is empty: then either create makes it again or
# it fails, and a reload repairs it.
survives_rmdir() {
	rmdir "$top" 2>/dev/null
	bulkhead create -q a 2>/dev/null && bulkhead destroy -q a
	clean_unload && clean_load
}

twenty_times() {
	for _ in $(seq 20); do
		clean_load || return 1
		bulkhead create -q once --cpu 0.1 --mem 1M || return 1
		bulkhead run once -- true || return 1
		bulkhead destroy -q once || return 1
		clean_unload || return 1
	done
}

# insmod with a bad parameter fails, and the last line of the log tells why.
refused_because() {
	why=$1
	shift
	! insmod "$module" "$@" 2>/dev/null || {
		rmmod bulkhead
		return 1
	}
	nothing_there || return 1
	dmesg | tail -n 3 | grep -q "bulkhead.*$why" || {
		dmesg | tail -n 3 | diagnose
		return 1
	}
}

parameters_described() {
	# busybox's modinfo knows only modules that depmod has seen.
	tr '\0' '\n' <"$module" >/tmp/load.info
	for name in host_cpu_reserve host_memory_reserve partitions_max; do
		grep -aq "^parm=$name:.*(.*)" /tmp/load.info || {
			echo "#   $name is not described with its unit"
			return 1
		}
	done
}

reserves_taken() {
	insmod "$module" host_cpu_reserve=250000 host_memory_reserve=268435456 || return 1
	grep -q '^cpu_reserve_ucpu: 250000$' /proc/bulkhead/capacity || return 1
	total=$(sed -n 's/^memory_reserve_bytes: //p' /proc/bulkhead/capacity)
	overhead=$(sed -n 's/^memory_overhead_bytes: //p' /proc/bulkhead/capacity)
	[ $((total - overhead)) -eq 268435456 ]
}

# With what the CPUs keep in lists of their own, and with files.
free_bytes() {
	awk '/nr_free_pages|nr_file_pages|count:/ { sum += $2 } END { print sum * 4096 }' /proc/zoneinfo
}

# With reserves held it is in use; when they are gone the memory is there again.
reserves_given_back() {
	before=$(free_bytes)
	bulkhead create -q a --mem 40M --mem-mode reserve &&
		bulkhead create -q b --mem 40M --mem-mode reserve || return 1
	[ $((before - $(free_bytes))) -ge 75000000 ] || return 1
	rmmod_refused || return 1
	bulkhead destroy -q a && bulkhead destroy -q b && clean_unload && clean_load || return 1
	for _ in $(seq 100); do
		[ $((before - $(free_bytes))) -gt 4194304 ] || return 0
		sleep 0.1
	done
	echo "#   free before $before, after $(free_bytes)"
	return 1
}

# The first is admitted, the second is one too many, and after its end another fits.
most_partitions() {
	echo 1 >/sys/module/bulkhead/parameters/partitions_max || return 1
	bulkhead create -q a || return 1
	! bulkhead create -q b 2>/tmp/load.error || return 1
	bulkhead destroy -q a && bulkhead create -q b && bulkhead destroy -q b
}

plan 18
loaded || insmod "$module"

bulkhead create -q alive
check "rmmod is refused with a partition alive" rmmod_refused
bulkhead run alive -- sleep 1000 &
check "rmmod is refused with a task in it" rmmod_refused
bulkhead destroy -q --force alive
wait
exec 3</dev/bulkhead
check "rmmod is refused while the device is open" rmmod_refused
exec 3<&-
check "rmmod works after the last is gone, and leaves nothing" clean_unload
check "insmod brings everything back" clean_load
check "the top directory removed by hand is no disaster" survives_rmdir
check "insmod a second time is refused" sh -c "! insmod $module 2>/dev/null"
check "rmmod is refused with reserves held, and all comes back" reserves_given_back
clean_unload
check "twenty times" twenty_times

mkdir "$top"
check "an empty directory that is there already is taken" clean_load
check "and removed at the end" clean_unload

check "parameters are described with their units" parameters_described
check "a CPU reserve above all CPUs is refused" \
	refused_because host_cpu_reserve=999999999 host_cpu_reserve=999999999
check "a memory reserve above all memory is refused" \
	refused_because host_memory_reserve=99999999999999 host_memory_reserve=99999999999999
check "a parameter that is no number is refused" \
	refused_because 'invalid for parameter' host_cpu_reserve=abc
check "reserves are taken" reserves_taken
check "partitions_max is obeyed, and can be changed live" most_partitions
rmmod bulkhead
check "the default comes back" clean_load
ktap_exit
