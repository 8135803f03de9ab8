/* SPDX-License-Identifier: MIT */
/* An easy handle with what belongs to it. */
#include "curl_transfer.h"

#include "curl_error.h"
#include "curl_lookup.h"
#include "curl_setup.h"
#include "curl_sockets.h"
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Easy handles kept per profile: about 6 KB each. */
enum { FREE_MAX = 256 };

struct http_curl_transfer *http_curl_transfer_take(struct http_curl_profile *profile)
{
    struct http_curl_transfer *t = profile->free;

    if (t != NULL) {
        profile->free = t->next;
        profile->n_free--;
        t->next = NULL;
        return t;
    }
    t = calloc(1, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    t->profile = profile;
    t->easy = curl_easy_init();
    if (t->easy == NULL) {
        free(t);
        return NULL;
    }
    http_curl_setup_handle(t);
    return t;
}

void http_curl_transfer_destroy(struct http_curl_transfer *t)
{
    curl_easy_cleanup(t->easy);
    curl_url_cleanup(t->url);
    free(t->url_text);
    free(t->nodes);
    http_text_done(&t->addresses);
    free(t);
}

static void link_active(struct http_curl_transfer *t)
{
    struct http_curl_transfer **first = &t->user->active;

    t->next_active = *first;
    t->link_active = first;
    if (*first != NULL) {
        (*first)->link_active = &t->next_active;
    }
    *first = t;
}

static void unlink_active(struct http_curl_transfer *t)
{
    *t->link_active = t->next_active;
    if (t->next_active != NULL) {
        t->next_active->link_active = t->link_active;
    }
}

static void put_back(struct http_curl_transfer *t)
{
    struct http_curl_profile *profile = t->profile;

    unlink_active(t);
    http_curl_setup_clear(t);
    curl_easy_setopt(t->easy, CURLOPT_SHARE, NULL);
    if (t->attempts > 1 || t->has_failed) {
        /* curl 7.88 adds resends up over all requests of a handle, and fails the sixth. */
        curl_easy_setopt(t->easy, CURLOPT_COOKIEFILE, NULL); /* a reset would lose its memory */
        curl_easy_reset(t->easy);
        http_curl_setup_handle(t);
    }
    t->x = NULL;
    t->user = NULL;
    if (profile->n_free >= FREE_MAX) {
        http_curl_transfer_destroy(t);
        return;
    }
    t->next = profile->free;
    profile->free = t;
    profile->n_free++;
}

struct http_curl_transfer *http_curl_transfer_borrow(struct http_curl_user *user)
{
    struct http_curl_transfer *t = http_curl_transfer_take(user->profile);

