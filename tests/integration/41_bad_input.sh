#!/bin/sh
# SPDX-License-Identifier: MIT
# Whatever is wrong is said in one clear line, with a non-zero exit code. The lines are compared with
# tests/golden/bad_input.txt; UPDATE_GOLDEN=1 in the environment rewrites it.
# usage: sh 41_bad_input.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

golden=$source/tests/golden/bad_input.txt
cc=${CC:-cc}
: >seen

# note TITLE EXIT-CODE : puts stdin into what is compared; what differs from run to run is replaced
note() {
    {
        echo "# $1 (exit code $2)"
        sed -e "s|$build/[^ ]*/|BUILD/|g" -e "s|$source/|SOURCE/|g" -e "s|$work/*||g" \
            -e 's|this machine: [^)]*|this machine: HERE|' \
            -e 's/127\.0\.0\.1:[0-9]*/127.0.0.1:PORT/g' \
            -e 's/^\[[^]]*\] [^/]*\//LOG\//' -e 's/\(TLS failed: \).*/\1.../'
    } >>seen
}

# refused TITLE EXIT-CODE OPTION... : says one line, and nothing else
refused() {
    story=$1
    title=$1
    code=$2
    shift 2
    run "$code" --headless "$@"
    expect 'lines on stderr' 1 "$(wc -l <err | tr -d ' ')"
    [ ! -s out ] || fail 'it says something on stdout'
    note "$title" "$code" <err
}

# failed TITLE HOST PATH : the one request fails; the line is in the error report
failed() {
    story=$1
    export TEST_PATH="$3"
    run 1 --headless -f "$scenarios/once.c" ${2:+-H "$2"} --only-summary --csv r
    expect 'failures' 1 "$(total 'Failure Count')"
    expect 'kinds of failures' 2 "$(wc -l <r_failures.csv | tr -d ' ')"
    sed -n '/^Error report/,/^$/s/^1  *//p' err | note "$1" 1
}

# compiled NAME SED-SCRIPT [COMPILER-OPTION...] : guest.c, changed, as NAME.so
compiled() {
    name=$1
    sed "$2" "$scenarios/guest.c" >"$name.c"
    shift 2
    "$cc" -std=gnu11 -shared -fPIC "$@" -I "$source/sdk/include" -o "$name.so" "$name.c" >out 2>&1 ||
        fail "$cc: $(cat out)"
}

files() {
    refused 'no -f, and no scenario.c' 1
    refused 'missing file' 1 -f nowhere.c
    refused 'missing object' 1 -f nowhere.so
    mkdir empty
    refused 'directory without scenarios' 1 -f empty
    echo 'not a library' >text.so
    refused 'text file named .so' 1 -f text.so
    : >nothing.so
    refused 'empty file named .so' 1 -f nothing.so
    compiled good ''
    head -c 20 good.so >short.so
    refused 'object that is cut short' 1 -f short.so
    cp good.so elsewhere.so
    printf '\377\001' | dd of=elsewhere.so bs=1 seek=18 conv=notrunc 2>dd.txt
    refused 'object of another architecture' 1 -f elsewhere.so
    cp "$("$cc" -print-file-name=libm.so.6)" libm.so
    refused 'library without getter' 1 -f libm.so
    echo 'int answer; int answer = 42;' >borrower.c
    "$cc" -shared -fPIC -o borrower.so borrower.c -Wl,--no-as-needed "$work/good.so"
    refused 'getter of a library that it links' 1 -f borrower.so
}

