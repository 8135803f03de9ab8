#!/bin/sh
# SPDX-License-Identifier: MIT
# catch_response: the last of pass and fail counts, a renaming is followed, the time is the answer's.
# usage: sh 22_http_settle.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_target
story='responses settled by hand'
run 1 -f "$scenarios/http_settle.c" --headless --only-summary -u 4 -r 1000 --threads 1 --csv r -H "$url"
for row in 'passed,4,0' 'failed,4,4' 'renamed twice,4,0' 'lost,4,4' 'quick,4,0' 'rewound,200,0' 'plain,8,0' 'grouped,8,0'; do
    has r_stats.csv "$row" "^GET,$row,"
done
has r_failures.csv 'the reason given' '^GET,failed,.*reason 7.*,4,'
has r_failures.csv 'the name that was given later' '^GET,lost,.*404 Client Error: Not Found for url: lost.*,4,'
expect 'rows of failures' 3 "$(wc -l <r_failures.csv | tr -d ' ')"
awk -v ms="$(total 'Max Response Time' quick)" 'BEGIN { exit !(ms < 250) }' || fail 'settling late counts as time'
expect 'warnings' 1 "$(grep -c 'acr_fail on a response that was recorded already' err)"
expect 'warnings of the listener' 1 "$(grep -c 'a request from within a send or receive function, or a listener' err)"
lacks r_stats.csv 'requests of the listener' ',within,'
expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
echo ok
