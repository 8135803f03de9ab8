#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line: what prints and exits, where options come from, which scenarios and user types run, what the console
# shows, and the subcommands.
# usage: sh 40_cli.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

cli=$scenarios/cli.c
guest=$scenarios/guest.c

# quick EXIT-CODE OPTION... : a run of cli.c or guest.c, that ends with its last user
quick() {
    code=$1
    shift
    run "$code" --headless --only-summary --csv r --threads 1 -r 1000 "$@"
}

# types : how many samples each user type reported, from the statistics
types() {
    awk -F , 'NR > 1 && $1 != "" { print $1 "=" $3 }' r_stats.csv | sort | paste -sd ' ' -
}

printing() {
    story='--version and --help'
    run 0 -V
    has out 'version' '^acrida [0-9]+\.[0-9]+\.[0-9]+ '
    run 0 --version
    has out 'version' '^acrida [0-9]+\.[0-9]+\.[0-9]+ '
    run 0 -h
    has out 'help' '^Usage: acrida '
    has out 'options of plugins' '^ +--csv PREFIX'
    cp out short
    run 0 --help
    cmp -s out short || fail '-h and --help differ'

    story='--list'
    run 0 -f "$cli" --list
    expect 'the list' 'Available Users:    buyer    seller' "$(tr -d '\n' <out)"
    cp out long
    run 0 -f "$cli" -l
    cmp -s out long || fail '-l and --list differ'
    [ ! -s err ] || fail 'it says something on stderr'

    story='--show-task-ratio'
    run 0 -f "$cli" --show-task-ratio
    has out 'a type' '^ 75\.0 +buyer$'
    has out 'a task of it' '^   75\.0 +browse$'
    has out 'a task in all' '^   56\.2 +browse$'
    run 0 -f "$cli" --show-task-ratio-json
    python3 - out <<'END' 2>differs || fail "$(cat differs)"
import json, sys
got = json.load(open(sys.argv[1]))
want = {"per_class": {"buyer": {"ratio": 0.75, "tasks": {"browse": {"ratio": 0.75}, "view": {"ratio": 0.25},
                                                         "never": {"ratio": 0.0}}},
                      "seller": {"ratio": 0.25, "tasks": {"offer": {"ratio": 1.0}}}},
        "total": {"buyer": {"ratio": 0.75, "tasks": {"browse": {"ratio": 0.5625}, "view": {"ratio": 0.1875},
                                                     "never": {"ratio": 0.0}}},
                  "seller": {"ratio": 0.25, "tasks": {"offer": {"ratio": 0.25}}}}}
if got != want:
    sys.exit(f"got {got}, not {want}")
END
    run 0 -f "$cli" --show-task-ratio seller
    has out 'the one selected' '^ 100\.0 +seller$'
    lacks out 'the other' 'buyer'
}

# Each step adds a source that wins over those before it.
precedence() {
    story='where options come from'
    quick 0 -f "$cli"
    has err 'the default' 'spawning 1 users'
    echo 'users = 2' >.acrida.conf
    quick 0 -f "$cli"
    has err 'the file of the home folder' 'spawning 2 users'
    printf 'users = 3\nloglevel = debug\n' >acrida.conf
    quick 0 -f "$cli"
    has err 'the file of this folder' 'spawning 3 users'
    has err 'its other option' 'DEBUG.*a detail'
    echo 'users = 4' >given.conf
    quick 0 -f "$cli" --config given.conf
    has err '--config' 'spawning 4 users'
    export ACRIDA_USERS=5
    quick 0 -f "$cli" --config given.conf
    has err 'environment' 'spawning 5 users'
    quick 0 -f "$cli" --config given.conf -u 6
    has err 'command line' 'spawning 6 users'
    has err 'what only the file has' 'DEBUG.*a detail'
    unset ACRIDA_USERS
    rm acrida.conf .acrida.conf
    ACRIDA_LOCUSTFILE=$cli quick 0 seller
    expect "a name of Locust's, as a variable" 'seller=1' "$(types)"

    story='wrong options in files'
    echo 'user = 3' >acrida.conf
    quick 2 -f "$cli"
    has err 'the line' "^acrida: acrida.conf:1: unknown option 'user': did you mean 'users'\\?"
    rm acrida.conf
    quick 2 -f "$cli" --spawn-rat-e 3
    has err 'a suggestion' 'spawn-rate'

    story='the host'
    quick 0 -f "$cli" buyer
    expect "the type's" 1 "$(total 'Request Count' 'http://of.the.type')"
    quick 0 -f "$cli" -H http://of.the.option buyer
    expect "the option's" 1 "$(total 'Request Count' 'http://of.the.option')"
}

