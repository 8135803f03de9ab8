#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures that end in every way are in the ledger once; request listeners end users and the run, and their errors
# lead to exit code 2.
# usage: sh 38_measures.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

set -- -f "$scenarios/measures.c" --headless --only-summary --csv r --threads 2

# value TYPE NAME METRIC : a row of r_metrics.csv
value() {
    sed -n "s/^$1,$2,$3,\\(.*\\)\\r\$/\\1/p" r_metrics.csv
}

story='a listener ends users'
run 0 "$@" -u 20 -r 1000 stopper
expect 'samples' 60 "$(total 'Request Count')"
expect 'the last ones' 20 "$(total 'Request Count' fatal)"

story='a listener ends the run'
run 0 "$@" -u 2 -r 1000 -t 50s ender
has err 'why' 'stopped the test'

story='errors of a listener'
run 2 "$@" -u 4 -r 1000 annoyer
has err 'the plugin, the hook and why' "plugin 'measures' failed in request: no room for annoying"
expect 'samples, all the same' 20 "$(total 'Request Count')"
[ "$(grep -c 'failed in request' err)" -le 2 ] || fail 'more than one line per loop'
lacks err 'an exception of the task' 'exception in task'

story='measures cut short by the end of the run'
run 0 "$@" -u 10 -r 1000 -t 1s stayer
expect 'cancelled measures' 10 "$(value TX 'cut short' cancelled)"
expect 'started' 20 "$(ledger started)"
expect 'succeeded' 10 "$(ledger succeeded)"
expect 'cancelled' 10 "$(ledger cancelled)"
expect 'attempts' 0 "$(ledger attempts)"
expect 'requests' 10 "$(total 'Request Count')"
has err 'the column' '^Type .* in flight '
has err 'the row' '^TX +cut short +0 +0\(0\.00%\) +10 '

story='measures around what is spawned, and one that nobody ends'
run 1 "$@" -u 6 -r 1000 sharer
expect 'parts' 18 "$(total 'Request Count' part)"
expect 'failed parts' 6 "$(total 'Failure Count' part)"
expect 'measures around them' 6 "$(total 'Failure Count' 'in parallel')"
expect 'measures after them' 6 "$(total 'Request Count' 'after it')"
expect 'failed ones' 0 "$(total 'Failure Count' 'after it')"
expect 'ended by the end of the task' 6 "$(total 'Failure Count' 'whole task')"
has err 'the first error' '^6 +TX in parallel: broken$'
expect 'started' "$((18 + 18 + 6 + 6 + 6 + 6))" "$(ledger started)"
expect 'in flight' 0 "$(ledger in_flight)"
expect 'a context for each user' 6 "$(grep -c '^counter,user=[0-9],counter_sum,1' r_metrics.csv)"
story='both laws hold with measures around requests'
start_target
run 0 "$@" -H "$url" -u 20 -r 1000 -t 3s -s 5s visitor
expect 'attempts, and heads that the target read' "$(ledger attempts)" "$(heads)"
stop_target
visits=$(total 'Request Count' visit)
expect 'requests' "$((2 * visits))" "$(total 'Request Count' /delay/10)"
expect 'requests with the tag' "$visits" "$(value tag first tag_requests)"
expect 'started' "$((3 * visits))" "$(ledger started)"
# Open requests are those on the network alone: by Little's law, their rate times their mean time. With measures among them
# they would be more than twice as many. A busy machine starts and ends the threads over which they are averaged some
# tenths of a second apart from the run, of whose three seconds the rate is.
awk -v open="$(value '' '' open_requests_mean)" -v rate="$(total 'Requests/s' /delay/10)" \
    -v mean="$(value GET '\/delay\/10' response_time_avg_ms)" '
    BEGIN {
        law = rate * mean / 1000
        if (!(law > 0.75 * open && law < 1.25 * open)) {
            print "open requests " open ", by the law " law
            exit 1
        }
    }' >differs || fail "$(cat differs)"
echo ok
