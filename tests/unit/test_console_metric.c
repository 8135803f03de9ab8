/* SPDX-License-Identifier: MIT */
/* What the console says of metrics and open load; whole screens are in test_console.c. */
#include "support/unit.h"

#include "app/console_metric.h"
#include "golden/sample.h"

#include <stdlib.h>

static struct acri_buf out;

static int set_up(void **state)
{
    (void)state;
    acri_buf_init(&out, 1u << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_buf_done(&out);
    return 0;
}

static void assert_has(const char *text)
{
    if (strstr(acri_buf_text(&out), text) == NULL)
        fail_msg("'%s' is not in:\n%s", text, acri_buf_text(&out));
}

static void without_metrics_nothing_is_said(void **state)
{
    struct sample x;

    (void)state;
    sample_make(&x, 12, false);
    acri_console_metric_brief(&out, &x.snapshot, 0);
    acri_console_metric_final(&out, &x.snapshot, 0);
    acri_console_metric_load(&out, &x.snapshot);
    assert_int_equal(out.length, 0);
    sample_done(&x);
}

static void each_part_of_the_load_is_said_when_there_is_any(void **state)
{
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    x.snapshot.info.load[ACR_LOAD_ARRIVALS] = 5;
    acri_console_metric_load(&out, &x.snapshot);
    assert_string_equal(acri_buf_text(&out),
                        "arrivals: 5 due, 0 dropped (all users busy), 0 waited for a user\n");
    acri_buf_clear(&out);
    x.snapshot.info.load[ACR_LOAD_ARRIVALS] = 0;
    x.snapshot.info.load[ACR_LOAD_MISSED_SLOTS] = 7;
    x.snapshot.info.load[ACR_LOAD_PARKED] = 2;
    acri_console_metric_load(&out, &x.snapshot);
    assert_string_equal(acri_buf_text(&out),
                        "missed pacing slots: 7 | users that never returned: 2\n");
    sample_done(&x);
}

static void one_failure_in_a_million_is_not_rounded_away(void **state)
{
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    for (int i = 0; i < 1000000; i++)
        acri_metrics_check(&x.block->metrics, "works", i != 5);
    acri_metrics_check(&x.block->metrics, "always", true);
    acri_stats_merge(x.stats, x.block);
    acri_console_metric_final(&out, &x.snapshot, 0);
    assert_has("999999        1   99.99%\n");
    assert_has("1        0  100.00%\n");
    sample_done(&x);
}

static void after_a_reset_there_are_no_values(void **state)
{
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    sample_add_metrics(&x);
    acri_stats_reset(x.stats, SAMPLE_START_NS, SAMPLE_REAL_NS);
    acri_console_metric_brief(&out, &x.snapshot, 0);
    acri_console_metric_final(&out, &x.snapshot, 0);
    assert_has("trend    balance          | 0\n");
    assert_has("gauge    queue            | -2.50 (-2.50 to -2.50)\n");
    assert_has("balance              |        0 |        -        -        -        -        -     "
               "   -\n");
    assert_has("has a total          |        0        0        -\n");
    assert_has("check    has a total      | 0\n");
    sample_done(&x);
}

static void a_narrow_terminal_cuts_names(void **state)
{
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    acri_metrics_check(&x.block->metrics, "the answer has all that was ordered, and no more", true);
    acri_stats_merge(x.stats, x.block);
    acri_console_metric_final(&out, &x.snapshot, 50);
    assert_has("the answer has all ..");
    sample_done(&x);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_metrics_nothing_is_said),
        TEST(each_part_of_the_load_is_said_when_there_is_any),
        TEST(one_failure_in_a_million_is_not_rounded_away),
        TEST(after_a_reset_there_are_no_values),
        TEST(a_narrow_terminal_cuts_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
