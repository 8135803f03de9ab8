#!/bin/sh
# SPDX-License-Identifier: MIT
# Samples on when tasks begin mean what they say: stress, open_load.
# usage: sh 61_samples_pace.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

story='stress: a server that stalls costs no request'
start_target --stall-every 500 --stall-for 300
# From 0 to 2 s there are 21 slots for each user; waiting for each answer without catching up would leave out half.
sample 0 "$samples/stress.so" -u 20 -r 5000 -t 2s
between 'requests' 340 420 "$(requests '/api/products/[id]')"
expect 'slots left out' 0 "$(ledger_load missed_slots)"
stop_target

start_target

story='open_load: arrivals'
sample 0 "$samples/open_load.so" -i 150
n=$(requests '/api/products?page=1')
expect 'visits that went to their end' "$n" "$(requests '/api/products/[id]')"
expect 'iterations' 150 $((n + $(requests /api/v1/data/export)))
expect 'arrivals' 150 "$(ledger_load arrivals)"
expect 'dropped' 0 "$(ledger_load dropped)"
between 'visitors, 20 a second by chance, beside 50 programs' 15 85 "$n"
connections=$(curl -sS "$url/_target/counters" | sed 's/.*"connections":\([0-9]*\),.*/\1/')
# A new one for each visit; the programs keep theirs, of which there are at most 20.
between 'connections' $((n + 1)) $((n + 20)) "$connections"
echo ok
