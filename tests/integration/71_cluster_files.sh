#!/bin/sh
# SPDX-License-Identifier: MIT
# The same scenario everywhere: workers that fetch it from their master, also from a later one with another
# scenario; workers with another source, which are refused; and hosts that a worker's owner allows.
# usage: sh 71_cluster_files.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# lead PORT OPTION... : a master in the background, in ./out and ./err; sets $master_pid
lead() {
    lead_port=$1
    shift
    : >err # what the last one said is not to be taken for this one's
    "$acrida" --master --master-bind-port "$lead_port" --journal none -H "$url" -r 200 --headless \
        --only-summary --expect-workers-max-wait 20s "$@" >out 2>err &
    master_pid=$!
    other_pids="$other_pids $master_pid"
}

# follow NAME PORT OPTION... : a worker in the background, in a folder of its own; stderr in ./NAME.err; sets $worker_pid
follow() {
    name=$1
    follow_port=$2
    shift 2
    mkdir -p "$name"
    (cd "$name" && TMPDIR="$work/tmp" exec timeout 60 "$acrida" --worker --worker-name "$name" --master-port "$follow_port" "$@" \
        >"../$name.out" 2>"../$name.err") &
    worker_pid=$!
    other_pids="$other_pids $worker_pid"
}

# leaves_nothing : of what workers have fetched and copied
leaves_nothing() {
    [ -z "$(ls tmp)" ] || fail "left behind in TMPDIR: $(ls tmp)"
}

# write_scenario FILE NAME TYPE COMMENT : each user takes rows of rows.csv
write_scenario() {
    cat >"$1" <<END
/* $4 */
#include <acrida/acrida.h>
#include <acrida/http.h>

static struct acr_feeder *rows;

static int test_start(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    rows = acr_feeder_open(u, "rows.csv", ACR_FEED_ONCE);
    return rows != NULL ? 0 : ACR_RAISED;
}

static int ask(struct acr_user *u)
{
    const struct acr_row *row = acr_feed(u, rows);

    if (row == NULL)
        return ACR_STOP_USER;
    acr_get(u, "/json");
    acr_report(u, .type = "$3", .name = acr_fmt(u, "row %s", acr_row_get(row, "id")));
    return 0;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker", .wait = ACR_CONSTANT(0.02), .tasks = tasks, .n_tasks = 1 },
};
static const struct acr_hooks hooks = { .test_start = test_start };

ACR_PLUGIN(.name = "$2", .user_types = users, .n_user_types = 1, .hooks = &hooks);
END
}

# each_once TYPE COUNT : so many entries of a type, each with one request
each_once() {
    expect "entries of $1, and those with one request" "$2 $2" "$(awk -F , -v type="$1" '
        $1 == type { n++; if ($3 == 1) once++ } END { print n + 0, once + 0 }' r_stats.csv)"
}

mkdir tmp m
awk 'BEGIN { print "id"; for (i = 0; i < 100; i++) print i }' >m/rows.csv
write_scenario m/first.c first FIRST 'takes all files beside it'
write_scenario m/second.c second SECOND 'acrida: data rows.csv'
start_target
port=$(free_port)

story='two workers without files'
follow a "$port" -f -
a_pid=$worker_pid
follow b "$port" -f -
lead "$port" -f m/first.c -u 10 -t 2s --expect-workers 2 --csv r
expect_end 'the master' 0 "$master_pid"
expect_end 'worker a' 0 "$a_pid"
expect_end 'worker b' 0 "$worker_pid"
each_once FIRST 100
has a.err 'what came' '2 files of the master have come'
lacks err 'errors' ' ERROR '
leaves_nothing

story='too much data beside it'
truncate -s 25M m/large.csv
follow a "$port" -f -
lead "$port" -f m/first.c -u 10 -t 2s
expect_end 'the master' 1 "$master_pid"
expect_end 'the worker' 1 "$worker_pid"
has a.err 'why' 'ERROR.*the data files in m are more than 24 MB: name those'
has err 'why' 'the data files in m are more than 24 MB'
leaves_nothing

story='the data that it names'
follow a "$port" -f -
lead "$port" -f m/second.c -u 10 -t 2s --csv r
expect_end 'the master' 0 "$master_pid"
expect_end 'the worker' 0 "$worker_pid"
each_once SECOND 100
rm m/large.csv

story='data that is not there'
write_scenario m/third.c third THIRD 'acrida: data ../rows.csv'
follow a "$port" -f -
lead "$port" -f m/third.c -u 10 -t 2s
expect_end 'the master' 1 "$master_pid"
expect_end 'the worker' 1 "$worker_pid"
has a.err 'why' "names '../rows.csv': data files lie beside the scenario"

# refused PYTHON REASON : what a master hands out is changed beneath it, as if it were another kind of machine
refused() {
    mkdir -p mtmp
    export TMPDIR="$work/mtmp"
    lead "$port" -f m/second.c -u 10 -t 2s
    unset TMPDIR
    wait_for 'the master' grep -q 'master for workers' err
    python3 - "$1" "$(find mtmp -name '*second*')" <<'END'
import sys
[path] = sys.argv[2:]
b = bytearray(open(path, "rb").read())
exec(sys.argv[1])
open(path, "r+b").write(b)
END
    follow a "$port" -f -
    expect_end 'the master' 1 "$master_pid"
    expect_end 'the worker' 1 "$worker_pid"
    has a.err 'the worker says why' "ERROR.*m/second.c $2.* instead of -f -"
    expect 'lines at the worker' 1 "$(grep -c ERROR a.err)"
    has err 'the master says it, too' "no worker could prepare the run: m/second.c $2"
    leaves_nothing
    expect 'left behind by the master' '' "$(ls mtmp)"
}

