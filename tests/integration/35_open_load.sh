#!/bin/sh
# SPDX-License-Identifier: MIT
# Open load against a server: each arrival is a request, is dropped, or waits, and all are accounted for on both
# sides; a stall of the server shows in the corrected response time and in no other.
# usage: sh 35_open_load.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_target --rule 'GET /delay/0 stall=1000'
set -- -f "$scenarios/arrivals_http.c" --headless --only-summary --csv r -H "$url"

# arrivals N : due (1), dropped (2) or waited (3), as the last line on them says
arrivals() {
    sed -n 's/^arrivals: \([0-9]*\) due, \([0-9]*\) dropped.*, \([0-9]*\) waited.*/\1 \2 \3/p' err | cut -d ' ' -f "$1"
}

# metric NAME METRIC : a value of r_metrics.csv
metric() {
    tr -d '\r' <r_metrics.csv | sed -n "s/^GET,$1,$2,//p"
}

for threads in 1 3; do
    for kind in constant poisson; do
        story="$kind arrivals are requests, $threads threads"
        before=$(heads)
        run 0 "$@" --threads "$threads" --arrival-rate 800/s --arrivals "$kind" -i 400 visitor
        expect 'requests' 400 "$(total 'Request Count' visit)"
        expect 'heads that the server read' 400 "$(($(heads) - before))"
    done
done

story='a fresh user for each arrival has a connection of its own'
connections() {
    curl -sS --max-time 20 "$url/_target/counters" | sed 's/.*"connections":\([0-9]*\).*/\1/'
}
before=$(connections)
run 0 "$@" --arrival-rate 300/s -i 60 newcomer
expect 'requests' 60 "$(total 'Request Count' visit)"
expect 'connections' 60 "$(($(connections) - before))"

story='a stall that the arrivals do not wait for'
run 0 "$@" -u 1 -t 4s --arrival-rate 300/s --max-users 50 --on-full queue visitor saboteur
expect 'arrivals dropped' 0 "$(arrivals 2)"
[ "$(arrivals 3)" -ge 100 ] || fail "only $(arrivals 3) arrivals waited for one of 50 users, in a stall of 300"
# The last 1 % of the four seconds' arrivals are those due in the first 40 ms of the stall, but for what the
# generator itself was late, all over the run.
python3 - "$(metric visit corrected_p99_ms)" "$(metric visit response_time_p90_ms)" "$(metric visit lateness_p50_ms)" <<'END' || fail 'the corrected response time does not show the stall'
import sys
corrected, plain, late = map(float, sys.argv[1:])
print(f"corrected p99 {corrected} ms, response p90 {plain} ms, lateness p50 {late} ms")
sys.exit(not (corrected > 0.9 * 960 and corrected - late < 1000 + 960 and plain < corrected / 2))
END

story='or do not wait, and are dropped'
run 0 "$@" -u 1 -t 3s --arrival-rate 300/s --max-users 20 visitor saboteur
[ "$(arrivals 2)" -gt 100 ] || fail "only $(arrivals 2) arrivals were dropped, with 20 users, in a stall of 300"
expect 'arrivals waiting' 0 "$(arrivals 3)"
expect 'what was not dropped' "$(($(arrivals 1) - $(arrivals 2)))" \
    "$(($(total 'Request Count' visit) + $(metric visit cancelled)))"

story='users that keep a rate show it, too'
run 0 "$@" -u 31 -r 1000 -t 4s pacer saboteur
python3 - "$(metric visit corrected_p95_ms)" "$(metric visit response_time_p50_ms)" "$(total 'Request Count' visit)" <<'END' || fail 'a rate per user does not make up for the stall'
import sys
corrected, plain, requests = map(float, sys.argv[1:])
print(f"corrected p95 {corrected} ms, response p50 {plain} ms, {requests} requests")
sys.exit(not (corrected > 500 and corrected > 2 * plain))
END
