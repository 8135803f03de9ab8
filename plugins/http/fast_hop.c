/* SPDX-License-Identifier: MIT */
/* One request and its answer on a connection. */
#include "fast_hop.h"

#include "decode.h"
#include "failure.h"
#include "fast_request.h"
#include "multipart.h"
#include "profile.h"
#include "user.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { FREE_MAX = 1024, KEEP_BYTES = 8 << 10 };

/* How an attempt ended, beside negative errnos for those that were given up. */
enum attempt { ATTEMPT_OVER, ATTEMPT_STALE };

static struct http_fast_hop *take_hop(struct http_exchange *x, struct http_fast_user *user)
{
    struct http_fast_loop *loop = user->profile->loop;
    struct http_fast_hop *hop = loop->free_hops;

    if (hop != NULL) {
        loop->free_hops = hop->next;
        loop->n_free_hops--;
    } else {
        hop = calloc(1, sizeof *hop);
        if (hop == NULL) {
            return NULL;
        }
    }
    hop->x = x;
    hop->user = user;
    x->transfer = hop;
    return hop;
}

static void free_hop(struct http_fast_hop *hop)
{
    http_fast_parse_done(&hop->parse);
    http_text_done(&hop->out);
    free(hop);
}

static void forget_answer(struct http_fast_hop *hop)
{
    if (hop->decode != NULL) {
        http_decode_free(hop->decode);
        hop->decode = NULL;
    }
    hop->encodings[0] = '\0';
    hop->has_received = false;
}

static void give_back(struct http_fast_hop *hop)
{
    struct http_fast_loop *loop = hop->user->profile->loop;

    if (hop->connection != NULL) {
        http_fast_connection_close(hop->connection);
        hop->connection = NULL;
    }
    if (hop->multipart != NULL) {
        http_multipart_free(hop->multipart);
        hop->multipart = NULL;
    }
    forget_answer(hop);
    http_text_trim(&hop->out, KEEP_BYTES);
    hop->x->transfer = NULL;
    if (loop->n_free_hops >= FREE_MAX) {
        free_hop(hop);
        return;
    }
    hop->next = loop->free_hops;
    loop->free_hops = hop;
    loop->n_free_hops++;
}

void http_fast_hop_free_all(struct http_fast_loop *loop)
{
    while (loop->free_hops != NULL) {
        struct http_fast_hop *hop = loop->free_hops;
        loop->free_hops = hop->next;
        free_hop(hop);
    }
}

/* --- the answer ---------------------------------------------------------------------------------
 */

/* The value behind "Name:", when the line is of that name; else NULL. */
static const char *value_of(const char *line, size_t bytes, const char *name, size_t name_bytes,
                            size_t *ret_bytes)
{
    if (bytes <= name_bytes || line[name_bytes] != ':' ||
        strncasecmp(line, name, name_bytes) != 0) {
        return NULL;
    }
    const char *end = line + bytes;
    line += name_bytes + 1;
    while (line < end && (*line == ' ' || *line == '\t')) {
        line++;
    }
    *ret_bytes = (size_t)(end - line);
    return line;
}

static void take_cookie(struct http_fast_hop *hop, const char *value, size_t bytes)
{
    struct http_text *copy = &hop->x->user->loop->scratch;
    struct http_url url;

    http_text_clear(copy);
    if (!hop->user->profile->settings->no_cookies && http_text_add(copy, value, bytes) &&
        http_url_split(hop->x->url, &url) == NULL) {
        http_jar_take(&hop->user->jar, &url, http_text_get(copy), time(NULL));
    }
}

/* Several lines of encodings are one list. */
static void take_encodings(struct http_fast_hop *hop, const char *value, size_t bytes)
{
    size_t before = strlen(hop->encodings);

    if (before + bytes + 2 > sizeof hop->encodings) {
        value = "?"; /* nobody can decode so many */
        bytes = 1;
        before = 0;
    }
    if (before > 0) {
        hop->encodings[before++] = ',';
    }
    memcpy(hop->encodings + before, value, bytes);
    hop->encodings[before + bytes] = '\0';
}

