#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the guest: one server, two applications. A database that was promised 1.5 CPUs
# and 300 MiB, and a neighbour that has never heard of manners.
set -eu

cpu=1.5
mem=300
seconds=5

say() {
	printf '%s\n' "$*"
}

# CPU time that a cgroup has used, in microseconds.
usage() {
	awk '$1 == "usage_usec" { print $2 }' "$1/cpu.stat"
}

uptime_us() {
	awk '{ printf "%d\n", $1 * 1000000 }' /proc/uptime
}

# CPUs that a cgroup gets over some seconds.
cpus_of() {
	local used started
	used=$(usage "$1")
	started=$(uptime_us)
	sleep $seconds
	awk -v used=$(($(usage "$1") - used)) -v time=$(($(uptime_us) - started)) \
		'BEGIN { printf "%.2f\n", used / time }'
}

oom_kills() {
	awk '$1 == "oom_kill" { print $2 }' /proc/vmstat
}

# Wait until the memory is full, which is when somebody is killed; at most 30 s.
wait_for_oom() {
	local before end
	before=$(oom_kills)
	end=$((SECONDS + 30))
	until [ "$(oom_kills)" -gt "$before" ] || [ $SECONDS -ge $end ]; do
		sleep 0.2
	done
	# And some more of the same.
	sleep 2
}

memory_of() {
	echo $(($(cat "$1/memory.current") >> 20))
}

# The database fills its memory before it opens; at most 60 s.
wait_for_database() {
	local end=$((SECONDS + 60))
	until [ "$(memory_of "$1")" -ge $mem ] || [ $SECONDS -ge $end ]; do
		sleep 0.2
	done
}

# The story: $1 is the directory with the cgroups, the rest is what starts a command in
# one of them. Leaves its figures in the variables got_*.
story() {
	local cgroups=$1
	shift
	"$@" db ./load database 2 $mem &
	wait_for_database "$cgroups/db"
	say "  the database has its $(memory_of "$cgroups/db")M and spins on two threads"
	"$@" neighbour ./load spinners 8 &
	"$@" neighbour ./load bomb 400 &
	sleep 2
	say "  the neighbour starts 8 spinners and a fork bomb: measuring for $seconds s"
	got_cpu=$(cpus_of "$cgroups/db")
	got_tasks=$(cat "$cgroups/neighbour/pids.current")
	echo 1 > "$cgroups/neighbour/cgroup.kill"
	say "  the neighbour stops that and hoards all the memory there is"
	"$@" neighbour ./load hoard 1200 &
	wait_for_oom
	got_mem=$(memory_of "$cgroups/db")
}

in_cgroup() {
	local name=$1
	shift
	echo $BASHPID > "/sys/fs/cgroup/plain/$name/cgroup.procs"
	echo 0 > /proc/self/oom_score_adj
	exec "$@"
}

in_partition() {
	local name=$1
	shift
	echo 0 > /proc/self/oom_score_adj
	exec bulkhead run "$name" -- "$@"
}

plain_story() {
	mkdir -p /sys/fs/cgroup/plain/db /sys/fs/cgroup/plain/neighbour
	echo '+cpu +memory +pids' > /sys/fs/cgroup/plain/cgroup.subtree_control
	story /sys/fs/cgroup/plain in_cgroup
	echo 1 > /sys/fs/cgroup/plain/cgroup.kill
	wait
	for cgroup in plain/db plain/neighbour plain; do
		until rmdir /sys/fs/cgroup/$cgroup 2>/dev/null; do
			sleep 0.2
		done
	done
}

bulkhead_story() {
	say "  # bulkhead create db --cpu $cpu --mem ${mem}M"
	bulkhead create db --cpu $cpu --mem ${mem}M | sed 's/^/  /'
	say "  # bulkhead create neighbour --mem-max 350M --tasks-max 100"
	bulkhead create neighbour --mem-max 350M --tasks-max 100 | sed 's/^/  /'
	say "  # bulkhead create greedy --cpu 1"
	bulkhead create greedy --cpu 1 2>&1 | sed 's/^/  /' || true
	story /sys/fs/cgroup/bulkhead in_partition
	say
	say "# cat /proc/bulkhead/partitions"
	cat /proc/bulkhead/partitions
	say
	say "# bulkhead ps | head -12"
	bulkhead ps | head -12
	bulkhead destroy --force db neighbour > /dev/null
	wait
}

# A bar of 20 places for a figure out of the most it can be.
bar() {
	awk -v got="$1" -v most="$2" 'BEGIN {
		full = int(20 * got / most + 0.5)
		for (i = 0; i < 20; i++)
			printf "%s", i < full ? "#" : "."
	}'
}

row() { # LABEL UNIT MOST PLAIN BULKHEAD
	printf '  %-22s %5s%s %s   %5s%s %s\n' "$1" \
		"$4" "$2" "$(bar "$4" "$3")" "$5" "$2" "$(bar "$5" "$3")"
}

# What is told here must not be what the out-of-memory killer takes.
echo -1000 > /proc/self/oom_score_adj

say "Plain cgroups, as the kernel sets them up"
plain_story 2>/dev/null
plain_cpu=$got_cpu plain_mem=$got_mem plain_tasks=$got_tasks

say
say "Bulkhead"
bulkhead_story 2>/dev/null

say
printf '  %-22s %-27s   %s\n' "" "plain cgroups" "Bulkhead"
row "database CPUs, of $cpu" "" 2 "$plain_cpu" "$got_cpu"
row "database MiB, of $mem" "M" $mem "$plain_mem" "$got_mem"
row "neighbour's tasks" "" 500 "$plain_tasks" "$got_tasks"
say
kept=$(awk -v cpu="$got_cpu" -v want=$cpu -v mem="$got_mem" -v hold=$mem \
	'BEGIN { print (cpu >= 0.95 * want && mem >= hold) ? "yes" : "no" }')
[ "$plain_mem" -ge $mem ] || say "  With plain cgroups the out-of-memory killer took the database."
say "  Did Bulkhead keep what it promised? $kept"
[ "$kept" = yes ]
