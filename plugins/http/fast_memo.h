/* SPDX-License-Identifier: MIT */
/*
 * The head of the latest answer to a URL: a server that sends the same bytes again means the same,
 * so that they need not be taken apart again. With a Date that is once a second.
 */
#ifndef ACRIDA_HTTP_FAST_MEMO_H
#define ACRIDA_HTTP_FAST_MEMO_H

#include "fast_parse.h"

struct http_fast_memo {
    struct http_text head;  /* as it came */
    struct http_text lines; /* as struct http_exchange keeps it */
    int status;
    int version;
    uint64_t content_length;
    bool keeps_alive;
    unsigned n_misses; /* since the last match */
};

/* Whether a whole answer with that head has come, and nothing else. *ret_body is its body, of
 * content_length bytes. */
bool http_fast_memo_match(struct http_fast_memo *memo, const char *data, size_t bytes,
                          const char **ret_body);

/*
 * After HTTP_FAST_HEAD: what has come to it. Heads that never repeat are learnt ever more rarely.
 */
void http_fast_memo_learn(struct http_fast_memo *memo, const char *head, size_t bytes,
                          const struct http_fast_parse *parse, const struct http_text *lines);

/* NULL is allowed. */
void http_fast_memo_free(void *memo);

#endif
