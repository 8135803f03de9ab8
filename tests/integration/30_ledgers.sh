#!/bin/sh
# SPDX-License-Identifier: MIT
# Both ledgers are exact against the target's own counters: requests started are all accounted for, and each
# attempt is a head that the target read; over 1 and 4 threads, with redirects, failures, resends, several
# processes, a hard stop.
# usage: sh 30_ledgers.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

requests=600 # 20 users, 30 each: ledgers.c

# ask EXIT-CODE THREADS PATH OPTION... : one run from counters at zero; the ledger in $started and so on
ask() {
    wanted_code=$1
    threads=$2
    export TEST_PATH="$3"
    shift 3
    story="$title, $threads threads"
    curl -sS -o /dev/null -X POST "$url/_target/reset"
    rm -f r_*.csv
    run "$wanted_code" -f "$scenarios/ledgers.c" --headless --only-summary -H "$url" -u 20 -r 500 \
        --threads "$threads" --csv r "$@"
    started=$(ledger started)
    succeeded=$(ledger succeeded)
    failed=$(ledger failed)
    cancelled=$(ledger cancelled)
    attempts=$(ledger attempts)
    expect 'in flight after the run' 0 "$(ledger in_flight)"
    expect 'lost' 0 "$(ledger lost)"
    expect 'succeeded + failed + cancelled' "$started" $((succeeded + failed + cancelled))
    expect 'requests in the statistics' $((succeeded + failed)) "$(total 'Request Count')"
    expect 'failures in the statistics' "$failed" "$(total 'Failure Count')"
    expect 'attempts, and heads that the target read' "$(heads)" "$attempts"
    has err 'attempts on the console' "attempts: $attempts "
}

# all_answered : the run was not cut short
all_answered() {
    expect started "$requests" "$started"
    expect cancelled 0 "$cancelled"
}

plain() {
    ask 0 "$1" /json
    all_answered
    expect failed 0 "$failed"
    expect attempts "$requests" "$attempts"
}

redirects() {
    ask 0 "$1" /redirect/3
    all_answered
    expect failed 0 "$failed"
    expect 'attempts of redirects' $((4 * requests)) "$attempts"
}

missing() {
    ask 1 "$1" /status/503
    all_answered
    expect 'failed' "$requests" "$failed"
    expect 'failures in the file' "$requests" "$(sed -n 's/^GET,\/status\/503,.*,\([0-9]*\),[^,]*,[^,]*$/\1/p' r_failures.csv)"
}

sometimes() {
    ask 1 "$1" /json
    all_answered
    curl -sS "$url/_target/counters" >counters
    expect 'answers of status 500' "$(sed 's/.*"5xx":\([0-9]*\).*/\1/' counters)" "$failed"
    [ "$failed" -gt 0 ] || fail 'none failed'
}

drops() {
    ask 1 "$1" /json
    all_answered
    [ "$failed" -gt 0 ] || fail 'none failed'
    [ "$attempts" -gt "$requests" ] || fail "nothing was sent again: $attempts attempts"
}

resends() {
    ask 0 "$1" /json
    all_answered
    expect failed 0 "$failed"
}

hard_stop() {
    ask 0 "$1" /never -t 1s
    expect started 20 "$started"
    expect cancelled 20 "$cancelled"
    has err 'cancelled on the console' 'in flight at the stop: 20$'
}

# over_threads TITLE FUNCTION
over_threads() {
    title=$1
    "$2" 1
    "$2" 4
}

start_target
over_threads 'plain' plain
over_threads 'redirects' redirects
over_threads 'every answer a 503' missing
over_threads 'hard stop in slow requests' hard_stop
stop_target

start_target --rule 'GET /json status=500 p=0.2'
over_threads 'some answers a 500' sometimes
stop_target

start_target --rule 'GET /json drop p=0.2'
over_threads 'some connections dropped' drops
stop_target

start_target --close-after 7
over_threads 'connections closed unannounced' resends
stop_target

start_target --processes 3
over_threads 'target of 3 processes' redirects
stop_target
echo ok
