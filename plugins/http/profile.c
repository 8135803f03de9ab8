/* SPDX-License-Identifier: MIT */
/* What all users of one type on one loop have in common. */
#include "profile.h"

#include "options.h"
#include "user.h"

#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "out of memory";

static void keep_string(const char **to, const char *from)
{
    if (from != NULL && from[0] != '\0') {
        *to = from;
    }
}

/* 0 leaves a limit as it is, negative means none. */
static void keep_limit(double *to_s, double from_s)
{
    if (from_s != 0) {
        *to_s = http_options_limit(from_s);
    }
}

static void apply_defaults(struct http_profile *p, const struct acr_http_defaults *d)
{
    struct http_settings *s = &p->settings;

    keep_limit(&s->timeout_s, d->timeout_s);
    keep_limit(&s->connect_timeout_s, d->connect_timeout_s);
    if (d->max_redirects != 0) {
        s->max_redirects = d->max_redirects < 0 ? 0 : d->max_redirects;
    }
    s->insecure |= d->insecure;
    s->no_compression |= d->no_compression;
    s->no_cookies |= d->no_cookies;
    s->no_keep_alive |= d->no_keep_alive;
    keep_string(&s->ca_file, d->ca_file);
    keep_string(&s->cert_file, d->cert_file);
    keep_string(&s->key_file, d->key_file);
    keep_string(&s->proxy, d->proxy);
    keep_string(&s->unix_socket, d->unix_socket);
    keep_string(&s->trend_headers, d->trend_headers);
    if (d->proxy != NULL && d->proxy[0] != '\0' && http_options_proxy(d->proxy) != NULL) {
        p->error = "the user type's .proxy is not the address of a proxy";
    }
    if (d->unix_socket != NULL && strlen(d->unix_socket) >= HTTP_OPTIONS_SOCKET_PATH) {
        p->error = ".unix_socket is longer than 107 bytes";
    }
    if (!http_options_version(d->http_version, &s->version)) {
        p->error = ".http_version is neither \"1.1\" nor \"2\"";
    }
    if (!http_options_engine(d->engine, &s->engine)) {
        p->error = ".engine is not \"auto\", \"curl\" or \"fast\"";
    }
}

/* Lays the lines of a text over the profile's headers. */
static const char *add_lines(struct http_profile *p, char *text)
{
    size_t room = http_headers_count(text);
    struct http_header *upper = calloc(room, sizeof *upper);
    struct http_header *merged = calloc(room + p->headers.count, sizeof *merged);
    size_t count = 0;
    const char *error =
        upper == NULL || merged == NULL ? no_memory : http_headers_parse(text, upper, &count);

    if (error == NULL) {
        struct http_headers over = { upper, count };
        count = http_headers_merge(p->headers, over, merged);
        free((void *)p->headers.items);
        p->headers = (struct http_headers){ merged, count };
        merged = NULL;
    }
    free(upper);
    free(merged);
    return error;
}

/* The default headers as one text, the more specific after a NUL. */
static bool put_lines(struct http_profile *p, const char *encodings, size_t at[4])
{
    const struct acr_http_defaults *d = p->defaults;
    struct http_text *t = &p->lines;
    bool ok = http_text_puts(t, "Accept: */*\n");

    if (!p->settings.no_compression && encodings[0] != '\0') {
        ok = ok && http_text_puts(t, "Accept-Encoding: ") && http_text_puts(t, encodings) &&
             http_text_put(t, '\n');
    }
    ok = ok && http_text_puts(t, "User-Agent: acrida/" ACRIDA_VERSION);
    if (p->settings.no_keep_alive) {
        ok = ok && http_text_puts(t, "\nConnection: close");
    }
    at[0] = 0;
    ok = ok && http_text_put(t, '\0');
    at[1] = t->length;
    ok = ok && http_text_puts(t, acr_option_string("http-header")) && http_text_put(t, '\0');
    at[2] = t->length;
    ok = ok && (d == NULL || d->headers == NULL || http_text_puts(t, d->headers)) &&
         http_text_put(t, '\0');
    at[3] = t->length;
    if (p->base.userinfo != NULL) {
        ok = ok && http_user_auth_line(t, p->base.userinfo);
    } else if (d != NULL && d->auth != NULL) {
        ok = ok && http_user_auth_line(t, d->auth);
    }
    return ok && http_text_put(t, '\0');
}

static enum http_engine_kind choose_engine(const struct http_profile *p)
{
    const struct http_settings *s = &p->settings;
    bool is_https = p->base.text != NULL && strncmp(p->base.text, "https", 5) == 0;

    if (s->engine != HTTP_ENGINES) {
        return s->engine;
    }
    return http_engine_fast.refuse(s) != NULL || (s->unix_socket != NULL && is_https)
               ? HTTP_ENGINE_CURL
               : HTTP_ENGINE_FAST;
}

static bool fill(struct http_profile *p)
{
    size_t at[4];
    void *engine_loop;

    http_options_read(&p->settings);
    if (p->defaults != NULL) {
        apply_defaults(p, p->defaults);
    }
    http_url_base_init(&p->base, p->host);
    p->engine = http_user_engine(p->loop, choose_engine(p), &engine_loop);
    if (p->engine == NULL) {
        return false;
    }
    if (p->error == NULL) {
        p->error = p->engine->refuse(&p->settings);
    }
    if (!put_lines(p, p->engine->encodings(), at)) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        const char *error = add_lines(p, p->lines.data + at[i]);
        if (error == no_memory) {
            return false;
        }
        if (error != NULL && p->error == NULL) {
            p->error = error;
        }
    }
    p->engine_profile = p->engine->profile_new(engine_loop, &p->settings);
    return p->engine_profile != NULL;
}

/* The type's defaults in this version's size. */
static const struct acr_http_defaults *widen(const struct acr_http_defaults *d,
                                             struct acr_http_defaults *wide)
{
    if (d == NULL || d->size == 0) {
        return NULL;
    }
    *wide = (struct acr_http_defaults){ .size = sizeof *wide };
    memcpy(wide, d, d->size < sizeof *wide ? d->size : sizeof *wide);
    return wide;
}

struct http_profile *http_profile_get(struct http_loop *loop, struct acr_user *u)
{
    const struct acr_http_defaults *defaults = acr_user_http_defaults(u);
    const char *host = acr_host(u);
    struct acr_http_defaults wide;

    for (struct http_profile *p = loop->profiles; p != NULL; p = p->next) {
        if (p->defaults == defaults && strcmp(p->host, host) == 0) {
            return p;
        }
    }
    struct http_profile *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return NULL;
    }
    p->loop = loop;
    p->host = strdup(host);
    p->defaults = widen(defaults, &wide);
    if (p->host == NULL || !fill(p)) {
        http_profile_free(p);
        return NULL;
    }
    p->defaults = defaults;
    p->next = loop->profiles;
    loop->profiles = p;
    return p;
}

void http_profile_free(struct http_profile *p)
{
    if (p->engine_profile != NULL) {
        p->engine->profile_free(p->engine_profile);
    }
    http_url_base_done(&p->base);
    http_url_cache_done(&p->urls);
    free((void *)p->headers.items);
    http_text_done(&p->lines);
    free(p->host);
    free(p);
}
