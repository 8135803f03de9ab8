#!/bin/sh
# SPDX-License-Identifier: MIT
# What a master shows of its workers: a row for each, whose sums are those of the whole; the statistics by label;
# their warnings and the names of those that raised exceptions.
# usage: sh 73_cluster_shown.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

workers=
stop_workers() {
    for pid in $workers; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    workers=
}
trap 'stop_workers; cleanup' EXIT

# worker NAME LINES OPTION... : one in the background that logs so many warnings
worker() {
    name=$1
    lines=$2
    shift 2
    SHOWN_LINES=$lines timeout 60 "$acrida" -f shown.c --worker --master-port "$port" --worker-name "$name" \
        --threads 1 "$@" >"$name.log" 2>&1 </dev/null &
    workers="$workers $!"
}

cp "$scenarios/shown.c" .
"$acrida" build shown.c >/dev/null # not by all of them at once
start_target
port=$(free_port)

story='two workers with labels'
worker w-one 3 --label region=eu --label zone=a
worker w-two 70 --label region=us --label zone=a
run 1 -f shown.c -H "$url" -u 40 -r 200 -t 5s --master --master-bind-port "$port" --expect-workers 2 \
    --expect-workers-max-wait 30s --headless --only-summary --csv r
for pid in $workers; do
    wait "$pid" || fail "a worker ends with exit code $?: $(tail -n 5 w-*.log)"
done
workers=
python3 - "$(heads)" <<'END' 2>complaint || fail "$(cat complaint)"
import csv, sys
def rows(name):
    with open(f"r_{name}.csv", newline="") as f:
        return list(csv.DictReader(f))
def expect(what, want, got):
    if want != got:
        sys.exit(f"{what}: {got}, not {want}")
stats, labels, workers = rows("stats"), rows("labels_stats"), sorted(rows("workers"), key=lambda r: r["Name"])
total = stats[-1]
expect("names and labels", [("w-one", "region=eu zone=a"), ("w-two", "region=us zone=a")],
       [(r["Name"], r["Labels"]) for r in workers])
for r in workers:
    n = {k: int(r[k]) for k in ("Started", "Succeeded", "Failed", "Cancelled", "In Flight", "Lost", "Attempts",
                                "Request Count", "Failure Count", "Users", "Threads", "Reports", "Memory Bytes")}
    expect("what was started by " + r["Name"], n["Started"],
           n["Succeeded"] + n["Failed"] + n["Cancelled"] + n["In Flight"] + n["Lost"])
    expect("in flight and lost", [0, 0], [n["In Flight"], n["Lost"]])
    expect("requests", [n["Succeeded"] + n["Failed"], n["Failed"]], [n["Request Count"], n["Failure Count"]])
    expect("users left and threads", [0, 1], [n["Users"], n["Threads"]])
    if not (n["Failed"] > 0 and n["Reports"] > 0 and n["Memory Bytes"] > 1 << 20):
        sys.exit(f"numbers: {n}")
    if not abs(float(r["Clock Offset ms"])) < 1000:
        sys.exit(f"clock offset on one machine: {r['Clock Offset ms']}")
    if r["State"] not in ("stopping", "stopped", "left"):
        sys.exit(f"state at the end: {r['State']}")
sums = lambda column, of: sum(int(r[column]) for r in of)
expect("users", 40, sums("Max Users", workers))
expect("heads that the target read", int(sys.argv[1]), sums("Attempts", workers))
metrics = {r["Metric"]: r["Value"] for r in rows("metrics") if (r["Type"], r["Name"]) == ("", "")}
for column in "Started", "Succeeded", "Failed", "Cancelled", "Lost", "Attempts":
    expect("ledger of all: " + column, metrics["ledger_" + column.lower()], str(sums(column, workers)))
for column in "Request Count", "Failure Count":
    expect(column + " of workers", int(total[column]), sums(column, workers))
    for entry in stats:
        parts = [r for r in labels if r["Label"].startswith("region=") and r["Name"] == entry["Name"]]
        expect(column + " of labels for " + entry["Name"], int(entry[column]), sums(column, parts))
# All workers have this label: its rows are those of the whole, but for rates (another start).
shape = [c for c in total if not c.endswith("/s")]
expect("a label of all", [[r[c] for c in shape] for r in stats],
       [[r[c] for c in shape] for r in labels if r["Label"] == "zone=a"])
for worker, label in zip(workers, ("region=eu", "region=us")):
    mine, = [r for r in labels if r["Label"] == label and r["Name"] == "Aggregated"]
    for column in "Request Count", "Failure Count", "50%", "99%", "100%":
        expect(f"{column} of {label}", worker[column], mine[column])
exception, = rows("exceptions")
expect("nodes", ["w-one", "w-two"], sorted(exception["Nodes"].split(", ")))
END
has err 'a row of the table' '^w-one +region=eu zone=a [a-z]+ +\| +[0-9]+ '
has err 'a row of labels' '^region=us +\| +[0-9]+ '
for n in 1 2 3; do
    expect "warning $n of w-one" 1 "$(grep -c "/WARNING/scenario: worker w-one: line $n of 3$" err)"
done
expect 'warnings of w-two' 50 "$(grep -c '/WARNING/scenario: worker w-two: line [0-9]* of 70$' err)"
# Exceptions are in the log, too: each line of a worker's has come, or is counted.
came=$(grep -Ec '/(WARNING|ERROR)/[a-z]+: worker w-two: (line|exception)' err)
left_out=$(sed -n 's/.*: worker w-two: \([0-9]*\) more lines are in its own log only$/\1/p' err |
    awk '{ n += $1 } END { print n + 0 }')
expect 'lines that came, and those left out' "$(grep -Ec '/(WARNING|ERROR)/' w-two.log)" $((came + left_out))

# Their lines are in the master's log already.
story='workers of its own'
export SHOWN_LINES=3
run 1 -f shown.c -H "$url" -u 4 -r 200 -t 3s --processes 2 --headless --only-summary --csv r
expect 'warnings' 9 "$(grep -c '/WARNING/scenario: line [0-9] of 3$' err)"
lacks err 'lines sent' 'worker .*: line [0-9] of 3'

story='without workers'
run 1 -f shown.c -H "$url" -u 4 -r 200 -t 2s --headless --only-summary --csv alone
for name in workers labels_stats; do
    [ ! -e "alone_$name.csv" ] || fail "there is alone_$name.csv"
done
lacks err 'a table of workers' '^Worker '
stop_target
