#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests of ktap.awk: it must not take any broken output for a success.
set -euo pipefail
cd "$(dirname "$0")"

tests=0
failed=0

# The input $4 (\n is a newline) has the counts $2, and a failure that says $3.
expect() {
	local output
	output=$(printf '%b' "$4" | awk -f ktap.awk)
	tests=$((tests + 1))
	if [ "$(tail -n1 <<<"$output")" = "$2" ] && grep -qF -- "$3" <<<"$output"; then
		echo "ok $tests $1"
	else
		echo "# expected $2 and \"$3\", got:"
		echo "# ${output//$'\n'/$'\n# '}"
		echo "not ok $tests $1"
		failed=1
	fi
}

head="KTAP version 1\n"
echo "KTAP version 1"
echo "1..33"

expect "all passed" "2 0 0" "" "${head}1..2\nok 1 a\nok 2 b\n"
expect "one failed, with what led to it" "1 1 0" "    # 1 is not 2" \
	"${head}1..2\nok 1 a\n# 1 is not 2\nnot ok 2 b\n"
expect "the failure is named" "1 1 0" "db_test: 2 b" \
	"# test: db_test\n${head}1..2\nok 1 a\nnot ok 2 b\n"
expect "what led to a success is not shown" "1 1 0" "2 b" \
	"${head}1..2\n# all is well\nok 1 a\nnot ok 2 b\n"
expect "skipped" "1 0 2" "" "${head}1..3\nok 1 a # SKIP no swap\nok 2 b\nnot ok 3 c # skip\n"
expect "a program that is skipped" "0 0 1" "" "${head}1..0 # SKIP no module\n"
expect "other lines between" "2 0 0" "" \
	"hello\n${head}# note\n1..2\n ok 7 a\nok 1 a\n\nnoise ok 3\nok 2 b\nbye\n"
expect "carriage returns" "2 0 0" "" "KTAP version 1\r\n1..2\r\nok 1 a\r\nok 2 b\r\n"
expect "TAP version 13" "1 0 0" "" "TAP version 13\n1..1\nok 1 - a\n"
expect "several programs" "3 0 1" "" \
	"# test: a\n${head}1..2\nok 1 a\nok 2 b\n# test: b\n${head}1..2\nok 1 # SKIP\nok 2 c\n"
expect "several programs without names" "2 0 0" "" "${head}1..1\nok 1 a\n${head}1..1\nok 1 a\n"

expect "truncated" "1 1 0" "only 1 results, 3 were planned" "${head}1..3\nok 1 a\n"
expect "truncated, then another program" "2 1 0" "a: only 1 results, 2 were planned" \
	"# test: a\n${head}1..2\nok 1 x\n# test: b\n${head}1..1\nok 1 y\n"
expect "truncated, then another without a name" "2 1 0" "only 1 results, 2 were planned" \
	"${head}1..2\nok 1 x\n${head}1..1\nok 1 y\n"
expect "truncated in a line" "1 1 0" "only 1 results" "${head}1..2\nok 1 x\nok"
expect "no result of many" "0 1 0" "only 0 results, 9 were planned" "${head}1..9\n"
expect "no plan" "1 1 0" "no plan" "${head}ok 1 a\n"
expect "no plan and no result" "0 1 0" "no plan" "${head}"
expect "the plan last" "2 0 0" "" "${head}ok 1 a\nok 2 b\n1..2\n"
expect "the plan last, with more" "1 1 0" "only 1 results, 2 were planned" "${head}ok 1 a\n1..2\n"
expect "the plan last, with less" "2 1 0" "more results than planned" "${head}ok 1 a\nok 2 b\n1..1\n"
expect "two plans" "1 1 0" "a second plan" "${head}1..1\n1..1\nok 1 a\n"
expect "nothing planned" "0 1 0" "nothing was planned" "${head}1..0\n"
expect "more than planned" "2 1 0" "more results than planned: 2 b" "${head}1..1\nok 1 a\nok 2 b\n"
expect "a number twice" "2 1 0" "result 1 b: number 2 was expected" "${head}1..2\nok 1 a\nok 1 b\n"
expect "no version line" "0 2 0" "a result before" "1..1\nok 1 a\n"
expect "nothing" "0 1 0" "no results at all" ""
expect "a program that says nothing" "1 1 0" "b: no results" \
	"# test: a\n${head}1..1\nok 1 a\n# test: b\nSegmentation fault\n"
expect "bail out" "1 2 0" "Bail out! the machine burns" \
	"${head}1..2\nok 1 a\nBail out! the machine burns\n"

expect "nested: leaves count" "3 0 1" "" \
	"${head}1..2\n  ${head}  1..2\n  # Subtest: a\n  ok 1 x\n  ok 2 y # SKIP\nok 1 a\n  ${head}  1..2\n  ok 1 x\n  ok 2 y\nok 2 b\n"
expect "nested: a failed leaf counts once" "1 1 0" "2 y" \
	"${head}1..1\n  ${head}  1..1\n    ${head}    1..2\n    ok 1 x\n    not ok 2 y\n  not ok 1 m\nnot ok 1 a\n"
expect "nested: it failed though its leaves passed" "1 1 0" "1 a" \
	"${head}1..1\n  ${head}  1..1\n  ok 1 x\nnot ok 1 a\n"
expect "nested: truncated inside a success" "1 1 0" "only 1 results, 2 were planned" \
	"${head}1..1\n  ${head}  1..2\n  ok 1 x\nok 1 a\n"

exit $failed
