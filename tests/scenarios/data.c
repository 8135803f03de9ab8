/* SPDX-License-Identifier: MIT */
/* data.c: users that report the rows they get, as "file:number:name", from rows.csv, rows.json and
 * rows.jsonl. */
#include <acrida/acrida.h>
#include <acrida/events.h>

enum { FILES = 3, ORDERS = 5 };

static struct acr_feeder *feeders[ORDERS][FILES];
static const char *const files[FILES] = { "rows.csv", "rows.json", "rows.jsonl" };

static int open_all(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    for (uint32_t order = 0; order < ORDERS; order++)
        for (int i = 0; i < FILES; i++) {
            feeders[order][i] = acr_feeder_open(u, files[i], order);
            if (feeders[order][i] == NULL)
                return ACR_RAISED;
        }
    return 0;
}

static bool tell(struct acr_user *u, uint32_t order, int i)
{
    const struct acr_row *row = acr_feed(u, feeders[order][i]);

    if (row == NULL)
        return false;
    acr_report(u, .type = acr_type_name(u),
               .name = acr_fmt(u, "%s:%llu:%s", files[i], (unsigned long long)acr_row_number(row),
                               acr_row_get(row, "name")));
    return true;
}

/* All there are, of one file after the other. */
static int take_all(struct acr_user *u)
{
    for (int i = 0; i < FILES; i++)
        while (tell(u, ACR_FEED_ONCE, i))
            acr_sleep(u, 0);
    return ACR_STOP_USER;
}

static int take_own(struct acr_user *u)
{
    for (int i = 0; i < FILES; i++)
        if (!tell(u, ACR_FEED_UNIQUE, i))
            acr_report(u, .type = acr_type_name(u), .name = "none");
    return ACR_STOP_USER;
}

/* One user, its first ten rows in their order. */
static int take_ten(struct acr_user *u, uint32_t order)
{
    for (int n = 0; n < 10; n++)
        acr_report(u, .type = acr_type_name(u),
                   .name = acr_fmt(
                       u, "%d:%llu", n,
                       (unsigned long long)acr_row_number(acr_feed(u, feeders[order][n % FILES]))));
    return ACR_STOP_USER;
}

static int take_shuffled(struct acr_user *u)
{
    return take_ten(u, ACR_FEED_SHUFFLED);
}

static int take_random(struct acr_user *u)
{
    return take_ten(u, ACR_FEED_RANDOM);
}

static int take_sequential(struct acr_user *u)
{
    return take_ten(u, ACR_FEED_SEQUENTIAL);
}

static const struct acr_task once[] = { { .name = "all", .run = take_all } };
static const struct acr_task own[] = { { .name = "own", .run = take_own } };
static const struct acr_task shuffled[] = { { .name = "ten", .run = take_shuffled } };
static const struct acr_task random_ones[] = { { .name = "ten", .run = take_random } };
static const struct acr_task sequential[] = { { .name = "ten", .run = take_sequential } };

static const struct acr_user_type users[] = {
    { .name = "once", .tasks = once, .n_tasks = 1 },
    { .name = "unique", .tasks = own, .n_tasks = 1 },
    { .name = "shuffled", .tasks = shuffled, .n_tasks = 1 },
    { .name = "random", .tasks = random_ones, .n_tasks = 1 },
    { .name = "sequential", .tasks = sequential, .n_tasks = 1 },
};

static const struct acr_hooks hooks = { .test_start = open_all };

ACR_PLUGIN(.name = "data", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
