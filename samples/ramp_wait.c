/* SPDX-License-Identifier: MIT */
/* ramp_wait.c: a wait time of one's own. Each user begins with a wait of 1 s, which falls to 0.1 s
 * in the course of five minutes. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static double falling_wait(struct acr_user *u)
{
    double wait_s = 1.0 - 0.9 * acr_user_time(u) / acr_option_number("ramp-time", 300);

    return wait_s > 0.1 ? wait_s : 0.1;
}

static int get_product(struct acr_user *u)
{
    acr_get(u, "/api/products/1", .timeout_s = 10);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "get_product", .run = get_product } };

static const struct acr_user_type users[] = {
    { .name = "hastener",
      .wait = ACR_WAIT_TIME(falling_wait),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

static const struct acr_option options[] = {
    { .name = "ramp-time",
      .metavar = "TIME",
      .help = "Time in which the wait falls from 1 s to 0.1 s.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "5m" },
};

ACR_PLUGIN(.name = "ramp_wait", .user_types = users, .n_user_types = ACR_LEN(users),
           .options = options, .n_options = ACR_LEN(options));
