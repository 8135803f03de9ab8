#!/bin/sh
# SPDX-License-Identifier: MIT
# --metrics-port: pages are what the formats' grammars allow, during a run and after it; the last one has the numbers
# of --json-file; strangers get nothing, and neither hold the run nor each other.
# usage: sh 80_metrics.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

om='Accept: application/openmetrics-text; version=1.0.0'

# start OPTION... : acrida in the background; sets $run_pid and $page
start() {
    rm -f err
    timeout 60 "$acrida" --headless --only-summary --metrics-port 0 "$@" >out 2>err </dev/null &
    run_pid=$!
    wait_for 'the address' grep -q 'metrics: http' err
    page=$(sed -n 's/.*metrics: \(http[^ ]*\)$/\1/p' err)
}

finish() {
    expect_end "$story" "$1" "$run_pid"
    run_pid=
}

get() {
    curl -sS --max-time 10 "$@"
}

# is_there FILE PATTERN HEADER : the page, written to FILE, has such a line
is_there() {
    get -H "$3" "$page" >"$1"
    grep -qE -e "$2" "$1"
}

read_strictly() {
    python3 "$source/tests/integration/exposition.py" "$@" 2>complaint || fail "$(cat complaint)"
}

start_target

story='a run, from its start to its end'
export TEST_PATH=/status/503
start -f "$scenarios/ledgers.c,$scenarios/csv.c" -H "$url" -u 20 -r 500 -t 2s --json-file r --metrics-linger 30s \
    --metrics-buckets 1ms,10ms,1s asker hostile steady buyer
wait_for 'requests' is_there running.txt '^acrida_requests_total\{.*"success"\} [1-9]' 'Accept: text/plain'
has running.txt 'its state' '^acrida_state\{acrida_state="running"\} 1$'
read_strictly classic running.txt
if command -v promtool >/dev/null; then
    promtool check metrics <running.txt || fail 'promtool'
fi
# Between the end of the run and that of the process.
wait_for 'the end' grep -q 'waiting until the last numbers are fetched' err
get -D head -H "$om" "$page" >last.txt
finish 1
unset TEST_PATH
has head 'its type' '^Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8'
read_strictly om last.txt r.json
has last.txt 'buckets' '_bucket\{method="GET",name="/status/503",le="0.01"\} '
if /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
    /usr/bin/python3 -c 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
assert len(list(read(open("last.txt", newline="", encoding="utf-8").read()))) > 30' || fail "Prometheus's own reader"
fi

story='a cluster'
start -f "$source/samples/hello.c" -H "$url" --processes 2 -u 10 -r 100 -t 3s --json-file r --metrics-linger 30s
wait_for 'workers' is_there running.txt '^acrida_workers\{state="running"\} 2$' "$om"
read_strictly om running.txt
has running.txt 'a worker' '^acrida_worker_users\{worker="1",worker_name="[^"]+"\} '
wait_for 'the end' grep -q 'waiting until the last numbers are fetched' err
get -H "$om" "$page" >last.txt
finish 0
read_strictly om last.txt r.json

story='strangers'
echo 'a-token-of-twenty-one' >token
start -f "$source/samples/hello.c" -H "$url" -u 1 -t 30s --metrics-host 0.0.0.0 --metrics-token-file token
page=$(echo "$page" | sed 's/0\.0\.0\.0/127.0.0.1/')
expect 'without a token' 401 "$(get -o /dev/null -w '%{http_code}' "$page")"
expect 'with another' 401 "$(get -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer x' "$page")"
expect 'with it' 200 "$(get -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer a-token-of-twenty-one' "$page")"
expect 'elsewhere' 404 "$(get -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer a-token-of-twenty-one' "$page/x")"
kill -INT "$run_pid"
finish 0

story='what is refused'
run 2 -f "$source/samples/hello.c" --headless --metrics-port 0 --metrics-host 0.0.0.0
has err 'the reason' '--metrics-host 0.0.0.0 can be reached from other machines: give --metrics-token-file'
run 2 -f "$source/samples/hello.c" --headless --metrics-port "${url##*:}"
has err 'the reason' '--metrics-port: cannot listen on 127.0.0.1 port [0-9]+: Address already in use'
run 2 -f "$source/samples/hello.c" --headless --metrics-port 70000
has err 'the reason' '--metrics-port: a port is 0 to 65535'
echo short >token
run 2 -f "$source/samples/hello.c" --headless --metrics-port 0 --metrics-token-file token
has err 'the reason' 'the first line of token is no token'
run 2 -f "$source/samples/hello.c" --headless --metrics-port 0 --metrics-buckets 2s,1s
has err 'the reason' "--metrics-buckets: '1s' is not above the one before"
