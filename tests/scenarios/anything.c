/* SPDX-License-Identifier: MIT */
/* anything.c: tasks, sets and hooks that do and return anything, at random, as each user's stream
 * says. Only the ledgers tell whether it went well. */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>

static uint32_t something; /* an event */
static uint32_t counts;    /* a loop state */

struct counts {
    uint64_t n_requests;
    uint64_t n_events;
};

static bool one_in(struct acr_user *u, int n)
{
    return acr_random_int(u, 1, n) == 1;
}

static int any_outcome(struct acr_user *u)
{
    static const int outcomes[] = {
        0, 0, 0, ACR_RESCHEDULE, ACR_RESCHEDULE_NOW, ACR_INTERRUPT, ACR_INTERRUPT_WAIT, ACR_RAISED
    };

    if (one_in(u, 100))
        return ACR_STOP_USER;
    if (one_in(u, 50))
        return acr_raise(u, "something");
    return acr_random_choice(u, outcomes);
}

static void request(struct acr_user *u)
{
    struct acr_response *res;

    switch (acr_random_int(u, 0, 5)) {
    case 0:
        acr_get(u, "/json");
        break;
    case 1:
        res = acr_get(u, "/status/503", .catch_response = true);
        if (one_in(u, 2))
            acr_pass(res);
        break; /* or left to the status */
    case 2:
        acr_get(u, "/delay/20", .name = "/delay", .timeout_s = one_in(u, 2) ? 0.01 : 0);
        break;
    case 3:
        acr_get(u, "/redirect/2", .name = "/redirect");
        break;
    case 4:
        acr_close_connections(u);
        acr_get(u, "/close");
        break;
    default:
        acr_report(u, .type = "T", .name = "report", .no_time = one_in(u, 2),
                   .error = one_in(u, 3) ? "bad" : NULL);
        break;
    }
}

static int background(struct acr_user *u, void *arg)
{
    int depth = *(int *)arg - 1;

    request(u);
    if (one_in(u, 3))
        acr_sleep(u, 0.01);
    if (depth > 0 && one_in(u, 2))
        acr_spawn(u, background, &depth, sizeof(depth));
    request(u);
    return one_in(u, 20) ? any_outcome(u) : 0;
}

static int anything(struct acr_user *u)
{
    struct acr_spawned *spawned = NULL;
    int depth = 3;

    if (one_in(u, 3))
        spawned = acr_spawn(u, background, &depth, sizeof(depth));
    ACR_MEASURE(u, "some")
    {
        if (one_in(u, 2))
            request(u);
    }
    acr_measure_begin(u, "TX", "left open");
    if (one_in(u, 4))
        request(u);
    if (one_in(u, 5))
        acr_fire(u, something, NULL);
    if (one_in(u, 4))
        acr_schedule(u, acr_task_name(u), one_in(u, 2)); /* of sets inside, there may be none */
    if (spawned != NULL && one_in(u, 2))
        acr_join(u, spawned, one_in(u, 2) ? 0.005 : 0);
    return any_outcome(u);
}

static int start_of_set(struct acr_user *u)
{
    if (one_in(u, 4))
        request(u);
    return one_in(u, 5) ? any_outcome(u) : 0;
}

static int end_of_set(struct acr_user *u)
{
    if (one_in(u, 2))
        request(u);
    return any_outcome(u);
}

static double any_wait(struct acr_user *u)
{
    return one_in(u, 20) ? -1 : acr_random_double(u, 0, 0.01);
}

/* --- sets ---------------------------------------------------------------------------------------
 */

static const struct acr_transition to_b[] = { { .task = "b" } };
static const struct acr_transition to_any[] = { { .task = "a" }, { .task = "b", .weight = 2 } };
static const struct acr_task chain_tasks[] = {
    { .name = "a", .run = anything, .transitions = to_b, .n_transitions = ACR_LEN(to_b) },
    { .name = "b", .run = anything, .transitions = to_any, .n_transitions = ACR_LEN(to_any) },
};
static const struct acr_task_set chain = { .tasks = chain_tasks,
                                           .n_tasks = ACR_LEN(chain_tasks),
                                           .order = ACR_MARKOV,
                                           .wait = ACR_WAIT_TIME(any_wait),
                                           .state_size = 16,
                                           .on_start = start_of_set,
                                           .on_stop = end_of_set };

static const struct acr_task row_tasks[] = {
    { .name = "anything", .run = anything, .weight = 2 },
    { .name = "chain", .set = &chain },
    { .name = "again", .run = anything },
};
static const struct acr_task_set row = { .tasks = row_tasks,
                                         .n_tasks = ACR_LEN(row_tasks),
                                         .order = ACR_SEQUENTIAL,
                                         .wait = ACR_CONSTANT_PACING(0.005),
                                         .on_start = start_of_set,
                                         .on_stop = end_of_set };

static const struct acr_task tasks[] = {
    { .name = "anything", .run = anything, .weight = 3 },
    { .name = "row", .set = &row },
    { .name = "chain", .set = &chain },
};

static const struct acr_user_type users[] = {
    { .name = "closed",
      .weight = 2,
      .wait = ACR_EXPONENTIAL(0.01),
      .on_start = start_of_set,
      .on_stop = end_of_set,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
    { .name = "paced",
      .wait = ACR_CONSTANT_THROUGHPUT(50),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
    { .name = "open",
      .arrival_rate = 100,
      .arrivals = ACR_ARRIVALS_POISSON,
      .on_full = ACR_ON_FULL_QUEUE,
      .max_users = 10,
      .on_start = start_of_set,
      .on_stop = end_of_set,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
    { .name = "fresh",
      .arrival_rate = 50,
      .fresh = true,
      .max_users = 10,
      .on_start = start_of_set,
      .on_stop = end_of_set,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

/* --- listeners ----------------------------------------------------------------------------------
 */

static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    struct counts *mine = acr_loop_state(u, counts);

    mine->n_requests++;
    return e->error != NULL && one_in(u, 50) ? any_outcome(u) : 0;
}

static int on_something(struct acr_user *u, const void *payload)
{
    struct counts *mine = acr_loop_state(u, counts);

    (void)payload;
    mine->n_events++;
    acr_count(u, "events", 1);
    return one_in(u, 20) ? ACR_STOP_USER : 0;
}

static void merge(void *into, const void *from)
{
    struct counts *all = into;
    const struct counts *more = from;

    all->n_requests += more->n_requests;
    all->n_events += more->n_events;
}

static int on_test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    const struct counts *all = acr_loop_state(u, counts);

    (void)s;
    acr_log(u, "told: %llu requests, %llu events", (unsigned long long)all->n_requests,
            (unsigned long long)all->n_events);
    return 0;
}

static const struct acr_hooks hooks = { .request = on_request, .test_stop = on_test_stop };
static const struct acr_event events[] = { { .name = "anything.something", .slot = &something } };
static const struct acr_listener listeners[] = {
    { .event = "anything.something", .function = on_something },
};
static const struct acr_loop_state_type loop_state = { .slot = &counts,
                                                       .size = sizeof(struct counts),
                                                       .merge = merge };

ACR_PLUGIN(.name = "anything", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks,
           .events = events, .n_events = ACR_LEN(events), .listeners = listeners,
           .n_listeners = ACR_LEN(listeners), .loop_state = &loop_state);
