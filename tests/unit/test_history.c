/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "stats/history.h"
#include "stats/snapshot.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define START_NS (1000 * ACRI_NS_PER_S)

/* A run on a clock of its own. */
struct run {
    struct acri_stats *stats;
    struct acri_block *block;
    struct acr_snapshot snapshot;
    uint64_t now_ns;
};

static void begin(struct run *r)
{
    const struct acri_run_info info = { .state = "running" };

    r->now_ns = START_NS;
    r->stats = acri_stats_new(START_NS, 0);
    r->block = acri_block_new();
    acri_history_begin(r->stats, START_NS, START_NS);
    acri_snapshot_init(&r->snapshot, r->stats, &info);
}

static void end(struct run *r)
{
    acri_block_free(r->block);
    acri_stats_free(r->stats);
}

static void request(struct run *r, const char *name, double ms, const char *error)
{
    const struct acri_record record = { .type = "GET",
                                        .name = name,
                                        .error = error,
                                        .intended_ns = r->now_ns - ACRI_NS_PER_MS / 2,
                                        .sent_ns = r->now_ns,
                                        .answered_ns = r->now_ns + (uint64_t)(ms * 1e6),
                                        .attempts = 1,
                                        .has_time = true };

    acri_block_started(r->block);
    acri_block_record(r->block, &record);
}

static void step(struct run *r, double seconds, uint64_t n_users)
{
    const struct acri_history_sample sample = { .n_users = n_users,
                                                .target_users = 2 * n_users,
                                                .arrival_rate = 5,
                                                .open_requests = (double)n_users / 2,
                                                .cpu_percent = 40 };

    r->now_ns += (uint64_t)(seconds * 1e9);
    acri_stats_merge(r->stats, r->block);
    acri_stats_tick(r->stats, r->now_ns);
    acri_history_step(r->stats, r->now_ns, &sample);
}

static double point(const struct run *r, size_t at, uint32_t series)
{
    return acr_snapshot_point(&r->snapshot, at, series);
}

static void each_second_is_a_point(void **state)
{
    const struct acr_entry *b;
    struct run r;

    (void)state;
    begin(&r);
    assert_int_equal(acr_snapshot_n_points(&r.snapshot), 0);
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned k = 0; k <= i; k++)
            request(&r, "/a", 10, NULL);
        if (i >= 4)
            request(&r, "/b", 90, i % 2 == 0 ? "no" : NULL);
        step(&r, i == 9 ? 0.75 : 1, i + 1);
    }
    assert_int_equal(acr_snapshot_n_points(&r.snapshot), 10);
    assert_true(acr_snapshot_point_interval(&r.snapshot) == 1);
    assert_true(acr_snapshot_point_time(&r.snapshot, 3) == 4);
    assert_true(acr_snapshot_point_time(&r.snapshot, 9) == 9.75);
    assert_true(point(&r, 3, ACR_SERIES_USERS) == 4);
    assert_true(point(&r, 3, ACR_SERIES_TARGET_USERS) == 8);
    assert_true(point(&r, 3, ACR_SERIES_ARRIVAL_RATE) == 5);
    assert_true(point(&r, 3, ACR_SERIES_REQUEST_RATE) == 4);
    assert_true(point(&r, 4, ACR_SERIES_REQUEST_RATE) == 6);
    assert_true(point(&r, 9, ACR_SERIES_REQUEST_RATE) == 11 / 0.75);
    assert_true(point(&r, 4, ACR_SERIES_FAILURE_RATE) == 1);
    assert_true(point(&r, 5, ACR_SERIES_FAILURE_RATE) == 0);
    assert_true(point(&r, 3, ACR_SERIES_AVERAGE_MS) == 10);
    assert_true(fabs(point(&r, 4, ACR_SERIES_AVERAGE_MS) - 140.0 / 6) < 1e-9);
    assert_true(fabs(point(&r, 5, ACR_SERIES_P50_MS) - 10) < 0.04);
    assert_true(fabs(point(&r, 5, ACR_SERIES_P99_MS) - 90) < 0.4);
    assert_true(fabs(point(&r, 5, ACR_SERIES_MAX_MS) - 90) < 0.01);
    assert_true(point(&r, 3, ACR_SERIES_OPEN_REQUESTS) == 2);
    assert_true(point(&r, 3, ACR_SERIES_LATENESS_MS) == 0.5);
    assert_true(point(&r, 3, ACR_SERIES_CPU_PERCENT) == 40);
    assert_true(isnan(point(&r, 10, ACR_SERIES_USERS)));
    assert_true(isnan(point(&r, 3, ACR_SERIES_COUNT)));
    b = acr_snapshot_entry(&r.snapshot, 1);
    assert_string_equal(acr_entry_name(b), "/b");
    assert_true(isnan(acr_entry_point(b, 3, ACR_SERIES_REQUEST_RATE)));
    assert_true(acr_entry_point(b, 4, ACR_SERIES_REQUEST_RATE) == 1);
    assert_true(acr_entry_point(b, 4, ACR_SERIES_FAILURE_RATE) == 1);
    assert_true(acr_entry_point(b, 4, ACR_SERIES_AVERAGE_MS) == 90);
    assert_true(isnan(acr_entry_point(b, 4, ACR_SERIES_USERS)));
    assert_true(isnan(acr_entry_point(b, 10, ACR_SERIES_REQUEST_RATE)));
    end(&r);
}

