/* SPDX-License-Identifier: MIT */
/* Responses: making and settling them. */
#include "response.h"

#include "expect.h"
#include "status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A body up to this size is copied into the task's memory; a larger one is handed over. */
#define COPY_BYTES ((size_t)64 << 10)
#define ERROR_BYTES 512
#define WARN_EVERY_NS (10 * UINT64_C(1000000000))

enum verdict { BY_STATUS, PASSED, FAILED };

struct http_kept {
    struct http_kept *next;
    struct acr_coroutine *coroutine; /* whose memory the response belongs to */
    size_t mark;                     /* of that memory, when it was made */
    struct acr_sample *sample;       /* NULL: settled before */
    enum verdict verdict;
    bool is_status_error; /* the error names the request: it follows a renaming */
    char *method;
    char *name;   /* owned */
    char *reason; /* owned: of acr_fail */
    char *body;   /* owned: a large one */
    struct http_response response;
    char text[]; /* method, error, URLs, head, small body */
};

/* Why an answer counts as failed; NULL when it succeeded. Written to `to` when it is composed. */
static const char *judge(const struct http_exchange *x, const struct http_plan *plan,
                         char to[ERROR_BYTES], bool *ret_is_status_error)
{
    const char *expect = plan->request.expect;
    bool failed = http_status_is_failure(x->status);

    *ret_is_status_error = false;
    if (x->error != NULL) {
        return x->error;
    }
    if (expect != NULL) {
        failed = http_expect_check(expect, x->status) != HTTP_EXPECT_YES;
    }
    if (!failed) {
        return NULL;
    }
    *ret_is_status_error = true;
    http_status_error(to, ERROR_BYTES, x->status, plan->name);
    return to;
}

static void settle(struct acr_sample *sample, const char *method, const char *name,
                   const char *error, const struct http_response *res)
{
    const struct acr_settlement how = {
        .size = sizeof how,
        .type = method,
        .name = name,
        .error = error,
        .bytes = res->shown.bytes,
        .status = res->shown.status,
        .url = res->shown.url,
        .response = &res->shown,
    };
    acr_sample_settle(sample, &how);
}

static char *put(char **at, const void *data, size_t bytes)
{
    char *copy = *at;

    if (bytes > 0) {
        memcpy(copy, data, bytes);
    }
    copy[bytes] = '\0';
    *at += bytes + 1;
    return copy;
}

/* The strings of a response, to be copied behind it. */
struct strings {
    const char *error;
    const char *url;
    const char *final_url;
    size_t body_bytes; /* copied */
};

static size_t strings_bytes(const struct strings *s, const struct http_exchange *x)
{
    return strlen(s->error) + strlen(s->url) + strlen(s->final_url) + x->head.length +
           s->body_bytes + 5;
}

static void fill(struct http_response *res, char *at, const struct strings *s,
                 const struct http_exchange *x)
{
    struct acr_response *shown = &res->shown;

    res->u = x->user->u;
    res->head = put(&at, x->head.data, x->head.length);
    res->head_bytes = x->head.length;
    shown->error = put(&at, s->error, strlen(s->error));
    shown->url = put(&at, s->url, strlen(s->url));
    shown->final_url =
        s->final_url == s->url ? shown->url : put(&at, s->final_url, strlen(s->final_url));
    shown->body = put(&at, x->content.data, s->body_bytes);
    shown->body_bytes = s->body_bytes;
    /* An answer that broke off is none; one that the scenario itself cut short is. */
    shown->status =
        x->error == NULL || x->has_given_up || http_exchange_redirect(x) != HTTP_REDIRECT_NONE
            ? x->status
            : 0;
    shown->http_version = x->http_version;
    shown->bytes = x->received;
    shown->phases = x->phases;
    shown->phases.total_ms = (double)acr_sample_response_time_ns(x->sample) / 1e6;
}

