/* SPDX-License-Identifier: MIT */
/* csv.c: samples whose statistics are known, names that are hard to write into a table, and a
 * steady stream. */
#include <acrida/acrida.h>

struct state {
    int n_done;
};

/* 100 samples: 90 of 10 ms and 10 of 500 ms, 3 of these failed; 4,000 bytes in all. */
static int measure(struct acr_user *u)
{
    struct state *me = acr_state(u);
    bool is_slow = me->n_done % 10 == 9;

    acr_report(u, .type = "GET", .name = "/known", .response_time_ms = is_slow ? 500 : 10,
               .bytes = 40, .error = me->n_done % 40 == 19 || me->n_done == 99 ? "too slow" : NULL);
    return ++me->n_done < 100 ? ACR_DONE : ACR_STOP_TEST;
}

static int misname(struct acr_user *u)
{
    static const char *const names[] = {
        "a,b", "say \"hi\"", "two\nlines", "=1+2",       "@cmd",        "+1",
        "-1",  " spaced ",   "tab\there",  "semi;colon", "caf\xc3\xa9", "'quoted'",
    };

    for (size_t i = 0; i < ACR_LEN(names); i++)
        acr_report(u, .type = "GET", .name = names[i], .response_time_ms = 1, .error = names[i]);
    acr_report(u, .type = "=type", .name = "", .response_time_ms = 1);
    (void)acr_raise(u, "=oh, \"no\"\nno");
    return ACR_RAISED;
}

static int stream(struct acr_user *u)
{
    for (int i = 0; i < 100; i++)
        acr_report(u, .type = "GET", .name = acr_fmt(u, "/stream/%d", i), .response_time_ms = i,
                   .error = i % 10 == 0 ? acr_fmt(u, "error %d, \"again\"\nand again", i) : NULL);
    return 0;
}

/* 100 orders of each user: numbers of its own, tags, and a measure around two samples. */
static int order(struct acr_user *u)
{
    struct state *me = acr_state(u);
    int i = me->n_done++;

    acr_count(u, "orders", 2);
    acr_gauge(u, "basket", 10 + i % 5);
    acr_trend(u, "bytes, all", 1000 + 10.0 * i);
    acr_check(u, i % 10 != 0, "=has a total");
    acr_set_context(u, "region=eu");
    ACR_MEASURE(u, "check out")
    {
        acr_report(u, .type = "GET", .name = "/cart", .response_time_ms = 5, .tags = "shop eu");
        acr_report(u, .type = "GET", .name = "/pay", .response_time_ms = 10, .tags = "shop",
                   .error = i % 20 == 0 ? "declined" : NULL);
    }
    return i + 1 < 100 ? ACR_DONE : ACR_STOP_USER;
}

static int count_in_hook(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    acr_count(u, "hooks", 1);
    ACR_MEASURE(u, "in a hook")
    {
        acr_report(u, .name = "in a hook", .tags = "hook");
    }
    return 0;
}

/* As one that looks into the database after the run. */
static int check_at_the_end(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)s;
    acr_check(u, true, "all orders are there");
    return 0;
}

static const struct acr_task measure_tasks[] = { { .name = "measure", .run = measure } };
static const struct acr_task misname_tasks[] = { { .name = "misname", .run = misname } };
static const struct acr_task stream_tasks[] = { { .name = "stream", .run = stream } };
static const struct acr_task order_tasks[] = { { .name = "order", .run = order } };

static const struct acr_user_type users[] = {
    { .name = "known", .state_size = sizeof(struct state), .tasks = measure_tasks, .n_tasks = 1 },
    { .name = "hostile", .wait = ACR_CONSTANT(600), .tasks = misname_tasks, .n_tasks = 1 },
    { .name = "steady", .wait = ACR_CONSTANT(0.005), .tasks = stream_tasks, .n_tasks = 1 },
    { .name = "buyer", .state_size = sizeof(struct state), .tasks = order_tasks, .n_tasks = 1 },
};
static const struct acr_hooks hooks = { .test_start = count_in_hook,
                                        .test_stop = check_at_the_end };

ACR_PLUGIN(.name = "csv", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
