#!/bin/sh
# SPDX-License-Identifier: MIT
# The report names the pattern in which a target becomes slow, and none where there is none: three targets at a time.
# All profiles, at length: tests/acceptance/patterns.sh.
# usage: sh 49_patterns.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# begin NAME PROFILE OPTION... : a run against a target of its own; sets $begun
begin() {
    mkfifo "$1.pipe"
    "$build/bin/acrida-target" --port 0 --profile "$2" >"$1.pipe" &
    other_pids="$other_pids $!"
    read -r line <"$1.pipe"
    name=$1
    shift 2
    timeout 60 "$acrida" -f "$scenarios/patterns.c" -H "http://${line#listening on }" --headless --only-summary \
        --threads 1 --json-file "$name" "$@" >"$name.out" 2>"$name.err" </dev/null &
    begun=$!
    other_pids="$other_pids $begun"
}

# found NAME EXPRESSION : of the first pattern p, as Python sees it
found() {
    python3 -c "import json; all = json.load(open('$1.json'))['patterns']; p = all[0]; print($2)"
}

story='a cliff, a slow endpoint, and nothing'
# Compiled once, before all three want it.
run 0 -f "$scenarios/patterns.c" --list
begin cliff 'cliff knee=16 base=10 fail=0.5' --stages 11s:32@3
cliff_pid=$begun
begin spike 'spike /json over=6 base=10' -u 6 -r 6 -t 11s
spike_pid=$begun
begin steady 'steady base=10' -u 6 -r 6 -t 11s --no-patterns
steady_pid=$begun
expect_end 'the cliff' 1 "$cliff_pid"
expect_end 'the spike' 0 "$spike_pid"
expect_end 'the steady one' 0 "$steady_pid"

cp cliff.err err
expect 'patterns' 1 "$(found cliff 'len(all)')"
expect 'pattern' cliff "$(found cliff 'p["pattern"]')"
expect 'what the knee is in' users "$(found cliff 'p["at"]["what"]')"
expect 'the knee is near 16' True "$(found cliff '13 <= p["at"]["value"] <= 20')"
expect 'broken' True "$(found cliff 'p["is_broken"]')"
expect 'advice' True "$(found cliff 'len(p["causes"]) > 0 < len(p["fixes"])')"
has err 'the line' 'pattern: A cliff at about .* users: .* of the requests fail.* \(broken\)'
cp spike.err err
expect 'pattern' 'spike GET /json' "$(found spike 'p["pattern"], p["type"], p["name"]' | tr -d "(',)")"
expect 'when' True "$(found spike 'p["at"]["what"] == "time_s" and 5 <= p["at"]["value"] <= 9')"
expect 'graceful' False "$(found spike 'p["is_broken"]')"
has err 'the line' 'pattern: GET /json: Flat, then slow: this endpoint alone: '
cp steady.err err
expect 'pattern' none "$(found steady 'p["pattern"]')"
lacks err 'no line' 'pattern:'
echo ok
