/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "support/judged.h"

#include "app/console_goals.h"

static void a_table_and_a_line_with_reasons(void **state)
{
    struct acri_goal_spec specs[2];
    struct acri_verdict_options o = { .goals = specs, .n_goals = 2, .do_failures_fail = true };
    struct acri_verdict *v;
    struct acri_buf out;
    struct judged j;

    (void)state;
    judged_begin(&j);
    acri_buf_init(&out, 1 << 16);
    acri_console_goals(&out, &j.x.snapshot, 0);
    acri_console_verdict(&out, &j.x.snapshot);
    assert_int_equal(out.length, 0);
    o.limits.late_share = o.limits.wait_share = o.limits.busy_share = o.limits.lost_share = 1;
    assert_int_equal(acri_goal_parse("max < 10ms", &specs[0], NULL), 0);
    assert_int_equal(acri_goal_parse("\"\033[31m\": p50 < 1s", &specs[1], NULL), 0);
    v = acri_verdict_new(&o);
    judged_requests(&j, 100, "/a", 20, 0, NULL);
    judged_second(&j);
    acri_verdict_step(v, &j.x.snapshot, true);
    acri_console_goals(&out, &j.x.snapshot, 0);
    acri_console_verdict(&out, &j.x.snapshot);
    assert_string_equal(acri_buf_text(&out),
                        "Goals\n"
                        "Goal                 wanted     measured    met\n"
                        "--------------------|----------|-----------|----------\n"
                        "max < 10ms           < 10 ms    20 ms       NO\n"
                        "\"?[31m\": p50 < 1s    < 1000 ms  no requests not tested\n"
                        "Verdict: FAIL\n"
                        "  max < 10ms: missed, measured 20 ms\n"
                        "  \"?[31m\": p50 < 1s: not tested, no requests\n");
    acri_buf_done(&out);
    acri_verdict_free(v);
    judged_end(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_table_and_a_line_with_reasons) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
