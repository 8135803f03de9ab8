/* SPDX-License-Identifier: MIT */
/* users.c: users that tell who they are; tasks and on_starts that raise. */
#include <acrida/acrida.h>

struct state {
    int n_drawn;
};

static int appear(struct acr_user *u)
{
    acr_report(u, .type = "user", .name = acr_type_name(u));
    return 0;
}

static int rest(struct acr_user *u)
{
    acr_sleep(u, 600);
    return 0;
}

/* The number of the user and what it draws, each as the name of a sample. */
static int draw(struct acr_user *u)
{
    struct state *me = acr_state(u);
    unsigned long long number = acr_number(u);
    long long whole = acr_random_int(u, -1000000, 1000000);
    double real = acr_random_double(u, 0, 1);
    const char *text = acr_random_string(u, 8);
    size_t index = acr_random_index(u, 1000);

    acr_report(u, .type = "draw",
               .name = acr_fmt(u, "%llu: %lld %.17g %s %zu %s", number, whole, real, text, index,
                               acr_random_uuid(u)));
    return ++me->n_drawn < 5 ? ACR_DONE : ACR_STOP_USER;
}

static int boom(struct acr_user *u)
{
    struct state *me = acr_state(u);

    if (me->n_drawn++ == 3)
        return ACR_STOP_USER;
    return acr_raise(u, "boom, \"%s\"", acr_type_name(u));
}

static int crack(struct acr_user *u)
{
    struct state *me = acr_state(u);

    return me->n_drawn++ == 2 ? ACR_STOP_USER : -5;
}

static int refuse(struct acr_user *u)
{
    return acr_raise(u, "no way in");
}

/* Well before and well after the first second of the run. */
static int tell_time(struct acr_user *u)
{
    double now = acr_run_time(u);

    if (now < 0.5)
        acr_report(u, .type = "time", .name = "early", .response_time_ms = 1);
    if (now > 1.8)
        acr_report(u, .type = "time", .name = "late", .response_time_ms = 2);
    return 0;
}

static const struct acr_task rest_tasks[] = { { .name = "rest", .run = rest } };
static const struct acr_task draw_tasks[] = { { .name = "draw", .run = draw } };
static const struct acr_task raise_tasks[] = { { .name = "boom", .run = boom } };
static const struct acr_task crack_tasks[] = { { .name = "crack", .run = crack } };
static const struct acr_task time_tasks[] = { { .name = "tell_time", .run = tell_time } };

static const struct acr_user_type users[] = {
    { .name = "three", .weight = 3, .on_start = appear, .tasks = rest_tasks, .n_tasks = 1 },
    { .name = "one", .weight = 1, .on_start = appear, .tasks = rest_tasks, .n_tasks = 1 },
    { .name = "six", .weight = 6, .on_start = appear, .tasks = rest_tasks, .n_tasks = 1 },
    { .name = "drawer",
      .state_size = sizeof(struct state),
      .wait = ACR_BETWEEN(0.001, 0.002),
      .tasks = draw_tasks,
      .n_tasks = 1 },
    { .name = "raiser",
      .state_size = sizeof(struct state),
      .wait = ACR_CONSTANT(0.001),
      .tasks = raise_tasks,
      .n_tasks = 1 },
    { .name = "cracker",
      .state_size = sizeof(struct state),
      .wait = ACR_CONSTANT(0.001),
      .tasks = crack_tasks,
      .n_tasks = 1 },
    { .name = "refuser", .on_start = refuse, .tasks = rest_tasks, .n_tasks = 1 },
    { .name = "clock", .wait = ACR_CONSTANT(0.02), .tasks = time_tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "users", .user_types = users, .n_user_types = ACR_LEN(users));
