/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

#include "stats/key.h"

static void keys_are_equal_when_all_texts_are(void **state)
{
    struct acri_key a, b;
    const char get[] = "GET";

    (void)state;
    acri_key_init(&a, "GET", "/x");
    acri_key_init(&b, get, "/x");
    assert_true(acri_key_equals(&a, &b));
    assert_int_equal(a.hash, b.hash);
    acri_key_init(&b, "GET", "/y");
    assert_false(acri_key_equals(&a, &b));
    acri_key_init(&b, "GET/", "x");
    assert_false(acri_key_equals(&a, &b));
    acri_key_extend(&b, &a, "timeout");
    assert_false(acri_key_equals(&a, &b));
}

static void null_is_the_empty_text(void **state)
{
    struct acri_key a, b;

    (void)state;
    acri_key_init(&a, NULL, NULL);
    acri_key_init(&b, "", "");
    assert_true(acri_key_equals(&a, &b));
    acri_key_init(&b, "", "a");
    assert_false(acri_key_equals(&a, &b));
}

static void a_copy_owns_its_texts(void **state)
{
    char name[] = "/before";
    struct acri_key given, longer, copy;

    (void)state;
    acri_key_init(&given, "GET", name);
    acri_key_extend(&longer, &given, "reset");
    acri_key_copy(&copy, &longer);
    memset(name, 'x', sizeof(name) - 1);
    assert_string_equal(copy.text[0], "GET");
    assert_string_equal(copy.text[1], "/before");
    assert_string_equal(copy.text[2], "reset");
    assert_int_equal(acri_key_bytes(&copy), 4 + 8 + 6);
    acri_key_done(&copy);
}

static void long_texts_are_cut_between_characters(void **state)
{
    size_t bytes = ACRI_KEY_TEXT_MAX + 100;
    char *text = malloc(bytes + 1);
    struct acri_key given, copy;

    (void)state;
    memset(text, 'a', bytes);
    text[bytes] = '\0';
    memcpy(text + ACRI_KEY_TEXT_MAX - 2, "\xe2\x82\xac", 3); /* one character across the cut */
    acri_key_init(&given, "", text);
    acri_key_copy(&copy, &given);
    assert_int_equal(strlen(copy.text[1]), ACRI_KEY_TEXT_MAX - 2);
    assert_true(acri_key_equals(&given, &copy));
    acri_key_done(&copy);
    memset(text, 0x80, bytes); /* no character begins anywhere: cut all the same */
    acri_key_init(&given, "", text);
    assert_in_range(given.bytes[1], ACRI_KEY_TEXT_MAX - 3, ACRI_KEY_TEXT_MAX);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_equal_when_all_texts_are),
        cmocka_unit_test(null_is_the_empty_text),
        cmocka_unit_test(a_copy_owns_its_texts),
        cmocka_unit_test(long_texts_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
