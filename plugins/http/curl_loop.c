/* SPDX-License-Identifier: MIT */
/* libcurl on one loop. */
#include "curl_loop.h"

#include "curl_allow.h"
#include "curl_lookup.h"
#include "curl_names.h"
#include "curl_sockets.h"
#include "curl_transfer.h"
#include "engine.h"

#include <stdlib.h>

/* How often curl may ask to be driven at once before others on the loop get their turn. */
enum { ROUNDS_MAX = 64 };

static int on_timer_wanted(CURLM *multi, long timeout_ms, void *arg)
{
    struct http_curl_loop *loop = arg;

    (void)multi;
    if (timeout_ms < 0) {
        return 0; /* an armed timer may fire in vain: cheaper than stopping it each time */
    }
    if (timeout_ms == 0) {
        loop->is_due = true;
        return 0;
    }
    uint64_t at = acr_now_ns() + (uint64_t)timeout_ms * 1000000;
    if (loop->timer_at_ns == 0 || at < loop->timer_at_ns) {
        loop->timer_at_ns = at;
        acr_timer_set(loop->timer, at);
    }
    return 0;
}

static void on_timer(void *arg)
{
    struct http_curl_loop *loop = arg;

    loop->timer_at_ns = 0;
    http_curl_loop_act(loop, CURL_SOCKET_TIMEOUT, 0);
}

/* Takes finished transfers out. */
static void collect(struct http_curl_loop *loop)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(loop->multi, &left)) != NULL) {
        struct http_curl_transfer *t;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t) == CURLE_OK) {
            http_curl_transfer_over(t, message->data.result);
        }
    }
}

void http_curl_loop_act(struct http_curl_loop *loop, curl_socket_t fd, int ready)
{
    int running;

    if (loop->is_driving) {
        return;
    }
    loop->is_driving = true;
    curl_multi_socket_action(loop->multi, fd, ready, &running);
    collect(loop);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (loop->lookups_changed) {
            http_curl_lookup_work_off(loop);
        }
        if (!loop->is_due) {
            break;
        }
        loop->is_due = false;
        curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        collect(loop);
    }
    loop->is_driving = false;
    if (loop->is_due || loop->lookups_changed) {
        loop->timer_at_ns = acr_now_ns();
        acr_timer_set(loop->timer, loop->timer_at_ns);
    }
}

void http_curl_loop_drive(struct http_curl_loop *loop)
{
    if ((loop->is_due || loop->lookups_changed) && !loop->is_driving) {
        loop->is_due = false;
        http_curl_loop_act(loop, CURL_SOCKET_TIMEOUT, 0);
    }
}

/*
 * Before 8.1 a handle that has had an answer keeps a pointer to its last header line, which is
 * freed when the next request begins; a first header line that begins with a blank is then written
 * there.
 */
static bool has_lingering_line(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num < 0x080100;
}

struct http_curl_loop *http_curl_loop_new(struct acr_loop *l)
{
    struct http_curl_loop *loop = calloc(1, sizeof *loop);

    if (loop == NULL) {
        return NULL;
    }
    loop->loop = l;
    loop->guards_heads = has_lingering_line();
    loop->limits_hosts = http_curl_allow_is_limited();
    loop->orders_names = http_curl_names_are_ordered();
    loop->multi = curl_multi_init();
    loop->timer = acr_timer_new(l, on_timer, loop);
    if (loop->multi == NULL || loop->timer == NULL) {
        http_curl_loop_free(loop);
        return NULL;
    }
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, http_curl_sockets_on_wanted);
    curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    /* For each user. curl's own default shrinks with the number of running transfers. */
    curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, (long)HTTP_ENGINE_IDLE_MAX);
    return loop;
}

void http_curl_loop_free(struct http_curl_loop *loop)
{
    curl_multi_cleanup(loop->multi);
    acr_timer_free(loop->timer);
    http_curl_sockets_free(loop);
    http_curl_lookup_free_all(loop);
    http_text_done(&loop->addresses);
    free(loop);
}
