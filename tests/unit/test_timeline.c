/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "engine/timeline.h"
#include "stats/history.h"
#include "stats/nodes.h"

#include <math.h>

#define SECOND ACRI_NS_PER_S

static void a_tick_tells_of_itself_alone(void **state)
{
    uint64_t cpu_ns[2] = { SECOND / 2, SECOND / 4 };
    struct acri_timeline_grown grown = { .open_ns = 8 * SECOND,
                                         .over_ns = 2 * SECOND,
                                         .loop_cpu_ns = cpu_ns };
    const struct acri_run_info info = { .state = "running", .n_users = 7, .target_users = 9 };
    struct acri_stats *stats = acri_stats_new(SECOND, 0);
    struct acri_timeline t = { .n_loops = 0 };
    struct acr_snapshot s;

    (void)state;
    acri_snapshot_init(&s, stats, &info);
    acri_timeline_begin(&t, 2, SECOND);
    acri_timeline_begin(&t, 2, SECOND); /* of a second run */
    acri_history_begin(stats, SECOND, SECOND);
    acri_timeline_step(&t, stats, &s, 2 * SECOND, &grown);
    assert_int_equal(acr_snapshot_n_points(&s), 1);
    assert_true(acr_snapshot_point(&s, 0, ACR_SERIES_USERS) == 7);
    assert_true(acr_snapshot_point(&s, 0, ACR_SERIES_TARGET_USERS) == 9);
    assert_true(acr_snapshot_point(&s, 0, ACR_SERIES_OPEN_REQUESTS) == 8);
    assert_true(acr_snapshot_point(&s, 0, ACR_SERIES_CPU_PERCENT) == 50);
    grown.open_ns += 2 * SECOND;
    grown.over_ns += 2 * SECOND;
    cpu_ns[1] += 2 * SECOND; /* of two ticks: it was late */
    acri_timeline_step(&t, stats, &s, 3 * SECOND, &grown);
    assert_true(acr_snapshot_point(&s, 1, ACR_SERIES_OPEN_REQUESTS) == 2);
    assert_true(acr_snapshot_point(&s, 1, ACR_SERIES_CPU_PERCENT) == 100);
    /* After a reset. */
    grown.open_ns = 3 * SECOND;
    grown.over_ns = SECOND;
    acri_timeline_step(&t, stats, &s, 4 * SECOND, &grown);
    assert_true(acr_snapshot_point(&s, 2, ACR_SERIES_OPEN_REQUESTS) == 6);
    assert_true(acr_snapshot_point(&s, 2, ACR_SERIES_CPU_PERCENT) == 0);
    acri_timeline_step(&t, stats, &s, 4 * SECOND, &grown);
    assert_int_equal(acr_snapshot_n_points(&s), 3);
    acri_timeline_done(&t);
    acri_stats_free(stats);
}

static void a_master_asks_its_workers(void **state)
{
    const struct acr_worker workers[] = {
        { .state = "running", .numbers = { [ACR_WORKER_LOOP_PERCENT] = 30 } },
        { .state = "running", .numbers = { [ACR_WORKER_LOOP_PERCENT] = 70 } },
        { .state = "missing", .numbers = { [ACR_WORKER_LOOP_PERCENT] = 99 } },
    };
    const struct acri_nodes nodes = { .workers = workers, .n_workers = ACR_LEN(workers) };
    const struct acri_run_info info = { .state = "running", .nodes = &nodes };
    const struct acri_timeline_grown grown = { .open_ns = 0 };
    struct acri_stats *stats = acri_stats_new(SECOND, 0);
    struct acri_timeline t = { .n_loops = 0 };
    struct acr_snapshot s;

    (void)state;
    stats->ledger.started = 12;
    stats->ledger.succeeded = 8;
    acri_snapshot_init(&s, stats, &info);
    acri_timeline_begin(&t, 0, SECOND);
    acri_history_begin(stats, SECOND, SECOND);
    acri_timeline_step(&t, stats, &s, 2 * SECOND, &grown);
    assert_true(acr_snapshot_point(&s, 0, ACR_SERIES_OPEN_REQUESTS) == 4);
    assert_true(acr_snapshot_point(&s, 0, ACR_SERIES_CPU_PERCENT) == 70);
    acri_timeline_done(&t);
    acri_stats_free(stats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_tells_of_itself_alone),
        cmocka_unit_test(a_master_asks_its_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
