/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "stats/snapshot.h"

#define MS ACRI_NS_PER_MS
#define S ACRI_NS_PER_S
#define START (1000 * S)
#define REAL (1700000000 * S)

static const char *const type_names[] = { "buyer", "looker" };
static const uint64_t type_users[] = { 40, 2 };
static const struct acri_run_info info = {
    .state = "running",
    .n_users = 42,
    .target_users = 50,
    .arrival_rate = 12.5,
    .stage = 1,
    .n_stages = 4,
    .load = { [ACR_LOAD_ARRIVALS] = 7, [ACR_LOAD_PARKED] = 1 },
    .type_names = type_names,
    .type_users = type_users,
    .n_types = 2,
    .start_real_ns = REAL,
    .elapsed_s = 12.5,
    .open_requests = 3.25,
    .seed = 42
};

/* Two loops' worth of what a run does in 2 s, and the view of it. */
struct fixture {
    struct acri_stats *stats;
    struct acr_snapshot snapshot;
};

static void record(struct acri_block *b, const char *name, const char *error, uint64_t i)
{
    const struct acri_record r = { .type = "GET",
                                   .name = name,
                                   .error = error,
                                   .intended_ns = START + i * 20 * MS,
                                   .sent_ns = START + i * 20 * MS + MS,
                                   .answered_ns =
                                       START + i * 20 * MS + (error != NULL ? 11 : 6) * MS,
                                   .real_ns = REAL + i * S,
                                   .bytes = 1000,
                                   .attempts = 2,
                                   .has_time = true };

    acri_block_started(b);
    acri_block_record(b, &r);
}

static int set_up(void **state)
{
    static struct fixture f;
    struct acri_block *b = acri_block_new();

    f.stats = acri_stats_new(START, REAL);
    for (uint64_t i = 1; i <= 100; i++)
        record(b, i % 2 == 0 ? "/a" : "/b", i % 4 == 0 ? "timeout" : NULL, i);
    acri_block_started(b);
    acri_block_record(b, &(struct acri_record){
                             .type = "GET", .name = "/a", .attempts = 1, .is_cancelled = true });
    acri_block_started(b);
    acri_block_record(b, &(struct acri_record){ .type = "job", .name = "sum" });
    for (int i = 0; i < 5; i++)
        acri_block_started(b);
    acri_metrics_add(&b->metrics, ACR_METRIC_COUNTER, "orders", 5, 0);
    acri_metrics_add(&b->metrics, ACR_METRIC_TREND, "basket", 2, 0);
    acri_metrics_add(&b->metrics, ACR_METRIC_TREND, "basket", 4, 0);
    acri_metrics_add(&b->metrics, ACR_METRIC_GAUGE, "queue", -3, 1);
    acri_metrics_check(&b->metrics, "has a total", false);
    acri_stats_merge(f.stats, b);
    acri_block_free(b);
    acri_stats_lost(f.stats, 2);
    acri_stats_exception_n(f.stats, "no token", "log_in", "local", 3);
    acri_stats_tick(f.stats, START + 2 * S);
    acri_snapshot_init(&f.snapshot, f.stats, &info);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    acri_stats_free(((struct fixture *)*state)->stats);
    return 0;
}

static const struct acr_snapshot *view(void **state)
{
    return &((struct fixture *)*state)->snapshot;
}

static void assert_near(double a, double b, double error)
{
    if (!(fabs(a - b) <= error * fabs(b)))
        fail_msg("%.12g is not %.12g", a, b);
}

static void entries_are_read_by_index(void **state)
{
    const struct acr_snapshot *s = view(state);

    assert_int_equal(acr_snapshot_n_entries(s), 3);
    assert_string_equal(acr_entry_name(acr_snapshot_entry(s, 0)), "/a");
    assert_string_equal(acr_entry_type(acr_snapshot_entry(s, 0)), "GET");
    assert_string_equal(acr_entry_name(acr_snapshot_entry(s, 1)), "/b");
    assert_string_equal(acr_entry_name(acr_snapshot_entry(s, 2)), "sum");
    assert_null(acr_snapshot_entry(s, 3));
    assert_null(acr_snapshot_entry(s, SIZE_MAX));
    assert_string_equal(acr_entry_type(acr_snapshot_total(s)), "");
    assert_string_equal(acr_entry_name(acr_snapshot_total(s)), "Aggregated");
}

