/* SPDX-License-Identifier: MIT */
/* Tables, cells and the cleaning of hostile text. */
#include "support/unit.h"

#include "app/console_table.h"

#include <stdlib.h>
#include <string.h>

static const struct acri_console_column layout[] = {
    { .gap = "", .title = "Type", .width = 4, .is_left = true },
    { .gap = " ", .title = "Name", .width = 4, .is_left = true, .is_cut = true },
    { .gap = " | ", .title = "Avg", .width = 5 },
    { .gap = " | ", .title = "req/s" },
};

static void assert_table(unsigned columns, const char *name, const char *wanted)
{
    struct acri_console_table t;
    struct acri_buf out;

    acri_buf_init(&out, 1u << 20);
    acri_console_table_init(&t, layout, 4);
    acri_console_table_add(&t, "GET");
    acri_console_table_add(&t, "%s", name);
    acri_console_table_add(&t, "12");
    acri_console_table_add(&t, "1234567.89");
    acri_console_table_total(&t);
    acri_console_table_add(&t, "%s", "");
    acri_console_table_add(&t, "All");
    acri_console_table_add(&t, "123456");
    acri_console_table_add(&t, "0");
    acri_console_table_write(&t, &out, columns);
    assert_string_equal(acri_buf_text(&out), wanted);
    acri_console_table_done(&t);
    acri_buf_done(&out);
}

static void columns_are_as_wide_as_their_cells(void **state)
{
    (void)state;
    assert_table(0, "/some/name",
                 "Type Name       |    Avg |      req/s\n"
                 "----|-----------|--------|-----------\n"
                 "GET  /some/name |     12 | 1234567.89\n"
                 "----|-----------|--------|-----------\n"
                 "     All        | 123456 |          0\n");
}

static void assert_text(const char *text, const char *wanted)
{
    struct acri_buf out;

    acri_buf_init(&out, 1u << 20);
    acri_console_table_text(&out, text, false);
    assert_string_equal(acri_buf_text(&out), wanted);
    acri_buf_done(&out);
}

static void one_hostile_name_does_not_widen_all_rows(void **state)
{
    struct acri_console_table t;
    struct acri_buf out;
    char name[501];

    (void)state;
    memset(name, 'x', 500);
    name[500] = '\0';
    acri_buf_init(&out, 1u << 20);
    acri_console_table_init(&t, layout, 2);
    acri_console_table_add(&t, "GET");
    acri_console_table_add(&t, "%s", name);
    acri_console_table_write(&t, &out, 0);
    assert_int_equal(strcspn(strchr(out.data, '\n') + 1, "\n"), 4 + 1 + 80);
    assert_non_null(strstr(out.data, name));
    acri_console_table_done(&t);
    acri_buf_done(&out);
}

static void harmless_text_is_kept(void **state)
{
    (void)state;
    assert_text("/x?a=1&b=\"2\"", "/x?a=1&b=\"2\"");
    assert_text("/caf\xc3\xa9/\xe2\x82\xac/\xf0\x9f\xa6\x97",
                "/caf\xc3\xa9/\xe2\x82\xac/\xf0\x9f\xa6\x97");
    assert_text("", "");
}

static void control_characters_are_replaced(void **state)
{
    (void)state;
    assert_text("a\033[2Jb\r\n\tc\x7f", "a?[2Jb???c?");
    /* C1: one character in UTF-8, but an escape sequence to some terminals. */
    assert_text("a\xc2\x9b"
                "2J",
                "a?2J");
    /* Right-to-left override and its kin. */
    assert_text("a\xe2\x80\xae"
                "b\xe2\x81\xa6"
                "c",
                "a?b?c");
}

static void broken_utf8_is_replaced(void **state)
{
    (void)state;
    assert_text("a\xff"
                "b",
                "a?b");
    assert_text("a\x9b"
                "b",
                "a?b");
    assert_text("a\xe2\x82", "a??");
    assert_text("\xc0\xaf", "??");
    assert_text("\xed\xa0\x80", "???");
    assert_text("\xf4\x90\x80\x80", "????");
    assert_text("\xf0", "?");
}

static void newlines_stay_on_demand(void **state)
{
    struct acri_buf out;

    (void)state;
    acri_buf_init(&out, 1u << 20);
    acri_console_table_text(&out, "a\n\tb\r", true);
    assert_string_equal(acri_buf_text(&out), "a\n\tb?");
    acri_buf_done(&out);
}

static void a_long_name_is_cut_only_where_a_terminal_is_narrow(void **state)
{
    (void)state;
    assert_table(40, "/a/name/that/is/long",
                 "Type Name          |    Avg |      req/s\n"
                 "----|--------------|--------|-----------\n"
                 "GET  /a/name/tha.. |     12 | 1234567.89\n"
                 "----|--------------|--------|-----------\n"
                 "     All           | 123456 |          0\n");
    /* Too narrow for anything: the name keeps something, and lines wrap. */
    assert_table(5, "/caf\xc3\xa9/\xc3\xa9t\xc3\xa9/2026",
                 "Type Name         |    Avg |      req/s\n"
                 "----|-------------|--------|-----------\n"
                 "GET  /caf\xc3\xa9/\xc3\xa9t\xc3\xa9/.. |     12 | 1234567.89\n"
                 "----|-------------|--------|-----------\n"
                 "     All          | 123456 |          0\n");
}

static void milliseconds_have_decimals_below_ten(void **state)
{
    static const struct {
        double ms;
        const char *text;
    } rows[] = { { -1, "0" },       { 0, "0" },       { 0.004, "0.00" },   { 0.456, "0.46" },
                 { 0.994, "0.99" }, { 0.996, "1.0" }, { 9.94, "9.9" },     { 9.96, "10" },
                 { 12.345, "12" },  { 99.6, "100" },  { 123456, "123456" } };
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(acri_console_table_ms(rows[i].ms, text, sizeof(text)), rows[i].text);
}

static void numbers_have_some_four_digits(void **state)
{
    static const struct {
        double number;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { 17, "17" },
        { 17.5, "17.50" },
        { 0.004, "0.004" },
        { -0.25, "-0.250" },
        { 123.45, "123.5" },
        { 12345.6, "12346" },
        { -3, "-3" },
        { 1.2e21, "1.2e+21" },
        { 1e-5, "1e-05" },
        { 1e14, "100000000000000" },
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(acri_console_table_number(cases[i].number, text, sizeof(text)),
                            cases[i].text);
    acri_console_table_number(-1.7976931348623157e308, text, sizeof(text));
    assert_string_equal(text, "-1.8e+308");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_some_four_digits),
        cmocka_unit_test(columns_are_as_wide_as_their_cells),
        cmocka_unit_test(a_long_name_is_cut_only_where_a_terminal_is_narrow),
        cmocka_unit_test(one_hostile_name_does_not_widen_all_rows),
        cmocka_unit_test(harmless_text_is_kept),
        cmocka_unit_test(control_characters_are_replaced),
        cmocka_unit_test(broken_utf8_is_replaced),
        cmocka_unit_test(newlines_stay_on_demand),
        cmocka_unit_test(milliseconds_have_decimals_below_ten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
