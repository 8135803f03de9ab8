#!/bin/sh
# SPDX-License-Identifier: MIT
# A machine without a free ephemeral port, as one that makes load is: a worker connects all the same, by
# the bind that the command puts before the one of libc; without it nanomsg 1.1.5 aborts the process.
# usage: sh 48_few_ports.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# in_net PROGRAM : runs it in a network of its own that has 50 ephemeral ports; output in ./out, ./err
in_net() {
    status=0
    # shellcheck disable=SC2016 # expanded inside
    timeout 60 unshare -n sh -c 'ulimit -c 0
        ip link set lo up && echo 50000 50049 >/proc/sys/net/ipv4/ip_local_port_range && exec "$1"' \
        sh "$1" >out 2>err || status=$?
}

story='a network of its own'
if ! command -v ip >/dev/null || ! unshare -n sh -c 'ip link set lo up &&
    echo 50000 50049 >/proc/sys/net/ipv4/ip_local_port_range' 2>err; then
    echo "ok (skipped: no network namespaces here: $(head -n 1 err))"
    exit 0
fi

story='with the bind of the command'
in_net "$build/tests/support/few_ports"
expect 'exit code' 0 "$status"
has out 'all are taken' '^50 ports taken$'
has out 'the worker is through' '^connected$'

# Not asked of libraries that may have been mended.
story='without it'
if [ "$(pkg-config --modversion nanomsg)" = 1.1.5 ]; then
    in_net "$build/tests/support/few_ports_without"
    has out 'all are taken' '^50 ports taken$'
    expect 'exit code of an abort' 134 "$status"
fi

story='the command exports it'
nm -D --defined-only --with-symbol-versions "$acrida" >out
has out 'bind, without a version' ' T bind$'

echo ok
