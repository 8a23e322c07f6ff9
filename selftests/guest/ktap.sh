# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# KTAP for the shell tests of the guest; to be sourced.

# plan N: what follows are N cases.
plan() {
	ktap_planned=$1
	ktap_done=0
	ktap_failed=0
	echo "KTAP version 1"
	echo "1..$1"
}

# result STATUS NAME: one case.
result() {
	ktap_done=$((ktap_done + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $ktap_done $2"
	else
		ktap_failed=$((ktap_failed + 1))
		echo "not ok $ktap_done $2"
	fi
}

# check NAME COMMAND...: one case, passed if the command succeeds.
check() {
	ktap_name=$1
	shift
	"$@"
	result $? "$ktap_name"
}

# Text as diagnostic lines.
diagnose() {
	sed 's/^/#   /'
}

ktap_exit() {
	echo "# $((ktap_done - ktap_failed)) passed, $ktap_failed failed"
	[ "$ktap_done" -eq "$ktap_planned" ] || echo "# planned $ktap_planned, had $ktap_done"
	[ "$ktap_failed" -eq 0 ] && [ "$ktap_done" -eq "$ktap_planned" ]
	exit $?
}
