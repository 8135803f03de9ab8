/* SPDX-License-Identifier: MIT */
/* The engine over libcurl: what it makes per loop, profile and user. */
#include "engine.h"

#include "curl_loop.h"
#include "curl_names.h"
#include "curl_sockets.h"
#include "curl_transfer.h"
#include "profile.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

/* OpenSSL writes to sockets without MSG_NOSIGNAL. A handler that someone set stays. */
static void ignore_sigpipe(void)
{
    struct sigaction now;

    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL) {
        now.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &now, NULL);
    }
}

static const char *refuse(const struct http_settings *settings)
{
    (void)settings;
    return NULL;
}

static const char *get_encodings(void)
{
    int features = curl_version_info(CURLVERSION_NOW)->features;

    if ((features & CURL_VERSION_LIBZ) == 0) {
        return "";
    }
    return (features & CURL_VERSION_BROTLI) != 0 ? "gzip, deflate, br" : "gzip, deflate";
}

static void *loop_new(struct acr_loop *l)
{
    /* On each loop: curl counts, and is safe to call from several at once since 7.84. */
    ignore_sigpipe();
    CURLcode r = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (r != CURLE_OK) {
        acr_log_at(NULL, ACR_LOG_ERROR, "libcurl: %s", curl_easy_strerror(r));
        return NULL;
    }
    void *loop = http_curl_loop_new(l);
    if (loop == NULL) {
        acr_log_at(NULL, ACR_LOG_ERROR, "libcurl: out of memory");
    }
    return loop;
}

static void loop_free(void *loop)
{
    http_curl_loop_free(loop);
}

static void *profile_new(void *loop, const struct http_settings *settings)
{
    struct http_curl_profile *p = calloc(1, sizeof *p);

    if (p != NULL) {
        p->loop = loop;
        p->settings = settings;
    }
    return p;
}

static void profile_free(void *profile)
{
    struct http_curl_profile *p = profile;

    while (p->free != NULL) {
        struct http_curl_transfer *t = p->free;
        p->free = t->next;
        http_curl_transfer_destroy(t);
    }
    free(p);
}

static void *user_new(void *profile)
{
    struct http_curl_profile *p = profile;
    struct http_curl_user *user = calloc(1, sizeof *user);

    if (user == NULL) {
        return NULL;
    }
    user->profile = p;
    user->first_fd = -1;
    user->share = curl_share_init();
    bool ok =
        user->share != NULL &&
        curl_share_setopt(user->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK &&
        curl_share_setopt(user->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK;
    if (ok && !p->settings->no_cookies) {
        ok = curl_share_setopt(user->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) == CURLSHE_OK;
    }
    if (!ok) {
        curl_share_cleanup(user->share);
        free(user);
        return NULL;
    }
    return user;
}

static void user_free(void *user)
{
    struct http_curl_user *u = user;

    curl_share_cleanup(u->share);
    free(u);
}

static void abandon(struct http_exchange *x)
{
    if (x->transfer != NULL) { /* otherwise it was asking for a name */
        http_curl_transfer_cancel(x->transfer);
    }
}

static int run(struct http_exchange *x, void *user)
{
    struct http_curl_user *curl_user = user;
    struct acr_user *u = x->u;
    int r = 0;

    if (!curl_user->profile->loop->orders_names || http_curl_names_ask(x, curl_user)) {
        http_curl_transfer_start(x, curl_user);
    }
    if (x->is_done) {
        return 0;
    }
    x->waiter = acr_coroutine_self(u);
    x->has_yielded = true;
    while (!x->is_done && r >= 0) {
        r = acr_suspend(u, x->deadline_ns);
    }
    x->waiter = NULL;
    if (x->is_done) {
        return 0;
    }
    abandon(x);
    return r == -ETIMEDOUT ? r : -ECANCELED;
}

static void clear_cookies(void *user)
{
    struct http_curl_user *u = user;

    if (u->profile->settings->no_cookies) {
        return;
    }
    struct http_curl_transfer *t = http_curl_transfer_borrow(u);
    if (t != NULL) {
        curl_easy_setopt(t->easy, CURLOPT_COOKIELIST, "ALL");
        http_curl_transfer_give_back(t);
    }
}

static bool set_cookie(void *user, const char *line)
{
    struct http_curl_user *u = user;
    struct http_curl_transfer *t =
        u->profile->settings->no_cookies ? NULL : http_curl_transfer_borrow(u);

    if (t == NULL) {
        return false;
    }
    bool ok = curl_easy_setopt(t->easy, CURLOPT_COOKIELIST, line) == CURLE_OK;
    http_curl_transfer_give_back(t);
    return ok;
}

static void each_cookie(void *user, bool (*fn)(void *arg, const char *line), void *arg)
{
    struct http_curl_user *u = user;
    struct curl_slist *list = NULL;
    struct http_curl_transfer *t =
        u->profile->settings->no_cookies ? NULL : http_curl_transfer_borrow(u);

    if (t == NULL) {
        return;
    }
    if (curl_easy_getinfo(t->easy, CURLINFO_COOKIELIST, &list) == CURLE_OK) {
        for (const struct curl_slist *at = list; at != NULL && fn(arg, at->data); at = at->next) {
        }
        curl_slist_free_all(list);
    }
    http_curl_transfer_give_back(t);
}

static void close_connections(void *user)
{
    struct http_curl_user *u = user;

    http_curl_sockets_shutdown(u->profile->loop, u);
}

const struct http_engine http_engine_curl = {
    .refuse = refuse,
    .encodings = get_encodings,
    .loop_new = loop_new,
    .loop_free = loop_free,
    .profile_new = profile_new,
    .profile_free = profile_free,
    .user_new = user_new,
    .user_free = user_free,
    .run = run,
    .abandon = abandon,
    .clear_cookies = clear_cookies,
    .set_cookie = set_cookie,
    .each_cookie = each_cookie,
    .close_connections = close_connections,
};
