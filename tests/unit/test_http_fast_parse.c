/* SPDX-License-Identifier: MIT */
/* Answers taken apart: whole, byte by byte, cut anywhere, ended anywhere. */
#include "support/unit.h"

#include "support/fast_feed.h"

#include <stdio.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define OK_LOG "L:HTTP/1.1 200 OK\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define CHUNKED_LOG OK_LOG "L:Transfer-Encoding: chunked\nH\n"
#define INVALID "E:invalid HTTP in the answer"
#define BROKEN "E:connection closed before the answer was complete\n"
#define SIZED(line) OK "Content-Length: 2\r\n" line "\r\n\r\nab"
#define SIZED_LOG(line) OK_LOG "L:Content-Length: 2\nL:" line "\nH\nB\nD\n"

enum { KEEPS = 1, CLOSES = 0 };

struct answer {
    const char *raw; /* up to the peer's close */
    const char *log;
    const char *body;
    int keeps_alive;
    size_t raw_bytes; /* 0 = up to the NUL */
    bool is_head;
};

static const struct answer complete[] = {
    { SIZED("A: b"), SIZED_LOG("A: b"), "ab", KEEPS, 0, false },
    { SIZED("A:"), SIZED_LOG("A:"), "ab", KEEPS, 0, false },
    { SIZED("A:\tb c\t "), SIZED_LOG("A:\tb c\t "), "ab", KEEPS, 0, false },
    { SIZED("!#$%&'*+-.^_`|~09azAZ: x"), SIZED_LOG("!#$%&'*+-.^_`|~09azAZ: x"), "ab", KEEPS, 0,
      false },
    { SIZED("A: \x80\xff"), SIZED_LOG("A: \x80\xff"), "ab", KEEPS, 0, false },
    { "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "L:HTTP/1.1 200\nL:Content-Length: 0\nH\nD\n",
      "", KEEPS, 0, false },
    { "HTTP/1.1 999 \r\nContent-Length:0\r\n\r\n", "L:HTTP/1.1 999 \nL:Content-Length:0\nH\nD\n",
      "", KEEPS, 0, false },
    { "HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n",
      "L:HTTP/1.7 200 OK\nL:Content-Length: 0\nH\nD\n", "", KEEPS, 0, false },
    /* Until close. */
    { OK "\r\nabc", OK_LOG "H\nB\nD\n", "abc", CLOSES, 0, false },
    { OK "\r\n", OK_LOG "H\nD\n", "", CLOSES, 0, false },
    { OK "Transfer-Encoding: identity\r\n\r\nabc",
      OK_LOG "L:Transfer-Encoding: identity\nH\nB\nD\n", "abc", CLOSES, 0, false },
    /* Bare LF, folds. */
    { "HTTP/1.1 200 OK\nContent-Length: 2\nA: b\n\nab",
      OK_LOG "L:Content-Length: 2\nL:A: b\nH\nB\nD\n", "ab", KEEPS, 0, false },
    { SIZED("A: b\r\n c"), SIZED_LOG("A: b c"), "ab", KEEPS, 0, false },
    { SIZED("A: b\r\n\t c\n d \r\n "), SIZED_LOG("A: b  c d  "), "ab", KEEPS, 0, false },
    { OK "Content-Length:\r\n 2\r\n\r\nab", OK_LOG "L:Content-Length: 2\nH\nB\nD\n", "ab", KEEPS, 0,
      false },
    /* Lengths. */
    { OK "cONTENT-lENGTH:\t2 , 2\r\nContent-Length: 02\r\n\r\nab",
      OK_LOG "L:cONTENT-lENGTH:\t2 , 2\nL:Content-Length: 02\nH\nB\nD\n", "ab", KEEPS, 0, false },
    { OK "Content-Length: 1\r\n\r\nab", OK_LOG "L:Content-Length: 1\nH\nB\nD\n", "a", KEEPS, 0,
      false },
    { OK "Content-Length: 1\r\n\r\n\0", OK_LOG "L:Content-Length: 1\nH\nB\nD\n", "", KEEPS,
      sizeof OK + 21, false },
    { SIZED("Transfer-Encoding: identity"), SIZED_LOG("Transfer-Encoding: identity"), "ab", CLOSES,
      0, false },
    /* No body. */
    { "HTTP/1.1 204 x\r\n\r\n", "L:HTTP/1.1 204 x\nH\nD\n", "", KEEPS, 0, false },
    { "HTTP/1.1 204 x\r\nContent-Length: 2\r\n\r\n",
      "L:HTTP/1.1 204 x\nL:Content-Length: 2\nH\nD\n", "", CLOSES, 0, false },
    { "HTTP/1.1 304 x\r\nContent-Length: 2\r\n\r\n",
      "L:HTTP/1.1 304 x\nL:Content-Length: 2\nH\nD\n", "", KEEPS, 0, false },
    { OK "Content-Length: 2\r\n\r\n", OK_LOG "L:Content-Length: 2\nH\nD\n", "", KEEPS, 0, true },
    { CHUNKED, CHUNKED_LOG "D\n", "", KEEPS, 0, true },
    /* Interim answers. */
    { "HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n" SIZED(
          "A: c"),
      "L:HTTP/1.1 100 Continue\nL:Content-Length: 7\nL:HTTP/1.1 103 x\nL:A: b\n" SIZED_LOG("A: c"),
      "ab", KEEPS, 0, false },
    { "HTTP/1.1 100 x\r\nConnection: close\r\n\r\n" SIZED("A: c"),
      "L:HTTP/1.1 100 x\nL:Connection: close\n" SIZED_LOG("A: c"), "ab", CLOSES, 0, false },
    /* Connection. */
    { SIZED("Connection: close"), SIZED_LOG("Connection: close"), "ab", CLOSES, 0, false },
    { SIZED("connection: a, CLOSE"), SIZED_LOG("connection: a, CLOSE"), "ab", CLOSES, 0, false },
    { SIZED("Connection: closer"), SIZED_LOG("Connection: closer"), "ab", KEEPS, 0, false },
    { SIZED("Connection: keep-alive, close"), SIZED_LOG("Connection: keep-alive, close"), "ab",
      CLOSES, 0, false },
    { "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
      "L:HTTP/1.0 200 OK\nL:Content-Length: 0\nH\nD\n", "", CLOSES, 0, false },
    { "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
      "L:HTTP/1.0 200 OK\nL:Connection: Keep-Alive\nL:Content-Length: 0\nH\nD\n", "", KEEPS, 0,
      false },
    /* Chunks. */
    { CHUNKED "0\r\n\r\n", CHUNKED_LOG "D\n", "", KEEPS, 0, false },
    { CHUNKED "2\r\nab\r\n00\r\n\r\n", CHUNKED_LOG "B\nD\n", "ab", KEEPS, 0, false },
    { CHUNKED "2\nab\n0A;x=\"y\"\r\n0123456789\r\n0 \t;z\r\n\r\n", CHUNKED_LOG "B\nD\n",
      "ab0123456789", KEEPS, 0, false },
    { CHUNKED "1\r\na\r\n0\r\nA: b\r\n c\r\nD:\r\n\r\nmore", CHUNKED_LOG "B\nT:A: b c\nT:D:\nD\n",
      "a", KEEPS, 0, false },
    { OK "Transfer-Encoding: , CHUNKED\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      OK_LOG "L:Transfer-Encoding: , CHUNKED\nL:Content-Length: 5\nH\nD\n", "", CLOSES, 0, false },
    { "HTTP/1.0 200 x\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n",
      "L:HTTP/1.0 200 x\nL:Transfer-Encoding: chunked\nL:Connection: keep-alive\nH\nD\n", "",
      CLOSES, 0, false },
};

#define NUMBER_LOG OK_LOG INVALID ": a Content-Length that is not a number\n"
#define CONTROL_LOG OK_LOG INVALID ": a control byte in the header\n"
#define CODING_LOG OK_LOG INVALID ": a Transfer-Encoding other than chunked\n"
#define LINE_LOG OK_LOG INVALID ": a header line that is none\n"
#define CHUNK_LOG CHUNKED_LOG INVALID ": a malformed chunk\n"

static const struct answer refused[] = {
    { "", "E:connection closed without an answer\n", "", 0, 0, false },
    { "H", BROKEN, "", 0, 0, false },
    { "\r\n" OK "\r\n", INVALID "\n", "", 0, 0, false },
    { "<html>\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/1.1 20 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/1.1 2000 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/1.1 099 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/1.1  200 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/1.1 200\tOK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/1.11 200 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/2 200 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/0.9 200 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "http/1.1 200 OK\r\n", INVALID "\n", "", 0, 0, false },
    { "HTTP/1.1 200 O\rK\r\n", INVALID ": a control byte in the header\n", "", 0, 0, false },
    { "HTTP/1.1 101 x\r\n\r\n",
      "L:HTTP/1.1 101 x\n" INVALID ": a change of protocol that nobody asked for\n", "", 0, 0,
      false },
    { OK "A: b\0c\r\n\r\n", CONTROL_LOG, "", 0, sizeof OK + 8, false },
    { OK "A: b\x7f\r\n\r\n", CONTROL_LOG, "", 0, 0, false },
    { OK "A: b\r\r\n\r\n", CONTROL_LOG, "", 0, 0, false },
    { OK "A: b\rc\r\n\r\n", CONTROL_LOG, "", 0, 0, false },
    { OK " A: b\r\n\r\n", LINE_LOG, "", 0, 0, false },
    { OK "A\r\n\r\n", LINE_LOG, "", 0, 0, false },
    { OK ": b\r\n\r\n", LINE_LOG, "", 0, 0, false },
    { OK "A : b\r\n\r\n", LINE_LOG, "", 0, 0, false },
    { OK "HTTP/1.1 404 No: x\r\n\r\n", LINE_LOG, "", 0, 0, false },
    { OK "Content-Length:\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: -1\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: +1\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: 0x1\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: 1 1\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: 1,\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: 9223372036854775808\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: 18446744073709551617\r\n\r\n", NUMBER_LOG, "", 0, 0, false },
    { OK "Content-Length: 1, 2\r\n\r\n", OK_LOG INVALID ": two different Content-Lengths\n", "", 0,
      0, false },
    { OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
      OK_LOG "L:Content-Length: 1\n" INVALID ": two different Content-Lengths\n", "", 0, 0, false },
    { OK "Content-Length: 9223372036854775807\r\n\r\nab",
      OK_LOG "L:Content-Length: 9223372036854775807\nH\nB\n" BROKEN, "ab", 0, 0, false },
    { OK "Transfer-Encoding: gzip, chunked\r\n\r\n", CODING_LOG, "", 0, 0, false },
    { OK "Transfer-Encoding: chunked, chunked\r\n\r\n", CODING_LOG, "", 0, 0, false },
    { OK "Transfer-Encoding: chunked;q=1\r\n\r\n", CODING_LOG, "", 0, 0, false },
    { CHUNKED "\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "x\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "-1\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "0x1\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "1 1\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "1\r\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "1;\x01\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "8000000000000000\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "10000000000000001\r\n", CHUNK_LOG, "", 0, 0, false },
    { CHUNKED "7fffffffffffffff\r\nab", CHUNKED_LOG "B\n" BROKEN, "ab", 0, 0, false },
    { CHUNKED "1\r\nab\r\n", CHUNKED_LOG "B\n" INVALID ": a malformed chunk\n", "a", 0, 0, false },
    { CHUNKED "1\r\na\r\r\n", CHUNKED_LOG "B\n" INVALID ": a malformed chunk\n", "a", 0, 0, false },
    { CHUNKED "0\r\n", CHUNKED_LOG BROKEN, "", 0, 0, false },
    { CHUNKED "0\r\nA b\r\n\r\n", CHUNKED_LOG INVALID ": a trailer that is none\n", "", 0, 0,
      false },
    { CHUNKED "0\r\nA: \0\r\n\r\n", CHUNKED_LOG INVALID ": a control byte in the header\n", "", 0,
      sizeof CHUNKED + 9, false },
};

static size_t bytes_of(const struct answer *a)
{
    return a->raw_bytes > 0 ? a->raw_bytes : strlen(a->raw);
}

/* Feeds pieces of `step` bytes, but first one of `first`. */
static void feed_steps(struct fast_feed *f, const char *raw, size_t bytes, size_t first,
                       size_t step)
{
    size_t at = first < bytes ? first : bytes;

    fast_feed(f, raw, at);
    while (at < bytes && !fast_feed_is_over(f)) {
        size_t n = bytes - at < step ? bytes - at : step;
        fast_feed(f, raw + at, n);
        at += n;
    }
}

static void assert_same(const struct fast_feed *a, const struct fast_feed *b)
{
    assert_string_equal(http_text_get(&a->log), http_text_get(&b->log));
    assert_int_equal(a->body.length, b->body.length);
    assert_memory_equal(http_text_get(&a->body), http_text_get(&b->body), a->body.length);
    assert_int_equal(a->parse.keeps_alive, b->parse.keeps_alive);
    assert_int_equal(a->parse.status, b->parse.status);
    assert_true(a->parse.content_length == b->parse.content_length);
    if (a->last == HTTP_FAST_DONE) {
        assert_int_equal(a->used, b->used);
    }
}

/* The first `bytes` of an answer in any two pieces, and byte by byte. */
static void cut_everywhere(const struct answer *a, size_t bytes)
{
    struct fast_feed whole, cut;

    fast_feed_begin(&whole, a->is_head);
    fast_feed(&whole, a->raw, bytes);
    fast_feed_end(&whole);
    for (size_t first = 0; first <= bytes; first++) {
        fast_feed_begin(&cut, a->is_head);
        feed_steps(&cut, a->raw, bytes, first, first == 0 ? 1 : bytes);
        fast_feed_end(&cut);
        assert_same(&whole, &cut);
        fast_feed_done(&cut);
    }
    fast_feed_done(&whole);
}

/* All of an answer in many pieces, beginning anywhere. */
static void cut_often(const struct answer *a)
{
    struct fast_feed whole, cut;

    fast_feed_begin(&whole, a->is_head);
    fast_feed(&whole, a->raw, bytes_of(a));
    fast_feed_end(&whole);
    for (size_t step = 2; step <= 20; step++) {
        for (size_t first = 0; first < step; first++) {
            fast_feed_begin(&cut, a->is_head);
            feed_steps(&cut, a->raw, bytes_of(a), first, step);
            fast_feed_end(&cut);
            assert_same(&whole, &cut);
            fast_feed_done(&cut);
        }
    }
    fast_feed_done(&whole);
}

static void check(const struct answer *a)
{
    struct fast_feed f;

    fast_feed_begin(&f, a->is_head);
    fast_feed(&f, a->raw, bytes_of(a));
    fast_feed_end(&f);
    assert_string_equal(http_text_get(&f.log), a->log);
    assert_string_equal(http_text_get(&f.body), a->body);
    assert_int_equal(f.parse.keeps_alive, a->keeps_alive);
    assert_null(f.parse.split.data);
    fast_feed_done(&f);
    for (size_t bytes = 0; bytes <= bytes_of(a); bytes++) {
        cut_everywhere(a, bytes);
    }
    cut_often(a);
}

static void complete_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof complete / sizeof complete[0]; i++) {
        check(&complete[i]);
    }
}

