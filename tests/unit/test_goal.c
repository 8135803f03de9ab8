/* SPDX-License-Identifier: MIT */
/* Goals over a run: values, windows, loads that are held. Sources and windows are tested here too.
 */
#include "support/unit.h"

#include "support/judged.h"

#include "stats/goal.h"
#include "stats/nodes.h"

static struct judged j;
static struct acr_goal goal;

static int set_up(void **state)
{
    (void)state;
    judged_begin(&j);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    judged_end(&j);
    return 0;
}

static void want(const char *text)
{
    struct acri_goal_spec spec;
    struct acri_error error = { "" };

    if (acri_goal_parse(text, &spec, &error) < 0)
        fail_msg("%s", error.text);
    acri_goal_init(&goal, &spec);
}

static void second(void)
{
    judged_second(&j);
    acri_goal_step(&goal, &j.x.snapshot, false);
}

/* The run is over, and this is what became of the goal. */
static void expect(uint32_t goal_state, const char *measured)
{
    j.x.snapshot.info.state = "stopped";
    acri_goal_step(&goal, &j.x.snapshot, true);
    if (goal.state != goal_state || strcmp(goal.measured, measured) != 0)
        fail_msg("'%s': state %u, measured '%s'; expected %u, '%s'", goal.spec.text, goal.state,
                 goal.measured, goal_state, measured);
    acri_goal_done(&goal);
    j.x.snapshot.info.state = "running";
}

/* Looked at once. */
static void expect_of(const char *text, uint32_t goal_state, const char *measured)
{
    want(text);
    expect(goal_state, measured);
}

static void columns_are_those_of_the_statistics(void **state)
{
    (void)state;
    sample_done(&j.x);
    sample_make(&j.x, 12, false);
    sample_add_metrics(&j.x);
    j.x.snapshot.info.state = "running";
    expect_of("requests == 276", ACR_GOAL_MET, "276");
    expect_of("failures < 6", ACR_GOAL_MISSED, "6");
    expect_of("POST /api/orders: fail_ratio <= 50%", ACR_GOAL_MET, "50 %");
    expect_of("job *: untimed == 12", ACR_GOAL_MET, "12");
    expect_of("/api/products: max < 5ms", ACR_GOAL_MET, "4 ms");
    expect_of("GET /api/products: min >= 0.2ms", ACR_GOAL_MET, "0.2 ms");
    expect_of("GET *: max < 5ms", ACR_GOAL_MISSED, "12.345 ms");
    expect_of("/api/products: cancelled == 1", ACR_GOAL_MET, "1");
    expect_of("lateness max < 25ms", ACR_GOAL_MISSED, "25 ms");
    expect_of("GET *: size == 1000", ACR_GOAL_MET, "1000 B");
    expect_of("attempts > 276", ACR_GOAL_MET, "277");
    expect_of("drop_ratio < 3%", ACR_GOAL_MET, "2.5 %");
    expect_of("users == 500", ACR_GOAL_MET, "500");
    expect_of("counter=orders: sum == 3000", ACR_GOAL_MET, "3000");
    expect_of("counter=orders: rate == 250", ACR_GOAL_MET, "250/s");
    expect_of("gauge=queue: min < 0", ACR_GOAL_MET, "-2.5");
    expect_of("gauge=queue: last < 0", ACR_GOAL_MET, "-2.5");
    expect_of("trend=balance: min < -699", ACR_GOAL_MET, "-699.5");
    expect_of("check=\"has a total\": ratio >= 99.9%", ACR_GOAL_MET, "99.9 %");
    expect_of("check=\"has a total\": failed < 1", ACR_GOAL_MISSED, "1");
    expect_of("tag=eu: fail_ratio < 5%", ACR_GOAL_MISSED, "10 %");
    expect_of("tag=eu: max < 10ms", ACR_GOAL_MISSED, "10 ms");
}

