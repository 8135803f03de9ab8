#!/bin/sh
# SPDX-License-Identifier: MIT
# The samples ramp_wait and step_load.
# usage: sh 64_samples_steps.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

start_target
story='ramp_wait: from 1 s to 0.1 s'
# Within 3 s: 4 tasks each at 1 s, 31 at 0.1 s; in between when it falls.
sample 0 "$samples/ramp_wait.so" -u 50 -r 5000 -t 3s --ramp-time 2s
between 'requests' $((6 * 50)) $((28 * 50)) "$(requests /api/products/1)"

story='step_load: step by step'
sample 0 "$samples/step_load.so" --step-time 1s --step-limit 3s --step-rate 1000
in_order err 'all 10 users' 'all 20 users' 'all 30 users' 'the shape is over'
echo ok
