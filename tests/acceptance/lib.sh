# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the failure table and the soak share: a master, its workers, harm, and both ledgers. Sourced with the
# build's and the source's folder as arguments, like the stories' own lib.sh. With KEEP=FOLDER in the environment all
# that a case that failed has left is copied there.
# shellcheck source=tests/integration/lib.sh
. "$source/tests/integration/lib.sh"

master_pid=
n_users=20
run_time=8s
port=
key=
# Names of hosts that are network namespaces; empty: all is on this one.
hosts=
tag=acr$$
base_net=10.213.77

# Called by lib.sh's EXIT trap too: nothing that was started here goes on.
end_all() {
    for file in "$work"/*.pid; do
        [ -e "$file" ] || continue
        kill -CONT "$(cat "$file")" 2>/dev/null || true
        kill -KILL "$(cat "$file")" 2>/dev/null || true
        rm -f "$file"
    done
    [ -z "$port" ] || find /dev/shm -name "acrida-$port-*" -delete
    for host in $hosts; do
        ip netns del "$tag$host" 2>/dev/null || true
    done
    [ -z "$hosts" ] || ip link del "$tag" 2>/dev/null || true
    hosts=
}
trap '[ "$?" = 0 ] || [ -z "${KEEP-}" ] || cp -r "$work" "$KEEP"; end_all; cleanup' EXIT

# await WHAT SECONDS COMMAND... : until the command succeeds
await() {
    what=$1
    until=$(($(date +%s) + $2))
    shift 2
    until "$@"; do
        [ "$(date +%s)" -le "$until" ] || fail "waited in vain for $what"
        sleep 0.05
    done
}

# is_gone PID : it has ended, whether or not it was waited for
is_gone() {
    case $(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) in
    '' | Z) return 0 ;;
    esac
    return 1
}

says() {
    grep -qE -e "$2" "$1"
}

n_says() {
    [ "$(grep -cE -e "$2" "$1")" -ge "$3" ]
}

heads_reach() {
    [ "$(heads)" -ge "$1" ]
}

# await_requests N : so many more reach the target
await_requests() {
    await "$1 more requests" 60 heads_reach $(($(heads) + $1))
}

# --- hosts ----------------------------------------------------------------------------------------

# make_hosts NAME... : network namespaces on a bridge, whose own address this host has
make_hosts() {
    n=10
    ip link add "$tag" type bridge || return 1
    hosts=$*
    ip addr add "$base_net.1/24" dev "$tag"
    ip link set "$tag" up
    for host in $hosts; do
        n=$((n + 1))
        ip netns add "$tag$host"
        ip link add "$tag.$n" type veth peer name eth0 netns "$tag$host"
        ip link set "$tag.$n" master "$tag" up
        ip -n "$tag$host" addr add "$base_net.$n/24" dev eth0
        ip -n "$tag$host" link set eth0 up
        ip -n "$tag$host" link set lo up
    done
}

# cut_off yes|no N... : those ports reach this host's target, and one another no more
cut_off() {
    isolated=$1
    shift
    for at in "$@"; do
        bridge link set dev "$tag.$at" isolated "$([ "$isolated" = yes ] && echo on || echo off)"
    done
}

# on_host NAME COMMAND... : becomes it, on a host of its own (no name: this one). Memory that survives a process is its
# host's own, too.
on_host() {
    name=$1
    shift
    [ -n "$name" ] || exec "$@"
    # shellcheck disable=SC2016 # for the inner shell
    exec ip netns exec "$tag$name" sh -c 'mount -t tmpfs none /dev/shm && exec "$@"' sh "$@"
}

# --- master and workers ---------------------------------------------------------------------------

# start_master OPTION... : of this case's run; the log goes to ./err, after what is there
start_master() {
    (on_host "${master_host_name-}" "$acrida" -f cluster_load.c -H "$url" -u "$n_users" -r 100 \
        -t "$run_time" --headless --only-summary --csv r --journal "$work/journal" \
        ${key:+--cluster-key-file "$key"} "$@" >>out 2>>err </dev/null) &
    master_pid=$!
    echo "$master_pid" >master.pid
}

# lead N OPTION... : a master that waits for N workers
lead() {
    expected=$1
    shift
    start_master --master --master-bind-port "$port" --expect-workers "$expected" "$@"
}

# start_worker NAME OPTION... : its log goes to ./NAME.log
start_worker() {
    worker=$1
    shift
    (on_host "${worker_host_name-}" "$acrida" -f "${worker_scenario-cluster_load.c}" --worker --threads 1 \
        --worker-name "$worker" --master-port "$port" ${key:+--cluster-key-file "$key"} "$@" \
        >>"$worker.log" 2>&1 </dev/null) &
    echo $! >"$worker.pid"
}

# harm SIGNAL NAME : to a process that was started here
harm() {
    kill "-$1" "$(cat "$2.pid")"
}

# finish CODE SECONDS : the master ends by itself
finish() {
    await 'the end of the run' "$2" is_gone "$master_pid"
    status=0
    wait "$master_pid" || status=$?
    rm -f master.pid
    [ "$status" = "$1" ] || fail "the master's exit code: expected $1, got $status"
    ! grep -l -E 'AddressSanitizer|runtime error' err ./*.log 2>/dev/null || fail 'a sanitizer complains'
}

# workers_end NAME... : they have been told to end, and do
workers_end() {
    for worker in "$@"; do
        await "the end of worker $worker" 30 is_gone "$(cat "$worker.pid")"
        rm -f "$worker.pid"
    done
}

# --- ledgers --------------------------------------------------------------------------------------

# workers_balance : each line about a worker balances, and together they are the ledger
workers_balance() {
    sums=$(sed -nE 's/.*worker [^ ]+: ([0-9]+) requests started = ([0-9]+) succeeded \+ ([0-9]+) failed \+ ([0-9]+) cancelled \+ ([0-9]+) lost.*/\1 \2 \3 \4 \5/p' err |
        awk '{ for (i = 1; i <= 5; i++) n[i] += $i; if ($1 != $2 + $3 + $4 + $5) bad++ }
             END { print bad + 0, n[1] + 0, n[2] + 0, n[3] + 0, n[4] + 0, n[5] + 0 }')
    expect 'workers whose line does not balance, and the sums over all' \
        "0 $(ledger started) $(ledger succeeded) $(ledger failed) $(ledger cancelled) $(ledger lost)" "$sums"
}

