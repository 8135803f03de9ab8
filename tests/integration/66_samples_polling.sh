#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample polling: things that become active, that fail, and that take too long.
# usage: sh 66_samples_polling.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

# until_active FAILURES : each thing that was created was reported once, so many of them, or all, as failed
until_active() {
    created=$(requests /things)
    [ "$created" -ge 20 ] || fail "only $created things"
    expect 'things, by the target' "$created" "$(read_by_target 'POST /things')"
    expect 'things that were reported' "$created" "$(requests '/things until active')"
    failures=$1
    [ "$failures" != all ] || failures=$created
    expect 'failed things' "$failures" "$(total 'Failure Count' '/things until active')"
    expect 'failures' "$failures" "$(total 'Failure Count')"
}

start_target
story='polling: all become active'
sample 0 "$samples/polling.so" -u 20 -r 5000 -t 1s --poll-every 50ms
until_active 0
[ "$(requests '/things/[id]')" -gt "$created" ] || fail 'no thing was asked for twice'

story='polling: none in time'
sample 1 "$samples/polling.so" -u 20 -r 5000 -t 1s --poll-every 20ms --poll-timeout 100ms
until_active all
has r_failures.csv 'the reason' '^POST,/things until active,timed out after 0.1 s,'
stop_target

start_target --things-error
story='polling: some fail'
sample 1 "$samples/polling.so" -u 50 -r 5000 -t 1s --poll-every 50ms
broken=$(sed -n 's/^POST,\/things until active,saw the status ERROR,\([0-9]*\),.*/\1/p' r_failures.csv)
between 'a tenth of them' 1 "$(requests /things)" "${broken:-0}"
until_active "$broken"
echo ok
