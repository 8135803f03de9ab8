#!/bin/sh
# SPDX-License-Identifier: MIT
# --request-log: a row for each request, which add up to the statistics; files that are slow, full or not ours.
# usage: sh 82_request_log.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# compare FILE... : the rows of all files are those of ./r.json
compare() {
    python3 - "$@" 2>complaint <<'EOF' || fail "$(cat complaint)"
import csv, gzip, json, sys
r, sums, errors = json.load(open("r.json")), {}, {}
def plain(text):
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text
for path in sys.argv[1:]:
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f, strict=True):
            if None in row or None in row.values() or not r["run"]["start_time"] - 1 < float(row["time"]) < \
                    r["run"]["start_time"] + r["run"]["duration_s"] + 1:
                sys.exit(f"a row: {row}")
            key = plain(row["type"]), plain(row["name"])
            s = sums.setdefault(key, [0, 0, 0, 0.0])
            s[0] += 1
            s[1] += row["error"] != ""
            s[2] += int(row["bytes"])
            s[3] += float(row["response_time_ms"] or 0)
            if row["error"]:
                f_key = (*key, plain(row["error"]))
                errors[f_key] = errors.get(f_key, 0) + 1
for e in r["entries"]:
    n, n_failed, n_bytes, sum_ms = sums.pop((e["type"], e["name"]), [0, 0, 0, 0])
    if [n, n_failed, n_bytes] != [e["requests"], e["failures"], e["bytes"]]:
        sys.exit(f"{e['name']!r}: {n} rows, {n_failed} of failures, {n_bytes} bytes, not {e['requests']}, "
                 f"{e['failures']}, {e['bytes']}")
    if abs(sum_ms - e["response_time"]["sum_ms"]) > 0.0006 * n + 1e-6:
        sys.exit(f"{e['name']!r}: {sum_ms} ms, not {e['response_time']['sum_ms']}")
if sums or errors != {(f["type"], f["name"], f["error"]): f["count"] for f in r["failures"]}:
    sys.exit(f"rows of {sums}, errors {errors}")
EOF
}

start_target

story='all there is, hostile names too'
export TEST_PATH=/status/503
run 1 -f "$scenarios/ledgers.c,$scenarios/csv.c" --headless --only-summary -H "$url" -u 20 -r 500 -t 1s --threads 2 \
    --json-file r --request-log rows.csv asker hostile steady buyer
unset TEST_PATH
compare rows.csv
lacks err 'all is there' 'request-log'
has rows.csv 'the url and the user' '^[0-9.]+,GET,/status/503,[0-9.]+,[0-9.]+,[0-9.]+,[0-9]+,503,503 [^,]+,http://[^,]+,,asker,[0-9]+'

story='compressed, as fast as it comes'
run 0 -f "$source/samples/hello.c" --headless --only-summary -H "$url" -u 20 -r 500 -t 1s --json-file r --request-log rows.csv.gz
if ! grep -q 'requests are missing' err; then
    compare rows.csv.gz
fi

story='workers'
run 0 -f "$scenarios/ledgers.c" --headless --only-summary -H "$url" --processes 2 -u 20 -r 500 --json-file r \
    --request-log rows.csv -t 1s
compare rows-0.csv rows-1.csv

story='files that are not ours'
echo precious >mine.txt
run 1 -f "$source/samples/hello.c" --headless --only-summary -H "$url" -t 1s --request-log mine.txt
has err 'the reason' '--request-log: mine.txt is there, and is no log of requests'
expect 'the file' precious "$(cat mine.txt)"
run 1 -f "$source/samples/hello.c" --headless --only-summary -H "$url" -t 1s --request-log none/rows.csv
has err 'the reason' '--request-log: cannot write none/rows.csv: No such file or directory'
if [ -e /dev/full ]; then
    run 1 -f "$scenarios/csv.c" --headless --only-summary --request-log /dev/full known
    has err 'the reason' '--request-log: cannot write /dev/full: No space left on device'
fi

story='a reader that comes late: what there is no room for is told'
mkfifo pipe
: >err
(
    until grep -q 'are done: stopping' err; do sleep 0.05; done
    cat >late.csv
) <pipe &
other_pids=$!
# More than the memory of one thread holds.
run 1 -f "$scenarios/csv.c" --headless --only-summary -u 50 -r 1000 -i 1000 --threads 1 --json-file r --request-log pipe steady
wait "$other_pids"
other_pids=
missing=$(sed -n 's/.*--request-log: \([0-9]*\) requests are missing in pipe: it was too slow for them/\1/p' err)
# A machine so slow that it cannot write in 3 s what it holds says that instead.
if ! grep -q 'takes no more: its end is missing' err; then
    expect 'rows and those that are missing' "$(python3 -c 'import json; print(json.load(open("r.json"))["total"]["requests"])')" \
        "$(python3 -c "import csv; print(sum(1 for _ in csv.reader(open('late.csv', newline=''))) - 1 + ${missing:-0})")"
    [ "${missing:-0}" -gt 0 ] || fail 'nothing is missing'
fi

story='a reader that does not read'
tail -f /dev/null <pipe &
other_pids=$!
run 1 -f "$scenarios/csv.c" --headless --only-summary -u 50 -r 500 -i 200 --json-file r --request-log pipe steady
has err 'its end' '--request-log: pipe takes no more: its end is missing'
has err 'the tables' 'Aggregated +[0-9]'
