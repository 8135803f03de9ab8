#!/bin/sh
# SPDX-License-Identifier: MIT
# The web interface over HTTP: runs started, edited and stopped by Locust's own requests, and what is told of them
# against the target's own counters; who may ask what; login, token, TLS, base path; reports.
# usage: sh 77_web.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
unset ACRIDA_HEADLESS

# ask CURL-ARGUMENT... : the answer in ./answer, its status in $code
ask() {
    code=$(curl -sS -k --max-time 20 -o answer -w '%{http_code}' "$@")
}

# value EXPRESSION : of the JSON in ./answer, called d
value() {
    python3 -c "import json; d = json.load(open('answer')); print($1)"
}

# is VALUE PATH EXPRESSION : whether what is asked for has come so far
is() {
    ask "$web$2"
    [ "$(value "$3")" = "$1" ]
}

# serve OPTION... : a process with a page; sets $web
serve() {
    : >err # what the last one said is not this one's address
    "$acrida" -P 0 "$@" >out 2>err </dev/null &
    run_pid=$!
    wait_for 'the address' grep -q 'web interface at http' err
    web=$(sed -n 's|.*web interface at \(http[^ ]*\)/\(:.*\)*$|\1|p' err | head -n 1)
}

# leave WHAT [EXIT-CODE] : Ctrl-C
leave() {
    kill -INT "$run_pid"
    expect_end "$1" "${2:-0}" "$run_pid"
    run_pid=
}

# status WANTED WHAT CURL-ARGUMENT...
status() {
    wanted=$1
    what=$2
    shift 2
    ask "$@"
    expect "status: $what" "$wanted" "$code"
}

# balance : what the stopped run counted against what the target read since the last time
balance() {
    ask "$web/api/state"
    now=$(heads)
    expect 'attempts, and heads that the target read' $((now - before)) "$(value "d['ledger']['attempts']")"
    n=$(value "d['total']['requests']")
    [ "$n" -gt 0 ] || fail 'no requests'
    before=$now
    ask "$web/stats/requests"
    expect "Locust's number of requests" "$n" "$(value "d['stats'][-1]['num_requests']")"
    ask "$web/stats/requests/csv"
    expect 'that of the CSV' "$n" "$(awk -F , '$2 == "Aggregated" { print $3 }' answer)"
    ask -H 'Accept: application/openmetrics-text' "$web/metrics"
    has answer 'OpenMetrics' '^# EOF'
}

cp "$scenarios/kept.c" .
start_target
before=$(heads)

# --- runs -------------------------------------------------------------------------------------------

story='a run that a form starts'
serve -f kept.c -H "$url" --csv r --csv-full-history --html new/report.html --json-file r --junit r.xml
is ready /stats/requests "d['state']" || is stopped /stats/requests "d['state']" || fail 'its state'
ask "$web/api/setup"
expect 'the host' "$url" "$(value "d['host']")"
expect 'an option of the scenario' True "$(value "[o for o in d['options'] if o['name'] == 'kept-name'][0]['is_of_scenario']")"
ask -d 'user_count=4&spawn_rate=100' "$web/swarm"
expect 'a run without what it needs' False "$(value "d['success']")"
ask -d 'user_count=4&spawn_rate=100&kept_name=first&run_time=1h' "$web/swarm"
expect 'the answer' "True Swarming started $url 3600" \
    "$(value "d['success'], d['message'], d['host'], d['run_time']" | tr -d "(),'")"
wait_for 'four users' is 4 /stats/requests "d['user_count']"
wait_for 'its state' is running /stats/requests "d['state']"
ask -H 'Content-Type: application/json' -d '{"user_count": 7, "spawn_rate": 1000}' "$web/swarm"
expect 'an edit' True "$(value "d['success']")"
wait_for 'seven users' is 7 /stats/requests "d['user_count']"
ask -d 'user_count=0' "$web/swarm"
expect 'an edit to nobody' True "$(value "d['success']")"
wait_for 'nobody' is 0 /stats/requests "d['user_count']"
wait_for 'a run that goes on' is running /stats/requests "d['state']"
ask -d 'user_count=7' "$web/swarm"
wait_for 'seven users again' is 7 /stats/requests "d['user_count']"
ask "$web/tasks"
expect 'the ratio' '1.0' "$(value "round(sum(c['ratio'] for c in d['per_class'].values()), 6)")"