static bool take_line(struct http_fast_hop *hop, const char *line, size_t bytes)
{
    const char *value;
    size_t value_bytes;

    if (bytes > 10 && line[10] == ':' &&
        (value = value_of(line, bytes, "Set-Cookie", 10, &value_bytes)) != NULL) {
        hop->memo = NULL; /* more than what the exchange keeps comes of such a head */
        take_cookie(hop, value, value_bytes);
    } else if (bytes > 16 && line[16] == ':' &&
               (value = value_of(line, bytes, "Content-Encoding", 16, &value_bytes)) != NULL &&
               !hop->user->profile->settings->no_compression) {
        hop->memo = NULL;
        take_encodings(hop, value, value_bytes);
    }
    return http_exchange_on_header(hop->x, line, bytes);
}

static bool on_decoded(void *arg, const char *data, size_t bytes)
{
    return http_exchange_on_body(arg, data, bytes);
}

static bool take_body(struct http_fast_hop *hop, const char *data, size_t bytes)
{
    struct http_exchange *x = hop->x;

    if (hop->encodings[0] == '\0') {
        return http_exchange_on_body(x, data, bytes);
    }
    if (hop->decode == NULL) {
        const char *error =
            http_decode_new(&hop->user->profile->loop->decoders, hop->encodings, &hop->decode);
        if (error != NULL) {
            x->error = error;
            return false;
        }
    }
    const char *error = http_decode_feed(hop->decode, data, bytes, on_decoded, x);
    if (x->error == NULL) {
        x->error = error;
    }
    return x->error == NULL;
}

/* A whole answer whose head has come before. Returns: whether it is one. */
static bool take_known(struct http_fast_hop *hop, const char *data, size_t bytes)
{
    struct http_exchange *x = hop->x;
    struct http_fast_memo *memo = hop->memo;
    struct http_span head = { memo->lines.data, memo->lines.length }, body;

    if (!http_fast_memo_match(memo, data, bytes, &body.data)) {
        return false;
    }
    body.bytes = (size_t)memo->content_length;
    x->status = memo->status;
    hop->parse.version = memo->version;
    hop->parse.keeps_alive = memo->keeps_alive;
    http_exchange_lend(x, head, body);
    return true;
}

/* All of the answer that has come in. Returns: whether it is over, for good or bad. */
static bool take_input(struct http_fast_hop *hop, const char *at, size_t bytes)
{
    struct http_exchange *x = hop->x;
    const char *begin = at, *end = at + bytes, *piece;
    size_t n;

    if (hop->parse.has_begun) {
        hop->memo = NULL; /* its head may have come in pieces */
    }
    if (hop->memo != NULL && take_known(hop, at, bytes)) {
        return true;
    }

    for (;;) {
        bool ok = true;
        switch (http_fast_parse_next(&hop->parse, &at, end, &piece, &n)) {
        case HTTP_FAST_MORE:
            return false;
        case HTTP_FAST_LINE:
            if (hop->parse.name_bytes == 0) {
                hop->encodings[0] = '\0'; /* an interim head's are nobody's */
            }
            ok = take_line(hop, piece, n);
            break;
        case HTTP_FAST_TRAILER:
            ok = take_line(hop, piece, n);
            break;
        case HTTP_FAST_HEAD:
            hop->has_head = true;
            if (hop->memo != NULL) {
                http_fast_memo_learn(hop->memo, begin, (size_t)(at - begin), &hop->parse, &x->head);
            }
            break;
        case HTTP_FAST_BODY:
            ok = take_body(hop, piece, n);
            break;
        case HTTP_FAST_DONE:
            hop->parse.keeps_alive &=
                at == end; /* what nobody asked for is no answer to the next */
            return true;
        case HTTP_FAST_ERROR:
            x->error = hop->parse.error;
            return true;
        }
        if (!ok) {
            return true;
        }
    }
}

/* What is known of the answers to a URL that is asked for again and again. */
static struct http_fast_memo *memo_of(const struct http_exchange *x)
{
    struct http_url_entry *entry = x->entry;

