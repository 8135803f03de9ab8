/* SPDX-License-Identifier: MIT */
/*
 * lines.c: a protocol of lines over a socket of one's own. The server is Redis, whose inline
 * commands are lines: run it with -H tcp://127.0.0.1:6379, or unix:/run/redis/redis.sock.
 *
 * The pattern to copy is `ask`: one sample around each exchange, settled with what came of it, or
 * cancelled when the end of the user cut it short; a connection that failed is given up, and opened
 * again by the next one.
 */
#include <acrida/acrida.h>
#include <acrida/client.h>
#include <acrida/io.h>

#include <errno.h>
#include <string.h>

struct me {
    struct acr_socket *server; /* kept from task to task; NULL = not open */
};

/* A line out, a line back. Returns: bytes of the answer, or a negative errno. */
static int64_t exchange(struct acr_user *u, struct acr_socket *s, const char *line,
                        const char **answer)
{
    int64_t r = acr_write(u, s, line, strlen(line));

    if (r >= 0)
        r = acr_read_until(u, s, "\r\n", answer);
    return r == 0 ? -ECONNRESET : r; /* hung up instead of answering */
}

static void ask(struct acr_user *u, const char *line, const char *name)
{
    struct me *me = acr_state(u);
    struct acr_sample *sample = acr_sample_begin(u);
    struct acr_settlement how = { .size = sizeof(how), .type = "LINE", .name = name };
    const char *answer;
    int64_t r;

    if (me->server == NULL)
        me->server = acr_connect(u, acr_host(u), .timeout_s = 5, .keep = true);
    if (acr_socket_status(me->server) == 0)
        acr_sample_attempt(sample);
    r = exchange(u, me->server, line, &answer);
    if (r == -ECANCELED) {
        acr_sample_cancel(sample, how.type, name);
    } else {
        if (r > 0)
            how.bytes = (uint64_t)r;
        if (r < 0)
            how.error = acr_socket_error(me->server);
        else if (answer[0] == '-')
            how.error = answer + 1;
        acr_sample_settle(sample, &how);
    }
    if (r < 0) {
        acr_close(u, me->server);
        me->server = NULL;
    }
}

static int ping(struct acr_user *u)
{
    ask(u, "PING\r\n", "ping");
    return ACR_DONE;
}

static int count(struct acr_user *u)
{
    ask(u, acr_fmt(u, "INCR visits:%d\r\n", (int)acr_random_int(u, 1, 10)), "incr [key]");
    return ACR_DONE;
}

static int misuse(struct acr_user *u)
{
    ask(u, "LPUSH visits:1 x\r\n", "push on a number");
    return ACR_DONE;
}

static const struct acr_task tasks[] = {
    { .name = "ping", .run = ping, .weight = 3 },
    { .name = "count", .run = count, .weight = 6 },
    { .name = "misuse", .run = misuse, .weight = 1 },
};

static const struct acr_user_type types[] = {
    { .name = "client",
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks),
      .wait = ACR_BETWEEN(0.01, 0.03),
      .state_size = sizeof(struct me) },
};

ACR_PLUGIN(.name = "lines", .user_types = types, .n_user_types = ACR_LEN(types));
