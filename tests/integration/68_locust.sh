#!/bin/sh
# SPDX-License-Identifier: MIT
# What sdk/LOCUST.md says, where no other story shows it: the order of sets, outcomes and hooks, listeners of other
# plugins, the end of a shape, and who is ended first.
# usage: sh 68_locust.sh BUILD_DIR SOURCE_DIR
# shellcheck source-path=SCRIPTDIR source=samples.sh
. "$(dirname "$0")/samples.sh"

set -- -f "$scenarios/locust.c" --headless --only-summary --csv r --threads 1

story='one user, step by step'
run 1 "$@" -u 1 trace
in_order err 'hook init$' 'hook test_start$' 'the user starts$' 'interrupts nothing$' 'outer starts$' \
    'first$' 'third$' 'second$' 'second$' 'inner starts$' 'trouble$' 'stops the test$' \
    'inner stops$' 'outer stops$' 'the user stops$' 'hook test_stop: stopped$' 'hook quitting$' 'hook quit: 1$'
in_order err 'hook test_start$' 'a task has stopped the test' 'hook test_stopping$' 'hook test_stop'
has err 'the exception' 'hook user_error: an exception does not leave the set'
expect 'lines of the user' 13 "$(grep -c 'trace: user 0:' err)"

story='a listener stops users at the end of their task'
run 1 "$@" -u 3 -r 1000 listened
expect 'counted before listeners are asked' 3 "$(requests bad)"
expect 'went on' 3 "$(grep -c 'the task goes on' err)"
expect 'requests after it' 3 "$(requests 'after it')"
has err 'the end' 'no user is left'

story='last in, first out; fixed counts go last'
run 0 "$@" --stages 500ms:8@1000,500ms:3@1000 fixed weighted
in_order err 'all 8 users' 'stage 2 of 2' 'weighted: user 7: the user stops' 'weighted: user 6: ' 'weighted: user 5: ' \
    'weighted: user 4: ' 'weighted: user 3: ' 'the shape is over'
sed -n '/the shape is over/,$p' err >end
expect 'those that stayed' 3 "$(grep -c 'the user stops' end)"
expect 'fixed ones' 2 "$(grep -c 'fixed: user [01]: the user stops' end)"

story='--run-time ends a shape'
run 0 -f "$samples/step_load.so" -H http://127.0.0.1:9 --headless --only-summary -t 500ms --exit-code-on-error 0
has err 'why' 'the run time is over'

story='another plugin listens to an event'
cat >hear.c <<'END'
#include <acrida/acrida.h>
struct thing_active { const char *id; }; /* the first part of it is enough */
static int hear(struct acr_user *u, const void *payload)
{
    acr_log(u, "heard of %s", ((const struct thing_active *)payload)->id);
    return 0;
}
static const struct acr_listener listeners[] = {
    { .event = "things.active", .function = hear, .payload_size = sizeof(struct thing_active) },
};
ACR_PLUGIN(.name = "hear", .listeners = listeners, .n_listeners = 1);
END
start_target
run 1 -f "$samples/events.so" --plugin hear.c -H "$url" --headless --only-summary -u 5 -r 1000
expect 'what it heard' 5 "$(grep -c 'heard of [0-9]*$' err)"
grep -o 'thing [0-9]* is' err | grep -o '[0-9]*' | sort >told
grep -o 'heard of [0-9]*' err | grep -o '[0-9]*' | sort >heard
cmp -s told heard || fail 'not the same things'
echo ok
