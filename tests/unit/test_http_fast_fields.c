/* SPDX-License-Identifier: MIT */
/* What header lines say about the end of an answer; each in memory of its own size. */
#include "support/unit.h"

#include "fast_fields.h"

#include <stdlib.h>
#include <string.h>

static const char *read_line(struct http_fast_fields *f, const char *line, size_t *ret_name_bytes)
{
    size_t bytes = strlen(line);
    char *copy = malloc(bytes > 0 ? bytes : 1);

    memcpy(copy, line, bytes);
    const char *error = http_fast_fields_read(f, copy, bytes, ret_name_bytes);
    free(copy);
    return error;
}

static struct http_fast_fields none(void)
{
    return (struct http_fast_fields){ .content_length = HTTP_FAST_FIELDS_UNKNOWN };
}

static void names_are_tokens_before_a_colon(void **state)
{
    static const struct {
        const char *line;
        size_t name_bytes;
        bool is_header;
    } cases[] = {
        { "A: b", 1, true },
        { "A:", 1, true },
        { "Strict-Transport-Security-2: b", 27, true },
        { "X_y.z-123456789012345678901234567890: b", 36, true },
        { "0123456789abcdef: b", 16, true },
        { "0123456789abcde: b", 15, true },
        { "", 0, false },
        { ":", 0, false },
        { ": long enough for sixteen bytes", 0, false },
        { "A", 1, false },
        { "Alongenoughforsixteenbytes", 26, false },
        { "A b: long enough for 16", 1, false },
        { "A@b: long enough for 16", 1, false },
        { "A[b: long enough for 16", 1, false },
        { "A{b: long enough for 16", 1, false },
        { "A\x80"
          "b: long enough for 16",
          1, false },
        { "A/b: x", 1, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_fast_fields f = none();
        size_t name_bytes = 99;
        const char *error = read_line(&f, cases[i].line, &name_bytes);
        assert_int_equal(error == NULL, cases[i].is_header);
        assert_int_equal(name_bytes, cases[i].name_bytes);
    }
}

/* Every byte, where a register of bytes is looked at and where single ones are. */
static void any_byte_in_a_name(void **state)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    (void)state;
    for (int c = 1; c < 256; c++) {
        bool is_token = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || strchr(others, c) != NULL;
        for (size_t at = 0; at < 20; at++) {
            char line[] = "abcdefghijklmnopqrst:";
            size_t name_bytes;
            line[at] = (char)c;
            bool is_header = http_fast_fields_name(line, sizeof line - 1, &name_bytes);
            assert_int_equal(is_header, is_token || (c == ':' && at > 0));
            assert_int_equal(name_bytes, is_token ? 20 : at);
        }
    }
}

static void words_in_any_case(void **state)
{
    struct http_fast_fields f = none();
    size_t name_bytes;

    (void)state;
    assert_null(read_line(&f, "cOnTeNt-lEnGtH: 18", &name_bytes));
    assert_true(f.content_length == 18);
    assert_null(read_line(&f, "Content-Lengthx: 19", &name_bytes));
    assert_null(read_line(&f, "Content_Length: 19", &name_bytes));
    assert_null(read_line(&f, "Dontent-Length: 19", &name_bytes));
    assert_null(read_line(&f, "Transfer-Encodinh: chunked", &name_bytes));
    assert_null(read_line(&f, "Transger-Encoding: chunked", &name_bytes));
    assert_false(f.is_coded);
    assert_null(read_line(&f, "tRANSFER-eNCODING: cHUNKED", &name_bytes));
    assert_true(f.is_coded && f.is_chunked);
    assert_null(read_line(&f, "Connection: Keep-Alive, kloses, keep-alivf", &name_bytes));
    assert_true(f.says_keep_alive && !f.says_close);
    assert_null(read_line(&f, "Connection: x,, cLose ", &name_bytes));
    assert_true(f.says_close);
}

static void largest_lengths(void **state)
{
    static const struct {
        const char *line;
        uint64_t length; /* 0 = refused */
    } cases[] = {
        { "Content-Length: 9223372036854775807", INT64_MAX },
        { "Content-Length: 09223372036854775807", INT64_MAX },
        { "Content-Length: 9223372036854775808", 0 },
        { "Content-Length: 9223372036854775810", 0 },
        { "Content-Length: 18446744073709551615", 0 },
        { "Content-Length: 99999999999999999999999", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_fast_fields f = none();
        size_t name_bytes;
        const char *error = read_line(&f, cases[i].line, &name_bytes);
        assert_int_equal(error == NULL, cases[i].length != 0);
        assert_true(error != NULL || f.content_length == cases[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_tokens_before_a_colon),
        cmocka_unit_test(any_byte_in_a_name),
        cmocka_unit_test(words_in_any_case),
        cmocka_unit_test(largest_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