static void append_kept(struct http_user *user, struct http_kept *k)
{
    k->coroutine = acr_coroutine_self(user->u);
    k->mark = acr_mark(user->u);
    if (user->kept_last != NULL) {
        user->kept_last->next = k;
    } else {
        user->kept_first = k;
    }
    user->kept_last = k;
}

/* A response outside of the task's memory; NULL when out of memory. */
static struct http_response *make_kept(struct http_exchange *x, const struct http_plan *plan,
                                       struct strings *s)
{
    bool is_large = x->content.length > COPY_BYTES;
    size_t method_bytes = strlen(plan->request.method);

    s->body_bytes = is_large ? 0 : x->content.length;
    struct http_kept *k = calloc(1, sizeof *k + strings_bytes(s, x) + method_bytes + 1);
    if (k == NULL) {
        return NULL;
    }
    k->name = strdup(plan->name);
    if (k->name == NULL) {
        free(k);
        return NULL;
    }
    char *at = k->text;
    k->method = put(&at, plan->request.method, method_bytes);
    fill(&k->response, at, s, x);
    if (is_large) {
        k->body = x->content.data;
        k->response.shown.body = k->body;
        k->response.shown.body_bytes = x->content.length;
        x->content = (struct http_text){ NULL, 0, 0 };
    }
    k->response.kept = k;
    append_kept(x->user, k);
    return &k->response;
}

static struct http_response *make(struct http_exchange *x, const struct http_plan *plan,
                                  struct strings *s)
{
    if (plan->request.catch_response || x->content.length > COPY_BYTES) {
        struct http_response *kept = make_kept(x, plan, s);
        if (kept != NULL) {
            return kept;
        }
        http_text_done(&x->content);
    }
    s->body_bytes = x->content.length;
    struct http_response *res = acr_alloc(x->user->u, sizeof *res + strings_bytes(s, x));
    fill(res, (char *)(res + 1), s, x);
    return res;
}

struct acr_response *http_response_make(struct http_exchange *x, const struct http_plan *plan,
                                        const char *first_url, int redirects)
{
    char composed[ERROR_BYTES];
    bool is_status_error;
    const char *error = judge(x, plan, composed, &is_status_error);
    struct strings s = {
        .error = error == NULL ? "" : error,
        .url = first_url == NULL ? "" : first_url,
        .final_url = x->url == NULL || x->url == first_url ? "" : x->url,
    };
    if (s.final_url[0] == '\0') {
        s.final_url = s.url;
    }
    struct http_response *res = make(x, plan, &s);
    struct acr_sample *sample = x->sample;

    res->shown.redirects = redirects;
    x->sample = NULL;
    if (plan->request.catch_response && res->kept != NULL) {
        res->kept->sample = sample;
        res->kept->is_status_error = is_status_error;
    } else {
        settle(sample, plan->request.method, plan->name, error, res);
    }
    return &res->shown;
}

struct acr_response *http_response_refuse(struct acr_user *u, struct acr_sample *sample,
                                          const char *method, const char *name, const char *error)
{
    struct http_response *res = acr_alloc(u, sizeof *res);

    res->u = u;
    res->head = "";
    res->shown.error = error;
    res->shown.body = "";
    res->shown.url = "";
    res->shown.final_url = "";
    if (sample != NULL) {
        settle(sample, method, name, error, res);
    }
    return &res->shown;
}

/* --- the end of the kept ------------------------------------------------------------------------
 */

static void end(struct http_kept *k)
{
    char composed[ERROR_BYTES];
    const char *error = k->response.shown.error;

    if (k->sample != NULL) {
        if (k->verdict == PASSED) {
            error = NULL;
        } else if (k->verdict == FAILED) {
            error = k->reason;
        } else if (error[0] == '\0') {
            error = NULL;
        } else if (k->is_status_error) {
            http_status_error(composed, sizeof composed, k->response.shown.status, k->name);
            error = composed;
        }
        settle(k->sample, k->method, k->name, error, &k->response);
    }
    free(k->name);
    free(k->reason);
    free(k->body);
    free(k);
}