static void counts_are_those_of_what_was_recorded(void **state)
{
    const struct acr_snapshot *s = view(state);
    const struct acr_entry *a = acr_snapshot_entry(s, 0), *total = acr_snapshot_total(s);

    assert_int_equal(acr_entry_count(a, ACR_REQUESTS), 50);
    assert_int_equal(acr_entry_count(a, ACR_FAILURES), 25);
    assert_int_equal(acr_entry_count(a, ACR_ATTEMPTS), 101);
    assert_int_equal(acr_entry_count(a, ACR_CANCELLED), 1);
    assert_int_equal(acr_entry_count(a, ACR_BYTES), 50000);
    assert_int_equal(acr_entry_count(total, ACR_REQUESTS), 101);
    assert_int_equal(acr_entry_count(total, ACR_UNTIMED), 1);
    assert_int_equal(acr_entry_count(total, 99), 0);
}

static void times_are_read_in_milliseconds(void **state)
{
    const struct acr_entry *a = acr_snapshot_entry(view(state), 0);
    const struct acr_entry *job = acr_snapshot_entry(view(state), 2);

    assert_near(acr_entry_average_ms(a, ACR_RESPONSE_TIME), 7.5, 1e-9);
    assert_near(acr_entry_min_ms(a, ACR_RESPONSE_TIME), 5, 1e-9);
    assert_near(acr_entry_max_ms(a, ACR_RESPONSE_TIME), 10, 1e-9);
    assert_near(acr_entry_average_ms(a, ACR_CORRECTED), 8.5, 1e-9);
    assert_near(acr_entry_max_ms(a, ACR_LATENESS), 1, 1e-9);
    assert_near(acr_entry_quantile_ms(a, ACR_RESPONSE_TIME, ACR_TOTAL, 0.5), 5, 0.004);
    assert_near(acr_entry_quantile_ms(a, ACR_RESPONSE_TIME, ACR_CURRENT, 0.51), 10, 0.004);
    assert_near(acr_entry_quantile_ms(a, ACR_CORRECTED, ACR_TOTAL, 0.99), 11, 0.004);
    assert_true(acr_entry_quantile_ms(a, ACR_CORRECTED, ACR_CURRENT, 0.5) == -1);
    assert_true(acr_entry_quantile_ms(a, ACR_RESPONSE_TIME, 7, 0.5) == -1);
    assert_true(acr_entry_quantile_ms(a, 7, ACR_TOTAL, 0.5) == -1);
    assert_true(acr_entry_quantile_ms(a, ACR_RESPONSE_TIME, ACR_TOTAL, (double)NAN) == -1);
    assert_true(acr_entry_quantile_ms(job, ACR_RESPONSE_TIME, ACR_TOTAL, 0.5) == -1);
    assert_true(acr_entry_quantile_ms(job, ACR_RESPONSE_TIME, ACR_CURRENT, 0.5) == -1);
    assert_true(acr_entry_average_ms(job, ACR_RESPONSE_TIME) == 0);
    assert_true(acr_entry_min_ms(job, ACR_RESPONSE_TIME) == 0);
    assert_true(acr_entry_max_ms(a, 7) == 0);
}

