/* SPDX-License-Identifier: MIT */
/*
 * What a scenario sees of a cluster: each user and each row has an entry of its own, so that the
 * statistics tell whether one came twice; messages go both ways; what is shared is there.
 */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>
#include <acrida/metrics.h>

#include <string.h>

static struct acr_feeder *rows;

static int test_start(struct acr_user *u, const struct acr_test_event *e)
{
    rows = acr_feeder_open(u, "rows.csv", ACR_FEED_ONCE);
    if (rows == NULL)
        return ACR_RAISED;
    if (!acr_is_worker())
        return acr_share(u, "token", acr_fmt(u, "made by the %s", e->role));
    return acr_send_message(0, "hello", acr_fmt(u, "from worker %u", acr_worker_index()));
}

/* The master answers each; the worker counts the answer. */
static int message(struct acr_user *u, const struct acr_message_event *e)
{
    if (strcmp(e->type, "hello") == 0)
        return acr_send_message(e->from, "welcome", e->text);
    if (e->from != ACR_FROM_MASTER ||
        strcmp(e->text, acr_fmt(u, "from worker %u", acr_worker_index())) != 0)
        return acr_raise(u, "a message for another: %s", e->text);
    acr_count(u, "welcomes", 1);
    return 0;
}

static int on_start(struct acr_user *u)
{
    if (strncmp(acr_shared(u, "token"), "made by the ", 12) != 0)
        return acr_raise(u, "nothing was shared");
    acr_report(u, .type = "USER",
               .name = acr_fmt(u, "user %llu", (unsigned long long)acr_number(u)));
    return 0;
}

static int feed(struct acr_user *u)
{
    const struct acr_row *row = acr_feed(u, rows);

    if (row != NULL)
        acr_report(u, .type = "ROW", .name = acr_fmt(u, "row %s", acr_row_get(row, "id")));
    return 0;
}

static int read_page(struct acr_user *u)
{
    acr_get(u, "/json");
    return 0;
}

static int write_page(struct acr_user *u)
{
    acr_post(u, "/echo", .body = "x");
    return 0;
}

static const struct acr_task reader_tasks[] = {
    { .name = "feed", .run = feed, .weight = 1 },
    { .name = "read", .run = read_page, .weight = 3 },
};

static const struct acr_task writer_tasks[] = {
    { .name = "write", .run = write_page, .tags = "write" },
};

static const struct acr_user_type users[] = {
    { .name = "reader",
      .weight = 3,
      .wait = ACR_BETWEEN(0.02, 0.06),
      .on_start = on_start,
      .tasks = reader_tasks,
      .n_tasks = ACR_LEN(reader_tasks) },
    { .name = "writer",
      .weight = 1,
      .wait = ACR_BETWEEN(0.02, 0.06),
      .on_start = on_start,
      .tasks = writer_tasks,
      .n_tasks = ACR_LEN(writer_tasks) },
};

static const struct acr_hooks hooks = { .test_start = test_start, .message = message };

ACR_PLUGIN(.name = "cluster", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
