#!/bin/sh
# SPDX-License-Identifier: MIT
# The checks find what they are there to find: each accepts a small clean tree, and complains of the
# right thing when one mistake is made in it.
# usage: bad_trees.sh SOURCE_DIR
# shellcheck disable=SC2016 # what the made-up scripts hold is not to be expanded here
set -eu

checks=${1:?usage: bad_trees.sh SOURCE_DIR}/tests/checks
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
tried=0
bad=0

# put FILE LINE... : writes a file of the tree
put() {
    mkdir -p "$(dirname "$tree/$1")"
    path=$tree/$1
    shift
    printf '%s\n' "$@" >"$path"
}

# many COUNT LINE : the line repeated
many() {
    awk -v n="$1" -v line="$2" 'BEGIN { while (n-- > 0) print line }'
}

clean_tree() {
    rm -rf "$tree"
    put core/README.md 'Files: `text`, `stats/sum.c`,' '`options*` · `switch` the rest `main`.'
    put core/base/text.h '#include <stddef.h>' '/* calls strcpy(a, b) not */'
    put core/base/text.c '#include "base/text.h"' '#include <sys/types.h>' 'void f(void)' '{' \
        '    my_system("strcpy(a, b)"); /* rand() */' '}'
    put core/stats/sum.c '#include "base/text.h"' '#include <acrida/report.h>' '#include <jansson.h>'
    put core/sched/switch.c '#include <event2/event.h>' '#include <acrida/client.h>'
    put core/sched/switch_x86_64.S '/* empty */'
    put core/sched/main.c '/* nothing */'
    put core/app/options.c '#include "options.h"' '#include "stats/sum.h"'
    put core/app/options_file.c '#include "app/options.h"'
    put plugins/http/http.c '#include "url.h"' '#include <curl/curl.h>' '#include <acrida/client.h>'
    put plugins/http/url.h '#include <stdbool.h>'
    put plugins/http/acrida-http.map 'H {' 'global:' '    acr_get;' '    acr_plugin_v1;' 'local: *;' '};'
    put samples/hello.c '#include <acrida/acrida.h>' '#include <stdio.h>' \
        'int hello(int n);' 'int hello(int n)' '{' '    return n + acr_one();' '}'
    put samples/hello.cc '#include <acrida/acrida.h>' 'int zero = acr_one();'
    put sdk/acrida.map 'A {' 'global:' '    acr_one;' '    acr_two;' 'local: *;' '};'
    put sdk/include/acrida/acrida.h '#ifndef A' '#define A' \
        '#define ACR_API __attribute__((visibility("default")))' '#ifdef __cplusplus' 'extern "C" {' \
        '#endif' '/* ACR_API int acr_none(void); */' 'ACR_API int acr_one(void);' \
        'ACR_API const char *acr_two(int a,' '    int b);' '#ifdef __cplusplus' '}' '#endif' '#endif'
    put sdk/include/acrida/http.h '#include <acrida/acrida.h>' 'ACR_API int acr_get(void);'
    put sdk/include/acrida/events.h '#include <acrida/acrida.h>'
    put sdk/include/acrida/report.h '#include <acrida/acrida.h>'
    put sdk/LOCUST.md '```c' 'int hello(void);' '```'
    put .ci/run '#!/bin/sh' 'echo "$1"'
    put packaging/test.sh '#!/bin/sh' 'echo "$1"'
    mkdir -p "$tree/tests"
    put build.c '#include <acrida/http.h>' 'int acr_one(void) { return 1; }' \
        'const char *acr_two(int a, int b) { return a < b ? "" : "a"; }'
    put main.c 'int bind(void);' 'int bind(void) { return 0; }' 'int main(void) { return 0; }'
    put build_http.c '#include <acrida/http.h>' 'int acr_get(void) { return 1; }' \
        'ACR_API int acr_plugin_v1(void);' 'int acr_plugin_v1(void) { return 1; }'
}

