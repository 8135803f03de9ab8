/* SPDX-License-Identifier: MIT */
/* What is sent in little comes out whole. */
#include "support/unit.h"

#include "gzip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void who_takes_it(void **state)
{
    static const char *const yes[] = {
        "gzip", "GZIP", "deflate, gzip;q=0.5, br", "br , gzip ; q=1", "gzip;q=0.001", "gzip;level=0"
    };
    static const char *const no[] = {
        "",    "identity", "xgzip", "gzipx", "br;q=1.0, gzip;q=0", "gzip; q=0.000", "gzip;q=0,gzip",
        ",;,", "*"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        assert_true(web_gzip_is_taken(yes[i]));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(web_gzip_is_taken(no[i]));
    assert_false(web_gzip_is_taken(NULL));
}

/* Inflates what is there, and compares it. Returns: zlib's code. */
static int expand(z_stream *z, const struct csv_text *t, const char *wanted, size_t n)
{
    unsigned char *text = malloc(n + 1);
    int r;

    assert_non_null(text);
    z->next_in = (unsigned char *)t->data;
    z->avail_in = (uInt)t->length;
    z->next_out = text;
    z->avail_out = (uInt)n + 1;
    r = inflate(z, Z_SYNC_FLUSH);
    assert_int_equal(z->avail_in, 0);
    assert_int_equal(z->avail_out, 1);
    assert_memory_equal(text, wanted, n);
    free(text);
    return r;
}

static char *long_text(size_t n)
{
    char *text = malloc(n);

    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(' ' + (i * i / 7 + i / 1000) % 90);
    return text;
}

static void all_of_it_comes_out(void **state)
{
    static const size_t sizes[] = { 1, 1024, 16384, 100000, 3000000 };

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct csv_text t = { .length = 0 };
        char *text = long_text(sizes[i]);
        z_stream z = { .next_in = NULL };

        web_gzip_append(&t, text, sizes[i]);
        assert_false(t.is_incomplete);
        assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
        assert_int_equal(expand(&z, &t, text, sizes[i]), Z_STREAM_END);
        inflateEnd(&z);
        csv_text_done(&t);
        free(text);
    }
}

/* Each is readable when it has come, after any others or none. */
static void pieces_follow_each_other(void **state)
{
    static const size_t n = 200000;
    struct csv_text head = { .length = 0 };
    struct csv_text large = { .length = 0 };
    struct csv_text small = { .length = 0 };
    char *text = long_text(n);

    (void)state;
    web_gzip_append_head(&head);
    web_gzip_append_piece(&large, text, n);
    web_gzip_append_piece(&small, ":\n\n", 3);
    assert_true(large.length < n / 2 && small.length < 20);
    for (unsigned order = 0; order < 16; order++) {
        z_stream z = { .next_in = NULL };

        assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
        expand(&z, &head, "", 0);
        for (unsigned bit = 1; bit < 16; bit *= 2) {
            if ((order & bit) != 0)
                assert_int_equal(expand(&z, &large, text, n), Z_OK);
            else
                assert_int_equal(expand(&z, &small, ":\n\n", 3), Z_OK);
        }
        inflateEnd(&z);
    }
    csv_text_done(&head);
    csv_text_done(&large);
    csv_text_done(&small);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_takes_it),
        cmocka_unit_test(all_of_it_comes_out),
        cmocka_unit_test(pieces_follow_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
