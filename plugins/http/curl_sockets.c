/* SPDX-License-Identifier: MIT */
/* The sockets of libcurl on one loop. */
#include "curl_sockets.h"

#include "curl_transfer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { NO_FD = -1, FIRST_COUNT = 64 };

struct http_curl_socket {
    struct acr_watch *watch;
    struct http_curl_user *user; /* NULL: not established */
    int next_fd;                 /* of the same user; NO_FD = none */
    int prev_fd;
    uint8_t interest; /* what the watch has */
    uint8_t wanted;   /* what curl wants */
    bool is_doomed;   /* to be shut down when it is idle */
};

/* NULL when out of memory. */
static struct http_curl_socket *at(struct http_curl_loop *loop, curl_socket_t fd)
{
    size_t index = (size_t)fd;

    if (index >= loop->n_sockets) {
        size_t count = loop->n_sockets == 0 ? FIRST_COUNT : loop->n_sockets;
        while (count <= index) {
            count *= 2;
        }
        struct http_curl_socket *sockets = realloc(loop->sockets, count * sizeof *sockets);
        if (sockets == NULL) {
            return NULL;
        }
        memset(sockets + loop->n_sockets, 0, (count - loop->n_sockets) * sizeof *sockets);
        loop->sockets = sockets;
        loop->n_sockets = count;
    }
    return &loop->sockets[index];
}

static void on_ready(int fd, uint32_t ready, void *arg)
{
    struct http_curl_loop *loop = arg;
    struct http_curl_socket *s = &loop->sockets[fd];
    uint32_t useful = ready & s->wanted;

    if (useful == 0) {
        /* Idle, and the server closed it, say. curl finds out when it next uses it. */
        s->interest = s->wanted;
        acr_watch_set(s->watch, s->interest);
        return;
    }
    http_curl_loop_act(loop, fd,
                       ((useful & ACR_READ) != 0 ? CURL_CSELECT_IN : 0) |
                           ((useful & ACR_WRITE) != 0 ? CURL_CSELECT_OUT : 0));
}

static void drop_watch(struct http_curl_socket *s)
{
    acr_watch_free(s->watch);
    s->watch = NULL;
    s->interest = 0;
}

int http_curl_sockets_on_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
    struct http_curl_loop *loop = arg;
    struct http_curl_socket *s = at(loop, fd);

    (void)easy;
    (void)unused;
    if (s == NULL) {
        return 0; /* -1 would end all transfers of the loop; this one ends by its time limit */
    }
    s->wanted = what == CURL_POLL_REMOVE ? 0
                                         : (uint8_t)(((what & CURL_POLL_IN) != 0 ? ACR_READ : 0) |
                                                     ((what & CURL_POLL_OUT) != 0 ? ACR_WRITE : 0));
    if (s->wanted == 0) {
        if (s->user == NULL) {
            drop_watch(s);
        } else if (s->is_doomed) {
            shutdown(fd, SHUT_RDWR);
        }
        return 0;
    }
    if (s->watch == NULL) {
        s->interest = s->wanted;
        s->watch = acr_watch_new(loop->loop, fd, s->interest, on_ready, loop);
    } else if ((s->interest & s->wanted) != s->wanted) {
        s->interest = s->wanted;
        acr_watch_set(s->watch, s->interest);
    }
    return 0;
}

curl_socket_t http_curl_sockets_open(struct http_curl_loop *loop, const struct curl_sockaddr *to)
{
    int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

    if (fd < 0) {
        return CURL_SOCKET_BAD;
    }
    int r = acr_bind_source(loop->loop, fd, to->family);
    if (r < 0) {
        close(fd);
        errno = -r;
        return CURL_SOCKET_BAD;
    }
    struct http_curl_socket *s = at(loop, fd);
    if (s != NULL && s->watch != NULL) {
        /*
         * curl closed an attempt to connect without a word, and this one has its number. If it
         * wants the same of it, it will not even say so.
         */
        drop_watch(s);
        if (s->wanted != 0) {
            s->interest = s->wanted;
            s->watch = acr_watch_new(loop->loop, fd, s->interest, on_ready, loop);
        }
    }
    return fd;
}

