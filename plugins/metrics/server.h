/* SPDX-License-Identifier: MIT */
/*
 * A thread that serves the page by HTTP, and can be kept neither busy nor full: so many
 * connections, so many bytes of a request, so much time for each; a new client takes the place of
 * the one that has been asking longest. It has descriptors of its own: a run whose users take all
 * there are can still be watched.
 */
#ifndef ACRIDA_METRICS_SERVER_H
#define ACRIDA_METRICS_SERVER_H

#include "page.h"

struct metrics_server;

struct metrics_server_options {
    const char *host;  /* an address, or a name of this machine */
    uint16_t port;     /* 0 = any that is free */
    const char *token; /* what is to be shown; NULL = nothing, on loopback only */
};

/*
 * error: a line for a person. Returns: NULL when it cannot be. ret_port: where it listens.
 * Owner of the page: the server.
 */
struct metrics_server *metrics_server_new(const struct metrics_server_options *o,
                                          uint16_t *ret_port, char *error, size_t error_bytes);
/* Within a fraction of a second, whatever clients do. NULL is allowed. */
void metrics_server_free(struct metrics_server *s);

struct metrics_page *metrics_server_page(struct metrics_server *s);

#endif
