/* SPDX-License-Identifier: MIT */
/* From what a scenario asked for to an exchange. */
#include "prepare.h"

#include "encode.h"
#include "expect.h"
#include "options.h"
#include "url.h"
#include "user.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char no_memory[] = "out of memory";

static bool is_set(const char *text)
{
    return text != NULL && text[0] != '\0';
}

static const char *prepare_method(struct http_exchange *x, const struct acr_request *r)
{
    const char *m = r->method;

    x->is_get = m != NULL && m[0] == 'G' && m[1] == 'E' && m[2] == 'T' && m[3] == '\0';
    if (x->is_get) {
        x->method = r->method;
        return NULL;
    }
    if (!is_set(r->method) || !http_headers_name_ok(r->method, strlen(r->method))) {
        x->method = "";
        return "the method is not a word";
    }
    x->method = r->method;
    return NULL;
}

/* The URL in the task's memory; the name points into it unless one was given. */
static const char *prepare_url(struct http_exchange *x, struct http_plan *plan)
{
    const struct acr_request *r = plan->request;
    struct http_text *scratch = &x->user->loop->scratch;
    struct http_url_cache *cache = &x->user->profile->urls;
    const char *path = r->path == NULL ? "" : r->path;
    bool is_cacheable = !is_set(r->query);
    uint32_t hash;

    bool has_name = is_set(r->name) || x->user->name != NULL;
    /* The user's may change before this request is over. */
    plan->name = is_set(r->name) ? r->name : has_name ? acr_dup(x->u, x->user->name) : path;
    x->entry = is_cacheable ? http_url_cache_find(cache, path, &hash) : NULL;
    if (x->entry != NULL) {
        x->url = x->entry->url;
        x->url_bytes = x->entry->url_bytes;
        x->path_at = x->entry->path_at;
        plan->name = has_name ? plan->name : x->url + x->path_at;
        return NULL;
    }
    http_text_clear(scratch);
    const char *error =
        http_url_join(scratch, &x->user->profile->base, path, r->query, &x->path_at);
    if (error != NULL) {
        return error;
    }
    char *url = acr_alloc(x->u, scratch->length + 1);
    memcpy(url, scratch->data, scratch->length + 1);
    x->url = url;
    x->url_bytes = scratch->length;
    if (is_cacheable) {
        http_url_cache_note(cache, hash, path, url, x->path_at);
    }
    if (!has_name) {
        plan->name = url + x->path_at;
    }
    return NULL;
}

static const char *open_file(struct http_body *body, const char *path)
{
    struct stat st;

    body->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (body->fd < 0) {
        return errno == ENOENT ? "the body file does not exist" : "the body file cannot be opened";
    }
    if (fstat(body->fd, &st) != 0) {
        return "the body file cannot be read";
    }
    body->kind = HTTP_BODY_FILE;
    body->bytes = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : HTTP_EXCHANGE_UNKNOWN;
    return NULL;
}

/* Servers expect a Content-Length of these even without a body. */
static bool wants_body(const char *method)
{
    return method[0] == 'P' && (strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
                                strcmp(method, "PATCH") == 0);
}

/* Returns: NULL, or an error; *ret_type is the content type the body brings along. */
static const char *prepare_body(struct http_exchange *x, const struct acr_request *r,
                                const char **ret_type)
{
    struct http_body *b = &x->body;

    *ret_type = "Content-Type:"; /* none, not the one an engine would guess */
    b->kind = HTTP_BODY_MEMORY;
    if (r->json != NULL) {
        *ret_type = "Content-Type: application/json";
        b->data = r->json;
        b->bytes = strlen(r->json);
    } else if (r->form != NULL) {
        *ret_type = "Content-Type: application/x-www-form-urlencoded";
        b->data = r->form;
        b->bytes = strlen(r->form);
    } else if (r->body != NULL) {
        b->data = r->body;
        b->bytes = r->body_bytes > 0 ? r->body_bytes : strlen(r->body);
    } else if (r->body_file != NULL) {
        return open_file(b, r->body_file);
    } else if (r->n_parts > 0) {
        *ret_type = NULL;
        b->kind = HTTP_BODY_PARTS;
        b->parts = r->parts;
        b->n_parts = r->n_parts;
        b->part_size = r->part_size;
    } else if (r->send != NULL) {
        b->kind = HTTP_BODY_CALL;
        b->send = r->send;
        b->send_arg = r->send_arg;
        b->bytes = r->send_bytes > 0 ? r->send_bytes : HTTP_EXCHANGE_UNKNOWN;
    } else if (wants_body(x->method)) {
        b->data = "";
    } else {
        b->kind = HTTP_BODY_NONE;
        *ret_type = NULL;
    }
    return NULL;
}