story="Locust's keys"
ask "$web/stats/requests"
expect 'of the answer' "current_fail_per_sec current_response_time_percentiles current_rps errors fail_ratio state stats \
total_fail_per_sec total_rps user_count" "$(value "' '.join(sorted(d))")"
expect 'of a row' "avg_content_length avg_response_time current_fail_per_sec current_rps max_response_time \
median_response_time method min_response_time name num_failures num_requests response_time_percentile_0.95 \
response_time_percentile_0.99 total_fail_per_sec total_rps" "$(value "' '.join(sorted(d['stats'][-1]))")"
expect 'of percentiles' 'response_time_percentile_0.5 response_time_percentile_0.95' \
    "$(value "' '.join(sorted(d['current_response_time_percentiles']))")"
ask "$web/exceptions"
expect 'of exceptions' '[]' "$(value "d['exceptions']")"
ask "$web/logs"
expect 'of the log' 'master workers' "$(value "' '.join(sorted(d))")"
ask "$web/worker-count"
expect 'of workers' 0 "$(value "d['worker_count']")"

story='events'
curl -sSN --compressed --max-time 60 -D headers "$web/api/events" >events 2>/dev/null &
other_pids=$!
curl -sSN --max-time 60 "$web/api/events" >plain 2>/dev/null &
other_pids="$other_pids $!"
# has_two FILE
has_two() {
    [ "$(grep -c '^event: state' "$1")" -ge 2 ]
}
wait_for 'two events' has_two plain
wait_for 'two in little' has_two events
# shellcheck disable=SC2086 # several
kill $other_pids
other_pids=
has headers 'how they come' '^Content-Encoding: gzip'
expect 'the first' 'event: state' "$(head -n 1 plain)"
expect 'the first in little' 'event: state' "$(head -n 1 events)"
sed -n 's/^data: //p' events | tail -n 2 | head -n 1 >answer
expect 'a document' 7 "$(value "d['run']['users']")"

story='in little'
curl -sS --compressed -D headers -o answer "$web/stats/requests"
has headers 'how it comes' '^Content-Encoding: gzip'
expect 'the answer' running "$(value "d['state']")"
curl -sS --compressed -D headers -o answer "$web/healthz"
lacks headers 'what is small' '^Content-Encoding'

story='stop, and a second run by the old keys'
ask "$web/stop"
expect 'the answer' 'True Test stopped' "$(value "d['success'], d['message']" | tr -d "(),'")"
ask "$web/stats/requests"
expect 'no user is left' 'stopped 0' "$(value "d['state'], d['user_count']" | tr -d "(),'")"
# report : what --json-file holds: which requests, and the exit code
report() {
    python3 -c "import json; d = json.load(open('r.json')); print(d['total']['requests'], d['run']['exit_code'])"
}
balance
expect 'the file of --json-file between runs' "$n None" "$(report)"
has new/report.html 'the file of --html between runs' "\"requests\": $n,"
has r.xml 'the file of --junit between runs' '</testsuites>'
ask -d 'locust_count=2&hatch_rate=100' "$web/swarm"
expect 'the answer' True "$(value "d['success']")"
wait_for 'two users' is 2 /stats/requests "d['user_count']"
ask -d 'user_count=2&spawn_rate=100&arrival_rate=5' "$web/swarm"
has answer 'an edit that cannot be' 'arrival_rate cannot be edited'
ask "$web/stats/reset"
expect 'reset' 'ok' "$(cat answer)"
ask -X POST "$web/stop"
ask "$web/api/state"
expect 'its number' 2 "$(value "d['run_number']")"
expect 'the file of the last run' "$(value "d['total']['requests']") None" "$(report)"
ask "$web/api/runs"
expect 'the one before' '[1]' "$(value "d['runs']")"
ask "$web/api/history?run=1&type=GET&name=first"
expect 'what an entry did in it' True "$(value "sum(x or 0 for x in d['requests_per_s']) > 0")"
status 404 'a run that there was not' "$web/api/history?run=9"
status 400 'no run' "$web/api/history?run=x"

story='what was chosen, taken back'
wanted() {
    ask "$web/api/setup"
    value "sum(t['is_wanted'] for t in d['user_types'])"
}
ask -d 'user_count=1&spawn_rate=100&user_classes=poller&iterations=2' "$web/swarm"
expect 'the answer' True "$(value "d['success']")"
ask "$web/stop"
expect 'one user type' 1 "$(wanted)"
ask -d 'user_count=1&spawn_rate=100&user_classes=&iterations=' "$web/swarm"
expect 'the answer' True "$(value "d['success']")"
ask "$web/stop"
expect 'all user types' 2 "$(wanted)"
before=$(heads)