static void times_are_read_bucket_by_bucket(void **state)
{
    const struct fixture *f = *state;
    const struct acr_entry *total = acr_snapshot_total(&f->snapshot);
    const double wanted_ms[] = { 5, 10 };
    const uint64_t wanted_n[] = { 75, 25 };
    uint32_t bucket = 0;
    double ms = 0;
    uint64_t n = 0;

    for (size_t i = 0; i < 2; i++, bucket++) {
        assert_true(acr_entry_bucket(total, ACR_RESPONSE_TIME, &bucket, &ms, &n));
        assert_true(fabs(ms - wanted_ms[i]) <= 0.004 * wanted_ms[i]);
        assert_int_equal(n, wanted_n[i]);
    }
    assert_false(acr_entry_bucket(total, ACR_RESPONSE_TIME, &bucket, &ms, &n));
    bucket = 0;
    assert_false(acr_entry_bucket(total, 3, &bucket, &ms, &n));
    assert_false(acr_entry_bucket(NULL, ACR_RESPONSE_TIME, &bucket, &ms, &n));
    assert_true(fabs(acr_entry_sum_ms(total, ACR_RESPONSE_TIME) - 625) < 1e-9);
    assert_true(fabs(acr_entry_sum_ms(total, ACR_LATENESS) - 100) < 1e-9);
    assert_true(acr_entry_sum_ms(total, 3) == 0 && acr_entry_sum_ms(NULL, 0) == 0);
}

static void the_run_tells_its_times_and_seed(void **state)
{
    const struct fixture *f = *state;
    const struct acr_snapshot *s = &f->snapshot;
    struct acri_stats *empty = acri_stats_new(START, REAL);
    struct acr_snapshot none;

    assert_true(acr_snapshot_reset_time(s) == 1700000000);
    /* No later than the tick, whatever was claimed. */
    assert_true(acr_snapshot_last_request_time(s) == 1700000002);
    assert_int_equal(acr_snapshot_seed(s), 42);
    acri_snapshot_init(&none, empty, &info);
    assert_true(acr_snapshot_last_request_time(&none) == 0);
    assert_true(acr_snapshot_reset_time(NULL) == 0 && acr_snapshot_last_request_time(NULL) == 0);
    assert_int_equal(acr_snapshot_seed(NULL), 0);
    acri_stats_free(empty);
}

static void rates_are_per_second(void **state)
{
    const struct acr_entry *total = acr_snapshot_total(view(state));

    assert_near(acr_entry_request_rate(total, ACR_CURRENT), 101 / 2.0, 1e-9);
    assert_near(acr_entry_failure_rate(total, ACR_CURRENT), 25 / 2.0, 1e-9);
    /* The last was sent 1 ms after 2 s and answered late: at the tick at the latest. */
    assert_near(acr_entry_request_rate(total, ACR_TOTAL), 101 / 2.0, 1e-9);
    assert_near(acr_entry_failure_rate(total, ACR_TOTAL), 25 / 2.0, 1e-9);
    assert_true(acr_entry_request_rate(total, 7) == 0);
    assert_true(acr_entry_failure_rate(total, 7) == 0);
}

static void failures_and_exceptions_are_read_by_index(void **state)
{
    const struct acr_snapshot *s = view(state);
    const struct acr_failure *f = acr_snapshot_failure(s, 0);
    const struct acr_exception *x = acr_snapshot_exception(s, 0);

    assert_int_equal(acr_snapshot_n_failures(s), 1);
    assert_string_equal(acr_failure_type(f), "GET");
    assert_string_equal(acr_failure_name(f), "/a");
    assert_string_equal(acr_failure_error(f), "timeout");
    assert_int_equal(acr_failure_count(f), 25);
    assert_near(acr_failure_first_seen(f), 1700000004, 1e-15);
    assert_near(acr_failure_last_seen(f), 1700000100, 1e-15);
    assert_null(acr_snapshot_failure(s, 1));
    assert_int_equal(acr_snapshot_n_exceptions(s), 1);
    assert_string_equal(acr_exception_message(x), "no token");
    assert_string_equal(acr_exception_traceback(x), "log_in");
    assert_string_equal(acr_exception_nodes(x), "local");
    assert_int_equal(acr_exception_count(x), 3);
    assert_null(acr_snapshot_exception(s, 1));
}

static void the_run_is_described_as_the_engine_says(void **state)
{
    const struct acr_snapshot *s = view(state);

    assert_string_equal(acr_snapshot_state(s), "running");
    assert_int_equal(acr_snapshot_users(s), 42);
    assert_true(acr_snapshot_elapsed(s) == 12.5);
    assert_true(acr_snapshot_start_time(s) == 1700000000);
    assert_true(acr_snapshot_open_requests(s) == 3.25);
}