/* "user:password@" of an absolute URL, as the credentials of this request. */
static bool userinfo_line(struct http_text *line, const char *path)
{
    struct http_text plain = { NULL, 0, 0 };
    struct http_url url;
    bool ok = true;

    if (path != NULL && http_url_is_absolute(path) && http_url_split(path, &url) == NULL &&
        url.userinfo != NULL) {
        ok = http_encode_undo(&plain, url.userinfo, url.userinfo_bytes) &&
             http_user_auth_line(line, http_text_get(&plain));
        http_text_done(&plain);
    }
    return ok;
}

/* The request's own lines as one text: content type, credentials, then what the caller wrote. */
static bool put_own_lines(struct http_text *t, const struct acr_request *r, const char *type)
{
    bool ok = true;

    http_text_clear(t);
    if (type != NULL) {
        ok = http_text_puts(t, type) && http_text_put(t, '\n');
    }
    if (r->auth != NULL) {
        ok = ok && http_user_auth_line(t, r->auth) && http_text_put(t, '\n');
    } else {
        size_t before = t->length;
        ok = ok && userinfo_line(t, r->path) && (t->length == before || http_text_put(t, '\n'));
    }
    return ok;
}

/* The headers of a request that brings some of its own. */
static const char *prepare_headers(struct http_exchange *x, const struct acr_request *r,
                                   const char *type)
{
    struct http_text *t = &x->user->loop->scratch;
    const char *written = r->headers == NULL ? "" : r->headers;
    size_t implied_count, written_count;

    x->headers = x->user->headers;
    bool is_path = r->path != NULL && r->path[0] == '/';
    if (is_path && type == NULL && r->auth == NULL && written[0] == '\0') {
        return NULL;
    }
    if (!put_own_lines(t, r, type)) {
        return no_memory;
    }
    if (t->length == 0 && written[0] == '\0') {
        return NULL;
    }
    size_t implied_bytes = t->length + 1;
    size_t written_bytes = strlen(written) + 1;
    size_t room = http_headers_count(t->data == NULL ? "" : t->data) + http_headers_count(written);
    size_t total = x->headers.count + 3 * room;
    char *memory =
        acr_alloc(x->u, total * sizeof(struct http_header) + implied_bytes + written_bytes);
    struct http_header *merged = (struct http_header *)(void *)memory;
    struct http_header *both = merged + x->headers.count + room;
    struct http_header *items = both + room;
    char *text = (char *)(items + room);
    memcpy(text, http_text_get(t), implied_bytes);
    memcpy(text + implied_bytes, written, written_bytes);

    const char *error = http_headers_parse(text, items, &implied_count);
    if (error == NULL) {
        error = http_headers_parse(text + implied_bytes, items + implied_count, &written_count);
    }
    if (error != NULL) {
        return error;
    }
    struct http_headers implied = { items, implied_count };
    struct http_headers own = { items + implied_count, written_count };
    own.count = http_headers_merge(implied, own, both);
    own.items = both;
    x->headers.count = http_headers_merge(x->headers, own, merged);
    x->headers.items = merged;
    return NULL;
}

