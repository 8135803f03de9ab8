#!/bin/sh
# SPDX-License-Identifier: MIT
# What sdk/LOCUST.md shows in C compiles without a warning: each block by itself, after the headers that it takes as
# included. What a fragment does not use is not its fault.
# usage: locust_md.sh SOURCE_DIR COMPILER...   (a compiler whose name ends in ++ is left out)
set -eu

source=${1:?usage: locust_md.sh SOURCE_DIR COMPILER...}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# A file for each block, whose line numbers are those of the text.
awk -v folder="$work" -v text="$source/sdk/LOCUST.md" '
    /^```/ && file != "" { close(file); file = ""; next }
    /^```c$/ {
        file = sprintf("%s/%03d.c", folder, ++n)
        printf "#include <acrida/acrida.h>\n#include <acrida/events.h>\n" >file
        printf "#include <acrida/http.h>\n#include <acrida/report.h>\n#line %d \"%s\"\n", FNR + 1, text >file
        next
    }
    file != "" { print >file }
    END { if (n == 0 || file != "") print "no C, or a block that does not end" >"/dev/stderr"; exit n == 0 || file != "" }
' "$source/sdk/LOCUST.md" || bad=1

for compiler; do
    case $compiler in
    *++*) continue ;;
    esac
    for block in "$work"/*.c; do
        [ -f "$block" ] || continue
        "$compiler" -std=c11 -pedantic -Wall -Wextra -Wconversion -Werror -Wno-unused-function \
            -Wno-unused-const-variable -fsyntax-only -I"$source/sdk/include" "$block" || bad=1
    done
done
exit "$bad"