static void answers_that_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        check(&refused[i]);
    }
}

static void public_fields(void **state)
{
    static const char raw[] = "HTTP/1.0 404 No\r\nContent-Length: 7\r\nAb: c\r\n\r\n";
    struct http_fast_parse p;
    const char *at = raw, *end = raw + sizeof raw - 1, *piece;
    size_t bytes;

    (void)state;
    memset(&p, 0, sizeof p);
    http_fast_parse_begin(&p, true);
    assert_false(p.has_begun);
    assert_int_equal(http_fast_parse_next(&p, &at, end, &piece, &bytes), HTTP_FAST_LINE);
    assert_true(p.has_begun);
    assert_ptr_equal(piece, raw);
    assert_int_equal(bytes, 15);
    assert_int_equal(p.status, 404);
    assert_int_equal(p.version, 10);
    assert_int_equal(p.name_bytes, 0);
    assert_int_equal(http_fast_parse_next(&p, &at, end, &piece, &bytes), HTTP_FAST_LINE);
    assert_int_equal(p.name_bytes, 14);
    assert_int_equal(http_fast_parse_next(&p, &at, end, &piece, &bytes), HTTP_FAST_LINE);
    assert_ptr_equal(piece, raw + 36);
    assert_int_equal(p.name_bytes, 2);
    assert_int_equal(http_fast_parse_next(&p, &at, end, &piece, &bytes), HTTP_FAST_HEAD);
    assert_true(p.content_length == 7);
    assert_ptr_equal(at, end);
    assert_int_equal(http_fast_parse_next(&p, &at, end, &piece, &bytes), HTTP_FAST_DONE);
    assert_int_equal(http_fast_parse_next(&p, &at, end, &piece, &bytes), HTTP_FAST_DONE);
    http_fast_parse_done(&p);
}

