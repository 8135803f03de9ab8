/* SPDX-License-Identifier: MIT */
/* What is answered under which path, and to whom. Thread: any. */
#ifndef ACRIDA_WEB_ROUTES_H
#define ACRIDA_WEB_ROUTES_H

#include "reply.h"

#include <stdbool.h>

/* What the server's own thread answers; all else is a view's, on the control loop. */
enum web_local {
    WEB_LOCAL_NONE = 0,
    WEB_LOCAL_PAGE,
    WEB_LOCAL_EVENTS,
    WEB_LOCAL_LOGIN,
    WEB_LOCAL_LOGOUT,
    WEB_LOCAL_HEALTH,
    WEB_LOCAL_OPENAPI,
    WEB_LOCAL_FULL_HISTORY,
};

#define WEB_GET 1u
#define WEB_POST 2u

struct web_route {
    const char *path;
    unsigned methods; /* WEB_GET (and HEAD), WEB_POST */
    unsigned changes; /* with these it changes something */
    bool is_open;     /* also to those who have not logged in */
    bool is_shared;   /* all get the same answer, made about once a second */
    bool is_heavy;    /* it may take long: one at a time */
    enum web_local local;
    web_view view;
};

size_t web_routes_count(void);
const struct web_route *web_routes_at(size_t index);

/* By path, below the base path. Returns: its index; -1 = there is none. */
int web_routes_find(const char *path);

/* The rest of a path below the base path, "" or "/..." Returns: NULL when it is not below. The base
 * path itself is "/". */
const char *web_routes_below(const char *base_path, const char *path);

/* Whether a base path makes sense: "" or "/a/b", without what has a meaning in URLs. */
bool web_routes_is_base(const char *base_path);

#endif
