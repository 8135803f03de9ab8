#!/bin/sh
# SPDX-License-Identifier: MIT
# Each profile of slowness that the demo target has, and the pattern that the report names for it; those that are none,
# too. About six minutes, alone on the machine.
# usage: patterns.sh [CASE...]      (the build is in $ACRIDA_BUILD, or build/release)
# shellcheck source-path=SCRIPTDIR source=../integration/lib.sh
here=$(cd "$(dirname "$0")" && pwd)
only=$*
set -- "${ACRIDA_BUILD:-$here/../../build/release}" "$here/../.."
. "$here/../integration/lib.sh"
n_wrong=0

# try CASE PATTERN PROFILE[,PROFILE...] OPTION... : a run against a target of these profiles; what is found is the
# pattern, and nothing else
try() {
    case " ${only:-$1} " in
    *" $1 "*) ;;
    *) return 0 ;;
    esac
    story=$1
    wanted=$2
    profiles=$3
    shift 3
    (
        IFS=,
        set -f
        for profile in $profiles; do
            printf '%s\n' --profile "$profile"
        done
    ) >words
    mkfifo arguments.pipe
    # shellcheck disable=SC2046,SC2086 # the words of a profile stay together
    (
        IFS='
'
        set -f
        exec "$build/bin/acrida-target" --port 0 $(cat words) >arguments.pipe
    ) &
    target_pid=$!
    read -r line <arguments.pipe
    rm arguments.pipe
    url=http://${line#listening on }
    run_any -f "$scenarios/patterns.c" -H "$url" --headless --only-summary --json-file r "$@"
    stop_target
    [ -z "${KEEP-}" ] || cp r.json "$KEEP/$story.json"
    python3 - "$story" "$wanted" <<'END' || n_wrong=$((n_wrong + 1))
import json, sys
story, wanted = sys.argv[1:]
found = json.load(open("r.json"))["patterns"]
names = [f"{p['pattern']}{':' + p['name'] if p['name'] else ''}" for p in found]
good = ",".join(names) == wanted
print(f"{story:12} wanted {wanted:18} found {','.join(names):22} {'ok' if good else 'WRONG'}")
for p in found:
    print(f"             {p['title']}: {p['evidence']} ({'broken' if p['is_broken'] else 'graceful'})")
sys.exit(not good)
END
}

# run_any OPTION... : to its end, whether or not requests fail
run_any() {
    timeout 120 "$acrida" "$@" >out 2>err </dev/null || [ $? = 1 ] || fail 'the run'
}

try steady none 'steady' -u 20 -r 5 -t 30s
try noise none 'noise' -u 20 -r 5 -t 40s
try ramp none 'noise' -u 60 -r 2 -t 40s
try linear linear 'linear' --stages 25s:50@2
try cliff cliff 'cliff knee=25' --stages 25s:50@2
try failing cliff 'cliff knee=25 fail=0.4' --stages 25s:50@2
TEST_WAIT_MS=50
export TEST_WAIT_MS
try saturation saturation 'saturation knee=2' --stages 30s:60@2
unset TEST_WAIT_MS
try sawtooth sawtooth 'sawtooth over=5' -u 10 -r 10 -t 30s
try drift drift 'drift base=16 over=25' -u 10 -r 10 -t 30s
try one-drifts drift:/json 'drift /json base=16 over=25,steady base=20' -u 10 -r 10 -t 30s
try spike spike:/json 'spike /json over=12,steady' -u 10 -r 10 -t 25s
try all-spike spike 'spike over=12' -u 10 -r 10 -t 25s
try recovers cliff 'cliff knee=25' --stages 15s:15@5,15s:50@5,20s:15@20
[ "$n_wrong" = 0 ] || fail "$n_wrong patterns are not what was wanted"
echo ok