story='stages'
ask "$web/api/state"
expect 'without any' 'None 0' "$(value "d['run']['stage'], d['run']['n_stages']" | tr -d '(),')"
ask -d 'stages=0.2s:1@100,1h:2@100' "$web/swarm"
expect 'the answer' True "$(value "d['success']")"
wait_for 'the second stage' is 2 /api/state "d['run']['stage']"
expect 'how many' 2 "$(value "d['run']['n_stages']")"
ask "$web/metrics"
has answer 'the stage' '^acrida_stage 2'
has answer 'the stages' '^acrida_stages 2'
ask -d 'user_count=5' "$web/swarm"
expect 'an edit of stages' False "$(value "d['success']")"
ask "$web/stop"
before=$(heads)

story='what makes no sense'
for bad in 'user_count=x&spawn_rate=1' 'user_count=1' 'user_count=1&spawn_rate=1&run_time=soon' \
    'user_count=1&spawn_rate=1&run_time=0x10s' 'user_count=1&spawn_rate=1&user_classes=nobody' 'user_count=1.5&spawn_rate=1' 'user_count=0&spawn_rate=1'; do
    status 200 "$bad" -d "$bad" "$web/swarm"
    expect "$bad" False "$(value "d['success']")"
done
status 400 'a list as JSON' -H 'Content-Type: application/json' -d '[1]' "$web/swarm"
status 400 'another type' -H 'Content-Type: text/xml' -d '<a/>' "$web/swarm"
status 404 'another path' "$web/etc/passwd"
status 404 'a path that climbs' --path-as-is "$web/../../etc/passwd"
status 405 'GET' "$web/swarm"
status 405 'HEAD that would stop' -I "$web/stop"
status 405 'HEAD that would never end' -I "$web/api/events"
status 400 '/api/logs' "$web/api/logs?after=-1"
status 404 'an entry' "$web/api/history?name=none"
head -c 300000 /dev/zero | tr '\0' a >large
status 413 'a large body' --data-binary @large "$web/swarm"
head -c 20000 large >header
status 400 'a large header' -H "X-A: $(cat header)" "$web/healthz"
status 200 'it is still there' "$web/healthz"

story='clients that mean harm'
cat >harm.py <<'END'
import socket, sys, time
def connect():
    s = socket.socket()
    s.bind(("127.0.0.9", 0)) # nobody else's
    s.settimeout(10)
    s.connect(("127.0.0.1", int(sys.argv[1])))
    return s
def flood(what, start, text, most):
    s, n = connect(), 0
    s.sendall(start)
    s.settimeout(0.3)
    try:
        while n < most:
            n += s.send(text)
    except OSError: # it takes no more, or has closed
        return
    sys.exit(f"{what}: {n} bytes were taken")
ask = b"POST /swarm HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
flood("a line", b"", b"a" * 65536, 32 << 20)
flood("headers", b"GET / HTTP/1.1\r\n", b"a:\r\n" * 10000, 32 << 20)
flood("the size of a chunk", ask, b"1" * 65536, 32 << 20)
flood("trailers", ask + b"0\r\n", b"a: b\r\n" * 10000, 32 << 20)
flood("requests", b"", b"GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n" * 1000, 32 << 20)
many = [connect() for _ in range(140)]
many[-1].settimeout(10)
try:
    is_closed = many[-1].recv(1) == b""
except ConnectionResetError:
    is_closed = True
if not is_closed:
    sys.exit("140 connections of one address")
END
python3 harm.py "${web##*:}" 2>complaint || fail "$(cat complaint)"
status 200 'it is there for others' "$web/healthz"

story='who asks'
status 403 'another site' -H 'Sec-Fetch-Site: cross-site' "$web/stop"
status 403 'another port' -H 'Sec-Fetch-Site: same-site' -d 'user_count=1&spawn_rate=1' "$web/swarm"
status 403 'another origin' -H 'Origin: http://evil.example' -d 'user_count=1&spawn_rate=1' "$web/swarm"
status 403 'no origin' -H 'Origin: null' "$web/stats/reset"
status 403 'another name' -H 'Host: evil.example' "$web/stats/requests"
status 200 'the page itself' -H 'Sec-Fetch-Site: same-origin' -H "Origin: $web" "$web/stats/reset"
curl -sS -D headers -o page "$web/"
has headers 'a policy' "^Content-Security-Policy: default-src 'none'.*frame-ancestors 'none'"
has headers 'no guessing of types' '^X-Content-Type-Options: nosniff'
lacks headers 'other origins' '^[Aa]ccess-[Cc]ontrol'
has page 'what it starts with' '"mode": "live"'

