#!/bin/sh
# SPDX-License-Identifier: MIT
# A short run under valgrind: no invalid access, nothing uninitialised, nothing definitely lost, with the stacks of
# coroutines known to it.
# usage: 34_valgrind.sh BUILD_DIR SOURCE_DIR
# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

story='a run under valgrind'
if ! command -v valgrind >/dev/null || nm -D "$build"/bin/acrida "$build"/lib*/libacrida.so.0 2>/dev/null |
    grep -q "__[at]san_init"; then
    echo 'valgrind and sanitizers exclude each other: nothing to do here'
    echo ok
    exit 0
fi
start_target
valgrind --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99 \
    "$acrida" -f "$source/samples/shop.c" -H "$url" -u 20 -r 20 -t 5s --threads 2 --headless \
    --only-summary --exit-code-on-error 0 >out 2>err || fail "valgrind or acrida ended with exit code $?"
has err 'no errors' 'ERROR SUMMARY: 0 errors'
has err 'requests' 'POST +/api/auth/login +20 '
lacks err 'overlapping stacks' 'Warning: client switching stacks'
echo ok
