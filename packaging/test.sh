#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is needed, then builds and tests three times: optimised (with the checks of the source),
# under AddressSanitizer and UndefinedBehaviorSanitizer, under ThreadSanitizer. Then a minute of fuzzing.
# The last line counts the tests of all of them: "N passed, N failed". Fails if anything failed.
# usage: test.sh [PRESET...]   (default: release asan tsan fuzz)
set -eu

cd "$(dirname "$0")/.."
[ "$#" -gt 0 ] || set -- release asan tsan fuzz

packaging/packages.sh --tests

mkdir -p build
passed=0
failed=0
summary=
broken=

# Shadow memory wants the address space that older kernels gave; too much randomness in it makes the
# sanitizers give up at random.
steady=
if setarch "$(uname -m)" --addr-no-randomize true 2>/dev/null; then
    steady="setarch $(uname -m) --addr-no-randomize"
fi

# run_tests PRESET : builds and tests, and adds to the counts
run_tests() {
    preset=$1
    log=build/test-$preset.log
    since=$(date +%s)
    echo "== $preset: building"
    if ! { cmake --preset "$preset" >"$log" 2>&1 && cmake --build --preset "$preset" >>"$log" 2>&1; }; then
        grep -E '(error|Error|FAILED|undefined)' "$log" | head -n 50 >&2 || true
        tail -n 20 "$log" >&2
        failed=$((failed + 1))
        broken="$broken $preset:build"
        summary="$summary
$preset: does not build (all of it in $log)"
        return
    fi

    echo "== $preset: testing"
    wrapper=
    case $preset in
    asan | tsan | fuzz) wrapper=$steady ;;
    esac
    # shellcheck disable=SC2086 # several words are meant
    { $wrapper ctest --preset "$preset" </dev/null 2>&1 && echo 0 >"$log.status" ||
        echo 1 >"$log.status"; } | tee "$log"

    # ctest's closing line: "98% tests passed, 1 tests failed out of 50"
    counts=$(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\).*/\1 \2/p' "$log" | tail -n 1)
    bad=${counts%% *}
    all=${counts##* }
    if [ -z "$counts" ] || { [ "$bad" -eq 0 ] && [ "$(cat "$log.status")" != 0 ]; }; then
        bad=$((${bad:-0} + 1))
        all=$((${all:-0} + 1))
        broken="$broken $preset:ctest"
    fi
    rm -f "$log.status"
    passed=$((passed + all - bad))
    failed=$((failed + bad))
    summary="$summary
$preset: $((all - bad)) passed, $bad failed, $(($(date +%s) - since)) s"
    # named once more at the end, where they are seen
    broken="$broken$(sed -n "s/^[[:space:]]*[0-9]* - \([^ ]*\) (.*/ $preset:\1/p" "$log" | tr -d '\n')"
}

for preset; do
    run_tests "$preset"
done

echo "$summary"
[ -z "$broken" ] || echo "failed:$broken"
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
