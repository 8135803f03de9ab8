/* SPDX-License-Identifier: MIT */
/* feed.c: each user logs in as somebody else, from users.csv beside this file, and looks for what
 * the next row of that file says. */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/http.h>

static struct acr_feeder *people;   /* one for each user */
static struct acr_feeder *searches; /* the same file, row after row over all users */

static int open_files(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    people = acr_feeder_open(u, "users.csv", ACR_FEED_UNIQUE);
    if (people == NULL)
        return ACR_RAISED;
    searches = acr_feeder_open(u, "users.csv", ACR_FEED_SEQUENTIAL);
    return searches != NULL ? 0 : ACR_RAISED;
}

static int log_in(struct acr_user *u)
{
    const struct acr_row *person = acr_feed(u, people);
    struct acr_response *res;

    if (person == NULL)
        return acr_raise(u, "users.csv has too few rows");
    res = acr_post(u, "/api/auth/login",
                   .json = acr_fmt(u, "{\"email\": %s, \"password\": %s}",
                                   acr_json_quote(u, acr_row_get(person, "email")),
                                   acr_json_quote(u, acr_row_get(person, "password"))));
    acr_set_header(u, "Authorization", acr_fmt(u, "Bearer %s", acr_json_string(res, "token")));
    return 0;
}

static int search(struct acr_user *u)
{
    const struct acr_row *row = acr_feed(u, searches);

    acr_get(u, "/api/users", .query = acr_form(u, "q", acr_row_get(row, "looks for")),
            .name = "/api/users?q=[name]");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "search", .run = search } };
static const struct acr_user_type users[] = {
    { .name = "member",
      .wait = ACR_BETWEEN(0.2, 0.8),
      .on_start = log_in,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};
static const struct acr_hooks hooks = { .test_start = open_files };

ACR_PLUGIN(.name = "feed", .user_types = users, .n_user_types = ACR_LEN(users), .hooks = &hooks);
