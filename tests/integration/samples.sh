# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the stories of the samples share. Sourced instead of lib.sh.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2034 # used by those that source this
samples=$build/samples
# shellcheck disable=SC2034 # used by those that source this
watch=$scenarios/load_watch.c

# quick NAME SED : a copy of a sample with its times changed, in ./NAME.c; for waits too long for a test
quick() {
    sed -E -e "$2" "$source/samples/$1.c" >"$1.c"
    ! cmp -s "$source/samples/$1.c" "$1.c" || fail "'$2' changes nothing in samples/$1.c"
}

# sample EXIT-CODE FILE OPTION... : one run from counters at zero, to the end of all tasks; the ledgers must agree with
# what the target has counted
sample() {
    code=$1
    file=$2
    shift 2
    curl -sS -o /dev/null -X POST "$url/_target/reset"
    rm -f r_*.csv
    run "$code" -f "$file" -H "$url" --headless --only-summary --csv r --seed 42 --threads 2 -s 20 "$@"
    conserved "${uncounted:-0}"
}

# conserved N : each request has ended in one column, and all heads that the target read but N were counted
conserved() {
    settled=$(($(ledger succeeded) + $(ledger failed)))
    expect 'in flight after the run' 0 "$(ledger in_flight)"
    expect 'lost' 0 "$(ledger lost)"
    expect 'succeeded + failed + cancelled' "$(ledger started)" $((settled + $(ledger cancelled)))
    expect 'requests in the statistics' "$settled" "$(total 'Request Count')"
    expect 'heads that the target read' $(($(ledger attempts) + $1)) "$(heads)"
}

# read_by_target 'METHOD PATH' : how many of these the target read
read_by_target() {
    curl -sS -G --data-urlencode "path=$1" "$url/_target/count"
}

# requests NAME : in the statistics
requests() {
    total 'Request Count' "$1"
}

# value TYPE NAME METRIC : a row of r_metrics.csv
value() {
    sed -n "s/^$1,$2,$3,\\(.*\\)\\r\$/\\1/p" r_metrics.csv
}

# ledger_load NAME : a row of what is counted of the load, from r_metrics.csv
ledger_load() {
    value '' '' "load_$1"
}

# between WHAT LOW HIGH ACTUAL : whole numbers
between() {
    if [ "$4" -lt "$2" ] || [ "$4" -gt "$3" ]; then
        fail "$1: expected $2 to $3, got $4"
    fi
}

# share WHAT PERCENT PART WHOLE : within 3 points
share() {
    between "$1, in percent" $(($2 - 3)) $(($2 + 3)) $((100 * $3 / $4))
}

# in_order FILE PATTERN... : lines that match the patterns follow each other, others between them
in_order() {
    file=$1
    shift
    from=1
    for pattern; do
        line=$(tail -n "+$from" "$file" | grep -nE -m 1 -e "$pattern" | cut -d : -f 1)
        [ -n "$line" ] || fail "$file: '$pattern' is missing from line $from on"
        from=$((from + line))
    done
}
