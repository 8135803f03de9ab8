#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what building Acrida needs on Debian 12 and, with --tests, what its tests need.
# Does nothing, quickly, when all of it is there.
# usage: packages.sh [--tests]
set -eu

usage() {
    echo 'usage: packages.sh [--tests]' >&2
    exit 2
}

tests=no
case $#:${1-} in
0:) ;;
1:--tests) tests=yes ;;
*) usage ;;
esac

# Compilers and tools, then the libraries. A scenario is compiled on the machine that runs it: gcc and
# the headers of libc are needed after the build too. The HTTP client decodes what servers compress
# (zlib, brotli, zstd). Master and workers talk by nanomsg, and seal what they say by libsodium. The web
# page draws with Chart.js, which is built into it.
wanted='gcc g++ libc6-dev cmake ninja-build pkg-config
    libevent-dev libssl-dev libcurl4-openssl-dev libjansson-dev
    libnanomsg-dev libsodium-dev zlib1g-dev libbrotli-dev libzstd-dev libjs-chart.js'

# Unit tests (libcmocka), the second compiler, its sanitizers and libFuzzer (clang, libclang-rt; llvm
# reads its traces), servers and clients to compare with (nginx, tinyproxy, microsocks, curl, openssl), what the
# scripts call (procps, binutils, make, python3 for its csv and pty), what reads code and memory
# (shellcheck, valgrind), and what samples/page.c, lines.c, redis.c and postgres.c need (libxml2,
# hiredis, libpq, a Redis and a PostgreSQL to talk to). Prometheus's own reader of OpenMetrics, in Python. Not among
# them: chromium and chromium-driver (300 MB), with which 78_page.sh tests the page in a browser.
if [ "$tests" = yes ]; then
    wanted="$wanted
    libcmocka-dev clang libclang-rt-14-dev llvm nginx-light tinyproxy microsocks curl openssl ca-certificates
    procps binutils make python3 shellcheck valgrind libxml2-dev libhiredis-dev redis-server
    libpq-dev postgresql-15 python3-prometheus-client"
fi

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

if ! command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2086 # several words are meant
    echo "packages.sh: not Debian; see to it that these are installed:" $wanted >&2
    exit 0
fi

missing=
for package in $wanted; do
    is_installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "packages.sh: run as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q </dev/null
# shellcheck disable=SC2086 # several packages are meant
apt-get install -y -q --no-install-recommends $missing </dev/null
