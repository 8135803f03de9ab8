#!/bin/sh
# SPDX-License-Identifier: MIT
# acrida merge: a master is killed, its worker writes what the master has not got to a file, and both files
# together say what the target's own counters say.
# usage: sh 72_merge.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# of_all NAME : a number of the line with the ledger of all workers
of_all() {
    sed -n "s/^all: .*[^0-9]\([0-9]*\) $1.*/\1/p;s/^all: \([0-9]*\) $1.*/\1/p" out
}

# read_more COUNT : the target has read so many heads
read_more() {
    [ "$(heads)" -ge "$1" ]
}

# wrote_reports : how it ended is known by a file
wrote_reports() {
    set -- acrida-reports-*.bin
    [ -s "$1" ]
}

cat >steady.c <<'END'
#include <acrida/acrida.h>
#include <acrida/http.h>

static int ask(struct acr_user *u)
{
    acr_get(u, "/json");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker", .wait = ACR_CONSTANT(0.02), .tasks = tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "steady", .user_types = users, .n_user_types = 1);
END

start_target
port=$(free_port)

story='the master is killed'
"$acrida" -f steady.c --master --master-bind-port "$port" --journal run.journal -H "$url" -u 20 -r 100 -t 10m \
    --headless >out 2>err &
master_pid=$!
other_pids=$master_pid
wait_for 'the master' grep -q 'master for workers at' err
"$acrida" -f steady.c --worker --master-port "$port" --master-gone-timeout 3s >worker.out 2>worker.err &
worker_pid=$!
other_pids="$worker_pid $master_pid"
wait_for 'the load' read_more 300
wait_for 'a journal' test -s run.journal
wait_for 'more load' read_more 3000
kill -KILL "$master_pid"
wait "$master_pid" 2>kill.txt || true
expect_end 'the worker' 1 "$worker_pid"
other_pids=
wrote_reports || fail 'the worker wrote no file'
has worker.err 'what the worker says' 'reports that the master has not got are in acrida-reports'
all_heads=$(heads)

story='both files'
run 0 merge run.journal acrida-reports-*.bin
expect 'attempts, and heads that the target read' "$all_heads" "$(of_all attempts)"
expect 'in flight' 0 "$(of_all 'in flight')"
expect 'lost' 0 "$(of_all lost)"
expect 'settled' "$(of_all 'requests started')" \
    $(($(of_all succeeded) + $(of_all failed) + $(of_all cancelled)))
has out 'the table' "^GET +/json +$(of_all succeeded) "
has out 'the worker' '^worker .*reports: '

story='reports'
run 0 merge --csv new/m --json-file=new/m.json run.journal --html new/m.html acrida-reports-*.bin
expect 'attempts of the table' "$all_heads" "$(of_all attempts)"
expect 'attempts in JSON' "$all_heads" "$(python3 -c "import json; print(json.load(open('new/m.json'))['ledger']['attempts'])")"
python3 - "$(of_all succeeded)" <<'END' || fail 'requests over time'
import json, sys
h = json.load(open('new/m.json'))['history']
t = [0] + h['time_s']
n = sum(r * min(1.5, t[i + 1] - t[i]) for i, r in enumerate(h['requests_per_s']) if r is not None)
sys.exit(abs(n - int(sys.argv[1])) > n / 20 or any(u is not None for u in h['users']))
END
expect 'requests in CSV' "$(of_all succeeded)" "$(awk -F , '$2 == "Aggregated" { print $3 }' new/m_stats.csv)"
has new/m.html 'a report' '"mode": "report"'
run 2 merge --csv
run 2 merge --cvs x run.journal
has err 'another option' '^acrida merge: there is no option --cvs'
run 1 merge --csv /proc/none/x run.journal
has err 'where nothing can be written' 'cannot write /proc/none'

story='the same files twice'
before=$all_heads
run 0 merge acrida-reports-*.bin run.journal run.journal acrida-reports-*.bin
expect 'attempts' "$before" "$(of_all attempts)"
has out 'what it says' 'more than once, and are counted once'

story='the journal alone'
run 0 merge run.journal
[ "$(of_all attempts)" -lt "$before" ] || fail 'the journal had everything'
run 0 merge acrida-reports-*.bin
[ "$(of_all attempts)" -lt "$before" ] || fail 'the worker had everything'

story='what cannot be merged'
run 2 merge
run 2 merge --run yesterday run.journal
run 1 merge --run 5 run.journal
has err 'no such run' '^acrida merge: there is no report of run 5$'
run 1 merge nowhere.bin
has err 'no such file' '^acrida merge: .*nowhere.bin'
echo 'not a journal at all, but long enough to look at' >text.bin
run 1 merge text.bin
has err 'another file' '^acrida merge: text.bin is not a journal'

story='a journal is not thrown away'
run 1 -f steady.c --master --master-bind-port "$port" --journal run.journal -H "$url" -u 3 --headless \
    --expect-workers-max-wait 1ms
has err 'where it is' 'WARNING.*run.journal holds a run that was cut off, with .* other options: .* kept as run.journal.cut-off'
run 0 merge run.journal.cut-off
mv run.journal.cut-off run.journal

story='what is wrong'
cp acrida-reports-*.bin damaged.bin
printf 'XXXXXXXX' | dd of=damaged.bin bs=1 seek=400 conv=notrunc 2>dd.txt
run 1 merge damaged.bin run.journal
has err 'a damaged file' '^acrida merge: damaged.bin is damaged at 1 places: reports are missing$'
stop_target
