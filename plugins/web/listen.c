/* SPDX-License-Identifier: MIT */
/* Listening, plain and with TLS. */
#include "listen.h"

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128

int web_listen_is_any(const char *host)
{
    return *host == '\0' || strcmp(host, "*") == 0;
}

/* Returns: a descriptor, or a negative errno. */
static int bind_to(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    int off = 0;
    int r;

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (to->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (bind(fd, to->ai_addr, to->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    r = -errno;
    close(fd);
    return r;
}

static void complain(const char *host, unsigned port, int r, char *error, size_t error_bytes)
{
    if (r == -EADDRINUSE)
        snprintf(error, error_bytes,
                 "the web interface cannot be started: port %u of %s is taken; --web-port takes "
                 "another (0 = any that is free), --headless goes without",
                 port, web_listen_is_any(host) ? "this machine" : host);
    else
        snprintf(error, error_bytes, "the web interface cannot listen on port %u of %s: %s", port,
                 web_listen_is_any(host) ? "this machine" : host, strerror(-r));
}

/* IPv6 first where all addresses are meant: it takes both. */
static int bind_first(const struct addrinfo *list, int is_any)
{
    int r = -EADDRNOTAVAIL;

    for (const struct addrinfo *to = list; to != NULL; to = to->ai_next)
        if (is_any && to->ai_family == AF_INET6 && (r = bind_to(to)) >= 0)
            return r;
    for (const struct addrinfo *to = list; to != NULL && r != -EADDRINUSE; to = to->ai_next)
        if ((!is_any || to->ai_family != AF_INET6) && (r = bind_to(to)) >= 0)
            return r;
    return r;
}

struct evconnlistener *web_listen(struct event_base *base, const char *host, unsigned port,
                                  char *error, size_t error_bytes)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    struct evconnlistener *listener;
    struct addrinfo *list;
    char service[16];
    int r;

    snprintf(service, sizeof(service), "%u", port);
    r = getaddrinfo(web_listen_is_any(host) ? NULL : host, service, &hints, &list);
    if (r != 0) {
        snprintf(error, error_bytes, "--web-host: %s is no address of this machine: %s", host,
                 gai_strerror(r));
        return NULL;
    }
    r = bind_first(list, web_listen_is_any(host));
    freeaddrinfo(list);
    if (r < 0) {
        complain(host, port, r, error, error_bytes);
        return NULL;
    }
    listener =
        evconnlistener_new(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, r);
    if (listener == NULL) {
        snprintf(error, error_bytes, "the web interface cannot be started: no memory");
        close(r);
    }
    return listener;
}

unsigned web_listen_port(struct evconnlistener *listener)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = { .v4.sin_port = 0 };
    socklen_t bytes = sizeof(address);

    if (getsockname(evconnlistener_get_fd(listener), &address.any, &bytes) < 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
}

/* --- TLS -----------------------------------------------------------------------------------------
 */

static struct ssl_ctx_st *refuse_tls(struct ssl_ctx_st *tls, const char *option, const char *path,
                                     char *error, size_t error_bytes)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);

    snprintf(error, error_bytes, "%s: %s cannot be used: %s", option, path,
             reason != NULL ? reason : "it is no PEM file");
    ERR_clear_error();
    SSL_CTX_free(tls);
    return NULL;
}

/* A key with a passphrase is refused: nobody is there to be asked. */
static int no_passphrase(char *text, int bytes, int is_writing, void *arg)
{
    (void)text;
    (void)bytes;
    (void)is_writing;
    (void)arg;
    return 0;
}

struct ssl_ctx_st *web_listen_tls(const char *cert_path, const char *key_path, char *error,
                                  size_t error_bytes)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    ERR_clear_error();
    if (tls == NULL || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1)
        return refuse_tls(tls, "--tls-cert", cert_path, error, error_bytes);
    SSL_CTX_set_default_passwd_cb(tls, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(tls, cert_path) != 1)
        return refuse_tls(tls, "--tls-cert", cert_path, error, error_bytes);
    if (SSL_CTX_use_PrivateKey_file(tls, key_path, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(tls) != 1)
        return refuse_tls(tls, "--tls-key", key_path, error, error_bytes);
    return tls;
}

void web_listen_tls_free(struct ssl_ctx_st *tls)
{
    SSL_CTX_free(tls);
}

struct bufferevent *web_listen_connection(struct event_base *base, struct ssl_ctx_st *tls)
{
    struct bufferevent *b;
    SSL *ssl;

    if (tls == NULL)
        return bufferevent_socket_new(base, -1, 0);
    ssl = SSL_new(tls);
    if (ssl == NULL)
        return NULL;
    b = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                       BEV_OPT_CLOSE_ON_FREE);
    if (b == NULL)
        SSL_free(ssl);
    else
        bufferevent_openssl_set_allow_dirty_shutdown(b, 1);
    return b;
}