/* Nothing is measured while the control loop is held up: its second has no value, and what came
 * meanwhile is spread over the time that it took. A quiet entry has a rate of 0. */
static void late_ticks_make_no_peaks(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    request(&r, "/a", 1, NULL);
    step(&r, 1.2, 1);
    step(&r, 0.8, 1);
    for (unsigned i = 0; i < 30; i++)
        request(&r, "/a", 1, NULL);
    step(&r, 3, 1);
    assert_int_equal(acr_snapshot_n_points(&r.snapshot), 5);
    assert_true(point(&r, 1, ACR_SERIES_REQUEST_RATE) == 0);
    assert_true(isnan(point(&r, 1, ACR_SERIES_AVERAGE_MS)));
    assert_true(isnan(point(&r, 2, ACR_SERIES_REQUEST_RATE)));
    assert_true(isnan(point(&r, 3, ACR_SERIES_USERS)));
    assert_true(point(&r, 4, ACR_SERIES_REQUEST_RATE) == 10);
    /* No time has gone by: nothing to add to. */
    request(&r, "/a", 1, NULL);
    step(&r, 0, 1);
    step(&r, 1, 1);
    assert_true(point(&r, 5, ACR_SERIES_REQUEST_RATE) == 1);
    end(&r);
}

static void a_reset_loses_nothing(void **state)
{
    struct run r;

    (void)state;
    begin(&r);
    request(&r, "/a", 10, NULL);
    step(&r, 1, 1);
    request(&r, "/a", 20, "no");
    acri_stats_merge(r.stats, r.block);
    acri_stats_reset(r.stats, r.now_ns + ACRI_NS_PER_S / 2, 0);
    request(&r, "/a", 40, NULL);
    step(&r, 1, 1);
    assert_true(point(&r, 0, ACR_SERIES_AVERAGE_MS) == 10);
    assert_true(point(&r, 1, ACR_SERIES_AVERAGE_MS) == 30);
    assert_true(point(&r, 1, ACR_SERIES_REQUEST_RATE) == 2);
    assert_true(point(&r, 1, ACR_SERIES_LATENESS_MS) == 0.5);
    assert_true(acr_entry_point(acr_snapshot_entry(&r.snapshot, 0), 1, ACR_SERIES_FAILURE_RATE) ==
                1);
    /* A new run does begin again, and what is counted already is none of its. */
    request(&r, "/a", 40, NULL);
    acri_stats_merge(r.stats, r.block);
    acri_history_begin(r.stats, r.now_ns, r.now_ns);
    assert_int_equal(acr_snapshot_n_points(&r.snapshot), 0);
    step(&r, 1, 1);
    assert_int_equal(acr_snapshot_n_points(&r.snapshot), 1);
    assert_true(point(&r, 0, ACR_SERIES_REQUEST_RATE) == 0);
    assert_true(acr_entry_point(acr_snapshot_entry(&r.snapshot, 0), 0, ACR_SERIES_REQUEST_RATE) ==
                0);
    end(&r);
}

