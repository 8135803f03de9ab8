/* SPDX-License-Identifier: MIT */
/* One name look-up at a time per host and loop. */
#include "curl_lookup.h"

#include "curl_transfer.h"
#include "profile.h"
#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum state { LOOKING_UP, FOUND, FAILED };

struct http_curl_lookup {
    struct http_curl_lookup *next;
    struct http_curl_transfer *leader;  /* NULL: over */
    struct http_curl_transfer *waiting; /* newest first */
    enum state state;
    const struct http_curl_profile *profile; /* of the leader */
    char error[128];                         /* of FAILED */
    char name[];                             /* host:port, or the proxy */
};

/* The piece of the transfer's target that is looked up. */
static void name_of(const struct http_curl_transfer *t, const char **ret_name, size_t *ret_bytes)
{
    const char *proxy = t->user->profile->settings->proxy;
    const char *url = proxy != NULL ? proxy : t->x->url;
    const char *host = strstr(url, "://");

    *ret_name = host == NULL ? url : host + 3;
    *ret_bytes = strcspn(*ret_name, "/?#");
}

static struct http_curl_lookup *find(struct http_curl_loop *loop, const char *name, size_t bytes)
{
    for (struct http_curl_lookup *l = loop->lookups; l != NULL; l = l->next) {
        if (l->state == LOOKING_UP && strncmp(l->name, name, bytes) == 0 &&
            l->name[bytes] == '\0') {
            return l;
        }
    }
    return NULL;
}

int http_curl_lookup_on_start(void *resolver, void *reserved, void *transfer)
{
    struct http_curl_transfer *t = transfer;
    struct http_curl_loop *loop = t->user->profile->loop;
    const char *name;
    size_t bytes;

    (void)resolver;
    (void)reserved;
    if (t->leads != NULL) {
        return 0;
    }
    name_of(t, &name, &bytes);
    struct http_curl_lookup *l = find(loop, name, bytes);
    if (l != NULL) {
        t->waits_for = l;
        t->next = l->waiting;
        l->waiting = t;
        return 1;
    }
    l = calloc(1, sizeof *l + bytes + 1);
    if (l == NULL) {
        return 0; /* then without */
    }
    memcpy(l->name, name, bytes);
    l->leader = t;
    l->profile = t->profile;
    l->next = loop->lookups;
    loop->lookups = l;
    t->leads = l;
    return 0;
}

void http_curl_lookup_found(struct http_curl_transfer *t)
{
    if (t->leads != NULL) {
        t->leads->state = FOUND;
        t->leads->leader = NULL;
        t->leads = NULL;
        t->user->profile->loop->lookups_changed = true;
    }
}

void http_curl_lookup_forget(struct http_curl_transfer *t, const char *error)
{
    if (t->waits_for != NULL) {
        struct http_curl_transfer **link = &t->waits_for->waiting;
        while (*link != t) {
            link = &(*link)->next;
        }
        *link = t->next;
        t->waits_for = NULL;
    }
    if (t->leads != NULL) {
        struct http_curl_lookup *l = t->leads;
        l->state = error == NULL ? FOUND : FAILED;
        l->leader = NULL;
        snprintf(l->error, sizeof l->error, "%s", error == NULL ? "" : error);
        t->leads = NULL;
        t->user->profile->loop->lookups_changed = true;
    }
}

/* Those waiting, oldest first. */
static struct http_curl_transfer *take_waiting(struct http_curl_lookup *l)
{
    struct http_curl_transfer *oldest = NULL;

    while (l->waiting != NULL) {
        struct http_curl_transfer *t = l->waiting;
        l->waiting = t->next;
        t->waits_for = NULL;
        t->next = oldest;
        oldest = t;
    }
    return oldest;
}

void http_curl_lookup_work_off(struct http_curl_loop *loop)
{
    struct http_curl_lookup **link = &loop->lookups;

    loop->lookups_changed = false;
    while (*link != NULL) {
        struct http_curl_lookup *l = *link;
        if (l->state == LOOKING_UP) {
            link = &l->next;
            continue;
        }
        *link = l->next;
        struct http_curl_transfer *t = take_waiting(l);
        while (t != NULL) {
            struct http_curl_transfer *next = t->next;
            /* Other settings are another patience: those look up for themselves. */
            if (l->state == FAILED && t->profile == l->profile) {
                http_curl_transfer_fail(t, l->error);
            } else {
                http_curl_transfer_add(t);
            }
            t = next;
        }
        free(l);
    }
}

void http_curl_lookup_free_all(struct http_curl_loop *loop)
{
    while (loop->lookups != NULL) {
        struct http_curl_lookup *l = loop->lookups;
        loop->lookups = l->next;
        free(l);
    }
}
