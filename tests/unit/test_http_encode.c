/* SPDX-License-Identifier: MIT */
/* Percent-encoding, forms and base64. */
#include "support/unit.h"

#include "encode.h"

#include <string.h>

static void components_keep_only_what_is_unreserved(void **state)
{
    static const char *const cases[][2] = {
        { "", "" },           { "aZ09-._~", "aZ09-._~" },
        { "a b", "a%20b" },   { "a/b?c=d&e#f", "a%2Fb%3Fc%3Dd%26e%23f" },
        { "100%", "100%25" }, { "\xc3\xa4", "%C3%A4" },
        { "+", "%2B" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_text out = { NULL, 0, 0 };
        assert_true(http_encode_component(&out, cases[i][0]));
        assert_string_equal(http_text_get(&out), cases[i][1]);
        http_text_done(&out);
    }
}

static void urls_keep_what_may_stand_in_them(void **state)
{
    static const char *const cases[][2] = {
        { "/a/b?c=d&e=f;g", "/a/b?c=d&e=f;g" },
        { "/a b", "/a%20b" },
        { "/100%", "/100%25" },
        { "/%41%zz%4", "/%41%25zz%254" },
        { "/\xc3\xa4\"<>", "/%C3%A4%22%3C%3E" },
        { "/line\r\nbreak", "/line%0D%0Abreak" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_text out = { NULL, 0, 0 };
        assert_true(http_encode_url(&out, cases[i][0], strlen(cases[i][0])));
        assert_string_equal(out.data, cases[i][1]);
        http_text_done(&out);
    }
}

static void form_pairs_are_joined_by_ampersands(void **state)
{
    struct http_text out = { NULL, 0, 0 };

    (void)state;
    assert_true(http_encode_pair(&out, "email", "a@example.com"));
    assert_true(http_encode_pair(&out, "a&b", ""));

    assert_string_equal(out.data, "email=a%40example.com&a%26b=");
    http_text_done(&out);
}

static void undoing_restores_and_leaves_invalid_escapes(void **state)
{
    struct http_text out = { NULL, 0, 0 };
    const char *text = "p%40ss%3aword%2%zz%";

    (void)state;
    assert_true(http_encode_undo(&out, text, strlen(text)));

    assert_string_equal(out.data, "p@ss:word%2%zz%");
    http_text_done(&out);
}

static void base64_pads_to_four(void **state)
{
    static const char *const cases[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "user:pass", "dXNlcjpwYXNz" },
        { "\xff\xfe", "//4=" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_text out = { NULL, 0, 0 };
        assert_true(http_encode_base64(&out, cases[i][0], strlen(cases[i][0])));
        assert_string_equal(http_text_get(&out), cases[i][1]);
        http_text_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(components_keep_only_what_is_unreserved),
        cmocka_unit_test(urls_keep_what_may_stand_in_them),
        cmocka_unit_test(form_pairs_are_joined_by_ampersands),
        cmocka_unit_test(undoing_restores_and_leaves_invalid_escapes),
        cmocka_unit_test(base64_pads_to_four),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
