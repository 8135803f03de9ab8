#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample double_wave: users rise and fall as it says.
# usage: sh 63_samples_waves.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

start_target
story='double_wave: up, down, up again but not as far, down'
sample 0 "$samples/double_wave.so" --wave-time 6s
# The tops are at 2 s and 4 s; a tick comes a little later.
in_order err 'all 20 users' 'all (60|5[0-9]) users' '2[0-2] users are left' 'all (40|3[4-9]) users' '2[0-2] users are left' \
    'the shape is over'
echo ok
