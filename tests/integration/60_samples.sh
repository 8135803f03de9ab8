#!/bin/sh
# SPDX-License-Identifier: MIT
# Samples on users and their tasks mean what they say: mixed, friends, visit, markov, endurance.
# usage: sh 60_samples.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

start_target

story='mixed: 300 programs, 100 administrators and 600 phones'
sample 0 "$samples/mixed.so" --plugin "$watch" -u 1000 -r 5000 -t 1500ms
has err 'users by type' 'users: api_consumer=300 admin=100 mobile=600$'
for path in 'GET /api/v1/data/export' 'GET /admin/dashboard' 'POST /admin/reports/generate' 'GET /api/mobile/feed'; do
    name=${path#* }
    [ "$name" != /api/mobile/feed ] || name='/api/mobile/feed?since=2026-03-01'
    expect "$path, by the target" "$(requests "$name")" "$(read_by_target "$path")"
done
n=$(($(requests /admin/dashboard) + $(requests /admin/reports/generate)))
expect 'first tasks of administrators and phones' 700 $((n + $(requests '/api/mobile/feed?since=2026-03-01')))

story='friends: 20, 40 and 40 percent'
quick friends 's/ACR_BETWEEN\(1, 3\)/ACR_CONSTANT(0.001)/'
sample 0 friends.c -u 50 -r 5000 -i 4000
n=$(requests Aggregated)
created=$(requests /api/users)
searches=$(requests '/api/users?q=[text]')
befriended=$(requests '/api/users/[id]/friends')
expect 'rounds, one of two flows each' 4000 $((created + searches))
expect 'friendships, one after each search' "$searches" "$befriended"
share 'created' 20 "$created" "$n"
share 'searches' 40 "$searches" "$n"
share 'friendships' 40 "$befriended" "$n"
expect 'users created, by the target' "$created" "$(read_by_target 'POST /api/users')"
expect 'searches, by the target' "$searches" "$(read_by_target 'GET /api/users')"

story='visit: sets within sets'
quick visit 's/ACR_(CONSTANT|BETWEEN)\([^)]*\)/ACR_CONSTANT(0.002)/'
sample 0 visit.c -u 40 -r 5000 -t 1s
expect 'log-ins' 40 "$(requests /api/auth/login)"
[ "$(requests /)" -gt 40 ] || fail 'nobody came a second time'
n=$(requests /api/orders)
[ "$n" -gt 40 ] || fail "only $n orders"
# Each check-out has its three items; what users were in the midst of was cut short.
between 'items' $((3 * n)) $((3 * (n + 40))) "$(requests /api/cart/items)"
expect 'failures: carts with the wrong number of items' 0 "$(total 'Failure Count')"

story='markov: shares of a chain'
quick markov 's/ACR_BETWEEN\(1, 5\)/ACR_CONSTANT(0.001)/'
sample 0 markov.c -u 20 -r 5000 -i 4000
n=$(requests Aggregated)
expect 'steps' 4000 "$n"
share 'home' 11 "$(requests /)" "$n"
share 'lists' 44 "$(requests /api/products)" "$n"
share 'products' 44 "$(requests '/api/products/[id]')" "$n"

story='endurance: weights, and a new connection every 5 requests'
quick endurance 's/ACR_BETWEEN\(1, 5\)/ACR_CONSTANT(0.001)/'
sample 0 endurance.c -u 20 -r 5000 -i 4000 --reconnect-every 5
expect 'requests' 4000 "$(requests Aggregated)"
share 'products' 63 "$(requests '/api/products/[id]')" 4000
share 'users created' 25 "$(requests /api/users)" 4000
share 'lists' 12 "$(requests '/api/users?q=endurance')" 4000
n=$(curl -sS "$url/_target/counters" | sed 's/.*"connections":\([0-9]*\),.*/\1/')
between 'connections: one for each user, and for each 5 requests' 804 820 "$n"
echo ok
