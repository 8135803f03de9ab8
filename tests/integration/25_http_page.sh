#!/bin/sh
# SPDX-License-Identifier: MIT
# samples/page.c reads HTML: the target lets in who sends back its form's token, and counts what was fetched.
# usage: sh 25_http_page.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if ! pkg-config --exists libxml-2.0; then
    echo 'ok (skipped: no libxml2 here)'
    exit 0
fi

# count WHAT : a number of the target's counters
count() {
    curl -sS --max-time 20 "$url/_target/counters" | sed -n "s|.*\"$1\":\([0-9]*\).*|\1|p"
}

start_target --port 0
for threads in 1 2; do
    story="visitors, $threads threads"
    curl -sS -o /dev/null -X POST "$url/_target/reset"
    # Tasks come to their end: what is cut short is in the target's counts, and in no others.
    run 0 -f "$source/samples/page.c" --headless --only-summary -u 8 -r 1000 -t 4s -s 20s --threads "$threads" --csv r \
        -H "$url"
    expect 'cut short' 0 "$(ledger cancelled)"
    expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
    expect failures 0 "$(total 'Failure Count')"
    lacks err 'exceptions' 'exception in'
    # The form's token and the cookies were right: nobody was sent away.
    expect 'refused by the target' 0 "$(count 4xx)"
    expect 'forms' 8 "$(count 'GET /page/login')"
    expect 'logged in' 8 "$(count 'POST /page/login')"
    expect 'redirected' 8 "$(count 3xx)"
    searches=$(total 'Request Count' '/page/search?q=[words]')
    [ "$searches" -ge 8 ] || fail "only $searches searches"
    expect 'searches that the target saw, and one after each login' "$(count 'GET /page/search')" $((searches + 8))
    # Every page has a style, a script, and (but for the form and the empty search) eight pictures.
    items=$(total 'Request Count' '/page/item/[id]')
    expect 'styles' "$(count 'GET /page/file/style.css')" "$(count 'GET /page/file/page.js')"
    files=$(total 'Request Count' '/page/file/[name]')
    least=$((2 * (8 + 8) + 10 * items))
    [ "$files" -ge "$least" ] || fail "$files files, not at least $least"
done

story='a form that has no token is an exception'
stop_target
start_target --rule 'GET /page/login status=200'
run 1 -f "$source/samples/page.c" --headless --only-summary -u 2 -r 1000 -t 20s -H "$url"
has err 'the exception' 'the login form has no token'
echo ok
