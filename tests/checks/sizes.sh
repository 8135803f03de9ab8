#!/bin/sh
# SPDX-License-Identifier: MIT
# Files stay under 600 lines, functions under 60: what is longer has more than one job.
# A function runs from a brace in the first column to the next closing one there.
# usage: sizes.sh SOURCE_DIR
set -eu

cd "${1:?usage: sizes.sh SOURCE_DIR}"

folders=
for folder in core plugins sdk; do
    [ ! -d "$folder" ] || folders="$folders $folder"
done
[ -n "$folders" ] || { echo "sizes.sh: nothing to check in $1" >&2; exit 2; }

# shellcheck disable=SC2086 # several folders are meant
find $folders \( -name '*.[chS]' -o -name '*.cc' \) -exec awk '
function end_of_file() {
    if (lines > 600) {
        printf "%s: %d lines, more than 600\n", file, lines
        bad = 1
    }
}

FNR == 1 {
    end_of_file()
    file = FILENAME
    start = 0
}

{ lines = FNR }

/^[A-Za-z_].*\(/ { title = $0 }
/^\{/ { start = FNR }
/^\}/ {
    if (start > 0 && FNR - start + 1 > 60) {
        printf "%s:%d: %d lines, more than 60: %s\n", FILENAME, start, FNR - start + 1, title
        bad = 1
    }
    start = 0
}

END {
    end_of_file()
    exit bad
}
' {} +
