/* SPDX-License-Identifier: MIT */
/*
 * line_client.c: a protocol client of one's own, on <acrida/client.h> alone, and a scenario that
 * uses it.
 *
 * The protocol is memcached's text protocol: a line out, a line back. Run it with --host
 * memcached://127.0.0.1:11211. The coroutine that asked is suspended until the line is there.
 */
#include <acrida/acrida.h>
#include <acrida/client.h>

#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- the client ---------------------------------------------------------------------------------
 */

static uint32_t slot; /* where the runtime keeps this client's state; set before any loop runs */

/* One connection per user. */
struct line_user {
    int fd;
    struct acr_watch *watch;
    struct acr_coroutine *waiting; /* for readiness, or NULL */
};

static void on_ready(int fd, uint32_t ready, void *arg)
{
    struct line_user *me = arg;

    (void)fd;
    (void)ready;
    acr_watch_set(me->watch, 0);
    if (me->waiting != NULL)
        acr_wake(me->waiting, 0);
}

static int wait_for(struct acr_user *u, struct line_user *me, uint32_t what)
{
    int r;

    me->waiting = acr_coroutine_self(u);
    acr_watch_set(me->watch, what);
    r = acr_suspend(u, acr_now_ns() + 5000000000u);
    me->waiting = NULL;
    return r;
}

static void hang_up(struct line_user *me)
{
    acr_watch_free(me->watch);
    if (me->fd >= 0)
        close(me->fd);
    me->watch = NULL;
    me->fd = -1;
}

static int dial(struct acr_user *u, struct line_user *me)
{
    struct sockaddr_in to = { .sin_family = AF_INET };
    char address[32];
    unsigned port;
    socklen_t bytes = sizeof(int);
    int error = 0;

    if (sscanf(acr_host(u), "memcached://%31[0-9.]:%u", address, &port) != 2 || port > 65535)
        return -EINVAL;
    to.sin_port = htons((uint16_t)port);
    inet_pton(AF_INET, address, &to.sin_addr);
    me->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (me->fd < 0)
        return -errno;
    me->watch = acr_watch_new(acr_user_loop(u), me->fd, 0, on_ready, me);
    if (connect(me->fd, (const struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS)
        return -errno;
    if (wait_for(u, me, ACR_WRITE) < 0)
        return -ETIMEDOUT;
    getsockopt(me->fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
    return -error;
}

/* Send a line, read a line into answer. Returns: its length, or a negative errno. */
static int exchange(struct acr_user *u, struct line_user *me, const char *line, char *answer,
                    size_t size)
{
    size_t length = 0;

    if (send(me->fd, line, strlen(line), MSG_NOSIGNAL) < 0)
        return -errno;
    while (length < size - 1) {
        ssize_t n = recv(me->fd, answer + length, size - 1 - length, 0);

        if (n == 0)
            return -ECONNRESET;
        if (n < 0 && errno != EAGAIN)
            return -errno;
        if (n < 0) {
            int r = wait_for(u, me, ACR_READ);

            if (r < 0)
                return r;
            continue;
        }
        length += (size_t)n;
        answer[length] = '\0';
        if (strchr(answer, '\n') != NULL)
            return (int)length;
    }
    return -EMSGSIZE;
}

/* The call that scenarios make: one sample, whatever happens. */
static void line_ask(struct acr_user *u, const char *line, const char *name)
{
    struct line_user *me = acr_client_user_state(u, slot);
    struct acr_sample *s = acr_sample_begin(u);
    struct acr_settlement how = { .size = sizeof(how), .type = "LINE", .name = name };
    char answer[512];
    int r = me->fd >= 0 ? 0 : dial(u, me);

    if (r == 0) {
        acr_sample_attempt(s);
        r = exchange(u, me, line, answer, sizeof(answer));
    }
    if (r == -ECANCELED) {
        hang_up(me);
        acr_sample_cancel(s, how.type, name);
        return;
    }
    if (r < 0) {
        hang_up(me);
        how.error = strerror(-r);
    } else {
        how.bytes = (uint64_t)r;
        if (strncmp(answer, "ERROR", 5) == 0)
            how.error = "the server answered ERROR";
    }
    acr_sample_settle(s, &how);
}

static int user_init(struct acr_user *u, void *state)
{
    struct line_user *me = state;

    (void)u;
    me->fd = -1;
    return 0;
}

static void user_done(struct acr_user *u, void *state)
{
    (void)u;
    hang_up(state);
}

static const struct acr_client client = {
    .name = "line",
    .slot = &slot,
    .user_size = sizeof(struct line_user),
    .user_init = user_init,
    .user_done = user_done,
};

/* --- the scenario --------------------------------------------------------------------------------
 */

static int ask_version(struct acr_user *u)
{
    line_ask(u, "version\r\n", "version");
    return 0;
}

static int get_key(struct acr_user *u)
{
    line_ask(u, acr_fmt(u, "get key-%d\r\n", (int)acr_random_int(u, 1, 1000)), "get [key]");
    return 0;
}

static const struct acr_task tasks[] = {
    { .name = "ask_version", .run = ask_version },
    { .name = "get_key", .run = get_key, .weight = 9 },
};

static const struct acr_user_type users[] = {
    { .name = "caller", .wait = ACR_CONSTANT(0.01), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "line_client", .clients = &client, .n_clients = 1, .user_types = users,
           .n_user_types = ACR_LEN(users));
