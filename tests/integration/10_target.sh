#!/bin/sh
# SPDX-License-Identifier: MIT
# The demo target does what the other tests rely on: its routes, rules and counters.
# usage: 10_target.sh PATH-OF-ACRIDA-TARGET
set -eu

target=${1:?usage: 10_target.sh PATH-OF-ACRIDA-TARGET}
work=$(mktemp -d)
pid=
url=

stop() {
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        pid=
    fi
}

cleanup() {
    stop
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# start OPTION... : starts the target on a free port and sets $url
start() {
    : >"$work/stdout"
    "$target" --port 0 "$@" >"$work/stdout" &
    pid=$!
    tries=0
    until grep -q '^listening on ' "$work/stdout"; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || fail "the target does not start with: $*"
        kill -0 "$pid" 2>/dev/null || fail "the target ended at once with: $*"
        sleep 0.05
    done
    url=http://$(sed -n 's/^listening on //p' "$work/stdout")
}

get() {
    curl -sS --max-time 10 "$@"
}

code() {
    get -o /dev/null -w '%{http_code}' "$@"
}

# expect WHAT EXPECTED ACTUAL
expect() {
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# contains WHAT PART TEXT
contains() {
    case $3 in
    *"$2"*) ;;
    *) fail "$1: no '$2' in '$3'" ;;
    esac
}

# breaks CURL-EXIT-CODE CURL-ARGUMENT... : the answer must be broken in that way
breaks() {
    wanted=$1
    shift
    status=0
    get "$@" >/dev/null 2>&1 || status=$?
    expect "exit code of curl $*" "$wanted" "$status"
}

now_ms() {
    echo $(($(date +%s%N) / 1000000))
}

# took WHAT LOWEST SINCE : not much longer either; but a busy machine makes seconds of it
took() {
    elapsed=$(($(now_ms) - $3))
    if [ "$elapsed" -lt "$2" ] || [ "$elapsed" -gt 10000 ]; then
        fail "$1: took $elapsed ms, not $2 to 10000"
    fi
}

wrong_options() {
    for arguments in --nonsense --port "--port x" "--port 65536" "--processes 0" stray \
        "--stall-every 5" "--rule nonsense" "--port=1=2"; do
        status=0
        # shellcheck disable=SC2086 # several words are meant
        "$target" $arguments >"$work/out" 2>"$work/err" || status=$?
        expect "exit code with $arguments" 2 "$status"
        expect "lines with $arguments" 1 "$(wc -l <"$work/err" | tr -d ' ')"
        [ ! -s "$work/out" ] || fail "output with $arguments"
    done
    contains help "--stall-every" "$("$target" --help)"
}

plain_routes() {
    expect root 200 "$(code "$url/")"
    expect status 503 "$(code "$url/status/503")"
    expect 'bad status' 400 "$(code "$url/status/nine")"
    expect unknown 404 "$(code "$url/nothing/here")"
    expect bytes 100000 "$(get "$url/bytes/100000" | wc -c | tr -d ' ')"
    expect 'many bytes' 300000000 "$(get -o /dev/null -w '%{size_download}' "$url/bytes/300000000")"
    expect chunked 100000 "$(get "$url/chunked/100000" | head -c 100000 | wc -c | tr -d ' ')"
    contains 'chunked head' 'Transfer-Encoding: chunked' "$(get -D - -o /dev/null "$url/chunked/1")"
    expect until-close 5000 "$(get "$url/until-close/5000" | wc -c | tr -d ' ')"
    expect HEAD 'Content-Length: 77' "$(get -I "$url/bytes/77" | tr -d '\r' | grep Length)"
    contains OPTIONS 'Allow: POST, GET, HEAD, OPTIONS' "$(get -i -X OPTIONS "$url/api/users")"
    expect 'wrong method' 405 "$(code -X DELETE "$url/api/orders")"
    contains gzip '"gzipped":true' "$(get --compressed "$url/gzip")"
    contains close 'Connection: close' "$(get -i "$url/close")"
    contains timing 'Server-Timing: db' "$(get -i "$url/server-timing")"
    contains json '"ok":true' "$(get "$url/json")"
    since=$(now_ms)
    get -o /dev/null "$url/delay/200"
    took delay 200 "$since"
    since=$(now_ms)
    expect slow 50 "$(get "$url/slow/5/50" | wc -c | tr -d ' ')"
    took slow 200 "$since"
}

broken_routes() {
    breaks 52 "$url/drop"
    breaks 1 "$url/garbage"
    breaks 18 "$url/truncate"
    breaks 28 --max-time 0.3 "$url/never"
}

