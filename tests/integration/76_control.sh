#!/bin/sh
# SPDX-License-Identifier: MIT
# A process that a plugin keeps, steered by another thread: several runs one after the other, each with its own
# statistics, edited, reset and stopped; alone, and as a master of two workers. Both ledgers against the target's
# own counters.
# usage: sh 76_control.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# The web interface keeps such a process, too.
unset ACRIDA_HEADLESS
export ACRIDA_WEB_PORT=0

mkfifo commands
cp "$scenarios/remote.c" "$scenarios/kept.c" .

has_answers() {
    [ "$(wc -l <answers)" -ge "$1" ]
}

# ask LINE : what the plugin answers
ask() {
    n_asked=$((n_asked + 1))
    echo "$1" >&3
    wait_for "the answer to '$1'" has_answers "$n_asked"
    answer=$(sed -n "${n_asked}p" answers)
}

# keep OPTION... : a process that is kept, on standard files out and err
keep() {
    n_asked=0
    : >answers
    : >hooks
    "$acrida" "$@" >out 2>err </dev/null &
    run_pid=$!
    exec 3<>commands
    wait_for 'init' grep -q '^init' hooks
}

end() {
    expect_end "$1" "$2" "$run_pid"
    run_pid=
}

is() {
    ask state
    # shellcheck disable=SC2254 # a pattern
    case $answer in $1) ;; *) return 1 ;; esac
}

# n_of WORD : the number behind a word of the last answer
n_of() {
    echo "$answer" | sed "s/.* $1 \([0-9]*\).*/\1/"
}

# balance : what the stopped run counted against what the target read since the last time
balance() {
    wait_for 'the end of the run' is '*stopped*'
    now=$(heads)
    expect 'attempts, and heads that the target read' $((now - before)) "$(n_of attempts)"
    before=$now
}

# two_runs : of a process that is kept: edited, reset, stopped; then one that ends by itself
two_runs() {
    ask 'start users=3 rate=100 kept-name=first'
    expect 'the first run' '0 ' "$answer"
    ask 'start users=3'
    expect 'another one' 'EBUSY a run is going on: stop it first' "$answer"
    wait_for 'three users' is 'run 1 running users 3/3 *'
    ask 'edit 6 200 0'
    expect 'edit' 0 "$answer"
    wait_for 'six users' is 'run 1 running users 6/6 *'
    ask ratio
    has answers 'the ratio of tasks' '"per_class":\{"walker":\{"ratio":0\.5,"tasks":.*"checkout":\{"ratio":0\.25,"tasks"'
    ask state
    many=$(n_of started)
    ask reset
    wait_for 'the hook' grep -q '^reset_stats' hooks
    ask state
    [ "$(n_of started)" -ge "$many" ] || fail "the ledger was reset: $many, then $(n_of started)"
    [ "$(n_of requests)" -lt "$(n_of started)" ] || fail 'the statistics were not reset'
    ask stop
    balance
    ask 'edit 1 0 0'
    expect 'edit without a run' ESRCH "$answer"
    ask 'start users=2 types=poller time=0.5'
    expect 'the second run' '0 ' "$answer"
    wait_for 'the second run' is 'run 2 *'
    balance
    expect 'the runs' "run 2 stopped" "$(echo "$answer" | cut -d ' ' -f 1-3)"
}

start_target
before=$(heads)

story='two runs'
keep -f kept.c --plugin remote.c -H "$url" --csv r --only-summary
is 'run 0 ready users 0/0 requests 0 started 0 *' || fail "before the first run: $answer"
ask 'start users=1'
expect 'without a required option' \
    "EINVAL plugin 'kept' wants --kept-name: give it, or set ACRIDA_KEPT_NAME, or kept-name = ... in acrida.conf" \
    "$answer"
for refused in 'users=1 spawn-rat=2|there is no option spawn-rat: did you mean spawn-rate?' \
    "users=1 max-users=x|--max-users wants a whole number, got 'x'" \
    'master=true|--master is the process*' 'types=nobody|there is no user type *nobody*' \
    'rate=-1|--spawn-rate wants *' 'stages=5|--stages: *' 'rate=nan|--spawn-rate wants *'; do
    ask "start kept-name=x ${refused%%|*}"
    # shellcheck disable=SC2254 # a pattern
    case $answer in "EINVAL "${refused#*|}) ;; *) fail "'$refused': $answer" ;; esac
done
ask 'option users'
expect 'what was refused' '1|1||2|000' "$answer"
ask 'option kept-name'
expect 'what was refused' '||kept|0|011' "$answer"
ask types
expect 'the user types' 'walker:1,look,checkout,checkout/pay poller:1,poll' "$answer"
ask name
expect 'the scenario' 'kept.c' "$answer"
two_runs
ask types
expect 'the user types' 'walker:0,look,checkout,checkout/pay poller:1,poll' "$answer"
ask 'option users'
expect 'what was started' '2|1||2|000' "$answer"
ask 'logs spawning'
expect 'lines of the log' '2 acrida' "$answer"
ask quit
end 'a process that quits' 0
expect 'hooks' 'init, held test_start reset_stats test_stop stopped test_start test_stop stopped quit' \
    "$(tr '\n' ' ' <hooks | sed 's/ $//')"
has err 'the last run in the end' 'Aggregated'
expect 'the last tables, once' 1 "$(grep -c 'Response time percentiles' err)"

story='stages, and Ctrl-C'
keep -f kept.c --plugin remote.c -H "$url" --kept-name x
ask 'start stages=30s:4@100'
expect 'stages' '0 ' "$answer"
wait_for 'the stage' is 'run 1 running users 4/4 *'
ask 'edit 2 0 0'
expect 'edit of stages' EBUSY "$answer"
kill -INT "$run_pid"
end 'a process that got Ctrl-C' 0
expect 'hooks' 'init, held test_start test_stop stopped quit' "$(tr '\n' ' ' <hooks | sed 's/ $//')"

story='a run that begins in init, and Ctrl-C between runs'
REMOTE_EARLY=1 keep -f kept.c --plugin remote.c -H "$url" --kept-name x
wait_for 'two users' is 'run 1 running users 2/2 *'
ask stop
wait_for 'the end of the run' is '*stopped*'
kill -TERM "$run_pid"
end 'a process that got SIGTERM' 0
lacks err 'the stop of the run is no signal' 'stopping at once'
before=$(heads)

story='a master'
port=$(free_port)
keep -f kept.c --plugin remote.c --master --master-bind-port "$port" -H "$url"
ask 'start users=3 kept-name=x'
expect 'without workers' 'EAGAIN no worker is here yet: start some (acrida --worker)' "$answer"
for name in one two; do
    "$acrida" -f kept.c --plugin remote.c --worker --master-port "$port" --worker-name "$name" >"$name.out" 2>&1 &
    other_pids="$other_pids $!"
done
wait_for 'two workers' is '* workers 2'
two_runs
lacks err 'errors' ' ERROR '
ask quit
end 'a master that quits' 0
for pid in $other_pids; do
    expect_end 'a worker' 0 "$pid"
done
other_pids=
stop_target
