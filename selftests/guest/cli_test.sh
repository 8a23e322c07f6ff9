#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The command line tool: every verb, every mistake of a new user, each with its exit
# code and its message.

cd "${0%/*}" || exit 1
. ./ktap.sh

out=/tmp/cli.out
err=/tmp/cli.err

# expect CODE OUT ERR ARGUMENT...: bulkhead exits with the code; stdout and stderr
# match the extended regular expressions, '' is for "says nothing".
expect() {
	code=$1 want_out=$2 want_err=$3
	shift 3
	bulkhead "$@" >$out 2>$err </dev/null
	judge $? "bulkhead $*"
}

# judge STATUS NAME: the case, of what is in $out and $err.
judge() {
	if [ "$1" -eq "$code" ] && matches "$want_out" $out && matches "$want_err" $err; then
		result 0 "$2"
		return
	fi
	echo "#   exit code $1, expected $code; stdout should be '$want_out', stderr '$want_err':"
	cat $out $err | diagnose
	result 1 "$2"
}

matches() {
	if [ -z "$1" ]; then
		[ ! -s "$2" ]
	else
		grep -qE -e "$1" "$2"
	fi
}

ok() { expect 0 "$@"; }

# mistake CODE MESSAGE ARGUMENT...: nothing on stdout, one line "bulkhead: ..." with
# the message on stderr, and below it nothing but hints.
mistake() {
	code=$1 want_out='' want_err="^bulkhead: .*$2"
	shift 2
	bulkhead "$@" >$out 2>$err </dev/null
	status=$?
	[ "$(grep -vc '^  hint: ' $err)" -eq 1 ] || status="$status with more than one line"
	judge_mistake "$status" "bulkhead $*"
}

judge_mistake() {
	case $1 in
	*line) echo "#   exit code $1:"; diagnose <$err; result 1 "$2" ;;
	*) judge "$1" "$2" ;;
	esac
}

# nobody CODE OUT ERR ARGUMENT...: like expect, without any privilege.
nobody() {
	code=$1 want_out=$2 want_err=$3
	shift 3
	su -s /bin/sh nobody -c "bulkhead $*" >$out 2>$err </dev/null
	judge $? "as nobody: bulkhead $*"
}

value() { sed -n "s/^$1: //p" "/proc/bulkhead/$2"; }
json() { ./json_check "$@" <$out; }

plan 192

# --- Without arguments, help, unknown words
expect 2 '' '^Usage: bulkhead VERB'
ok '^Examples:' '' --help
ok '^Examples:' '' help
for verb in create set show list run attach ps kill destroy capacity check doctor version help; do
	ok "^bulkhead $verb: .*" '' help $verb
	ok "^Usage: bulkhead $verb" '' $verb --help
done
mistake 2 "unknown verb 'creat', did you mean 'create'" creat db
mistake 2 "unknown verb 'frobnicate'" frobnicate
mistake 2 "unknown option '--mme', did you mean '--mem'" create db --mme 1G
mistake 2 "unknown option" --nonsense
mistake 2 "color" --color=sometimes list

# --- Nothing is there yet
ok '^NAME +STATE' '' list
ok '^free ' '' list
ok 'no process is in a partition' '' ps
ok 'cpu +2 ' '' capacity
ok '^bulkhead .*ABI 1' '' version
ok '^module .*ABI 1' '' version
ok '(ok|warn) +module' '' doctor
mistake 3 "there is no such partition" show db
mistake 3 "there is no such partition" set db cpu=1
mistake 3 "there is no such partition" destroy db
mistake 3 "there is no such partition" kill db
mistake 3 "there is no such partition" attach db $$
mistake 3 "there is no such partition" ps db
mistake 3 "there is no such partition" list db

