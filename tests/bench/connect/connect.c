/* SPDX-License-Identifier: MIT */
/* Users that never wait and ask the same server by one of several addresses, 127.0.0.1 and on. */
#include <acrida/acrida.h>
#include <acrida/http.h>

static int visit(struct acr_user *u)
{
    int address = (int)acr_random_int(u, 1, acr_option_int("bench-addresses", 1));

    acr_get(u, acr_fmt(u, "http://127.0.0.%d:%d/", address, (int)acr_option_int("bench-port", 80)),
            .name = "/");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_user_type users[] = {
    { .name = "visitor", .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

static const struct acr_option options[] = {
    { .name = "bench-port",
      .metavar = "N",
      .help = "port of the server",
      .default_value = "80",
      .kind = ACR_OPTION_INT },
    { .name = "bench-addresses",
      .metavar = "N",
      .help = "how many addresses, from 127.0.0.1 on",
      .default_value = "1",
      .kind = ACR_OPTION_INT },
};

ACR_PLUGIN(.name = "connect-bench", .user_types = users, .n_user_types = ACR_LEN(users),
           .options = options, .n_options = ACR_LEN(options));
