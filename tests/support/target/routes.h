/* SPDX-License-Identifier: MIT */
/* Which handler answers which request. */
#ifndef ACRIDA_TARGET_ROUTES_H
#define ACRIDA_TARGET_ROUTES_H

#include "exchange.h"

/* What is to become of the request's body before the handler runs. */
enum target_route_body {
    TARGET_ROUTE_IGNORE, /* read and forgotten */
    TARGET_ROUTE_UNREAD, /* not waited for */
    TARGET_ROUTE_KEEP,
    TARGET_ROUTE_SUM, /* its CRC-32 is taken */
};

/* `rest` is what follows the route's path, empty for an exact one. */
typedef void target_route_handler(struct target_exchange *exchange, struct target_text rest);

struct target_route {
    struct target_text method; /* empty: any; GET goes for HEAD too */
    struct target_text path;   /* ends with '/': everything below it, else exact */
    target_route_handler *handle;
    enum target_route_body body;
    bool control; /* about the target itself: never counted, no rules apply */
};

/* The route of a request; there always is one, if only to say 404 or 405. */
const struct target_route *target_routes_find(const struct target_request *request);

/* Runs the handler. */
void target_routes_run(const struct target_route *route, struct target_exchange *exchange);

#endif