logging() {
    story='the log'
    quick 0 -f "$cli" --logfile log.txt -L DEBUG buyer
    has log.txt 'debug' 'DEBUG.*a detail'
    has log.txt 'warning' 'WARNING.*a warning'
    lacks err 'the log on stderr too' 'a warning'
    has err 'tables on stderr' 'Aggregated'
    quick 0 -f "$cli" -L warning buyer
    has err 'warning' 'WARNING.*a warning'
    lacks err 'less' 'DEBUG|INFO'
    quick 2 -f "$cli" -L loud
    has err 'a level that is none' 'loud'
}

selecting() {
    story='user types'
    quick 0 -f "$cli" -u 4
    expect 'all' 'buyer=3 seller=1' "$(types)"
    quick 0 -f "$cli" -u 4 seller
    expect 'one' 'seller=4' "$(types)"
    quick 0 -f "$cli" -u 4 seller buyer
    expect 'both' 'buyer=3 seller=1' "$(types)"

    story='several scenarios'
    quick 0 -f "$cli,$guest" -u 5
    expect 'with commas' 'buyer=3 guest=1 seller=1' "$(types)"
    quick 0 -f "$cli" -f "$guest" -u 4 seller guest
    expect 'two of three types' 'guest=2 seller=2' "$(types)"
    mkdir folder
    cp "$cli" "$guest" folder
    echo 'no C' >folder/notes.txt
    echo 'no C' >folder/_not_a_scenario.c
    quick 0 -f folder -u 5
    expect 'a folder' 'buyer=3 guest=1 seller=1' "$(types)"

    story='no -f'
    mkdir here
    cp "$guest" here/scenario.c
    (cd here && quick 0 -u 2 && [ "$(types)" = guest=2 ]) || fail 'scenario.c does not run'
    (cd here && "$acrida" build scenario.c >../out 2>../err) || fail 'acrida build'
    rm here/scenario.c
    (cd here && quick 0 -u 3 && [ "$(types)" = guest=3 ]) || fail 'scenario.so does not run'
}

# The cache may not hide that an included file has changed.
editing() {
    story='a scenario that is edited'
    for weight in 1 3; do
        echo "#define WEIGHT $weight" >weight.h
        sed "s/^ *\.weight = 3,$/.weight = WEIGHT,/; s/^#include.*/&\n#include \"weight.h\"/" "$cli" >edited.c
        quick 0 -f edited.c -u 4
        expect "weight $weight" "$weight" "$(types | sed 's/buyer=\([0-9]*\) .*/\1/; s/^2$/1/')"
    done
}

console() {
    story='stderr is no terminal'
    run 0 -f "$guest" -u 2 -t 3s --headless
    lacks err '--headless' 'web interface'
    lacks err 'control characters' "$(printf '[\r\033]')"
    lacks err 'a progress line' '2/2 users'
    [ ! -s out ] || fail 'it says something on stdout'

    story='stderr is a terminal'
    python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
        "$acrida" -f "$scenarios/users.c" --headless --no-live -u 2 -t 3s one </dev/null >err || fail 'exit code'
    has err 'the progress line' "2s / 3s  2/2 users  [0-9]+ req/s *$(printf '\r')"
    has err 'the final table' '^ +Aggregated '
}

