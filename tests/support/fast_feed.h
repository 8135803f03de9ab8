/* SPDX-License-Identifier: MIT */
/*
 * Feeds answers to the parser of the fast engine and writes down what it makes of them, so that two
 * ways of cutting the same bytes can be compared. Each piece is copied to memory of exactly its
 * size, which is freed afterwards: a sanitizer sees what is read beyond it or too late.
 */
#ifndef ACRIDA_TESTS_FAST_FEED_H
#define ACRIDA_TESTS_FAST_FEED_H

#include "fast_parse.h"

#include <stdlib.h>
#include <string.h>

struct fast_feed {
    struct http_fast_parse parse;
    struct http_text log;  /* "L:line\n" "T:trailer\n" "H\n" "B\n" "D\n" "E:error\n" */
    struct http_text body; /* what all of B was */
    enum http_fast_token last;
    size_t used; /* bytes of the input */
};

static inline void fast_feed_begin(struct fast_feed *f, bool is_head)
{
    memset(f, 0, sizeof *f);
    http_fast_parse_begin(&f->parse, is_head);
}

static inline void fast_feed_done(struct fast_feed *f)
{
    http_fast_parse_done(&f->parse);
    http_text_done(&f->log);
    http_text_done(&f->body);
}

static inline bool fast_feed_is_over(const struct fast_feed *f)
{
    return f->last == HTTP_FAST_DONE || f->last == HTTP_FAST_ERROR;
}

static inline void fast_feed_log(struct fast_feed *f, enum http_fast_token token, const char *piece,
                                 size_t bytes)
{
    switch (token) {
    case HTTP_FAST_LINE:
    case HTTP_FAST_TRAILER:
        http_text_puts(&f->log, token == HTTP_FAST_LINE ? "L:" : "T:");
        http_text_add(&f->log, piece, bytes);
        http_text_put(&f->log, '\n');
        break;
    case HTTP_FAST_HEAD:
        http_text_puts(&f->log, "H\n");
        break;
    case HTTP_FAST_BODY:
        if (f->last != HTTP_FAST_BODY) {
            http_text_puts(&f->log, "B\n");
        }
        http_text_add(&f->body, piece, bytes);
        break;
    case HTTP_FAST_DONE:
        http_text_puts(&f->log, "D\n");
        break;
    case HTTP_FAST_ERROR:
        http_text_puts(&f->log, "E:");
        http_text_puts(&f->log, f->parse.error);
        http_text_put(&f->log, '\n');
        break;
    case HTTP_FAST_MORE:
        return;
    }
    f->last = token;
}

/* One piece of the input, as far as the answer goes. Returns: the last token, or MORE. */
static inline enum http_fast_token fast_feed(struct fast_feed *f, const char *data, size_t bytes)
{
    char *copy = malloc(bytes == 0 ? 1 : bytes);
    const char *at = copy, *end = copy + bytes;
    enum http_fast_token token;

    if (bytes > 0) {
        memcpy(copy, data, bytes);
    }
    do {
        const char *piece;
        size_t piece_bytes;
        token = http_fast_parse_next(&f->parse, &at, end, &piece, &piece_bytes);
        fast_feed_log(f, token, piece, piece_bytes);
    } while (token != HTTP_FAST_MORE && !fast_feed_is_over(f));
    f->used += (size_t)(at - copy);
    free(copy);
    return token;
}

/* The peer closes. */
static inline enum http_fast_token fast_feed_end(struct fast_feed *f)
{
    if (!fast_feed_is_over(f)) {
        fast_feed_log(f, http_fast_parse_end(&f->parse), NULL, 0);
    }
    return f->last;
}

#endif
