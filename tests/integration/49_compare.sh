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
    acr_get(u, acr_env("TEST_PATH", "/delay/20"), .name = "\033[31mask");
    return ACR_DONE;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "ask", .user_types = users, .n_user_types = ACR_LEN(users));
END

# made NAME FACTOR USERS SEED : NAME.json is a run of half a minute that never was: as the real one, but so many times as
# slow, by so many users. Real ones are as unlike as the machine is busy.
made() {
    python3 - "$@" <<'END' || fail "$1.json is not made"
import json, random, sys
name, factor, users, seed = sys.argv[1], *map(int, sys.argv[2:])
r, n, draw = json.load(open("real.json")), 30, random.Random(seed)
wobble = [draw.uniform(0.97, 1.03) for _ in range(n)]
rate = r["total"]["requests"] / r["run"]["duration_s"] / factor
def fill(h, times):
    for key in h:
        h[key] = [None] * n
    h["requests_per_s"] = [rate / w for w in wobble]
    h["failures_per_s"] = [0] * n
    for key in "average_ms", "p50_ms", "p95_ms", "p99_ms":
        h[key] = [times["mean_ms"] * w for w in wobble]
for e in r["entries"] + [r["total"]]:
    t = e["response_time"]
    for key in "min_ms", "mean_ms", "max_ms", "sum_ms":
        t[key] *= factor
    k = max(1, round(rate * n / e["requests"]))
    t["histogram"] = [[ms * factor, count * k] for ms, count in t["histogram"]]
    t["count"] = e["requests"] = e["requests"] * k
    t["sum_ms"] *= k
    e["requests_per_s"] = rate
    fill(e.get("history", r["history"]), t)
r["history"].update(interval_s=1, time_s=list(range(1, n + 1)), users=[users] * n, target_users=[users] * n)
r["run"].update(duration_s=n, reset_time=r["run"]["start_time"])
r["verdict"].update(state="pass", reasons=[])
json.dump(r, open(name + ".json", "w"))
END
}

start_target
run 0 -f ask.c -H "$url" --headless --only-summary --threads 1 -u 4 -r 1000 -t 3s --json-file real
stop_target
made a 1 4 1
made b 3 4 2
made again 1 4 3
made more 1 6 4

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
has out 'the numbers' ' +mean .* same$'
story='another load'
run 0 compare --fail a.json more.json
has out 'why' '^cannot tell: the loads differ: 4 users on average in a.json, 6 users in more.json'

story='shown again'
run 0 report real.json
has out 'the run' '^ask.c, 20[0-9-]* [0-9:]* UTC, 3 s|^real.json, '
has out 'the entry' '^GET +\?\[31mask +[0-9]+ +0 +0.00%'
has out 'the sum' '^ +Aggregated +[0-9]+ +0 +0.00%'
run 1 report ask.c
has err 'the reason' '^acrida report: ask.c: it is not JSON, or cut short: line '
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