telling_routes() {
    contains redirect 'acrida-target' "$(get -L "$url/redirect/3")"
    contains redirect-to 'Location: /json?a=1' \
        "$(get -i "$url/redirect-to?url=%2Fjson%3Fa%3D1&status=307")"
    contains 'set cookies' 'Set-Cookie: a=1; Path=/' "$(get -i "$url/cookies/set?a=1&b=2")"
    expect cookies '{"a":"1","b":"2"}' "$(get -b 'a=1; b=2' "$url/cookies")"
    expect 'no credentials' 401 "$(code "$url/basic-auth/ann/secret")"
    expect credentials 200 "$(code -u ann:secret "$url/basic-auth/ann/secret")"
    expect 'wrong credentials' 401 "$(code -u ann:wrong "$url/basic-auth/ann/secret")"
    contains headers '"X-Test":"one, two"' "$(get -H 'X-Test: one' -H 'X-Test: two' "$url/headers")"
    echo=$(get -X PATCH --data-binary 'a "b"' "$url/echo?x=1")
    contains echo '"method":"PATCH","path":"/echo","query":"x=1"' "$echo"
    contains echo '"body":"a \"b\"","body_bytes":5' "$echo"
    expect 'connection reuse' '"request":1"request":2' \
        "$(get "$url/echo" "$url/echo" | grep -o '"request":[0-9]*' | tr -d '\n')"
    head -c 3000000 /dev/zero >"$work/zeros"
    expected='{"bytes":3000000,"crc32":"4d01a265"}'
    expect upload "$expected" "$(get -T "$work/zeros" "$url/upload")"
    expect 'chunked upload' "$expected" \
        "$(get -H 'Transfer-Encoding: chunked' -T "$work/zeros" "$url/upload")"
    expect 'huge head' 431 "$(head -c 70000 /dev/zero | tr '\0' a | sed 's/^/X: /' \
        | get -o /dev/null -w '%{http_code}' -H @- "$url/")"
    expect 'no HTTP' 400 "$(code -H 'Bad Name: x' "$url/")"
}

shop_routes() {
    expect 'login without email' 400 "$(code -d '{"name":"x"}' "$url/api/auth/login")"
    token=$(get -d '{"email":"a@example.test"}' "$url/api/auth/login" | sed 's/.*":"\(.*\)".*/\1/')
    bearer="Authorization: Bearer $token"
    expect 'order without token' 401 "$(code -X POST "$url/api/orders")"
    expect 'order with wrong token' 401 "$(code -X POST -H "${bearer}0" "$url/api/orders")"
    expect 'item without token' 401 "$(code -d '{}' "$url/api/cart/items")"
    expect 'empty cart' 409 "$(code -X POST -H "$bearer" "$url/api/orders")"
    expect item 201 "$(code -d '{"id":1}' -H "$bearer" "$url/api/cart/items")"
    expect order 201 "$(code -X POST -H "$bearer" "$url/api/orders")"
    expect 'cart after order' 409 "$(code -X POST -H "$bearer" "$url/api/orders")"
    expect product 200 "$(code "$url/api/products/1000")"
    expect 'no product' 404 "$(code "$url/api/products/1001")"
    contains products '"page":2,"limit":1,"total":1000,"products":[{"id":2,' \
        "$(get "$url/api/products?page=2&limit=1")"
    # Asked for within its first 300 ms, which a busy machine may miss.
    tries=0
    until get "$url/things/$(get -X POST "$url/things" | sed 's/.*"id":"\([0-9]*\)".*/\1/')" >"$work/thing" &&
        grep -q '"status":"PENDING"' "$work/thing"; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || fail "thing: never pending: $(cat "$work/thing")"
    done
    thing=$(sed 's/.*"id":"\([0-9]*\)".*/\1/' "$work/thing")
    sleep 0.4
    contains thing '"status":"ACTIVE"' "$(get "$url/things/$thing")"
    for path in /api/v1/data/export /admin/dashboard /api/mobile/feed '/api/users?q=ann'; do
        expect "$path" 200 "$(code "$url$path")"
    done
    expect report 202 "$(code -X POST "$url/admin/reports/generate")"
    expect user 201 "$(code -d '{"name":"ann"}' "$url/api/users")"
    expect friends 201 "$(code -d '{}' "$url/api/users/7/friends")"
}