/* A parser goes from one answer to the next, even out of the middle of one. */
static void answers_one_after_the_other(void **state)
{
    struct fast_feed f;

    (void)state;
    fast_feed_begin(&f, false);
    fast_feed(&f, OK "Content-Le", sizeof OK + 9);
    assert_non_null(f.parse.split.data);
    for (int i = 0; i < 3; i++) {
        http_fast_parse_begin(&f.parse, false);
        http_text_clear(&f.log);
        assert_int_equal(fast_feed(&f, SIZED("A: b"), sizeof SIZED("A: b") - 1), HTTP_FAST_DONE);
        assert_string_equal(f.log.data, SIZED_LOG("A: b"));
    }
    fast_feed_done(&f);
}

/* An answer with a header of lines of `line_bytes`, up to `head_bytes` in all. */
static void long_head(struct http_text *out, size_t line_bytes, size_t head_bytes)
{
    http_text_puts(out, OK);
    while (out->length + 2 < head_bytes) {
        size_t left = head_bytes - 2 - out->length;
        size_t n = left < 2 * line_bytes ? left : line_bytes;
        http_text_puts(out, "A:");
        for (size_t i = 4; i < n; i++) {
            http_text_put(out, 'x');
        }
        http_text_puts(out, "\r\n");
    }
    http_text_puts(out, "\r\n");
}

