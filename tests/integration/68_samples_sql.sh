#!/bin/sh
# SPDX-License-Identifier: MIT
# samples/postgres.c against a real PostgreSQL: rows that it has are requests that we have.
# usage: sh 68_samples_sql.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

bin=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | head -n 1)
if [ -z "$bin" ] || ! pkg-config --exists libpq; then
    echo 'ok (skipped: no PostgreSQL or no libpq here)'
    exit 0
fi
bin=${bin%/initdb}

# PostgreSQL refuses root.
nobody=
[ "$(id -u)" != 0 ] || nobody='setpriv --reuid=nobody --regid=nogroup --clear-groups'

story='set-up'
db=$work/db
mkdir "$db"
chmod 711 "$work"
[ -z "$nobody" ] || chown nobody:nogroup "$db"
# A port that is free now: a target had it.
# shellcheck disable=SC2119 # it needs no options
start_target
port=${url##*:}
stop_target
# shellcheck disable=SC2086 # several words are meant
$nobody "$bin/initdb" -D "$db/data" -U me -A trust --no-sync >initdb.log 2>&1 || fail "initdb: $(tail -n 3 initdb.log)"
# shellcheck disable=SC2086 # several words are meant
$nobody "$bin/postgres" -D "$db/data" -p "$port" -h 127.0.0.1 -k "$db" -F >postgres.log 2>&1 &
target_pid=$!
tries=0
until "$bin/pg_isready" -q -h "$db" -p "$port"; do
    kill -0 "$target_pid" 2>/dev/null || fail "postgres: $(tail -n 3 postgres.log)"
    tries=$((tries + 1))
    [ "$tries" -lt 2000 ] || fail 'postgres does not start'
done

# sql TEXT : what it answers
sql() {
    psql -h "$db" -p "$port" -U me -d postgres -A -t -q -c "$1"
}

# load EXIT-CODE URL OPTION... : one run, after which each sample has ended in one column
load() {
    code=$1
    to=$2
    shift 2
    run "$code" -f "$source/samples/postgres.c" --headless --only-summary --csv r -r 1000 -H "$to" "$@"
    expect 'all started' "$(ledger started)" $(($(ledger succeeded) + $(ledger failed) + $(ledger cancelled)))
}

story='no table yet'
load 1 "postgresql://me@127.0.0.1:$port/postgres" -u 1 -i 1
has err 'the failure' 'SQL insert a visit: ERROR: +relation "visits" does not exist$'
expect 'attempts' 2 "$(ledger attempts)"

sql 'CREATE TABLE visits (id serial, who integer, note text)'
for to in "postgresql://me@127.0.0.1:$port/postgres" "postgresql://me@/postgres?host=$db&port=$port"; do
    for threads in 1 4; do
        story="$to, $threads threads"
        sql 'TRUNCATE visits'
        load 0 "$to" -u 20 -i 500 --threads "$threads"
        expect 'rows, and requests' "$(sql 'SELECT count(*) FROM visits')" "$(total 'Request Count' 'insert a visit')"
        expect 'inserts' 500 "$(total 'Request Count' 'insert a visit')"
        expect 'attempts' 1000 "$(ledger attempts)"
    done
done

story='cut short by the end'
sql 'TRUNCATE visits'
load 0 "postgresql://me@127.0.0.1:$port/postgres" -u 20 -t 1s --threads 2
rows=$(sql 'SELECT count(*) FROM visits')
inserts=$(total 'Request Count' 'insert a visit')
if [ "$rows" -lt "$inserts" ] || [ "$rows" -gt $((inserts + $(ledger cancelled))) ]; then
    fail "$rows rows, $inserts inserts, $(ledger cancelled) cut short"
fi

story='nobody listens'
load 1 postgresql://me@127.0.0.1:1/postgres -u 1 -i 1
has err 'the failure' 'SQL .*: connection to server at "127.0.0.1", port 1 failed: Connection refused$'
expect 'attempts' 0 "$(ledger attempts)"
echo ok
