#!/bin/sh
# SPDX-License-Identifier: MIT
# How runs end: by Ctrl-C, once and twice, by SIGTERM, by --run-time, with and without --stop-timeout; with which
# exit code.
# usage: sh 32_stop.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

users=20
scenario=$scenarios/stop.c
set -- -f "$scenario" --headless --csv r -u "$users" -r 1000

# begin OPTION... : starts a run; its stderr is read from descriptor 3
begin() {
    rm -f stderr.pipe r_*.csv
    mkfifo stderr.pipe
    : >err
    # A shell starts background commands with SIGINT ignored, which a run would inherit.
    env --default-signal=INT "$acrida" "$@" >out 2>stderr.pipe &
    run_pid=$!
    exec 3<stderr.pipe
    for _ in $(seq "$users"); do
        until_says 'lingering'
    done
}

# until_says PATTERN : reads on until a line matches
until_says() {
    while IFS= read -r line <&3; do
        printf '%s\n' "$line" >>err
        if printf '%s\n' "$line" | grep -qE "$1"; then
            return 0
        fi
    done
    fail "ended without saying '$1'"
}

# end EXIT-CODE : reads the rest
end() {
    cat <&3 >>err
    exec 3<&-
    status=0
    wait "$run_pid" || status=$?
    run_pid=
    expect 'exit code' "$1" "$status"
}

# everything_is_there : the tables on the console, and the files
everything_is_there() {
    has err 'final table' '^ +Aggregated +[0-9]+ .*'
    has err 'percentiles' '^Response time percentiles'
    for file in stats stats_history failures exceptions metrics; do
        [ -s "r_$file.csv" ] || fail "r_$file.csv is missing or empty"
    done
    expect 'tasks begun' "$users" "$(total 'Request Count' begun)"
    expect 'in flight' 0 "$(ledger in_flight)"
    expect 'lost' 0 "$(ledger lost)"
    has r_stats_history.csv 'the last row' ',Aggregated,'
}

for name in INT TERM; do
    story="one SIG$name"
    begin "$@" lingerer
    kill "-$name" "$run_pid"
    end 0
    everything_is_there
    expect 'tasks cancelled' "$users" "$(total 'Request Count' cancelled)"
    expect 'on_stop' "$users" "$(total 'Request Count' on_stop)"

    story="a second SIG$name, in the stop timeout"
    begin "$@" --stop-timeout 10m lingerer
    kill "-$name" "$run_pid"
    until_says 'once more to stop at once'
    kill "-$name" "$run_pid"
    end 0
    has err 'the second' 'stopping at once'
    everything_is_there
    expect 'tasks cancelled' "$users" "$(total 'Request Count' cancelled)"
done

story='--run-time'
run 0 "$@" -t 1s lingerer
everything_is_there
expect 'tasks cancelled' "$users" "$(total 'Request Count' cancelled)"
expect 'on_stop' "$users" "$(total 'Request Count' on_stop)"

story='--run-time and --stop-timeout'
run 0 "$@" -t 1s --stop-timeout 50s finisher
everything_is_there
expect 'tasks finished' "$users" "$(total 'Request Count' slept)"
expect 'on_stop' "$users" "$(total 'Request Count' on_stop)"
lacks r_stats.csv 'none is cancelled' 'cancelled'

story='a stop timeout that is too short'
run 0 "$@" -t 1s --stop-timeout 200ms lingerer
everything_is_there
expect 'tasks cancelled' "$users" "$(total 'Request Count' cancelled)"
expect 'on_stop' "$users" "$(total 'Request Count' on_stop)"

story='users that ignore being cancelled'
run 0 "$@" -t 1s ignorer
has err 'the warning' "WARNING.*ignorer.*ignore"
everything_is_there

story='exit codes'
run 0 "$@" sound
run 1 "$@" failing
run 7 "$@" --exit-code-on-error 7 failing
run 0 "$@" --exit-code-on-error 0 failing
run 1 "$@" -t 1s raising
run 7 "$@" -t 1s --exit-code-on-error 7 raising
run 2 "$@" --no-such-option sound
run 2 "$@" --exit-code-on-error x sound
run 1 "$@" -f missing.c
echo ok
