/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/feed_scan.h"

#include <stdlib.h>
#include <string.h>

/* Rows in order, none overlapping, all inside of the text. Returns: how many; -1 = refused. */
static int scan(enum acri_feed_format format, const char *text, size_t bytes)
{
    /* Of its own size, so that a sanitizer sees a read beyond it. */
    char *copy = malloc(bytes > 0 ? bytes : 1);
    struct acri_feed_scan s;
    size_t from = 0;
    int n = 0;
    int r;

    memcpy(copy, text, bytes);
    r = acri_feed_scan_begin(&s, format, copy, bytes);
    while (r == 0 && (r = acri_feed_scan_next(&s)) > 0) {
        size_t at = (size_t)(s.row - copy);

        assert_true(at >= from && at + s.row_bytes <= bytes && s.row_bytes > 0);
        assert_true(s.at >= at + s.row_bytes || format == ACRI_FEED_CSV);
        from = at + s.row_bytes;
        n++;
        r = 0;
    }
    if (r < 0)
        assert_true(s.error != NULL && s.line > 0);
    free(copy);
    return r < 0 ? -1 : n;
}

static void any_text_is_read_or_refused(void **state)
{
    static const char letters[] = "[]{},\"\\\n a";
    const unsigned n_letters = sizeof(letters) - 1;
    unsigned n_read = 0;
    char text[5];

    (void)state;
    for (unsigned n = 0; n <= 5; n++) {
        unsigned n_texts = 1;

        for (unsigned i = 0; i < n; i++)
            n_texts *= n_letters;
        for (unsigned number = 0; number < n_texts; number++) {
            unsigned rest = number;

            for (unsigned i = 0; i < n; i++, rest /= n_letters)
                text[i] = letters[rest % n_letters];
            for (int format = ACRI_FEED_CSV; format <= ACRI_FEED_JSONL; format++)
                n_read += scan((enum acri_feed_format)format, text, n) > 0;
        }
    }
    assert_true(n_read > 0);
}

static void rows_are_counted(void **state)
{
    (void)state;
    assert_int_equal(scan(ACRI_FEED_JSON, "[]", 2), 0);
    assert_int_equal(scan(ACRI_FEED_JSON, "[{},{}]", 7), 2);
    assert_int_equal(scan(ACRI_FEED_JSON, "[{} {}]", 7), -1);
    assert_int_equal(scan(ACRI_FEED_JSONL, "{}\n{}", 5), 2);
    assert_int_equal(scan(ACRI_FEED_JSONL, "{}{}", 4), -1);
    assert_int_equal(scan(ACRI_FEED_CSV, "a\nb", 3), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_text_is_read_or_refused),
        cmocka_unit_test(rows_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