static void assert_end(const struct http_text *raw, size_t step, const char *error)
{
    struct fast_feed f;

    fast_feed_begin(&f, false);
    feed_steps(&f, raw->data, raw->length, 0, step);
    fast_feed_end(&f);
    if (error == NULL) {
        assert_int_equal(f.last, HTTP_FAST_DONE);
    } else {
        assert_int_equal(f.last, HTTP_FAST_ERROR);
        assert_string_equal(f.parse.error, error);
    }
    assert_true(f.parse.split.data == NULL);
    fast_feed_done(&f);
}

static void bytes_of_a_head_are_limited(void **state)
{
    static const size_t lines[] = { HTTP_FAST_HEAD_LIMIT, 4000, 1000 };
    static const size_t steps[] = { 1, 7, 4096, HTTP_FAST_HEAD_LIMIT, 2 * HTTP_FAST_HEAD_LIMIT };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct http_text fits = { NULL, 0, 0 }, exceeds = { NULL, 0, 0 };
        long_head(&fits, lines[i], HTTP_FAST_HEAD_LIMIT);
        long_head(&exceeds, lines[i], HTTP_FAST_HEAD_LIMIT + 1);
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            assert_end(&fits, steps[s], NULL);
            assert_end(&exceeds, steps[s], "the answer's header exceeds 256 KiB");
        }
        http_text_done(&fits);
        http_text_done(&exceeds);
    }
}

