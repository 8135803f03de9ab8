/* SPDX-License-Identifier: MIT */
/* What a snapshot says of workers and labels. */
#include "support/unit.h"

#include "golden/sample_workers.h"

static void where_there_is_no_master_there_are_no_workers(void **state)
{
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    assert_int_equal(acr_snapshot_n_workers(&x.snapshot), 0);
    assert_int_equal(acr_snapshot_n_labels(&x.snapshot), 0);
    assert_null(acr_snapshot_worker(&x.snapshot, 0));
    assert_null(acr_snapshot_label(&x.snapshot, 0));
    assert_null(acr_snapshot_of_label(&x.snapshot, 0));
    assert_int_equal(acr_snapshot_n_workers(NULL), 0);
    sample_done(&x);
}

static void nothing_is_said_of_a_worker_that_there_is_not(void **state)
{
    (void)state;
    assert_string_equal(acr_worker_name(NULL), "");
    assert_string_equal(acr_worker_host(NULL), "");
    assert_string_equal(acr_worker_labels(NULL), "");
    assert_string_equal(acr_worker_state(NULL), "");
    assert_int_equal(acr_worker_number_of(NULL), 0);
    assert_true(acr_worker_value(NULL, ACR_WORKER_USERS) == 0);
    assert_int_equal(acr_worker_ledger(NULL, ACR_LEDGER_STARTED), 0);
    assert_null(acr_worker_total(NULL));
}

static void workers_are_read_by_index(void **state)
{
    struct sample x;
    struct sample_workers w;
    const struct acr_worker *second;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_workers(&x, &w);
    assert_int_equal(acr_snapshot_n_workers(&x.snapshot), 3);
    second = acr_snapshot_worker(&x.snapshot, 1);
    assert_string_equal(acr_worker_labels(second), "=us");
    assert_string_equal(acr_worker_host(second), "host");
    assert_string_equal(acr_worker_state(second), "running");
    assert_int_equal(acr_worker_number_of(second), 2);
    assert_true(acr_worker_value(second, ACR_WORKER_USERS_MAX) == 252);
    assert_true(acr_worker_value(second, ACR_WORKER_NUMBERS) == 0);
    assert_int_equal(acr_entry_count(acr_worker_total(second), ACR_REQUESTS), 288);
    assert_null(acr_worker_total(acr_snapshot_worker(&x.snapshot, 2)));
    assert_null(acr_snapshot_worker(&x.snapshot, 3));
    sample_done(&x);
}

static void a_ledger_balances_by_what_is_in_flight(void **state)
{
    struct sample x;
    struct sample_workers w;
    const struct acr_worker *third;

    (void)state;
    sample_make(&x, 1, false);
    sample_add_workers(&x, &w);
    third = acr_snapshot_worker(&x.snapshot, 2);
    assert_int_equal(acr_worker_ledger(third, ACR_LEDGER_STARTED), 302);
    assert_int_equal(acr_worker_ledger(third, ACR_LEDGER_LOST), 2);
    assert_int_equal(acr_worker_ledger(third, ACR_LEDGER_IN_FLIGHT), 302 - 270 - 18 - 1 - 2);
    assert_int_equal(acr_worker_ledger(third, 7), 0);
    sample_done(&x);
}

static void a_label_is_a_whole_snapshot(void **state)
{
    struct sample x;
    struct sample_workers w;
    const struct acr_snapshot *eu;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_workers(&x, &w);
    assert_int_equal(acr_snapshot_n_labels(&x.snapshot), 2);
    assert_string_equal(acr_snapshot_label(&x.snapshot, 0), "region=eu");
    eu = acr_snapshot_of_label(&x.snapshot, 0);
    assert_int_equal(acr_snapshot_n_entries(eu), acr_snapshot_n_entries(&x.snapshot));
    assert_int_equal(acr_snapshot_n_failures(eu), acr_snapshot_n_failures(&x.snapshot));
    assert_int_equal(acr_snapshot_n_workers(eu), 0);
    assert_null(acr_snapshot_of_label(&x.snapshot, 2));
    sample_done(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_there_is_no_master_there_are_no_workers),
        cmocka_unit_test(nothing_is_said_of_a_worker_that_there_is_not),
        cmocka_unit_test(workers_are_read_by_index),
        cmocka_unit_test(a_ledger_balances_by_what_is_in_flight),
        cmocka_unit_test(a_label_is_a_whole_snapshot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
