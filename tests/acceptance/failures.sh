#!/bin/sh
# SPDX-License-Identifier: MIT
# What may go wrong in a cluster, one after the other; each time both ledgers must hold against what the target
# counted. Network namespaces play hosts, for which root is needed; without it those cases are left out.
# usage: failures.sh [CASE...]      (no case: all; the build is in $ACRIDA_BUILD, or build/release)
# shellcheck source-path=SCRIPTDIR source=lib.sh
here=$(cd "$(dirname "$0")" && pwd)
wanted=$*
set -- "${ACRIDA_BUILD:-$here/../../build/release}" "$here/../.."
source=$2
. "$here/lib.sh"
set -f
trap '' PIPE

# --- workers --------------------------------------------------------------------------------------

children() {
    cat "/proc/$master_pid/task/"*/children
}

a_killed_worker_is_started_again() {
    start_master --processes 3
    await_requests 300
    # shellcheck disable=SC2046 # one word each
    set -- $(set +f; children)
    kill -KILL "$2"
    finish 0 60
    has err 'the supervisor says so' 'worker process [0-9]+ was ended by signal 9: starting another'
    balance killed
}

all_workers_killed_at_once_are_started_again() {
    start_master --processes 3
    await_requests 300
    # shellcheck disable=SC2046 # one word each
    kill -KILL $(children)
    finish 0 60
    has err 'it went on to its end' 'the run time is over'
    balance killed
}

a_worker_may_leave_and_another_join() {
    lead 2
    start_worker a
    start_worker b
    await_requests 300
    harm TERM a
    start_worker c
    workers_end a
    finish 0 60
    has err 'it said so' 'worker a left'
    lacks err 'all of it is known' 'unknown since'
    balance exact
    workers_end b c
}

