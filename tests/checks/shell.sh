#!/bin/sh
# SPDX-License-Identifier: MIT
# All shell scripts pass shellcheck.
# Two are off: SC2119 (a function with an optional argument, called without), SC2317 (takes functions
# that only a trap calls for unreachable).
# usage: shell.sh SOURCE_DIR
set -eu

cd "${1:?usage: shell.sh SOURCE_DIR}"
find .ci core packaging plugins samples sdk tests -name '*.sh' -type f -o -path .ci/run -type f |
    LC_ALL=C sort | xargs shellcheck --exclude=SC2119,SC2317
