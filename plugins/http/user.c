/* SPDX-License-Identifier: MIT */
/* The client's state per loop and per user, and the calls that change a user. */
#include "user.h"

#include "cookies.h"
#include "encode.h"
#include "options.h"
#include "response.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WARN_EVERY_NS (10 * UINT64_C(1000000000))

uint32_t http_user_slot;

/*
 * What acr_set_header set: never changed once made, for running exchanges may read it. A new one
 * takes its place.
 */
struct http_own {
    size_t n_holders; /* the user, while it is the latest, and exchanges */
    size_t count;
    struct http_header *items;  /* what was set */
    struct http_header *merged; /* laid over the profile's */
    char text[];                /* the lines of items */
};

static const struct http_engine *const engines[HTTP_ENGINES] = {
    [HTTP_ENGINE_CURL] = &http_engine_curl,
    [HTTP_ENGINE_FAST] = &http_engine_fast,
};

int http_user_loop_init(struct acr_loop *l, void *loop_state)
{
    struct http_loop *loop = loop_state;

    loop->loop = l;
    return http_options_check();
}

const struct http_engine *http_user_engine(struct http_loop *loop, enum http_engine_kind kind,
                                           void **ret_engine_loop)
{
    if (loop->engine_loops[kind] == NULL) {
        loop->engine_loops[kind] = engines[kind]->loop_new(loop->loop);
    }
    *ret_engine_loop = loop->engine_loops[kind];
    return *ret_engine_loop == NULL ? NULL : engines[kind];
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
    for (size_t i = 0; i < HTTP_ENGINES; i++) {
        if (loop->engine_loops[i] != NULL) {
            engines[i]->loop_free(loop->engine_loops[i]);
        }
    }
    http_text_done(&loop->scratch);
}

int http_user_init(struct acr_user *u, void *user_state)
{
    struct http_user *user = user_state;

    user->loop = acr_client_loop_state(acr_user_loop(u), http_user_slot);
    user->profile = http_profile_get(user->loop, u);
    if (user->profile == NULL) {
        return -ENOMEM;
    }
    user->headers = user->profile->headers;
    user->engine_user = user->profile->engine->user_new(user->profile->engine_profile);
    return user->engine_user == NULL ? -ENOMEM : 0;
}

/* Ends the exchanges that `u` left behind, as an exception in C++ does; NULL: of all. */
static void end_running(struct http_user *user, const struct acr_user *u)
{
    struct http_exchange *next;

    for (struct http_exchange *x = user->running; x != NULL; x = next) {
        next = x->next;
        if (u != NULL && x->u != u) {
            continue;
        }
        http_exchange_end_callback(x);
        if (!x->is_done && x->transfer != NULL) {
            user->profile->engine->abandon(x);
        }
        if (x->sample != NULL) {
            acr_sample_cancel(x->sample, x->method, x->url == NULL ? "" : x->url);
        }
        http_exchange_free(x);
    }
}

struct http_own *http_user_hold_headers(struct http_user *user)
{
    if (user->own != NULL) {
        user->own->n_holders++;
    }
    return user->own;
}

void http_user_release_headers(struct http_own *own)
{
    if (own != NULL && --own->n_holders == 0) {
        free(own->items);
        free(own);
    }
}

void http_user_task_done(struct acr_user *u, void *user_state)
{
    struct http_user *user = user_state;

    if (user->running != NULL) {
        end_running(user, u);
    }
    if (user->kept_first != NULL) {
        http_response_end_all(user, u);
    }
}

void http_user_done(struct acr_user *u, void *user_state)
{
    struct http_user *user = user_state;

    (void)u;
    end_running(user, NULL);
    http_response_end_all(user, NULL);
    http_user_release_headers(user->own);
    user->own = NULL;
    free(user->name);
    user->name = NULL;
    if (user->engine_user != NULL) {
        user->profile->engine->user_free(user->engine_user);
        user->engine_user = NULL;
    }
}

struct http_user *http_user_get(struct acr_user *u)
{
    return acr_client_user_state(u, http_user_slot);
}

bool http_user_may_warn(struct http_loop *loop, enum http_warning which)
{
    uint64_t *at_ns = &loop->warned_at_ns[which];
    uint64_t now = acr_now_ns();

    if (*at_ns != 0 && now - *at_ns <= WARN_EVERY_NS) {
        return false;
    }
    *at_ns = now;
    return true;
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
    own->n_holders = 1;
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

static void set_line(struct acr_user *u, struct http_user *user, const char *line)
{
    struct http_own *own = own_with(user->own, line, user->profile->headers);

    if (own == NULL) {
        acr_log_at(u, ACR_LOG_ERROR, "a default header is lost: out of memory");
        return;
    }
    user->headers.count = http_headers_merge(
        user->profile->headers, (struct http_headers){ own->items, own->count }, own->merged);
    user->headers.items = own->merged;
    http_user_release_headers(user->own);
    user->own = own;
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
        set_line(u, user, line->data);
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
        set_line(u, user, line->data);
    }
}

void acr_clear_cookies(struct acr_user *u)
{
    struct http_user *user = http_user_get(u);

    if (user != NULL) {
        user->profile->engine->clear_cookies(user->engine_user);
    }
}

void acr_name_requests(struct acr_user *u, const char *name)
{
    struct http_user *user = http_user_get(u);

    if (user != NULL) {
        free(user->name);
        user->name = name == NULL || name[0] == '\0' ? NULL : strdup(name);
    }
}

/* The host of the user's base URL. Returns: false when it has none. */
static bool host_of(const struct http_user *user, struct http_url *ret_url)
{
    const struct http_url_base *base = &user->profile->base;

    return base->error == NULL && http_url_split(base->text, ret_url) == NULL;
}

void acr_set_cookie(struct acr_user *u, const char *name, const char *value)
{
    struct http_user *user = http_user_get(u);
    struct http_url url;

    if (user == NULL || name == NULL) {
        return;
    }
    struct http_text *line = &user->loop->scratch;
    http_text_clear(line);
    const char *error = "the user has no host";
    if (host_of(user, &url)) {
        error = http_cookies_line(line, url.host, url.host_bytes, name, value == NULL ? "" : value);
    }
    if (error == NULL &&
        !user->profile->engine->set_cookie(user->engine_user, http_text_get(line))) {
        error = "the user keeps no cookies";
    }
    if (error != NULL) {
        acr_log_at(u, ACR_LOG_ERROR, "acr_set_cookie: '%s' is not set: %s", name, error);
    }
}

struct search {
    struct http_url url;
    const char *name;
    struct http_text *found;
};

static bool is_not_it(void *arg, const char *line)
{
    struct search *s = arg;
    const char *value = http_cookies_value(line, s->url.host, s->url.host_bytes, s->name);

    return value == NULL || !http_text_puts(s->found, value);
}

const char *acr_cookie(struct acr_user *u, const char *name)
{
    struct http_user *user = http_user_get(u);
    struct search s = { .name = name };

    if (user == NULL || name == NULL || !host_of(user, &s.url)) {
        return "";
    }
    s.found = &user->loop->scratch;
    http_text_clear(s.found);
    user->profile->engine->each_cookie(user->engine_user, is_not_it, &s);
    return acr_dup(u, http_text_get(s.found));
}

void acr_close_connections(struct acr_user *u)
{
    struct http_user *user = http_user_get(u);

    if (user != NULL) {
        user->profile->engine->close_connections(user->engine_user);
    }
}
