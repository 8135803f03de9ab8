/* SPDX-License-Identifier: MIT */
/* What stands in the CSV files. */
#include "support/unit.h"

#include "results/csv_rows.h"
#include "golden/golden.h"
#include "golden/sample_workers.h"

static void assert_rows(void (*rows)(struct csv_text *, const struct acr_snapshot *),
                        unsigned n_seconds, const char *golden)
{
    struct csv_text t = { 0 };
    struct sample x;

    sample_make(&x, n_seconds, n_seconds > 0);
    rows(&t, &x.snapshot);
    assert_false(t.is_incomplete);
    assert_golden(golden, t.data, t.length);
    sample_done(&x);
    csv_text_done(&t);
}

static void statistics_are_locusts(void **state)
{
    (void)state;
    assert_rows(csv_rows_stats, 12, "stats.csv");
}

static void without_requests_statistics_are_locusts_too(void **state)
{
    (void)state;
    assert_rows(csv_rows_stats, 0, "stats_empty.csv");
}

static void failures_are_locusts(void **state)
{
    (void)state;
    assert_rows(csv_rows_failures, 12, "failures.csv");
}

static void exceptions_are_locusts(void **state)
{
    (void)state;
    assert_rows(csv_rows_exceptions, 12, "exceptions.csv");
}

static void metrics_hold_what_locust_has_not(void **state)
{
    (void)state;
    assert_rows(csv_rows_metrics, 12, "metrics.csv");
}

static void the_scenarios_own_numbers_are_rows_too(void **state)
{
    struct csv_text t = { 0 };
    struct sample x;

    (void)state;
    sample_make(&x, 0, false);
    sample_add_metrics(&x);
    csv_rows_metrics(&t, &x.snapshot);
    assert_golden("metrics_own.csv", t.data, t.length);
    sample_done(&x);
    csv_text_done(&t);
}

/* Whatever the scenario counts, what Locust writes stays as it is. */
static void the_scenarios_own_numbers_are_in_no_other_file(void **state)
{
    struct csv_text t = { 0 };
    struct sample x;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_metrics(&x);
    csv_rows_stats(&t, &x.snapshot);
    assert_golden("stats.csv", t.data, t.length);
    sample_done(&x);
    csv_text_done(&t);
}

static void headings_stand_alone_before_the_run(void **state)
{
    struct csv_text t = { 0 };

    (void)state;
    csv_rows_failures(&t, NULL);
    csv_rows_exceptions(&t, NULL);
    csv_rows_metrics(&t, NULL);
    csv_rows_stats(&t, NULL);
    assert_golden("headings.csv", t.data, t.length);
    csv_text_done(&t);
}

static void history_is_locusts(void **state)
{
    struct csv_text t = { 0 };
    struct sample x;

    (void)state;
    csv_rows_history_heading(&t);
    sample_make(&x, 0, false);
    csv_rows_history(&t, &x.snapshot, 1767225600.9, false);
    sample_done(&x);
    sample_make(&x, 12, true);
    csv_rows_history(&t, &x.snapshot, 1767225612, false);
    csv_rows_history(&t, &x.snapshot, 1767225613, true);
    sample_done(&x);
    assert_golden("stats_history.csv", t.data, t.length);
    csv_text_done(&t);
}

static void workers_and_labels_have_files_of_their_own(void **state)
{
    struct csv_text t = { 0 };
    struct sample x;
    struct sample_workers w;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_workers(&x, &w);
    csv_rows_workers(&t, &x.snapshot);
    assert_golden("workers.csv", t.data, t.length);
    csv_text_clear(&t);
    csv_rows_labels(&t, &x.snapshot);
    assert_golden("labels_stats.csv", t.data, t.length);
    sample_done(&x);
    csv_text_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics_are_locusts),
        cmocka_unit_test(without_requests_statistics_are_locusts_too),
        cmocka_unit_test(failures_are_locusts),
        cmocka_unit_test(exceptions_are_locusts),
        cmocka_unit_test(metrics_hold_what_locust_has_not),
        cmocka_unit_test(the_scenarios_own_numbers_are_rows_too),
        cmocka_unit_test(the_scenarios_own_numbers_are_in_no_other_file),
        cmocka_unit_test(headings_stand_alone_before_the_run),
        cmocka_unit_test(history_is_locusts),
        cmocka_unit_test(workers_and_labels_have_files_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
