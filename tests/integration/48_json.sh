#!/bin/sh
# SPDX-License-Identifier: MIT
# --json prints Locust's list, --json-file writes all results: both agree with the CSV files and with what the
# target counted.
# usage: sh 48_json.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# python ARGUMENT... : a check; what it complains of is the failure
python() {
    python3 - "$@" 2>complaint || fail "$(cat complaint)"
}

# check HEADS : ./out, ./new/r.json and ./r_*.csv are about the same run, of so many heads
check() {
    cp out printed.json
    python "$@" <<'END'
import csv, json, sys
def once(pairs):
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        sys.exit(f"keys twice: {keys}")
    return dict(pairs)
def load(path):
    with open(path, encoding="utf-8", errors="strict") as f:
        return json.load(f, object_pairs_hook=once)
def rows(name):
    with open(f"r_{name}.csv", newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))
def same(what, a, b):
    if a != b:
        sys.exit(f"{what}: {a} and {b}")
def plain(text):  # without the apostrophe that keeps spreadsheets from running it
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@\t\r" else text
all, locust, stats = load("new/r.json"), load("printed.json"), rows("stats")
metrics = {(plain(r["Type"]), plain(r["Name"]), r["Metric"]): r["Value"] for r in rows("metrics")}
same("schema", all["schema"], 1)
same("keys", list(all), ["schema", "verdict", "goals", "run", "ledger", "load", "total", "entries", "failures",
     "exceptions", "metrics", "workers", "labels", "history", "patterns", "environment", "scenario", "options"])
h, n = all["history"], len(all["history"]["time_s"])
for key, column in h.items():
    same(f"points of {key}", key == "interval_s" or len(column), key == "interval_s" or n)
for e in all["entries"]:
    same(f"points of {e['name']}", {len(c) for c in e["history"].values()}, {n})
same("heads that the target read", int(sys.argv[1]), all["ledger"]["attempts"])
for key, n in all["ledger"].items():
    same(f"ledger, {key}", int(metrics["", "", f"ledger_{key}"]), n)
l = all["ledger"]
same("the ledger", l["started"], l["succeeded"] + l["failed"] + l["cancelled"] + l["in_flight"] + l["lost"])
for key in "iterations", "arrivals", "dropped", "spawned", "parked":
    same(key, int(metrics["", "", f"load_{key}"]), all["load"][key])
names = [(plain(r["Type"]), plain(r["Name"])) for r in stats]
same("entries", names, [(e["type"], e["name"]) for e in all["entries"] + [all["total"]]])
same("entries of Locust's", names[:-1], [(e["method"], e["name"]) for e in locust])
for row, e in zip(stats, all["entries"] + [all["total"]]):
    same(f"requests of {e['name']}", int(row["Request Count"]), e["requests"])
    same(f"failures of {e['name']}", int(row["Failure Count"]), e["failures"])
    same(f"rate of {e['name']}", float(row["Requests/s"]), e["requests_per_s"])
    same(f"mean of {e['name']}", float(row["Average Response Time"]), e["response_time"]["mean_ms"] or 0)
    for key in "attempts", "cancelled", "untimed", "bytes":
        same(f"{key} of {e['name']}", int(metrics[e["type"], e["name"], key]), e[key])
    for clock in "response_time", "corrected", "lateness":
        t = e[clock]
        same(f"{clock} of {e['name']}", t["count"], e["requests"] - e["untimed"])
        same(f"{clock} of {e['name']}, histogram", t["count"], sum(n for _, n in t["histogram"]))
        if t["count"] == 0:
            continue
        rank, seen = -(-t["count"] * 99 // 100), 0
        p99 = next(ms for ms, n in t["histogram"] if (seen := seen + n) >= rank)
        p99 = min(max(p99, t["min_ms"]), t["max_ms"])
        if not abs(t["percentiles_ms"]["99"] - p99) <= 0.004 * p99 + 1e-9:
            sys.exit(f"p99 of {clock}: {t['percentiles_ms']['99']}, by the histogram {p99}")
        if not t["min_ms"] <= t["mean_ms"] <= t["max_ms"] or abs(t["sum_ms"] / t["count"] - t["mean_ms"]) > 1e-6:
            sys.exit(f"{clock}: {t}")
keys = ["name", "method", "last_request_timestamp", "start_time", "num_requests", "num_none_requests", "num_failures",
        "total_response_time", "max_response_time", "min_response_time", "total_content_length", "response_times",
        "num_reqs_per_sec", "num_fail_per_sec"]
for mine, e in zip(locust, all["entries"]):
    same("Locust's keys", list(mine), keys)
    for a, b in ("num_requests", "requests"), ("num_none_requests", "untimed"), ("num_failures", "failures"), \
            ("total_content_length", "bytes"):
        same(a, mine[a], e[b])
    same("sum of times", mine["total_response_time"], e["response_time"]["sum_ms"])
    same("times", sum(mine["response_times"].values()), e["response_time"]["count"])
    if any(str(int(ms)) != ms for ms in mine["response_times"]):
        sys.exit(f"response times: {mine['response_times']}")
    if e["requests"] and not mine["start_time"] <= mine["last_request_timestamp"] <= \
            all["run"]["start_time"] + all["run"]["duration_s"] + 1:
        sys.exit(f"times of the run: {mine} {all['run']}")
same("failures", [(plain(r["Method"]), plain(r["Name"]), plain(r["Error"]), int(r["Occurrences"]))
                  for r in rows("failures")],
     [(f["type"], f["name"], f["error"], f["count"]) for f in all["failures"]])
same("exceptions", sorted((plain(r["Message"]), plain(r["Traceback"]), int(r["Count"]), plain(r["Nodes"]))
                          for r in rows("exceptions")),
     [(x["message"], x["traceback"], x["count"], ", ".join(x["nodes"])) for x in all["exceptions"]])
END
}

