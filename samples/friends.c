/* SPDX-License-Identifier: MIT */
/* friends.c: players look for friends. Each round is one of two flows: twice out of three times
 * search, then ask one for friendship; else create a user. So 20 % of the requests create, 40 %
 * search and 40 % befriend. */
#include <acrida/acrida.h>
#include <acrida/http.h>

#define SEEDED_USERS 10000 /* that the service has before the test */

struct player {
    bool is_searching;
};

static void create_user(struct acr_user *u)
{
    acr_post(u, "/api/users", .json = acr_fmt(u, "{\"name\": \"%s\"}", acr_random_string(u, 15)));
}

static void search(struct acr_user *u)
{
    acr_get(u, "/api/users", .query = acr_form(u, "q", acr_random_string(u, 4)),
            .name = "/api/users?q=[text]");
}

static int create_or_search(struct acr_user *u)
{
    struct player *me = acr_state(u);

    me->is_searching = acr_random_int(u, 1, 3) > 1;
    if (me->is_searching)
        search(u);
    else
        create_user(u);
    return 0;
}

static int befriend(struct acr_user *u)
{
    struct player *me = acr_state(u);
    int id = (int)acr_random_int(u, 1, SEEDED_USERS);

    if (me->is_searching)
        acr_post(u, acr_fmt(u, "/api/users/%d/friends", id), .name = "/api/users/[id]/friends",
                 .json = acr_fmt(u, "{\"friend_id\": %d}", id + 2 * SEEDED_USERS));
    return 0;
}

static const struct acr_task tasks[] = {
    { .name = "create_or_search", .run = create_or_search },
    { .name = "befriend", .run = befriend },
};

static const struct acr_user_type users[] = {
    { .name = "player",
      .order = ACR_SEQUENTIAL,
      .wait = ACR_BETWEEN(1, 3),
      .state_size = sizeof(struct player),
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "friends", .user_types = users, .n_user_types = ACR_LEN(users));
