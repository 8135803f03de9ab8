#!/bin/sh
# SPDX-License-Identifier: MIT
# The tour names each file of core: as `name`, `name.c`, `folder/name.c`, or by a pattern like `options*`.
# Files for one architecture go by the name before it.
# usage: tour.sh SOURCE_DIR
set -eu

cd "${1:?usage: tour.sh SOURCE_DIR}"
tour=core/README.md
[ -f "$tour" ] || { echo "$tour is missing"; exit 1; }

# Every word between backticks, one a line, without folder and ending.
names=$(tr '\n' ' ' <"$tour" | awk -F '`' '{ for (i = 2; i <= NF; i += 2) print $i }' |
    sed 's|.*/||; s|\.[chS]$||' | sort -u)

bad=0
for file in core/*/*.[chS]; do
    stem=$(basename "$file" | sed 's/\.[chS]$//; s/_x86_64$//; s/_aarch64$//')
    found=no
    set -f
    for name in $names; do
        # shellcheck disable=SC2254 # patterns are meant
        case $stem in
        $name) found=yes ;;
        esac
    done
    set +f
    if [ "$found" = no ]; then
        echo "$tour does not name $file"
        bad=1
    fi
done
exit "$bad"
