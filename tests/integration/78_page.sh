#!/bin/sh
# SPDX-License-Identifier: MIT
# The page itself, with made-up results: in a browser where there is one, its pure functions also by node. Chromium
# is not among the packages that tests install: it is large. So CI leaves this out.
# usage: sh 78_page.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

story='pure functions'
if command -v node >/dev/null; then
    mkdir units
    cp "$source"/plugins/web/page/*.js "$source/tests/support/page_units.mjs" units/
    echo '{"type": "module"}' >units/package.json
    timeout 20 node units/page_units.mjs >out 2>err || fail 'a function is wrong'
fi

story='one file'
page=$build/plugins/web/page/page.html
[ -s "$page" ] || fail "no $page"
expect 'lines to be replaced' 1 "$(grep -c '<!--acrida-data-->' "$page")"
lacks "$page" 'nothing is loaded' '(src|href)="?https?:'
lacks "$page" 'no handlers in HTML' '<[a-z]+ [^>]* on[a-z]+="'

story='what the bundle refuses'
bundled() {
    printf '%s\n' "$1" >one.js
    printf '%s\n' "$2" >two.js
    awk -f "$source/plugins/web/page/bundle.awk" one.js two.js >out 2>err
}
bundled 'export const a = 1;' "import { a } from './one.js';" || fail 'sound modules'
! bundled 'const a = 1;' 'const a = 2;' || fail 'a name twice'
! bundled "import { b } from './two.js';" 'export const b = 1;' || fail 'an import of what comes later'
! bundled 'const a = 1;' "import { a } from './one.js';" || fail 'an import of what is not exported'
! bundled 'export default 1;' '' || fail 'an export without a name'
! bundled "const a = '</script>';" '' || fail 'what ends a script'

story='in a browser'
if ! command -v chromedriver >/dev/null || ! command -v chromium >/dev/null; then
    echo 'ok (the rest skipped: no chromium and chromedriver here)'
    exit 0
fi
# The page is the same file however the rest is built.
if ! grep -q '^ACRIDA_SANITIZE:.*=.' "$build/CMakeCache.txt"; then
    timeout 120 python3 "$source/tests/support/page_test.py" "$page" "$work" >out 2>err || fail "$(head -n 20 out)"
fi

story='a run in a browser'
unset ACRIDA_HEADLESS
start_target
"$acrida" -f "$source/samples/shop.c" -H "$url" -P 0 -u 5 --exit-code-on-error 0 >/dev/null 2>err </dev/null &
run_pid=$!
wait_for 'the address' grep -q 'web interface at http' err
web=$(sed -n 's|.*web interface at \(http[^ ]*\)/\(:.*\)*$|\1|p' err | head -n 1)
timeout 60 python3 "$source/tests/support/page_live.py" "$web" "$work" >out 2>>err || fail "$(cat out)"
kill -INT "$run_pid"
expect_end 'Ctrl-C' 0 "$run_pid"
run_pid=
echo ok