build() {
    mkdir -p "$tree/build/lib/acrida/plugins"
    cc -shared -fPIC -I"$tree/sdk/include" -Wl,--version-script="$tree/sdk/acrida.map" \
        -o "$tree/build/lib/libacrida.so.0" "$tree/build.c"
    cc -shared -fPIC -I"$tree/sdk/include" -Wl,--version-script="$tree/plugins/http/acrida-http.map" \
        -o "$tree/build/lib/acrida/plugins/libacrida-http.so.0" "$tree/build_http.c"
    mkdir -p "$tree/build/bin"
    cc -Wl,--export-dynamic-symbol=bind -o "$tree/build/bin/acrida" "$tree/main.c"
}

# run CHECK : as CTest does
run() {
    case $1 in
    exports) build && sh "$checks/exports.sh" "$tree/build" "$tree" ;;
    headers | samples | locust_md) sh "$checks/$1.sh" "$tree" cc c++ ;;
    *) sh "$checks/$1.sh" "$tree" ;;
    esac
}

# accepts CHECK : the clean tree passes
accepts() {
    tried=$((tried + 1))
    if ! run "$1" >"$work/out" 2>&1; then
        echo "$1 complains of a clean tree:"
        cat "$work/out"
        bad=1
    fi
}

# finds CHECK TEXT : the check fails and says this; afterwards the tree is clean again
finds() {
    tried=$((tried + 1))
    if run "$1" >"$work/out" 2>&1; then
        echo "$1 accepts a tree with: $2"
        bad=1
    elif ! grep -qF -- "$2" "$work/out"; then
        echo "$1 does not say: $2"
        cat "$work/out"
        bad=1
    fi
    clean_tree
}

clean_tree
for check in layers sizes banned tour exports headers samples locust_md; do
    accepts $check
done
! command -v shellcheck >/dev/null || accepts shell

put core/base/text.c '#include "stats/sum.h"'
finds layers 'core/base/text.c:1: core/base may not include core/stats'
put core/base/text.c '#include <acrida/acrida.h>'
finds layers 'core/base may not include <acrida/acrida.h>'
put core/stats/sum.c '' ' #  include  "sched/loop.h"'
finds layers 'core/stats/sum.c:2: core/stats may not include core/sched'
put core/sched/switch.c '#include "stats/sum.h"'
finds layers 'core/sched may not include core/stats'
put core/plugin/loader.c '#include "engine/user.h"'
finds layers 'core/plugin may not include core/engine'
put core/engine/user.c '#include "app/options.h"'
finds layers 'core/engine may not include core/app'
put core/engine/user.c '#include "dist/master.h"'
finds layers 'core/engine may not include core/dist'
put core/dist/master.c '#include "engine/user.h"'
finds layers 'core/dist may not include core/engine'
put core/cloud/a.c '#include <stdio.h>'
finds layers 'core/cloud has no row'
put core/base/text.c '#include <jansson.h>'
finds layers '<jansson.h> belongs in core/(stats|engine|app)/'
put core/engine/user.c '#include <event2/event.h>'
finds layers '<event2/event.h> belongs in core/sched/'
put plugins/report/csv.c '#include <event2/http.h>'
finds layers '<event2/http.h> belongs in plugins/web/'
put core/base/text.c '#include <emmintrin.h>'
finds layers '<emmintrin.h> belongs in plugins/http/fast_'
put core/app/options.c '#include <dlfcn.h>'
finds layers '<dlfcn.h> belongs in core/(plugin/|app/bind)'
put plugins/report/csv.c '#include <curl/curl.h>'
finds layers '<curl/curl.h> belongs in plugins/http/'
put plugins/http/http.c '#include <libxml/HTMLparser.h>'
finds layers '<libxml/HTMLparser.h> belongs in samples/'
put core/engine/user.c '#include <pthread.h>'
finds layers '<pthread.h> belongs in core/sched/'
put core/base/buf.c '#include <pthread.h>'
finds layers '<pthread.h> belongs in core/base/log_ring'
put core/dist/seal.c '#include <pthread.h>'
finds layers '<pthread.h> belongs in core/dist/(queue|worker|master|board|journal|log_relay)'
put core/sched/loop.c '#include <stdatomic.h>'
finds layers '<stdatomic.h> belongs in core/sched/'
put core/base/text.c '#include <glib.h>'
finds layers 'unknown header <glib.h>'
put plugins/http/http.c '#include "sched/loop.h"'
finds layers 'plugins/http/http.c:1: "sched/loop.h" is not beside the file'
put plugins/http/http.c '#include "../../core/sched/loop.h"'
finds layers 'no relative paths'
put samples/hello.c '#include "base/text.h"'
finds layers '"base/text.h" is not beside the file'
put sdk/include/acrida/http.h '#include "acrida.h"'
finds layers 'the SDK includes <acrida/...>'
put core/base/text.c '#include HEADER'
finds layers 'an include that cannot be checked'

