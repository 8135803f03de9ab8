#!/bin/sh
# SPDX-License-Identifier: MIT
# A build against nanomsg 1.2.1, which aborts on messages, is refused.
# usage: nanomsg.sh SOURCE_DIR
set -eu

source=$(cd "${1:?usage: nanomsg.sh SOURCE_DIR}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wanted='nanomsg 1.2.1 aborts on messages of request and reply sockets'

cat >"$work/nanomsg.pc" <<END
Name: nanomsg
Description: not there
Version: 1.2.1
Libs: -lnanomsg
END
if PKG_CONFIG_PATH=$work cmake -S "$source" -B "$work/build" -DBUILD_TESTING=OFF >"$work/out" 2>&1; then
    echo "nanomsg 1.2.1 is accepted"
    exit 1
fi
# CMake breaks lines as it likes.
if ! tr -s ' \n' ' ' <"$work/out" | grep -qF "$wanted"; then
    cat "$work/out"
    echo "missing: $wanted"
    exit 1
fi
