/* SPDX-License-Identifier: MIT */
/* Misspelt names and what they were meant to be. */
#include "support/unit.h"

#include "app/suggest.h"

#include <string.h>

static const char *const names[] = { "users", "spawn-rate", "run-time", "headless", "host", "csv" };

static const char *nearest(const char *word)
{
    return acri_suggest_nearest(word, names, sizeof(names) / sizeof(names[0]));
}

static void distance_counts_single_edits(void **state)
{
    (void)state;
    assert_int_equal(acri_suggest_distance("users", "users"), 0);
    assert_int_equal(acri_suggest_distance("", "abc"), 3);
    assert_int_equal(acri_suggest_distance("abc", ""), 3);
    assert_int_equal(acri_suggest_distance("user", "users"), 1);
    assert_int_equal(acri_suggest_distance("usxrs", "users"), 1);
    assert_int_equal(acri_suggest_distance("kitten", "sitting"), 3);
}

static void two_swapped_letters_are_one_edit(void **state)
{
    (void)state;
    assert_int_equal(acri_suggest_distance("usres", "users"), 1);
}

static void distance_of_long_texts_is_cheap_and_safe(void **state)
{
    char text[1000];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(acri_suggest_distance(text, "users"), 999);
    assert_int_equal(acri_suggest_distance("users", text), 999);
    assert_null(nearest(text));
}

static void a_typing_error_finds_its_name(void **state)
{
    (void)state;
    assert_string_equal(nearest("usres"), "users");
    assert_string_equal(nearest("user"), "users");
    assert_string_equal(nearest("spawnrate"), "spawn-rate");
    assert_string_equal(nearest("runtime"), "run-time");
    assert_string_equal(nearest("headles"), "headless");
    assert_string_equal(nearest("cvs"), "csv");
}

static void another_word_finds_nothing(void **state)
{
    (void)state;
    assert_null(nearest("banana"));
    assert_null(nearest("x"));
    assert_null(nearest(""));
    assert_null(acri_suggest_nearest("users", names, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_single_edits),
        cmocka_unit_test(two_swapped_letters_are_one_edit),
        cmocka_unit_test(distance_of_long_texts_is_cheap_and_safe),
        cmocka_unit_test(a_typing_error_finds_its_name),
        cmocka_unit_test(another_word_finds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