/* A request that was compiled with fewer members gets the others, all zero. */
static const struct acr_request *widen(struct http_plan *plan, const struct acr_request *from)
{
    if (from->size >= sizeof *from) {
        return from;
    }
    memset(&plan->widened, 0, sizeof plan->widened);
    memcpy(&plan->widened, from, from->size);
    return &plan->widened;
}

const char *http_prepare(struct http_exchange *x, const struct acr_request *request,
                         struct http_plan *plan)
{
    const struct http_settings *s = &x->user->profile->settings;
    const struct acr_request *r = widen(plan, request);
    const char *type = NULL;

    plan->request = r;
    plan->timeout_s = r->timeout_s == 0 ? s->timeout_s : http_options_limit(r->timeout_s);
    plan->max_redirects = r->max_redirects == 0  ? s->max_redirects
                          : r->max_redirects < 0 ? 0
                                                 : r->max_redirects;
    x->follows = plan->max_redirects > 0;
    x->receive = r->receive;
    x->receive_arg = r->receive_arg;
    x->discards_body = r->discard_body;

    const char *method_error = prepare_method(x, r);
    const char *error = prepare_url(x, plan);
    if (method_error != NULL) {
        error = method_error;
    }
    if (error == NULL) {
        error = x->user->profile->error;
    }
    if (error == NULL && r->expect != NULL && http_expect_check(r->expect, 0) == HTTP_EXPECT_BAD) {
        error = ".expect is not a list of statuses such as \"200,404\" or \"2xx\"";
    }
    if (error == NULL) {
        error = prepare_body(x, r, &type);
    }
    return error == NULL ? prepare_headers(x, r, type) : error;
}

static bool drops_header(const struct http_header *h, bool drops_content, bool drops_secrets)
{
    if (drops_content &&
        (http_headers_is(h, "Content-Type", 12) || http_headers_is(h, "Content-Length", 14) ||
         http_headers_is(h, "Content-Encoding", 16) ||
         http_headers_is(h, "Transfer-Encoding", 17))) {
        return true;
    }
    return drops_secrets && (http_headers_is(h, "Authorization", 13) ||
                             http_headers_is(h, "Cookie", 6) || http_headers_is(h, "Host", 4));
}

static void filter_headers(struct http_exchange *x, bool drops_content, bool drops_secrets)
{
    struct http_header *kept = acr_alloc(x->u, (x->headers.count + 1) * sizeof(struct http_header));
    size_t count = 0;

    for (size_t i = 0; i < x->headers.count; i++) {
        if (!drops_header(&x->headers.items[i], drops_content, drops_secrets)) {
            kept[count++] = x->headers.items[i];
        }
    }
    x->headers = (struct http_headers){ kept, count };
}

const char *http_prepare_hop(struct http_exchange *x, enum http_redirect kind)
{
    struct http_text *scratch = &x->user->loop->scratch;
    struct http_span head = http_exchange_head(x);
    const char *location = http_exchange_header(head.data, head.bytes, "Location");
    struct http_url parts;

    http_text_clear(scratch);
    const char *error = http_url_resolve(scratch, x->url, location);
    if (error != NULL) {
        return error == no_memory ? error : "redirected to an invalid URL";
    }
    char *url = acr_alloc(x->u, scratch->length + 1);
    memcpy(url, scratch->data, scratch->length + 1);
    bool elsewhere = !http_url_same_origin(x->url, url);
    x->url = url;
    x->url_bytes = scratch->length;
    x->path_at = http_url_split(url, &parts) == NULL ? (size_t)(parts.rest - url) : 0;
    if (kind == HTTP_REDIRECT_GET) {
        x->method = "GET";
        x->is_get = true;
        x->body.kind = HTTP_BODY_NONE;
    } else if (!http_exchange_reread(x)) {
        return "redirected, but the body cannot be sent twice";
    }
    if (elsewhere || kind == HTTP_REDIRECT_GET) {
        filter_headers(x, kind == HTTP_REDIRECT_GET, elsewhere);
    }
    return NULL;
}
