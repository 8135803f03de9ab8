/* SPDX-License-Identifier: MIT */
/* Where the server listens, and what its connections are made of: plain or TLS. Thread: the
 * server's. */
#ifndef ACRIDA_WEB_LISTEN_H
#define ACRIDA_WEB_LISTEN_H

#include <stddef.h>

struct bufferevent;
struct event_base;
struct evconnlistener;
struct ssl_ctx_st;

/*
 * host: an address or name; "*" or "" = all. port: 0 = any.
 *
 * Returns: a listener without a callback, disabled; NULL with a line in error.
 */
struct evconnlistener *web_listen(struct event_base *base, const char *host, unsigned port,
                                  char *error, size_t error_bytes);

/* The port that it has. */
unsigned web_listen_port(struct evconnlistener *listener);

/* Whether all addresses are meant. */
int web_listen_is_any(const char *host);

/* cert: a chain in PEM. Returns: NULL with a line in error. Free with web_listen_tls_free. */
struct ssl_ctx_st *web_listen_tls(const char *cert_path, const char *key_path, char *error,
                                  size_t error_bytes);
void web_listen_tls_free(struct ssl_ctx_st *tls);

/* A connection that is to get its descriptor yet. tls: NULL = plain. */
struct bufferevent *web_listen_connection(struct event_base *base, struct ssl_ctx_st *tls);

#endif
