/* SPDX-License-Identifier: MIT */
/* Cells of CSV, as Python's csv module writes and reads them. */
#include "support/unit.h"

#include "results/csv_text.h"

#include <math.h>
#include <string.h>

static void assert_row(struct csv_text *t, const char *wanted)
{
    csv_text_end_row(t);
    assert_int_equal(t->length, strlen(wanted));
    assert_memory_equal(t->data, wanted, t->length);
    csv_text_clear(t);
}

static void rows_end_with_crlf(void **state)
{
    struct csv_text t = { 0 };

    (void)state;
    csv_text_plain(&t, "a");
    csv_text_plain(&t, "");
    csv_text_plain(&t, "b c");
    csv_text_end_row(&t);
    csv_text_plain(&t, "d");
    assert_row(&t, "a,,b c\r\nd\r\n");
    csv_text_done(&t);
}

static void cells_are_quoted_where_needed(void **state)
{
    struct csv_text t = { 0 };

    (void)state;
    csv_text_foreign(&t, "/x,y");
    csv_text_foreign(&t, "say \"hi\"");
    csv_text_foreign(&t, "a\nb");
    csv_text_foreign(&t, "a\rb");
    csv_text_foreign(&t, "it's; fine");
    assert_row(&t, "\"/x,y\",\"say \"\"hi\"\"\",\"a\nb\",\"a\rb\",it's; fine\r\n");
    csv_text_done(&t);
}

static void what_a_spreadsheet_would_run_is_neutralised(void **state)
{
    static const char *const cells[][2] = {
        { "=1+1", "'=1+1\r\n" },
        { "+1", "'+1\r\n" },
        { "-1", "'-1\r\n" },
        { "@x", "'@x\r\n" },
        { "\tx", "'\tx\r\n" },
        { "\rx", "\"'\rx\"\r\n" },
        { "=\"a\"", "\"'=\"\"a\"\"\"\r\n" },
        { "/=x", "/=x\r\n" },
        { "", "\r\n" },
    };
    struct csv_text t = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        csv_text_foreign(&t, cells[i][0]);
        assert_row(&t, cells[i][1]);
    }
    csv_text_done(&t);
}

static void what_is_no_utf8_is_replaced(void **state)
{
    struct csv_text t = { 0 };

    (void)state;
    csv_text_foreign(&t, "caf\xc3\xa9 \xf0\x9f\xa6\x97");
    csv_text_foreign(&t, "caf\xe9");
    csv_text_foreign(&t, "\xed\xa0\x80,\xc3\"\x80");
    assert_row(&t, "caf\xc3\xa9 \xf0\x9f\xa6\x97,caf\xef\xbf\xbd,"
                   "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd,\xef\xbf\xbd\"\"\xef\xbf\xbd\"\r\n");
    csv_text_done(&t);
}

static void numbers_are_pythons(void **state)
{
    struct csv_text t = { 0 };

    (void)state;
    csv_text_count(&t, UINT64_MAX);
    csv_text_number(&t, 10);
    csv_text_number(&t, 0);
    csv_text_number(&t, 12.345);
    csv_text_number(&t, 0.1 + 0.2);
    csv_text_number(&t, 1.0 / 3);
    csv_text_number(&t, 1e-5);
    csv_text_number(&t, -0.5);
    csv_text_number(&t, NAN);
    csv_text_number(&t, INFINITY);
    assert_row(&t, "18446744073709551615,10.0,0.0,12.345,0.30000000000000004,0.3333333333333333,"
                   "1e-05,-0.5,0.0,0.0\r\n");
    csv_text_short_number(&t, 12);
    csv_text_short_number(&t, 0.35);
    csv_text_short_number(&t, 1234567);
    csv_text_fixed(&t, 41.5061, 6);
    csv_text_fixed(&t, 12.6, 0);
    csv_text_fixed(&t, NAN, 2);
    assert_row(&t, "12,0.35,1234567,41.506100,13,0.00\r\n");
    csv_text_done(&t);
}

static void times_are_utc(void **state)
{
    struct csv_text t = { 0 };

    (void)state;
    csv_text_time(&t, 1767225600.75);
    csv_text_time(&t, 0);
    assert_row(&t, "2026-01-01T00:00:00Z,\r\n");
    csv_text_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_end_with_crlf),
        cmocka_unit_test(cells_are_quoted_where_needed),
        cmocka_unit_test(what_a_spreadsheet_would_run_is_neutralised),
        cmocka_unit_test(what_is_no_utf8_is_replaced),
        cmocka_unit_test(numbers_are_pythons),
        cmocka_unit_test(times_are_utc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
