/* SPDX-License-Identifier: MIT */
/* The connections of a user. */
#include "fast_connection.h"

#include "failure.h"
#include "profile.h"
#include "url.h"

#include <errno.h>
#include <stdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { TARGET_BYTES = 320 };

/* The connection out of the list, where `link` points to it. */
static struct http_fast_connection *unlink_idle(struct http_fast_user *user,
                                                struct http_fast_connection **link)
{
    struct http_fast_connection *c = *link;

    *link = c->next;
    user->n_idle--;
    return c;
}

static bool goes_to(const struct http_fast_connection *c, const struct http_exchange *x)
{
    return c->origin_bytes == x->path_at && memcmp(c->origin, x->url, x->path_at) == 0;
}

/* Whether the peer has closed. Other input may be TLS's own. */
static bool has_ended(const struct http_fast_connection *c)
{
    char byte;
    ssize_t n = recv(acr_socket_fd(c->socket), &byte, 1, MSG_PEEK);

    return n == 0 || (n < 0 && errno != EAGAIN);
}

struct http_fast_connection *http_fast_connection_take(struct http_fast_user *user,
                                                       const struct http_exchange *x,
                                                       bool is_precious)
{
    struct http_fast_connection **link = &user->idle;

    while (*link != NULL) {
        if (!goes_to(*link, x)) {
            link = &(*link)->next;
            continue;
        }
        struct http_fast_connection *c = unlink_idle(user, link);
        if (!acr_socket_has_input(c->socket) && !(is_precious && has_ended(c))) {
            c->closing = user->n_closings;
            return c;
        }
        http_fast_connection_close(c); /* its server has ended it */
    }
    return NULL;
}

/* Where to, as acr_connect wants it; the name that the certificate has to bear. */
static bool write_target(char to[TARGET_BYTES], struct http_fast_profile *p,
                         const struct http_exchange *x)
{
    const struct http_settings *s = p->settings;
    struct http_url url;
    int n;

    if (p->target.length > 0 && p->origin.length == x->path_at &&
        memcmp(p->origin.data, x->url, x->path_at) == 0) {
        memcpy(to, p->target.data, p->target.length + 1);
        return true;
    }
    if (http_url_split(x->url, &url) != NULL) {
        return false;
    }
    if (s->unix_socket != NULL) {
        n = snprintf(to, TARGET_BYTES, "unix:%s", s->unix_socket);
    } else {
        n = snprintf(to, TARGET_BYTES, "%s://%.*s:%u", url.is_https ? "tls" : "tcp",
                     (int)url.host_bytes, url.host, url.port);
    }
    if (n <= 0 || n >= TARGET_BYTES) {
        return false;
    }
    http_text_clear(&p->origin);
    http_text_clear(&p->target);
    if (http_text_add(&p->origin, x->url, x->path_at)) {
        (void)http_text_add(&p->target, to, (size_t)n);
    }
    return true;
}

/* Of a failure of TLS, in the words of all engines. */
static const char *explain_tls(const char *said, char *text, size_t text_bytes)
{
    const char *why = said + (strncmp(said, "tls: ", 5) == 0 ? 5 : 0);

    if (strncmp(why, "certificates of ", 16) == 0) {
        return HTTP_FAILURE_CA_FILE;
    }
    if (strncmp(why, "the client certificate in ", 26) == 0 ||
        strncmp(why, "the key in ", 11) == 0) {
        return HTTP_FAILURE_CERT_FILE;
    }
    snprintf(text, text_bytes, HTTP_FAILURE_TLS, why);
    return text;
}

/* The failure to open, in the words of all engines. */
static const char *explain(const struct acr_socket *socket, const struct http_settings *s,
                           char *text, size_t text_bytes)
{
    double name_ms, connect_ms, tls_ms;
    int status = acr_socket_status(socket);
    char reason[128];

    acr_socket_times(socket, &name_ms, &connect_ms, &tls_ms);
    if (status == -ETIMEDOUT) {
        snprintf(text, text_bytes, HTTP_FAILURE_CONNECT_TIMEOUT, s->connect_timeout_s);
    } else if (name_ms < 0) {
        return status == -EINVAL   ? HTTP_FAILURE_URL
               : status == -EACCES ? HTTP_FAILURE_ALLOW
                                   : HTTP_FAILURE_NAME;
    } else if (connect_ms < 0) {
        snprintf(text, text_bytes, "%s", strerror_r(-status, reason, sizeof reason));
    } else {
        return explain_tls(acr_socket_error(socket), text, text_bytes);
    }
    return text;
}

