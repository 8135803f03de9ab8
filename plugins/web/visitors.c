/* SPDX-License-Identifier: MIT */
#include "visitors.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* All of an IPv6 network of 64 bits are one client. */
struct address {
    uint64_t network;
    uint32_t v4;
};

struct visitor {
    ino_t inode; /* of its socket; 0 = nobody */
    struct address from;
    double since_s; /* so long it has been asking; less than 0: it is being answered */
};

struct web_visitors {
    struct visitor *all; /* by descriptor */
    size_t n;
};

struct web_visitors *web_visitors_new(void)
{
    return calloc(1, sizeof(struct web_visitors));
}

void web_visitors_free(struct web_visitors *v)
{
    if (v == NULL)
        return;
    free(v->all);
    free(v);
}

/* It may be another thread's by now, where they share a table: ThreadSanitizer is not to see. */
static int look(int fd, struct stat *ret)
{
#ifdef ACRIDA_ONE_DESCRIPTOR_TABLE
    return (int)syscall(SYS_fstat, fd, ret);
#else
    return fstat(fd, ret);
#endif
}

static ino_t inode_of(int fd)
{
    struct stat st = { .st_ino = 0 };

    return look(fd, &st) == 0 && S_ISSOCK(st.st_mode) ? st.st_ino : 0;
}

static struct address address_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } peer = { .v4.sin_port = 0 };
    socklen_t bytes = sizeof(peer);
    struct address a = { .v4 = 0 };

    if (getpeername(fd, &peer.any, &bytes) < 0)
        return a;
    if (peer.any.sa_family == AF_INET)
        a.v4 = peer.v4.sin_addr.s_addr;
    else if (peer.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&peer.v6.sin6_addr))
        memcpy(&a.v4, &peer.v6.sin6_addr.s6_addr[12], sizeof(a.v4));
    else if (peer.any.sa_family == AF_INET6)
        memcpy(&a.network, peer.v6.sin6_addr.s6_addr, sizeof(a.network));
    return a;
}

static bool is_there(struct web_visitors *v, size_t fd)
{
    struct visitor *x = &v->all[fd];

    if (x->inode != 0 && inode_of((int)fd) != x->inode)
        x->inode = 0;
    return x->inode != 0;
}

static size_t count(struct web_visitors *v, const struct address *from)
{
    size_t n = 0;

    for (size_t i = 0; i < v->n; i++)
        n += v->all[i].from.network == from->network && v->all[i].from.v4 == from->v4 &&
             is_there(v, i);
    return n;
}

static bool make_room(struct web_visitors *v, size_t fd)
{
    size_t n = fd + 64;
    struct visitor *grown;

    if (fd < v->n)
        return true;
    grown = realloc(v->all, n * sizeof(*grown));
    if (grown == NULL)
        return false;
    memset(grown + v->n, 0, (n - v->n) * sizeof(*grown));
    v->all = grown;
    v->n = n;
    return true;
}

bool web_visitors_came(struct web_visitors *v, int fd, double now_s)
{
    struct visitor x = { .inode = inode_of(fd), .since_s = now_s };

    if (x.inode == 0)
        return false; /* gone already */
    x.from = address_of(fd);
    if (make_room(v, (size_t)fd)) {
        v->all[fd].inode = 0; /* of who had this descriptor before */
        if (count(v, &x.from) < WEB_VISITORS_OF_ADDRESS) {
            v->all[fd] = x;
            return true;
        }
    }
    shutdown(fd, SHUT_RDWR);
    return false;
}

static void set_since(struct web_visitors *v, int fd, double since_s)
{
    if (fd >= 0 && (size_t)fd < v->n)
        v->all[fd].since_s = since_s;
}

void web_visitors_asked(struct web_visitors *v, int fd)
{
    set_since(v, fd, -1);
}

void web_visitors_answered(struct web_visitors *v, int fd, double now_s)
{
    set_since(v, fd, now_s);
}

void web_visitors_step(struct web_visitors *v, double now_s)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct visitor *x = &v->all[i];

        if (x->inode != 0 && x->since_s >= 0 && now_s - x->since_s > WEB_VISITORS_PATIENCE_S &&
            is_there(v, i))
            shutdown((int)i, SHUT_RDWR);
    }
}
