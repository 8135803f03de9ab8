#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is needed, then builds and tests three times: optimised (with the checks of the source),
# under AddressSanitizer and UndefinedBehaviorSanitizer, under ThreadSanitizer. Then half a minute of fuzzing.
# Machines that run this are shared: what fails is repeated once, alone. What passes then has passed, and is named at the
# end all the same. What a sanitizer or the fuzzer has found is found: that is not repeated, nor are more than 5.
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

# failed_tests FILE : their names, one a line, of "	 84 - test_load (Failed)" below all else that ctest says
failed_tests() {
    sed -n '/^The following tests FAILED:$/,$s/^[[:space:]]*[0-9]* - \([^ ]*\) (.*/\1/p' "$1"
}

# may_pass_alone PRESET FILE COUNT : whether what ctest says there of failed tests may be due to the machine
may_pass_alone() {
    [ "$1" != fuzz ] && [ "$3" -gt 0 ] && [ "$3" -le 5 ] &&
        ! grep -qE 'SUMMARY: [A-Za-z]*Sanitizer|runtime error: ' "$2"
}

# repeat PRESET FILE : the tests that failed, one after the other. Takes those that pass off $bad, and leaves the
# others' names in FILE.failed.
repeat() {
    echo "== $1: repeating $bad that failed, alone"
    # shellcheck disable=SC2086 # several words are meant
    $wrapper ctest --preset "$1" -j 1 --rerun-failed </dev/null >"$2.repeated" 2>&1 || true
    cat "$2.repeated"
    # Only what it says has passed: it may not come to an end.
    while read -r name; do
        if grep -qE "^ *[0-9]+/[0-9]+ Test +#[0-9]+: $name [. ]*   Passed " "$2.repeated"; then
            bad=$((bad - 1))
            repeated="$repeated
passed only when repeated alone: $name ($1)"
        else
            echo "$name"
        fi
    done <"$2.failed" >"$2.left"
    mv "$2.left" "$2.failed"
    cat "$2.repeated" >>"$2"
    rm "$2.repeated"
}

# run_tests PRESET : builds and tests, and adds to the counts
run_tests() {
    preset=$1
    repeated=
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
    failed_tests "$log" >"$log.failed"
    # As many names as failures: else it did not come to its end.
    if [ "$(wc -l <"$log.failed")" = "$bad" ] && may_pass_alone "$preset" "$log" "$bad"; then
        repeat "$preset" "$log"
    fi
    passed=$((passed + all - bad))
    failed=$((failed + bad))
    summary="$summary
$preset: $((all - bad)) passed, $bad failed, $(($(date +%s) - since)) s$repeated"
    # named once more at the end, where they are seen
    broken="$broken$(sed "s/^/ $preset:/" "$log.failed" | tr -d '\n')"
    rm -f "$log.status" "$log.failed"
}

for preset; do
    run_tests "$preset"
done

echo "$summary"
[ -z "$broken" ] || echo "failed:$broken"
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
