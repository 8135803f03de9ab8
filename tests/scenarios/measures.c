/* SPDX-License-Identifier: MIT */
/* measures.c: measures that end in every way, and a request listener that decides and fails. */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>

#include <string.h>

struct state {
    int n_done;
};

static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    if (strcmp(e->name, "fatal") == 0)
        return ACR_STOP_USER;
    if (strcmp(e->name, "over") == 0)
        return ACR_STOP_TEST;
    if (strcmp(e->name, "annoying") == 0)
        return acr_raise(u, "no room for %s", e->name);
    if (strcmp(e->name, "tell") == 0)
        acr_count(u, e->context, 1);
    return 0;
}

/* The listener ends the user at its third sample. */
static int fail_at_last(struct acr_user *u)
{
    struct state *me = acr_state(u);

    acr_report(u, .type = "job", .name = ++me->n_done < 3 ? "fine" : "fatal");
    return 0;
}

static int end_the_test(struct acr_user *u)
{
    acr_report(u, .type = "job", .name = "over");
    return 0;
}

static int annoy(struct acr_user *u)
{
    struct state *me = acr_state(u);

    acr_report(u, .type = "job", .name = "annoying");
    return ++me->n_done < 5 ? ACR_DONE : ACR_STOP_USER;
}

/* The run ends in here. */
static int stay(struct acr_user *u)
{
    ACR_MEASURE(u, "cut short")
    {
        acr_report(u, .type = "job", .name = "before");
        acr_sleep(u, 600);
    }
    return 0;
}

struct part {
    int i;
};

static int work(struct acr_user *u, void *arg)
{
    const struct part *part = arg;

    ACR_MEASURE(u, "part")
    {
        acr_sleep(u, 0.01);
        acr_report(u, .type = "job", .name = "piece", .error = part->i == 2 ? "broken" : NULL);
    }
    return 0;
}

/* Three at once, one of which fails; and a measure that nobody ends. */
static int share_out(struct acr_user *u)
{
    acr_measure_begin(u, "TX", "whole task");
    ACR_MEASURE(u, "in parallel")
    {
        for (int i = 0; i < 3; i++)
            acr_spawn(u, work, &(struct part){ .i = i }, sizeof(struct part));
        acr_join_all(u);
    }
    ACR_MEASURE(u, "after it")
    {
        acr_set_context(u, acr_fmt(u, "user=%llu", (unsigned long long)acr_number(u)));
        acr_report(u, .type = "job", .name = "tell");
    }
    return ACR_STOP_USER;
}

/* Over the network: two requests and a pause. */
static int visit(struct acr_user *u)
{
    ACR_MEASURE(u, "visit")
    {
        acr_get(u, "/delay/10", .tags = "first");
        acr_sleep(u, 0.01);
        acr_get(u, "/delay/10");
    }
    return 0;
}

static const struct acr_task stopper_tasks[] = { { .name = "fail", .run = fail_at_last } };
static const struct acr_task ender_tasks[] = { { .name = "end", .run = end_the_test } };
static const struct acr_task annoyer_tasks[] = { { .name = "annoy", .run = annoy } };
static const struct acr_task stayer_tasks[] = { { .name = "stay", .run = stay } };
static const struct acr_task sharer_tasks[] = { { .name = "share", .run = share_out } };
static const struct acr_task visitor_tasks[] = { { .name = "visit", .run = visit } };

static const struct acr_user_type users[] = {
    { .name = "stopper", .state_size = sizeof(struct state), .tasks = stopper_tasks, .n_tasks = 1 },
    { .name = "ender", .tasks = ender_tasks, .n_tasks = 1 },
    { .name = "annoyer", .state_size = sizeof(struct state), .tasks = annoyer_tasks, .n_tasks = 1 },
    { .name = "stayer", .tasks = stayer_tasks, .n_tasks = 1 },
    { .name = "sharer", .tasks = sharer_tasks, .n_tasks = 1 },
    { .name = "visitor", .tasks = visitor_tasks, .n_tasks = 1 },
};
static const struct acr_hooks hooks = { .request = on_request };

ACR_PLUGIN(.name = "measures", .user_types = users, .n_user_types = ACR_LEN(users),
           .hooks = &hooks);
