#!/bin/sh
# SPDX-License-Identifier: MIT
# An installed tree works where it is put, without a variable set: the command finds its library, plugins and
# headers, and other builds find the SDK by pkg-config and by CMake.
# usage: sh 50_install.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

unset LD_LIBRARY_PATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH DESTDIR
moved=$work/somewhere/else

say() {
    printf '%s\n' "$@"
}

# must COMMAND... : it succeeds, with its output in out and err
must() {
    "$@" >out 2>err || fail "exit code $? of: $*"
}

story='install and move'
must cmake --install "$build" --prefix "$work/first"
mkdir -p "$(dirname "$moved")"
mv "$work/first" "$moved"
libdir=$(dirname "$(find "$moved" -name libacrida.so.0)")
for file in bin/acrida include/acrida/acrida.h share/doc/acrida/LICENSE; do
    [ -e "$moved/$file" ] || fail "$file is not installed"
done
for file in acrida/plugins/libacrida-http.so.0 pkgconfig/acrida-http.pc cmake/acrida/acridaConfig.cmake; do
    [ -e "$libdir/$file" ] || fail "$file is not installed"
done
# text files only: debug information names the files that were compiled
if grep -rIlF -e "$build" -e "$source" "$moved" >out; then
    fail "paths of the build: $(cat out)"
fi
for file in "$moved/bin/acrida" "$libdir"/*.so.0 "$libdir"/acrida/plugins/*.so.0; do
    readelf -d "$file" | sed -n 's/.*R.*PATH.*\[\(.*\)\]/\1/p' >out
    lacks out "run path of $file" '^[^$]'
done

story='the moved command'
must "$moved/bin/acrida" --version
has out 'its version' '^acrida [0-9]+\.[0-9]+\.[0-9]+'

story='a scenario by pkg-config'
export PKG_CONFIG_PATH="$libdir/pkgconfig"
must pkg-config --modversion acrida acrida-http
cc=${CC:-cc}
# shellcheck disable=SC2046 # several words are meant
must "$cc" $(pkg-config --variable=scenario_flags acrida) $(pkg-config --cflags acrida-http) \
    -o by_pkg_config.so "$source/samples/shop.c" $(pkg-config --libs acrida-http)
unset PKG_CONFIG_PATH
must "$moved/bin/acrida" check by_pkg_config.so
has out 'what it defines' 'plugin shop,'

story='a scenario by CMake'
mkdir project
cp "$source/samples/shop.c" project/main.c
say '#include <jansson.h>' 'const char *second(void);' \
    'const char *second(void) { return jansson_version_str(); }' >project/second.c
say 'cmake_minimum_required(VERSION 3.18)' 'project(shop LANGUAGES C)' \
    'find_package(acrida 0.1 REQUIRED)' \
    'acrida_scenario(shop SOURCES main.c second.c PACKAGES jansson)' >project/CMakeLists.txt
must cmake -S project -B project/build -DCMAKE_PREFIX_PATH="$moved"
must cmake --build project/build
[ -f project/build/shop.so ] || fail 'no shop.so'
nm -D --defined-only project/build/shop.so | awk '{ print $3 }' >out
expect 'exported symbols' acr_plugin_v1 "$(cat out)"
readelf -d project/build/shop.so >out
lacks out 'run path' "$moved"
must "$moved/bin/acrida" check project/build/shop.so
has out 'what it defines' 'plugin shop,'

story='a run of the moved tree'
start_target
acrida=$moved/bin/acrida
run 0 -f project/build/shop.so --headless --only-summary --exit-code-on-error 0 -H "$url" -u 2 -t 1s --csv moved
[ -s moved_stats.csv ] || fail 'no CSV file: is the report plugin found?'
run 0 -f "$source/samples/hello.c" --headless --only-summary --exit-code-on-error 0 -H "$url" -u 1 -t 1s
stop_target

story='staged by DESTDIR'
must env DESTDIR="$work/stage" cmake --install "$build"
staged=$(find "$work/stage" -path '*/bin/acrida')
must "$staged" --version
expect 'folders at the top of the stage' 1 "$(find "$work/stage" -mindepth 1 -maxdepth 1 | wc -l | tr -d ' ')"
must "$staged" check project/build/shop.so

echo ok
