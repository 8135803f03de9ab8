#!/bin/sh
# SPDX-License-Identifier: MIT
# Several requests of one user at once: as many connections as that, each request settled once by whoever made it,
# also when the user is ended meanwhile. Every head that the target read is an attempt.
# usage: sh 27_http_parallel.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# parallel EXIT-CODE OPTION...
parallel() {
    code=$1
    shift
    curl -sS -o /dev/null -X POST "$url/_target/reset"
    run "$code" -f "$scenarios/http_parallel.c" --headless --only-summary -H "$url" --csv r "$@"
    expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
    expect 'lost' 0 "$(ledger lost)"
}

start_target --port 0
for threads in 1 3; do
    story="several at once, $threads threads"
    parallel 1 -u 6 -r 1000 -t 50s --threads "$threads" all
    lacks err 'exceptions' 'exception in'
    for row in 'all,120,0' 'again,30,0' 'mixed,24,12' 'expected,24,0' 'own 0,6,0' 'own 1,6,6' 'own 2,6,0' \
        'own 3,6,6' 'mine,6,6'; do
        has r_stats.csv "$row" "^GET,$row,"
    done
    expect 'in flight at the stop' 0 "$(ledger cancelled)"
done

story='as many connections as requests at once, kept for the next ones'
parallel 0 -u 10 -r 1000 -t 2s --threads 2 --exit-code-on-error 0 pages
connections=$(curl -sS "$url/_target/counters" | sed 's/.*"connections":\([0-9]*\),.*/\1/')
[ "$connections" -le 40 ] || fail "$connections connections of 10 users with 4 requests at once"
[ "$connections" -gt 10 ] || fail "only $connections connections: not at once"

story='a user that ends takes its coroutines along'
parallel 0 -u 10 -r 1000 -t 20s leaving
expect 'requests' 10 "$(total 'Request Count' /json)"
expect 'in flight' 10 "$(ledger cancelled)"
stop_target

story='connections closed unannounced'
start_target --close-after 3
parallel 0 -u 20 -r 1000 -t 2s --threads 2 --exit-code-on-error 0 pages
# Who was cut short may not have had a connection yet.
[ $(($(ledger attempts) + $(ledger cancelled))) -ge "$(ledger started)" ] || fail 'no attempt for some requests'
stop_target

story='cut short in flight'
start_target --rule '* * delay=60000'
parallel 0 -u 10 -r 1000 -t 1s --threads 2 pages
expect 'requests in flight at the stop' 40 "$(ledger cancelled)"
has r_stats.csv 'no requests' '^,Aggregated,0,0,'
echo ok
