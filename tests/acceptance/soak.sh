#!/bin/sh
# SPDX-License-Identifier: MIT
# A run with three supervised workers, of which a random one is killed every few seconds, and once the master, which is
# started again: every request is explained at the end.
# usage: soak.sh SECONDS [SEED]      (the build is in $ACRIDA_BUILD, or build/release)
# shellcheck source-path=SCRIPTDIR source=lib.sh
here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:?usage: soak.sh SECONDS [SEED]}
seed=${2-1}
set -- "${ACRIDA_BUILD:-$here/../../build/release}" "$here/../.."
source=$2
. "$here/lib.sh"

# Time for what the last one left to be found (an heir looks every 5 s) before the run is over.
calm=10
state=$seed
n_killed=0

# pick N : a number below N, the same ones for the same seed
pick() {
    state=$(((state * 1103515245 + 12345) % 2147483648))
    picked=$((state / 65536 % $1))
}

# Those of the supervisor's children that are older than 5 s, one a line: one that dies sooner, again and again, is not
# started any more.
workers() {
    # shellcheck disable=SC2046 # one word each
    set -- $(cat "/proc/$supervisor/task/$supervisor/children")
    for child in "$@"; do
        age=$(ps -o etimes= -p "$child" || true)
        [ "${age:-0}" -lt 6 ] || echo "$child"
    done
}

has_workers() {
    n_workers=$(workers | grep -c .)
    [ "$n_workers" -gt 0 ]
}

kill_worker() {
    await 'a worker that is old enough' 30 has_workers
    pick "$n_workers"
    if kill -KILL "$(workers | sed -n "$((picked + 1))p")" 2>/dev/null; then
        n_killed=$((n_killed + 1))
    fi
}

kill_master() {
    harm KILL master
    await 'its end' 5 is_gone "$master_pid"
    lead 3
    await 'the run to go on' 30 says err 'going on with the run that began'
}

start_target --processes 2 --rule '* /json delay=0..5'
fresh "soak of $seconds s, seed $seed"
n_users=60
run_time=${seconds}s
lead 3
(exec "$acrida" -f cluster_load.c --worker --processes 3 --threads 1 --master-port "$port" \
    >supervisor.log 2>&1 </dev/null) &
supervisor=$!
echo "$supervisor" >supervisor.pid
await 'the users' 60 says err 'users are spawned'

begun=$(date +%s)
master_dies=$((seconds / 2))
while elapsed=$(($(date +%s) - begun)) && [ "$elapsed" -lt $((seconds - calm)) ]; do
    if [ "$elapsed" -ge "$master_dies" ]; then
        kill_master
        master_dies=$seconds
    else
        kill_worker
    fi
    # By the target's count, of some 700 a second.
    pick 2000
    await_requests $((1000 + picked))
done
finish 0 $((calm + 60))
[ "$n_killed" -ge $((seconds / 10)) ] || fail "only $n_killed workers were killed"
balance killed
await 'the end of the workers' 30 is_gone "$supervisor"
rm -f supervisor.pid
expect 'ledger files that are left' '' "$(find /dev/shm -name "acrida-$port-*" 2>/dev/null)"
echo "  $n_killed workers and 1 master were killed"
echo ok
