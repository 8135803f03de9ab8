#!/bin/sh
# SPDX-License-Identifier: MIT
# Goals and the verdict: what is met, missed and not tested, on the console, as JUnit XML and in the exit code; by one
# process and by workers.
# usage: sh 49_goals.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

start_target
"$acrida" build -o verdict.so "$scenarios/verdict.c" >build.log 2>&1 || fail "$(cat build.log)"

# go EXIT-CODE OPTION... : a short run
go() {
    wanted_code=$1
    shift
    run "$wanted_code" -f verdict.so --headless --only-summary -H "$url" -u 5 -r 1000 --threads 1 "$@"
}

story='all goals are met'
go 0 -i 60 --junit met/junit.xml --check 'p95 < 20s' --check 'GET /json: max < 60s; fail_ratio < 1%' \
    --check 'GET "a b:c": requests >= 1' --check 'tag=shop: p50 < 20s' --check 'counter=orders: sum > 10' \
    --check 'gauge=queue: last == 7' --check 'trend=items: p99 == 40' hurrier
has err 'the table' '^p95 < 20s +< 20000 ms +[0-9.]+ ms +yes$'
has err 'a goal of the scenario' '^check=answered: ratio > 99% +> 99 % +100 % +yes$'
has err 'a metric' '^trend=items: p99 == 40 +== 40 +40 +yes$'
has err 'the verdict' '^Verdict: (PASS|INVALID)'
python3 - <<'END' || fail 'the XML'
import sys, xml.etree.ElementTree as tree
root = tree.parse("met/junit.xml").getroot()
cases = root.findall("testsuite/testcase")
names = [c.get("name") for c in cases]
goals = [c for c in cases if c.get("classname") == "acrida.goals"]
if len(cases) != 12 or root.get("tests") != "12" or any(len(c) for c in goals):
    sys.exit(f"cases: {names}")
if "GET \"a b:c\": requests >= 1" not in names or names[1] != "nothing failed":
    sys.exit(f"names: {names}")
END

story='a goal is missed, and one is not tested'
go 3 -i 20 --junit j.xml --check 'requests > 1e6' --check '/nowhere: p95 < 1s' hurrier
has err 'the missed one' '^requests > 1e6 +> 1000000 +20 +NO$'
has err 'the other' '^/nowhere: p95 < 1s +< 1000 ms +no requests +not tested$'
has err 'the reason' '^  requests > 1e6: missed, measured 20$'
python3 - <<'END' || fail 'the XML'
import sys, xml.etree.ElementTree as tree
suite = tree.parse("j.xml").getroot().find("testsuite")
found = {c.get("name"): [e.tag for e in c] for c in suite}
if found["requests > 1e6"] != ["failure"] or found["/nowhere: p95 < 1s"] != ["skipped"]:
    sys.exit(f"{found}")
END

story='a run that is too short for a window, or without the load'
go 3 -t 2s --check 'p95 < 9s over 30s' --check 'users == 5' thinker
has err 'why' 'it was shorter than 30s +not tested$'
has err 'users' '^users == 5 +== 5 +5 +yes$'
go 3 -t 1s --check 'p95 < 9s at 5000 rps for 30m' thinker
has err 'why' '5000/s held for 0s at most, not for 30m00s +not tested$'

story='failures count besides, and less than goals'
stop_target
start_target --rule 'GET /json status=500'
go 1 -i 20 --check 'fail_ratio == 100%' hurrier
has err 'it is met' '^fail_ratio == 100% .* yes$'
go 3 -i 20 --check 'fail_ratio < 1%' hurrier
stop_target
start_target

story='a goal that is missed for good ends the run'
go 3 -t 50s --check 'max < 1ns abort' --check-grace 1s thinker
has err 'the line' 'goal "max < 1ns abort" is missed \(measured [0-9.]+ ms\): stopping$'
go 3 -t 50s --check 'max < 1ns' --abort-on-check --check-grace 0s thinker
has err 'the line' 'goal "max < 1ns" is missed'

story='a generator that is late, by a strict measure'
ACRIDA_ALLOW_INVALID=false go 4 -u 100 -t 2s --late-after 0.001ms --max-late 0% --check 'p95 < 1ns' thinker
has err 'the verdict' '^Verdict: INVALID: the numbers are not those of what was tested$'
has err 'the reason' '^  [0-9.]+ % of the requests were sent more than .* ms late \(limit 0 %\)'
go 3 -u 100 -t 2s --late-after 0.001ms --max-late 0% --check 'p95 < 1ns' thinker

story='from the environment and a file'
printf 'check = requests > 1e6\n' >goals.conf
ACRIDA_CHECK='requests > 5; users > 1e6' go 3 -i 20 hurrier
has err 'the second' '^users > 1e6 .* NO$'
go 3 -i 20 --config goals.conf hurrier
has err 'of the file' '^requests > 1e6 .* NO$'

story='workers'
go 3 --processes 2 -i 40 --check 'requests == 40' --check 'max < 1ns' hurrier
has err 'the sum' '^requests == 40 +== 40 +40 +yes$'
has err 'the verdict' '^Verdict: (FAIL|INVALID)'

story='what is no goal'
go 2 -i 1 --check 'p95 << 500ms'
has err 'the line' '^acrida: --check: goal "p95 << 500ms": at character 6, .* is expected$'
ACRIDA_CHECK='speed > 1' go 2 -i 1
has err 'the line' '^acrida: ACRIDA_CHECK: goal "speed > 1": at character 1, '
go 2 -i 1 --max-late 101%
has err 'the line' '^acrida: --max-late wants a percentage from 0% to 100%, got .101%.$'
sed 's/requests > 1"/requests > x"/' "$scenarios/verdict.c" >bad.c
run 1 check bad.c
has err 'the line' "^acrida: plugin 'verdict', .goals\[0\]: goal \"requests > x\": at character 12, "
run 2 -f bad.c --headless -t 1s -H "$url"
has err 'the line' "^acrida: plugin 'verdict', .goals\[0\]: goal "

story='a file that cannot be written'
go 1 -i 1 --junit /dev/null/x.xml hurrier
has err 'the line' 'junit: cannot write /dev/null/x.xml'

echo ok
