#!/bin/sh
# SPDX-License-Identifier: MIT
# The samples compile without a warning under the strictest common flags.
# usage: samples.sh SOURCE_DIR COMPILER...   (a compiler whose name ends in ++ takes the *.cc)
set -eu

source=${1:?usage: samples.sh SOURCE_DIR COMPILER...}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

for compiler; do
    case $compiler in
    *++*) ending=cc standard=c++20 ;;
    *) ending=c standard=c11 ;;
    esac
    for sample in "$source"/samples/*."$ending"; do
        [ -f "$sample" ] || continue
        # a sample may name packages in its first comments
        packages=$(sed -n 's|.*acrida: pkg \([A-Za-z0-9 .+_-]*\).*|\1|p' "$sample" | head -n 1)
        flags=
        if [ -n "$packages" ]; then
            # shellcheck disable=SC2086 # several packages are meant
            flags=$(pkg-config --cflags $packages 2>/dev/null | sed 's/-I/-isystem /g') ||
                { echo "$sample: skipped, no $packages here"; continue; }
        fi
        # optimised, because some warnings need the compiler to follow the values
        # shellcheck disable=SC2086 # several flags are meant
        "$compiler" -std=$standard $flags -pedantic -Wall -Wextra -Wconversion -Werror -O2 -fPIC -c \
            -I"$source/sdk/include" -o "$work/sample.o" "$sample" ||
            { echo "$sample: not clean with $compiler"; bad=1; }
    done
done
exit "$bad"
