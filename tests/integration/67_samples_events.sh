#!/bin/sh
# SPDX-License-Identifier: MIT
# Samples on what is told and counted mean what they say: events, monitor, set_up, metrics.
# usage: sh 67_samples_events.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

start_target
story='events: judged by the scenario, heard by two listeners'
sample 1 "$samples/events.so" -u 20 -r 5000
looks=$(requests '/things/[id]')
expect 'things' 20 "$(requests /things)"
expect 'looks that failed: all but the last of each' $((looks - 20)) "$(total 'Failure Count')"
has r_failures.csv 'why' '^GET,/things/\[id\],not active yet: PENDING,'
expect 'lines of the first listener' 20 "$(grep -c 'is active after [0-9]* looks$' err)"
has err 'the sum of the second one' "20 things became active, after $looks looks$"

story='monitor: beside a scenario that knows nothing of it'
uncounted=1
sample 0 "$samples/set_up.so" --plugin "$samples/monitor.so" -u 10 -r 5000 -t 1s --slow 0s
uncounted=0
n=$(requests Aggregated)
in_order err "load test of $url, up to 10 users" "complete: $n requests, 0 failures, on average " \
    "seen: $n requests, $n slow, 0 failed, the slowest took "
expect 'lines of slow ones' "$n" "$(grep -c 'SLOW: POST /api/cart/items took [0-9.]* ms$' err)"

story='set_up: one log-in for all, which is not counted'
expect 'log-ins' 1 "$(read_by_target 'POST /api/auth/login')"
expect 'all that was counted' "$n" "$(requests /api/cart/items)"
expect 'items, by the target' "$n" "$(read_by_target 'POST /api/cart/items')"
[ "$n" -ge 10 ] || fail "only $n items"

story='metrics: counter, gauge, trend, checks and a measure'
sample 0 "$samples/metrics.so" -u 20 -r 5000 -t 1s
bought=$(requests buy)
looks=$(requests '/api/products?page=1&limit=20')
[ "$bought" -gt 0 ] || fail 'nothing was bought'
expect 'orders, by the target' "$bought" "$(read_by_target 'POST /api/orders')"
expect 'the counter' "$bought" "$(value counter orders counter_sum)"
expect 'the trend' "$looks" "$(value trend price trend_count)"
expect 'one check' "$looks" "$(value check 'a page has 20 products' check_passed)"
expect 'the other' "$looks" "$(value check 'products have prices' check_passed)"
expect 'failed ones' 00 "$(value check 'a page has 20 products' check_failed)$(value check 'products have prices' check_failed)"
expect 'the gauge, at its least' 1 "$(value gauge 'orders of one buyer' gauge_min)"
stop_target

story='set_up: a test that cannot start'
start_target --rule 'POST /api/auth/login status=503'
run 1 -f "$samples/set_up.so" -H "$url" --headless -u 10 -t 1s
has err 'why' "plugin 'set_up': no token: "
expect 'items' 0 "$(read_by_target 'POST /api/cart/items')"

story='monitor: failures'
stop_target
start_target --rule 'GET /* status=503 p=0.5'
sample 1 "$samples/hello.so" --plugin "$samples/monitor.so" -u 4 -r 5000 -i 200
n=$(total 'Failure Count')
between 'failures' 1 199 "$n"
expect 'lines of failed ones' "$n" "$(grep -c 'FAILED: GET /: ' err)"
has err 'the sum' "complete: 200 requests, $n failures"
echo ok
