#!/bin/sh
# SPDX-License-Identifier: MIT
# More users than the process may have descriptors: refused where each keeps a connection, warned of where each may, and
# nothing said where they need none; reports are written even when users have them all.
# usage: sh 39_preflight.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2119 # it needs no options
start_target
URL=$url/
export URL

# The command with limits of its own.
cat >limited <<END_OF_LIMITED
#!/bin/sh
ulimit -Sn "\$SOFT"
ulimit -Hn "\$HARD"
exec "$acrida" "\$@"
END_OF_LIMITED
chmod +x limited
acrida=$work/limited
export SOFT=64 HARD=300

# load EXIT-CODE TYPE USERS OPTION... : all of them at once, one task each
load() {
    code=$1
    type=$2
    users=$3
    shift 3
    # shellcheck disable=SC2086 # no type is all of them
    USERS=$users run "$code" -f "$scenarios/preflight.c" --headless --only-summary --csv r -r 1000000 -u "$users" "$@" $type
}

story='more users that keep a connection than descriptors'
load 1 web 1000
has err 'the line' '^acrida: 1000 users keep a connection each, and this process may have 300 descriptors.*ulimit -n'
expect 'lines' 1 "$(wc -l <err)"

story='the same, when one insists'
load 1 web 1000 --ignore-preflight
has err 'a warning' 'WARNING/acrida: 1000 users keep a connection each'
expect 'all began' 1000 "$(ledger started)"

story='the soft limit is raised to the hard one'
load 0 web 200
lacks err 'no warning' 'descriptors'
expect 'requests' 200 "$(ledger succeeded)"

story='users that need none'
load 0 hand 50000
lacks err 'no warning' 'descriptors|memory'
expect 'reports' 50000 "$(ledger succeeded)"

story='few of many'
load 0 '' 2000
lacks err 'no warning' 'descriptors'
expect 'requests' 200 "$(total 'Request Count' get)"
expect 'reports' 1800 "$(total 'Request Count' report)"

# ThreadSanitizer knows one table of descriptors for a process: there reports have none of their own.
if ! grep -q '^ACRIDA_SANITIZE:.*=thread' "$build/CMakeCache.txt"; then
    story='users that take every descriptor leave the reports theirs'
    USERS=0 run 1 -f "$scenarios/preflight.c" --headless --only-summary --csv r -r 1000000 -u 1000 --ignore-preflight \
        -t 3s web
    lacks err 'files of the report' 'cannot write'
    has r_failures.csv 'requests without a descriptor' '^GET,get,'
    has r_stats_history.csv 'ticks' '^[0-9]+,1000,'
    expect 'all began' 1000 "$(ledger started)"
fi

story='a host for all'
load 0 hand 1000 -H "$url"
has err 'a warning' 'WARNING/acrida: 1000 users may keep a connection each'

story='no connection is kept'
load 0 web 250 --http-no-keep-alive
lacks err 'no warning' 'descriptors'
echo ok