static void the_ledger_balances(void **state)
{
    const struct acr_snapshot *s = view(state);

    assert_int_equal(acr_snapshot_ledger(s, ACR_LEDGER_STARTED), 107);
    assert_int_equal(acr_snapshot_ledger(s, ACR_LEDGER_SUCCEEDED), 76);
    assert_int_equal(acr_snapshot_ledger(s, ACR_LEDGER_FAILED), 25);
    assert_int_equal(acr_snapshot_ledger(s, ACR_LEDGER_CANCELLED), 1);
    assert_int_equal(acr_snapshot_ledger(s, ACR_LEDGER_LOST), 2);
    assert_int_equal(acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT), 3);
    assert_int_equal(acr_snapshot_ledger(s, ACR_LEDGER_ATTEMPTS), 201);
    assert_int_equal(acr_snapshot_ledger(s, 99), 0);
}

static void the_load_is_described_as_the_engine_says(void **state)
{
    const struct acr_snapshot *s = view(state);
    size_t n = 99;

    assert_int_equal(acr_snapshot_stage(s, &n), 1);
    assert_int_equal(n, 4);
    assert_int_equal(acr_snapshot_stage(NULL, &n), -1);
    assert_int_equal(n, 0);
    assert_int_equal(acr_snapshot_stage(NULL, NULL), -1);
    assert_int_equal(acr_snapshot_load(s, ACR_LOAD_ARRIVALS), 7);
    assert_int_equal(acr_snapshot_load(s, ACR_LOAD_PARKED), 1);
    assert_int_equal(acr_snapshot_load(s, ACR_LOAD_QUEUED), 0);
    assert_int_equal(acr_snapshot_load(s, ACR_LOAD_COUNTS), 0);
    assert_int_equal(acr_snapshot_target_users(s), 50);
    assert_near(acr_snapshot_arrival_rate(s), 12.5, 0);
    assert_int_equal(acr_snapshot_n_user_types(s), 2);
    assert_string_equal(acr_snapshot_user_type(s, 1), "looker");
    assert_int_equal(acr_snapshot_users_of_type(s, 0), 40);
    assert_null(acr_snapshot_user_type(s, 2));
    assert_int_equal(acr_snapshot_users_of_type(s, SIZE_MAX), 0);
}

static void metrics_are_read_by_index(void **state)
{
    const struct acr_snapshot *s = view(state);
    const struct acr_metric *counter = acr_snapshot_metric(s, 0);
    const struct acr_metric *gauge = acr_snapshot_metric(s, 1);
    const struct acr_metric *trend = acr_snapshot_metric(s, 2);
    const struct acr_metric *check = acr_snapshot_metric(s, 3);

    assert_int_equal(acr_snapshot_n_metrics(s), 4);
    assert_null(acr_snapshot_metric(s, 4));
    assert_int_equal(acr_metric_kind(counter), ACR_METRIC_COUNTER);
    assert_string_equal(acr_metric_name(counter), "orders");
    assert_near(acr_metric_sum(counter), 5, 0);
    assert_near(acr_metric_rate(counter), 2.5, 1e-9);
    assert_near(acr_metric_last(gauge), -3, 0);
    assert_near(acr_metric_min(gauge), -3, 0);
    assert_near(acr_metric_max(gauge), -3, 0);
    assert_int_equal(acr_metric_count(trend), 2);
    assert_near(acr_metric_average(trend), 3, 1e-9);
    assert_near(acr_metric_quantile(trend, 1), 4, 1e-9);
    assert_true(acr_metric_quantile(counter, 0.5) == -1);
    assert_int_equal(acr_metric_count(check), 1);
    assert_int_equal(acr_metric_failures(check), 1);
}

