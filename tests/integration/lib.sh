# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the integration tests share. Sourced by a script called as `sh SCRIPT BUILD_DIR SOURCE_DIR [ENGINE]`; leaves
# it in an empty folder of its own, without options from the environment or from the home folder, but for the
# HTTP engine.
set -eu

build=$(cd "${1:?usage: sh SCRIPT BUILD_DIR SOURCE_DIR}" && pwd)
source=$(cd "${2:?usage: sh SCRIPT BUILD_DIR SOURCE_DIR}" && pwd)
acrida=$build/bin/acrida
# shellcheck disable=SC2034 # used by those that source this
scenarios=$source/tests/scenarios
story='set-up'
target_pid=
run_pid=
other_pids=
url=

work=$(mktemp -d)
cd "$work"
export HOME="$work"
# What one has compiled serves all of this build: else each would compile its own, on two CPUs that they share.
export XDG_CACHE_HOME="$build/tests/cache"
mkdir -p "$XDG_CACHE_HOME/acrida"
find "$XDG_CACHE_HOME/acrida" -mindepth 1 -maxdepth 1 -mtime +0 -exec rm -rf {} +
for name in $(env | sed -n 's/^\(ACRIDA_[A-Z0-9_]*\)=.*/\1/p'); do
    unset "$name"
done
# Stories share few CPUs with others: that they wait for them is told, but decides nothing.
export ACRIDA_ALLOW_INVALID=true
# Nobody is there to start runs from a page; 77_web.sh is.
export ACRIDA_HEADLESS=1
engine=${3-auto}
[ "$engine" = auto ] || export ACRIDA_HTTP_ENGINE="$engine"

cleanup() {
    [ -z "$run_pid" ] || kill -KILL "$run_pid" 2>/dev/null || true
    # shellcheck disable=SC2086 # several
    [ -z "$other_pids" ] || kill -KILL $other_pids 2>/dev/null || true
    [ -z "$target_pid" ] || kill "$target_pid" 2>/dev/null || true
    cd /
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

# fail TEXT : names the story, and shows the end of what the last run said
fail() {
    echo "FAILED: $story: $*" >&2
    [ ! -s err ] || tail -n 40 err | sed 's/^/    stderr: /' >&2
    [ ! -s out ] || tail -n 20 out | sed 's/^/    stdout: /' >&2
    exit 1
}

# expect WHAT EXPECTED ACTUAL
expect() {
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# has FILE WHAT PATTERN : a line matches the extended regular expression
has() {
    grep -qE -e "$3" "$1" || fail "$2: no line matches '$3'"
}

# lacks FILE WHAT PATTERN
lacks() {
    ! grep -qE -e "$3" "$1" || fail "$2: '$(grep -E -e "$3" "$1" | head -n 1)' matches '$3'"
}

# start_target OPTION... : a demo target on a free port; sets $url
start_target() {
    rm -f target.pipe
    mkfifo target.pipe
    "$build/bin/acrida-target" --port 0 "$@" >target.pipe &
    target_pid=$!
    read -r line <target.pipe || fail "the target does not start with: $*"
    url=http://${line#listening on }
}

stop_target() {
    kill "$target_pid"
    wait "$target_pid" || true
    target_pid=
}

# heads : how many request heads the target read
heads() {
    curl -sS --max-time 20 "$url/_target/counters" | sed 's/^{"heads":\([0-9]*\),.*/\1/'
}

# run EXIT-CODE OPTION... : runs acrida to its end; stdout in ./out, stderr in ./err
run() {
    wanted=$1
    shift
    status=0
    timeout 60 "$acrida" "$@" >out 2>err </dev/null || status=$?
    [ "$status" = "$wanted" ] || fail "exit code of 'acrida $*': expected $wanted, got $status"
}

# total COLUMN [NAME] : a cell of r_stats.csv, of the row of that name or of the sum; for plain names
total() {
    awk -F , -v column="$1" -v name="${2-Aggregated}" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
        $2 == name { print $at; n++ }
        END { if (n != 1) print n + 0, "rows" }' r_stats.csv
}

# ledger NAME : a row of the ledger, from r_metrics.csv
ledger() {
    sed -n "s/^,,ledger_$1,\([0-9]*\)\r\$/\1/p" r_metrics.csv
}

# free_port : a port that nobody has. Not of those that the kernel gives to clients (32768 and above): until somebody
# listens there, and whenever nobody does for a moment, it would be the end of a connection of any other story.
free_port() {
    python3 -c 'import random, socket
while True:
    with socket.socket() as s:
        port = random.randrange(10000, 32768)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("", port))
        except OSError:
            continue
        print(port)
        break'
}

# wait_for WHAT COMMAND... : until the command succeeds, or it takes too long
wait_for() {
    what=$1
    tries=0
    shift
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || fail "$what: it does not come"
        sleep 0.05
    done
}

# expect_end WHAT EXIT-CODE PID : waits for a child
expect_end() {
    status=0
    wait "$3" || status=$?
    expect "exit code of $1" "$2" "$status"
}
