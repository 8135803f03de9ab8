#!/bin/sh
# SPDX-License-Identifier: MIT
# --iterations on a cluster: just so many are begun when workers are killed, join late, and when the master is
# killed and goes on; and no row of a user's own is dealt twice.
# usage: sh 76_cluster_iterations.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

cp "$scenarios/cluster_count.c" .
awk 'BEGIN { print "id"; for (i = 0; i < 100; i++) print i }' >rows.csv
start_target
port=$(free_port)

# lead OPTION... : a master; its standard error in ./err
lead() {
    "$acrida" -f cluster_count.c --master --headless --only-summary --master-bind-port "$port" -H "$url" -u 24 -r 1000 -s 5s \
        --csv r --journal j "$@" >out 2>err </dev/null &
    master_pid=$!
    other_pids="$other_pids $master_pid"
}

# follow NAME : a worker
follow() {
    "$acrida" -f cluster_count.c --worker --master-port "$port" --worker-name "$1" --threads 2 >"$1.out" 2>"$1.err" \
        </dev/null &
    worker_pid=$!
    other_pids="$other_pids $worker_pid"
}

# rows_once LEAST NAME... : of these workers; so many rows at least, each once
rows_once() {
    least=$1
    shift
    for name in "$@"; do
        sed -n 's/.*row of its own: \([0-9]*\)$/\1/p' "$name.err"
    done | sort -n >rows.out
    expect 'rows that came twice' '' "$(uniq -d rows.out)"
    [ "$(wc -l <rows.out)" -ge "$least" ] || fail "only $(wc -l <rows.out) rows were dealt"
}

heads_reach() {
    [ "$(heads)" -ge "$1" ]
}

story='a worker is killed, and another joins'
follow a
killed_pid=$worker_pid
follow b
b_pid=$worker_pid
lead --expect-workers 2 -i 2500
wait_for 'some of them' heads_reach 500
kill -KILL "$killed_pid"
wait "$killed_pid" 2>kill.txt || true
follow c
c_pid=$worker_pid
expect_end 'the master' 0 "$master_pid"
expect_end 'b' 0 "$b_pid"
expect_end 'c' 0 "$c_pid"
has err 'the end' 'all iterations are done: stopping'
# Those of the dead worker's users are others' now, and theirs new ones.
rows_once 36 a b c
rows_once 1 c
# Each of the dead worker's users may have begun one that the target never heard of.
n=$(heads)
[ "$n" -le 2500 ] || fail "$n requests: more than 2500"
[ "$n" -ge 2488 ] || fail "$n requests: what a dead worker had not begun was not done by others"
[ "$(ledger started)" -ge 2488 ] || fail "$(ledger started) were started"
expect 'the ledger' "$(ledger started)" "$(($(ledger succeeded) + $(ledger lost)))"

story='the master is killed, and goes on'
before=$(heads)
follow a
a_pid=$worker_pid
follow b
b_pid=$worker_pid
lead --expect-workers 2 -i 3000
wait_for 'some of them' heads_reach $((before + 300))
status=0
timeout 20 "$acrida" -f cluster_count.c --master --headless --master-bind-port "$port" -H "$url" -u 3 --journal j \
    >second.out 2>second.err </dev/null || status=$?
expect 'exit code of another master' 1 "$status"
has second.err 'its line' '^acrida: the journal j is in use by another master'
wait_for 'some of them' heads_reach $((before + 600))
kill -KILL "$master_pid"
wait "$master_pid" 2>kill.txt || true
lead --expect-workers 2 -i 3000
expect_end 'the master' 0 "$master_pid"
expect_end 'a' 0 "$a_pid"
expect_end 'b' 0 "$b_pid"
has err 'that it goes on' 'going on with the run'
rows_once 24 a b
expect 'requests' 3000 "$(($(heads) - before))"
expect 'that were started' 3000 "$(ledger started)"
expect 'that came to their end' 3000 "$(ledger succeeded)"
stop_target