/* Workers' reports of before a reset come after it. */
static void what_comes_after_a_reset_is_not_lost(void **state)
{
    struct acri_stats *old = acri_stats_new(0, 0);
    struct run r;

    (void)state;
    begin(&r);
    request(&r, "/a", 10, NULL);
    step(&r, 1, 1);
    acri_stats_reset(r.stats, r.now_ns, 0);
    for (unsigned i = 0; i < 3; i++)
        request(&r, i < 2 ? "/a" : "/new", 20, "no");
    acri_stats_merge(old, r.block);
    acri_history_note_late(r.stats, old);
    request(&r, "/a", 60, NULL);
    step(&r, 1, 1);
    assert_true(point(&r, 1, ACR_SERIES_REQUEST_RATE) == 4);
    assert_true(point(&r, 1, ACR_SERIES_FAILURE_RATE) == 3);
    assert_true(point(&r, 1, ACR_SERIES_AVERAGE_MS) == 30);
    assert_true(acr_entry_point(acr_snapshot_entry(&r.snapshot, 0), 1, ACR_SERIES_REQUEST_RATE) ==
                3);
    assert_int_equal(acr_snapshot_n_entries(&r.snapshot), 1);
    assert_int_equal(acr_entry_count(acr_snapshot_total(&r.snapshot), ACR_REQUESTS), 1);
    end(&r);
    /* Without a history there is nothing to do. */
    r.stats = acri_stats_new(0, 0);
    acri_history_note_late(r.stats, old);
    acri_stats_free(r.stats);
    acri_stats_free(old);
}

/* A master that goes on with a run, of which 5 hours were another's. */
static void what_was_before_has_no_values(void **state)
{
    const uint64_t ago_ns = 5 * 3600 * ACRI_NS_PER_S;
    struct run r;
    size_t n;

    (void)state;
    begin(&r);
    request(&r, "/a", 10, NULL);
    acri_stats_merge(r.stats, r.block);
    acri_history_begin(r.stats, START_NS - ago_ns, START_NS);
    request(&r, "/a", 30, NULL);
    step(&r, 1, 1);
    n = acr_snapshot_n_points(&r.snapshot);
    assert_true(acr_snapshot_point_interval(&r.snapshot) == 16);
    assert_int_equal(n, 18000 / 16 + 1);
    assert_true(acr_snapshot_point_time(&r.snapshot, n - 1) == 18001);
    assert_true(isnan(point(&r, n - 2, ACR_SERIES_REQUEST_RATE)));
    assert_true(
        isnan(acr_entry_point(acr_snapshot_entry(&r.snapshot, 0), n - 2, ACR_SERIES_REQUEST_RATE)));
    assert_true(point(&r, n - 1, ACR_SERIES_REQUEST_RATE) == 1);
    assert_true(point(&r, n - 1, ACR_SERIES_AVERAGE_MS) == 30);
    end(&r);
}

/* 24 hours, with an entry that comes after 7 and is busy each tenth second: nothing is lost by
 * thinning, and the memory is bounded. */
static void a_day_is_thinned_exactly(void **state)
{
    double n = 0, n_failed = 0, sum_ms = 0, n_late = 0, highest = 0, interval;
    uint64_t wanted = 0, wanted_late = 0;
    const struct acr_entry *late;
    struct run r;
    size_t bytes;

    (void)state;
    begin(&r);
    for (unsigned i = 0; i < 86400; i++) {
        bool is_peak = i == 12345;

        for (unsigned k = 0; k < 1 + i % 3; k++, wanted++)
            request(&r, "/a", is_peak ? 777 : 10, k == 2 ? "no" : NULL);
        if (i >= 7 * 3600 && i % 10 == 0) {
            request(&r, "/late", 10, NULL);
            wanted_late++;
        }
        step(&r, 1, i);
        if (i == 1199) {
            assert_int_equal(acr_snapshot_n_points(&r.snapshot), 1200);
            assert_true(acr_snapshot_point_interval(&r.snapshot) == 1);
        }
        if (i == 1200) {
            assert_int_equal(acr_snapshot_n_points(&r.snapshot), 601);
            assert_true(acr_snapshot_point_interval(&r.snapshot) == 2);
            assert_true(point(&r, 2, ACR_SERIES_REQUEST_RATE) == 2.5); /* of 2 and 3 */
            assert_true(acr_snapshot_point_time(&r.snapshot, 600) == 1201);
        }
    }
    interval = acr_snapshot_point_interval(&r.snapshot);
    assert_true(interval == 128);
    assert_int_equal(acr_snapshot_n_points(&r.snapshot), 675);
    late = acr_snapshot_entry(&r.snapshot, 1);
    for (size_t i = 0; i < 675; i++) {
        double requests = point(&r, i, ACR_SERIES_REQUEST_RATE) * interval;
        double of_late = acr_entry_point(late, i, ACR_SERIES_REQUEST_RATE) * interval;

        n += requests;
        n_failed += point(&r, i, ACR_SERIES_FAILURE_RATE) * interval;
        sum_ms += point(&r, i, ACR_SERIES_AVERAGE_MS) * requests;
        highest = fmax(highest, point(&r, i, ACR_SERIES_P50_MS));
        if (!isnan(of_late))
            n_late += of_late;
        else
            assert_true((double)(i + 1) * interval <= 7 * 3600);
        assert_true(point(&r, i, ACR_SERIES_USERS) == (double)(i + 1) * interval - 1);
    }
    assert_true(n == (double)(wanted + wanted_late));
    assert_true(n_failed == 86400.0 / 3);
    assert_true(n_late == (double)wanted_late);
    assert_true(fabs(sum_ms - acr_entry_sum_ms(acr_snapshot_total(&r.snapshot), 0)) < 1e-3);
    assert_true(fabs(highest - 10) < 0.1); /* 777 ms never was the median of 10 s */
    assert_true(point(&r, 12345 / 128, ACR_SERIES_MAX_MS) == 777);
    bytes = acri_history_bytes(r.stats);
    assert_true(bytes < 300000);
    end(&r);
}

