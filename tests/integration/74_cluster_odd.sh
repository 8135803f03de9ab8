#!/bin/sh
# SPDX-License-Identifier: MIT
# The edges of a cluster's run: fewer users or iterations than workers, messages that come before any worker is
# prepared, what the master's test_start counts, a fault in the workers' set-up.
# usage: sh 74_cluster_odd.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

cp "$scenarios/cluster_odd.c" "$scenarios/cluster_rates.c" .

# iterations USERS ITERATIONS WORKERS
iterations() {
    story="$2 iterations of $1 users on $3 workers"
    run 0 -f cluster_odd.c -u "$1" -r 100 --iterations "$2" --processes "$3" --headless --only-summary --csv r
    has r_metrics.csv 'all were done, and no more' "^counter,iterations,counter_sum,$2.\$"
    has r_metrics.csv 'the message of test_start came' "^counter,message early,counter_sum,$3.\$"
    has r_metrics.csv 'the master is counted' '^counter,started by a master,counter_sum,1.$'
    has r_metrics.csv 'workers are counted' "^counter,started by a worker,counter_sum,$3.\$"
}
iterations 1 10 3
iterations 4 2 3

# counted NAME : from r_metrics.csv
counted() {
    sed -n "s/^counter,$1,counter_sum,\([0-9]*\)\r\$/\1/p" r_metrics.csv
}

story='total rates of types that are spread unevenly'
run 0 -f cluster_rates.c -u 8 -r 100 -t 4s --processes 2 --headless --only-summary --csv r
[ "$(counted rare)" -ge $(($(counted many) * 3 / 4)) ] ||
    fail "$(counted rare) of one user, $(counted many) of seven: their rates are the same"

story='reports between two ticks'
run 0 -f cluster_odd.c -u 2 -t 2s --processes 1 --report-interval 200ms --headless --only-summary --csv r
# The column before the requests.
n=$(sed -n '2p' r_workers.csv | cut -d, -f16)
[ "$n" -ge 6 ] || fail "only $n reports came"
run 2 -f cluster_odd.c -u 2 -t 2s --processes 1 --report-interval 99ms --headless
has err 'too often' 'report-interval.*at least 100 ms apart'

story='what is wrong together'
cp cluster_odd.c kept.c
run 1 -f cluster_odd.c --master --headless --journal kept.c
has err 'a file that is no journal' '^acrida: kept.c is not a journal .*: name another file$'
cmp cluster_odd.c kept.c || fail 'the file that was named as the journal was changed'
run 1 -f cluster_odd.c --master --headless --journal none --expect-workers 0 --expect-workers-max-wait 1ms \
    --master-bind-port "$(free_port)"
has err 'that there must be one' 'only 0 of 1 workers are here after 0.001 s: giving up'
: >empty
ln -s empty link
run 1 -f cluster_odd.c --master --headless --journal link
has err 'a link for a journal' '^acrida: the journal link is not a plain file of this user: name another file$'
[ -L link ] || fail 'the link that was named as the journal is gone'
run 2 -f cluster_odd.c --worker --list
has err 'a command' '^acrida: --list is for one process alone: leave --worker out$'
run 2 -f cluster_odd.c --mode worker --list
has err 'what to leave out' 'leave --mode out$'
run 2 -f cluster_odd.c --processes 2 --once worker
run 2 -f cluster_odd.c --processes 2 --worker-name x
has err 'one name for several' '^acrida: --worker-name is for one worker'
run 2 -f cluster_odd.c --worker --label eu
has err 'a label' "^acrida: --label wants NAME=VALUE, got 'eu'$"
run 2 -f cluster_odd.c --worker --label "x=$(printf '%0300d' 0)"
has err 'many labels' '^acrida: all --label together may have 255 characters, not 302$'
for host in '' 127.0.0.1:5557 http://127.0.0.1; do
    run 2 -f cluster_odd.c --worker --master-host "$host"
    has err 'no host' "^acrida: --master-host wants a name or an address, .*: got '$host'$"
done
run 1 -f cluster_odd.c --worker --master-host 10.0.0.1 --csv r --users 5
has err 'what is said to the wrong one' 'WARNING.*: --users, --csv have no effect on a worker: say it to its master$'
expect 'why it cannot work, once' 1 "$(grep -c 'without a key a worker speaks to its own machine only' err)"

story='a fault in set-up'
export FAULT=1
run 1 -f cluster_odd.c -u 2 -t 20s --processes 2 --headless --only-summary
has err 'the run does not wait for ever' 'no worker is left'
