#!/bin/sh
# SPDX-License-Identifier: MIT
# acrida compare and acrida report, as commands of a plugin, on real runs.
# usage: sh 49_compare.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

cat >ask.c <<'END'
#include <acrida/acrida.h>
#include <acrida/http.h>

static int ask(struct acr_user *u)
{
    acr_get(u, acr_env("TEST_PATH", "/json"), .name = "\033[31mask");
    return ACR_DONE;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "ask", .user_types = users, .n_user_types = ACR_LEN(users));
END

# load NAME PATH USERS : in the background; leaves NAME.json
load() {
    TEST_PATH=$2 timeout 60 "$acrida" -f ask.c -H "$url" --headless --only-summary --threads 1 -u "$3" -r 1000 -t 12s \
        --json-file "$1" >"$1.out" 2>&1 </dev/null &
    other_pids="$other_pids $!"
}

start_target
"$acrida" build ask.c -o ask.so >out 2>err || fail 'the scenario is not built'
load a /delay/20 4
load b /delay/60 4
load again /delay/20 4
load more /delay/20 6
for pid in $other_pids; do
    expect_end 'a run' 0 "$pid"
done
other_pids=

story='three times as slow'
run 3 compare --fail a.json b.json
has out 'the verdict' '^B is slower than A, or fails more:'
has out 'the numbers' ' +mean +[0-9.]+ +[0-9.]+ +\+[0-9.]+ +.* worse$'
has out 'the name, harmless' '^GET +\?\[31mask +requests/s'
run 0 compare --json a.json b.json
expect 'the result' worse "$(python3 -c 'import json; print(json.load(open("out"))["result"])')"
story='the other way round'
run 0 compare --fail b.json a.json
has out 'the verdict' '^B is faster than A'
story='twice the same'
run 0 compare --fail --threshold 15% a.json again.json
story='another load'
run 0 compare --fail a.json more.json
has out 'why' '^cannot tell: the loads differ: 3[.][0-9]+ users on average in a.json, 5[.][0-9]+ users in more.json'

story='shown again'
run 0 report a.json
has out 'the run' '^ask.c, 20[0-9-]* [0-9:]* UTC, 12 s|^a.json, '
has out 'the entry' '^GET +\?\[31mask +[0-9]+ +0 +0.00%'
has out 'the sum' '^ +Aggregated +[0-9]+ +0 +0.00%'
run 1 report b.out
has err 'the reason' '^acrida report: b.out: it is not JSON, or cut short: line '
run 1 compare a.json nowhere.json
has err 'the reason' '^acrida compare: nowhere.json: No such file or directory'

story='help'
run 0 --help
has out 'the commands' '^ +compare +Says whether'
run 0 compare --help
has out 'its usage' '^Usage: acrida compare \[options\] A.json B.json'
run 2 compare a.json
has err 'what is wrong' 'two files are wanted, .*; see acrida compare --help'
story='no command is a user type'
run 1 compar -f ask.c --headless
has err 'the reason' "compar"
