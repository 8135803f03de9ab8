/* SPDX-License-Identifier: MIT */
/*
 * One request on its way: what is to be sent, and what has come back. The part that knows no engine
 * fills the upper half, the engine calls http_exchange_* as things happen. A redirect is a further
 * run of the same exchange ("hop"), decided here and not by the engine.
 */
#ifndef ACRIDA_HTTP_EXCHANGE_H
#define ACRIDA_HTTP_EXCHANGE_H

#include "headers.h"
#include "redirect.h"
#include "text.h"
#include "trace.h"

#include <acrida/client.h>
#include <acrida/http.h>

struct http_user;
struct http_own;
struct http_url_entry;

#define HTTP_EXCHANGE_BODY_LIMIT ((size_t)64 << 20)
#define HTTP_EXCHANGE_HEAD_LIMIT ((size_t)256 << 10)
#define HTTP_EXCHANGE_UNKNOWN UINT64_MAX

enum http_body_kind {
    HTTP_BODY_NONE,
    HTTP_BODY_MEMORY,
    HTTP_BODY_FILE,
    HTTP_BODY_CALL,
    HTTP_BODY_PARTS,
};

/* The body of a request. All pointers are the caller's, who waits until the exchange is over. */
struct http_body {
    enum http_body_kind kind;
    const char *data;
    uint64_t bytes; /* HTTP_EXCHANGE_UNKNOWN: chunked */
    uint64_t done;  /* what http_exchange_read has given of it */
    int fd;         /* of HTTP_BODY_FILE; closed by http_exchange_free */
    size_t (*send)(void *arg, char *buffer, size_t bytes);
    void *send_arg;
    const struct acr_part *parts;
    size_t n_parts;
    size_t part_size; /* the stride of parts: the caller's idea of the struct */
};

enum http_use { HTTP_USE_UNDECIDED, HTTP_USE_KEEP, HTTP_USE_PASS_ON, HTTP_USE_DROP };

struct http_exchange {
    /* To be sent. Set before each hop. */
    struct http_user *user;
    struct acr_user *u;   /* who made it: the user, or a coroutine of it */
    struct http_own *own; /* what `headers` may point into; held until the exchange is over */
    struct acr_sample *sample;
    const char *method;
    struct http_url_entry *entry; /* that the first `url` is of, held; NULL = none */
    const char *url;              /* absolute, without userinfo and fragment */
    size_t url_bytes;
    size_t path_at;   /* where path and query begin in it */
    double before_ms; /* response time when the hop began; 0: the first */
    struct http_headers headers;
    struct http_body body;
    bool (*receive)(void *arg, const char *data, size_t bytes);
    void *receive_arg;
    bool discards_body;
    bool follows; /* redirects are not answers */
    bool is_get;
    bool is_in_callback;  /* a function of the scenario runs, for its body */
    uint64_t deadline_ns; /* of all hops; 0 = none */

    /* Come back, of the latest hop. */
    int status;
    int http_version;           /* 10, 11, 20 */
    struct http_text head;      /* status line and header lines, each ended by a NUL */
    struct http_text content;   /* the body as far as it is kept */
    struct http_span lent_head; /* in place of these where it is set (http_exchange_lend) */
    struct http_span lent_body;
    uint64_t received;
    enum http_use use;
    bool has_given_up;        /* `receive` said stop, or the body is too large */
    const char *error;        /* NULL = a complete answer */
    struct acr_phases phases; /* since the hop began; total_ms is not used */

    struct http_trace *trace;     /* of the hop; NULL = none is wanted */
    struct acr_coroutine *waiter; /* in acr_suspend */
    bool is_done;
    bool has_yielded;           /* the caller has been suspended, in any hop */
    void *transfer;             /* the engine's, while it runs */
    struct http_exchange *next; /* of its user, or among the free */
    struct http_exchange *prev;
    char error_text[192]; /* what `error` points to when it is not a constant; the last member */
};

/* From the free ones of the user's loop. Returns: NULL when out of memory. */
struct http_exchange *http_exchange_new(struct http_user *user, struct acr_user *u);
/* Gives it back; it must not be running. */
void http_exchange_free(struct http_exchange *x);
/* Before the next hop: forgets what the last one brought. */
void http_exchange_rewind(struct http_exchange *x);

/* For engines: a header line, the status line or the empty line; its end may be there. */
bool http_exchange_on_header(struct http_exchange *x, const char *line, size_t bytes);
/* A piece of the body, decoded. Returns: false to stop; `error` then says why. */
bool http_exchange_on_body(struct http_exchange *x, const char *data, size_t bytes);
/*
 * For engines: the whole answer at once, after its status. Both stay the engine's, and as they are
 * until the exchange is done with or its user yields.
 */
void http_exchange_lend(struct http_exchange *x, struct http_span head, struct http_span body);
/* More of the request's body. Returns: the bytes, 0 at its end, SIZE_MAX when it failed. */
size_t http_exchange_read(struct http_exchange *x, char *to, size_t bytes);
/* After a function of the scenario that an exception has left. */
void http_exchange_end_callback(struct http_exchange *x);
/* How long connecting may take: `limit_s` (0 = none), or less when the deadline is nearer. */
double http_exchange_connect_s(const struct http_exchange *x, double limit_s);
/* Begin the request's body again. Returns: whether that is possible. */
bool http_exchange_reread(struct http_exchange *x);
/*
 * The hop is over. `error` is NULL or a text that outlives the exchange, or x->error_text; one set
 * before (by the callbacks above) wins. Stamps the sample unless a redirect follows; wakes.
 */
void http_exchange_finish(struct http_exchange *x, const char *error);

/* A header of the answer, "" when missing. */
const char *http_exchange_header(const char *head, size_t head_bytes, const char *name);
/* The status line and the header lines, each ended by a NUL; the body as far as it is kept. */
static inline struct http_span http_exchange_head(const struct http_exchange *x)
{
    return x->lent_head.bytes > 0 ? x->lent_head
                                  : (struct http_span){ x->head.data, x->head.length };
}
static inline struct http_span http_exchange_content(const struct http_exchange *x)
{
    return x->lent_body.bytes > 0 ? x->lent_body
                                  : (struct http_span){ x->content.data, x->content.length };
}
/* What an answer that is no success asks for: by http_exchange_redirect. */
enum http_redirect http_exchange_read_redirect(const struct http_exchange *x);
/* What the answer asks for; HTTP_REDIRECT_NONE when redirects are not followed. */
static inline enum http_redirect http_exchange_redirect(const struct http_exchange *x)
{
    return x->status < 300 ? HTTP_REDIRECT_NONE : http_exchange_read_redirect(x);
}

#endif
