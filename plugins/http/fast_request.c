/* SPDX-License-Identifier: MIT */
/* Writing a request. */
#include "fast_request.h"

#include "failure.h"
#include "multipart.h"
#include "profile.h"
#include "user.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* A body up to this size is copied behind the head, so that both are one write. */
#define SMALL_BODY ((size_t)16 << 10)
#define PIECE_BYTES ((size_t)64 << 10)
/* Around a piece when it is a chunk: eight digits and two line ends. */
#define CHUNK_HEAD 10u
#define CHUNK_TAIL 2u

static bool put_line(struct http_text *out, const char *line)
{
    return http_text_puts(out, line) && http_text_add(out, "\r\n", 2);
}

/* "Host: name:port", without the scheme's own port. */
static bool put_host(struct http_text *out, const struct http_exchange *x)
{
    const char *authority = strstr(x->url, "://") + 3;
    size_t bytes = x->path_at - (size_t)(authority - x->url);
    const char *port = strncmp(x->url, "https", 5) == 0 ? ":443" : ":80";
    size_t port_bytes = strlen(port);

    if (bytes > port_bytes && memcmp(authority + bytes - port_bytes, port, port_bytes) == 0) {
        bytes -= port_bytes;
    }
    return http_text_add(out, "Host: ", 6) && http_text_add(out, authority, bytes) &&
           http_text_add(out, "\r\n", 2);
}

static bool put_headers(struct http_text *out, const struct http_exchange *x)
{
    bool ok = http_headers_find(x->headers, "Host") != NULL || put_host(out, x);

    for (size_t i = 0; ok && i < x->headers.count; i++) {
        const struct http_header *h = &x->headers.items[i];
        ok = h->is_removal || put_line(out, h->line);
    }
    return ok;
}

/* Whether these lines are those of every request of the profile to its host. */
static bool is_usual(const struct http_exchange *x)
{
    const struct http_profile *p = x->user->profile;

    return x->headers.items == p->headers.items && x->path_at == p->base.origin_bytes &&
           p->base.text != NULL && memcmp(x->url, p->base.text, x->path_at) == 0;
}

static bool put_lines(struct http_fast_hop *hop)
{
    struct http_fast_profile *profile = hop->user->profile;

    if (!is_usual(hop->x)) {
        return put_headers(&hop->out, hop->x);
    }
    if (profile->lines.length == 0 && !put_headers(&profile->lines, hop->x)) {
        http_text_clear(&profile->lines);
        return false;
    }
    return http_text_add(&hop->out, profile->lines.data, profile->lines.length);
}

static bool put_request_line(struct http_text *out, const struct http_exchange *x)
{
    return http_text_puts(out, x->method) && http_text_put(out, ' ') &&
           http_text_puts(out, x->url + x->path_at) && http_text_add(out, " HTTP/1.1\r\n", 11);
}

/* The head of a usual GET without cookies, which is written out only once; else NULL. */
static const struct http_text *usual_head(const struct http_exchange *x)
{
    struct http_url_entry *entry = x->entry;

    if (entry == NULL || x->url != entry->url || !x->is_get || !is_usual(x)) {
        return NULL;
    }
    if (entry->head.length == 0 &&
        !(put_request_line(&entry->head, x) && put_headers(&entry->head, x) &&
          http_text_add(&entry->head, "\r\n", 2))) {
        http_text_clear(&entry->head);
        return NULL;
    }
    return &entry->head;
}

/* The request line and the headers but for cookies. */
static bool put_head(struct http_fast_hop *hop, const struct http_text *usual)
{
    if (usual != NULL) {
        return http_text_add(&hop->out, usual->data, usual->length - 2);
    }
    return put_request_line(&hop->out, hop->x) && put_lines(hop);
}

static bool put_cookies(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;
    struct http_url url;

    if (http_jar_is_empty(&hop->user->jar) || http_headers_find(x->headers, "Cookie") != NULL) {
        return true;
    }
    size_t before = hop->out.length;
    return http_url_split(x->url, &url) != NULL ||
           (http_jar_line(&hop->user->jar, &url, time(NULL), &hop->out) &&
            (hop->out.length == before || http_text_add(&hop->out, "\r\n", 2)));
}

/* Whether a Content-Length is that number. */
static bool says(const struct http_header *length, uint64_t bytes)
{
    const char *value = length->line + length->name_bytes + 1;
    char number[24];

    snprintf(number, sizeof number, "%llu", (unsigned long long)bytes);
    value += strspn(value, " \t");
    size_t n = strlen(number);
    return !length->is_removal && strncmp(value, number, n) == 0 &&
           value[n + strspn(value + n, " \t")] == '\0';
}

/* The caller's own Transfer-Encoding, Content-Length and Content-Type stand. */
static bool put_body_lines(struct http_fast_hop *hop)
{
    const struct http_exchange *x = hop->x;
    const struct http_header *coding = http_headers_find(x->headers, "Transfer-Encoding");
    char line[64];

    if (hop->multipart != NULL && http_headers_find(x->headers, "Content-Type") == NULL &&
        !put_line(&hop->out, http_multipart_type_line(hop->multipart))) {
        return false;
    }
    uint64_t bytes = hop->multipart != NULL ? http_multipart_bytes(hop->multipart) : x->body.bytes;
    const struct http_header *length = http_headers_find(x->headers, "Content-Length");
    if (coding != NULL && !coding->is_removal) {
        hop->is_chunked = strcasestr(coding->line, "chunked") != NULL;
        hop->is_last = !hop->is_chunked || length != NULL;
        return true;
    }
    if (length != NULL) {
        hop->is_last = !says(length, bytes);
        return true;
    }
    hop->is_chunked = bytes == HTTP_EXCHANGE_UNKNOWN;
    if (hop->is_chunked) {
        return put_line(&hop->out, "Transfer-Encoding: chunked");
    }
    snprintf(line, sizeof line, "Content-Length: %llu", (unsigned long long)bytes);
    return put_line(&hop->out, line);
}

