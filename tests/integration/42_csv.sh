#!/bin/sh
# SPDX-License-Identifier: MIT
# The CSV files have Locust's headings to the byte, and are read by what reads Locust's, at any moment of a run,
# whatever the names in them.
# usage: sh 42_csv.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

quantiles='50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%'

# heading PREFIX SUFFIX TEXT : the first line, CR and LF included
heading() {
    printf '%s\r\n' "$3" >wanted
    head -n 1 "$1_$2.csv" | cmp -s - wanted || fail "heading of $1_$2.csv: $(head -n 1 "$1_$2.csv")"
    expect "lines of $1_$2.csv without CR" 0 "$(grep -vc "$(printf '\r')\$" "$1_$2.csv")"
}

headings() {
    times='Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size'
    totals="Total $(echo "$times" | sed 's/,/,Total /g')"
    heading "$1" stats "Type,Name,Request Count,Failure Count,$times,Requests/s,Failures/s,$quantiles"
    heading "$1" stats_history "Timestamp,User Count,Type,Name,Requests/s,Failures/s,$quantiles,Total Request Count,\
Total Failure Count,$totals"
    heading "$1" failures 'Method,Name,Error,Occurrences,First Seen,Last Seen'
    heading "$1" exceptions 'Count,Message,Traceback,Nodes'
    heading "$1" metrics 'Type,Name,Metric,Value'
}

# python ARGUMENT... : a check; what it complains of is the failure
python() {
    python3 - "$@" 2>complaint || fail "$(cat complaint)"
}

story='known samples, into folders that are not there'
run 1 -f "$scenarios/csv.c" --headless --only-summary --csv not/yet/there/k known
headings not/yet/there/k
python not/yet/there/k <<'END'
import csv, re, sys
def rows(name):
    with open(f"{sys.argv[1]}_{name}.csv", newline="") as f:
        return list(csv.DictReader(f))
known, total = rows("stats")
if [known["Type"], known["Name"], total["Type"], total["Name"]] != ["GET", "/known", "", "Aggregated"]:
    sys.exit(f"rows: {known} {total}")
for row in known, total:
    got = [row[c] for c in ("Request Count", "Failure Count", "Median Response Time", "50%", "80%", "90%")]
    if got != ["100", "3", "10", "10", "10", "10"]:
        sys.exit(f"counts and low percentiles: {got}")
    got = [float(row[c + " Response Time"]) for c in ("Average", "Min", "Max")] + [float(row["Average Content Size"])]
    if got != [59, 10, 500, 40]:
        sys.exit(f"times and sizes: {got}")
    got = [int(row[c]) for c in ("95%", "98%", "99%", "99.9%", "99.99%", "100%")]
    if not all(498 <= ms <= 502 for ms in got) or got[-1] != 500:
        sys.exit(f"high percentiles: {got}")
    if not float(row["Requests/s"]) > float(row["Failures/s"]) > 0:
        sys.exit(f"rates: {row['Requests/s']} {row['Failures/s']}")
failure, = rows("failures")
if [failure[c] for c in ("Method", "Name", "Error", "Occurrences")] != ["GET", "/known", "too slow", "3"]:
    sys.exit(f"failure: {failure}")
if not all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", failure[c]) for c in ("First Seen", "Last Seen")):
    sys.exit(f"when it was seen: {failure}")
if rows("exceptions"):
    sys.exit(f"exceptions: {rows('exceptions')}")
END

# The threshold checks that go round with Locust: the aggregated row, by name, as float and int.
story='threshold scripts'
cat >threshold.py <<'END'
import csv, sys
path, most_p95, most_failed, most_average = sys.argv[1], *map(float, sys.argv[2:])
good = True
with open(path) as f:
    for row in csv.DictReader(f):
        if row["Name"] != "Aggregated":
            continue
        p95, average = float(row["95%"]), float(row["Average Response Time"])
        total, failed = int(row["Request Count"]), int(row["Failure Count"])
        print(f"{total} requests, {row['Requests/s']} a second, {row['50%']} {row['99%']} ms")
        good = p95 <= most_p95 and failed / total <= most_failed and average <= most_average
        break
    else:
        sys.exit("no aggregated row")
sys.exit(0 if good else 3)
END
# threshold EXIT-CODE P95 SHARE-OF-FAILURES AVERAGE
threshold() {
    status=0
    python3 threshold.py not/yet/there/k_stats.csv "$2" "$3" "$4" >out 2>err || status=$?
    expect "exit code with $2 $3 $4" "$1" "$status"
}
threshold 0 510 0.03 59
threshold 3 490 0.03 59
threshold 3 510 0.02 59
threshold 3 510 0.03 58

story='hostile names'
run 1 -f "$scenarios/csv.c" --headless --only-summary -t 1s --csv h hostile
python <<'END'
import csv, io, sys
def rows(name):
    with open(f"h_{name}.csv", newline="", encoding="utf-8") as f:
        text = f.read()
    if not text.endswith("\r\n"):
        sys.exit(f"{name} ends with {text[-20:]!r}")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:]
names = ["a,b", 'say "hi"', "two\nlines", "=1+2", "@cmd", "+1", "-1", " spaced ", "tab\there", "semi;colon",
         "caf\u00e9", "'quoted'"]
