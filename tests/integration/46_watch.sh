#!/bin/sh
# SPDX-License-Identifier: MIT
# --watch: a scenario that is edited while it runs, in the ways editors do it, and how it all ends.
# usage: sh 46_watch.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# scenario TEXT : a scenario that says TEXT and the include's word, and goes on
scenario() {
    cat <<END
#include <acrida/acrida.h>
#include "word.h"
static int say(struct acr_user *u)
{
    acr_log(u, "saying $1 " WORD);
    acr_sleep(u, 600);
    return 0;
}
static const struct acr_task tasks[] = { { .name = "say", .run = say } };
static const struct acr_user_type users[] = { { .name = "u", .tasks = tasks, .n_tasks = 1 } };
ACR_PLUGIN(.name = "watched", .user_types = users, .n_user_types = 1);
END
}

# begin OPTION... : starts; its stderr is read from descriptor 3
begin() {
    rm -f stderr.pipe
    mkfifo stderr.pipe
    : >err
    # A shell starts background commands with SIGINT ignored, which a run would inherit.
    env --default-signal=INT "$acrida" "$@" >out 2>stderr.pipe &
    run_pid=$!
    exec 3<stderr.pipe
}

# until_says PATTERN : reads on until a line matches
until_says() {
    while IFS= read -r line <&3; do
        printf '%s\n' "$line" >>err
        if printf '%s\n' "$line" | grep -qE "$1"; then
            return 0
        fi
    done
    fail "ended without saying '$1'"
}

# end EXIT-CODE : reads the rest
end() {
    cat <&3 >>err
    exec 3<&-
    status=0
    wait "$run_pid" || status=$?
    run_pid=
    expect 'exit code' "$1" "$status"
}

echo '#define WORD "one"' >word.h
scenario first >watched.c
begin -f watched.c --watch --headless --only-summary

story='the first run'
until_says 'saying first one'

story='written in place'
scenario second >watched.c
until_says 'the scenario has changed'
until_says 'saying second one'

story='replaced, as editors do'
scenario third >watched.c.new
mv watched.c.new watched.c
until_says 'saying third one'

story='an include'
echo '#define WORD "two"' >word.h
until_says 'saying third two'

story='a mistake'
echo '#define WORD two' >word.h
until_says 'error: '
until_says 'the run has ended with exit code 1: waiting for a change'
echo '#define WORD "three"' >word.h
until_says 'saying third three'

story='a run that ends by itself'
sed 's/acr_sleep(u, 600)/return ACR_STOP_TEST/' watched.c >watched.c.new
mv watched.c.new watched.c
until_says 'saying third three'
until_says 'the run has ended with exit code 0: waiting for a change'

story='another file of the folder'
echo 'not a part of it' >other.txt
scenario fourth >watched.c
until_says 'saying fourth three'

story='Ctrl-C'
kill -INT "$run_pid"
until_says 'got Ctrl-C: stopping'
end 0
expect 'runs' 1 "$(grep -c 'saying fourth' err)"
expect 'changes' 7 "$(grep -c 'the scenario has changed' err)"

story='a change while it compiles'
mkfifo started gate
cat >slow <<'END'
#!/bin/sh
if [ -e hold ]; then
    rm hold
    echo >started
    read -r _ <gate
fi
exec cc "$@"
END
chmod +x slow
: >hold
scenario sixth >watched.c
CC=./slow
export CC
begin -f watched.c --watch --headless --only-summary
read -r _ <started
scenario seventh >watched.c
until_says 'the scenario has changed'
echo >gate
until_says 'saying seventh three'
kill -INT "$run_pid"
end 0
unset CC

story='SIGTERM while it waits'
echo 'nothing' >watched.c
begin -f watched.c --watch --headless
until_says 'waiting for a change'
kill -TERM "$run_pid"
end 1

story='no scenario yet'
mkdir empty
cd empty
begin --watch --headless --once u
until_says 'acrida: no scenario'
until_says 'waiting for a change'
cp ../word.h .
scenario fifth | sed 's/acr_sleep(u, 600)/acr_sleep(u, 0)/' >scenario.c
until_says 'saying fifth three'
until_says 'waiting for a change'
kill -INT "$run_pid"
end 0

story='what is no run'
run 0 --watch --help
run 0 --watch --version
run 2 --watch -u abc
echo ok
