/* SPDX-License-Identifier: MIT */
/* addresses.c: one connection for each iteration, by the two ways there are. */
#include <acrida/client.h>
#include <acrida/http.h>

#include <string.h>

/* -H http://HOST:PORT, as for the other one. */
static int dial(struct acr_user *u)
{
    struct acr_sample *s = acr_sample_begin(u);
    struct acr_settlement how = { .size = sizeof(how), .type = "TCP", .name = "dial" };
    struct acr_socket *to = acr_connect(u, acr_host(u) + strlen("http://"));
    const char *line;

    acr_write(u, to, "GET / HTTP/1.1\r\n\r\n", 18);
    if (acr_read_until(u, to, "\r\n", &line) < 0)
        how.error = acr_dup(u, acr_socket_error(to));
    acr_sample_settle(s, &how);
    return ACR_DONE;
}

static int get(struct acr_user *u)
{
    acr_get(u, "/");
    return ACR_DONE;
}

static const struct acr_task dials[] = { { .name = "dial", .run = dial } };
static const struct acr_task gets[] = { { .name = "get", .run = get } };

static const struct acr_user_type types[] = {
    { .name = "socket", .tasks = dials, .n_tasks = 1 },
    { .name = "web", .tasks = gets, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "addresses", .user_types = types, .n_user_types = ACR_LEN(types));