static void nothing_never_passes(void **state)
{
    (void)state;
    judged_second(&j);
    expect_of("requests == 0", ACR_GOAL_NOT_TESTED, "no requests");
    expect_of("fail_ratio < 1%", ACR_GOAL_NOT_TESTED, "no requests");
    expect_of("/x: rps < 5", ACR_GOAL_NOT_TESTED, "no requests");
    expect_of("users < 5", ACR_GOAL_NOT_TESTED, "no requests");
    expect_of("counter=x: sum < 5", ACR_GOAL_NOT_TESTED, "it was told no value");
    expect_of("tag=x: p95 < 5s", ACR_GOAL_NOT_TESTED, "no requests");
    want("p95 < 1s");
    acri_goal_step(&goal, &j.x.snapshot, false);
    assert_int_equal(goal.state, ACR_GOAL_WAITING);
    expect(ACR_GOAL_NOT_TESTED, "no requests");
}

static void the_worst_window_counts(void **state)
{
    (void)state;
    want("p99 < 100ms over 3s");
    for (unsigned i = 0; i < 10; i++) {
        judged_requests(&j, 100, "/a", i == 4 ? 250 : 10, 0, NULL);
        second();
        assert_int_equal(goal.state, i < 2   ? ACR_GOAL_WAITING
                                     : i < 4 ? ACR_GOAL_MET
                                             : ACR_GOAL_MISSED);
    }
    expect(ACR_GOAL_MISSED, "250.09 ms");
}

static void a_window_slides(void **state)
{
    (void)state;
    /* Of 1,190 requests 10 are slow: too few for the 99th percentile of the whole, but not for
     * that of each second that has two. */
    want("p99 < 100ms over 1s");
    for (unsigned i = 0; i < 10; i++) {
        judged_requests(&j, 118, "/a", 10, 0, NULL);
        judged_requests(&j, i % 2 == 0 ? 2 : 0, "/a", 251, 0, NULL);
        second();
    }
    expect(ACR_GOAL_MISSED, "251.13 ms");
    expect_of("p99 < 100ms", ACR_GOAL_MET, "10 ms");
}

static void rates_of_windows_are_the_lowest_for_more_than(void **state)
{
    (void)state;
    want("rps > 40 over 2s");
    for (unsigned i = 0; i < 8; i++) {
        judged_requests(&j, i == 5 ? 0 : 50, "/a", 10, 0, NULL);
        second();
    }
    expect(ACR_GOAL_MISSED, "25/s");
}

static void a_short_run_has_no_window(void **state)
{
    (void)state;
    want("p99 < 1s over 10s");
    judged_requests(&j, 100, "/a", 10, 0, NULL);
    second();
    assert_int_equal(goal.state, ACR_GOAL_WAITING);
    expect(ACR_GOAL_NOT_TESTED, "it was shorter than 10s");
}

static void long_windows_need_no_more_memory(void **state)
{
    (void)state;
    want("avg < 1s over 1h");
    for (unsigned i = 0; i < 2 * 3600; i++) {
        judged_requests(&j, 1, "/a", i < 3600 ? 10 : 20, 0, NULL);
        second();
    }
    assert_true(goal.window.n <= ACRI_GOAL_SLICES);
    expect(ACR_GOAL_MET, "19.975 ms");
}

/* So many seconds at so many requests each, which take so long. */
static void load(unsigned n_seconds, unsigned n, double took_ms)
{
    for (unsigned i = 0; i < n_seconds; i++) {
        judged_requests(&j, n, "/users", took_ms, 0, NULL);
        judged_requests(&j, 7, "/other", 3000, 0, NULL);
        second();
    }
}

static void a_goal_at_a_load_is_about_that_time_alone(void **state)
{
    (void)state;
    want("GET /users: max < 20ms at 100 rps for 20s");
    load(10, 30, 500);
    load(30, 105, 10);
    load(10, 400, 500);
    expect(ACR_GOAL_MET, "9.9942 ms");
    want("GET /users: max < 20ms at 100 rps for 20s");
    load(15, 100, 10);
    load(10, 100, 30);
    expect(ACR_GOAL_MISSED, "29.95 ms");
}

static void a_load_that_was_not_held_is_not_tested(void **state)
{
    (void)state;
    want("GET /users: max < 20ms at 100 rps for 20s");
    load(12, 100, 10);
    load(4, 20, 10);
    load(12, 100, 10);
    assert_int_equal(goal.state, ACR_GOAL_WAITING);
    expect(ACR_GOAL_NOT_TESTED, "100/s held for 13s at most, not for 20s");
}

