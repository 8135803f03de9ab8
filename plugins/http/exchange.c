/* SPDX-License-Identifier: MIT */
/* One request on its way. */
#include "exchange.h"

#include "user.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FREE_MAX = 256, KEEP_BYTES = 64 << 10 };

static void link_running(struct http_user *user, struct http_exchange *x)
{
    x->next = user->running;
    x->prev = NULL;
    if (x->next != NULL) {
        x->next->prev = x;
    }
    user->running = x;
}

static void unlink_running(struct http_exchange *x)
{
    if (x->next != NULL) {
        x->next->prev = x->prev;
    }
    if (x->prev != NULL) {
        x->prev->next = x->next;
    } else {
        x->user->running = x->next;
    }
}

struct http_exchange *http_exchange_new(struct http_user *user, struct acr_user *u)
{
    struct http_loop *loop = user->loop;
    struct http_exchange *x = loop->free_exchanges;
    struct http_text head = { NULL, 0, 0 }, content = { NULL, 0, 0 };

    if (x != NULL) {
        loop->free_exchanges = x->next;
        loop->n_free_exchanges--;
        head = x->head;
        content = x->content;
    } else {
        x = malloc(sizeof *x);
        if (x == NULL) {
            return NULL;
        }
    }
    memset(x, 0, offsetof(struct http_exchange, error_text));
    x->user = user;
    x->u = u;
    x->head = head;
    x->content = content;
    x->body.fd = -1;
    x->own = http_user_hold_headers(user);
    x->trace = user->profile->settings.traces ? http_trace_new() : NULL;
    link_running(user, x);
    return x;
}

void http_exchange_free(struct http_exchange *x)
{
    struct http_loop *loop = x->user->loop;

    if (x->body.fd >= 0) {
        close(x->body.fd);
    }
    unlink_running(x);
    http_user_release_headers(x->own);
    http_url_cache_release(x->entry);
    http_trace_free(x->trace);
    if (loop->n_free_exchanges >= FREE_MAX) {
        http_text_done(&x->head);
        http_text_done(&x->content);
        free(x);
        return;
    }
    http_text_trim(&x->head, KEEP_BYTES);
    http_text_trim(&x->content, KEEP_BYTES);
    x->next = loop->free_exchanges;
    loop->free_exchanges = x;
    loop->n_free_exchanges++;
}

void http_exchange_rewind(struct http_exchange *x)
{
    http_text_clear(&x->head);
    http_text_clear(&x->content);
    x->lent_head = x->lent_body = (struct http_span){ NULL, 0 };
    if (x->trace != NULL) {
        http_trace_begin(x->trace, x->method, x->url);
    }
    x->status = 0;
    x->http_version = 0;
    x->received = 0;
    x->use = HTTP_USE_UNDECIDED;
    x->has_given_up = false;
    x->error = NULL;
    x->is_done = false;
    x->phases = (struct acr_phases){ .dns_ms = 0 };
}

static bool give_up(struct http_exchange *x, const char *error)
{
    x->error = error;
    x->has_given_up = true;
    return false;
}

/* "HTTP/1.1 200 OK" begins a head; an earlier one was interim, or the proxy's. */
static void begin_head(struct http_exchange *x, const char *line, size_t bytes)
{
    const char *end = line + bytes;
    const char *at = memchr(line, ' ', bytes);

    http_text_clear(&x->head);
    x->status = 0;
    for (at = at == NULL ? end : at + 1; at < end && *at >= '0' && *at <= '9'; at++) {
        x->status = x->status < 1000 ? x->status * 10 + *at - '0' : x->status;
    }
}

