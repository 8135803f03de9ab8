/* SPDX-License-Identifier: MIT */
/* Each iteration asks the target once, slowly enough to be interrupted. Each user has a row of its
 * own, and logs it at once, so that a worker that is killed has told of all it had. */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>

static struct acr_feeder *rows;

static int open_rows(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    rows = acr_feeder_open(u, "rows.csv", ACR_FEED_UNIQUE);
    return rows != NULL ? 0 : ACR_RAISED;
}

static int take_row(struct acr_user *u)
{
    const struct acr_row *row = acr_feed(u, rows);

    if (row != NULL)
        acr_log(u, "row of its own: %s", acr_row_get(row, "id"));
    return 0;
}

static int ask(struct acr_user *u)
{
    acr_get(u, "/delay/20");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker", .on_start = take_row, .tasks = tasks, .n_tasks = ACR_LEN(tasks) }
};
static const struct acr_hooks hooks = { .test_start = open_rows };

ACR_PLUGIN(.name = "cluster_count", .user_types = users, .n_user_types = ACR_LEN(users),
           .hooks = &hooks);
