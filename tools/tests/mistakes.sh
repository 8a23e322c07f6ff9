#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a new user does wrong, where no module is needed to see it: one clear line
# and the exit code. Usage: mistakes.sh BULKHEAD
bulkhead=$1
count=0
failed=0

# check CODE PATTERN ARGUMENT..: stderr begins with "bulkhead: ", matches PATTERN,
# and has a second line for a hint at most; stdout is empty.
check()
{
	want=$1 pattern=$2
	shift 2
	count=$((count + 1))
	output=$("$bulkhead" "$@" 2>&1 >/dev/null)
	got=$?
	lines=$(printf '%s\n' "$output" | wc -l)
	case $output in
	"bulkhead: "*$pattern*) ;;
	*) got="$got, said: $output" ;;
	esac
	[ "$lines" -le 2 ] || got="$got, $lines lines"
	if [ "$got" = "$want" ]; then
		echo "ok $count bulkhead $*"
	else
		echo "not ok $count bulkhead $*"
		echo "# exit code $got; expected $want and '$pattern'"
		failed=$((failed + 1))
	fi
}

# Every help begins with examples, behind one line that says what the verb does.
check_help()
{
	count=$((count + 1))
	if [ "$("$bulkhead" "$1" --help | sed -n 3p)" = "Examples:" ] &&
	   [ "$("$bulkhead" help "$1")" = "$("$bulkhead" "$1" --help)" ]; then
		echo "ok $count help of $1"
	else
		echo "not ok $count help of $1"
		failed=$((failed + 1))
	fi
}

echo "KTAP version 1"
for verb in create set show list ls run attach ps kill destroy rm capacity check doctor \
	    version help; do
	check_help "$verb"
done
check 2 "unknown verb 'frobnicate'" frobnicate
if [ -c /dev/full ]; then
	# shellcheck disable=SC2016 # $0 is meant for the inner shell
	bulkhead_full=$(sh -c '"$0" help 2>&1 >/dev/full' "$bulkhead")
	case $bulkhead_full in
	"bulkhead: cannot write the output"*) result= ;;
	*) result="not " failed=$((failed + 1)) ;;
	esac
	count=$((count + 1))
	echo "${result}ok $count a full disk is an error"
fi
check 2 "did you mean 'create'" creat db
check 2 "did you mean 'destroy'" delete db
check 2 "unknown option '--bogus'" --bogus
check 2 "'auto', 'always' or 'never'" --color=purple list
check 2 "unknown option '-x'" create db -x
check 2 "did you mean '--mem'" create db --mme 2G
check 2 "takes no value" create db --dry-run=5
check 2 "'--cpu' needs a value" create db --cpu
check 2 "NAME of a partition is missing" create
check 2 "also 'b'" create a b
check 2 "'--cpu' is given twice" create db --cpu 1 --cpu 2
check 2 "--cpu '0'" create db --cpu 0
check 2 "negative" create db --cpu -1
check 2 "not a number" create db --cpu nan
check 2 "exponents" create db --cpu 1e9
check 2 "cannot be unlimited" create db --cpu max
check 2 "a point, not a comma" create db --cpu 1,5
check 2 "did you mean B" create db --mem 2Gb
check 2 "exponents" create db --mem 1e9
check 2 "percent of what" create db --mem 25%
check 2 "too large" create db --mem 99999999E
check 2 "negative" create db --mem-max -1
check 2 "1 to 10000" create db --share 0
check 2 "1 to 4194304" create db --tasks-max 0
check 2 "has a slash" create a/b
check 2 "reserved" create host
check 2 "is empty" create ""
check 2 "longer than 63" create "$(printf '%064d' 0)"
check 2 "begin with a letter or digit" create .x
check 2 "NAME of a partition is missing" set
check 2 "say what to change" set db
check 2 "key=value" set db cpu
check 2 "did you mean 'cpu'" set db cpuu=1
check 2 "cpu='-1'" set db cpu=-1
check 2 "'cpu' is given twice" set db cpu=1 cpu=2
check 2 "NAME of a partition is missing" show
check 2 "also 'b'" show a b
check 2 "no column 'FOO'" list -o FOO
check 2 "given twice" list -o NAME,NAME
check 2 "no column 'FOO'" list --sort FOO
check 2 "'a' is given twice" list a a
check 2 "has a slash" list ../x
check 2 "has a slash" ps ../../etc
check 2 "PID of a process is missing" attach db
check 2 "'x' is no pid" attach db x
check 2 "'0' is no pid" attach db 0
check 2 "'FOO' is no signal" kill -s FOO db
check 2 "'65' is no signal" kill -s 65 db
check 2 "NAME of a partition is missing" kill
check 2 "NAME of a partition is missing" destroy
check 2 "'a' is given twice" rm a b a
check 2 "too many" capacity x
check 2 "say what to check" check
check 2 "too many" check --cpu 1 x
check 2 "too many" doctor x
check 2 "unknown verb" help frobnicate
check 125 "in which partition" run
check 125 "in which partition" run -- true
check 125 "command is missing" run db
check 125 "command is missing" run db --
check 125 "command is missing" run --cpu 1
check 125 "comes too late" run db --cpu 1 -- true
check 125 "do not change 'db'" run --cpu 1 db -- true
check 125 "--cpu '0'" run --cpu 0 -- true
check 125 "has a slash" run a/b -- true
if [ ! -e /dev/bulkhead ] && [ ! -e /sys/module/bulkhead ]; then
	check 6 "kernel module is" list
	check 6 "kernel module is" create db --cpu 1
	check 6 "kernel module is" ps
	check 6 "kernel module is" ps db
	check 6 "kernel module is" destroy db
	check 6 "kernel module is" version
	check 125 "kernel module is" run --cpu 1 -- true
fi
echo "1..$count"
[ "$failed" -eq 0 ]