descriptors() {
    mkdir newer
    cp -r "$source/sdk/include/acrida" newer
    sed 's/^\(#define ACR_ABI_MINOR\).*/\1 77/' "$source/sdk/include/acrida/plugin.h" >newer/acrida/plugin.h
    compiled newer '' -I newer
    refused 'newer ABI' 1 -f newer.so
    sed 's/^\(#define ACR_ABI_MAJOR\).*/\1 9/' "$source/sdk/include/acrida/plugin.h" >newer/acrida/plugin.h
    compiled major '' -I newer
    refused 'other ABI' 1 -f major.so
    compiled undefined 's/^static int look/const char *no_such_function(void);\n&/
        s/\.name = "look", \.response/.name = no_such_function(), .response/'
    refused 'undefined symbol' 1 -f undefined.so
    compiled no_types 's/\.user_types = users.*;/.version = "1");/'
    refused 'no user types' 1 -f no_types.so
    compiled no_tasks 's/\.tasks = tasks, \.n_tasks = 1//'
    refused 'no tasks' 1 -f no_tasks.so
    compiled no_weight 's/\.name = "guest", \.tasks/.name = "guest", .weight = ACR_NEVER, .tasks/'
    refused 'no weights' 1 -f no_weight.so
    compiled no_function 's/, \.run = look//'
    refused 'no function' 1 -f no_function.so
    compiled no_name 's/{ \.name = "look"/{ .name = NULL/'
    refused 'no name' 1 -f no_name.so
    compiled twice 's/{ \.name = "look", \.run = look }/&, &/; s/n_tasks = 1/n_tasks = 2/'
    refused 'two tasks of one name' 1 -f twice.so
    compiled large 's/\.name = "guest", \.tasks/.name = "guest", .state_size = 17u << 20, .tasks/'
    refused 'too large a state' 1 -f large.so
    refused 'two user types of one name' 1 -f "$scenarios/guest.c,good.so"
}

compiling() {
    story='C file with a syntax error'
    sed 's/return last_one(u)/retrun last_one(u)/' "$scenarios/guest.c" >wrong.c
    run 1 --headless -f wrong.c
    has err "the compiler's message" "^wrong\\.c:[0-9]+:[0-9]+: error: "
    has err 'its quotation' '^ +[0-9]+ \| +retrun last_one'
    grep '^acrida: ' err | note "$story" 1
    story='C file that includes what is not there'
    echo '#include "nowhere.h"' >lacking.c
    run 1 --headless -f lacking.c
    has err "the compiler's message" '^lacking\.c:1:[0-9]+: fatal error: '
    grep '^acrida: ' err | note "$story" 1
    export CC=no-such-cc
    refused 'no compiler' 1 -f "$scenarios/guest.c"
    unset CC
}

arguments() {
    good=$work/good.so
    refused 'unknown user type' 1 -f "$good" gest
    refused '-u abc' 2 -f "$good" -u abc
    refused '-u -1' 2 -f "$good" -u -1
    refused '-r 0' 2 -f "$good" -r 0
    refused '-t 5x' 2 -f "$good" -t 5x
    refused '--dns-select' 2 -f "$good" --dns-select last
    refused '--source-address, a name' 2 -f "$good" --source-address 10.0.0.1,localhost
    refused '--source-address, a prefix' 2 -f "$good" --source-address ::1/129
    refused '--source-address of another machine' 1 -f "$good" --source-address 192.0.2.7
    refused 'no value' 2 -f "$good" -t
    refused 'unknown option' 2 -f "$good" --spwan-rate 3
    refused 'option of what is not there yet' 2 -f "$good" --build-path x
    refused 'missing configuration file' 2 -f "$good" --config nowhere.conf
    echo 'a regular file' >file
    refused 'unwritable log' 1 -f "$good" --logfile file/log
    refused 'unwritable CSV path' 1 -f "$good" --csv file/x
    refused 'unwritable CSV folder' 1 -f "$good" --csv file/x/y
    refused '--csv-full-history alone' 2 -f "$good" --csv-full-history
}

