/* SPDX-License-Identifier: MIT */
/* A worker's warnings on their way to its master. */
#include "support/unit.h"

#include "base/clock.h"
#include "dist/log_relay.h"

#include <stdio.h>
#include <string.h>

#define START (1000 * ACRI_NS_PER_S)

static struct acri_log_relay r;
static struct acri_log_relay_line line;

static int set_up(void **state)
{
    (void)state;
    acri_log_relay_init(&r);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_log_relay_done(&r);
    return 0;
}

static void put(uint64_t now_ns, unsigned n)
{
    char text[32];

    for (unsigned i = 0; i < n; i++) {
        snprintf(text, sizeof(text), "line %u", i);
        acri_log_relay_put(&r, now_ns, ACRI_LOG_WARNING, "shop", text);
    }
}

static unsigned take_all(uint64_t now_ns, bool is_last)
{
    unsigned n = 0;

    while (acri_log_relay_take(&r, now_ns, is_last, &line))
        n++;
    return n;
}

static void only_warnings_and_errors_are_kept(void **state)
{
    (void)state;
    acri_log_relay_put(&r, START, ACRI_LOG_DEBUG, "shop", "a");
    acri_log_relay_put(&r, START, ACRI_LOG_INFO, "shop", "b");
    acri_log_relay_put(&r, START, ACRI_LOG_WARNING, "shop", "c");
    acri_log_relay_put(&r, START, ACRI_LOG_ERROR, "cart", "d");
    assert_true(acri_log_relay_take(&r, START, false, &line));
    assert_string_equal(line.text, "c");
    assert_true(acri_log_relay_take(&r, START, false, &line));
    assert_string_equal(line.text, "d");
    assert_string_equal(line.source, "cart");
    assert_int_equal(line.level, ACRI_LOG_ERROR);
    assert_false(acri_log_relay_take(&r, START, true, &line));
}

static void a_flood_is_cut_and_its_rest_is_counted(void **state)
{
    (void)state;
    put(START, 30);
    assert_int_equal(take_all(START, false), 30);
    put(START + ACRI_NS_PER_S, 1000);
    assert_int_equal(take_all(START + ACRI_NS_PER_S, false), 20);
    assert_string_equal(line.text, "line 19");
    assert_int_equal(take_all(START + ACRI_LOG_RELAY_NS - 1, false), 0);
    assert_int_equal(take_all(START + ACRI_LOG_RELAY_NS, false), 1);
    assert_string_equal(line.text, "980 more lines are in its own log only");
    assert_int_equal(line.level, ACRI_LOG_WARNING);
    put(START + ACRI_LOG_RELAY_NS, 3);
    assert_int_equal(take_all(START + ACRI_LOG_RELAY_NS, false), 3);
}

static void at_the_end_what_was_left_out_is_said_at_once(void **state)
{
    (void)state;
    put(START, 51);
    assert_int_equal(take_all(START, true), 51);
    assert_string_equal(line.text, "1 more lines are in its own log only");
    assert_int_equal(take_all(START, true), 0);
}

static void while_nobody_takes_lines_no_more_than_a_time_has_are_kept(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 10; i++)
        put(START + i * ACRI_LOG_RELAY_NS, 49);
    assert_int_equal(take_all(START + 10 * ACRI_LOG_RELAY_NS, false), 51);
    assert_string_equal(line.text, "440 more lines are in its own log only");
}

static void a_line_comes_through_as_bytes(void **state)
{
    struct acri_log_relay_line got;
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, 8192);
    acri_log_relay_put(&r, START, ACRI_LOG_ERROR, "shop", "caf\303\251\n  at x");
    assert_true(acri_log_relay_take(&r, START, false, &line));
    acri_log_relay_pack(&b, &line);
    assert_true(acri_log_relay_unpack(&got, b.data, b.length));
    assert_int_equal(got.level, ACRI_LOG_ERROR);
    assert_string_equal(got.source, "shop");
    assert_string_equal(got.text, "caf\303\251\n  at x");
    for (size_t n = 0; n < b.length; n++)
        assert_false(acri_log_relay_unpack(&got, b.data, n));
    acri_buf_done(&b);
}

static void what_is_no_line_is_refused(void **state)
{
    /* A level that there is not; one that nobody sends; a source with a line of its own. */
    static const unsigned char beyond[] = "\005\001s\001t";
    static const unsigned char below[] = "\001\001s\001t";
    static const unsigned char forged[] = "\003\003s\n[\001t";

    (void)state;
    assert_false(acri_log_relay_unpack(&line, beyond, sizeof(beyond) - 1));
    assert_false(acri_log_relay_unpack(&line, below, sizeof(below) - 1));
    assert_true(acri_log_relay_unpack(&line, forged, sizeof(forged) - 1));
    assert_string_equal(line.source, "s?[");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_warnings_and_errors_are_kept),
        TEST(a_flood_is_cut_and_its_rest_is_counted),
        TEST(at_the_end_what_was_left_out_is_said_at_once),
        TEST(while_nobody_takes_lines_no_more_than_a_time_has_are_kept),
        TEST(a_line_comes_through_as_bytes),
        TEST(what_is_no_line_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
