/* SPDX-License-Identifier: MIT */
/*
 * Answers of servers. Two bytes come first: the first one decides how the rest is cut into pieces,
 * and the second, when it is H, that the request's method was HEAD.
 */
#include "fuzz.h"
#include "support/fast_feed.h"

static void feed_all(struct fast_feed *f, const char *data, size_t bytes, unsigned cut,
                     bool is_head)
{
    size_t most = cut % 40 + 1;

    fast_feed_begin(f, is_head);
    for (size_t at = 0; at < bytes && !fast_feed_is_over(f);) {
        cut = cut * 1103515245U + 12345U;
        size_t n = (cut >> 16) % most + 1;
        n = n < bytes - at ? n : bytes - at;
        fast_feed(f, data + at, n);
        at += n;
    }
    fast_feed_end(f);
}

static void feed_whole(struct fast_feed *f, const char *data, size_t bytes, bool is_head)
{
    fast_feed_begin(f, is_head);
    fast_feed(f, data, bytes);
    fast_feed_end(f);
}

static void require_same(const struct fast_feed *a, const struct fast_feed *b)
{
    FUZZ_REQUIRE(strcmp(http_text_get(&a->log), http_text_get(&b->log)) == 0);
    FUZZ_REQUIRE(a->body.length == b->body.length);
    FUZZ_REQUIRE(memcmp(http_text_get(&a->body), http_text_get(&b->body), a->body.length) == 0);
    FUZZ_REQUIRE(a->parse.status == b->parse.status);
    FUZZ_REQUIRE(a->parse.keeps_alive == b->parse.keeps_alive);
    FUZZ_REQUIRE(a->parse.content_length == b->parse.content_length);
    FUZZ_REQUIRE(a->last != HTTP_FAST_DONE || a->used == b->used);
}

/* Whatever comes more changes nothing, and nothing is held. */
static void require_stable(struct fast_feed *f)
{
    const char more[] = "HTTP/1.1 200 OK\r\n\r\n";
    const char *at = more, *piece;
    size_t bytes;

    FUZZ_REQUIRE(f->last == HTTP_FAST_DONE || f->last == HTTP_FAST_ERROR);
    FUZZ_REQUIRE(f->parse.split.data == NULL);
    FUZZ_REQUIRE((f->last == HTTP_FAST_ERROR) == (f->parse.error != NULL));
    FUZZ_REQUIRE(http_fast_parse_next(&f->parse, &at, more + 19, &piece, &bytes) == f->last);
    FUZZ_REQUIRE(at == more && bytes == 0);
    FUZZ_REQUIRE(http_fast_parse_end(&f->parse) == f->last);
}

/* Lines may be used as text: a colon behind a name, no control bytes; one status line at least. */
static void require_lines(const struct fast_feed *f)
{
    const char *log = http_text_get(&f->log);

    FUZZ_REQUIRE(strlen(log) == f->log.length);
    for (const char *line = log; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t n = strcspn(line, "\n");
        for (size_t i = 0; i < n; i++) {
            FUZZ_REQUIRE((unsigned char)line[i] >= ' ' || line[i] == '\t');
            FUZZ_REQUIRE(line[i] != 0x7f);
        }
        bool is_status = strncmp(line, "L:HTTP/", 7) == 0;
        FUZZ_REQUIRE(line != log || is_status || line[0] == 'E');
        if (!is_status && (line[0] == 'L' || line[0] == 'T')) {
            FUZZ_REQUIRE(strcspn(line + 2, ":") > 0 && strcspn(line + 2, ":") < n - 2);
            FUZZ_REQUIRE(strcspn(line + 2, " \t\"(),/;<=>?@[\\]{}") > strcspn(line + 2, ":"));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct fast_feed whole, cut, single;

    if (bytes < 2) {
        return 0;
    }
    bool is_head = data[1] == 'H';
    const char *raw = (const char *)data + 2;
    size_t raw_bytes = bytes - 2;
    feed_whole(&whole, raw, raw_bytes, is_head);
    feed_all(&cut, raw, raw_bytes, data[0], is_head);
    feed_all(&single, raw, raw_bytes, 0, is_head);
    require_same(&whole, &cut);
    require_same(&whole, &single);
    require_stable(&whole);
    require_stable(&cut);
    require_lines(&whole);
    FUZZ_REQUIRE(whole.used <= raw_bytes && whole.body.length <= raw_bytes);
    FUZZ_REQUIRE(!is_head || whole.body.length == 0);
    fast_feed_done(&whole);
    fast_feed_done(&cut);
    fast_feed_done(&single);
    return 0;
}