static void null_answers_zero_or_nothing(void **state)
{
    (void)state;
    assert_null(acr_snapshot_entry(NULL, 0));
    assert_int_equal(acr_snapshot_n_entries(NULL), 0);
    assert_null(acr_snapshot_total(NULL));
    assert_string_equal(acr_entry_type(NULL), "");
    assert_string_equal(acr_entry_name(NULL), "");
    assert_int_equal(acr_entry_count(NULL, ACR_REQUESTS), 0);
    assert_true(acr_entry_request_rate(NULL, ACR_TOTAL) == 0);
    assert_true(acr_entry_failure_rate(NULL, ACR_CURRENT) == 0);
    assert_true(acr_entry_average_ms(NULL, 0) == 0);
    assert_true(acr_entry_min_ms(NULL, 0) == 0);
    assert_true(acr_entry_max_ms(NULL, 0) == 0);
    assert_true(acr_entry_quantile_ms(NULL, 0, ACR_TOTAL, 0.5) == -1);
    assert_true(acr_entry_quantile_ms(NULL, 0, ACR_CURRENT, 0.5) == -1);
    assert_int_equal(acr_snapshot_n_failures(NULL), 0);
    assert_null(acr_snapshot_failure(NULL, 0));
    assert_string_equal(acr_failure_type(NULL), "");
    assert_string_equal(acr_failure_name(NULL), "");
    assert_string_equal(acr_failure_error(NULL), "");
    assert_int_equal(acr_failure_count(NULL), 0);
    assert_true(acr_failure_first_seen(NULL) == 0);
    assert_true(acr_failure_last_seen(NULL) == 0);
    assert_int_equal(acr_snapshot_n_exceptions(NULL), 0);
    assert_null(acr_snapshot_exception(NULL, 0));
    assert_string_equal(acr_exception_message(NULL), "");
    assert_string_equal(acr_exception_traceback(NULL), "");
    assert_string_equal(acr_exception_nodes(NULL), "");
    assert_int_equal(acr_exception_count(NULL), 0);
    assert_string_equal(acr_snapshot_state(NULL), "");
    assert_int_equal(acr_snapshot_users(NULL), 0);
    assert_true(acr_snapshot_elapsed(NULL) == 0);
    assert_true(acr_snapshot_start_time(NULL) == 0);
    assert_true(acr_snapshot_open_requests(NULL) == 0);
    assert_int_equal(acr_snapshot_ledger(NULL, ACR_LEDGER_STARTED), 0);
    assert_int_equal(acr_snapshot_load(NULL, ACR_LOAD_ARRIVALS), 0);
    assert_int_equal(acr_snapshot_target_users(NULL), 0);
    assert_true(acr_snapshot_arrival_rate(NULL) == 0);
    assert_int_equal(acr_snapshot_n_user_types(NULL), 0);
    assert_null(acr_snapshot_user_type(NULL, 0));
    assert_int_equal(acr_snapshot_users_of_type(NULL, 0), 0);
    assert_int_equal(acr_snapshot_n_metrics(NULL), 0);
    assert_null(acr_snapshot_metric(NULL, 0));
    assert_int_equal(acr_metric_kind(NULL), 0);
    assert_string_equal(acr_metric_name(NULL), "");
    assert_int_equal(acr_metric_count(NULL), 0);
    assert_int_equal(acr_metric_failures(NULL), 0);
    assert_true(acr_metric_sum(NULL) == 0 && acr_metric_rate(NULL) == 0);
    assert_true(acr_metric_average(NULL) == 0 && acr_metric_last(NULL) == 0);
    assert_true(acr_metric_min(NULL) == 0 && acr_metric_max(NULL) == 0);
    assert_true(acr_metric_quantile(NULL, 0.5) == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_read_by_index),
        cmocka_unit_test(counts_are_those_of_what_was_recorded),
        cmocka_unit_test(times_are_read_in_milliseconds),
        cmocka_unit_test(times_are_read_bucket_by_bucket),
        cmocka_unit_test(the_run_tells_its_times_and_seed),
        cmocka_unit_test(rates_are_per_second),
        cmocka_unit_test(failures_and_exceptions_are_read_by_index),
        cmocka_unit_test(the_run_is_described_as_the_engine_says),
        cmocka_unit_test(the_ledger_balances),
        cmocka_unit_test(the_load_is_described_as_the_engine_says),
        cmocka_unit_test(metrics_are_read_by_index),
        cmocka_unit_test(null_answers_zero_or_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
