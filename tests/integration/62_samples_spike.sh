#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample spike: its seven stages, a minute of them in a second.
# usage: sh 62_samples_spike.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

start_target
story='spike: users at the end of each stage'
quick spike 's/(\.duration_s = )([0-9]+)/\1\2 \/ 60.0/; s/(\.spawn_rate = )([0-9]+)/\1\2 * 60/'
sample 0 spike.c
# The sixth begins with 1000 users and ends 600 of them: it does not come down to 100.
in_order err 'stage 1 of 7: 100 users at 600 ' 'all 100 users' \
    'stage 2 of 7: 100 users at 600 ' \
    'stage 3 of 7: 500 users at 3000 ' 'all 500 users' \
    'stage 4 of 7: 100 users at 600 ' '100 users are left' \
    'stage 5 of 7: 1000 users at 6000 ' 'all 1000 users' \
    'stage 6 of 7: 100 users at 600 ' \
    'stage 7 of 7: 0 users at 600 ' '0 users are left' 'the shape is over'
expect 'targets that were reached' 5 "$(grep -cE 'users are (spawned|left)' err)"
expect failures 0 "$(total 'Failure Count')"
echo ok
