#!/bin/sh
# SPDX-License-Identifier: MIT
# 200 MB up and down, by function, file and multipart: in memory that does not grow with them. Where memory says
# nothing, 20 MB.
# usage: sh 23_http_stream.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

story='large streams'
# Sanitizers keep what was freed for a while.
if nm -D "$build/lib/libacrida.so" 2>/dev/null | grep -q '__asan_\|__tsan_'; then
    export TEST_BYTES=20000000 TEST_MEASURED=
else
    export TEST_BYTES=200000000 TEST_MEASURED=1
fi
head -c "$TEST_BYTES" /dev/zero >large
export TEST_LARGE="$work/large"
TEST_CRC=$(gzip -1 -c large | tail -c 8 | od -A n -t x4 -N 4 | tr -d ' ')
export TEST_CRC
start_target
run 0 -f "$scenarios/http_stream.c" --headless --only-summary -u 1 --csv r -H "$url"
has err 'what it took' 'peak of memory: [0-9]+ kB'
expect 'heads that the target read' "$(heads)" "$(ledger attempts)"
echo ok