# What a spreadsheet would take for a formula has an apostrophe before it.
safe = lambda text: "'" + text if text[:1] in "=+-@\t\r" and text else text
want = sorted([("GET", safe(n)) for n in names] + [("'=type", ""), ("", "Aggregated")])
if sorted((r[0], r[1]) for r in rows("stats")) != want:
    sys.exit(f"names: {sorted((r[0], r[1]) for r in rows('stats'))}, not {want}")
want = sorted(("GET", safe(n), safe(n), "1") for n in names)
if sorted(tuple(r[:4]) for r in rows("failures")) != want:
    sys.exit(f"failures: {rows('failures')}")
if [r[:2] for r in rows("exceptions")] != [["1", "'=oh, \"no\"\nno"]]:
    sys.exit(f"exceptions: {rows('exceptions')}")
for name, width in ("stats", 22), ("stats_history", 24), ("failures", 6), ("exceptions", 4), ("metrics", 4):
    for r in rows(name):
        if len(r) != width:
            sys.exit(f"{name}: {len(r)} cells: {r}")
END

story='numbers of the scenario itself'
run 1 -f "$scenarios/csv.c" --headless --only-summary -u 10 -r 1000 --threads 3 --csv r buyer
python <<'END'
import csv, sys
with open("r_metrics.csv", newline="") as f:
    rows = {(r["Type"], r["Name"], r["Metric"]): r["Value"] for r in csv.DictReader(f)}
def expect(want, *key):
    got = rows.get(key)
    if got != want and not (isinstance(want, tuple) and want[0] <= float(got) <= want[1]):
        sys.exit(f"{key}: {got}, not {want}")
expect("2000", "counter", "orders", "counter_sum")
expect("1", "counter", "hooks", "counter_sum")
expect("14", "gauge", "basket", "gauge_last")
expect("10", "gauge", "basket", "gauge_min")
expect("1000", "trend", "bytes, all", "trend_count")
expect("1495", "trend", "bytes, all", "trend_avg")
expect((1480, 1500), "trend", "bytes, all", "trend_p50")
expect("1990", "trend", "bytes, all", "trend_max")
expect("900", "check", "'=has a total", "check_passed")
expect("100", "check", "'=has a total", "check_failed")
expect("1", "check", "all orders are there", "check_passed")
expect("2000", "tag", "shop", "tag_requests")
expect("50", "tag", "shop", "tag_failures")
expect("1000", "tag", "eu", "tag_requests")
expect((4.98, 5.02), "tag", "eu", "tag_response_time_p50_ms")
if ("tag", "hook", "tag_requests") in rows:
    sys.exit("requests of hooks have a tag")
# A measure is a sample like others, and no attempt.
for what, n in ("started", 3000), ("succeeded", 2900), ("failed", 100), ("cancelled", 0), ("attempts", 0):
    expect(str(n), "", "", "ledger_" + what)
END
expect 'measures' 1000 "$(total 'Request Count' 'check out')"
expect 'failed measures' 50 "$(total 'Failure Count' 'check out')"
has err 'counters' '^orders +\| +2000 '
has err 'checks' '^=has a total +\| +900 +100 +90\.00%$'
has err 'tags' '^shop +\| +2000 +50\(2\.50%\) '

story='--csv-full-history'
run 1 -f "$scenarios/csv.c" --headless --only-summary -t 2s --csv f --csv-full-history steady
python <<'END'
import csv, sys
with open("f_stats_history.csv", newline="") as f:
    rows = list(csv.DictReader(f))
last = [r["Name"] for r in rows if r["Timestamp"] == rows[-1]["Timestamp"]]
if sorted(last) != sorted([f"/stream/{i}" for i in range(100)] + ["Aggregated"]) or last[-1] != "Aggregated":
    sys.exit(f"names in the last second: {last}")
END

# Whoever reads a file while it is written gets all of it: no half row, no missing sum.
story='reading while the run writes'
cat >watch.py <<'END'
import csv, io, subprocess, sys
widths = {"stats": 22, "stats_history": 24, "failures": 6, "exceptions": 4, "metrics": 4}
reads = {name: set() for name in widths}
stamps = []
def read(name):
    try:
        with open(f"w_{name}.csv", newline="") as f:
            text = f.read()
    except FileNotFoundError:
        return bool(reads[name]) and sys.exit(f"{name} was there, and is gone")
    if not text.endswith("\r\n"):
        sys.exit(f"{name} ends with {text[-40:]!r}" if text else f"{name} is empty")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for row in rows:
        if len(row) != widths[name]:
            sys.exit(f"{name} has a row of {len(row)} cells: {row}")
    # Before the first second is over there is the heading only.
    if name == "stats" and len(rows) > 1 and rows[-1][1] != "Aggregated":
        sys.exit(f"stats ends with {rows[-1]}")
    if name == "stats_history":
        stamps[:] = [int(row[0]) for row in rows[1:]]
    reads[name].add(text)
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while process.poll() is None:
    for name in widths:
        read(name)
if process.returncode != 1:
    sys.exit(f"exit code {process.returncode}")
for name in "stats", "stats_history", "failures":
    if len(reads[name]) < 3:
        sys.exit(f"{name} was seen in {len(reads[name])} states only")
if len(stamps) < 3 or stamps != sorted(set(stamps)):
    sys.exit(f"time stamps: {stamps}")
END
python3 watch.py "$acrida" -f "$scenarios/csv.c" --headless -u 2 -t 4s --csv w steady 2>complaint ||
    fail "$(cat complaint)"
echo ok
