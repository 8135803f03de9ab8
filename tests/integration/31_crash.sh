#!/bin/sh
# SPDX-License-Identifier: MIT
# A fault in a task ends the run with exit code 5, says where, and keeps what was measured; a task that blocks is named.
# usage: sh 31_crash.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# crash USER-TYPE TASK FUNCTION OPTION... : its tenth sample is followed by a fault in FUNCTION
crash() {
    type=$1
    task=$2
    function=$3
    shift 3
    rm -rf r_*.csv tmp
    mkdir tmp
    # Ends by itself only if the crash goes unseen.
    TMPDIR=$work/tmp run 5 -f "$scenarios/crash.c" --headless -u 2 -r 100 -t 20s --csv r "$@" "$type" steady
    expect 'samples in the file' 10 "$(total 'Request Count' before)"
    [ "$(total 'Request Count' sound)" -gt 0 ] || fail 'samples of the other user are lost'
    expect 'the ledger' "$(ledger started)" "$(ledger succeeded)"
    expect 'what is left in TMPDIR' '' "$(ls tmp)"
    has err 'final table' '^job +before +10 '
    has err 'percentiles' '^Response time percentiles'
    has err 'the plugin' "plugin 'crash'"
    has err 'the user type' "user type '$type'"
    has err 'the task' "task '$task'"
    has err 'a frame as module and offset' "[^ /]+\\.so\\+0x[0-9a-f]+"
    if command -v addr2line >/dev/null; then
        has err 'the function' "$function"
        has err 'the source line' 'crash\.c:[0-9]+'
    fi
}

for threads in 1 4; do
    story="write to NULL, $threads threads"
    crash faller fall write_to_null --threads "$threads"
    has err 'the kind of fault' 'SIGSEGV|[Ss]egmentation fault'
    lacks err 'no stack overflow' 'overflow'

    story="stack overflow, $threads threads"
    crash digger dig dig_deeper --threads "$threads"
    has err 'the kind of fault' 'stack overflow|overflow.*stack'
done

story='a fault when the run is over'
TEST_END=1 run 5 -f "$scenarios/crash.c" --headless --only-summary -u 1 -t 1s steady
has err 'what happened' 'a fault outside of tasks'

story='a task that blocks its loop'
run 0 -f "$scenarios/crash.c" --headless --only-summary -u 1 -t 2s sleeper
has err 'the warning' "WARNING.*task 'nap' of user type 'sleeper' held its loop for [0-9]{3,} ms"
expect 'warnings, of a dozen naps' 1 "$(grep -c 'held its loop' err)"
echo ok