/* The price with as many entries as may have a history, all busy. */
static void many_entries_are_cheap(void **state)
{
    char names[ACRI_HISTORY_ENTRIES + 50][16];
    struct timespec from, to;
    double ms = 0, most_ms = 0;
    const unsigned every = UNIT_UNDER_SANITIZER ? 16 : 4;
    size_t n_with = 0;
    struct run r;

    (void)state;
    begin(&r);
    for (size_t i = 0; i < ACR_LEN(names); i++)
        snprintf(names[i], sizeof(names[i]), "/%zu", i);
    for (unsigned t = 0; t < 1210; t++) {
        const struct acri_history_sample sample = { .n_users = 1 };
        double one_ms;

        for (size_t i = 0; i < ACR_LEN(names); i++)
            for (unsigned k = 0; k < 2 && (i + t) % every == 0; k++)
                request(&r, names[i], 1 + 7 * (double)((i * 31 + t * 17 + k * 5) % 23), NULL);
        r.now_ns += ACRI_NS_PER_S;
        acri_stats_merge(r.stats, r.block);
        acri_stats_tick(r.stats, r.now_ns);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        acri_history_step(r.stats, r.now_ns, &sample);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        one_ms =
            (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
        ms += one_ms;
        most_ms = fmax(most_ms, one_ms);
    }
    print_message("%u entries: %.2f ms a tick, %.1f ms when thinned, %.1f MB\n",
                  ACRI_HISTORY_ENTRIES, ms / 1210, most_ms,
                  (double)acri_history_bytes(r.stats) / 1e6);
    for (size_t i = 0; i < ACR_LEN(names); i++)
        n_with += !isnan(
            acr_entry_point(acr_snapshot_entry(&r.snapshot, i), 600, ACR_SERIES_REQUEST_RATE));
    assert_int_equal(n_with, ACRI_HISTORY_ENTRIES);
    assert_true(acri_history_bytes(r.stats) < 40000000);
    end(&r);
}

static void without_a_run_there_is_none(void **state)
{
    const struct acri_run_info info = { .state = "stopped" };
    const struct acri_history_sample sample = { .n_users = 1 };
    struct acri_stats *s = acri_stats_new(START_NS, 0);
    struct acr_snapshot snapshot;

    (void)state;
    acri_snapshot_init(&snapshot, s, &info);
    acri_history_step(s, START_NS + ACRI_NS_PER_S, &sample);
    assert_int_equal(acr_snapshot_n_points(&snapshot), 0);
    assert_int_equal(acr_snapshot_n_points(NULL), 0);
    assert_true(acr_snapshot_point_interval(NULL) == 1);
    assert_true(isnan(acr_snapshot_point(NULL, 0, 0)));
    assert_true(isnan(acr_entry_point(NULL, 0, 0)));
    acri_stats_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_second_is_a_point),
        cmocka_unit_test(late_ticks_make_no_peaks),
        cmocka_unit_test(a_reset_loses_nothing),
        cmocka_unit_test(what_comes_after_a_reset_is_not_lost),
        cmocka_unit_test(what_was_before_has_no_values),
        cmocka_unit_test(a_day_is_thinned_exactly),
        cmocka_unit_test(many_entries_are_cheap),
        cmocka_unit_test(without_a_run_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