static bool ends_line(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool http_exchange_on_header(struct http_exchange *x, const char *line, size_t bytes)
{
    struct http_text *head = &x->head;

    while (bytes > 0 && ends_line(line[bytes - 1])) {
        bytes--;
    }
    if (bytes >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        begin_head(x, line, bytes);
    }
    if (bytes == 0) {
        return true;
    }
    if (head->length + bytes > HTTP_EXCHANGE_HEAD_LIMIT) {
        x->error = "the answer's header exceeds 256 KiB";
        return false;
    }
    if (!http_text_reserve(head, bytes + 1)) {
        x->error = "out of memory";
        return false;
    }
    /* A NUL within would end the line early for those who look at it; that is all. */
    memcpy(head->data + head->length, line, bytes);
    head->length += bytes + 1;
    head->data[head->length - 1] = '\0';
    head->data[head->length] = '\0';
    return true;
}

static enum http_use decide_use(const struct http_exchange *x)
{
    if (http_exchange_redirect(x) != HTTP_REDIRECT_NONE) {
        return HTTP_USE_DROP;
    }
    if (x->receive != NULL) {
        return HTTP_USE_PASS_ON;
    }
    return x->discards_body ? HTTP_USE_DROP : HTTP_USE_KEEP;
}

/* The scenario's functions for bodies are called while others' input is held, or from no coroutine.
 */
static void begin_callback(struct http_exchange *x)
{
    x->is_in_callback = true;
    x->user->loop->n_callbacks++;
    acr_forbid_yields(x->user->loop->loop, true);
}

void http_exchange_end_callback(struct http_exchange *x)
{
    if (x->is_in_callback) {
        x->is_in_callback = false;
        x->user->loop->n_callbacks--;
        acr_forbid_yields(x->user->loop->loop, false);
    }
}

static bool pass_on(struct http_exchange *x, const char *data, size_t bytes)
{
    begin_callback(x);
    bool goes_on = x->receive(x->receive_arg, data, bytes);
    http_exchange_end_callback(x);
    return goes_on || give_up(x, "the receive function gave up");
}

bool http_exchange_on_body(struct http_exchange *x, const char *data, size_t bytes)
{
    if (x->use == HTTP_USE_UNDECIDED) {
        x->use = decide_use(x);
    }
    x->received += bytes;
    if (x->trace != NULL) {
        http_trace_add_body(x->trace, data, bytes);
    }
    if (x->use == HTTP_USE_PASS_ON) {
        return pass_on(x, data, bytes);
    }
    if (x->use == HTTP_USE_DROP) {
        return true;
    }
    if (bytes > HTTP_EXCHANGE_BODY_LIMIT - x->content.length) {
        return give_up(x, "response body exceeds 64 MiB; use .receive or .discard_body");
    }
    return http_text_add(&x->content, data, bytes) || give_up(x, "out of memory");
}

void http_exchange_lend(struct http_exchange *x, struct http_span head, struct http_span body)
{
    x->lent_head = head;
    if (body.bytes == 0) {
        return;
    }
    x->use = decide_use(x);
    if (x->use != HTTP_USE_KEEP || x->trace != NULL) {
        http_exchange_on_body(x, body.data, body.bytes);
        return;
    }
    x->received = body.bytes;
    x->lent_body = body;
}

/* Returns: the bytes, or SIZE_MAX with x->error. */
static size_t read_call(struct http_exchange *x, char *to, size_t bytes)
{
    begin_callback(x);
    size_t n = x->body.send(x->body.send_arg, to, bytes);
    http_exchange_end_callback(x);
    if (n > bytes) {
        x->error = "the send function failed";
        return SIZE_MAX;
    }
    return n;
}

static size_t read_file(struct http_exchange *x, char *to, size_t bytes)
{
    ssize_t n;

    do {
        n = read(x->body.fd, to, bytes);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        x->error = "reading the body file failed";
        return SIZE_MAX;
    }
    return (size_t)n;
}

size_t http_exchange_read(struct http_exchange *x, char *to, size_t bytes)
{
    struct http_body *b = &x->body;

    /* Never more than was announced: the rest would be read as another request. */
    if (b->bytes != HTTP_EXCHANGE_UNKNOWN && bytes > b->bytes - b->done) {
        bytes = (size_t)(b->bytes - b->done);
    }
    if (bytes == 0) {
        return 0;
    }
    size_t n = b->kind == HTTP_BODY_CALL ? read_call(x, to, bytes) : read_file(x, to, bytes);
    if (n == 0 && b->bytes != HTTP_EXCHANGE_UNKNOWN) {
        x->error = b->kind == HTTP_BODY_CALL ? "the send function ended before send_bytes"
                                             : "the body file became shorter while it was sent";
        return SIZE_MAX;
    }
    b->done += n == SIZE_MAX ? 0 : n;
    return n;
}

double http_exchange_connect_s(const struct http_exchange *x, double limit_s)
{
    if (x->deadline_ns == 0) {
        return limit_s;
    }
    uint64_t now_ns = acr_now_ns();
    double left_s = x->deadline_ns > now_ns ? (double)(x->deadline_ns - now_ns) / 1e9 : 1e-9;
    return limit_s > 0 && limit_s <= left_s ? limit_s : left_s;
}

bool http_exchange_reread(struct http_exchange *x)
{
    switch (x->body.kind) {
    case HTTP_BODY_FILE:
        x->body.done = 0;
        return lseek(x->body.fd, 0, SEEK_SET) == 0;
    case HTTP_BODY_CALL:
        return x->body.done == 0;
    default:
        return true;
    }
}

void http_exchange_finish(struct http_exchange *x, const char *error)
{
    if (x->error == NULL) {
        x->error = error;
    }
    x->is_done = true;
    x->transfer = NULL;
    if (x->error != NULL || http_exchange_redirect(x) == HTTP_REDIRECT_NONE) {
        acr_sample_answered(x->sample);
    }
    if (x->waiter != NULL) {
        acr_wake(x->waiter, 0);
    }
}

const char *http_exchange_header(const char *head, size_t head_bytes, const char *name)
{
    size_t name_bytes = strlen(name);
    const char *end = head + head_bytes;

    for (const char *line = head; line < end; line += strlen(line) + 1) {
        struct http_header h = { line, strcspn(line, ":"), false };
        if (line[h.name_bytes] == ':' && http_headers_is(&h, name, name_bytes)) {
            const char *value = line + h.name_bytes + 1;
            return value + strspn(value, " \t");
        }
    }
    return "";
}

enum http_redirect http_exchange_read_redirect(const struct http_exchange *x)
{
    if (!x->follows || x->status > 399) {
        return HTTP_REDIRECT_NONE;
    }
    struct http_span head = http_exchange_head(x);
    if (http_exchange_header(head.data, head.bytes, "Location")[0] == '\0') {
        return HTTP_REDIRECT_NONE;
    }
    return http_redirect_decide(x->status, x->method);
}
