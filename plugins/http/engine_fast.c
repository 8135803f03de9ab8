/* SPDX-License-Identifier: MIT */
/* The fast engine: HTTP/1.1 on the sockets of <acrida/io.h>. What it makes per loop, profile, user.
 */
#include "engine.h"

#include "fast_hop.h"
#include "profile.h"

#include <stdlib.h>
#include <time.h>

static const char *refuse(const struct http_settings *settings)
{
    if (settings->proxy != NULL) {
        return "the fast HTTP engine has no proxies: use --http-engine curl";
    }
    if (settings->version == HTTP_VERSION_2) {
        return "the fast HTTP engine has no HTTP/2: use --http-engine curl";
    }
    return NULL;
}

static const char *get_encodings(void)
{
    return http_decode_encodings();
}

static void *loop_new(struct acr_loop *l)
{
    struct http_fast_loop *loop = calloc(1, sizeof *loop);

    if (loop == NULL) {
        acr_log_at(NULL, ACR_LOG_ERROR, "HTTP: out of memory");
        return NULL;
    }
    loop->loop = l;
    return loop;
}

static void loop_free(void *loop)
{
    struct http_fast_loop *l = loop;

    http_fast_hop_free_all(l);
    http_decode_pool_done(&l->decoders);
    free(l);
}

static void *profile_new(void *loop, const struct http_settings *settings)
{
    struct http_fast_profile *p = calloc(1, sizeof *p);

    if (p != NULL) {
        p->loop = loop;
        p->settings = settings;
    }
    return p;
}

static void profile_free(void *profile)
{
    struct http_fast_profile *p = profile;

    http_text_done(&p->lines);
    http_text_done(&p->origin);
    http_text_done(&p->target);
    free(p);
}

static void *user_new(void *profile)
{
    struct http_fast_user *user = calloc(1, sizeof *user);

    if (user != NULL) {
        user->profile = profile;
    }
    return user;
}

static void user_free(void *user)
{
    struct http_fast_user *u = user;

    http_fast_connection_close_all(u);
    http_jar_free(&u->jar);
    free(u);
}

static int run(struct http_exchange *x, void *user)
{
    return http_fast_hop_run(x, user);
}

static void clear_cookies(void *user)
{
    struct http_fast_user *u = user;

    http_jar_clear(&u->jar);
}

static bool set_cookie(void *user, const char *line)
{
    struct http_fast_user *u = user;

    return !u->profile->settings->no_cookies && http_jar_set(&u->jar, line);
}

static void each_cookie(void *user, bool (*fn)(void *arg, const char *line), void *arg)
{
    const struct http_fast_user *u = user;

    http_jar_each(&u->jar, time(NULL), fn, arg);
}

static void close_connections(void *user)
{
    http_fast_connection_close_all(user);
}

const struct http_engine http_engine_fast = {
    .refuse = refuse,
    .encodings = get_encodings,
    .loop_new = loop_new,
    .loop_free = loop_free,
    .profile_new = profile_new,
    .profile_free = profile_free,
    .user_new = user_new,
    .user_free = user_free,
    .run = run,
    .abandon = http_fast_hop_abandon,
    .clear_cookies = clear_cookies,
    .set_cookie = set_cookie,
    .each_cookie = each_cookie,
    .close_connections = close_connections,
};