commands() {
    story='acrida new'
    run 0 new first_try
    for file in first_try.c CMakeLists.txt README.md; do
        [ -s "first_try/$file" ] || fail "$file is missing"
    done
    run 0 check first_try/first_try.c
    start_target --seed 1
    quick 0 -f first_try/first_try.c -H "$url" -u 2 -t 2s
    [ "$(heads)" -gt 0 ] || fail 'the file asks nothing'
    before=$(heads)
    quick 0 -f first_try -H "$url" -u 2 -t 2s
    [ "$(heads)" -gt "$before" ] || fail 'the folder asks nothing'
    stop_target
    run 1 new first_try
    has err 'a second one of that name' 'there already'
    run 2 new '../x'

    story='acrida build'
    sed '/^static int never/,$d; s/^static int tell/int tell(struct acr_user *u);\nint tell/' "$cli" >part.c
    sed -e '/^static bool/,/^}/d; /^static int tell/,/^}/d' \
        -e 's/^static int never/int tell(struct acr_user *u);\n&/' "$cli" >main.c
    run 0 build -o both.so main.c part.c
    expect 'what it prints' both.so "$(basename "$(cat out)")"
    quick 0 -f both.so -u 4
    expect 'its users' 'buyer=3 seller=1' "$(types)"
    run 1 build -o half.so main.c
    has err 'the linker' 'tell'

    story='acrida check'
    run 0 check both.so
    has out 'plugin' 'both\.so: plugin cli 1\.2, SDK ABI [0-9]+\.[0-9]+'
    has out 'a user type' 'user type buyer: weight 3, .*host http://of.the.type'
    has out 'its wait' 'user type seller: .*between 1 and 2\.5 s'
    has out 'a task' 'task browse: weight 3, tags quick'
    run 1 check "$scenarios/no-such-file.so"

    story='acrida keygen'
    (umask 0 && run 0 keygen cluster.key)
    expect 'who may read it' 600 "$(stat -c %a cluster.key)"
    has cluster.key 'a key' '^[0-9a-f]{64}$'
    cp cluster.key copy.key
    run 1 keygen cluster.key
    has err 'why not' '^acrida: cluster.key is there already'
    cmp -s cluster.key copy.key || fail 'the key was overwritten'
    run 0 keygen
    has out 'another key' '^[0-9a-f]{64}$'
}

# names : which tasks reported samples, and how many, from the statistics
names() {
    awk -F , 'NR > 1 && $1 != "" { print $1 ":" $2 "=" $3 }' r_stats.csv | sort | paste -sd ' ' -
}

choosing() {
    export ACRIDA_API_KEY=k
    story='tags'
    once="-f $scenarios/options.c --headless --only-summary --csv r --threads 1"
    # shellcheck disable=SC2086 # several words are meant
    {
        run 0 $once --show-task-ratio -T quick
        has out 'what has the tag' '^   100.0 +home$'
        lacks out 'what has it not' 'cart|bare|fixed'
        run 0 $once --show-task-ratio -T read write -E quick -- nested
        has out 'of a set of the tag' '^     50.0 +view$'
        lacks out 'what is excluded' 'home|bare'
        run 1 $once -T no-such-tag -- nested
        has err 'nothing left' 'no task is left'
        run 0 $once --show-task-ratio --equal-weights nested
        has out 'dissolved sets, each function once' '^   50.0 +add$'
        lacks out 'a set' 'cart'
    }

    story='ratios of sets and fixed counts'
    run 0 -f "$scenarios/options.c" --show-task-ratio -u 9
    has out 'the fixed' '^ 33.3 +fixed$'
    has out 'the rest by weight' '^ 44.4 +nested$'
    has out 'a set' '^   60.0 +cart$'
    has out 'a task in it' '^     50.0 +add$'

    story='--config-users'
    cat >users.json <<'END'
[{"user_class_name": "buyer", "weight": 1, "host": "http://of.the.file", "tasks": ["view"]}]
END
    quick 0 -f "$cli" -u 2 --config-users users.json
    expect 'weights' 'buyer=1 seller=1' "$(types)"
    expect 'the host' 1 "$(total 'Request Count' 'http://of.the.file')"
    quick 0 -f "$cli" -u 4 --config-users users.json '{"user_type_name": "buyer", "fixed_count": 3}'
    expect 'counts' 'buyer=3 seller=1' "$(types)"
    echo 'config-users = [{"user_type_name": "buyer", "weight": 0, "host": "http://x"}]' >acrida.conf
    quick 0 -f "$cli" -u 2
    expect 'from a file' 'seller=2' "$(types)"
    rm acrida.conf
}

