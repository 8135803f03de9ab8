/* SPDX-License-Identifier: MIT */
#include "base/pack.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint64_t numbers[] = { 0,         1,     127,        128,
                                    16383,     16384, 1ull << 32, UINT64_MAX - 1,
                                    UINT64_MAX };
static const int64_t signs[] = { 0, -1, 1, -64, 64, INT64_MIN, INT64_MAX };

static void test_round_trip(void **state)
{
    struct acri_buf b;
    struct acri_unpack u;
    char text[4];
    char *copy;
    size_t n;

    (void)state;
    acri_buf_init(&b, 1 << 16);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        acri_pack_u64(&b, numbers[i]);
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        acri_pack_i64(&b, signs[i]);
    acri_pack_double(&b, -DBL_MIN);
    acri_pack_double(&b, INFINITY);
    acri_pack_text(&b, "grasshopper");
    acri_pack_text(&b, NULL);
    acri_pack_text(&b, "copy");
    acri_pack_bytes(&b, "\0x", 2);

    acri_unpack_init(&u, b.data, b.length);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        assert_int_equal(acri_unpack_u64(&u), numbers[i]);
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        assert_true(acri_unpack_i64(&u) == signs[i]);
    assert_true(acri_unpack_double(&u) == -DBL_MIN);
    assert_true(isinf(acri_unpack_double(&u)));
    acri_unpack_text(&u, text, sizeof(text));
    assert_string_equal(text, "gra");
    acri_unpack_text(&u, text, sizeof(text));
    assert_string_equal(text, "");
    copy = acri_unpack_dup(&u);
    assert_string_equal(copy, "copy");
    free(copy);
    assert_false(acri_unpack_is_done(&u));
    assert_memory_equal(acri_unpack_bytes(&u, &n), "\0x", 2);
    assert_int_equal(n, 2);
    assert_true(acri_unpack_is_done(&u));
    acri_buf_done(&b);
}

/* Whatever is cut off, reading past it is bad and reads nothing. */
static void test_truncated(void **state)
{
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, 1 << 10);
    acri_pack_u64(&b, UINT64_MAX);
    acri_pack_double(&b, 1.5);
    acri_pack_text(&b, "text");
    for (size_t n = 0; n < b.length; n++) {
        struct acri_unpack u;
        char text[8];

        acri_unpack_init(&u, b.data, n);
        acri_unpack_u64(&u);
        acri_unpack_double(&u);
        acri_unpack_text(&u, text, sizeof(text));
        assert_true(u.is_bad);
        assert_string_equal(text, "");
        assert_int_equal(acri_unpack_u64(&u), 0);
    }
    acri_buf_done(&b);
}

static void test_bad(void **state)
{
    static const unsigned char long_number[] = { 0xff, 0xff, 0xff, 0xff, 0xff,
                                                 0xff, 0xff, 0xff, 0xff, 2 };
    struct acri_unpack u;
    char text[8];
    char *copy;

    (void)state;
    acri_unpack_init(&u, long_number, sizeof(long_number));
    assert_int_equal(acri_unpack_u64(&u), 0);
    assert_true(u.is_bad);
    acri_unpack_init(&u, "\x07", 1);
    assert_int_equal(acri_unpack_most(&u, 6), 0);
    assert_true(u.is_bad);
    acri_unpack_init(&u, "\x07", 1);
    assert_int_equal(acri_unpack_most(&u, 7), 7);
    assert_false(u.is_bad);
    acri_unpack_init(&u, "\x02\0a", 3);
    acri_unpack_text(&u, text, sizeof(text));
    assert_true(u.is_bad);
    acri_unpack_init(&u, "\x02\0a", 3);
    copy = acri_unpack_dup(&u);
    assert_true(u.is_bad);
    assert_string_equal(copy, "");
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_bad),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
