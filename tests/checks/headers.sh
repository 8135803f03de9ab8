#!/bin/sh
# SPDX-License-Identifier: MIT
# Each public header compiles alone, as C11 and as C++20, without a warning.
# usage: headers.sh SOURCE_DIR COMPILER...   (a compiler whose name ends in ++ takes C++)
set -eu

include=${1:?usage: headers.sh SOURCE_DIR COMPILER...}/sdk/include
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

for compiler; do
    case $compiler in
    *++*) flags='-x c++ -std=c++20 -Wno-missing-field-initializers' ;;
    *) flags='-x c -std=c11 -Wstrict-prototypes' ;;
    esac
    for header in "$include"/acrida/*.h; do
        echo "#include <acrida/$(basename "$header")>" >"$work/alone"
        # shellcheck disable=SC2086 # several flags are meant
        "$compiler" $flags -pedantic -Wall -Wextra -Wconversion -Wshadow -Werror -fsyntax-only \
            -I"$include" "$work/alone" || { echo "$header: not clean with $compiler"; bad=1; }
    done
done
exit "$bad"
