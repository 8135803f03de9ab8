/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "golden/golden.h"
#include "support/judged.h"

#include "results/junit_rows.h"

static void what_is_written_is_as_it_was(void **state)
{
    static const char *const goals[] = { "p95 < 5s", "GET *: max < 1ms",
                                         "\"<a> & \\\"b\\\" \033 \xff \xef\xbf\xbf\": p95 < 1s" };
    struct acri_goal_spec specs[ACR_LEN(goals)];
    struct acri_verdict_options o = { .goals = specs,
                                      .n_goals = ACR_LEN(goals),
                                      .limits = {
                                          .late_share = 0.01, .late_ms = 10, .lost_share = 1 } };
    struct acri_verdict *v;
    struct csv_text t = { .data = NULL };
    struct sample x;

    (void)state;
    for (size_t i = 0; i < ACR_LEN(goals); i++)
        assert_int_equal(acri_goal_parse(goals[i], &specs[i], NULL), 0);
    sample_make(&x, 12, true);
    v = acri_verdict_new(&o);
    acri_verdict_step(v, &x.snapshot, true);
    junit_rows_all(&t, &x.snapshot, true);
    /* Of fewer than 1,000 requests at one moment nothing is said. */
    assert_int_equal(acr_snapshot_verdict(&x.snapshot), ACR_VERDICT_FAIL);
    acri_verdict_spoil(v, "a thread never ended");
    acri_verdict_step(v, &x.snapshot, true);
    csv_text_clear(&t);
    junit_rows_all(&t, &x.snapshot, false);
    assert_golden("junit.xml", t.data, t.length);
    csv_text_done(&t);
    acri_verdict_free(v);
    sample_done(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_written_is_as_it_was) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
