#!/bin/sh
# SPDX-License-Identifier: MIT
# With --once each request and response is printed: as sent, cut, harmless to a terminal, with its outcome.
# usage: sh 28_http_once.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# says LINE... : these lines are in the output, in this order
says() {
    for line; do
        printf '%s\n' "$line"
    done >wanted
    awk 'NR == FNR { wanted[++n] = $0; next } $0 == wanted[at + 1] { at++ }
        END { if (at < n) { print wanted[at + 1]; exit 1 } }' wanted out >missing ||
        fail "this line is missing, or not in its place: $(cat missing)"
}

start_target --port 0
story='requests and responses are shown'
run 1 -f "$scenarios/http_once.c" --once person -H "$url"
says "# POST $url/echo" '> POST /echo HTTP/1.1' "> Host: ${url#http://}" '> Authorization: Basic bWU6d29yZA==' \
    '> X-Mine: 1' '> Content-Length: 6' '> ' '> a\x1b[1mb' '< HTTP/1.1 200 OK' '<' \
    "# GET $url/redirect/1" '< HTTP/1.1 302 Found' "# GET $url/" '> GET / HTTP/1.1' '< HTTP/1.1 200 OK' \
    "# GET $url/bytes/5000" '< Content-Length: 5000' '< (and 4000 bytes more)' \
    '# GET http://127.0.0.1:1/' '! Connection refused'
has out 'what succeeded' '^= POST /echo: status 200, [0-9]+ bytes, [0-9.]+ ms, succeeded \[user 0, person\]$'
has out 'what was renamed' '^= GET moved: status 200, '
has out 'what got no answer' '^= GET nobody: status 0, 0 bytes, [0-9.]+ ms, failed: Connection refused '
has out 'what has failed' '^= GET /status/404: status 404, .* failed: 404 Client Error: Not Found for url: /status/404 '
has out 'what the scenario judged' '^= GET judged: status 200, .* failed: not liked '
lacks out 'a control character' "$(printf '\033')"

story='without it nothing is shown'
run 1 -f "$scenarios/http_once.c" --headless --only-summary -u 1 -i 1 -H "$url"
lacks out 'requests' '^[#>=] '
echo ok