# --- create
ok 'db: reserved 0.5 CPUs and 64M of memory; left ' '' create db --cpu 0.5 --mem 64M
check "create reached the kernel" [ "$(value cpu_guarantee_ucpu db/status)" = 500000 ]
mistake 1 "there is a partition of that name already" create db
mistake 2 "the NAME of a partition is missing" create
mistake 2 "one NAME only" create a b
mistake 2 "has a slash" create a/b
mistake 2 "cannot be the name" create -- -a
mistake 2 "is empty" create ''
mistake 2 "reserved name" create host
mistake 2 "reserved name" create tasks
mistake 2 "longer than 63" create "$(printf '%064d' 0)"
mistake 2 "at least 0.001" create x --cpu 0
mistake 2 "negative" create x --cpu -1
mistake 2 "not a number" create x --cpu nan
mistake 2 "exponents" create x --cpu 1e9
mistake 2 "point, not a comma" create x --cpu 1,5
mistake 2 "unit is not one of CPU" create x --cpu 1G
mistake 2 "did you mean B" create x --mem 2Gb
mistake 2 "percent of what" create x --mem 25%
mistake 2 "too large" create x --mem 99999999999999999999
mistake 2 "cannot be unlimited" create x --mem max
mistake 2 "needs a value" create x --cpu
mistake 2 "given twice" create x --cpu 1 --cpu 1
mistake 2 "share is 1 to 10000" create x --share 0
mistake 2 "task limit" create x --tasks-max 0
mistake 2 "cpu-max 0.5 is below the guarantee cpu 1" create x --cpu 1 --cpu-max 0.5
mistake 2 "mem-max .* is below the guarantee mem" create x --mem 64M --mem-max 32M
mistake 2 "soft limit mem-high 32M is below the guarantee mem 64M" create x --mem 64M --mem-high 32M
mistake 2 "soft limit mem-high 64M is above the limit mem-max 32M" create x --mem-high 64M --mem-max 32M
mistake 2 "'lend' or 'reserve'" create x --mem-mode borrow
mistake 2 "the unit is missing" create x --mem-high 64M --mem-high-time 10
mistake 2 "at least 1ms" create x --mem-high-time 0s
mistake 2 "'enforce' or 'release'" create x --mem-high-action kill
mistake 2 "'no' or 'yes'" create x --oom-group 2
mistake 5 "100 CPUs asked, 1.4 free \(2 total, 0.1 for the host, 0.5 guaranteed\)" create x --cpu 100
check "a refusal hints at what would fit" grep -q "hint: 'bulkhead create x --cpu 1.4'" $err
mistake 5 "1T of memory asked, .* free" create x --mem 1T
check "nothing of these was created" [ "$(value partitions capacity)" = 1 ]
ok 'x: would reserve 1 CPU' '' create x --cpu 1 --dry-run
expect 5 '' 'CPUs asked' create x --cpu 100 --dry-run
ok '' '' create -q quiet
ok 'no guarantee' '' create plain --tasks-max 3

# --- set
ok '^cpu +0.5 -> 0.7' '' set db cpu=0.7
ok '^mem-max +max -> 256M' '' set db mem-max=256M tasks-max=20
ok '' '' set -q db --cpu 50%
check "set reached the kernel" [ "$(value cpu_guarantee_ucpu db/status)" = 500000 ]
mistake 2 "say what to change" set db
mistake 2 "not of the form key=value" set db cpu
mistake 2 "no setting 'cpus', did you mean 'cpu'" set db cpus=1
mistake 2 "given twice" set db cpu=1 cpu=2
mistake 2 "is below the guarantee" set db mem-max=1M
mistake 5 "CPUs asked, at most 1.9" set db cpu=5
ok '^mem +64M -> ' '' set db mem=none --dry-run
check "a dry run changes nothing" [ "$(value memory_guarantee_bytes db/status)" = 67108864 ]

ok '^mem-high +max -> 128M' '' set db mem-high=128M mem-high-time=1.5s oom-group=yes
ok '^mem-high-time 1.5s -> max' '' set db mem-high-time=max mem-high-action=release
ok '^    soft +128M for ever$' '' show db
ok '^db lend 134217728 max release yes$' '' list -r --no-legend -o NAME,MEM.MODE,MEM.HIGH,HIGH.TIME,HIGH.ACTION,OOM.GROUP db
ok '"memory_soft_time_usec": null' '' list -J db
ok '"oom_group": true' '' list -J db
ok '^db 0$' '' list -r --no-legend -o NAME,OOM.KILLS db
ok '^mem-high +128M -> max' '' set db mem-high=max mem-high-time=10s mem-high-action=enforce oom-group=no

# --- list, show, as people and programs read them
ok '^db +active +0.5 +max +[0-9.]+ +64M +256M ' '' list
ok '^NAME +STATE +CPU.MIN +CPU.MAX +CPU.TIME +MEM.MIN +MEM.MAX +MEM.USE +TASKS +TASKS.MAX$' '' list
ok '^\[host\] ' '' list
ok '^db$' '' list --no-legend -o NAME db
ok '^NAME="db" TASKS_MAX="20"$' '' list -P -o NAME,TASKS.MAX db
ok '^db 67108864$' '' list -r --no-legend -o NAME,MEM.MIN db
mistake 2 "no column 'NOPE'" list -o NOPE
expect 7 '^db ' "no such partition" list db nosuch
ok '"partitions"' '' list --json
check "list --json is JSON" json
check "list --json counts" [ "$(json partitions.0.memory_guarantee_bytes)" = 67108864 ]
check "list --json: no limit is null" [ "$(json partitions.0.cpu_limit_cpus)" = null ]
ok '^cpu|^  cpu ' '' show db
ok '"cgroup"' '' show db -J
check "show --json is JSON" [ "$(json partitions.0.name)" = db ]
ok '"free_bytes"' '' capacity --json
check "capacity --json is JSON" [ "$(json cpu.total_cpus)" = 2 ]

