/* SPDX-License-Identifier: MIT */
/* patterns.c: users that ask three endpoints in turn, at random, without stopping to think; or for
 * so many milliseconds: TEST_WAIT_MS. */
#include <acrida/acrida.h>
#include <acrida/http.h>

#include <stdlib.h>

static int ask(struct acr_user *u)
{
    static const char *const paths[] = { "/json", "/bytes/100", "/status/200" };

    acr_get(u, paths[acr_random_index(u, ACR_LEN(paths))], .timeout_s = 30);
    acr_sleep(u, atof(acr_env("TEST_WAIT_MS", "0")) / 1000);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "ask", .run = ask } };
static const struct acr_user_type users[] = {
    { .name = "asker", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "patterns", .user_types = users, .n_user_types = ACR_LEN(users));
