/* SPDX-License-Identifier: MIT */
/*
 * udp_probe.c: datagrams to a server that sends them back. Run it with -H udp://127.0.0.1:7777.
 *
 * A datagram may be lost, late or doubled: each carries a number, what is not the answer to the
 * last one is passed over, and what has not come within 200 ms is a failure.
 */
#include <acrida/acrida.h>
#include <acrida/client.h>
#include <acrida/io.h>

#include <errno.h>
#include <stdio.h>

struct me {
    struct acr_socket *server;
    unsigned last; /* number of the last probe */
};

/* Returns: bytes of the answer, or a negative errno. */
static int64_t probe_once(struct acr_user *u, struct me *me)
{
    char text[64];
    unsigned number = 0;
    int n = snprintf(text, sizeof(text), "probe %u", ++me->last);
    int64_t r = acr_send(u, me->server, text, (size_t)n);

    while (r >= 0) {
        r = acr_recv(u, me->server, text, sizeof(text) - 1);
        if (r < 0 || r >= (int64_t)sizeof(text))
            continue;
        text[r] = '\0';
        if (sscanf(text, "probe %u", &number) == 1 && number == me->last)
            return r;
    }
    return r;
}

static int probe(struct acr_user *u)
{
    struct me *me = acr_state(u);
    struct acr_sample *sample = acr_sample_begin(u);
    struct acr_settlement how = { .size = sizeof(how), .type = "UDP", .name = "probe" };
    int64_t r;

    if (me->server == NULL)
        me->server = acr_connect(u, acr_host(u), .timeout_s = 0.2, .keep = true);
    if (acr_socket_status(me->server) == 0)
        acr_sample_attempt(sample);
    r = probe_once(u, me);
    if (r == -ECANCELED) {
        acr_sample_cancel(sample, how.type, how.name);
        return ACR_DONE;
    }
    if (r >= 0)
        how.bytes = (uint64_t)r;
    else
        how.error = acr_socket_error(me->server);
    acr_sample_settle(sample, &how);
    if (acr_socket_status(me->server) < 0) {
        acr_close(u, me->server);
        me->server = NULL;
    }
    return ACR_DONE;
}

static const struct acr_task tasks[] = { { .name = "probe", .run = probe } };

static const struct acr_user_type types[] = {
    { .name = "prober",
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks),
      .wait = ACR_CONSTANT(0.02),
      .state_size = sizeof(struct me) },
};

ACR_PLUGIN(.name = "udp_probe", .user_types = types, .n_user_types = ACR_LEN(types));