loading() {
    story='--iterations'
    export ACRIDA_API_KEY=k
    run 0 -f "$scenarios/options.c" --headless --only-summary --csv r -u 3 -r 1000 -i 7 \
        --config-users '{"user_type_name": "fixed", "fixed_count": 0, "weight": 1}' -- fixed
    expect 'iterations' 'fixed:only=7' "$(names)"

    story='--stages'
    run 0 -f "$scenarios/options.c" --headless --only-summary --csv r \
        --stages '1s:2@1000,1s:0@1000' fixed
    has err 'the stages' 'stage 2 of 2'
    has err 'the end' 'the shape is over'

    story='--arrival-rate'
    run 0 -f "$scenarios/options.c" --headless --only-summary --csv r --arrival-rate 6000/m \
        --arrivals poisson -i 20 -T quick -- nested
    expect 'arrivals' 'nested:home=20' "$(names)"
    echo 'stages = 1s:1' >acrida.conf
    run 0 -f "$scenarios/options.c" --headless --only-summary --csv r --arrival-rate 100 -i 5 \
        -T quick -- nested
    expect 'the command line wins over stages of a file' 'nested:home=5' "$(names)"
    rm acrida.conf

    story='--once'
    for type in fixed never chained nested; do
        run 0 -f "$scenarios/options.c" --csv r --once "$type"
        expect 'iterations' 1 "$(total 'Request Count')"
        lacks err 'what is meant anyway' 'no web UI'
    done
    run 0 -f "$scenarios/options.c" --csv r --once never -i 4
    expect 'iterations' 'never:only=4' "$(names)"
    for type in rare usual; do
        run 0 -f "$scenarios/arrivals.c" --csv r --once "$type" -i 2
        expect 'iterations' "$type:tell=2" "$(names)"
    done
    echo 'users = 50' >acrida.conf
    run 0 -f "$scenarios/options.c" --csv r --once fixed
    expect 'users of a file do not count' 'fixed:only=1' "$(names)"
    rm acrida.conf
    run 1 -f "$scenarios/options.c" --once nobody
    has err 'an unknown type' "^acrida: there is no user type 'nobody'; there is: nested, fixed, never, chained$"

    if command -v valgrind >/dev/null && ! nm -D "$build"/bin/acrida "$build"/lib*/libacrida.so.0 2>/dev/null |
        grep -q "__[at]san_init"; then
        story='--once under valgrind'
        valgrind --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=99 \
            "$acrida" -f "$scenarios/options.c" --once fixed >out 2>err || fail "exit code $?"
        has err 'no errors' 'ERROR SUMMARY: 0 errors'
    fi
}

secrets() {
    story='a required option'
    unset ACRIDA_API_KEY
    run 0 -f "$scenarios/options.c" --list
    run 0 -f "$scenarios/options.c" --show-task-ratio
    run 2 -f "$scenarios/options.c"
    has err 'its line' "^acrida: plugin 'options' wants --api-key: set ACRIDA_API_KEY, or api-key = ... in acrida.conf$"
    run 0 -f "$scenarios/options.c" --help
    has out 'what it says of itself' '^ +--api-key VALUE +Key. Required.$'
    has out 'choices' '^ +--size VALUE +Size. One of small, large. .small.$'

    story='a secret'
    run 0 -f "$scenarios/options.c" --once fixed -L debug --api-key hunter2 --size large
    has err 'a warning' 'WARNING.*--api-key is a secret.*ACRIDA_API_KEY'
    has err 'its value for the plugin, not for others' 'key of 7 letters, size large,.*--api-key \*\*\*\*\*\*\* --size large'
    lacks err 'the value' 'hunter2'
    run 0 -f "$scenarios/options.c" --once fixed --api-key=hunter2
    has err 'its value for others' '--api-key=\*\*\*\*\*\*\* *$'
    lacks err 'the value' 'hunter2'
    ACRIDA_API_KEY=hunter2 run 0 -f "$scenarios/options.c" --once fixed -L debug
    has err 'its value for the plugin' 'key of 7 letters'
    lacks err 'a warning' 'is a secret'
    lacks err 'the value' 'hunter2'

    story='acrida check'
    run 0 check "$scenarios/options.c"
    for line in 'user type nested: weight 2, wait exponential, 2 s on average' \
        'task home: weight 1, tags read quick' \
        'task set cart: weight 3, tags read, sequential, wait pacing of 3 s' '  task add: weight 1, tags write' \
        'user type fixed: weight 1, fixed count 3, wait throughput of 4/s \(does not catch up\)' \
        'user type chained: weight 1, wait total rate of 0.5/s, Markov' 'task one: .*, then two 3 or one 1' \
        'option --api-key: Key. Required. Secret.' 'option --size: Size. One of small, large. \[small\]' \
        'event options.done: 8 bytes' 'hooks'; do
        has out "$line" "^ +$line\$"
    done
    run 0 check "$scenarios/arrivals.c"
    for line in 'user type rare: .*, 0.001 arrivals/s \(Poisson\), at most 5 users, then queue' 'shape: 2 stages' \
        'stage 1: 600 s, 0 users' 'stage 2: 600 s, 50 users at 5/s, only usual'; do
        has out "$line" "^ +$line\$"
    done
}

printing
precedence
choosing
loading
secrets
logging
selecting
editing
console
commands
echo ok
