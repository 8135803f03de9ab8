#!/bin/sh
# SPDX-License-Identifier: MIT
# A protocol client of one's own, on the SDK alone: samples/line_client.c against a server of lines. Both sides
# count the same.
# usage: sh 43_client.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Answers each line, some with ERROR, one in pieces; at its end it says how many lines it read, how many were errors.
cat >server.py <<'END'
import collections, signal, socketserver, sys, threading
seen = collections.Counter()
lock = threading.Lock()
class Lines(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    def handle(self):
        for line in self.rfile:
            word = line.split()[0].decode()
            with lock:
                seen[word] += 1
                is_error = word == "get" and seen[word] % 10 == 0
                seen["errors"] += is_error
            answer = b"ERROR\r\n" if is_error else b"VERSION 1.6\r\n" if word == "version" else b"END\r\n"
            try:
                for part in answer[:3], answer[3:]:
                    self.wfile.write(part)
            except OSError:  # hung up; what it has sent is still read
                pass
class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 128
server = Server(("127.0.0.1", 0), Lines)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print(server.server_address[1], flush=True)
server.serve_forever()
server.server_close()  # waits for all connections to end
print(seen["version"], seen["get"], seen["errors"], flush=True)
END

# lines EXIT-CODE THREADS OPTION... : a run against a fresh server; its counts in $versions, $gets, $errors
lines() {
    code=$1
    threads=$2
    shift 2
    rm -f server.pipe
    mkfifo server.pipe
    python3 server.py >server.pipe &
    target_pid=$!
    exec 4<server.pipe
    read -r port <&4 || fail 'the server does not start'
    run "$code" -f "$source/samples/line_client.c" --headless --only-summary --csv r -H "memcached://127.0.0.1:$port" \
        --threads "$threads" "$@"
    kill "$target_pid"
    read -r versions gets errors <&4 || fail 'the server does not tell its counts'
    exec 4<&-
    wait "$target_pid" || true
    target_pid=
}

for threads in 1 4; do
    story="lines, $threads threads"
    lines 1 "$threads" -u 20 -r 500 -t 1s
    [ "$gets" -gt 100 ] || fail "only $gets lines"
    expect 'attempts, and lines that the server read' $((versions + gets)) "$(ledger attempts)"
    # What the end of the run cut short was sent too, but is no request of the statistics.
    expect 'requests, cancelled ones included' $((versions + gets)) $(($(total 'Request Count') + $(ledger cancelled)))
    expect 'all started' "$(ledger started)" $(($(ledger succeeded) + $(ledger failed) + $(ledger cancelled)))
    has r_stats.csv 'the type' '^LINE,version,[1-9]'
    has r_stats.csv 'the type' '^LINE,get \[key\],[1-9]'
    # An error answer to a request that was cut short is not seen.
    unseen=$((errors - $(total 'Failure Count')))
    if [ "$unseen" -lt 0 ] || [ "$unseen" -gt "$(ledger cancelled)" ]; then
        fail "the server sent $errors errors, $(total 'Failure Count') were counted"
    fi
    has err 'the failure' '^[0-9]+ +LINE get \[key\]: the server answered ERROR$'
done

story='nobody listens'
run 1 -f "$source/samples/line_client.c" --headless --only-summary -t 1s --csv r -H memcached://127.0.0.1:1
has err 'the failure' 'LINE .*: Connection refused$'
expect 'attempts' 0 "$(ledger attempts)"

story='a host of another kind'
run 1 -f "$source/samples/line_client.c" --headless --only-summary -t 1s --csv r -H http://127.0.0.1:1
has err 'the failure' 'LINE .*: Invalid argument$'
echo ok
