/* SPDX-License-Identifier: MIT */
/*
 * What --once shows of each request: what was sent and what came back, as it was on the wire but
 * for encryption, compression and length. Nothing is masked: these are the debugging user's own
 * secrets.
 */
#ifndef ACRIDA_HTTP_TRACE_H
#define ACRIDA_HTTP_TRACE_H

#include "text.h"

#include <stdint.h>

/* So much is shown of a body. */
enum { HTTP_TRACE_BODY_BYTES = 1000 };

/* The beginning of something, and how long it was. */
struct http_trace_piece {
    struct http_text text;
    uint64_t bytes;
};

/* One hop of an exchange: filled while it runs. */
struct http_trace {
    const char *method; /* borrowed, as the URL */
    const char *url;
    struct http_trace_piece sent_head; /* one after another, when it was sent again */
    struct http_trace_piece sent_body;
    struct http_trace_piece body; /* of the answer, decoded */
};

/* How a request ended. */
struct http_trace_outcome {
    const char *user_type;
    uint64_t user_number;
    const char *method;
    const char *name;
    const char *error; /* NULL = succeeded */
    int status;
    double ms;
    uint64_t bytes;
};

/* Room for a hop; NULL when out of memory. */
struct http_trace *http_trace_new(void);
void http_trace_free(struct http_trace *t); /* NULL is allowed */
/* Before each hop. */
void http_trace_begin(struct http_trace *t, const char *method, const char *url);

void http_trace_add_head(struct http_trace *t, const char *data, size_t bytes);
void http_trace_add_sent(struct http_trace *t, const char *data, size_t bytes);
void http_trace_add_body(struct http_trace *t, const char *data, size_t bytes);

/*
 * A hop: a line that begins with "# ", then others with "> " and "< ". `head` is the answer's, each
 * line ended by a NUL; `error` is why there is no whole answer, or NULL.
 */
bool http_trace_hop(struct http_text *out, const struct http_trace *t, const char *head,
                    size_t head_bytes, const char *error);

/* A line that begins with "= ". */
bool http_trace_outcome(struct http_text *out, const struct http_trace_outcome *o);

/*
 * A text in lines that begin with `prefix`: letters of any alphabet as they are, what would steer a
 * terminal or is not UTF-8 as \x1b.
 */
bool http_trace_lines(struct http_text *out, const char *prefix, const char *data, size_t bytes);

/* To stdout, in one piece. */
void http_trace_print(const struct http_text *text);

#endif