    if (entry == NULL || x->url != entry->url || !x->is_get) {
        return NULL;
    }
    if (entry->memo == NULL) {
        entry->memo = calloc(1, sizeof(struct http_fast_memo));
        entry->free_memo = http_fast_memo_free;
    }
    return entry->memo;
}

/* Unless it was noted before. Of an answer that came in one piece this is its last as well. */
static void note_first_byte(struct http_exchange *x)
{
    if (x->phases.first_byte_ms == 0) {
        x->phases.first_byte_ms =
            (double)acr_sample_response_time_ns(x->sample) / 1e6 - x->before_ms;
    }
}

/* What comes next of the answer. Returns: 0 or a negative errno of reading. Yields. */
static int read_some(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;
    const char *data;
    int64_t n = acr_read_shared(x->u, hop->connection->socket, &data);

    if (n < 0) {
        return (int)n;
    }
    if (n == 0) {
        if (http_fast_parse_end(&hop->parse) == HTTP_FAST_ERROR) {
            x->error = hop->parse.error;
        }
        hop->parse.keeps_alive = false;
        hop->is_over = true;
        return 0;
    }
    hop->has_received = true;
    hop->is_over = take_input(hop, data, (size_t)n);
    if (!hop->is_over) {
        note_first_byte(x);
    }
    return 0;
}

/* Returns: 0 when it is over (x->error for a failure), or a negative errno of reading. */
static int read_answer(struct http_fast_hop *hop)
{
    int r = 0;

    while (r == 0 && !hop->is_over) {
        r = read_some(hop);
    }
    if (r == 0 && hop->x->error == NULL && hop->decode != NULL) {
        hop->x->error = http_decode_finish(hop->decode);
    }
    return r;
}

/*
 * The rest of a body. The server may answer meanwhile: in between (100 Continue), or as it reads,
 * and reads no further when nobody listens; or with what makes the rest superfluous.
 *
 * Returns: 0, a negative errno, or HTTP_FAST_REQUEST_FAILED. Yields.
 */
static int write_body(struct http_fast_hop *hop)
{
    int r = 1;

    while (r > 0 && !hop->is_over && !(hop->has_head && hop->parse.status >= 300)) {
        if (acr_socket_has_input(hop->connection->socket)) {
            r = read_some(hop);
            r = r == 0 ? 1 : r;
        } else {
            r = http_fast_request_write_more(hop);
        }
    }
    hop->is_last |= r > 0; /* not all was written */
    return r < 0 ? r : 0;
}

/* --- the hop ------------------------------------------------------------------------------------
 */

