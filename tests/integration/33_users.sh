#!/bin/sh
# SPDX-License-Identifier: MIT
# Users: types in proportion to their weights, draws that a seed repeats, exceptions in tasks and on_start, and what
# --warmup and --reset-stats leave out.
# usage: sh 33_users.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

set -- -f "$scenarios/users.c" --headless --only-summary --csv r

for threads in 1 3; do
    story="weights 3, 1 and 6 of 1000 users, $threads threads"
    run 0 "$@" -u 1000 -r 5000 -t 1s --threads "$threads" three one six
    expect 'users of weight 3' 300 "$(total 'Request Count' three)"
    expect 'users of weight 1' 100 "$(total 'Request Count' one)"
    expect 'users of weight 6' 600 "$(total 'Request Count' six)"
done

# draw FILE OPTION... : what 40 users draw, five times each, into FILE
draw() {
    file=$1
    shift
    run 0 "$@" -u 40 -r 1000 drawer
    sed -n 's/^draw,\(.*\),1,0,0,0.*$/\1/p' r_stats.csv | sort >"$file"
    expect 'draws' 200 "$(wc -l <"$file" | tr -d ' ')"
}

story='a seed repeats what users draw'
draw a1 "$@" --seed 42 --threads 1
draw a3 "$@" --seed 42 --threads 3
draw b3 "$@" --seed 43 --threads 3
cmp -s a1 a3 || fail "1 and 3 threads differ: $(diff a1 a3 | head -n 4)"
expect 'draws that another seed repeats' 0 "$(comm -12 a1 b3 | wc -l | tr -d ' ')"
expect 'users that drew' 40 "$(sed 's/:.*//' a1 | sort -u | wc -l | tr -d ' ')"
expect 'different draws' 200 "$(sed 's/^[0-9]*://' a1 | sort -u | wc -l | tr -d ' ')"
draw c1 "$@" --threads 1
has err 'the seed that was chosen' '--seed [0-9]+ repeats'
seed=$(sed -n 's/.*--seed \([0-9]*\) repeats.*/\1/p' err)
draw c3 "$@" --threads 3 --seed "$seed"
cmp -s c1 c3 || fail "the logged seed repeats nothing: $(diff c1 c3 | head -n 4)"

story='exceptions'
run 1 "$@" -u 20 -r 1000 --threads 2 raiser cracker
has err 'a raised one on the console' '^30 +boom, "raiser"$'
has err 'a returned one on the console' '^20 +returned -5 \(Input/output error\)$'
expect 'lines of the log, one for each' 2 "$(grep -c 'ERROR/acrida: exception ' err)"
has err 'task and type' "in task 'boom' of user type 'raiser'"
python3 - <<'END' 2>differs || fail "$(cat differs)"
import csv, re
with open("r_exceptions.csv", newline="") as f:
    rows = {row["Message"]: row for row in csv.DictReader(f)}
if sorted(rows) != ['boom, "raiser"', "returned -5 (Input/output error)"]:
    exit(f"messages: {sorted(rows)}")
raised, returned = rows['boom, "raiser"'], rows["returned -5 (Input/output error)"]
if (raised["Count"], returned["Count"]) != ("30", "20"):
    exit(f"counts: {raised['Count']} and {returned['Count']}, not 30 and 20")
if "local" not in raised["Nodes"]:
    exit(f"nodes: {raised['Nodes']}")
if not re.search(r"\bboom\b", raised["Traceback"]):
    exit(f"the backtrace does not name the task: {raised['Traceback']}")
if not re.search(r"users\S*\.so\+0x[0-9a-f]+", raised["Traceback"]):
    exit(f"the backtrace has no frame of the scenario: {raised['Traceback']}")
if not re.search(r"\bcrack\b", returned["Traceback"]):
    exit(f"of a returned one nothing names the task: {returned['Traceback']}")
END

story='exceptions in on_start'
run 1 "$@" -u 5 -r 1000 -t 50s refuser
has err 'the table' '^5 +no way in$'
has err 'the end of the run' 'no user is left'
has err 'the place' "in task 'on_start' of user type 'refuser'"
run 1 "$@" -u 2 -r 1000 -t 2s refuser clock
lacks err 'a user is left' 'no user is left'
has err 'the table' '^1 +no way in$'

# What is reported in the first half second is left out; what comes long after is not. The ledger has both.
for option in '--warmup 1s' '--reset-stats'; do
    story=$option
    # shellcheck disable=SC2086 # two words are meant
    run 0 "$@" $option -u 10 -r 10 -t 3s clock
    lacks r_stats.csv 'the early samples' '^time,early,[1-9]'
    [ "$(total 'Request Count' late)" -gt 0 ] || fail 'no late samples'
    expect 'the sum' "$(total 'Request Count' late)" "$(total 'Request Count')"
    expect 'the least time' 2 "$(total 'Min Response Time' | sed 's/\.0$//')"
    [ "$(ledger started)" -gt "$(total 'Request Count')" ] || fail 'the ledger lacks the early samples'
done
has err 'the log' 'statistics reset'
echo ok