    if (t != NULL) {
        t->user = user;
        t->local_port = 0;
        t->was_unread = false;
        t->closing = user->n_closings;
        link_active(t);
        curl_easy_setopt(t->easy, CURLOPT_SHARE, user->share);
    }
    return t;
}

void http_curl_transfer_give_back(struct http_curl_transfer *t)
{
    put_back(t);
}

void http_curl_transfer_fail(struct http_curl_transfer *t, const char *error)
{
    struct http_exchange *x = t->x;

    http_curl_lookup_forget(t, NULL);
    put_back(t);
    snprintf(x->error_text, sizeof x->error_text, "%s", error);
    http_exchange_finish(x, x->error_text);
}

void http_curl_transfer_add(struct http_curl_transfer *t)
{
    CURLMcode r = curl_multi_add_handle(t->profile->loop->multi, t->easy);

    if (r == CURLM_OK) {
        t->is_added = true;
        return;
    }
    http_curl_transfer_fail(t, r == CURLM_RECURSIVE_API_CALL
                                   ? "a request from within a send or receive function"
                                   : curl_multi_strerror(r));
}

void http_curl_transfer_start(struct http_exchange *x, struct http_curl_user *user)
{
    struct http_curl_transfer *t = http_curl_transfer_borrow(user);

    if (t == NULL) {
        http_exchange_finish(x, "out of memory");
        return;
    }
    t->x = x;
    t->attempts = 0;
    t->sent_before = 0;
    t->n_lines = 0;
    t->open_errno = 0;
    t->has_opened = false;
    t->has_tried = false;
    t->has_failed = false;
    t->error[0] = '\0';
    x->transfer = t;
    const char *error = http_curl_setup_hop(t);
    if (error != NULL) {
        http_curl_transfer_fail(t, error);
        return;
    }
    http_curl_transfer_add(t);
    http_curl_loop_drive(user->profile->loop);
}

static double phase_ms(const struct http_curl_transfer *t, CURLINFO info)
{
    curl_off_t us = 0;

    curl_easy_getinfo(t->easy, info, &us);
    return us > 0 ? t->asked_ms + (double)us / 1000 : 0;
}

static int version_number(long version)
{
    switch (version) {
    case CURL_HTTP_VERSION_1_0:
        return 10;
    case CURL_HTTP_VERSION_2_0:
        return 20;
    case CURL_HTTP_VERSION_3:
        return 30;
    default:
        return 11;
    }
}

static void take_info(struct http_curl_transfer *t)
{
    struct http_exchange *x = t->x;
    long version = 0;

    if (x->status != 0) {
        curl_easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
        x->http_version = version_number(version);
        x->phases.first_byte_ms = phase_ms(t, CURLINFO_STARTTRANSFER_TIME_T);
    }
    if (t->has_opened) {
        x->phases.dns_ms = phase_ms(t, CURLINFO_NAMELOOKUP_TIME_T);
        x->phases.connect_ms = phase_ms(t, CURLINFO_CONNECT_TIME_T);
        x->phases.tls_ms = phase_ms(t, CURLINFO_APPCONNECT_TIME_T);
        curl_socket_t fd = CURL_SOCKET_BAD;
        if (curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
            fd != CURL_SOCKET_BAD) {
            http_curl_sockets_adopt(t, fd);
        }
    }
}

/* The failure in words, NULL when there was none. */
static const char *error_of(struct http_curl_transfer *t, CURLcode code)
{
    long system_errno = 0, proxy_code = CURLPX_OK;

    if (code == CURLE_OK) {
        return NULL;
    }
    if (code == CURLE_OUT_OF_MEMORY && t->is_in_head && t->n_lines > 0) {
        return "a line of the answer's header exceeds 100 KiB"; /* to curl that is the same */
    }
    if (code == CURLE_PROXY) {
        curl_easy_getinfo(t->easy, CURLINFO_PROXY_ERROR, &proxy_code);
    }
    if (code == CURLE_COULDNT_CONNECT) {
        curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &system_errno);
    }
    const struct http_curl_failure f = {
        .code = code,
        .system_errno = t->open_errno != 0 ? t->open_errno : (int)system_errno,
        .detail = t->error,
        .connect_timeout_s = t->profile->settings->connect_timeout_s,
        .has_proxy = t->profile->settings->proxy != NULL,
        .proxy_code = proxy_code,
        .limits_hosts = t->profile->loop->limits_hosts,
        .has_sources = acr_option_string("source-address")[0] != '\0',
    };
    return http_curl_error_text(&f, t->x->error_text, sizeof t->x->error_text);
}

void http_curl_transfer_over(struct http_curl_transfer *t, CURLcode code)
{
    struct http_exchange *x = t->x;
    CURLM *multi = t->profile->loop->multi;

    if (t->waits_for != NULL) { /* it was told to: curl took that for a failure */
        curl_multi_remove_handle(multi, t->easy);
        t->is_added = false;
        return;
    }
    take_info(t);
    t->has_failed = code != CURLE_OK;
    const char *error = error_of(t, code);
    curl_multi_remove_handle(multi, t->easy);
    t->is_added = false;
    http_curl_lookup_forget(t, error);
    put_back(t);
    http_exchange_finish(x, error);
}

void http_curl_transfer_cancel(struct http_curl_transfer *t)
{
    struct http_curl_loop *loop = t->profile->loop;

    t->x->transfer = NULL;
    if (t->is_added) {
        curl_multi_remove_handle(loop->multi, t->easy);
        t->is_added = false;
    }
    http_curl_lookup_forget(t, NULL);
    put_back(t);
    http_curl_loop_drive(loop);
}
