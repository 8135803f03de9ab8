#!/bin/sh
# SPDX-License-Identifier: MIT
# HTTPS against a private nginx: verification on by default, CA and client certificates, HTTP/2 by ALPN, compression.
# usage: sh 24_http_tls.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

nginx=$(command -v nginx || echo /usr/sbin/nginx)
if [ ! -x "$nginx" ] || ! command -v openssl >/dev/null; then
    echo 'ok (skipped: no nginx or openssl here)'
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
head -c 300000 /dev/zero >large

# Ports that are free now: two targets had them. nginx cannot choose one itself and say which.
start_target
port=${url##*:}
stop_target
start_target
closed=${url##*:}
stop_target
cat >nginx.conf <<EOF
daemon off; worker_processes 1; pid nginx.pid; error_log nginx.log warn;
events { worker_connections 1000; }
http {
    access_log requests.log; gzip on; gzip_types *; gzip_min_length 1000;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    ssl_certificate server.pem; ssl_certificate_key server.key;
    server { listen 127.0.0.1:$port ssl http2; server_name localhost; root $work;
        location = / { default_type text/plain; return 200 "\$server_protocol\\n"; }
        location = /connection { default_type text/plain; return 200 "\$connection_requests\\n"; }
        location = /large { default_type text/plain; } }
    server { listen 127.0.0.1:$closed ssl; ssl_client_certificate ca.pem; ssl_verify_client on;
        location / { default_type text/plain; return 200 "\$server_protocol\\n"; } }
}
EOF
chmod 755 "$work"
chmod 644 large
"$nginx" -p "$work" -c "$work/nginx.conf" 2>nginx.err &
target_pid=$!
curl -sS --retry 50 --retry-connrefused --retry-delay 0 --retry-max-time 20 --cacert ca.pem -o /dev/null \
    "https://localhost:$port/" 2>/dev/null || fail "nginx does not start: $(cat nginx.err)"

# all_logged : nginx writes a line after the answer has gone
all_logged() {
    n=$(ledger attempts)
    wait_for 'its line in the log of nginx' sh -c "[ \"\$(wc -l <requests.log)\" -ge $n ]"
    expect 'requests in the log of nginx' "$(wc -l <requests.log | tr -d ' ')" "$n"
}

# visit EXIT-CODE TYPE HOST OPTION...
visit() {
    code=$1
    type=$2
    to=$3
    shift 3
    run "$code" -f "$scenarios/http_tls.c" --headless --only-summary -u 5 -r 1000 -t 40s --csv r -H "$to" "$@" "$type"
}
host=https://localhost:$port

story='certificates are verified'
visit 0 refused "$host"
visit 0 refused "https://127.0.0.1:$port" --http-ca ca.pem
TEST_ERROR='CA certificates' visit 0 refused "$host" --http-ca none.pem
visit 0 trusting "$host"
visit 0 trusting "$host" --http-insecure

story='HTTP/2 by ALPN where the engine has it, every request counted'
version=11
[ "$engine" != curl ] || version=20
: >requests.log
TEST_VERSION=$version visit 0 visitor "$host" --http-ca ca.pem
all_logged
story='HTTP/1.1 when asked for'
: >requests.log
TEST_VERSION=11 visit 0 visitor "$host" --http-ca ca.pem --http-version 1.1
all_logged

story='client certificates'
host=https://localhost:$closed
visit 1 trusting "$host" -i 5
visit 0 trusting "$host" --http-cert client.pem --http-key client.key
echo ok