# What --config-users, --stages and options of plugins cannot be.
models() {
    good=$work/good.so
    refused '--stages without a colon' 2 -f "$good" --stages 60s
    refused '--stages with a bad duration' 2 -f "$good" --stages '60s:1,x:1'
    refused '--stages with a bad number' 2 -f "$good" --stages '60s:1,30s:many@5'
    refused '--stages with a bad rate' 2 -f "$good" --stages '60s:5/d'
    refused '--stages with a bad speed' 2 -f "$good" --stages '60s:5@'
    refused '--stages of two kinds' 2 -f "$good" --stages '60s:5,60s:5/s'
    refused '--stages and --arrival-rate' 2 -f "$good" --stages '60s:5' --arrival-rate 5
    refused '--arrival-rate of another unit' 2 -f "$good" --arrival-rate 5/d
    refused '--arrival-rate 0' 2 -f "$good" --arrival-rate 0
    refused '--arrivals of another kind' 2 -f "$good" --arrivals often
    refused '--on-full of another kind' 2 -f "$good" --on-full explode
    refused '--max-users 0' 2 -f "$good" --max-users 0
    refused '--iterations -1' 2 -f "$good" -i -1
    refused '--tags without any' 2 -f "$good" -T
    refused '--once of nobody' 1 -f "$good" --once nobody
    refused '--once and --users' 2 -f "$good" --once guest -u 5
    refused '--once and a name' 2 -f "$good" --once guest guest
    refused '--config-users that is no JSON' 2 -f "$good" --config-users 'weight=3'
    refused '--config-users without a name' 2 -f "$good" --config-users '{"weight": 3}'
    refused '--config-users with a bad weight' 2 -f "$good" --config-users '{"user_type_name": "guest", "weight": "3"}'
    refused '--config-users with an unknown key' 2 -f "$good" \
        --config-users '[{"user_type_name": "guest", "wait_time": 3}]'
    refused '--config-users of nobody' 1 -f "$good" --config-users '{"user_type_name": "nobody", "weight": 3}'
    refused '--config-users with an unknown task' 1 -f "$good" \
        --config-users '{"user_type_name": "guest", "tasks": ["no-such-task"]}'
    refused '--config-users file that is not there' 2 -f "$good" --config-users nowhere.json
    printf '[\n{"user_type_name": "guest"}\n' >cut.json
    refused '--config-users file that is cut short' 2 -f "$good" --config-users cut.json
    refused 'required option' 2 -f "$scenarios/options.c"
    refused 'none of the choices' 2 -f "$scenarios/options.c" --size medium
    echo 'size = medium' >acrida.conf
    refused 'none of the choices, in a file' 2 -f "$scenarios/options.c"
    rm acrida.conf
    option='static const struct acr_option o = { .name = "x", .help = "X.", .is_secret = true'
    compiled contrary "s/^static const struct acr_task/$option, .choices = \"a b\" };\n&/
        s/n_user_types = /options = \&o, .n_options = 1, .&/"
    refused 'secret option with choices' 1 -f contrary.so
    compiled number "s/^static const struct acr_task/$option, .kind = ACR_OPTION_INT };\n&/
        s/n_user_types = /options = \&o, .n_options = 1, .&/"
    ACRIDA_X=hunter2 refused 'secret that is no number' 2 -f number.so
    sed 's/ACR_PLUGIN(.name = "guest"/ACR_PLUGIN(.name = "other"/' number.c >other.c
    refused 'option of two plugins' 1 -f number.so --plugin other.c
}

network() {
    failed 'no host' '' /
    failed 'host without scheme' localhost:8080 /
    failed 'host of another scheme' ftp://localhost /
    failed 'port closed' http://127.0.0.1:1 /
    failed 'unreachable host' http://255.255.255.255 /
    failed 'port that is none' http://127.0.0.1:99999 /
    start_target --seed 1
    failed 'server that closes unanswered' "$url" /drop
    failed 'server that closes mid-body' "$url" /truncate
    failed 'invalid HTTP' "$url" /garbage
    failed 'TLS spoken to a server without' "https://${url#http://}" /
    failed 'redirects without end' "$url" /redirect/100
    failed 'status 404' "$url" /nothing/here
    stop_target
}

files
descriptors
compiling
arguments
models
network

if [ -n "${UPDATE_GOLDEN-}" ]; then
    cp seen "$golden"
fi
diff "$golden" seen >&2 || {
    echo 'FAILED: the lines differ from those in tests/golden/bad_input.txt (<)' >&2
    exit 1
}

story='unwritable CSV path, with a log file'
run 1 --headless -f "$good" --logfile log.txt --csv file/x
has err 'the reason, on stderr too' '--csv: cannot write file/x_stats\.csv'
echo ok
