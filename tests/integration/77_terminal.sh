#!/bin/sh
# SPDX-License-Identifier: MIT
# At a terminal: keys that add and take away users and open the page, a view that is drawn over itself, and the
# terminal as it was on every way out.
# usage: sh 77_terminal.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# at_terminal STORY OPTION... : acrida at a terminal that plays this story
at_terminal() {
    played=$1
    shift
    story="at a terminal: $played"
    timeout 60 python3 "$source/tests/integration/terminal.py" "$played" "$acrida" "$@" >out 2>err || fail "failed"
}

export TERM=xterm LC_ALL=C.UTF-8
unset COLUMNS DISPLAY WAYLAND_DISPLAY
cp "$scenarios/kept.c" .
mkdir bin
cat >bin/xdg-open <<'OPEN'
#!/bin/sh
echo "$@" >opened.new
mv opened.new opened
OPEN
chmod +x bin/xdg-open
start_target

PATH=$work/bin:$PATH DISPLAY=:0 KEPT_PAGE=http://127.0.0.1:8089/x \
    at_terminal keys -f kept.c --kept-name x -H "$url" -u 2 -r 100
wait_for 'the page' test -e opened
expect 'what was opened' 'http://127.0.0.1:8089/x' "$(cat opened)"
at_terminal narrow -f kept.c --kept-name x -H "$url" -u 2 -r 100
at_terminal refused -f kept.c --kept-name x -H "$url" --stages 60s:2
at_terminal plain -f kept.c --kept-name x -H "$url" -u 2 -r 100 -t 2500ms --no-live --loglevel ERROR
at_terminal background -f kept.c --kept-name x -H "$url" -u 2 -r 100 -t 1s
at_terminal crash -f "$scenarios/crash.c" -u 1 -t 20s faller

story='not a terminal'
run 0 -f kept.c --kept-name x -H "$url" -u 2 -t 1s
lacks err 'control characters' "$(printf '\033')"
stop_target
