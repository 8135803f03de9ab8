#!/bin/sh
# SPDX-License-Identifier: MIT
# Whatever tasks, sets, coroutines and listeners do and return, users up and down, in any kind of load and stop: the
# ledgers agree with the target, with the statistics, and with what listeners were told.
# usage: sh 69_anything.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

# anything OPTION... : one run
anything() {
    sample 1 "$scenarios/anything.c" --threads 3 "$@"
    has err 'what listeners were told' "told: $(requests Aggregated) requests, $(value counter events counter_sum) events"
    expect 'coroutines left' 0 "$(ledger_load spawned)"
    expect 'users that never returned' 0 "$(ledger_load parked)"
    expect 'arrivals waiting' 0 "$(ledger_load queue)"
    [ "$(requests Aggregated)" -ge 100 ] || fail 'hardly a request'
}

start_target
story='a stop that lets tasks finish'
anything -u 30 -r 500 -t 1s

story='a stop that does not'
anything -u 30 -r 500 -t 1s -s 0

story='up and down'
anything --stages 400ms:60@400,400ms:5@400,400ms:40@400,200ms:0@400 -s 200ms closed paced

story='arrivals, more than users'
anything -t 1s -s 200ms --arrival-rate 400/s --max-users 8 --on-full queue closed paced fresh

story='a number of iterations'
anything -u 20 -r 500 -i 300 closed paced
# Fewer when all users have ended themselves before.
between 'iterations' 20 300 "$(ledger_load iterations)"
echo ok
