#!/bin/sh
# SPDX-License-Identifier: MIT
# Failures: each with one text that does not vary, so that they group; and users cut short in flight.
# usage: sh 21_http_failures.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_target
story='failures and what they are called'
run 0 -f "$scenarios/http_failures.c" --headless --only-summary -u 3 -r 1000 -t 50s --csv r -H "$url" failures
expect 'heads that the target read' "$(heads)" "$(ledger attempts)"

# one_failure TEXT OPTION... : 20 users, one failure each, one row
one_failure() {
    text=$1
    shift
    run 1 -f "$scenarios/http_failures.c" --headless --only-summary -u 20 -r 1000 --csv r "$@" plain
    expect "rows of '$text'" 1 "$(grep -c "$text" r_failures.csv)"
    has r_failures.csv 'the occurrences' "$text.*,20,"
}

story='a host that cannot be used'
one_failure 'host has no scheme: use http://... or https://...' -H localhost:8080
one_failure 'no host: give one with --host or in the user type' -t 30s
one_failure 'Connection refused' -H http://127.0.0.1:1
stop_target
one_failure 'Connection refused' -H "$url"

story='a name that does not exist'
one_failure "host's name could not be resolved" -H http://no.such.host.invalid

for how in drop garbage truncate 'status=503'; do
    story="every answer: $how"
    start_target --rule "* * $how"
    run 1 -f "$scenarios/http_failures.c" --headless --only-summary -u 20 -r 1000 --csv r -H "$url" plain
    expect "rows of '$how'" 2 "$(wc -l <r_failures.csv | tr -d ' ')"
    expect 'failures' 20 "$(total 'Failure Count')"
    expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
    stop_target
done

story='cut short in flight'
start_target --rule '* * delay=60000'
run 0 -f "$scenarios/http_failures.c" --headless --only-summary -u 20 -r 1000 -t 1s --csv r -H "$url" plain
expect 'requests in flight at the stop' 20 "$(ledger cancelled)"
expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
echo ok
