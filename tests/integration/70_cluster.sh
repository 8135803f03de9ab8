#!/bin/sh
# SPDX-License-Identifier: MIT
# A master and its workers on this machine: both ledgers against the target's own counters, the options and
# what test_start shares at the workers, rows and user numbers that come once, messages, what is refused.
# usage: sh 70_cluster.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# balance : both ledgers of the run in r_*.csv
balance() {
    started=$(ledger started)
    expect 'in flight after the run' 0 "$(ledger in_flight)"
    expect 'lost' 0 "$(ledger lost)"
    expect 'succeeded + failed + cancelled' "$started" \
        $(($(ledger succeeded) + $(ledger failed) + $(ledger cancelled)))
    expect 'requests in the statistics' $(($(ledger succeeded) + $(ledger failed))) "$(total 'Request Count')"
    expect 'attempts, and heads that the target read' "$(heads)" "$(ledger attempts)"
}

# each_once TYPE COUNT : so many entries of a type, each with one request
each_once() {
    expect "entries of $1, and those with one request" "$2 $2" "$(awk -F , -v type="$1" '
        $1 == type { n++; if ($3 == 1) once++ } END { print n + 0, once + 0 }' r_stats.csv)"
}

awk 'BEGIN { print "id"; for (i = 0; i < 200; i++) print i }' >rows.csv
cp "$scenarios/cluster.c" .
start_target

story='three processes'
run 0 -f cluster.c -H "$url" -u 40 -r 200 -t 6s --processes 3 --headless --only-summary --csv r
balance
each_once USER 40
each_once ROW 200
has r_metrics.csv 'each worker was answered' '^counter,welcomes,.*3'
for n in 0 1 2; do
    has err "worker $n is accounted for" "worker .*: [0-9]+ requests started = "
done
lacks err 'errors' ' ERROR '
stop_target