a_killed_worker_is_heard_by_the_next_one() {
    run_time=12s
    lead 2
    start_worker a
    start_worker b
    await_requests 300
    harm KILL a
    await 'its loss' 20 says err 'worker a is lost'
    start_worker c
    finish 0 60
    has err 'the next one joined' 'worker c joined'
    cat ./*.log | grep -qE 'told the master what worker a ' || fail 'nobody delivered what it had left'
    balance killed
    workers_end b c
}

a_host_that_is_gone_is_unknown() {
    run_time=10s
    lead 2
    start_worker a
    # Its memory is its own: nobody finds it.
    unshare -m sh -c 'mount -t tmpfs none /dev/shm && exec "$@"' sh "$acrida" -f cluster_load.c --worker \
        --threads 1 --worker-name b --master-port "$port" >b.log 2>&1 </dev/null &
    echo $! >b.pid
    await_requests 300
    harm KILL b
    finish 0 60
    has err 'it says since when' 'worker b: unknown since its report [0-9]+'
    balance unknown
    workers_end a
}

a_stalled_worker_comes_back() {
    run_time=12s
    lead 2
    start_worker a
    start_worker b
    await_requests 300
    harm STOP a
    sleep 5 # so long it is stalled
    harm CONT a
    finish 0 60
    has err 'it was missed' 'worker a is lost'
    has err 'it came back' 'worker a returned'
    balance exact
    workers_end a b
}

# --- the master -----------------------------------------------------------------------------------

# killed_master SECONDS RUN_TIME : it is killed, and started again so much later
killed_master() {
    run_time=$2
    lead 2
    start_worker a
    start_worker b
    await_requests 500
    harm KILL master
    await 'its end' 5 is_gone "$master_pid"
    sleep "$1" # so long there is none
    lead 2
    finish 0 120
    has err 'the run goes on' 'going on with the run that began'
    balance exact
    workers_end a b
}

# Nobody is left to hear it but the next of both.
both_killed_are_heard_by_the_next_ones() {
    run_time=16s
    lead 2
    start_worker a
    start_worker b
    await_requests 500
    harm KILL master
    await 'its end' 5 is_gone "$master_pid"
    await_requests 200
    harm KILL a
    lead 2
    start_worker c
    finish 0 60
    has err 'the run goes on' 'going on with the run that began'
    cat ./*.log | grep -qE 'told the master what worker a ' || fail 'nobody delivered what it had left'
    balance killed
    workers_end b c
}

a_killed_master_goes_on_after_1_s() {
    killed_master 1 12s
}

a_killed_master_goes_on_after_10_s() {
    killed_master 10 22s
    lacks a.log 'no orphan' 'stopping the users'
}

a_killed_master_goes_on_after_40_s() {
    killed_master 40 55s
    has a.log 'orphans stop' 'no master for too long: stopping the users'
    has b.log 'orphans stop' 'no master for too long: stopping the users'
}

a_slow_master_blames_nobody() {
    lead 2
    start_worker a
    start_worker b
    await_requests 300
    harm STOP master
    sleep 3 # so long it is stalled
    harm CONT master
    finish 0 60
    lacks err 'nobody was lost' 'is lost'
    balance exact
    workers_end a b
}

# --- the network ----------------------------------------------------------------------------------

# partition SECONDS RUN_TIME [all] : between the master and one worker of two, or both; all reach the target
partition() {
    run_time=$2
    whom=${3-}
    stop_target
    make_hosts m a b || { echo '  left out: no network namespaces here'; start_target; return; }
    start_target --bind "$base_net.1" --rule '* /json delay=0..5'
    key=$work/key
    (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$key")
    master_host_name=m
    lead 2
    worker_host_name=a
    start_worker a --master-host "$base_net.11"
    worker_host_name=b
    start_worker b --master-host "$base_net.11"
    await_requests 300
    cut_off yes 11 12 ${whom:+13}
    await 'its loss' 20 says err 'worker a is lost'
    sleep "$1" # so long they are cut off
    cut_off no 11 12 13
    finish 0 150
    has err 'it came back' 'worker a returned'
    [ -n "$whom" ] || lacks err 'the other one never left' 'worker b is lost'
    balance exact
    workers_end a b
    end_all
    stop_target
    start_target
}

a_partition_of_5_s_heals() {
    partition 5 20s
    lacks a.log 'no orphan' 'stopping the users'
}

a_partition_from_all_heals() {
    partition 5 20s all
    has err 'both came back' 'worker b returned'
    has err 'it went on to its end' 'the run time is over'
}

a_partition_of_60_s_heals() {
    partition 60 80s
    has a.log 'an orphan stops' 'no master for too long: stopping the users'
}

# --- strangers ------------------------------------------------------------------------------------

two_workers_of_one_name_are_two() {
    lead 2
    start_worker a
    mv a.pid first.pid
    start_worker a
    finish 0 60
    expect 'workers that joined' 2 "$(grep -c 'worker a joined' err)"
    balance exact
    workers_end a first
    echo '  the twin of an identity: the_twin_of_a_worker_joins_as_another in tests/unit/test_session_times.c'
}

another_key_is_not_let_in() {
    key=$work/other
    (umask 077 && printf '%064d\n' 1 >"$work/key" && printf '%064d\n' 2 >"$work/other")
    start_worker stranger
    key=$work/key
    lead 2 --master-bind-host 127.0.0.1
    start_worker a
    start_worker b
    finish 0 60
    has err 'it is said' 'WARNING.*dropped|dropped.*frames|not authentic|another key'
    lacks err 'it did not join' 'worker stranger joined'
    has stranger.log 'it says what may be wrong' 'key'
    balance exact
    workers_end a b
    harm TERM stranger
    workers_end stranger
}

another_version_is_refused() {
    lead 2
    start_worker a
    start_worker b
    await_requests 300
    expect 'the answer (4 is REJECT)' 4 "$(python3 "$source/tests/support/strangers.py" version 127.0.0.1 "$port" 9)"
    finish 0 60
    has err 'both versions are named' 'speaks version 9 .* this master speaks version [0-9]+'
    balance exact
    workers_end a b
}

noise_on_the_port_changes_nothing() {
    lead 2
    start_worker a
    start_worker b
    await_requests 100
    python3 "$source/tests/support/strangers.py" noise 127.0.0.1 "$port" "$work/over" 5 >noise.out &
    noise_pid=$!
    await 'the end of the run' 60 says err 'the run time is over|[Rr]un time'
    : >over
    wait "$noise_pid"
    [ "$(cat noise.out)" -gt 100 ] || fail "only $(cat noise.out) strangers came"
    finish 0 60
    lacks err 'nobody was lost' 'is lost'
    balance exact
    [ "$(grep -c WARNING err)" -lt 30 ] || fail 'each stranger is logged'
    echo "  $(cat noise.out) strangers"
    workers_end a b
}

clocks_hours_apart_do_not_matter() {
    echo '  on simulated clocks: a_start_is_at_the_same_moment_everywhere in tests/unit/test_session_times.c'
}

# --- all of it ------------------------------------------------------------------------------------

all='a_worker_may_leave_and_another_join a_killed_worker_is_started_again
all_workers_killed_at_once_are_started_again
a_killed_worker_is_heard_by_the_next_one a_host_that_is_gone_is_unknown a_stalled_worker_comes_back
a_killed_master_goes_on_after_1_s a_killed_master_goes_on_after_10_s both_killed_are_heard_by_the_next_ones
a_slow_master_blames_nobody a_partition_of_5_s_heals a_partition_from_all_heals
two_workers_of_one_name_are_two another_key_is_not_let_in another_version_is_refused
noise_on_the_port_changes_nothing clocks_hours_apart_do_not_matter a_killed_master_goes_on_after_40_s
a_partition_of_60_s_heals'

start_target --rule '* /json delay=0..5'
set +f
for case in ${wanted:-$all}; do
    case " $(echo "$all" | tr '\n' ' ') " in
    *" $case "*) ;;
    *) fail "no case '$case'; there are: $all" ;;
    esac
    fresh "$case"
    "$case"
done
echo ok
