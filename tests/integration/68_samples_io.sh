#!/bin/sh
# SPDX-License-Identifier: MIT
# Samples on sockets of their own: lines and redis against a real Redis, udp_probe against an echo that loses and
# doubles. Both sides count the same.
# usage: sh 68_samples_io.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# load EXIT-CODE SAMPLE HOST OPTION... : one run, after which each sample has ended in one column
load() {
    code=$1
    sample=$source/samples/$2.c
    to=$3
    shift 3
    run "$code" -f "$sample" --headless --only-summary --csv r -r 1000 -H "$to" "$@"
    expect 'all started' "$(ledger started)" $(($(ledger succeeded) + $(ledger failed) + $(ledger cancelled)))
}

# Echoes but each tenth datagram; each third twice. At its end: how many came, those included that wait to be read.
cat >echo.py <<'END'
import signal, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
n = lost = 0
signal.signal(signal.SIGTERM, lambda *_: s.setblocking(False))
print(s.getsockname()[1], flush=True)
while True:
    try:
        data, sender = s.recvfrom(2048)
    except BlockingIOError:
        break
    n += 1
    if n % 10 == 0:
        lost += 1
        continue
    for i in range(2 if n % 3 == 0 else 1):
        s.sendto(data, sender)
print(n, lost, flush=True)
END
for threads in 1 4; do
    story="udp_probe, $threads threads"
    mkfifo echo.pipe
    python3 echo.py >echo.pipe &
    target_pid=$!
    exec 4<echo.pipe
    read -r port <&4 || fail 'the echo does not start'
    load 1 udp_probe "udp://127.0.0.1:$port" -u 10 -t 2s --threads "$threads"
    kill "$target_pid"
    read -r n lost <&4 || fail 'the echo does not tell its counts'
    exec 4<&-
    wait "$target_pid" || true
    target_pid=
    rm echo.pipe
    [ "$n" -gt 100 ] || fail "only $n probes"
    expect 'probes that came' "$n" "$(ledger attempts)"
    unseen=$((lost - $(total 'Failure Count')))
    if [ "$unseen" -lt 0 ] || [ "$unseen" -gt "$(ledger cancelled)" ]; then
        fail "$lost were lost, $(total 'Failure Count') counted as failed, $(ledger cancelled) cut short"
    fi
    has err 'the failure' 'UDP probe: read: timed out$'
done
story='udp_probe: nobody listens'
load 1 udp_probe udp://127.0.0.1:1 -u 1 -t 1s
has err 'the failure' 'UDP probe: read: Connection refused$'

story='lines: nobody listens'
load 1 lines tcp://127.0.0.1:1 -u 1 -t 1s
has err 'the failure' 'LINE .*: connect: Connection refused$'
expect 'attempts' 0 "$(ledger attempts)"

if ! command -v redis-server >/dev/null; then
    echo 'ok (the rest skipped: no redis-server here)'
    exit 0
fi

# A port that is free now: a target had it. Redis cannot choose one itself.
start_target
port=${url##*:}
stop_target
redis-server --port "$port" --bind 127.0.0.1 --unixsocket "$work/redis.sock" --save '' --dir "$work" >redis.log &
target_pid=$!
tries=0
until redis-cli -p "$port" ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 2000 ] || fail "redis-server does not start: $(tail -n 3 redis.log)"
done

# calls COMMAND : how many of these Redis has run, refused ones included
calls() {
    n=$(redis-cli -p "$port" info commandstats | sed -n "s/^cmdstat_$1:calls=\([0-9]*\),.*/\1/p")
    echo "${n:-0}"
}

for to in "tcp://127.0.0.1:$port" "tcp://localhost:$port" "unix:$work/redis.sock"; do
    story="lines to $to"
    redis-cli -p "$port" flushall >/dev/null
    redis-cli -p "$port" incr visits:1 >/dev/null
    redis-cli -p "$port" config resetstat >/dev/null
    load 1 lines "$to" -u 20 -t 1s --threads 2
    [ "$(ledger succeeded)" -gt 100 ] || fail "only $(ledger succeeded) lines"
    expect 'lines, by Redis' "$(ledger attempts)" $(($(calls ping) + $(calls incr) + $(calls lpush)))
    expect 'lines' "$(ledger started)" "$(ledger attempts)"
    has err 'the failure' 'LINE push on a number: WRONGTYPE '
    expect 'failures are refused pushes' "$(total 'Failure Count')" "$(total 'Request Count' 'push on a number')"
done

if ! pkg-config --exists hiredis; then
    echo 'ok (the rest skipped: no hiredis here)'
    exit 0
fi
for threads in 1 4; do
    story="redis, $threads threads"
    redis-cli -p "$port" config resetstat >/dev/null
    load 0 redis "redis://127.0.0.1:$port" -u 20 -t 1s --threads "$threads"
    [ "$(ledger succeeded)" -gt 100 ] || fail "only $(ledger succeeded) commands"
    # What was cut short may not have been sent.
    n=$(($(calls get) + $(calls set)))
    if [ "$n" -gt "$(ledger attempts)" ] || [ "$n" -lt $(($(ledger attempts) - $(ledger cancelled))) ]; then
        fail "$n commands by Redis, $(ledger attempts) by us, $(ledger cancelled) cut short"
    fi
done
story='redis: nobody listens'
load 1 redis redis://127.0.0.1:1 -u 1 -t 1s
has err 'the failure' 'REDIS .*: Connection refused$'
echo ok
