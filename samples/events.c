/* SPDX-License-Identifier: MIT */
/*
 * events.c: a response that the scenario judges, and an event of its own, heard by two listeners.
 *
 * Each user creates a thing and looks at it until it is active, then fires "things.active". Other
 * plugins may listen, too: they need the name of the event and its payload, and nothing else.
 */
#include <acrida/acrida.h>
#include <acrida/http.h>

#include <string.h>

struct thing_active {
    const char *id;
    int n_looks; /* it took */
};

static uint32_t thing_active; /* the event; the runtime numbers it */
static uint32_t totals;       /* what each loop has counted */

struct totals {
    uint64_t n_things;
    uint64_t n_looks;
};

/* --- the scenario --------------------------------------------------------------------------------
 */

struct watcher {
    char id[64];
    int n_looks;
};

static int create(struct acr_user *u)
{
    struct watcher *me = acr_state(u);

    acr_copy(me->id, sizeof(me->id), acr_json_string(acr_post(u, "/things"), "id"));
    return 0;
}

static int look(struct acr_user *u)
{
    struct watcher *me = acr_state(u);
    struct acr_response *res = acr_get(u, acr_fmt(u, "/things/%s", me->id), .name = "/things/[id]",
                                       .catch_response = true);
    const char *status = acr_json_string(res, "status");

    me->n_looks++;
    if (strcmp(status, "ACTIVE") == 0) {
        acr_pass(res);
        acr_fire(u, thing_active, &(struct thing_active){ .id = me->id, .n_looks = me->n_looks });
        return ACR_STOP_USER;
    }
    if (strcmp(status, "ERROR") == 0)
        acr_fail(res, "saw the status ERROR");
    else
        acr_fail(res, "not active yet: %s", status);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "look", .run = look } };

static const struct acr_user_type users[] = {
    { .name = "watcher",
      .wait = ACR_CONSTANT(0.1),
      .state_size = sizeof(struct watcher),
      .on_start = create,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

/* --- who listens: on the loop that fired, in this order
 * -------------------------------------------
 */

static int tell(struct acr_user *u, const void *payload)
{
    const struct thing_active *e = payload;

    acr_log(u, "thing %s is active after %d looks", e->id, e->n_looks);
    return 0;
}

static int add_up(struct acr_user *u, const void *payload)
{
    const struct thing_active *e = payload;
    struct totals *mine = acr_loop_state(u, totals);

    mine->n_things++;
    mine->n_looks += (uint64_t)e->n_looks;
    return 0;
}

static void merge(void *into, const void *from)
{
    struct totals *to = into;
    const struct totals *more = from;

    to->n_things += more->n_things;
    to->n_looks += more->n_looks;
}

static int sum_up(struct acr_user *u, const struct acr_snapshot *s)
{
    const struct totals *all = acr_loop_state(u, totals); /* in a hook: of all loops */

    (void)s;
    acr_log(u, "%llu things became active, after %llu looks", (unsigned long long)all->n_things,
            (unsigned long long)all->n_looks);
    return 0;
}

static const struct acr_event events[] = {
    { .name = "things.active", .slot = &thing_active, .payload_size = sizeof(struct thing_active) },
};

static const struct acr_listener listeners[] = {
    { .event = "things.active", .function = tell, .payload_size = sizeof(struct thing_active) },
    { .event = "things.active", .function = add_up, .payload_size = sizeof(struct thing_active) },
};

static const struct acr_loop_state_type loop_state = { .slot = &totals,
                                                       .size = sizeof(struct totals),
                                                       .merge = merge };

static const struct acr_hooks hooks = { .test_stop = sum_up };

ACR_PLUGIN(.name = "events", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks,
           .events = events, .n_events = ACR_LEN(events), .listeners = listeners,
           .n_listeners = ACR_LEN(listeners), .loop_state = &loop_state);
