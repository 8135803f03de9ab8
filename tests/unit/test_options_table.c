/* SPDX-License-Identifier: MIT */
/* The table of options is whole and without contradictions. */
#include "support/unit.h"

#include "app/options_table.h"
#include "app/options_value.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static const struct acri_option_spec *table;
static size_t n_table;

static int get_table(void **state)
{
    (void)state;
    table = acri_options_table(&n_table);
    return 0;
}

static void every_option_has_what_help_needs(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_table; i++) {
        assert_non_null(table[i].name);
        assert_non_null(table[i].help);
        assert_true((table[i].kind == ACRI_OPTION_FLAG) == (table[i].metavar == NULL));
        assert_true((table[i].kind == ACRI_OPTION_LIST) == (table[i].separators != NULL));
        assert_true(table[i].kind == ACRI_OPTION_LIST || !table[i].takes_words);
        for (const char *c = table[i].name; *c != '\0'; c++)
            assert_true(islower((unsigned char)*c) || *c == '-');
    }
}

static void defaults_are_values_of_their_option(void **state)
{
    struct acri_option_value value;

    (void)state;
    for (size_t i = 0; i < n_table; i++)
        if (table[i].default_value != NULL)
            assert_int_equal(acri_options_value_parse(&table[i], table[i].name,
                                                      table[i].default_value, &value, NULL),
                             0);
}

static void no_name_or_letter_is_there_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_table; i++)
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(table[i].name, table[j].name);
            assert_true(table[i].letter == '\0' || table[i].letter != table[j].letter);
        }
}

static void sections_are_not_torn_apart(void **state)
{
    (void)state;
    for (size_t i = 2; i < n_table; i++)
        for (size_t j = 0; j + 1 < i; j++)
            if (table[i].section != NULL && table[j].section == table[i].section)
                assert_true(table[i - 1].section == table[i].section);
}

static void what_is_there_is_not_called_absent(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_table; i++) {
        assert_null(acri_options_table_absent(table[i].name, strlen(table[i].name)));
        assert_null(acri_options_table_absent_letter(table[i].letter));
    }
    assert_null(acri_options_table_absent("csv", 3));
    assert_null(acri_options_table_absent("web-base-pathx", 14));
    assert_non_null(acri_options_table_absent("build-path=1", 10));
    assert_string_equal(acri_options_table_absent_letter('P')->name, "web-port");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_has_what_help_needs),
        cmocka_unit_test(defaults_are_values_of_their_option),
        cmocka_unit_test(no_name_or_letter_is_there_twice),
        cmocka_unit_test(sections_are_not_torn_apart),
        cmocka_unit_test(what_is_there_is_not_called_absent),
    };

    return cmocka_run_group_tests(tests, get_table, NULL);
}
