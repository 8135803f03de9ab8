#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes openapi.json as C.
# usage: embed.sh openapi.json OUT.c
set -eu

{
    echo '#include "openapi.h"'
    echo 'const unsigned char web_openapi_json[] = {'
    od -An -v -tu1 "${1:?usage: embed.sh openapi.json OUT.c}" | sed 's/[0-9][0-9]*/&,/g'
    echo '};'
    echo 'const size_t web_openapi_json_bytes = sizeof web_openapi_json;'
} >"${2:?usage: embed.sh openapi.json OUT.c}"
