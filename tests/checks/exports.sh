#!/bin/sh
# SPDX-License-Identifier: MIT
# Declared = listed = exported: the functions marked ACR_API in the headers, the symbol lists, and
# what the libraries define. And the command exports bind, without a version: see core/app/bind.c.
# usage: exports.sh BUILD_DIR SOURCE_DIR
set -eu
LC_ALL=C
export LC_ALL

build=${1:?usage: exports.sh BUILD_DIR SOURCE_DIR}
source=${2:?usage: exports.sh BUILD_DIR SOURCE_DIR}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

# declared HEADER... : the functions that headers mark ACR_API
declared() {
    cat "$@" | awk '
        { text = text $0 "\n" }
        END {
            while ((from = index(text, "/*")) > 0) {
                to = index(substr(text, from + 2), "*/")
                text = substr(text, 1, from - 1) " " (to ? substr(text, from + to + 3) : "")
            }
            gsub(/\\\n/, " ", text)
            n = split(text, line, "\n")
            text = ""
            for (i = 1; i <= n; i++)
                if (line[i] !~ /^[ \t]*#/)
                    text = text " " line[i]
            n = split(text, statement, ";")
            for (i = 1; i <= n; i++) {
                from = index(statement[i], "ACR_API")
                if (from > 0 && match(substr(statement[i], from), /acr_[a-z0-9_]+[ \t]*\(/)) {
                    name = substr(statement[i], from + RSTART - 1, RLENGTH)
                    sub(/[ \t]*\($/, "", name)
                    print name
                }
            }
        }' | sort -u
}

# listed MAP : the symbols that a version script exports
listed() {
    sed -n '/global:/,/local:/p' "$1" | sed -n 's/^[[:space:]]*\([A-Za-z0-9_]*\);.*/\1/p' | sort
}

# defined LIBRARY : the symbols that a library exports, without versions and version nodes
defined() {
    nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort -u
}

# same WHAT THERE HERE : complains about the lines that only one of two sorted files has
same() {
    comm -3 "$2" "$3" >"$work/difference"
    while IFS= read -r name; do
        case $name in
        "	"*) echo "$1: missing: ${name#?}" ;;
        *) echo "$1: not expected: $name" ;;
        esac
        bad=1
    done <"$work/difference"
}

# library NAME : its path in the build tree
library() {
    find "$build" -name "$1" -path '*/lib*' ! -path '*/CMakeFiles/*' | head -n 1
}

# check LIBRARY MAP NAMES-TO-IGNORE HEADER...
check() {
    path=$(library "$1")
    map=$2
    extra=$3
    shift 3
    if [ -z "$path" ]; then
        echo "$build: no library for $map"
        bad=1
        return
    fi
    if [ "$#" -gt 0 ]; then
        declared "$@" >"$work/declared"
        listed "$map" | grep -vx "$extra" >"$work/listed" || true
        same "$map, beside the headers" "$work/listed" "$work/declared"
    fi
    listed "$map" >"$work/listed"
    sort -u "$work/listed" | cmp -s - "$work/listed" || { echo "$map: a name twice"; bad=1; }
    defined "$path" >"$work/defined"
    same "$(basename "$path"), beside its list" "$work/defined" "$work/listed"
}

include=$source/sdk/include/acrida
set --
for header in "$include"/*.h; do
    [ "$(basename "$header")" = http.h ] || set -- "$@" "$header"
done
check libacrida.so.0 "$source/sdk/acrida.map" '' "$@"
if [ -f "$include/http.h" ]; then
    check libacrida-http.so.0 "$source/plugins/http/acrida-http.map" acr_plugin_v1 "$include/http.h"
fi
for map in "$source"/plugins/*/*.map; do
    name=$(basename "$(dirname "$map")")
    if [ "$name" != http ] && [ -f "$map" ]; then
        check "libacrida-$name.so.0" "$map" ''
    fi
done

if ! nm -D --defined-only --with-symbol-versions "$build/bin/acrida" | grep -q ' T bind$'; then
    echo "bin/acrida does not export bind, or with a version"
    bad=1
fi
exit "$bad"
