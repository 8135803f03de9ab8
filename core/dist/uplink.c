/* SPDX-License-Identifier: MIT */
#include "dist/uplink.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ADDRESSES = 16, KNOCK_MS = 250 };
#define RETRY_NS (2 * ACRI_NS_PER_S)
#define QUIET_NS (30 * ACRI_NS_PER_S) /* between two lines about the same */

struct address {
    struct sockaddr_storage socket;
    socklen_t n_bytes;
    char text[80]; /* a literal */
};

struct acri_uplink {
    char *host;
    uint16_t port;
    bool needs_loopback;
    char *refusal;
    struct acri_transport *transport; /* NULL: none yet */
    struct address addresses[ADDRESSES];
    size_t n_addresses;
    size_t at;       /* the next one to dial */
    bool is_to_dial; /* asked for */
    uint64_t next_ns;
    struct acri_log_limit complaints;
};

struct acri_uplink *acri_uplink_new(const char *host, uint16_t port, bool needs_loopback)
{
    struct acri_uplink *u = acri_alloc(sizeof(*u));

    u->host = acri_strdup(host);
    u->port = port;
    u->needs_loopback = needs_loopback;
    u->is_to_dial = true;
    return u;
}

void acri_uplink_free(struct acri_uplink *u)
{
    if (u == NULL)
        return;
    if (u->transport != NULL)
        acri_transport_free(u->transport);
    free(u->refusal);
    free(u->host);
    free(u);
}

static int send_frame(void *arg, uint32_t pipe, const void *frame, size_t n_bytes)
{
    struct acri_uplink *u = arg;

    return u->transport != NULL ? acri_transport_send(u->transport, pipe, frame, n_bytes) : -EAGAIN;
}

static void redial(void *arg)
{
    struct acri_uplink *u = arg;

    u->is_to_dial = true;
    u->next_ns = 0;
}

struct acri_link acri_uplink_link(struct acri_uplink *u)
{
    return (struct acri_link){ .arg = u, .send = send_frame, .redial = redial };
}

int acri_uplink_fd(const struct acri_uplink *u)
{
    return u->transport != NULL ? acri_transport_fd(u->transport) : -1;
}

void acri_uplink_receive(struct acri_uplink *u, acri_transport_fn function, void *arg)
{
    if (u->transport != NULL)
        acri_transport_receive(u->transport, function, arg);
}

const char *acri_uplink_refusal(const struct acri_uplink *u)
{
    return u->refusal;
}

static void complain(struct acri_uplink *u, uint64_t now_ns, const char *what, const char *why)
{
    uint64_t n_left_out;

    if (acri_log_may(&u->complaints, now_ns, QUIET_NS, &n_left_out))
        acri_log_warning("%s: %s; going on trying", what, why);
}

static void add(struct acri_uplink *u, const struct addrinfo *info)
{
    struct address *a = &u->addresses[u->n_addresses];

    if (info->ai_addrlen > sizeof(a->socket) ||
        getnameinfo(info->ai_addr, info->ai_addrlen, a->text, sizeof(a->text), NULL, 0,
                    NI_NUMERICHOST) != 0)
        return;
    memcpy(&a->socket, info->ai_addr, info->ai_addrlen);
    a->n_bytes = info->ai_addrlen;
    u->n_addresses++;
}

static void look_up(struct acri_uplink *u, uint64_t now_ns)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *all = NULL;
    char port[8];
    char *what;
    int r;

    snprintf(port, sizeof(port), "%u", u->port);
    r = getaddrinfo(u->host, port, &hints, &all);
    u->at = 0;
    u->n_addresses = 0;
    for (const struct addrinfo *i = all; r == 0 && i != NULL && u->n_addresses < ADDRESSES;
         i = i->ai_next)
        add(u, i);
    if (all != NULL)
        freeaddrinfo(all);
    if (u->n_addresses > 0)
        return;
    what = acri_printf("cannot find the address of the master \"%s\"", u->host);
    complain(u, now_ns, what, r != 0 ? gai_strerror(r) : "it has none");
    free(what);
}

/* Whether somebody takes connections there now. */
static bool opens(const struct address *a)
{
    int fd = socket(a->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    int error = 0;
    socklen_t n = sizeof(error);
    bool is_open = false;

    if (fd < 0)
        return false;
    if (connect(fd, (const struct sockaddr *)&a->socket, a->n_bytes) == 0)
        is_open = true;
    else if (errno == EINPROGRESS && poll(&p, 1, KNOCK_MS) == 1)
        is_open = getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 && error == 0;
    close(fd);
    return is_open;
}

/* Of several addresses the next one that answers: "localhost" may be two, of which a master has
 * one. When none does the next one, which may answer later. */
static const struct address *choose(struct acri_uplink *u)
{
    size_t at = u->at;

    for (size_t i = 0; u->n_addresses > 1 && i < u->n_addresses; i++) {
        if (opens(&u->addresses[(u->at + i) % u->n_addresses])) {
            at = (u->at + i) % u->n_addresses;
            break;
        }
    }
    u->at = at + 1;
    return &u->addresses[at];
}

static void dial(struct acri_uplink *u, uint64_t now_ns)
{
    struct acri_error error = { "" };
    const struct address *a;
    int r;

    u->next_ns = now_ns + RETRY_NS;
    if (u->at >= u->n_addresses)
        look_up(u, now_ns);
    if (u->n_addresses == 0)
        return;
    a = choose(u);
    if (u->needs_loopback && !acri_transport_is_loopback(a->text)) {
        u->refusal = acri_printf("without a key a worker speaks to its own machine only, and %s is "
                                 "another one: give master and workers the same "
                                 "--cluster-key-file",
                                 u->host);
        return;
    }
    if (u->transport == NULL)
        r = acri_transport_connect(a->text, u->port, &u->transport, &error);
    else
        r = acri_transport_redial(u->transport, a->text, u->port, &error);
    if (r < 0) {
        complain(u, now_ns, "cannot connect to the master", error.text);
        return;
    }
    u->is_to_dial = false;
}

uint64_t acri_uplink_step(struct acri_uplink *u, uint64_t now_ns)
{
    if (u->is_to_dial && u->refusal == NULL && now_ns >= u->next_ns)
        dial(u, now_ns);
    return u->is_to_dial && u->refusal == NULL ? u->next_ns : UINT64_MAX;
}
