/* SPDX-License-Identifier: MIT */
/* acr_http_send: one request from entry to response. And the encoders of http.h. */
#include "encode.h"
#include "prepare.h"
#include "response.h"
#include "user.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Runs one hop, and shows it where that is wanted.
 *
 * Returns: 0 when it is over, -ETIMEDOUT or -ECANCELED when it was given up.
 */
static int run_hop(struct http_exchange *x)
{
    struct http_text shown = { NULL, 0, 0 };

    http_exchange_rewind(x);
    int r = x->user->profile->engine->run(x, x->user->engine_user);

    if (x->trace == NULL) {
        return r;
    }
    const char *error = r == 0 ? x->error : r == -ETIMEDOUT ? "timed out" : "cancelled";
    struct http_span head = http_exchange_head(x);
    if (http_trace_hop(&shown, x->trace, head.data, head.bytes, error)) {
        http_trace_print(&shown);
    }
    http_text_done(&shown);
    return r;
}

static void note_timeout(struct http_exchange *x, double timeout_s)
{
    snprintf(x->error_text, sizeof x->error_text, "timed out after %g s", timeout_s);
    x->error = x->error_text;
    acr_sample_answered(x->sample);
}

/* The hops of an exchange. Returns: 0 with x->error for a failure, or -ECANCELED. */
static int run(struct http_exchange *x, const struct http_plan *plan, int *ret_redirects)
{
    if (plan->timeout_s > 0) {
        x->deadline_ns = acr_sample_sent_ns(x->sample) + (uint64_t)(plan->timeout_s * 1e9);
    }
    for (;;) {
        if (*ret_redirects > 0) {
            x->before_ms = (double)acr_sample_response_time_ns(x->sample) / 1e6;
        }
        int r = run_hop(x);
        if (r == -ETIMEDOUT) {
            note_timeout(x, plan->timeout_s);
            return 0;
        }
        if (r < 0) {
            return r;
        }
        x->phases.first_byte_ms += x->phases.first_byte_ms > 0 ? x->before_ms : 0;
        enum http_redirect kind = http_exchange_redirect(x);
        if (x->error != NULL || kind == HTTP_REDIRECT_NONE) {
            return 0;
        }
        if (*ret_redirects >= plan->max_redirects) {
            snprintf(x->error_text, sizeof x->error_text, "more than %d redirects",
                     plan->max_redirects);
            x->error = x->error_text;
            return 0;
        }
        const char *error = http_prepare_hop(x, kind);
        if (error != NULL) {
            x->error = error;
            return 0;
        }
        (*ret_redirects)++;
    }
}

static struct acr_response *answer_cancelled(struct http_exchange *x, const struct http_plan *plan)
{
    struct acr_user *u = x->u;

    acr_sample_cancel(x->sample, plan->request->method, plan->name);
    x->sample = NULL;
    http_exchange_free(x);
    return http_response_refuse(u, NULL, "", "", "cancelled");
}

/* Neither can wait for an answer: the coroutine that runs is another's, or in the middle of
 * settling.
 */
static struct acr_response *refuse_callback(struct acr_user *u, struct http_loop *loop)
{
    static const char why[] =
        "a request from within a send or receive function, or a listener of requests";

    if (http_user_may_warn(loop, HTTP_WARN_CALLBACK)) {
        acr_log_at(u, ACR_LOG_WARNING, "%s: neither made nor counted", why);
    }
    return http_response_refuse(u, NULL, "", "", why);
}

struct acr_response *acr_http_send(struct acr_user *u, const struct acr_request *request)
{
    struct http_user *user = http_user_get(u);
    struct http_plan plan;
    int redirects = 0;

    if (user != NULL && (user->loop->n_callbacks > 0 || user->loop->settling == u)) {
        return refuse_callback(u, user->loop);
    }
    if (acr_is_cancelled(u)) {
        (void)acr_suspend(u, 0); /* answers at once, and is counted */
        return http_response_refuse(u, NULL, "", "", "cancelled");
    }
    if (user != NULL && user->kept_first != NULL) {
        http_response_end_rewound(user, u);
    }
    struct acr_sample *sample = acr_sample_begin(u);
    struct http_exchange *x = user == NULL ? NULL : http_exchange_new(user, u);
    if (x == NULL) {
        return http_response_refuse(u, sample, request->method, request->path, "out of memory");
    }
    x->sample = sample;
    x->error = http_prepare(x, request, &plan);
    struct http_span first_url = { x->url, x->url_bytes };
    bool was_sent = x->error == NULL;

    if (was_sent && run(x, &plan, &redirects) < 0) {
        return answer_cancelled(x, &plan);
    }
    struct acr_response *res = http_response_make(x, &plan, first_url, redirects);
    bool has_yielded = x->has_yielded;
    http_exchange_free(x);
    if (!has_yielded) {
        acr_sleep(u, 0); /* a task that loops over a refused connection must not keep the loop */
    }
    return res;
}

const char *acr_urlencode(struct acr_user *u, const char *text)
{
    struct http_text out = { NULL, 0, 0 };
    const char *result = "";

    if (text != NULL && http_encode_component(&out, text)) {
        result = acr_dup(u, http_text_get(&out));
    }
    http_text_done(&out);
    return result;
}

const char *acr_form_encode(struct acr_user *u, ...)
{
    struct http_text out = { NULL, 0, 0 };
    va_list args;
    const char *name;
    bool ok = true;

    va_start(args, u);
    while (ok && (name = va_arg(args, const char *)) != NULL) {
        const char *value = va_arg(args, const char *);
        if (value == NULL) {
            ok = http_encode_pair(&out, name, "");
            break; /* the end came in place of a value */
        }
        ok = http_encode_pair(&out, name, value);
    }
    va_end(args);
    const char *result = acr_dup(u, http_text_get(&out));
    http_text_done(&out);
    return result;
}
