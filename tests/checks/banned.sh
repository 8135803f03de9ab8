#!/bin/sh
# SPDX-License-Identifier: MIT
# Calls that have a better substitute: unbounded copies, conversions that cannot fail, the shared
# random generator, hidden state, stack of unknown size, the shell.
# usage: banned.sh SOURCE_DIR
set -eu

cd "${1:?usage: banned.sh SOURCE_DIR}"

folders=
for folder in core plugins; do
    [ ! -d "$folder" ] || folders="$folders $folder"
done
[ -n "$folders" ] || { echo "banned.sh: nothing to check in $1" >&2; exit 2; }

# shellcheck disable=SC2086 # several folders are meant
find $folders \( -name '*.[ch]' -o -name '*.cc' \) -exec awk '
FNR == 1 { in_comment = 0 }

# What remains of a line without strings, character constants and comments.
{
    text = ""
    rest = $0
    while (rest != "") {
        if (in_comment) {
            to = index(rest, "*/")
            if (to == 0)
                break
            rest = substr(rest, to + 2)
            in_comment = 0
        } else if (match(rest, /^"(\\.|[^"\\])*"/) || match(rest, /^\047(\\.|[^\047\\])+\047/)) {
            text = text " 0 "
            rest = substr(rest, RLENGTH + 1)
        } else if (rest ~ /^\/\//) {
            break
        } else if (rest ~ /^\/\*/) {
            in_comment = 1
            rest = substr(rest, 3)
        } else {
            text = text substr(rest, 1, 1)
            rest = substr(rest, 2)
        }
    }
    while (match(text, /(^|[^A-Za-z0-9_])(v?sprintf|strcpy|strcat|strncpy|strncat|gets|ato[ifl]|atoll|strtok|alloca|s?rand|system|popen)[ \t]*\(/)) {
        call = substr(text, RSTART, RLENGTH)
        gsub(/[^A-Za-z0-9_]/, "", call)
        printf "%s:%d: %s is banned\n", FILENAME, FNR, call
        bad = 1
        text = substr(text, RSTART + RLENGTH)
    }
}

END { exit bad }
' {} +
