#!/bin/sh
# SPDX-License-Identifier: MIT
# --statsd, --influx, --otlp: what comes to a server, read strictly, adds up to what --json-file says; servers that
# fail, refuse or are not there do not hold the run.
# usage: sh 81_push.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# start_sinks FAILURES : sets $http and $udp
start_sinks() {
    rm -f sinks.pipe
    mkfifo sinks.pipe
    python3 "$source/tests/integration/sinks.py" seen.json "$1" >sinks.pipe &
    sinks_pid=$!
    other_pids=$sinks_pid
    read -r http udp <sinks.pipe || fail 'the sinks do not start'
}

stop_sinks() {
    kill "$sinks_pid"
    wait "$sinks_pid" || true
    other_pids=
}

# compare : ./seen.json and ./r.json are about the same run
compare() {
    python3 - 2>complaint <<'EOF' || fail "$(cat complaint)"
import json, re, sys
r, seen = json.load(open("r.json")), json.load(open("seen.json"))
def same(what, a, b):
    if a != b:
        sys.exit(f"{what}: {a} and {b}")
same("errors", seen["errors"], [])
same("the run", seen["influx"]["acrida_run"]["requests"], r["total"]["requests"])
same("the state", seen["influx"]["acrida_run"]["state"], "stopped")
same("OTLP's resource", seen["otlp"]["resource"].split(",")[0], "service.name=acrida")
def clean(text):
    return re.sub(r"[\0-\x1f\x7f]", lambda m: "\ufffd%02x" % ord(m[0]), text)
def tags(**all):
    return "".join("," + k + "=" + re.sub(r"([,= ])", r"\\\1", clean(v)) for k, v in all.items() if v)
sums = {}
for e in r["entries"]:
    at = f"{{request.method={e['type']},request.name={clean(e['name'])}}}"
    same(f"requests {at}", seen["otlp"]["acrida.requests" + at], e["requests"])
    same(f"failures {at}", seen["otlp"]["acrida.failures" + at], e["failures"])
    same(f"bytes {at}", seen["otlp"]["acrida.response.size" + at], e["bytes"])
    same(f"times {at}", seen["otlp"]["acrida.request.duration" + at],
         [e["response_time"]["count"], e["response_time"]["sum_ms"] / 1e3])
    line = seen["influx"]["acrida_requests" + tags(method=e["type"], name=e["name"])]
    same(f"lines of {at}", [line["requests"], line["failures"], line["bytes"], line["sum_ms"]],
         [e["requests"], e["failures"], e["bytes"], e["response_time"]["sum_ms"]])
    def plain(text):
        return "".join(c if re.match("[A-Za-z0-9-]", c) else "_" * len(c.encode()) for c in text) or "-"
    key = f"{plain(e['type'])}.{plain(e['name'])}"
    for what, n in ("requests", e["requests"]), ("failures", e["failures"]), ("bytes", e["bytes"]):
        sums[f"x.{what}.{key}"] = sums.get(f"x.{what}.{key}", 0) + n
for key, n in sums.items():
    same(f"StatsD's {key}", seen["statsd"].get(key, 0), n)
EOF
}

# value EXPRESSION : of what came
value() {
    python3 -c "import json; s = json.load(open('seen.json')); print($1)"
}

start_target

story='what comes is what was'
start_sinks 0
export TEST_PATH=/status/503
run 1 -f "$scenarios/ledgers.c,$scenarios/csv.c" --headless --only-summary -H "$url" -u 20 -r 500 -t 2s --json-file r \
    --push-interval 1s --statsd "127.0.0.1:$udp" --statsd-prefix x. --influx "http://127.0.0.1:$http/write?db=a" \
    --influx-token top-secret --otlp "http://127.0.0.1:$http/v1/metrics" --otlp-headers 'X-Key=a b,Y=c' asker hostile steady
stop_sinks
unset TEST_PATH
compare
lacks err 'all went well' 'cannot deliver|deliveries failed'
lacks err 'a secret' 'top-secret'
expect 'the token' 'Token top-secret' "$(value 's["headers"]["/write?db=a"]["Authorization"]')"
expect 'headers' 'a b c' "$(value '" ".join(s["headers"]["/v1/metrics"][x] for x in ("X-Key", "Y"))')"
[ "$(value 's["posts"]')" -ge 4 ] || fail "only $(value 's["posts"]') posts"

story='a server that fails at first; Influx by datagrams'
start_sinks 2
run 0 -f "$source/samples/hello.c" --headless --only-summary -H "$url" -u 5 -r 100 -t 2s --json-file r \
    --push-interval 1s --otlp "http://127.0.0.1:$http/v1/metrics" --influx "udp://127.0.0.1:$udp" \
    --statsd "127.0.0.1:$udp" --statsd-prefix x.
stop_sinks
compare
has err 'the failure' 'WARNING.*--otlp: cannot deliver numbers: .*503.*; the run goes on'
expect 'warnings' 1 "$(grep -c 'cannot deliver' err)"
has err 'the recovery' 'numbers are delivered again'
expect 'refused' 2 "$(value 's["refused"]')"

story='servers that refuse, and such as are not there'
start_sinks 0
none=$(free_port)
run 0 -f "$source/samples/hello.c" --headless --only-summary -H "$url" -u 5 -r 100 -t 1s --push-interval 1s \
    --influx "http://127.0.0.1:$http/bad" --otlp "http://127.0.0.1:$none/v1/metrics" --statsd "127.0.0.1:$none"
stop_sinks
has err 'refused' '--influx: cannot deliver numbers: .*400.*partial write: .1b\[31mno; the run goes on'
has err 'lost' '--influx: [0-9]+ of [0-9]+ deliveries failed'
has err 'not there' '--otlp: cannot deliver numbers: .*; the run goes on'
has err 'lost' '--otlp: [0-9]+ of [0-9]+ deliveries failed'
lacks err 'raw control characters' "$(printf '\033')"

story='options'
run 2 -f "$source/samples/hello.c" --headless --statsd nowhere
has err 'the reason' '--statsd: write HOST:PORT'
run 2 -f "$source/samples/hello.c" --headless --influx localhost:8086
has err 'the reason' '--influx: a URL begins with'
run 2 -f "$source/samples/hello.c" --headless --otlp udp://localhost:8086
has err 'the reason' '--otlp: a URL begins with'
run 2 -f "$source/samples/hello.c" --headless --otlp http://localhost:1 --otlp-headers nonsense
has err 'the reason' '--otlp-headers: write NAME=VALUE'
