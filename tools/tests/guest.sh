#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every verb against the real module, as root:
#   make vm SCRIPT=tools/tests/guest.sh FILES=tools/tests/mistakes.sh
# Results as KTAP on stdout.
count=0
failed=0

result()	# PASSED DESCRIPTION
{
	count=$((count + 1))
	if [ "$1" = 1 ]; then
		echo "ok $count $2"
	else
		echo "not ok $count $2"
		failed=$((failed + 1))
	fi
}

# check CODE PATTERN COMMAND..: exit code, and a glob for stdout and stderr together.
check()
{
	local want=$1 pattern=$2 output got passed=0
	shift 2
	output=$("$@" 2>&1)
	got=$?
	# shellcheck disable=SC2053 # it is a glob
	[[ $got -eq $want && $output == *$pattern* ]] && passed=1
	result $passed "$*"
	[ $passed = 1 ] || echo "# exit code $got, expected $want; expected $pattern in:
$output" | sed 's/^[^#]/#   &/'
}

# As check(), for a bulkhead that has neither rights nor the device for writing.
check_nobody()
{
	local code=$1 pattern=$2
	shift 2
	check "$code" "$pattern" su -s /bin/sh -c "$*" nobody
}

wait_for()	# COMMAND..: up to 10 s
{
	local i
	for ((i = 0; i < 100; i++)); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

has_tasks()	# NUMBER, in db
{
	[ "$(bulkhead list -r --no-legend -o TASKS db)" = "$1" ]
}

show_off()
{
	bulkhead create -q db --cpu 0.5 --cpu-max 1 --mem 64M --mem-max 128M --tasks-max 50
	bulkhead run db -- sleep 1000 &
	wait_for test -d /proc/bulkhead/db
	sleep 0.5
	for command in "doctor" "version" "list" "show db" "ps" "capacity" "list -J" "show -J db" \
		       "ps -J" "capacity -J" "list -P" "list -r" "check --cpu 1 --mem 100M" \
		       "check --cpu 3 --mem 8G" "list -o +MEM.PEAK,SHARE --sort MEM.USE"; do
		echo "# \$ bulkhead $command"
		# shellcheck disable=SC2086 # words
		bulkhead $command 2>&1 | sed 's/^/# /'
	done
	bulkhead destroy -qf db
	wait
}

test_create()
{
	check 0 "db: reserved 0.5 CPUs and 64M of memory; left * CPUs and * of memory" \
		bulkhead create db --cpu 0.5 --mem 64M
	check 1 "partition of that name already*hint: *set db" bulkhead create db
	check 0 "small: reserved no guarantee" bulkhead create small
	check 0 "" bulkhead create quiet -q --cpu 1m
	check 0 "would reserve 0.1 CPUs*at most" bulkhead create dry --cpu 100m -n
	check 3 "no such partition" bulkhead show dry
	check 5 "100 CPUs asked, * free (* total, * for the host, * guaranteed)*hint: 'bulkhead create big --cpu * would be admitted" \
		bulkhead create big --cpu 100
	check 5 "CPUs asked*; 1T of memory asked*--mem" bulkhead create big --cpu 100 --mem 1T
	check 5 "100 CPUs asked" bulkhead create big --cpu 100 --dry-run
	check 2 "cpu-max 0.1 is below the guarantee cpu 0.2" bulkhead create x --cpu 0.2 --cpu-max 0.1
	check 2 "mem-max 1M is below the guarantee mem 2M" bulkhead create x --mem 2M --mem-max 1M
	check 0 "destroyed*destroyed" bulkhead rm small quiet
}

test_hint_is_admitted()
{
	local command
	command=$(bulkhead create big --cpu 100 --mem 1T 2>&1 | sed -n "s/.*hint: '\([^']*\)'.*/\1/p")
	# shellcheck disable=SC2086 # words
	check 0 "big: reserved" $command
	check 5 "0 free*hint: nothing of it is left" bulkhead create more --cpu 1
	check 0 "" bulkhead destroy big
}

test_set()
{
	check 0 "cpu       0.5 -> 0.75*mem       64M -> 32M" bulkhead set db cpu=75% mem=32M
	check 0 "cpu-max   max -> 1*tasks-max max -> 20" bulkhead set db --cpu-max 1 tasks-max=20
	check 0 "share     100 -> 200*swap-max" bulkhead set db share=200 swap-max=0
	check 0 "mem       32M -> none" bulkhead set db mem=none
	check 0 "cpu-max   1 -> max" bulkhead set db cpu-max=infinity
	check 0 "cpu       0.75 -> 0.1" bulkhead set db -n cpu=0.1
	check 0 "0.75" bulkhead list -r --no-legend -o CPU.MIN db
	check 5 "cannot change 'db': 64 CPUs asked, at most *'bulkhead set db cpu=" bulkhead set db cpu=64
	check 2 "cpu-max 0.5 is below the guarantee cpu 0.75" bulkhead set db cpu-max=0.5
	check 3 "did you mean 'db'" bulkhead set dbb cpu=1
	check 0 "0.75" bulkhead list -r --no-legend -o CPU.MIN db
}

test_list()
{
	check 0 "NAME * STATE*db *active*\[host\]*free" bulkhead list
	check 0 'NAME="db" CPU_MIN="0.75"' bulkhead list -P -o NAME,CPU.MIN
	check 0 '"schema": 1*"cpu_guarantee_cpus": 0.75*"cpu_limit_cpus": null*"cpu_share": 200*"swap_limit_bytes": 0*"tasks_limit": 20' \
		bulkhead ls -J
	check 0 "db (id *GUARANTEE*cpu *0.75*tasks *20" bulkhead show db
	check 0 '"cgroup": "/sys/fs/cgroup/bulkhead/db"' bulkhead show -J db
	check 3 "no such partition" bulkhead list nope
	check 7 "no such partition" bulkhead list db nope
	check 0 "cpu *memory *1 partition" bulkhead capacity
	check 0 '"partitions": 1*"free_cpus": *"free_bytes": ' bulkhead capacity -J
	check 0 "yes: 0.1 CPUs would be admitted*largest that fits" bulkhead check --cpu 0.1
	check 5 "no: *asked*largest that fits" bulkhead check --cpu 3000 --mem 1T
	check 0 "module * (ABI 1)" bulkhead version
	check 0 "ok * abi" bulkhead doctor
}

# The real /proc/PID/cgroup is the judge of where a command runs.
test_run()
{
	check 0 "0::/bulkhead/db" bulkhead run db -- cat /proc/self/cgroup
	check 0 "0::/bulkhead/db" bulkhead run db cat /proc/self/cgroup
	check 3 "" bulkhead run db -- sh -c 'exit 3'
	check 255 "" bulkhead run db -- sh -c 'exit 255'
	check 137 "" bulkhead run db -- sh -c 'kill -9 $$'
	check 143 "" bulkhead run db -- sh -c 'kill $$'
	check 127 "cannot run 'nonesuch'" bulkhead run db -- nonesuch
	check 126 "cannot run '/etc'" bulkhead run db -- /etc
	check 125 "no such partition" bulkhead run nope -- true
	check 125 "asked" bulkhead run --cpu 1000 -- true
	check 0 "0::/bulkhead/run-" bulkhead run --cpu 0.1 --mem 16M -- cat /proc/self/cgroup
	check 0 "0::/bulkhead/job" bulkhead run --name job -- cat /proc/self/cgroup
	check 0 "lives as long as its command" bulkhead run --name job --cpu 10% -- bulkhead show job
	check 125 "already" bulkhead run --name db -- true
	check 5 "" bulkhead run --cpu 0.1 -- sh -c 'sleep 1000 & exit 5'
	result "$([ "$(bulkhead list --no-legend -r -o NAME)" = db ] && echo 1)" "no anonymous partition is left"
	result "$(pidof sleep >/dev/null || echo 1)" "what the command left behind was killed"
	check 0 "hello" sh -c 'echo hello | bulkhead run db -- cat'
}

test_run_signals()
{
	bulkhead run db -- sh -c 'trap "exit 9" TERM; touch /tmp/ready; while :; do sleep 0.1; done' &
	wait_for test -e /tmp/ready
	kill -TERM $!
	wait $!
	result "$([ $? = 9 ] && echo 1)" "SIGTERM is passed on to the command"
	bulkhead run --name killed -- sleep 1000 &
	wait_for bulkhead show killed
	kill -KILL $!
	wait $! 2>/dev/null
	wait_for sh -c '! bulkhead show killed'
	result "$(bulkhead show killed >/dev/null 2>&1 || echo 1)" "its partition dies with a killed run"
}

test_attach_and_ps()
{
	local one two odd
	sleep 1000 & one=$!
	sleep 1000 & two=$!
	cp "$(command -v busybox)" "/tmp/sl) S 1 (x"
	bash -c 'exec -a sleep "/tmp/sl) S 1 (x" 1000' & odd=$!
	check 0 "db: attached 1 process" bulkhead attach db $one
	check 7 "cannot attach 4000000 to 'db': there is no such process*attached 1 process" \
		bulkhead attach db 4000000 $two
	check 0 "attached 1 process" bulkhead attach db $odd
	check 3 "no such process" bulkhead attach db 4000000
	check 1 "kernel threads and init stay" bulkhead attach db 2
	check 1 "kernel threads and init stay" bulkhead attach db 1
	check 3 "no such partition" bulkhead attach nope $one
	check 0 "$one db *S *0.* *sleep" bulkhead ps
	check 0 "$odd *db*sl) S 1 (x" bulkhead ps db
	check 0 "\"pid\": $odd*\"command\": \"sl) S 1 (x\"" bulkhead ps -J db
	check 3 "no such partition" bulkhead ps nope
	check 1 "there are 3 tasks in it*destroy --force db" bulkhead destroy db
	check 0 "sent SIGCONT to 3 processes" bulkhead kill -s CONT db
	kill -9 $odd
	wait $odd 2>/dev/null
	bulkhead set -q db tasks-max=2
	check 125 "tasks-max is reached" bulkhead run db -- true
	sleep 1000 & odd=$!
	check 1 "tasks-max does not allow" bulkhead attach db $odd
	kill $odd
	check 0 "sent SIGTERM to 2 processes" bulkhead kill db
	wait_for has_tasks 0
	result "$(has_tasks 0 && echo 1)" "all are gone"
	check 0 "no process in it" bulkhead kill db
	check 0 "no process is in a partition" bulkhead ps db
}

test_rights()
{
	check_nobody 0 "db" bulkhead list
	check_nobody 0 "FREE" bulkhead capacity
	check_nobody 0 "admitted" bulkhead check --cpu 0.1
	check_nobody 0 "->" bulkhead set -n db cpu=0.2
	check_nobody 4 "permission denied*sudo" bulkhead create x
	check_nobody 4 "permission denied*sudo" bulkhead set db cpu=0.2
	check_nobody 4 "permission denied*sudo" bulkhead destroy db
	check_nobody 4 "permission denied*sudo" bulkhead kill db
	check_nobody 4 "permission denied*sudo" bulkhead attach db 1
	check_nobody 125 "permission denied*sudo" bulkhead run db -- true
	# The group may open it, and has not the right.
	chmod 666 /dev/bulkhead
	check_nobody 4 "permission denied*sudo" bulkhead create x
	check_nobody 4 "permission denied*sudo" bulkhead destroy db
	check_nobody 0 "warn  device*by anybody*changes need root" bulkhead doctor
	chmod 600 /dev/bulkhead
	check_nobody 4 "cannot open /dev/bulkhead for reading" bulkhead list
	chmod 664 /dev/bulkhead
}

test_destroy()
{
	bulkhead run db -- sleep 1000 &
	wait_for has_tasks 1
	check 1 "there is 1 task in it" bulkhead destroy db
	check 7 "no such partition" bulkhead destroy --force nope db
	wait
	check 3 "no such partition*there are none yet" bulkhead destroy db
	check 0 "0 partitions" bulkhead capacity
}

# What is said when the device or the module is not there.
test_absent()
{
	local modules
	modules=/lib/modules/$(uname -r)
	mv /dev/bulkhead /dev/away
	check 6 "kernel module is loaded, but /dev/bulkhead is missing" bulkhead list
	check 1 "FAIL  device" bulkhead doctor
	ln -s null /dev/bulkhead
	check 6 "/dev/bulkhead is not the device of Bulkhead" bulkhead list
	mv /dev/away /dev/bulkhead
	check 0 "free" bulkhead list
	rmmod bulkhead
	check 6 "not installed for this kernel" bulkhead list
	check 1 "FAIL  module" bulkhead doctor
	mkdir -p "$modules/updates/dkms"
	touch "$modules/updates/dkms/bulkhead.ko.xz"
	check 6 "installed but not loaded*sudo modprobe bulkhead" bulkhead list
	rm -r "$modules/updates"
	echo "extra/bulkhead.ko: extra/other.ko" >"$modules/modules.dep"
	check 1 "FAIL  module * installed as $modules/extra/bulkhead.ko" bulkhead doctor
	check 125 "installed but not loaded" bulkhead run --cpu 1 -- true
}

echo "KTAP version 1"
show_off
bash ./mistakes.sh "$(command -v bulkhead)" >/tmp/mistakes
grep '^not ok\|^#' /tmp/mistakes
result "$(grep -q '^not ok' /tmp/mistakes || echo 1)" "mistakes.sh"
test_create
test_hint_is_admitted
test_set
test_list
test_run
test_run_signals
test_attach_and_ps
test_rights
test_destroy
test_absent
echo "1..$count"
[ $failed -eq 0 ]
