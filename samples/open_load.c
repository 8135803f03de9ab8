/* SPDX-License-Identifier: MIT */
/*
 * open_load.c: load by arrivals instead of by users. Real visitors do not wait for each other: when
 * the server becomes slow, more of them are there at once, and none of them comes later for that.
 *
 * Visitors come at random, each one new, with a connection and cookies of its own. The programs
 * that call the API come in even intervals and are kept between two calls.
 */
#include <acrida/acrida.h>
#include <acrida/http.h>

/* --- visitors: one visit each -------------------------------------------------------------------
 */

static int visit(struct acr_user *u)
{
    acr_get(u, "/api/products?page=1");
    acr_sleep(u, acr_random_double(u, 0.05, 0.15)); /* reads */
    acr_get(u, acr_fmt(u, "/api/products/%d", (int)acr_random_int(u, 1, 1000)),
            .name = "/api/products/[id]");
    return 0;
}

static const struct acr_task visitor_tasks[] = { { .name = "visit", .run = visit } };

/* --- programs ------------------------------------------------------------------------------------
 */

static int fetch_data(struct acr_user *u)
{
    acr_get(u, "/api/v1/data/export");
    return 0;
}

static const struct acr_task program_tasks[] = { { .name = "fetch_data", .run = fetch_data } };

static const struct acr_user_type users[] = {
    { .name = "visitor",
      .arrival_rate = 20, /* per second */
      .arrivals = ACR_ARRIVALS_POISSON,
      .fresh = true,
      .max_users = 1000, /* more are dropped, and counted */
      .tasks = visitor_tasks,
      .n_tasks = ACR_LEN(visitor_tasks) },
    { .name = "program",
      .arrival_rate = 50,
      .max_users = 20,
      .on_full = ACR_ON_FULL_QUEUE, /* more have to wait, and their response time says so */
      .tasks = program_tasks,
      .n_tasks = ACR_LEN(program_tasks) },
};

ACR_PLUGIN(.name = "open_load", .user_types = users, .n_user_types = ACR_LEN(users));
