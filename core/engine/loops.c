/* SPDX-License-Identifier: MIT */
#include "engine/loops.h"

#include "base/clock.h"
#include "engine/feeder.h"
#include "engine/names.h"
#include "sched/offload.h"

#include <stdlib.h>
#include <string.h>

int acri_loops_start(struct acri_conductor *c, struct acri_error *reterr)
{
    unsigned n_threads = c->crew != NULL ? 0 : c->o->n_threads;
    int code = 0;

    c->loops = acri_alloc((n_threads + 1) * sizeof(*c->loops));
    while (code == 0 && c->n_loops < n_threads) {
        struct acri_users *us = &c->loops[c->n_loops];

        code = acri_users_init(us, (unsigned)c->n_loops, false, &c->common, reterr);
        if (code == 0) {
            code = acri_users_start(us, reterr);
            if (code == 0)
                c->n_loops++;
            else
                acri_users_done(us);
        }
    }
    return code;
}

/* The last that comes to the control loop: whatever loops have sent is before it. */
struct marker {
    struct acri_message message;
    struct acri_conductor *conductor;
    bool has_come;
};

static void run_marker(struct acri_message *m)
{
    struct marker *marker = ACRI_CONTAINER_OF(m, struct marker, message);

    marker->has_come = true;
    acri_conductor_wake(marker->conductor);
}

static void free_loops(struct acri_conductor *c)
{
    for (size_t i = 0; i < c->n_loops; i++)
        acri_users_done(&c->loops[i]);
    free(c->loops);
    c->loops = NULL;
    c->n_loops = 0;
}

int acri_loops_renew(struct acri_conductor *c, struct acri_error *reterr)
{
    struct marker marker = { .message = { .run = run_marker }, .conductor = c };
    int code;

    for (size_t i = 0; i < c->n_loops; i++)
        acri_users_join(&c->loops[i]);
    acri_loop_post(&c->control.loop, &marker.message);
    while (!marker.has_come)
        acri_conductor_wait(c, 0);
    acri_feeder_forget_loops(c->common.objects);
    free_loops(c);
    acri_names_free(c->common.names, acri_offload_free(c->common.offload));
    c->common.offload = NULL;
    c->common.names = acri_names_new(0, 0);
    code = acri_offload_new(&c->control.loop, &c->common.offload);
    if (code < 0)
        return acri_fail(reterr, code, "the offload threads cannot be set up: %s", strerror(-code));
    return 0;
}

void acri_loops_end(struct acri_conductor *c)
{
    for (size_t i = 0; i < c->n_loops; i++)
        acri_users_join(&c->loops[i]);
    free_loops(c);
}