page_routes() {
    expect 'search without login' 303 "$(code "$url/page/search?q=a")"
    expect 'login without session' 403 "$(code -d 'token=1&user=a' "$url/page/login")"
    rm -f "$work/jar"
    form=$(get -c "$work/jar" "$url/page/login")
    token=$(printf %s "$form" | sed -n 's/.*name="token" value="\([0-9a-f]*\)".*/\1/p')
    expect 'length of the token' 16 "${#token}"
    expect 'wrong token' 403 "$(code -b "$work/jar" -d 'token=0123456789abcdef&user=a' "$url/page/login")"
    expect 'no user' 400 "$(code -b "$work/jar" -d "token=$token" "$url/page/login")"
    expect login 303 "$(code -b "$work/jar" -c "$work/jar" -d "token=$token&user=a" "$url/page/login")"
    page=$(get -b "$work/jar" "$url/page/search?q=%3Cb%3E%22")
    contains 'search page' 'value="&lt;b>&quot;"' "$page"
    expect 'results' 10 "$(printf %s "$page" | grep -c 'href="item/[0-9]*"')"
    expect 'pictures' 8 "$(get -b "$work/jar" "$url/page/item/7" | grep -c '<img')"
    expect 'no item' 404 "$(code -b "$work/jar" "$url/page/item/1001")"
    for file in style.css page.js 0.png 7.png; do
        expect "$file" 200 "$(code "$url/page/file/$file")"
    done
    expect 'no file' 404 "$(code "$url/page/file/8.png")"
}

# The counters must equal what was sent, whichever process is asked.
counters() {
    get -o /dev/null -X POST "$url/_target/reset"
    contains 'reset counters' '{"heads":0,"answers":0,"connections":0,"open":0,"body_bytes":0' \
        "$(get "$url/_target/counters")"
    get -o /dev/null "$url/json?n=[1-200]"
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        get -o /dev/null -d 12345 "$url/echo"
    done
    breaks 52 "$url/drop"
    for _ in 1 2 3 4 5; do
        seen=$(get "$url/_target/counters")
        contains counters '{"heads":211,"answers":210,"connections":12,' "$seen"
        contains counters '"body_bytes":50,"malformed":0,' "$seen"
        contains counters '"GET /json":200' "$seen"
        contains counters '"GET /drop":1' "$seen"
        expect count 10 "$(get "$url/_target/count?path=POST%20/echo")"
        expect 'count of nothing' 0 "$(get "$url/_target/count?path=GET%20/never-asked")"
    done
}

rules() {
    start --rule 'GET /status/200 status=409' --rule '* /api/* delay=100..120' \
        --rule 'GET /json drop' --rule 'GET /headers garbage' --rule 'GET /cookies truncate' \
        --rule 'GET /bytes/100 slow=50x5' --rule 'GET / stall=300 p=1' \
        --rule 'POST * status=500 p=0' --seed 5
    expect 'rule status' 409 "$(code "$url/status/200")"
    expect 'rule with p=0' 200 "$(code -X POST "$url/json")"
    breaks 52 "$url/json"
    breaks 1 "$url/headers"
    breaks 18 "$url/cookies"
    since=$(now_ms)
    get -o /dev/null "$url/api/products/1"
    took 'rule delay' 100 "$since"
    since=$(now_ms)
    expect 'rule slow' 100 "$(get "$url/bytes/100" | wc -c | tr -d ' ')"
    took 'rule slow' 200 "$since"
    since=$(now_ms)
    get -o /dev/null "$url/" &
    sleep 0.1
    get -o /dev/null "$url/echo"
    took 'rule stall' 290 "$since"
    wait $!
    stop
}

special_options() {
    start --close-after 2 --unix "$work/socket"
    expect 'close after 2' '121' \
        "$(get "$url/echo?[1-3]" | grep -o '"request":[0-9]*' | tr -dc 0-9)"
    contains 'unix socket' acrida-target "$(get --unix-socket "$work/socket" http://local/)"
    stop
    [ ! -e "$work/socket" ] || fail "the Unix socket is left behind"

    start --stall-every 400 --stall-for 300 --things-error --busy
    since=$(now_ms)
    get -o /dev/null "$url/"
    sleep 0.45
    get -o /dev/null "$url/"
    took 'periodic stall' 690 "$since"
    expect 'things error' '"ERROR"' "$(get "$url/things/1000000" | grep -o '"ERROR"')"
    stop
}

# The parent takes its processes with it.
group_ends() {
    children=$(pgrep -P "$pid" | tr '\n' ' ')
    group=$pid
    pid=
    kill -TERM "$group"
    status=0
    wait "$group" || status=$?
    expect 'exit code of the group' 0 "$status"
    for child in $children; do
        ! kill -0 "$child" 2>/dev/null || fail "process $child outlives its parent"
    done
}

wrong_options
for processes in 1 3; do
    start --processes "$processes"
    plain_routes
    broken_routes
    telling_routes
    shop_routes
    page_routes
    counters
    group_ends
done
rules
special_options
echo ok