void http_response_end_all(struct http_user *user)
{
    while (user->kept_first != NULL) {
        struct http_kept *k = user->kept_first;
        user->kept_first = k->next;
        end(k);
    }
    user->kept_last = NULL;
}

void http_response_end_rewound(struct http_user *user)
{
    struct acr_coroutine *self = acr_coroutine_self(user->u);
    size_t mark = acr_mark(user->u);
    struct http_kept **link = &user->kept_first;

    user->kept_last = NULL;
    while (*link != NULL) {
        struct http_kept *k = *link;
        if (k->coroutine == self && mark < k->mark) {
            *link = k->next;
            end(k);
            continue;
        }
        user->kept_last = k;
        link = &k->next;
    }
}

/* --- what a scenario does with a response
 * --------------------------------------------------------- */

static struct http_response *of(const struct acr_response *shown)
{
    return (struct http_response *)(uintptr_t)shown; /* its first member */
}

/* The kept response that can still be settled; otherwise a warning, not too often. */
static struct http_kept *caught(struct acr_response *shown, const char *call)
{
    if (shown == NULL) {
        return NULL;
    }
    struct http_response *res = of(shown);
    if (res->kept != NULL && res->kept->sample != NULL) {
        return res->kept;
    }
    struct http_user *user = http_user_get(res->u);
    uint64_t now = acr_now_ns();
    if (user != NULL &&
        (user->loop->warned_at_ns == 0 || now - user->loop->warned_at_ns > WARN_EVERY_NS)) {
        user->loop->warned_at_ns = now;
        acr_log_at(res->u, ACR_LOG_WARNING,
                   "%s on a response that was recorded already: make the request with "
                   ".catch_response = true, continuing",
                   call);
    }
    return NULL;
}

__attribute__((format(printf, 1, 0))) static char *format_text(const char *format, va_list args)
{
    char text[ERROR_BYTES];

    vsnprintf(text, sizeof text, format, args);
    return strdup(text);
}

void acr_pass(struct acr_response *res)
{
    struct http_kept *k = caught(res, "acr_pass");

    if (k != NULL) {
        k->verdict = PASSED;
    }
}

void acr_fail(struct acr_response *res, const char *format, ...)
{
    struct http_kept *k = caught(res, "acr_fail");
    va_list args;

    if (k == NULL) {
        return;
    }
    va_start(args, format);
    char *reason = format_text(format, args);
    va_end(args);
    free(k->reason);
    k->reason = reason;
    k->verdict = FAILED;
}

void acr_rename(struct acr_response *res, const char *format, ...)
{
    struct http_kept *k = caught(res, "acr_rename");
    va_list args;

    if (k == NULL) {
        return;
    }
    va_start(args, format);
    char *name = format_text(format, args);
    va_end(args);
    if (name != NULL) {
        free(k->name);
        k->name = name;
    }
}

const char *acr_header(const struct acr_response *res, const char *name)
{
    if (res == NULL || name == NULL) {
        return "";
    }
    return http_exchange_header(of(res)->head, of(res)->head_bytes, name);
}

const struct acr_json *acr_response_json(const struct acr_response *shown)
{
    struct http_response *res = of(shown);

    if (res->json == NULL) {
        res->json = acr_json_parse(res->u, res->shown.body, res->shown.body_bytes);
    }
    return res->json;
}

const char *acr_json_string(const struct acr_response *res, const char *path)
{
    return acr_value_string(acr_response_json(res), path);
}

int64_t acr_json_int(const struct acr_response *res, const char *path, int64_t default_value)
{
    return acr_value_int(acr_response_json(res), path, default_value);
}

double acr_json_number(const struct acr_response *res, const char *path, double default_value)
{
    return acr_value_number(acr_response_json(res), path, default_value);
}

bool acr_json_bool(const struct acr_response *res, const char *path, bool default_value)
{
    return acr_value_bool(acr_response_json(res), path, default_value);
}

size_t acr_json_count(const struct acr_response *res, const char *path)
{
    return acr_value_count(acr_response_json(res), path);
}