static void a_load_as_long_as_the_run_is_held(void **state)
{
    (void)state;
    want("/users: p50 < 20ms over 5s at 100 rps for 30s");
    load(30, 100, 10);
    expect(ACR_GOAL_MET, "9.9942 ms");
}

static void a_reset_begins_again(void **state)
{
    (void)state;
    want("max < 20ms over 2s");
    judged_requests(&j, 100, "/a", 500, 0, NULL);
    second();
    second();
    assert_int_equal(goal.state, ACR_GOAL_MISSED);
    acri_stats_reset(j.x.stats, j.now_ns, SAMPLE_REAL_NS);
    for (unsigned i = 0; i < 3; i++) {
        judged_requests(&j, 100, "/a", 10, 0, NULL);
        second();
    }
    expect(ACR_GOAL_MET, "9.9942 ms");
}

/* The counts of the load are of the whole run; goals are not. */
static void arrivals_before_a_reset_do_not_count(void **state)
{
    uint64_t *n = j.x.snapshot.info.load;

    (void)state;
    want("drop_ratio < 1%");
    n[ACR_LOAD_ARRIVALS] = 1000;
    n[ACR_LOAD_DROPPED] = 500;
    judged_requests(&j, 100, "/a", 10, 0, NULL);
    second();
    assert_int_equal(goal.state, ACR_GOAL_MISSED);
    acri_stats_reset(j.x.stats, j.now_ns, SAMPLE_REAL_NS);
    n[ACR_LOAD_ARRIVALS] = 2000;
    n[ACR_LOAD_DROPPED] = 505;
    judged_requests(&j, 100, "/a", 10, 0, NULL);
    second();
    expect(ACR_GOAL_MET, "0.5 %");
    n[ACR_LOAD_ARRIVALS] = n[ACR_LOAD_DROPPED] = 0;
}

/* A master has the requests of the second second in the third. */
static void a_master_hears_a_second_later(void **state)
{
    static const struct acri_nodes nodes = { .n_workers = 0 };

    (void)state;
    for (unsigned k = 0; k < 2; k++) {
        tear_down(NULL);
        set_up(NULL);
        j.x.snapshot.info.nodes = k == 0 ? &nodes : NULL;
        want("rps > 45 over 2s");
        for (unsigned i = 0; i < 6; i++) {
            judged_requests(&j, i != 1 ? 50 : 0, "/a", 10, 0, NULL);
            second();
        }
        expect(k == 0 ? ACR_GOAL_MET : ACR_GOAL_MISSED, k == 0 ? "50/s" : "25/s");
    }
}

static void a_gauge_without_a_value_is_not_zero(void **state)
{
    (void)state;
    want("gauge=depth: last > 5 over 2s");
    second();
    second();
    acri_metrics_add(&j.x.stats->metrics, ACR_METRIC_GAUGE, "depth", 7, j.now_ns);
    second();
    second();
    second();
    expect(ACR_GOAL_MET, "7");
}

static void what_may_still_come_is_not_lost(void **state)
{
    (void)state;
    judged_requests(&j, 10, "/a", 10, 0, "bad");
    judged_second(&j);
    static const struct {
        const char *text;
        bool is_lost;
    } cases[] = { { "requests > 100", false }, { "requests == 100", false },
                  { "requests == 5", true },   { "requests < 5", true },
                  { "max < 5ms", true },       { "failures <= 9", true },
                  { "rps > 1000", true },      { "requests > 5", false } };

    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        want(cases[i].text);
        acri_goal_step(&goal, &j.x.snapshot, false);
        if (acri_goal_is_lost(&goal) != cases[i].is_lost)
            fail_msg("%s", cases[i].text);
        acri_goal_done(&goal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_are_those_of_the_statistics, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_never_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_worst_window_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_window_slides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rates_of_windows_are_the_lowest_for_more_than, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_short_run_has_no_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_windows_need_no_more_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_goal_at_a_load_is_about_that_time_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_load_that_was_not_held_is_not_tested, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_load_as_long_as_the_run_is_held, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reset_begins_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arrivals_before_a_reset_do_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_master_hears_a_second_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_gauge_without_a_value_is_not_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_may_still_come_is_not_lost, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
