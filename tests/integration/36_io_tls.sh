#!/bin/sh
# SPDX-License-Identifier: MIT
# TLS streams of acrida/io.h: verification, names, ALPN, resumption, client certificates, a cut stream.
# usage: sh 36_io_tls.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v openssl >/dev/null; then
    echo 'ok (skipped: no openssl here)'
    exit 0
fi

# issue NAME SUBJECT : a key and a certificate of the test's own authority
issue() {
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out "$1.pem" 2>/dev/null
}

story='certificates'
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=acrida test' -days 2 2>/dev/null
echo 'subjectAltName=DNS:localhost' >names
issue server localhost
issue client visitor

# Echoes by TLS; "cut" ends without saying so. One port wants a certificate, one speaks no TLS, one nothing at all.
cat >server.py <<'END'
import os, socket, socketserver, ssl, threading
def context(strict):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain("server.pem", "server.key")
    c.set_alpn_protocols(["echo/1"])
    if strict:
        c.load_verify_locations("ca.pem")
        c.verify_mode = ssl.CERT_REQUIRED
    return c
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            s = self.server.context.wrap_socket(self.request, server_side=True)
            while data := s.recv(65536):
                if data == b"cut\n":
                    os.close(s.detach())
                    return
                s.sendall(data)
            s.unwrap()
        except OSError:
            pass
class Plain(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"220 no TLS here\r\n")
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128
ports = []
for kind in "echo", "strict", "plain":
    server = Server(("127.0.0.1", 0), Plain if kind == "plain" else Echo)
    server.context = context(kind == "strict")
    threading.Thread(target=server.serve_forever).start()
    ports.append(server.server_address[1])
silent = socket.create_server(("127.0.0.1", 0))
print(*ports, silent.getsockname()[1], flush=True)
END
mkfifo server.pipe
python3 server.py >server.pipe &
target_pid=$!
read -r ECHO STRICT PLAIN SILENT <server.pipe || fail 'the server does not start'
export ECHO STRICT PLAIN SILENT

# One user on each loop: a stream that was cut spoils the session that the others of its loop would resume.
for threads in 1 2; do
    story="TLS streams, $threads threads"
    run 0 -f "$scenarios/io_tls.c" --headless --only-summary --csv r -u "$threads" -r 1000 -t 40s --threads "$threads"
    expect 'users that came through' "$threads" "$(total 'Request Count' all)"
done
echo ok
