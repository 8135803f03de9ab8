#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that carries the runtime with it: built by pkg-config, it runs two loads in one process, and what it
# counted is what the target read.
# usage: 47_library.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

cc=${CC:-cc}
libdir=$(dirname "$(find "$build" -path '*/pkgconfig/acrida.pc')")
libdir=$(cd "$libdir/.." && pwd)
export PKG_CONFIG_PATH="$libdir/pkgconfig"
export ASAN_OPTIONS="${ASAN_OPTIONS-}"
sanitize=
if nm -D "$libdir/libacrida.so.0" | grep -q __asan_init; then
    sanitize=-fsanitize=address,undefined
elif nm -D "$libdir/libacrida.so.0" | grep -q __tsan_init; then
    echo 'a program built by another compiler has no thread sanitizer: nothing to do here'
    echo ok
    exit 0
fi

# built PROGRAM SOURCE
built() {
    # shellcheck disable=SC2046,SC2086 # several words are meant
    "$cc" -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -g $sanitize -o "$1" "$2" \
        $(pkg-config --cflags --libs acrida acrida-http) \
        -Wl,-rpath,"$(pkg-config --variable=libdir acrida)" \
        -Wl,-rpath,"$(pkg-config --variable=plugindir acrida)" >out 2>err || fail "$cc"
}

# program EXIT-CODE PROGRAM ARGUMENT... : stdout in ./out, stderr in ./err
program() {
    wanted=$1
    shift
    status=0
    timeout 60 "$@" >out 2>err </dev/null || status=$?
    [ "$status" = "$wanted" ] || fail "exit code of '$*': expected $wanted, got $status"
}

story='the sample'
built sample "$source/samples/library/main.c"
start_target --seed 1
# What belongs to the command must not reach a program.
export ACRIDA_USERS=77
echo 'nonsense = 1' >acrida.conf
program 0 ./sample "$url"
has out 'the first load' '^200 requests by 10 users: p95 [0-9.]+ ms$'
has out 'the second load' '^100 requests, 200/s: p95 [0-9.]+ ms$'
expect 'lines on stdout' 2 "$(wc -l <out | tr -d ' ')"
[ ! -s err ] || fail 'it says something on stderr'
expect 'what the target read' 300 "$(heads)"
unset ACRIDA_USERS
rm acrida.conf

story='in C++'
if command -v c++ >/dev/null; then
    cat >cxx.cc <<'END'
#include <acrida/run.h>
int main()
{
    const char *host = "http://127.0.0.1:1";
    static const acr_plugin plugin = { .name = "none" };
    return acr_run(.plugin = &plugin, .host = host, .users = 3);
}
END
    # shellcheck disable=SC2046,SC2086 # several words are meant
    c++ -std=c++20 -Wall -Wextra -Werror $sanitize -o cxx cxx.cc $(pkg-config --cflags --libs acrida) \
        -Wl,-rpath,"$libdir" >out 2>err || fail 'c++'
    program 2 ./cxx
    has err 'its line' '^acr_run: no user types: '
fi

story='what makes no sense'
built library "$scenarios/library.c"
program 0 ./library "$url"
expect 'what was refused' 11 "$(grep -c '^acr_run: ' err)"
has err 'a bad value' "^acr_run: --spawn-rate wants a number above 0, got '-1'$"
has err 'no number' "^acr_run: --run-time wants a duration .*, got '-?nan'$"
has err 'a bad option' '^acr_run: unknown option --no-such-option '
has err 'an open quote' '^acr_run: a quote in the options is not closed$'
has err 'a command' '^acr_run: --list is for the command: it has no meaning here$'
has err 'a cluster' '^acr_run: --processes is for the command: it has no meaning here$'
has err 'bad stages' "^acr_run: --stages: stage 1, 'x': "
has err 'no plugin' '^acr_run: it needs a \.plugin$'
has err 'a bad plugin' "^acr_run: the plugin of this program: task 1 of user type 'empty' has no name$"
has err 'a required option' "^acr_run: plugin 'demanding' wants --region: "
has out 'no load in a load' '^a load in a load: 2$'
has out 'its options' '^region: north, batch: 7$'
has out 'its signals' '^handled 1 signal$'
has out 'ticks' '^ticks: [1-9][0-9]*, states: .*stopped$'
has out 'failures' '^exit code with a failure: 1$'

story='the command in another program'
echo '#include <acrida/run.h>
int main(int argc, char **argv) { return acr_main(argc, argv); }' >command.c
built command command.c
program 2 ./command --worker -f -
has err 'no worker' '^acrida: --worker is for the acrida command: '
cp "$scenarios/cluster_odd.c" .
program 2 ./command --processes 2 -f cluster_odd.c
has err 'no workers' '^acrida: --processes starts the program once more for each worker, '
port=$(free_port)
timeout 60 "$acrida" -f cluster_odd.c --worker --master-port "$port" >worker.out 2>worker.err &
other_pids=$!
program 0 ./command -f cluster_odd.c --master --master-bind-port "$port" --journal none -u 2 -t 1s --headless
has err 'a master' 'all 2 users are spawned'
expect_end 'its worker' 0 "$other_pids"
other_pids=

if [ -z "$sanitize" ]; then
    story='a task that crashes'
    program 0 ./library "$url" crash
    has out 'the run that follows' '^exit codes: 5, 4; handler: its own$'
    has err 'what crashed' 'crashing'
    has err 'why there is no other' '^acr_run: a thread of an earlier run never ended: start the program again$'
fi
stop_target
echo ok
