#!/bin/sh
# SPDX-License-Identifier: MIT
# Which address of a name is connected to, and where connections leave from: sockets and each HTTP engine.
# usage: sh 37_addresses.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

story='set-up'
${CC:-cc} -shared -fPIC -o several.so "$source/tests/support/several.c" -ldl
# Sanitizers want to come first otherwise.
ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0
export ASAN_OPTIONS

# Listens at the same port of 127.0.0.2 and .3, nobody at .4. For each connection a line: to whom and from where.
cat >server.py <<'PY'
import socket, socketserver, sys, threading
log = open("connections", "a", buffering=1)
class Answer(socketserver.BaseRequestHandler):
    def handle(self):
        log.write("%s %s\n" % (self.server.server_address[0], self.client_address[0]))
        data = b""
        while more := self.request.recv(65536):
            data += more
            while b"\r\n\r\n" in data:
                data = data.split(b"\r\n\r\n", 1)[1]
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
while True:
    first = Server(("127.0.0.2", 0), Answer)
    port = first.server_address[1]
    try:
        servers = [first, Server(("127.0.0.3", port), Answer)]
        break
    except OSError:
        first.server_close()
for server in servers:
    threading.Thread(target=server.serve_forever).start()
print(port, flush=True)
PY
mkfifo server.pipe
python3 server.py >server.pipe &
target_pid=$!
read -r port <server.pipe || fail 'the server does not start'

# addresses EXIT-CODE TYPE HOST OPTION... : 12 connections; ./connections tells of them
addresses() {
    code=$1
    type=$2
    host=$3
    shift 3
    : >connections
    SEVERAL="$several" LD_PRELOAD="$work/several.so" run "$code" -f "$scenarios/addresses.c" --headless --only-summary \
        --csv r -H "http://$host:$port" -i 12 -u 1 --threads 1 -t 30s "$@" "$type"
}

# counts COLUMN : "N ADDRESS N ADDRESS ...", of what was connected to (1) or from (2)
counts() {
    cut -d ' ' -f "$1" connections | sort | uniq -c | tr '\n' ' ' | tr -s ' ' | sed 's/^ //; s/ $//'
}

engines=curl
! "$acrida" --help | tr '\n' ' ' | grep -qE 'HTTP engine[^.]*fast' || engines='curl fast'

for way in socket $engines; do
    type=$way
    set --
    [ "$way" = socket ] || { type=web; set -- --http-engine "$way" --http-no-keep-alive; }

    several='127.0.0.2 127.0.0.3'
    story="$way: the first address"
    addresses 0 "$type" several.test "$@"
    expect 'connections' '12 127.0.0.2' "$(counts 1)"

    story="$way: each in turn"
    addresses 0 "$type" several.test --dns-select round-robin "$@"
    expect 'connections' '6 127.0.0.2 6 127.0.0.3' "$(counts 1)"

    story="$way: at random"
    addresses 0 "$type" several.test --dns-select random --seed 1 "$@"
    expect 'connections' 12 "$(wc -l <connections)"
    has connections 'both' '^127.0.0.2 '
    has connections 'both' '^127.0.0.3 '

    story="$way: the next one when nobody listens"
    several='127.0.0.4 127.0.0.2 127.0.0.3'
    addresses 0 "$type" several.test --dns-select round-robin "$@"
    expect 'connections' '8 127.0.0.2 4 127.0.0.3' "$(counts 1)"
    expect 'requests' 12 "$(ledger succeeded)"

    story="$way: nobody listens at all"
    several='127.0.0.4 127.0.0.5'
    addresses 1 "$type" several.test --dns-select round-robin "$@"
    has err 'the failure' 'Connection refused$'

    story="$way: the name does not resolve"
    addresses 1 "$type" no-such-host.invalid --dns-select random "$@"
    has err 'the failure' "resolve"
    expect 'attempts' 0 "$(ledger attempts)"

    story="$way: numbers and single addresses as ever"
    addresses 0 "$type" 127.0.0.3 --dns-select round-robin "$@"
    expect 'connections' '12 127.0.0.3' "$(counts 1)"
    several='127.0.0.3'
    addresses 0 "$type" several.test --dns-select round-robin "$@"
    expect 'connections' '12 127.0.0.3' "$(counts 1)"

    story="$way: from a range of addresses"
    addresses 0 "$type" 127.0.0.2 --source-address 127.0.0.8/30,127.0.1.1 "$@"
    expect 'sources' '4 127.0.0.10 4 127.0.0.9 4 127.0.1.1' "$(counts 2)"

    story="$way: no address of the family"
    if python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null; then
        addresses 1 "$type" 127.0.0.2 --source-address ::1 "$@"
        has err 'the failure' 'no --source-address is of the family of '
        # Of a name those that can be reached are taken.
        several='::1 127.0.0.2'
        addresses 0 "$type" several.test --source-address 127.0.0.9 "$@"
        expect 'connections' '12 127.0.0.2' "$(counts 1)"
    fi
done

several='127.0.0.2'
story='curl: no answer for the name'
addresses 1 web silent.test --dns-select random --http-engine curl --http-connect-timeout 0.05 -i 1
has err 'the failure' 'connecting timed out after 0.05 s$'
addresses 1 web silent.test --dns-select random --http-engine curl --http-timeout 0.05 -i 1
has err 'the failure' ' timed out after 0.05 s$'
expect 'attempts' 0 "$(ledger attempts)"
addresses 0 web silent.test --dns-select random --http-engine curl -u 5 -r 1000 -t 1s
expect 'cut short' 5 "$(ledger cancelled)"
expect 'started' 5 "$(ledger started)"

story='threads begin at different addresses'
addresses 0 socket 127.0.0.2 --source-address 127.0.0.9,127.0.0.10 --threads 2 -u 2 -i 2
expect 'sources' '1 127.0.0.10 1 127.0.0.9' "$(counts 2)"

story='a kept connection stays where it is'
several='127.0.0.2 127.0.0.3'
for engine in $engines; do
    addresses 0 web several.test --dns-select round-robin --http-engine "$engine"
    expect 'connections' 1 "$(wc -l <connections)"
done

story='an address that is not here'
run 1 -f "$scenarios/addresses.c" --headless --source-address 127.0.0.1,192.0.2.7 -t 1s
has err 'the line' '^acrida: connections cannot leave from 192.0.2.7: '
run 2 -f "$scenarios/addresses.c" --headless --source-address 127.0.0.0/33 -t 1s
has err 'the line' "^acrida: --source-address: '127.0.0.0/33'"
expect 'lines' 1 "$(wc -l <err)"
echo ok
