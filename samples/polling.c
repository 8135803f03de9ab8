/* SPDX-License-Identifier: MIT */
/*
 * polling.c: what the server does in the background takes longer than the request that asks for it.
 *
 * Each task starts a coroutine beside its user, which creates a thing, asks once a second whether
 * it is active, and reports the whole time as a sample of its own. The task does not wait for it,
 * so that the rate of new things does not depend on how long they take.
 */
#include <acrida/acrida.h>
#include <acrida/http.h>

#include <string.h>

enum state { PENDING, ACTIVE, BROKEN };

static enum state ask(struct acr_user *u, const char *id)
{
    size_t mark = acr_mark(u); /* many answers: keep none of them */
    struct acr_response *res = acr_get(u, acr_fmt(u, "/things/%s", id), .name = "/things/[id]");
    const char *status = acr_json_string(res, "status");
    enum state state = strcmp(status, "ACTIVE") == 0  ? ACTIVE
                       : strcmp(status, "ERROR") == 0 ? BROKEN
                                                      : PENDING;

    acr_rewind(u, mark);
    return state;
}

static void report(struct acr_user *u, uint64_t start_ns, const char *error)
{
    acr_report(u, .type = "POST", .name = "/things until active",
               .response_time_ms = (double)(acr_now_ns() - start_ns) / 1e6, .error = error);
}

static int create_and_poll(struct acr_user *u, void *arg)
{
    double timeout_s = acr_option_number("poll-timeout", 600);
    struct acr_response *created = acr_post(u, "/things");
    const char *id = acr_json_string(created, "id");
    uint64_t start_ns = acr_now_ns();

    (void)arg;
    if (created->error[0] != '\0')
        return 0; /* it is among the failures already */
    while ((double)(acr_now_ns() - start_ns) / 1e9 < timeout_s) {
        enum state state = ask(u, id);

        if (state != PENDING) {
            report(u, start_ns, state == BROKEN ? "saw the status ERROR" : NULL);
            return 0;
        }
        if (acr_sleep(u, acr_option_number("poll-every", 1)) < 0)
            return 0; /* the user is being ended */
    }
    report(u, start_ns, acr_fmt(u, "timed out after %g s", timeout_s));
    return 0;
}

static int create_thing(struct acr_user *u)
{
    acr_spawn(u, create_and_poll, NULL, 0);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "create_thing", .run = create_thing } };

static const struct acr_user_type users[] = {
    { .name = "creator", .wait = ACR_BETWEEN(0.9, 1.1), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

static const struct acr_option options[] = {
    { .name = "poll-every",
      .metavar = "TIME",
      .help = "Time between two questions.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "1s" },
    { .name = "poll-timeout",
      .metavar = "TIME",
      .help = "Time after which a thing counts as failed.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "10m" },
};

ACR_PLUGIN(.name = "polling", .user_types = users, .n_user_types = ACR_LEN(users),
           .options = options, .n_options = ACR_LEN(options));
