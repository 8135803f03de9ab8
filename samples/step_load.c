/* SPDX-License-Identifier: MIT */
/* step_load.c: more users step by step, to see at which step the server begins to suffer. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int visit(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };

static const struct acr_user_type users[] = {
    { .name = "visitor", .wait = ACR_CONSTANT(1), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

/* Asked once a second. */
static int tick(struct acr_user *u, struct acr_load *load)
{
    double run_time_s = acr_run_time(u);
    uint64_t step = (uint64_t)(run_time_s / acr_option_number("step-time", 30)) + 1;

    if (run_time_s >= acr_option_number("step-limit", 600))
        return ACR_STOP_TEST;
    load->users = step * (uint64_t)acr_option_int("step-users", 10);
    load->spawn_rate = acr_option_number("step-rate", 10);
    return 0;
}

static const struct acr_shape shape = { .tick = tick };

static const struct acr_option options[] = {
    { .name = "step-time",
      .metavar = "TIME",
      .help = "Length of a step.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "30s" },
    { .name = "step-users",
      .metavar = "N",
      .help = "Users that each step adds.",
      .kind = ACR_OPTION_INT,
      .default_value = "10" },
    { .name = "step-rate",
      .metavar = "RATE",
      .help = "Users started per second in a step.",
      .kind = ACR_OPTION_NUMBER,
      .default_value = "10" },
    { .name = "step-limit",
      .metavar = "TIME",
      .help = "Length of the whole test.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "10m" },
};

ACR_PLUGIN(.name = "step_load", .user_types = users, .n_user_types = ACR_LEN(users),
           .shape = &shape, .options = options, .n_options = ACR_LEN(options));
