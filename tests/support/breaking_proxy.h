/* SPDX-License-Identifier: MIT */
/*
 * A port of loopback before another one, whose connections are reset after so many bytes: what was
 * on its way, either way, is lost. A thread of its own.
 */
#ifndef ACRIDA_TESTS_BREAKING_PROXY_H
#define ACRIDA_TESTS_BREAKING_PROXY_H

#include "base/rng.h"
#include "sched/thread.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PROXY_PAIRS = 16 };

struct breaking_proxy {
    struct acri_thread thread;
    uint16_t port, to_port;
    uint64_t most_bytes; /* of a connection: evenly up to this */
    int listener;
    int wake[2]; /* closed: end */
    struct {
        int fds[2];
        uint64_t left;
    } pairs[PROXY_PAIRS]; /* fds[0] < 0: none */
    uint64_t n_broken;
    struct acri_rng rng;
};

static void proxy_break(struct breaking_proxy *p, int i)
{
    const struct linger reset = { .l_onoff = 1 };

    for (int k = 0; k < 2; k++) {
        setsockopt(p->pairs[i].fds[k], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(p->pairs[i].fds[k]);
        p->pairs[i].fds[k] = -1;
    }
}

static void proxy_accept(struct breaking_proxy *p)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(p->to_port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int client = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    for (int i = 0; i < PROXY_PAIRS; i++) {
        if (p->pairs[i].fds[0] >= 0 || connect(server, (struct sockaddr *)&to, sizeof(to)) != 0)
            continue;
        p->pairs[i].fds[0] = client;
        p->pairs[i].fds[1] = server;
        p->pairs[i].left = 200 + acri_rng_below(&p->rng, p->most_bytes);
        return;
    }
    close(client);
    close(server);
}

static void proxy_forward(struct breaking_proxy *p, int i, int from)
{
    char bytes[16384];
    ssize_t n = recv(p->pairs[i].fds[from], bytes, sizeof(bytes), MSG_DONTWAIT);

    if (n > 0 && (uint64_t)n < p->pairs[i].left &&
        send(p->pairs[i].fds[!from], bytes, (size_t)n, MSG_NOSIGNAL) == n) {
        p->pairs[i].left -= (uint64_t)n;
        return;
    }
    p->n_broken += n > 0;
    proxy_break(p, i);
}

static void proxy_run(void *arg)
{
    struct breaking_proxy *p = arg;
    struct pollfd fds[2 + 2 * PROXY_PAIRS];

    for (;;) {
        fds[0] = (struct pollfd){ .fd = p->wake[0], .events = POLLIN };
        fds[1] = (struct pollfd){ .fd = p->listener, .events = POLLIN };
        for (int i = 0; i < 2 * PROXY_PAIRS; i++)
            fds[2 + i] = (struct pollfd){ .fd = p->pairs[i / 2].fds[i % 2], .events = POLLIN };
        poll(fds, 2 + 2 * PROXY_PAIRS, -1);
        if (fds[0].revents != 0)
            return;
        for (int i = 0; i < 2 * PROXY_PAIRS; i++) {
            if (fds[2 + i].revents != 0 && p->pairs[i / 2].fds[0] >= 0)
                proxy_forward(p, i / 2, i % 2);
        }
        if (fds[1].revents != 0)
            proxy_accept(p);
    }
}

/* Returns: false: no port. */
static bool proxy_start(struct breaking_proxy *p, uint16_t to_port, uint64_t most_bytes)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(at);

    *p = (struct breaking_proxy){ .to_port = to_port, .most_bytes = most_bytes };
    for (int i = 0; i < PROXY_PAIRS; i++)
        p->pairs[i].fds[0] = p->pairs[i].fds[1] = -1;
    acri_rng_init(&p->rng, 1, 1);
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (p->listener < 0 || bind(p->listener, (struct sockaddr *)&at, n) != 0 ||
        listen(p->listener, 64) != 0 || getsockname(p->listener, (struct sockaddr *)&at, &n) != 0 ||
        pipe(p->wake) != 0)
        return false;
    p->port = ntohs(at.sin_port);
    return acri_thread_start(&p->thread, "proxy", proxy_run, p) == 0;
}

static void proxy_stop(struct breaking_proxy *p)
{
    close(p->wake[1]);
    acri_thread_join(&p->thread);
    close(p->wake[0]);
    close(p->listener);
    for (int i = 0; i < PROXY_PAIRS; i++) {
        if (p->pairs[i].fds[0] >= 0)
            proxy_break(p, i);
    }
}

#endif