# balance exact|killed|unknown : both ledgers in r_*.csv. killed: what was lost may have reached the target. unknown:
# nobody could tell how much was begun.
balance() {
    lost=$(ledger lost)
    attempts=$(ledger attempts)
    read_heads=$(heads)
    figures="started $(ledger started), attempts $attempts, heads $read_heads, lost $lost"
    expect 'in flight after the run' 0 "$(ledger in_flight)"
    expect "succeeded + failed + cancelled + lost ($figures)" "$(ledger started)" \
        $(($(ledger succeeded) + $(ledger failed) + $(ledger cancelled) + lost))
    expect 'requests in the statistics' $(($(ledger succeeded) + $(ledger failed))) "$(total 'Request Count')"
    expect 'answers that the scenario counted' "$(ledger succeeded)" \
        "$(sed -n 's/^counter,answers,[^,]*,\([0-9]*\).*/\1/p' r_metrics.csv | head -n 1)"
    expect 'failed requests' 0 "$(ledger failed)"
    workers_balance
    case $1 in
    exact)
        expect 'lost' 0 "$lost"
        expect 'attempts, and heads that the target read' "$read_heads" "$attempts"
        ;;
    killed)
        if [ "$attempts" -gt "$read_heads" ] || [ "$read_heads" -gt $((attempts + lost)) ]; then
            fail "heads are not within attempts and attempts + lost: $figures"
        fi
        lacks err 'every request is explained' 'unknown since'
        ;;
    unknown)
        [ "$attempts" -le "$read_heads" ] || fail "more attempts than heads: $figures"
        ;;
    esac
    echo "  $figures"
}

# fresh STORY : begins a case
fresh() {
    story=$1
    echo "$story"
    rm -f out err ./*.log ./*.pid r_*.csv journal over
    : >out
    : >err
    n_users=20
    run_time=8s
    key=
    master_host_name=
    worker_host_name=
    port=$(free_port)
    curl -sS -X POST "$url/_target/reset" >/dev/null
}

cp "$scenarios/cluster_load.c" .