static void repeat(struct http_text *out, const char *text, int n)
{
    for (int i = 0; i < n; i++) {
        http_text_puts(out, text);
    }
}

/* `before`, then a line so many times, then `after`: the last time that fits, and one more. */
static void assert_limit(const char *before, const char *line, int fits, const char *after,
                         const char *error)
{
    for (int n = fits; n <= fits + 1; n++) {
        struct http_text raw = { NULL, 0, 0 };
        http_text_puts(&raw, before);
        repeat(&raw, line, n);
        http_text_puts(&raw, after);
        assert_end(&raw, 1, n == fits ? NULL : error);
        assert_end(&raw, 100, n == fits ? NULL : error);
        assert_end(&raw, raw.length, n == fits ? NULL : error);
        http_text_done(&raw);
    }
}

static void lines_are_limited(void **state)
{
    const char *error = "the answer's header has more than 1,000 lines";

    (void)state;
    assert_limit(OK, "A:\r\n", HTTP_FAST_LINES_LIMIT - 2, "\r\n", error);
    assert_limit(OK "A:\r\n", " b\r\n", HTTP_FAST_LINES_LIMIT - 3, "\r\n", error);
    assert_limit("", "HTTP/1.1 102 x\r\n\r\n", HTTP_FAST_LINES_LIMIT / 2 - 1, OK "\r\n", error);
    assert_limit(CHUNKED "0\r\n", "A:\r\n", HTTP_FAST_LINES_LIMIT - 4, "\r\n", error);
}

static void chunk_lines_are_limited(void **state)
{
    (void)state;
    assert_limit(CHUNKED "1;", "x", HTTP_FAST_CHUNK_LINE_LIMIT - 4, "\r\na\r\n0\r\n\r\n",
                 "invalid HTTP in the answer: a malformed chunk");
    assert_limit(CHUNKED, "0", HTTP_FAST_CHUNK_LINE_LIMIT - 2, "\r\n\r\n",
                 "invalid HTTP in the answer: a malformed chunk");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complete_answers),
        cmocka_unit_test(answers_that_are_refused),
        cmocka_unit_test(public_fields),
        cmocka_unit_test(answers_one_after_the_other),
        cmocka_unit_test(bytes_of_a_head_are_limited),
        cmocka_unit_test(lines_are_limited),
        cmocka_unit_test(chunk_lines_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