void http_curl_sockets_adopt(struct http_curl_transfer *t, curl_socket_t fd)
{
    struct http_curl_user *user = t->user;
    struct http_curl_loop *loop = user->profile->loop;
    struct http_curl_socket *s = at(loop, fd);

    if (s == NULL || s->user != NULL) {
        return;
    }
    s->user = user;
    s->is_doomed = t->closing != user->n_closings;
    s->prev_fd = NO_FD;
    s->next_fd = user->first_fd;
    if (s->next_fd != NO_FD) {
        loop->sockets[s->next_fd].prev_fd = fd;
    }
    user->first_fd = fd;
    if (s->is_doomed && s->wanted == 0) {
        shutdown(fd, SHUT_RDWR);
    }
}

static void disown(struct http_curl_loop *loop, struct http_curl_socket *s)
{
    if (s->user == NULL) {
        return;
    }
    if (s->prev_fd != NO_FD) {
        loop->sockets[s->prev_fd].next_fd = s->next_fd;
    } else {
        s->user->first_fd = s->next_fd;
    }
    if (s->next_fd != NO_FD) {
        loop->sockets[s->next_fd].prev_fd = s->prev_fd;
    }
    s->user = NULL;
}

/*
 * The local port of a connection of which the server did not read all that was sent: it closed
 * while that was on its way. 0 when it did, as far as can be told.
 */
static int unread_port(curl_socket_t fd)
{
    struct tcp_info info = { .tcpi_unacked = 0 };
    struct sockaddr_storage name = { .ss_family = AF_UNSPEC };
    socklen_t info_bytes = sizeof info, name_bytes = sizeof name;

    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_bytes);
    bool was_reset = info.tcpi_state == TCP_CLOSE;
    if ((!was_reset && info.tcpi_unacked == 0) ||
        getsockname(fd, (struct sockaddr *)&name, &name_bytes) != 0) {
        return 0;
    }
    if (name.ss_family == AF_INET) {
        return ntohs(((const struct sockaddr_in *)&name)->sin_port);
    }
    return name.ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)&name)->sin6_port) : 0;
}

/* The transfers on that connection have written in vain. */
static void note_unread(struct http_curl_user *user, int port)
{
    for (struct http_curl_transfer *t = user->active; t != NULL; t = t->next_active) {
        t->was_unread |= t->local_port == port;
    }
}

int http_curl_sockets_on_close(void *arg, curl_socket_t fd)
{
    struct http_curl_loop *loop = arg;
    struct http_curl_socket *s = at(loop, fd);

    if (s != NULL) {
        int port = s->user == NULL ? 0 : unread_port(fd);
        if (port != 0) {
            note_unread(s->user, port);
        }
        disown(loop, s);
        drop_watch(s);
        s->wanted = 0;
        s->is_doomed = false;
    }
    return close(fd);
}

void http_curl_sockets_shutdown(struct http_curl_loop *loop, struct http_curl_user *user)
{
    user->n_closings++;
    user->wants_fresh = user->active != NULL;
    for (int fd = user->first_fd; fd != NO_FD; fd = loop->sockets[fd].next_fd) {
        if (loop->sockets[fd].wanted == 0) {
            shutdown(fd, SHUT_RDWR);
        } else {
            loop->sockets[fd].is_doomed = true;
        }
    }
}

void http_curl_sockets_free(struct http_curl_loop *loop)
{
    for (size_t i = 0; i < loop->n_sockets; i++) {
        acr_watch_free(loop->sockets[i].watch);
    }
    free(loop->sockets);
    loop->sockets = NULL;
    loop->n_sockets = 0;
}