static void note_phases(const struct acr_socket *socket, struct acr_phases *phases)
{
    acr_socket_times(socket, &phases->dns_ms, &phases->connect_ms, &phases->tls_ms);
    phases->dns_ms = phases->dns_ms < 0 ? 0 : phases->dns_ms;
    phases->connect_ms = phases->connect_ms < 0 ? 0 : phases->connect_ms;
    phases->tls_ms = phases->tls_ms < 0 ? 0 : phases->tls_ms;
}

int http_fast_connection_open(struct http_fast_user *user, struct http_exchange *x,
                              struct http_fast_connection **ret)
{
    const struct http_settings *s = user->profile->settings;
    struct acr_connect how = { .size = sizeof how,
                               .timeout_s = -1,
                               .keep = true,
                               .insecure = s->insecure,
                               .ca_file = s->ca_file,
                               .cert_file = s->cert_file,
                               .key_file = s->key_file,
                               .alpn = "http/1.1" };
    char to[TARGET_BYTES];

    if (s->unix_socket != NULL && strncmp(x->url, "https:", 6) == 0) {
        x->error = "the fast HTTP engine has no TLS over Unix sockets: use --http-engine curl";
        return -EINVAL;
    }
    if (!write_target(to, user->profile, x)) {
        x->error = HTTP_FAILURE_URL;
        return -EINVAL;
    }
    double limit_s = http_exchange_connect_s(x, s->connect_timeout_s);
    bool is_deadline = limit_s != s->connect_timeout_s;
    how.connect_timeout_s = limit_s > 0 ? limit_s : -1;
    how.to = to;
    struct acr_socket *socket = acr_socket_open(x->u, &how);
    int r = acr_socket_status(socket);
    note_phases(socket, &x->phases);
    struct http_fast_connection *c = r < 0 ? NULL : malloc(sizeof *c + x->path_at + 1);
    if (c == NULL) {
        if (r == 0) {
            r = -ENOMEM;
            x->error = HTTP_FAILURE_MEMORY;
        } else if (r != -ECANCELED && !(r == -ETIMEDOUT && is_deadline)) {
            x->error = explain(socket, s, x->error_text, sizeof x->error_text);
            r = r == -ETIMEDOUT ? -EIO : r;
        }
        acr_close(x->u, socket);
        return r;
    }
    *c = (struct http_fast_connection){
        .user = user, .socket = socket, .closing = user->n_closings, .origin_bytes = x->path_at
    };
    memcpy(c->origin, x->url, x->path_at);
    c->origin[x->path_at] = '\0';
    *ret = c;
    return 0;
}

/* The one that has been idle longest: the last. */
static void close_oldest(struct http_fast_user *user)
{
    struct http_fast_connection **link = &user->idle;

    while ((*link)->next != NULL) {
        link = &(*link)->next;
    }
    http_fast_connection_close(unlink_idle(user, link));
}

void http_fast_connection_keep(struct http_fast_connection *c)
{
    struct http_fast_user *user = c->user;

    if (c->closing != user->n_closings) {
        http_fast_connection_close(c);
        return;
    }
    if (user->n_idle >= HTTP_ENGINE_IDLE_MAX) {
        close_oldest(user);
    }
    c->next = user->idle;
    user->idle = c;
    user->n_idle++;
}

void http_fast_connection_close(struct http_fast_connection *c)
{
    acr_close(NULL, c->socket);
    free(c);
}

void http_fast_connection_close_all(struct http_fast_user *user)
{
    user->n_closings++;
    while (user->idle != NULL) {
        http_fast_connection_close(unlink_idle(user, &user->idle));
    }
}

bool http_fast_connection_was_unread(const struct http_fast_connection *c, int r)
{
    struct tcp_info info = { .tcpi_unacked = 0 };
    socklen_t bytes = sizeof info;

    if (getsockopt(acr_socket_fd(c->socket), IPPROTO_TCP, TCP_INFO, &info, &bytes) < 0) {
        return r == -EPIPE || r == -ECONNRESET; /* a Unix socket */
    }
    return info.tcpi_state == TCP_CLOSE ||
           (info.tcpi_state == TCP_CLOSE_WAIT && info.tcpi_unacked > 0);
}