story='downloads'
for path in requests failures requests_full_history; do
    status 200 "$path" "$web/stats/$path/csv"
done
python3 -c "import http.client; c = http.client.HTTPConnection('${web#http://}')
for method in 'HEAD', 'GET': c.request(method, '/stats/requests_full_history/csv'); c.getresponse().read()" ||
    fail 'the answer to HEAD has a body'
curl -sS -D headers -o report.html "$web/stats/report?download=1"
has headers 'its name' '^Content-Disposition: attachment; filename="acrida_[0-9-]*h[0-9]*_kept.c_[^"]*.html"'
has report.html 'its data' '<script id="acrida-data" type="application/json">'
leave 'the process'
has err 'the first Ctrl-C after a run that the page stopped' 'got Ctrl-C: stopping; once more to stop at once$'
has new/report.html 'the file of --html' '"mode": "report"'
has r.json 'the exit code, in the end' '"exit_code": 0'
lacks new/report.html 'the marker' '<!--acrida-data-->'

# --- user types -------------------------------------------------------------------------------------

story='what is run of user types'
cat >picked.c <<'END'
#include <acrida/http.h>

static int one(struct acr_user *u) { acr_get(u, "/json", .name = "one"); return 0; }
static int two(struct acr_user *u) { acr_get(u, "/json", .name = "two"); return 0; }
static const struct acr_task tasks[] = { { .name = "one", .run = one }, { .name = "two", .run = two } };
static const struct acr_user_type types[] = {
    { .name = "a", .wait = ACR_CONSTANT(0.01), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
    { .name = "b", .wait = ACR_CONSTANT(0.01), .tasks = tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "picked", .user_types = types, .n_user_types = ACR_LEN(types));
END
serve -f picked.c -H "$url" --class-picker --config-users '{"user_type_name": "b", "fixed_count": 1}'
status 400 'another task' -d 'user_class_name=a&tasks=three' "$web/user"
status 400 'another type' -d 'user_class_name=c&weight=3' "$web/user"
status 400 'another attribute' -d 'user_class_name=a&wait=3' "$web/user"
status 403 'another site' -H 'Sec-Fetch-Site: cross-site' -d 'user_class_name=a&weight=3' "$web/user"
status 201 'one task' -H 'Content-Type: application/json' -d '{"user_class_name": "a", "tasks": ["two"]}' "$web/user"
ask "$web/api/setup"
expect 'what was changed' "{'tasks': ['two']} {}" "$(value "*[t['changed'] for t in d['user_types']]")"
# names : of all requests, once each has come
names() {
    ask "$web/stats/requests"
    value "*[s['name'] for s in d['stats'][:-1] if s['num_requests'] > 2]"
}
has_names() {
    [ "$(names)" = "$1" ]
}
ask -d 'user_count=3&spawn_rate=100&user_classes=a' "$web/swarm"
wait_for 'requests of that task alone' has_names two
ask "$web/api/state"
expect 'the users' "[('a', 3)]" "$(value "[(t['name'], t['users']) for t in d['run']['user_types']]")"
ask "$web/stop"
has_names two || fail "what was run: $(names)"
ask -d 'user_class_name=a&tasks=one&tasks=two&fixed_count=2' "$web/user"
ask -d 'user_count=3&spawn_rate=100&user_classes=a&user_classes=b' "$web/swarm"
wait_for 'requests of both tasks' has_names 'one two'
wait_for 'fixed counts, that of the command line too' is "[('a', 2), ('b', 1)]" /api/state \
    "[(t['name'], t['users']) for t in d['run']['user_types']]"
leave 'the process'

# --- who may in -------------------------------------------------------------------------------------

story='login, token, TLS, base path'
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost 2>/dev/null
# shellcheck disable=SC2016 # not a variable
printf 'eve:%s\n' "$(openssl passwd -6 'correct horse')" >users
echo 0123456789abcdef0123456789abcdef >token
serve -f "$scenarios/guest.c" -H "$url" --web-host 0.0.0.0 --web-login --web-users-file users --web-token-file token \
    --tls-cert cert.pem --tls-key key.pem --web-base-path /load/acrida
expect 'the address' https://localhost "${web%:*}"
case $web in */load/acrida) ;; *) fail "the base path: $web" ;; esac
status 303 'the page without login' "$web/"
status 303 'the base path itself' -D headers "$web"
has headers 'where it goes' '^Location: /load/acrida/'
status 401 'numbers without login' "$web/stats/requests"
status 401 'a start without login' -d 'user_count=1&spawn_rate=1' "$web/swarm"
status 200 'whether it is there' "$web/healthz"
status 404 'above the base path' "${web%/load/acrida}/healthz"
status 401 'a wrong password' -d 'username=eve&password=wrong' "$web/login"
status 303 'the right one' -c jar --data-urlencode 'username=eve' --data-urlencode 'password=correct horse' "$web/login"
has jar 'the cookie' "^#HttpOnly_localhost.*	TRUE	.*acrida_session_$(echo "$web" | sed 's|.*:\([0-9]*\)/.*|\1|')"
status 200 'with the session' -b jar "$web/stats/requests"
status 403 'another site, with the session' -b jar -H 'Origin: https://evil.example' -d 'user_count=1&spawn_rate=1' \
    "$web/swarm"
