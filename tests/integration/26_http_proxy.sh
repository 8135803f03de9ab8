#!/bin/sh
# SPDX-License-Identifier: MIT
# Requests by tinyproxy: plain ones forwarded, HTTPS in a tunnel, with credentials; what it refuses is one text each.
# And by microsocks, where it is installed.
# usage: sh 26_http_proxy.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

nginx=$(command -v nginx || echo /usr/sbin/nginx)
if ! command -v tinyproxy >/dev/null || [ ! -x "$nginx" ] || ! command -v openssl >/dev/null; then
    echo 'ok (skipped: no tinyproxy, nginx or openssl here)'
    exit 0
fi
nginx_pid=
proxy_pid=
socks_pid=
stop_servers() {
    for pid in $nginx_pid $proxy_pid $socks_pid; do
        kill "$pid" 2>/dev/null || true
    done
    cleanup
}
trap stop_servers EXIT

# Ports that are free now: three targets had them. Neither server can choose one itself and say which.
start_target --port 0
proxy=127.0.0.1:${url##*:}
stop_target
start_target --port 0
secure=${url##*:}
stop_target
start_target --port 0

story='the servers'
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -subj '/CN=localhost' \
    -addext 'subjectAltName=DNS:localhost' -days 2 2>/dev/null
# A proxy may take localhost for ::1.
six=
! grep -qs '^0*1 ' /proc/net/if_inet6 || six="listen [::1]:$secure ssl;"
cat >nginx.conf <<END
daemon off; worker_processes 1; pid nginx.pid; error_log nginx.log warn;
events { worker_connections 1000; }
http {
    access_log requests.log;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    server { listen 127.0.0.1:$secure ssl; $six ssl_certificate ca.pem; ssl_certificate_key key.pem;
        location / { default_type text/plain; return 200 "via '\$http_via' by '\$http_authorization'\\n"; } }
}
END
cat >proxy.conf <<END
Port ${proxy##*:}
Listen 127.0.0.1
Allow 127.0.0.1
MaxClients 200
Timeout 60
LogFile "$work/proxy.log"
LogLevel Connect
BasicAuth ann secret
ConnectPort $secure
END
chmod 755 "$work"
"$nginx" -p "$work" -c "$work/nginx.conf" 2>nginx.err &
nginx_pid=$!
tinyproxy -d -c proxy.conf >proxy.out 2>&1 &
proxy_pid=$!
# answers CURL-OPTION... : waits until a server does
answers() {
    curl -sS --retry 50 --retry-connrefused --retry-delay 0 --retry-max-time 20 -o /dev/null "$@" 2>curl.err ||
        fail "a server does not start: $(cat curl.err nginx.err proxy.out)"
}
answers --cacert ca.pem "https://localhost:$secure/"
answers -x "http://ann:secret@$proxy" "$url/"

# all_logged : nginx writes a line after the answer has gone
all_logged() {
    n=$(ledger attempts)
    wait_for 'its line in the log of nginx' sh -c "[ \"\$(wc -l <requests.log)\" -ge $n ]"
    expect 'requests in the log of nginx' "$(wc -l <requests.log | tr -d ' ')" "$n"
}

# visit EXIT-CODE TYPE OPTION... : 10 users
visit() {
    code=$1
    type=$2
    shift 2
    run "$code" -f "$scenarios/http_proxy.c" --headless --only-summary -u 10 -r 1000 -t 40s --csv r "$@" "$type"
}
right=http://ann:secret@$proxy

story='plain requests are forwarded, each counted on both sides'
curl -sS -o /dev/null -X POST "$url/_target/reset"
: >proxy.log
visit 0 forwarded -H "$url" --http-proxy "$right"
expect 'heads that the target read' 80 "$(heads)"
expect 'requests that the proxy saw' 80 "$(grep -c 'Request (file descriptor.*: [A-Z]* http' proxy.log)"
# tinyproxy may close a connection just as it is used again: that attempt was for nothing, and is repeated.
[ "$(ledger attempts)" -ge 80 ] || fail "$(ledger attempts) attempts for 80 heads"

story='HTTPS goes through tunnels'
: >proxy.log
: >requests.log
visit 0 tunnelled -H "https://localhost:$secure" --http-proxy "$right" --http-ca ca.pem
all_logged
expect 'tunnels' 20 "$(grep -c 'Request (file descriptor.*: CONNECT' proxy.log)"

story='credentials'
TEST_STATUS=407 TEST_ERROR='407 Client Error: Proxy Authentication Required for url: n' \
    visit 0 refused -H "$url" --http-proxy "http://$proxy"
TEST_ERROR='the proxy refused the connection: 407 Proxy Authentication Required' \
    visit 0 refused -H "https://localhost:$secure" --http-proxy "http://$proxy"
TEST_ERROR='the proxy refused the connection: 401 Unauthorized' \
    visit 0 refused -H "https://localhost:$secure" --http-proxy "http://ann:wrong@$proxy"
lacks err 'the password' 'wrong'

story='refusals'
TEST_ERROR='the proxy refused the connection: 403 Forbidden' \
    visit 0 refused -H "https://localhost:1" --http-proxy "$right"
TEST_ERROR='the proxy: Connection refused' visit 0 refused -H "$url" --http-proxy http://127.0.0.1:1
TEST_ERROR="the proxy's name could not be resolved" visit 0 nowhere -H "$url"
TEST_ERROR="the user type's .proxy is not the address of a proxy" visit 0 wrong -H "$url"

if command -v microsocks >/dev/null; then
    story='SOCKS'
    socks=127.0.0.1:$(free_port)
    microsocks -i 127.0.0.1 -p "${socks##*:}" -u ann -P secret >socks.log 2>&1 &
    socks_pid=$!
    answers -x "socks5://ann:secret@$socks" "$url/"
    curl -sS -o /dev/null -X POST "$url/_target/reset"
    visit 0 plain -H "$url" --http-proxy "socks5://ann:secret@$socks"
    expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
    : >requests.log
    visit 0 tunnelled -H "https://localhost:$secure" --http-proxy "socks5h://ann:secret@$socks" --http-ca ca.pem
    expect 'requests in the log of nginx' "$(wc -l <requests.log | tr -d ' ')" "$(ledger attempts)"
    TEST_ERROR='the proxy refused the user or password' \
        visit 0 refused -H "$url" --http-proxy "socks5://ann:wrong@$socks"
    TEST_ERROR='the proxy could not connect: connection refused' \
        visit 0 refused -H http://127.0.0.1:1 --http-proxy "socks5://ann:secret@$socks"
fi

story='proxies that are none'
for bad in gopher://proxy:70 http:// http://proxy:0 'my proxy:3128'; do
    visit 1 refused -H "$url" --http-proxy "$bad"
    has err "$bad" '--http-proxy: '
done
echo ok
