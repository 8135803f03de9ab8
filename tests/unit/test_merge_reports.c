/* SPDX-License-Identifier: MIT */
/* Reports in any order make the history that they were taken from. */
#include "support/unit.h"

#include "app/merge_reports.h"
#include "engine/cluster_report.h"
#include "stats/snapshot.h"

#include <math.h>

#define BASE_NS ACRI_MERGE_REPORTS_BASE_NS
#define SECOND_NS 1000000000ull

static const struct acri_plan no_plan;

static void add(void *arg, uint64_t epoch, const void *bytes, size_t n_bytes)
{
    acri_merge_reports_add(arg, &(struct acri_merge_report){ .epoch = epoch,
                                                             .bytes = (void *)(uintptr_t)bytes,
                                                             .n_bytes = n_bytes });
}

/* n requests that were all answered at that time; 0 = nothing was. */
static void report(struct acri_merge_reports *l, double at_s, unsigned n)
{
    const uint64_t at_ns = BASE_NS + (uint64_t)(at_s * 1e9);
    const struct acri_record record = { .type = "GET",
                                        .name = "/",
                                        .intended_ns = at_ns - 1000000,
                                        .sent_ns = at_ns - 1000000,
                                        .answered_ns = at_ns,
                                        .attempts = 1,
                                        .has_time = true };
    const struct acri_lead lead = { .arg = l, .report = add, .part_max = 128u * 1024 };
    struct acri_stats *totals = acri_stats_new(BASE_NS, 0);
    struct acri_block *block = acri_block_new();
    struct acri_cluster_report r;

    acri_cluster_report_init(&r, &no_plan);
    r.base_ns = BASE_NS;
    acri_block_started(block);
    for (unsigned i = 0; i < n; i++) {
        acri_block_record(block, &record);
        if (i > 0)
            acri_block_started(block);
    }
    acri_stats_merge(r.stats, block);
    acri_cluster_report_send(&r, &lead, 1, totals, NULL);
    acri_cluster_report_done(&r);
    acri_block_free(block);
    acri_stats_free(totals);
}

static struct acri_stats *take_all(struct acri_merge_reports *l)
{
    struct acri_stats *s = acri_stats_new(BASE_NS, 0);

    acri_merge_reports_sort(l);
    acri_merge_reports_begin(l, s);
    for (size_t i = 0; i < l->n; i++) {
        acri_merge_reports_reach(l, s, l->all[i].at_ns);
        assert_int_equal(acri_cluster_report_take(&no_plan, s, NULL, "w", BASE_NS, l->all[i].bytes,
                                                  l->all[i].n_bytes),
                         0);
    }
    acri_merge_reports_end(l, s);
    return s;
}

static void each_second_has_what_was_answered_in_it(void **state)
{
    static const double rates[] = { 3, 7, NAN, NAN, 0 };
    const struct acri_run_info info = { .state = "stopped" };
    struct acri_merge_reports l = { 0 };
    struct acr_snapshot snapshot;
    struct acri_stats *s;

    (void)state;
    report(&l, 5.75, 4);
    report(&l, 0.9, 3);
    report(&l, 1.1, 2);
    report(&l, 1.9, 5);
    s = take_all(&l);
    acri_snapshot_init(&snapshot, s, &info);
    assert_int_equal(acr_snapshot_n_points(&snapshot), 6);
    for (size_t i = 0; i < 5; i++) {
        double rate = acr_snapshot_point(&snapshot, i, ACR_SERIES_REQUEST_RATE);

        assert_true(isnan(rates[i]) ? isnan(rate) : fabs(rate - rates[i]) < 0.001);
        assert_true(isnan(acr_snapshot_point(&snapshot, i, ACR_SERIES_USERS)));
        assert_true(isnan(acr_snapshot_point(&snapshot, i, ACR_SERIES_CPU_PERCENT)));
    }
    /* The last one lasts three quarters of a second. */
    assert_true(fabs(acr_snapshot_point(&snapshot, 5, ACR_SERIES_REQUEST_RATE) * 0.75 - 4) < 0.001);
    assert_true(acr_snapshot_point(&snapshot, 0, ACR_SERIES_P95_MS) > 0.9);
    acri_stats_free(s);
    acri_merge_reports_done(&l);
}

static void without_a_time_it_is_that_of_the_one_before(void **state)
{
    struct acri_merge_reports l = { 0 };

    (void)state;
    report(&l, 2, 1);
    report(&l, 1, 0); /* only begun */
    acri_merge_reports_add(&l, &(struct acri_merge_report){ .worker = 1 });
    assert_int_equal(l.all[0].at_ns, 2 * SECOND_NS);
    assert_int_equal(l.all[1].at_ns, 2 * SECOND_NS);
    assert_int_equal(l.all[2].at_ns, 0);
    acri_merge_reports_sort(&l);
    assert_int_equal(l.all[0].worker, 1);
    acri_merge_reports_done(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_second_has_what_was_answered_in_it),
        cmocka_unit_test(without_a_time_it_is_that_of_the_one_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
