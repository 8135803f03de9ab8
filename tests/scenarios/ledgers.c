/* SPDX-License-Identifier: MIT */
/* ledgers.c: each user makes 30 requests of one path and ends. */
#include <acrida/acrida.h>
#include <acrida/http.h>

struct state {
    int n_asked;
};

static int ask(struct acr_user *u)
{
    struct state *me = acr_state(u);

    acr_get(u, acr_env("TEST_PATH", "/json"), .timeout_s = 120);
    return ++me->n_asked < 30 ? ACR_DONE : ACR_STOP_USER;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker",
      .wait = ACR_CONSTANT(0.005),
      .state_size = sizeof(struct state),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "ledgers", .user_types = users, .n_user_types = ACR_LEN(users));
