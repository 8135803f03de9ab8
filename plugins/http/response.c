/* SPDX-License-Identifier: MIT */
/* Responses: making and settling them. */
#include "response.h"

#include "expect.h"
#include "status.h"
#include "trends.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A body up to this size is copied into the task's memory; a larger one is handed over. */
#define COPY_BYTES ((size_t)64 << 10)
#define ERROR_BYTES 512

enum verdict { BY_STATUS, PASSED, FAILED };

struct http_kept {
    struct http_kept *next;
    size_t mark;               /* of the memory of its user, when it was made */
    struct acr_sample *sample; /* NULL: settled before */
    enum verdict verdict;
    bool is_status_error; /* the error names the request: it follows a renaming */
    const char *method;
    const char *context; /* NULL = none */
    const char *tags;    /* NULL = none */
    char *name;          /* owned */
    char *reason;        /* owned: of acr_fail */
    char *body;          /* owned: a large one */
    struct http_response response;
    char text[]; /* method, context, tags, error, URLs, head, small body */
};

/* Why an answer counts as failed; NULL when it succeeded. Written to `to` when it is composed. */
static const char *judge(const struct http_exchange *x, const struct http_plan *plan,
                         char to[ERROR_BYTES], bool *ret_is_status_error)
{
    const char *expect = plan->request->expect;
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

/* How a sample is called in the statistics and for listeners. */
struct labels {
    const char *method;
    const char *name;
    const char *context;
    const char *tags;
};

static struct labels labels_of(const struct http_plan *plan)
{
    return (struct labels){ plan->request->method, plan->name, plan->request->context,
                            plan->request->tags };
}

static void show_outcome(const struct acr_settlement *how, const struct http_response *res)
{
    const struct http_trace_outcome outcome = {
        .user_type = acr_type_name(res->u),
        .user_number = acr_number(res->u),
        .method = how->type == NULL ? "" : how->type,
        .name = how->name == NULL ? "" : how->name,
        .error = how->error,
        .status = how->status,
        .ms = res->shown.phases.total_ms,
        .bytes = how->bytes,
    };
    struct http_text shown = { NULL, 0, 0 };

    if (http_trace_outcome(&shown, &outcome)) {
        http_trace_print(&shown);
    }
    http_text_done(&shown);
}

static void settle(struct http_user *user, struct acr_sample *sample, const struct labels *labels,
                   const char *error, const struct http_response *res)
{
    const struct acr_settlement how = {
        .size = sizeof how,
        .type = labels->method,
        .name = labels->name,
        .error = error,
        .bytes = res->shown.bytes,
        .status = res->shown.status,
        .url = res->shown.url,
        .response = &res->shown,
        .context = labels->context,
        .tags = labels->tags,
    };

    if (user == NULL) {
        acr_sample_settle(sample, &how);
        return;
    }
    if (user->profile->settings.traces) {
        show_outcome(&how, res);
    }
    user->loop->settling = res->u;
    acr_sample_settle(sample, &how);
    user->loop->settling = NULL;
}

static char *put(char **at, struct http_span text)
{
    char *copy = *at;

    if (text.bytes > 0) {
        memcpy(copy, text.data, text.bytes);
    }
    copy[text.bytes] = '\0';
    *at += text.bytes + 1;
    return copy;
}

/* NULL stays NULL. */
static char *put_text(char **at, const char *text)
{
    return text == NULL ? NULL : put(at, (struct http_span){ text, strlen(text) });
}

/* The strings of a response, to be copied behind it. */
struct strings {
    struct http_span error;
    struct http_span url;
    struct http_span final_url; /* 0 bytes: the same */
    struct http_span head;
    struct http_span body; /* as far as it is copied */
};

static size_t strings_bytes(const struct strings *s)
{
    return s->error.bytes + s->url.bytes + s->final_url.bytes + s->head.bytes + s->body.bytes + 5;
}

static void fill(struct http_response *res, char *at, const struct strings *s,
                 const struct http_exchange *x)
{
    struct acr_response *shown = &res->shown;

    res->u = x->u;
    res->head = put(&at, s->head);
    res->head_bytes = s->head.bytes;
    shown->error = put(&at, s->error);
    shown->url = put(&at, s->url);
    shown->final_url = s->final_url.bytes == 0 ? shown->url : put(&at, s->final_url);
    shown->body = put(&at, s->body);
    shown->body_bytes = s->body.bytes;
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
    k->mark = acr_mark(k->response.u);
    if (user->kept_last != NULL) {
        user->kept_last->next = k;
    } else {
        user->kept_first = k;
    }
    user->kept_last = k;
}

static size_t bytes_of(const char *text)
{
    return text == NULL ? 0 : strlen(text);
}

/* A response outside of the task's memory; NULL when out of memory. */
static struct http_response *make_kept(struct http_exchange *x, const struct http_plan *plan,
                                       struct strings *s)
{
    const struct acr_request *r = plan->request;
    bool is_large = x->content.length > COPY_BYTES;
    size_t labels_bytes = strlen(r->method) + bytes_of(r->context) + bytes_of(r->tags) + 3;

    if (is_large) {
        s->body.bytes = 0;
    }
    struct http_kept *k = calloc(1, sizeof *k + strings_bytes(s) + labels_bytes);
    if (k == NULL) {
        return NULL;
    }
    k->name = strdup(plan->name);
    if (k->name == NULL) {
        free(k);
        return NULL;
    }
    char *at = k->text;
    k->method = put_text(&at, r->method);
    k->context = put_text(&at, r->context);
    k->tags = put_text(&at, r->tags);
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
    if (plan->request->catch_response || x->content.length > COPY_BYTES) {
        struct http_response *kept = make_kept(x, plan, s);
        if (kept != NULL) {
            return kept;
        }
        http_text_done(&x->content);
        s->body.bytes = 0;
    }
    struct http_response *res = acr_alloc(x->u, sizeof *res + strings_bytes(s));
    fill(res, (char *)(res + 1), s, x);
    return res;
}

static void take_trend(void *arg, const char *name, double value)
{
    acr_trend(arg, name, value);
}

/* The numbers that the answer's header brings along. */
static void take_trends(const struct http_exchange *x, const struct acr_request *request)
{
    const char *list = x->user->profile->settings.trend_headers;

    if ((list != NULL || request->trend_headers != NULL) && acr_user_is_counted(x->u)) {
        struct http_span head = http_exchange_head(x);
        http_trends_each(list, request->trend_headers, head.bytes == 0 ? "" : head.data, head.bytes,
                         take_trend, x->u);
    }
}

struct acr_response *http_response_make(struct http_exchange *x, const struct http_plan *plan,
                                        struct http_span first_url, int redirects)
{
    char composed[ERROR_BYTES];
    bool is_status_error;
    const char *error = judge(x, plan, composed, &is_status_error);
    struct strings s = {
        .error = { error, error == NULL ? 0 : strlen(error) },
        .url = first_url,
        .final_url = { x->url, x->url == first_url.data ? 0 : x->url_bytes },
        .head = http_exchange_head(x),
        .body = http_exchange_content(x),
    };
    take_trends(x, plan->request);
    struct http_response *res = make(x, plan, &s);
    struct acr_sample *sample = x->sample;

    res->shown.redirects = redirects;
    x->sample = NULL;
    if (plan->request->catch_response && res->kept != NULL) {
        res->kept->sample = sample;
        res->kept->is_status_error = is_status_error;
    } else {
        const struct labels labels = labels_of(plan);
        settle(x->user, sample, &labels, error, res);
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
        const struct labels labels = { method, name, NULL, NULL };
        settle(http_user_get(u), sample, &labels, error, res);
    }
    return &res->shown;
}

/* --- the end of the kept ------------------------------------------------------------------------
 */

static void end(struct http_user *user, struct http_kept *k)
{
    char composed[ERROR_BYTES];
    const char *error = k->response.shown.error;

    if (k->sample != NULL) {
        if (k->verdict == PASSED) {
            error = NULL;
        } else if (k->verdict == FAILED) {
            error = k->reason == NULL ? "out of memory" : k->reason;
        } else if (error[0] == '\0') {
            error = NULL;
        } else if (k->is_status_error) {
            http_status_error(composed, sizeof composed, k->response.shown.status, k->name);
            error = composed;
        }
        const struct labels labels = { k->method, k->name, k->context, k->tags };
        settle(user, k->sample, &labels, error, &k->response);
    }
    free(k->name);
    free(k->reason);
    free(k->body);
    free(k);
}

/* Whether a kept response is to end now. */
typedef bool ends_fn(const struct http_kept *k, const struct acr_user *u, size_t mark);

/* Listeners of the samples that are settled may look at responses, but make no requests. */
static void end_those(struct http_user *user, const struct acr_user *u, size_t mark, ends_fn *ends)
{
    struct http_kept **link = &user->kept_first;

    user->kept_last = NULL;
    while (*link != NULL) {
        struct http_kept *k = *link;
        if (ends(k, u, mark)) {
            *link = k->next;
            end(user, k);
            continue;
        }
        user->kept_last = k;
        link = &k->next;
    }
}

static bool is_of(const struct http_kept *k, const struct acr_user *u, size_t mark)
{
    (void)mark;
    return u == NULL || k->response.u == u;
}

void http_response_end_all(struct http_user *user, const struct acr_user *u)
{
    end_those(user, u, 0, is_of);
}

static bool is_rewound(const struct http_kept *k, const struct acr_user *u, size_t mark)
{
    return k->response.u == u && mark < k->mark;
}

void http_response_end_rewound(struct http_user *user, struct acr_user *u)
{
    end_those(user, u, acr_mark(u), is_rewound);
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
    /* A request that the end of its user cut short has nothing left to settle, and nobody is to
     * blame. */
    if (acr_is_cancelled(res->u)) {
        return NULL;
    }
    struct http_user *user = http_user_get(res->u);
    if (user != NULL && http_user_may_warn(user->loop, HTTP_WARN_RECORDED)) {
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

const char *acr_resolve(const struct acr_response *shown, const char *link)
{
    struct http_user *user = shown == NULL ? NULL : http_user_get(of(shown)->u);

    if (user == NULL || link == NULL) {
        return "";
    }
    struct http_text *url = &user->loop->scratch;
    http_text_clear(url);
    if (http_url_resolve(url, shown->final_url, link) != NULL) {
        return "";
    }
    return acr_dup(of(shown)->u, http_text_get(url));
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