story='an object for another architecture'
refused 'b[18:20] = (243).to_bytes(2, sys.byteorder)' 'was built for another architecture \(RISC-V; this machine: .+\)'

story='an object for another SDK'
refused 'at = b.index((0x41435231).to_bytes(4, sys.byteorder)); b[at + 8:at + 12] = (77).to_bytes(4, sys.byteorder)' \
    'was built for SDK ABI 77\.[0-9]+, and this is [0-9]+\.[0-9]+'

story='a later master with another scenario'
follow a "$port" -f -
lead "$port" -f m/first.c -u 2 -t 10m
wait_for 'the first run' grep -q 'all 2 users are spawned' err
kill -KILL "$master_pid"
wait "$master_pid" 2>kill.txt || true
lead "$port" -f m/second.c -u 10 -t 2s --csv r
expect_end 'the second master' 0 "$master_pid"
expect_end 'the worker' 0 "$worker_pid"
each_once SECOND 100
has a.err 'what it says' 'the master has another scenario than before: starting again with it'
leaves_nothing

story='another source, and one that goes on'
mkdir -p other
write_scenario other/first.c first OTHER 'of another day'
cp m/rows.csv other/
follow good "$port" -f ../m/first.c
good_pid=$worker_pid
follow bad "$port" -f ../other/first.c
lead "$port" -f m/first.c -u 10 -t 2s --expect-workers 2 --csv r
expect_end 'the master' 0 "$master_pid"
expect_end 'the good worker' 0 "$good_pid"
expect_end 'the other worker' 0 "$worker_pid"
each_once FIRST 100
refusal="another source of 'first': the master's .*:m/first.c is [0-9a-f]+, the worker's .*:../other/first.c is [0-9a-f]+"
has err 'the master says it' "ERROR.*worker bad cannot run this: $refusal"
has bad.err 'the worker says it' "ERROR.*$refusal"
expect 'lines at the worker' 1 "$(grep -c ERROR bad.err)"
expect 'lines at the master' 1 "$(grep -c ERROR err)"

story='another source, and nobody else'
follow bad "$port" -f ../other/first.c
lead "$port" -f m/first.c -u 10 -t 2s
expect_end 'the master' 1 "$master_pid"
has err 'the master says it' "no worker could prepare the run: $refusal"

story='another scenario'
follow bad "$port" -f ../m/second.c
lead "$port" -f m/first.c -u 10 -t 2s
expect_end 'the master' 1 "$master_pid"
has err 'the master says it' "the master runs 'first' \(.*m/first.c\), and this worker \(.*m/second.c\) has not loaded it"

story='a run to a host that a worker does not allow'
before=$(heads)
follow a "$port" -f - --allow-host 10.0.0.0/8,example.com
lead "$port" -f m/first.c -u 10 -t 2s
expect_end 'the master' 1 "$master_pid"
has err 'why' 'worker a cannot run this: --host: 127.0.0.1 is not among the hosts of --allow-host'
expect 'heads' "$before" "$(heads)"
other_pids=

story='requests to hosts that are not allowed'
for how in fast curl; do
    export TEST_PATH="$url/json"
    run 1 -f "$scenarios/once.c" --headless --http-engine "$how" --allow-host 10.0.0.0/8,example.com -H http://example.com
    has err "the failure ($how)" 'GET .*the host is not among those of --allow-host'
    export TEST_PATH="http://localhost:${url##*:}/json"
    run 1 -f "$scenarios/once.c" --headless --http-engine "$how" --allow-host 10.0.0.0/8
    has err "the failure of a name ($how)" 'GET .*the host is not among those of --allow-host'
    export TEST_PATH="/redirect-to?url=http://127.0.0.1:${url##*:}/json"
    run 1 -f "$scenarios/once.c" --headless --http-engine "$how" --allow-host localhost -H "http://localhost:${url##*:}"
    has err "the failure of a redirect ($how)" 'GET .*the host is not among those of --allow-host'
    before=$((before + 1))
    expect "heads ($how)" "$before" "$(heads)"
    export TEST_PATH=/json
    run 0 -f "$scenarios/once.c" --headless --http-engine "$how" --allow-host 127.0.0.0/8 -H "http://localhost:${url##*:}"
    before=$((before + 1))
    expect "heads ($how)" "$before" "$(heads)"
done

story='how the options go together'
run 2 --headless -f - -H "$url"
has err 'no worker' '^acrida: -f - is for workers'
run 2 --headless -f - --processes 2 -H "$url"
run 2 -f - --worker --plugin x.so
run 2 -f m/first.c -f - --worker
run 2 -f - --worker --watch
run 2 --headless -f m/first.c -H "$url" --allow-host 10.0.0.0/99
has err 'no network' '^acrida: --allow-host: .*10.0.0.0/99'
run 2 --headless -f m/first.c -H "$url" --allow-host example.com
has err 'a host that is not allowed' '^acrida: --host: 127.0.0.1 is not among the hosts of --allow-host$'
stop_target