static bool is_idempotent(const char *method)
{
    static const char *const methods[] = { "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" };

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(method, methods[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Of a connection that was kept and has died before any answer: it may have been dead already. */
static bool is_stale(const struct http_fast_hop *hop, int r)
{
    return hop->is_reused && !hop->has_received && r != HTTP_FAST_REQUEST_FAILED &&
           (hop->x->is_get || is_idempotent(hop->x->method));
}

/* A failure of the system's while writing or reading. */
static void fail_with(struct http_fast_hop *hop, int r)
{
    struct http_exchange *x = hop->x;
    const char *said = acr_socket_error(hop->connection->socket);
    char reason[128];

    if (x->error != NULL) {
        return;
    }
    if (r == -ECONNRESET && strstr(said, "without ending TLS") != NULL) {
        x->error = hop->has_received ? HTTP_FAILURE_INCOMPLETE : HTTP_FAILURE_NO_ANSWER;
        return;
    }
    snprintf(x->error_text, sizeof x->error_text, "%s",
             r == -EPROTO ? said : strerror_r(-r, reason, sizeof reason));
    x->error = x->error_text;
}

/* Counts the attempt that is over, unless nobody has read of it. */
static void count_attempt(struct http_fast_hop *hop, int r)
{
    bool was_unread =
        hop->is_reused && !hop->has_received && http_fast_connection_was_unread(hop->connection, r);
    if (!was_unread) {
        acr_sample_attempt(hop->x->sample);
    }
    hop->is_on_its_way = false;
}

/* Writes the request and reads the answer. Returns: 0 when it is over, or a negative errno. */
static int exchange(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;

    http_fast_parse_begin(&hop->parse, !x->is_get && strcmp(x->method, "HEAD") == 0);
    hop->memo = memo_of(x);
    hop->has_head = false;
    hop->is_over = false;
    int r = http_fast_request_write(hop);
    if (r == 0 && http_fast_request_has_more(hop)) {
        r = write_body(hop);
    }
    if (r == 0 || r == -EPIPE || r == -ECONNRESET) {
        int read = read_answer(hop); /* who has closed may have said why */
        r = read == 0 && (r == 0 || hop->has_received) ? 0 : r < 0 ? r : read;
    }
    return r;
}

/* Returns: enum attempt, or -ETIMEDOUT, -ECANCELED. */
static int attempt(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;

    if (acr_is_cancelled(x->u)) {
        return -ECANCELED; /* nothing will be written: it is no attempt */
    }
    x->has_yielded = true;
    hop->is_on_its_way = true;
    int r = exchange(hop);
    count_attempt(hop, r);
    if (r == -ETIMEDOUT || r == -ECANCELED) {
        return r;
    }
    bool has_ended = r < 0 || (x->error != NULL && !hop->has_received);
    if (has_ended && is_stale(hop, r) && http_exchange_reread(x)) {
        return ATTEMPT_STALE;
    }
    if (r < 0) {
        fail_with(hop, r);
    }
    return ATTEMPT_OVER;
}

static int connect_hop(struct http_fast_hop *hop)
{
    int r = http_fast_connection_open(hop->user, hop->x, &hop->connection);

    if (r < 0) {
        return r;
    }
    acr_socket_deadline(hop->connection->socket, hop->x->deadline_ns);
    return 0;
}

/* Everything but the beginning and the end. Returns: 0, -ETIMEDOUT or -ECANCELED. */
static int run(struct http_fast_hop *hop)
{
    struct http_exchange *x = hop->x;
    int r = 0;

    x->error = http_fast_request_prepare(hop);
    if (x->error != NULL) {
        return 0;
    }
    hop->connection =
        http_fast_connection_take(hop->user, x, !x->is_get && !is_idempotent(x->method));
    hop->is_reused = hop->connection != NULL;
    if (hop->is_reused) {
        acr_socket_deadline(hop->connection->socket, x->deadline_ns);
    } else {
        r = connect_hop(hop);
    }
    if (r == 0) {
        r = attempt(hop);
    }
    if (r == ATTEMPT_STALE) {
        http_fast_connection_close(hop->connection);
        hop->connection = NULL;
        hop->is_reused = false;
        forget_answer(hop);
        x->error = http_fast_request_prepare(hop);
        r = x->error == NULL ? connect_hop(hop) : 0;
        if (r == 0 && x->error == NULL) {
            r = attempt(hop);
        }
    }
    return r == -ETIMEDOUT || r == -ECANCELED ? r : 0;
}

int http_fast_hop_run(struct http_exchange *x, struct http_fast_user *user)
{
    struct http_fast_hop *hop = take_hop(x, user);

    if (hop == NULL) {
        http_exchange_finish(x, HTTP_FAILURE_MEMORY);
        return 0;
    }
    int r = run(hop);
    if (r == 0) {
        x->http_version = hop->has_received ? hop->parse.version : 0;
        http_exchange_finish(x, NULL);
        if (hop->has_received) {
            note_first_byte(x);
        }
        if (x->error == NULL && hop->parse.keeps_alive && !hop->is_last &&
            !user->profile->settings->no_keep_alive) {
            http_fast_connection_keep(hop->connection);
            hop->connection = NULL;
        }
    }
    give_back(hop);
    return r;
}

void http_fast_hop_abandon(struct http_exchange *x)
{
    struct http_fast_hop *hop = x->transfer;

    if (hop->is_on_its_way) {
        count_attempt(hop, -ECANCELED);
    }
    give_back(hop);
}
