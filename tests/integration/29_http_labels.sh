#!/bin/sh
# SPDX-License-Identifier: MIT
# Context and tags of a request reach listeners and tables; numbers in response headers become trends.
# usage: sh 29_http_labels.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_target --port 0
story='context, tags and trends'
run 1 -f "$scenarios/http_labels.c" --headless --only-summary -u 10 -r 1000 --threads 2 --csv r -H "$url"
lacks err 'exceptions' 'exception in'
expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
expect 'requests' 70 "$(total 'Request Count')"
for row in "/server-timing: 'first' \[eu fast\]" "/json: '' \[\]" "/status/404: 'later' \[eu\]" "/redirect/1: 'user's' \[\]" \
    "/json: 'all' \[fast\]" "/server-timing: 'all' \[fast\]" "no answer: 'user's' \[\]"; do
    has r_metrics.csv "$row" "^counter,$row,counter_sum,10.?$"
done
for row in tag,eu,tag_requests,20 tag,fast,tag_requests,30 \
    'trend,Server-Timing db,trend_count,20' 'trend,Server-Timing db,trend_max,12.5' \
    'trend,Server-Timing cache,trend_avg,0.3' 'trend,Server-Timing app,trend_avg,20' \
    'trend,Content-Length,trend_count,10'; do
    has r_metrics.csv "$row" "^$row.?$"
done
echo ok
