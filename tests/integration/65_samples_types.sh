#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample staged_types: which users there are in each stage.
# usage: sh 65_samples_types.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

start_target
story='staged_types: readers, then buyers, then both'
quick staged_types 's/(\.duration_s = )60/\11.3/; s/(\.spawn_rate = )10/\110000/'
sample 0 staged_types.c --plugin "$watch"
in_order err 'users: reader=20 buyer=0$' 'users: reader=20 buyer=30$' 'users: reader=50 buyer=50$' \
    'users: reader=20 buyer=0$' 'the shape is over'
echo ok
