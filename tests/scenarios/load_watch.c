/* SPDX-License-Identifier: MIT */
/* A plugin for stories on shapes: says once a second how many users of each type there are. */
#include <acrida/acrida.h>
#include <acrida/report.h>

static int on_tick(struct acr_user *u, const struct acr_snapshot *s)
{
    const char *line = "";

    for (size_t i = 0; i < acr_snapshot_n_user_types(s); i++)
        line = acr_fmt(u, "%s %s=%llu", line, acr_snapshot_user_type(s, i),
                       (unsigned long long)acr_snapshot_users_of_type(s, i));
    acr_log(u, "users:%s", line);
    return 0;
}

static const struct acr_hooks hooks = { .tick = on_tick };

ACR_PLUGIN(.name = "load_watch", .hooks = &hooks);
