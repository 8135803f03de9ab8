#!/bin/sh
# SPDX-License-Identifier: MIT
# The unit tests of tests/unit/one_thread.txt, which ThreadSanitizer is not asked about, cannot start a thread.
# usage: one_thread.sh BUILD_DIR SOURCE_DIR
set -eu

build=${1:?usage: one_thread.sh BUILD_DIR SOURCE_DIR}
list=${2:?usage: one_thread.sh BUILD_DIR SOURCE_DIR}/tests/unit/one_thread.txt
bad=0
while read -r name; do
    if [ ! -x "$build/tests/unit/$name" ]; then
        echo "$list: there is no $name: take it off"
        bad=1
    elif nm -D -u "$build/tests/unit/$name" | grep -q ' pthread_create@'; then
        echo "$list: $name is linked with threads: take it off"
        bad=1
    fi
done <"$list"
[ "$bad" = 0 ] && echo ok
