/* SPDX-License-Identifier: MIT */
/*
 * Does a stall of the server show? Three user types that make the same requests, and one that stops
 * the server in the middle; run one of the three with the saboteur.
 *
 * Options: --visit-rate (requests per second, all users together), --stall-after.
 */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int visit(struct acr_user *u)
{
    acr_get(u, "/status/200", .name = "visit");
    return 0;
}

/* The target sits still for as long as its rule for this path says. */
static int stall(struct acr_user *u)
{
    acr_sleep(u, acr_option_number("stall-after", 8));
    acr_get(u, "/delay/0", .name = "stall");
    return ACR_STOP_USER;
}

/* As a report by hand: what the generator itself delays. */
static int report(struct acr_user *u)
{
    acr_report(u, .type = "JOB", .name = "visit", .response_time_ms = 0.01);
    return 0;
}

static const struct acr_task visit_tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_task stall_tasks[] = { { .name = "stall", .run = stall } };
static const struct acr_task report_tasks[] = { { .name = "report", .run = report } };

static const struct acr_user_type users[] = {
    { .name = "queued",
      .arrival_rate = 2000,
      .max_users = 100,
      .on_full = ACR_ON_FULL_QUEUE,
      .tasks = visit_tasks,
      .n_tasks = ACR_LEN(visit_tasks) },
    { .name = "dropped",
      .arrival_rate = 2000,
      .max_users = 100,
      .on_full = ACR_ON_FULL_DROP,
      .tasks = visit_tasks,
      .n_tasks = ACR_LEN(visit_tasks) },
    { .name = "paced",
      .fixed_count = 100,
      .wait = ACR_CONSTANT_THROUGHPUT(20),
      .tasks = visit_tasks,
      .n_tasks = ACR_LEN(visit_tasks) },
    { .name = "closed",
      .fixed_count = 100,
      .wait = ACR_CONSTANT(0.05),
      .tasks = visit_tasks,
      .n_tasks = ACR_LEN(visit_tasks) },
    { .name = "reporter",
      .arrival_rate = 20000,
      .arrivals = ACR_ARRIVALS_POISSON,
      .tasks = report_tasks,
      .n_tasks = ACR_LEN(report_tasks) },
    { .name = "saboteur",
      .fixed_count = 1,
      .tasks = stall_tasks,
      .n_tasks = ACR_LEN(stall_tasks) },
};

static const struct acr_option options[] = {
    { .name = "stall-after",
      .metavar = "TIME",
      .help = "when the saboteur stops the server",
      .default_value = "8",
      .kind = ACR_OPTION_DURATION },
};

ACR_PLUGIN(.name = "omission", .user_types = users, .n_user_types = ACR_LEN(users),
           .options = options, .n_options = ACR_LEN(options));
