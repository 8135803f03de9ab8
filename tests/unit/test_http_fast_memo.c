/* SPDX-License-Identifier: MIT */
/* Heads of answers that come again. */
#include "support/unit.h"

#include "fast_memo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"

/* What the parser makes of a head, and the memo learns. */
static void learn(struct http_fast_memo *memo, const char *head)
{
    struct http_fast_parse parse = { .error = NULL };
    struct http_text lines = { NULL, 0, 0 };
    const char *at = head, *end = head + strlen(head), *piece;
    size_t n;
    enum http_fast_token token;

    http_fast_parse_begin(&parse, false);
    while ((token = http_fast_parse_next(&parse, &at, end, &piece, &n)) == HTTP_FAST_LINE) {
        assert_true(http_text_add(&lines, piece, n) && http_text_put(&lines, '\0'));
    }
    assert_int_equal(token, HTTP_FAST_HEAD);
    http_fast_memo_learn(memo, head, (size_t)(at - head), &parse, &lines);
    http_fast_parse_done(&parse);
    http_text_done(&lines);
}

static bool knows(struct http_fast_memo *memo, const char *answer)
{
    const char *body = NULL;
    bool is_known = http_fast_memo_match(memo, answer, strlen(answer), &body);

    if (is_known) {
        assert_int_equal(strlen(body), memo->content_length);
    }
    return is_known;
}

static void the_same_head_is_known(void **state)
{
    struct http_fast_memo *memo = calloc(1, sizeof *memo);

    (void)state;
    assert_non_null(memo);
    assert_false(knows(memo, HEAD "abc"));
    learn(memo, HEAD);
    assert_true(knows(memo, HEAD "abc"));
    assert_int_equal(memo->status, 200);
    assert_int_equal(memo->version, 11);
    assert_true(memo->keeps_alive);
    assert_memory_equal(memo->lines.data, "HTTP/1.1 200 OK\0Content-Length: 3\0", 35);
    http_fast_memo_free(memo);
}

static void only_whole_answers_without_more_are_known(void **state)
{
    struct http_fast_memo *memo = calloc(1, sizeof *memo);

    (void)state;
    assert_non_null(memo);
    learn(memo, HEAD);
    assert_false(knows(memo, HEAD "ab"));
    assert_false(knows(memo, HEAD "abcd"));
    assert_false(knows(memo, HEAD));
    assert_false(knows(memo, "HTTP/1.1 200 OK\r\n"));
    assert_false(knows(memo, "HTTP/1.1 404 Ok\r\nContent-Length: 3\r\n\r\nabc"));
    http_fast_memo_free(memo);
}

static void heads_without_a_length_are_not_learnt(void **state)
{
    static const char *const heads[] = { "HTTP/1.1 200 OK\r\n\r\n",
                                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                         "HTTP/1.1 204 No\r\n\r\n",
                                         "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n" };

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct http_fast_memo *memo = calloc(1, sizeof *memo);

        assert_non_null(memo);
        learn(memo, heads[i]);
        assert_false(knows(memo, heads[i]));
        http_fast_memo_free(memo);
    }
}

static void heads_that_never_repeat_are_learnt_ever_more_rarely(void **state)
{
    struct http_fast_memo *memo = calloc(1, sizeof *memo);
    unsigned n_learnt = 0;
    char head[128];

    (void)state;
    assert_non_null(memo);
    for (int i = 0; i < 1000; i++) {
        snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nX-Id: %d\r\nContent-Length: 0\r\n\r\n", i);
        learn(memo, head);
        n_learnt +=
            memo->head.length == strlen(head) && memcmp(memo->head.data, head, strlen(head)) == 0;
    }
    assert_int_equal(n_learnt, 9); /* 1, 3, 7, ... 511 */
    /* One that has settled is learnt again, and a match forgets the misses. */
    for (int i = 0; i < 1024 && !knows(memo, HEAD "abc"); i++) {
        learn(memo, HEAD);
    }
    assert_true(knows(memo, HEAD "abc"));
    assert_int_equal(memo->n_misses, 0);
    http_fast_memo_free(memo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_head_is_known),
        cmocka_unit_test(only_whole_answers_without_more_are_known),
        cmocka_unit_test(heads_without_a_length_are_not_learnt),
        cmocka_unit_test(heads_that_never_repeat_are_learnt_ever_more_rarely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