status 200 'by another name, with the token' -H 'Host: load.example' \
    -H 'Authorization: Bearer 0123456789abcdef0123456789abcdef' "$web/stats/requests"
status 303 'out' -b jar -d '' "$web/logout"
status 401 'afterwards' -b jar "$web/stats/requests"
for try in 1 2 3 4 5 6 7 8 9 10; do
    ask -H "Authorization: Bearer wrong$try" "$web/stats/requests"
done
status 429 'too many wrong tokens' -H 'Authorization: Bearer wrong' "$web/stats/requests"
leave 'the process'

story='what is refused'
# refuse CODE WHAT PATTERN OPTION...
refuse() {
    wanted_code=$1
    what=$2
    pattern=$3
    shift 3
    run "$wanted_code" -f "$scenarios/guest.c" -H "$url" -P 0 "$@"
    has err "$what" "$pattern"
}
refuse 1 'others are let in' 'web-host 0.0.0.0 .*ACRIDA_WEB_TOKEN' --web-host 0.0.0.0
refuse 1 'a short token' 'token.*too short' --web-token short
refuse 1 'users that are not there' 'nowhere cannot be read' --web-users-file nowhere
echo 'eve:secret' >bad
refuse 1 'a password as it is' 'bad, line 1: its hash' --web-users-file bad
refuse 1 'autoquit' 'autoquit wants --autostart' --autoquit 1
refuse 1 'a base path' 'web-base-path' --web-base-path load/
refuse 1 'a certificate alone' 'tls-cert and --tls-key' --tls-cert cert.pem
refuse 1 'a certificate that is none' 'tls-cert: users' --tls-cert users --tls-key key.pem
refuse 1 'a report that cannot be' 'html: cannot write /proc/none' --html /proc/none/r.html
taken=${url##*:}
run 1 -f "$scenarios/guest.c" -H "$url" -P "$taken"
has err 'a port that is taken' "port $taken of 127.0.0.1 is taken"
expect 'said once' 1 "$(grep -c 'is taken' err)"

# --- by itself --------------------------------------------------------------------------------------

story='autostart, autoquit, reports'
run 0 -f "$scenarios/guest.c" -H "$url" -P 0 --autostart --autoquit 0 -u 2 -t 1s --json-file r --html r.html
has r.html 'the report' '"mode": "report"'
run 0 report r.json --html again.html
has again.html 'one made later' '"mode": "report"'
run 1 report users --html no.html
has err 'what is no JSON' '^acrida report: .*users.* not JSON'
run 0 report r.json
has out 'as text' 'Aggregated'
run 0 -f "$scenarios/guest.c" -H "$url" --headless -u 1 -r 5 -t 1s --html 'alone-{u}-{r}-{t}.html'
has alone-1-5-1.html 'without a page' '"mode": "report"'
lacks err 'no server' 'web interface'

story='a master'
serve -f kept.c -H "$url" --kept-name all --processes 1 --journal none --master-bind-port "$(free_port)"
wait_for 'the worker' is 1 /worker-count "d['worker_count']"
ask -d 'user_count=2&spawn_rate=100' "$web/swarm"
expect 'a start' True "$(value "d['success']")"
wait_for 'two users' is 2 /stats/requests "d['user_count']"
ask "$web/stats/requests"
expect 'the worker' 'cpu_usage id memory_usage state user_count' "$(value "' '.join(sorted(d['workers'][0]))")"
ask "$web/stop"
expect 'stop' True "$(value "d['success']")"
# Who waits for documents while the process ends is answered, and nothing of that is used too late.
clients=
for i in 1 2 3 4 5 6 7 8; do
    curl -s "$web/api/document?[1-1000]" >"document.$i" &
    clients="$clients $!"
done
wait_for 'documents' test -s document.8
leave 'the master'
for client in $clients; do
    wait "$client" || true
done
expect 'servers' 1 "$(grep -c 'web interface' err)"
