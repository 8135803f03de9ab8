#!/bin/sh
# SPDX-License-Identifier: MIT
# Whether the verdict tells a starved generator from a healthy one. Starved: the generator, what it tests and a
# program that never rests share one CPU. Healthy: the generator has a CPU of its own. Three kinds of load in turn:
# users with think times, users without, arrivals. Wanted: every starved run is invalid, and at most 1 of 50 healthy
# ones. Minutes. What else the machine does is kept away from healthy runs by real-time priority, where that is allowed.
# usage: sh verdict.sh BUILD_DIR SOURCE_DIR [STARVED-RUNS [HEALTHY-RUNS [SECONDS]]]
set -eu

build=$(cd "${1:?usage: sh verdict.sh BUILD_DIR SOURCE_DIR [STARVED-RUNS [HEALTHY-RUNS [SECONDS]]]}" && pwd)
source=$(cd "${2:?the source folder}" && pwd)
n_starved=${3-20}
n_healthy=${4-50}
seconds=${5-10}
chrt=
busy_cpu=0
own_cpu=1
hog_pid=
target_pid=

work=$(mktemp -d)
cd "$work"
export HOME="$work" XDG_CACHE_HOME="$work/cache"
cleanup() {
    [ -z "$hog_pid" ] || kill "$hog_pid" 2>/dev/null || true
    [ -z "$target_pid" ] || kill "$target_pid" 2>/dev/null || true
    cd /
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

mkfifo pipe
taskset -c "$busy_cpu" "$build/bin/acrida-target" --port 0 >pipe &
target_pid=$!
read -r line <pipe
url=http://${line#listening on }
"$build/bin/acrida" build -o verdict.so "$source/tests/scenarios/verdict.c" >build.log 2>&1 || {
    cat build.log
    exit 1
}

# once NUMBER CPU : a run of the kind whose turn it is; sets $code
once() {
    case $(($1 % 3)) in
    0) set -- "$2" -u 50 -r 1000 thinker ;;
    1) set -- "$2" -u 1 -r 1000 hurrier ;;
    2) set -- "$2" --arrival-rate 300/s thinker ;;
    esac
    cpu=$1
    shift
    code=0
    # shellcheck disable=SC2086 # several words
    timeout 120 $chrt taskset -c "$cpu" "$build/bin/acrida" -f verdict.so --headless --only-summary -H "$url" \
        --threads 1 -t "${seconds}s" --exit-code-on-error 0 "$@" >out 2>err </dev/null || code=$?
}

# tell KIND NUMBER
tell() {
    echo "$1 $2: exit code $code$(sed -n '/^Verdict: /,$ { /^  /p }' err | tr '\n' ' ')"
}

n=0
n_flagged=0
if [ "$n_starved" -gt 0 ]; then
    taskset -c "$busy_cpu" sh -c 'while :; do :; done' &
    hog_pid=$!
fi
while [ "$n" -lt "$n_starved" ]; do
    once "$n" "$busy_cpu"
    tell starved "$n"
    [ "$code" != 4 ] || n_flagged=$((n_flagged + 1))
    n=$((n + 1))
done
if [ -n "$hog_pid" ]; then
    kill "$hog_pid"
    wait "$hog_pid" 2>/dev/null || true
    hog_pid=
fi

if chrt -f 1 true 2>/dev/null; then
    chrt='chrt -f 1'
    chrt -f -p 1 "$target_pid" >/dev/null
fi
n=0
n_wrong=0
while [ "$n" -lt "$n_healthy" ]; do
    once "$n" "$own_cpu"
    tell healthy "$n"
    [ "$code" = 0 ] || n_wrong=$((n_wrong + 1))
    n=$((n + 1))
done

echo "starved runs that were flagged: $n_flagged of $n_starved; healthy ones: $n_wrong of $n_healthy"
[ "$n_flagged" = "$n_starved" ] && [ "$n_wrong" -le $((n_healthy / 50)) ]
