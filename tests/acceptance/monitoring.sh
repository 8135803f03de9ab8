#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's own Prometheus scrapes a run and a cluster, and Debian's own InfluxDB takes what is pushed: what they have is
# what --json-file says, and every query of the dashboard is answered. One that is not installed is left out, with a line.
# usage: monitoring.sh      (the build is in $ACRIDA_BUILD, or build/release; servers in PATH)
# shellcheck source-path=SCRIPTDIR
here=$(cd "$(dirname "$0")" && pwd)
set -- "${ACRIDA_BUILD:-$here/../../build/release}" "$here/../.."
# shellcheck source=../integration/lib.sh
. "$here/../integration/lib.sh"

# compare URL : of the run that ./r.json is about
compare() {
    python3 - "$1" "$source/packaging/grafana/acrida.json" 2>complaint <<'EOF' || fail "$(cat complaint)"
import json, sys, time, urllib.parse, urllib.request
r, url = json.load(open("r.json")), sys.argv[1]
def query(expr):
    with urllib.request.urlopen(url + "/api/v1/query?" + urllib.parse.urlencode({"query": expr, "time": at})) as f:
        return json.load(f)["data"]["result"]
# Series end with the next scrape, which finds nobody: as of the last one.
at = end = time.time()
while not query('acrida_state{acrida_state="stopped"} == 1'):
    at -= 0.25
    if at < end - 30:
        sys.exit("the last numbers are not there")
def series(name, *labels):
    return {tuple(s["metric"].get(l) for l in labels): float(s["value"][1]) for s in query(name)}
def same(what, a, b):
    if a != b:
        sys.exit(f"{what}: {a} in Prometheus, {b} in the file")
entries = {(e["type"], e["name"]): e for e in r["entries"]}
requests = series("acrida_requests_total", "method", "name", "status")
times = series("acrida_response_time_seconds_count", "method", "name")
sums = series("acrida_response_time_seconds_sum", "method", "name")
same("entries", set(times), set(entries))
for key, e in entries.items():
    same(f"successes of {key}", requests[(*key, "success")], e["requests"] - e["failures"])
    same(f"failures of {key}", requests[(*key, "failure")], e["failures"])
    same(f"times of {key}", times[key], e["response_time"]["count"])
    same(f"sum of {key}", sums[key], e["response_time"]["sum_ms"] / 1e3)
same("state", series("acrida_state == 1", "acrida_state"), {("stopped",): 1})
same("started", series("acrida_started_requests_total"), {(): r["ledger"]["started"]})
print(f"{len(entries)} entries, {r['total']['requests']} requests: equal")
target = query("acrida_build_info")[0]["metric"]
silent = []
for panel in json.load(open(sys.argv[2]))["panels"]:
    asked = [t["expr"].replace("$job", target["job"]).replace("$instance", target["instance"])
             .replace("$__rate_interval", "10s") for t in panel.get("targets", [])]
    if asked and not any([query(expr) for expr in asked]):
        silent.append(panel["title"])
print("panels without data:", ", ".join(silent) or "none")
if "Requests/s" in silent or len(silent) > 8:
    sys.exit(f"panels without data: {silent}")
EOF
}

# scrape OPTION... : a run that Prometheus watches to its end
scrape() {
    port=$(free_port)
    prometheus=$(free_port)
    cat >prometheus.yml <<EOF
global: {scrape_interval: 1s}
scrape_configs: [{job_name: acrida, static_configs: [{targets: ["127.0.0.1:$port"]}]}]
EOF
    prometheus --config.file prometheus.yml --storage.tsdb.path data --web.listen-address "127.0.0.1:$prometheus" \
        >prometheus.log 2>&1 &
    other_pids=$!
    wait_for 'Prometheus' curl -sf "http://127.0.0.1:$prometheus/-/ready" -o /dev/null
    "$acrida" --headless --only-summary --metrics-port "$port" --metrics-linger 30s --json-file r "$@" >out 2>err </dev/null &
    run_pid=$!
    status=0
    wait "$run_pid" || status=$?
    run_pid=
    [ "$status" -lt 2 ] || fail "exit code $status"
    has err 'the last numbers were waited for' 'waiting until the last numbers are fetched'
    compare "http://127.0.0.1:$prometheus"
    ! grep -E 'level=(warn|error)' prometheus.log || fail 'Prometheus complains'
    kill "$other_pids"
    wait "$other_pids" || true
    other_pids=
    rm -rf data
}

take_in() {
    port=$(free_port)
    rpc=$(free_port)
    printf '[meta]\ndir = "%s/meta"\n[data]\ndir = "%s/data"\nwal-dir = "%s/wal"\n[http]\nbind-address = "127.0.0.1:%s"\n' \
        "$work" "$work" "$work" "$port" >influx.conf
    printf '[monitor]\nstore-enabled = false\n' >>influx.conf
    sed -i "1i reporting-disabled = true\nbind-address = \"127.0.0.1:$rpc\"" influx.conf
    influxd -config influx.conf >influx.log 2>&1 &
    other_pids=$!
    wait_for 'InfluxDB' curl -sf "http://127.0.0.1:$port/ping" -o /dev/null
    curl -sf "http://127.0.0.1:$port/query" --data-urlencode 'q=CREATE DATABASE load' -o /dev/null
    run 1 --headless --only-summary --json-file r --influx "http://127.0.0.1:$port/write?db=load" --push-interval 1s "$@"
    lacks err 'all was taken' 'cannot deliver|deliveries failed'
    python3 - "http://127.0.0.1:$port" 2>complaint <<'EOF' || fail "$(cat complaint)"
import json, sys, urllib.parse, urllib.request
r = json.load(open("r.json"))
q = urllib.parse.urlencode({"db": "load", "q": "SELECT last(requests), last(failures), last(bytes) FROM acrida_requests GROUP BY \"method\", \"name\""})
with urllib.request.urlopen(sys.argv[1] + "/query?" + q) as f:
    all = json.load(f)["results"][0]["series"]
def clean(text):
    return "".join(c if " " <= c and c != "\x7f" else "\ufffd%02x" % ord(c) for c in text)
got = {(s["tags"]["method"], s["tags"]["name"]): s["values"][-1][1:] for s in all}
want = {(e["type"], clean(e["name"])): [e["requests"], e["failures"], e["bytes"]] for e in r["entries"]}
if got != want:
    sys.exit(f"{got}\nnot {want}")
print(f"{len(got)} entries: equal")
EOF
    kill "$other_pids"
    wait "$other_pids" || true
    other_pids=
}

start_target
export TEST_PATH=/status/503
if command -v prometheus >/dev/null; then
    story='Prometheus: a run'
    scrape -f "$scenarios/ledgers.c,$source/samples/shop.c" -H "$url" -u 20 -r 100 -t 6s
    story='Prometheus: a cluster'
    scrape -f "$source/samples/shop.c" -H "$url" --processes 2 -u 20 -r 100 -t 6s
else
    echo 'Prometheus is left out: apt-get install prometheus'
fi
if command -v influxd >/dev/null; then
    story='InfluxDB'
    take_in -f "$scenarios/ledgers.c,$scenarios/csv.c" -H "$url" -u 20 -r 500 -t 3s asker hostile steady
else
    echo 'InfluxDB is left out: apt-get install influxdb'
fi
