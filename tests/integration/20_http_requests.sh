#!/bin/sh
# SPDX-License-Identifier: MIT
# What is sent and what comes back, as the target tells it: by TCP and Unix socket, over 1 and 3 threads; every request
# head that the target read is an attempt.
# usage: sh 20_http_requests.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

echo 'of a file' >some.txt
export TEST_FILE="$work/some.txt"

# everything OPTION... : all steps of the scenario, by 6 users; the counters agree
everything() {
    curl -sS -o /dev/null -X POST "$url/_target/reset"
    run 0 -f "$scenarios/http_requests.c" --headless --only-summary -u 6 -r 1000 -t 50s --csv r "$@"
    expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
    expect lost 0 "$(ledger lost)"
    [ "$(total 'Request Count')" -gt 400 ] || fail 'too few requests'
}

start_target --unix "$work/socket"
export TEST_OTHER="http://localhost:${url##*:}"
for threads in 1 3; do
    story="requests, $threads threads"
    everything -H "$url" --threads "$threads"
done

story='by a Unix socket'
everything -H "$url" --http-unix-socket "$work/socket"

story='names as Locust: path and query of the first request, base path included'
run 1 -f "$scenarios/http_failures.c" --headless --only-summary -u 1 --csv r -H "$url/base/" plain
has r_stats.csv 'the name' '^GET,/base/json,1,1,'
has r_failures.csv 'the failure' '^GET,/base/json,.*404 Client Error: Not Found for url: /base/json'

story='options of the run'
run 0 -f "$scenarios/http_failures.c" --headless --only-summary -u 1 -H "$url" --http-header 'X-Run: 1' plain
for bad in '--http-version=3' '--http-header=none'; do
    status=0
    timeout 30 "$acrida" -f "$scenarios/http_failures.c" --headless -u 1 -H "$url" "$bad" plain >out 2>err </dev/null ||
        status=$?
    [ "$status" != 0 ] || fail "$bad is taken"
    has err "$bad" "${bad%=*} '${bad#*=}': "
done
run 2 -f "$scenarios/http_failures.c" --headless -u 1 -H "$url" --http-engine=magic plain
has err 'another engine' "http-engine.*magic"
echo ok
