/* SPDX-License-Identifier: MIT */
/* The client's state per loop and per user, and the calls that change a user. */
#include "user.h"

#include "encode.h"
#include "options.h"
#include "response.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint32_t http_user_slot;

/*
 * What acr_set_header set: never changed once made, for a running exchange may read it. A new one
 * takes its place.
 */
struct http_own {
    struct http_own *next; /* among the retired */
    size_t count;
    struct http_header *items;  /* what was set */
    struct http_header *merged; /* laid over the profile's */
    char text[];                /* the lines of items */
};

int http_user_loop_init(struct acr_loop *l, void *loop_state)
{
    struct http_loop *loop = loop_state;

    loop->loop = l;
    loop->engine = &http_engine_curl;
    int r = http_options_check();
    if (r == 0) {
        r = loop->engine->prepare();
    }
    if (r < 0) {
        return r;
    }
    loop->engine_loop = loop->engine->loop_new(l);
    return loop->engine_loop == NULL ? -ENOMEM : 0;
}

void http_user_loop_done(struct acr_loop *l, void *loop_state)
{
    struct http_loop *loop = loop_state;

    (void)l;
    while (loop->profiles != NULL) {
        struct http_profile *p = loop->profiles;
        loop->profiles = p->next;
        http_profile_free(p);
    }
    while (loop->free_exchanges != NULL) {
        struct http_exchange *x = loop->free_exchanges;
        loop->free_exchanges = x->next;
        http_text_done(&x->head);
        http_text_done(&x->content);
        free(x);
    }
    if (loop->engine_loop != NULL) {
        loop->engine->loop_free(loop->engine_loop);
    }
    http_text_done(&loop->scratch);
}

int http_user_init(struct acr_user *u, void *user_state)
{
    struct http_user *user = user_state;

    user->u = u;
    user->loop = acr_client_loop_state(acr_user_loop(u), http_user_slot);
    user->profile = http_profile_get(user->loop, u);
    if (user->profile == NULL) {
        return -ENOMEM;
    }
    user->headers = user->profile->headers;
    user->engine = user->loop->engine->user_new(user->profile->engine);
    return user->engine == NULL ? -ENOMEM : 0;
}

/* Ends exchanges; `all` or only those whose coroutine ended inside the call, as an exception does.
 */
static void end_running(struct http_user *user, bool all)
{
    struct http_exchange *next;

    for (struct http_exchange *x = user->running; x != NULL; x = next) {
        next = x->next;
        if (!all && x->waiter != NULL) {
            continue;
        }
        if (!x->is_done && x->transfer != NULL) {
            user->loop->engine->cancel(x);
        }
        if (x->sample != NULL) {
            acr_sample_cancel(x->sample, x->method, x->url == NULL ? "" : x->url);
        }
        http_exchange_free(x);
    }
}

static void free_retired(struct http_user *user)
{
    while (user->retired != NULL) {
        struct http_own *own = user->retired;
        user->retired = own->next;
        free(own->items);
        free(own);
    }
}

void http_user_task_done(struct acr_user *u, void *user_state)
{
    struct http_user *user = user_state;

    (void)u;
    if (user->running != NULL) {
        end_running(user, false);
    }
    if (user->kept_first != NULL) {
        http_response_end_all(user);
    }
}

void http_user_done(struct acr_user *u, void *user_state)
{
    struct http_user *user = user_state;

    (void)u;
    end_running(user, true);
    http_response_end_all(user);
    free_retired(user);
    if (user->own != NULL) {
        free(user->own->items);
        free(user->own);
        user->own = NULL;
    }
    if (user->engine != NULL) {
        user->loop->engine->user_free(user->engine);
        user->engine = NULL;
    }
}

struct http_user *http_user_get(struct acr_user *u)
{
    return acr_client_user_state(u, http_user_slot);
}

bool http_user_auth_line(struct http_text *out, const char *auth)
{
    return http_text_puts(out, "Authorization: Basic ") &&
           http_encode_base64(out, auth, strlen(auth));
}

/* A copy of `old` (NULL = nothing) with `line` in place of its namesakes. NULL: out of memory. */
static struct http_own *own_with(const struct http_own *old, const char *line,
                                 struct http_headers defaults)
{
    struct http_header set = http_headers_item(line);
    size_t old_count = old == NULL ? 0 : old->count;
    size_t bytes = strlen(line) + 1;

    for (size_t i = 0; i < old_count; i++) {
        bytes += strlen(old->items[i].line) + 1;
    }
    struct http_own *own = calloc(1, sizeof *own + bytes);
    size_t room = 2 * (old_count + 1) + defaults.count;
    struct http_header *items = calloc(room, sizeof *items);
    if (own == NULL || items == NULL) {
        free(own);
        free(items);
        return NULL;
    }
    struct http_headers before = { old == NULL ? NULL : old->items, old_count };
    own->items = items;
    own->count = http_headers_merge(before, (struct http_headers){ &set, 1 }, items);
    char *at = own->text;
    for (size_t i = 0; i < own->count; i++) {
        size_t n = strlen(items[i].line) + 1;
        memcpy(at, items[i].line, n);
        items[i].line = at;
        at += n;
    }
    own->merged = items + own->count;
    return own;
}

static void set_line(struct http_user *user, const char *line)
{
    struct http_own *own = own_with(user->own, line, user->profile->headers);

    if (own == NULL) {
        acr_log_at(user->u, ACR_LOG_ERROR, "a default header is lost: out of memory");
        return;
    }
    user->headers.count = http_headers_merge(
        user->profile->headers, (struct http_headers){ own->items, own->count }, own->merged);
    user->headers.items = own->merged;
    if (user->own != NULL) {
        user->own->next = user->retired;
        user->retired = user->own;
    }
    user->own = own;
    if (user->running == NULL) {
        free_retired(user);
    }
}

void acr_set_header(struct acr_user *u, const char *name, const char *value)
{
    struct http_user *user = http_user_get(u);

    if (user == NULL || name == NULL) {
        return;
    }
    value = value == NULL ? "" : value;
    if (!http_headers_name_ok(name, strlen(name)) || !http_headers_value_ok(value, strlen(value))) {
        acr_log_at(u, ACR_LOG_ERROR, "acr_set_header: '%s' cannot be sent as a header, ignored",
                   name);
        return;
    }
    struct http_text *line = &user->loop->scratch;
    http_text_clear(line);
    if (http_text_puts(line, name) && http_text_puts(line, value[0] == '\0' ? ":" : ": ") &&
        http_text_puts(line, value)) {
        set_line(user, line->data);
    }
}

void acr_set_auth(struct acr_user *u, const char *auth)
{
    struct http_user *user = http_user_get(u);

    if (user == NULL) {
        return;
    }
    struct http_text *line = &user->loop->scratch;
    http_text_clear(line);
    if (auth == NULL ? http_text_puts(line, "Authorization:") : http_user_auth_line(line, auth)) {
        set_line(user, line->data);
    }
}

void acr_clear_cookies(struct acr_user *u)
{
    struct http_user *user = http_user_get(u);

    if (user != NULL) {
        user->loop->engine->clear_cookies(user->engine);
    }
}

void acr_close_connections(struct acr_user *u)
{
    struct http_user *user = http_user_get(u);

    if (user != NULL) {
        user->loop->engine->close_connections(user->engine);
    }
}
