#!/bin/sh
# SPDX-License-Identifier: MIT
# What is special to the fast engine: what it refuses, answers before the request is whole, answers cut off at each
# byte, connections that are kept in vain, encodings; over TCP, TLS and Unix sockets, by a server that is odd on purpose.
# usage: sh 44_fast_engine.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v openssl >/dev/null; then
    echo 'ok (skipped: no openssl here)'
    exit 0
fi
export ACRIDA_HTTP_ENGINE=fast
export TEST_BYTES=113 # of the answer of /cut
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj '/CN=odd' \
    -addext 'subjectAltName=IP:127.0.0.1,DNS:localhost' 2>/dev/null

# start_server tcp|tls|unix : sets $url, and $over to the options that reach it
start_server() {
    mkfifo server.pipe
    case $1 in
    tcp) set -- ;;
    tls) set -- cert.pem key.pem ;;
    unix) set -- --unix "$work/socket" ;;
    esac
    python3 "$source/tests/integration/odd_server.py" "$@" >server.pipe 2>server.err &
    target_pid=$!
    read -r said <server.pipe || fail 'the server does not start'
    rm server.pipe
    case $#:${1-} in
    0:*) url=http://127.0.0.1:$said over= ;;
    2:--unix) url=http://localhost over="--http-unix-socket $said" ;;
    *) url=https://127.0.0.1:$said over="--http-ca $work/cert.pem" ;;
    esac
}

# ask PATH : of the server
ask() {
    if [ -S "$work/socket" ]; then
        curl -sS --max-time 20 --unix-socket "$work/socket" "$url$1"
    else
        curl -sS --max-time 20 --cacert cert.pem "$url$1"
    fi
}

# odd EXIT-CODE OPTION... : a run without exceptions, whose attempts are the heads that the server has read
odd() {
    code=$1
    shift
    before=$(ask /heads)
    # shellcheck disable=SC2086 # several options, or none
    run "$code" -f "$scenarios/http_odd.c" --headless --only-summary --csv r -H "$url" $over "$@"
    lacks err 'exceptions' 'exception in'
    expect 'heads that the server read' $(($(ask /heads) - before - 1)) "$(ledger attempts)"
    expect 'lost' 0 "$(ledger lost)"
    expect "the server's complaints" '' "$(cat server.err)"
}

for how in tcp tls unix; do
    start_server "$how"
    story="uploads that are answered early, over $how"
    for type in interim refused echoed early; do
        odd 0 -u 2 -r 1000 -t 50s "$type"
    done
    story="answers that are cut off, over $how"
    odd 0 -u 3 -r 1000 -t 50s cuts
    story="connections that are kept in vain, over $how"
    # The same server under another name is another connection.
    TEST_OTHER=$(echo "$url" | sed 's/localhost/other/; s/127\.0\.0\.1/localhost/')
    export TEST_OTHER
    odd 0 -u 3 -r 1000 -t 50s --threads 2 stale
    expect 'requests that were sent once' 60 "$(total 'Request Count' again)"
    story="encodings, over $how"
    odd 0 -u 3 -r 1000 -t 50s encodings
    story="an answer that never ends, over $how"
    odd 0 -u 2 -r 1000 -t 50s endless
    story="functions of the scenario, over $how"
    odd 0 -u 5 -r 1000 -t 50s --threads 1 functions
    expect 'complaints' 5 "$(grep -c 'must not yield' err)"
    # All of these have come and gone; curl's own is left.
    story="connections left open, over $how"
    n=0
    while [ "$(ask /open)" != 1 ]; do
        n=$((n + 1))
        [ "$n" -lt 1000 ] || fail "$(ask /open) connections are left open"
    done
    [ "$how" = unix ] || stop_target
done

story='no TLS over Unix sockets'
run 1 -f "$scenarios/http_odd.c" --headless --only-summary --csv r -H https://localhost --http-unix-socket "$work/socket" -u 1 plain
has r_failures.csv 'the refusal' ',the fast HTTP engine has no TLS over Unix sockets: use --http-engine curl,'
stop_target
rm -f socket

start_server tcp
story='header lines that begin with blanks, by both engines'
for by in fast curl; do
    odd 0 -u 3 -r 1000 -t 50s --threads 1 --http-engine "$by" folded
done

story='header lines of the scenario'
# shellcheck disable=SC2086
run 0 -f "$scenarios/http_odd.c" --headless --only-summary --csv r -H "$url" -u 1 -t 50s fields
lacks err 'exceptions' 'exception in'

story='what it refuses, by option'
run 1 -f "$scenarios/http_odd.c" --headless --only-summary --csv r -H "$url" --http-proxy http://127.0.0.1:9 -u 3 -r 1000 plain
has r_failures.csv 'the refusal' ',the fast HTTP engine has no proxies: use --http-engine curl,3,'
run 1 -f "$scenarios/http_odd.c" --headless --only-summary --csv r -H "$url" --http-version 2 -u 3 -r 1000 plain
has r_failures.csv 'the refusal' ',the fast HTTP engine has no HTTP/2: use --http-engine curl,3,'
expect 'attempts' 0 "$(ledger attempts)"

story='engines by user type in one run'
for default in curl fast; do
    run 1 -f "$scenarios/http_odd.c" --headless --only-summary --csv r -H "$url" --http-engine "$default" -u 8 -r 1000 \
        -t 50s by_curl by_fast fast_2 fast_proxy
    has r_failures.csv 'HTTP/2' ',the fast HTTP engine has no HTTP/2: use --http-engine curl,2,'
    has r_failures.csv 'proxies' ',the fast HTTP engine has no proxies: use --http-engine curl,2,'
    expect 'requests' 8 "$(total 'Request Count' /fine)"
    expect 'those that were sent' 4 "$(ledger attempts)"
done
echo ok