static bool has_body(const struct http_exchange *x)
{
    return x->body.kind != HTTP_BODY_NONE && (x->is_get || strcmp(x->method, "HEAD") != 0);
}

static const char *open_parts(struct http_fast_hop *hop)
{
    const struct http_body *b = &hop->x->body;

    if (b->kind != HTTP_BODY_PARTS || hop->multipart != NULL || !has_body(hop->x)) {
        return NULL;
    }
    return http_multipart_open(b->parts, b->n_parts, b->part_size, &hop->multipart);
}

const char *http_fast_request_prepare(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;
    struct http_text *out = &hop->out;
    const char *error = open_parts(hop);

    if (error != NULL) {
        return error;
    }
    if (hop->multipart != NULL) {
        http_multipart_rewind(hop->multipart); /* it may have been sent in vain */
    }
    http_text_clear(out);
    hop->is_chunked = false;
    hop->is_body_in_out = false;
    hop->is_last = false;
    const struct http_text *usual = usual_head(x);
    if (usual != NULL && x->body.kind == HTTP_BODY_NONE && x->trace == NULL &&
        http_jar_is_empty(&hop->user->jar)) {
        hop->piece = usual->data;
        hop->piece_bytes = usual->length;
        return NULL;
    }
    bool ok = put_head(hop, usual) && put_cookies(hop);
    if (ok && has_body(x)) {
        ok = put_body_lines(hop);
    }
    ok = ok && http_text_add(out, "\r\n", 2);
    if (ok && x->trace != NULL) {
        http_trace_add_head(x->trace, out->data, out->length);
    }
    if (ok && has_body(x) && x->body.kind == HTTP_BODY_MEMORY && !hop->is_chunked &&
        x->body.bytes <= SMALL_BODY) {
        hop->is_body_in_out = true;
        ok = http_text_add(out, x->body.data, (size_t)x->body.bytes);
        if (ok && x->trace != NULL) {
            http_trace_add_sent(x->trace, x->body.data, (size_t)x->body.bytes);
        }
    }
    hop->piece = out->data;
    hop->piece_bytes = out->length;
    return ok ? NULL : HTTP_FAILURE_MEMORY;
}

/* The next piece. Returns: bytes, 0 at the end, SIZE_MAX with x->error. */
static size_t read_piece(struct http_fast_hop *hop, char *to, size_t bytes, size_t *done)
{
    struct http_exchange *x = hop->x;
    struct http_body *b = &x->body;

    if (hop->multipart != NULL) {
        const char *error = NULL;
        size_t n = http_multipart_read(hop->multipart, to, bytes, &error);
        if (n == SIZE_MAX) {
            x->error = error;
        }
        return n;
    }
    if (b->kind != HTTP_BODY_MEMORY) {
        return http_exchange_read(x, to, bytes);
    }
    size_t left = (size_t)b->bytes - *done;
    bytes = bytes < left ? bytes : left;
    memcpy(to, b->data + *done, bytes);
    *done += bytes;
    return bytes;
}

/* A piece to be written, as a chunk or as it is, in hop->out. Returns: 0 or
 * HTTP_FAST_REQUEST_FAILED. */
static int next_piece(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;

    http_text_clear(&hop->out);
    if (!http_text_reserve(&hop->out, PIECE_BYTES + CHUNK_HEAD + CHUNK_TAIL)) {
        x->error = HTTP_FAILURE_MEMORY;
        return HTTP_FAST_REQUEST_FAILED;
    }
    char *piece = hop->out.data + CHUNK_HEAD;
    size_t n = read_piece(hop, piece, PIECE_BYTES, &hop->body_done);
    if (n == SIZE_MAX) {
        return HTTP_FAST_REQUEST_FAILED;
    }
    hop->is_last_piece = n == 0;
    hop->piece = piece;
    hop->piece_bytes = n;
    if (hop->is_chunked) {
        char digits[CHUNK_HEAD + 1];
        int head = snprintf(digits, sizeof digits, "%zx\r\n", n);
        hop->piece = memcpy(piece - head, digits, (size_t)head);
        memcpy(piece + n, "\r\n", CHUNK_TAIL);
        hop->piece_bytes += (size_t)head + CHUNK_TAIL;
    }
    return 0;
}

int http_fast_request_write(struct http_fast_hop *hop)
{
    int64_t r = acr_write(hop->x->u, hop->connection->socket, hop->piece, hop->piece_bytes);

    hop->piece_bytes = 0;
    hop->body_done = 0;
    hop->is_last_piece = false;
    return r < 0 ? (int)r : 0;
}

bool http_fast_request_has_more(const struct http_fast_hop *hop)
{
    return has_body(hop->x) && !hop->is_body_in_out;
}

int http_fast_request_write_more(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;

    if (hop->piece_bytes == 0) {
        int r = next_piece(hop);
        if (r < 0) {
            return r;
        }
    }
    int64_t n = acr_write_until_input(x->u, hop->connection->socket, hop->piece, hop->piece_bytes);
    if (n < 0) {
        return (int)n;
    }
    if (x->trace != NULL) {
        http_trace_add_sent(x->trace, hop->piece, (size_t)n);
    }
    hop->piece += n;
    hop->piece_bytes -= (size_t)n;
    return hop->piece_bytes > 0 || !hop->is_last_piece;
}
