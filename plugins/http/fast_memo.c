/* SPDX-License-Identifier: MIT */
/* The head of the latest answer to a URL. */
#include "fast_memo.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX_BYTES = 2048, MISSES_MAX = 1023 };

bool http_fast_memo_match(struct http_fast_memo *memo, const char *data, size_t bytes,
                          const char **ret_body)
{
    size_t n = memo->head.length;

    if (n == 0 || bytes < n || bytes - n != memo->content_length ||
        memcmp(memo->head.data, data, n) != 0) {
        return false;
    }
    memo->n_misses = 0;
    *ret_body = data + n;
    return true;
}

void http_fast_memo_learn(struct http_fast_memo *memo, const char *head, size_t bytes,
                          const struct http_fast_parse *parse, const struct http_text *lines)
{
    unsigned n = ++memo->n_misses;

    if ((n & (n + 1)) != 0) {
        return;
    }
    if (n >= MISSES_MAX) {
        memo->n_misses = MISSES_MAX / 2;
    }
    http_text_clear(&memo->head);
    http_text_clear(&memo->lines);
    if (bytes > HEAD_MAX_BYTES || parse->content_length == HTTP_FAST_UNKNOWN ||
        parse->status == 204 || parse->status == 304 ||
        !http_text_add(&memo->lines, lines->data, lines->length) ||
        !http_text_add(&memo->head, head, bytes)) {
        http_text_clear(&memo->head);
        return;
    }
    memo->status = parse->status;
    memo->version = parse->version;
    memo->content_length = parse->content_length;
    memo->keeps_alive = parse->keeps_alive;
}

void http_fast_memo_free(void *memo)
{
    struct http_fast_memo *m = memo;

    if (m != NULL) {
        http_text_done(&m->head);
        http_text_done(&m->lines);
        free(m);
    }
}