# value EXPRESSION : of the file, as Python sees it
value() {
    python3 -c "import json; r = json.load(open('new/r.json')); print($1)"
}

# The run's seed, exit code and counts are told, whatever --json-file is called.
asks() {
    wanted_code=$1
    name=$2
    shift 2
    curl -sS -o /dev/null -X POST "$url/_target/reset"
    run "$wanted_code" -f "$scenarios/ledgers.c" --headless --only-summary -H "$url" -u 20 -r 500 --seed 42 \
        --json --json-file "$name" --csv r "$@"
    has err 'the tables' 'Aggregated +[0-9]'
    check "$(heads)"
    expect 'seed' 42 "$(value 'r["run"]["seed"]')"
    expect 'exit code' "$wanted_code" "$(value 'r["run"]["exit_code"]')"
    expect 'state' stopped "$(value 'r["run"]["state"]')"
    expect 'user types' "[{'name': 'asker', 'users': 0}]" "$(value 'r["run"]["user_types"]')"
}

start_target

story='one thread'
asks 0 new/r --threads 1
expect 'requests' 600 "$(value 'r["total"]["requests"]')"
# Rates are over the time that was measured, which a busy machine makes a little shorter than that of points.
expect 'requests over time' True "$(value '540 <= sum((x or 0) * (b - a) for x, a, b in zip(r["history"]["requests_per_s"],
    [0] + r["history"]["time_s"], r["history"]["time_s"])) <= 660')"
story='other percentiles, in all files'
asks 0 new/r --percentiles 99.95,50,99
expect 'percentiles' "['50', '99', '99.95']" "$(value 'list(r["total"]["response_time"]["percentiles_ms"])')"
has r_stats.csv 'the heading' ',Failures/s,50%,99%,99.95%'
has err 'the table' ' 50% +99% +99.95% +# reqs'
run 2 -f "$scenarios/ledgers.c" --headless --percentiles 50,101
has err 'the reason' "--percentiles: '50,101' is not a list of up to 12 numbers from above 0 to 100"
story='failures, redirects, two threads, the ending given'
export TEST_PATH=/status/503
asks 1 new/r.json --threads 2
expect 'failures' 600 "$(value 'sum(f["count"] for f in r["failures"])')"
export TEST_PATH=/redirect/3
asks 0 new/r --threads 2
expect 'attempts' 2400 "$(value 'r["ledger"]["attempts"]')"
unset TEST_PATH
[ ! -e new/r.json.json ] || fail 'new/r.json.json is there'

story='hostile names'
run 1 -f "$scenarios/csv.c" --headless --only-summary -t 1s --json --json-file new/r --csv r hostile
check 0
story='numbers of the scenario itself'
run 1 -f "$scenarios/csv.c" --headless --only-summary -u 10 -r 1000 --threads 3 --json --json-file new/r --csv r buyer
check 0
python <<'END'
import json, sys
metrics = {(m["kind"], m["name"]): m for m in json.load(open("new/r.json"))["metrics"]}
def expect(want, kind, name, *keys):
    got = [metrics[kind, name][k] for k in keys]
    if got != want:
        sys.exit(f"{kind} {name}: {got}, not {want}")
expect([1000, 2000], "counter", "orders", "count", "sum")
expect([14, 10, 14], "gauge", "basket", "last", "min", "max")
expect([1000, 1495, 1000, 1990], "trend", "bytes, all", "count", "mean", "min", "max")
expect([1000, 100], "check", "=has a total", "count", "failures")
expect([2000, 50], "tag", "shop", "count", "failures")
END

story='where nothing can be written'
run 1 -f "$scenarios/csv.c" --headless --only-summary --json-file /proc/none/r known
has err 'the reason' '^.*--json-file: cannot write /proc/none/r.json: No such file or directory'
lacks err 'no run' 'spawning'
if [ -e /dev/full ]; then
    status=0
    timeout 60 "$acrida" -f "$scenarios/csv.c" --headless --only-summary --json known >/dev/full 2>err </dev/null || status=$?
    expect 'exit code' 1 "$status"
    has err 'the reason' '--json: cannot write to stdout: No space left on device'
fi