put core/base/text.c "$(many 601 '/* a line */')"
finds sizes 'core/base/text.c: 601 lines'
put plugins/http/url.h "$(many 601 '/* a line */')"
finds sizes 'plugins/http/url.h: 601 lines'
put core/base/text.c 'static int long_one(void)' '{' "$(many 59 '    a();')" '}'
finds sizes 'core/base/text.c:2: 61 lines, more than 60: static int long_one(void)'

for call in sprintf vsprintf strcpy strcat strncpy gets atoi strtok alloca rand system popen; do
    put core/base/text.c 'void f(void)' '{' "    a = \"\\\"\" /* b */ + $call (c);" '}'
    finds banned "core/base/text.c:3: $call is banned"
done
put plugins/http/http.c '/* a' 'b */ system("x");'
finds banned 'plugins/http/http.c:2: system is banned'

put core/base/forgotten.c '/* nothing */'
finds tour 'does not name core/base/forgotten.c'
rm "$tree/core/README.md"
finds tour 'core/README.md is missing'

put sdk/include/acrida/acrida.h '#define ACR_API' 'ACR_API int acr_one(void);' \
    'ACR_API const char *acr_two(int a, int b);' 'ACR_API int acr_three(void);'
finds exports 'sdk/acrida.map, beside the headers: missing: acr_three'
put sdk/include/acrida/acrida.h '#define ACR_API' 'ACR_API int acr_one(void);' \
    'const char *acr_two(int a, int b);'
finds exports 'sdk/acrida.map, beside the headers: not expected: acr_two'
put build.c 'int acr_one(void);' 'int acr_one(void) { return 1; }'
finds exports 'libacrida.so.0, beside its list: missing: acr_two'
put build_http.c 'int acr_plugin_v1(void);' 'int acr_plugin_v1(void) { return 1; }'
finds exports 'libacrida-http.so.0, beside its list: missing: acr_get'
put plugins/http/acrida-http.map 'H {' 'global:' '    acr_*;' 'local: *;' '};'
finds exports 'acrida-http.map, beside the headers: missing: acr_get'

put main.c 'int main(void) { return 0; }'
finds exports 'bin/acrida does not export bind'

put sdk/include/acrida/http.h 'ACR_API int acr_get(void);'
finds headers 'http.h: not clean with cc'
put sdk/include/acrida/http.h '#include <acrida/acrida.h>' 'ACR_API int acr_get(int class);'
finds headers 'http.h: not clean with c++'

put samples/hello.c 'char narrow(int n);' 'char narrow(int n)' '{' '    return n;' '}'
finds samples 'hello.c: not clean with cc'
put samples/hello.cc 'extern char c;' 'char c = 3000;'
finds samples 'hello.cc: not clean with c++'
put sdk/LOCUST.md 'A fragment:' '' '```c' 'extern char c;' 'char c = 3000;' '```'
finds locust_md 'LOCUST.md:5:'
put sdk/LOCUST.md '```c' 'int hello(void);'
finds locust_md 'a block that does not end'

if command -v shellcheck >/dev/null; then
    put packaging/test.sh '#!/bin/sh' 'rm -rf $1/x'
    finds shell 'packaging/test.sh'
    put .ci/run '#!/bin/sh' 'rm -rf $1/x'
    finds shell '.ci/run'
fi

echo "$tried trees tried"
exit "$bad"