# --- check
ok '^yes: 1 CPU' '' check --cpu 1
expect 5 '^no: 9 CPUs asked' '' check --cpu 9
ok 'the largest that fits: 1.4 CPU' '' check --mem 1M
mistake 2 "say what to check" check

# --- run
ok '^0::/bulkhead/db$' '' run db -- cat /proc/self/cgroup
ok '^0::/bulkhead/run-[0-9]+$' '' run --cpu 0.1 --mem 8M -- cat /proc/self/cgroup
ok '^0::/bulkhead/mine$' '' run --name mine --cpu 0.1 -- cat /proc/self/cgroup
check "anonymous partitions are gone" [ "$(value partitions capacity)" = 3 ]
expect 42 '' '' run db -- sh -c 'exit 42'
# shellcheck disable=SC2016 # for the inner shell
expect 143 '' '' run db -- sh -c 'kill -TERM $$'
expect 127 '' "cannot run 'nosuch'" run db -- nosuch
expect 126 '' "cannot run '/etc'" run db -- /etc
expect 125 '' "there is no such partition" run nosuch -- true
expect 125 '' "command is missing" run db
expect 125 '' "CPUs asked" run --cpu 100 -- true
expect 125 '' "tasks-max is reached" run --name none --tasks-max 1 -- sh -c 'exec bulkhead run none -- true'
expect 0 '' '' run --cpu 0.1 -- sh -c 'sleep 1000 & exit 0'
check "what the command left behind is dead" sh -c '! pidof sleep >/dev/null'

# --- attach, ps, kill, destroy
sleep 1000 &
sleeper=$!
ok 'attached 1 process' '' attach db $sleeper
ok "^ *$sleeper +db +S +[0-9.]+ +[0-9.]+[KM] +sleep" '' ps
ok "^ *$sleeper +db " '' ps db
ok '"tasks"' '' ps --json
check "ps --json is JSON" [ "$(json tasks.0.command)" = sleep ]
mistake 3 "no such process" attach db 4194000
mistake 2 "is no pid" attach db 0
mistake 2 "is no pid" attach db -- -5
mistake 2 "is no pid" attach db abc
mistake 2 "PID of a process is missing" attach db
mistake 1 "kernel threads and init" attach db 1
mistake 1 "kernel threads and init" attach db 2
expect 7 'attached 1 process' 'no such process' attach db $sleeper 4194000
mistake 1 "there is 1 task in it" destroy db
mistake 2 "is no signal" kill -s NOPE db
mistake 2 "is no signal" kill -s 65 db
ok 'sent SIGCONT to 1 process' '' kill -s CONT db
ok 'sent SIGTERM to 1 process' '' kill db
wait $sleeper
ok 'no process in it' '' kill db
sleep 1000 &
bulkhead attach -q db $!
ok 'db: destroyed' '' destroy --force db
wait
ok 'plain: destroyed' '' rm plain
expect 7 'quiet: destroyed' 'no such partition' destroy quiet nosuch
mistake 2 "NAME of a partition is missing" destroy
mistake 2 "given twice" destroy a a

# --- Without the right
bulkhead create -q db --cpu 0.5
nobody 0 '^db +active' '' list
nobody 0 '^yes: ' '' check --cpu 0.5
nobody 0 'no process is in' '' ps
nobody 0 'you may ask' '' doctor
nobody 4 '' 'permission denied' create x
nobody 4 '' 'permission denied' set db cpu=1
nobody 4 '' 'permission denied' destroy db
nobody 4 '' 'permission denied' kill db
nobody 125 '' 'permission denied' run db -- true
bulkhead destroy -q db

# --- An output that cannot be written
bulkhead capacity >/dev/full 2>$err
status=$?
code=1 want_out='' want_err='cannot write the output'
: >$out
judge $status "bulkhead capacity >/dev/full"

# --- Without the module
rmmod bulkhead
for verb in list capacity "create x" "show x" "check --cpu 1" "destroy x" ps; do
	# shellcheck disable=SC2086 # a verb and its arguments
	mistake 6 'module is (not installed|installed but not loaded)' $verb
done
expect 6 '^bulkhead .*ABI 1' 'module is' version
expect 125 '' 'module is' run x -- true
expect 1 'FAIL +module' '' doctor
insmod /lib/modules/bulkhead.ko
ok '(ok|warn) +module' '' doctor
ktap_exit
