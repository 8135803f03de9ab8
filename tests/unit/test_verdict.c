/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "support/judged.h"

#include "stats/nodes.h"

static struct judged j;
static struct acri_verdict *v;

static const struct acri_verdict_limits limits = { .late_share = 0.01,
                                                   .late_ms = 10,
                                                   .wait_share = 0.1,
                                                   .busy_share = 0.1,
                                                   .busy_limit = 0.9,
                                                   .lost_share = 0.001 };

static void begin_with(const char *goal, bool is_abort, bool do_failures_fail)
{
    struct acri_goal_spec spec;
    struct acri_verdict_options o = { .goals = &spec,
                                      .n_goals = goal != NULL,
                                      .is_abort = is_abort,
                                      .grace_s = 3,
                                      .limits = limits,
                                      .do_failures_fail = do_failures_fail };

    judged_begin(&j);
    if (goal != NULL)
        assert_int_equal(acri_goal_parse(goal, &spec, NULL), 0);
    v = acri_verdict_new(&o);
}

static void end(void)
{
    acri_verdict_free(v);
    judged_end(&j);
}

/* So many seconds of 200 requests each. */
static void run(unsigned n_seconds)
{
    for (unsigned i = 0; i < n_seconds; i++) {
        judged_requests(&j, 200, "/a", 20, 0, NULL);
        judged_second(&j);
        acri_verdict_step(v, &j.x.snapshot, false);
    }
}

/* The end: the verdict, and that some reason has the text (NULL: there is none at all). */
static void expect(uint32_t verdict, const char *reason)
{
    const struct acr_snapshot *s = &j.x.snapshot;
    const char *found = acr_snapshot_reason(s, 0);

    acri_verdict_step(v, &j.x.snapshot, true);
    assert_int_equal(acr_snapshot_verdict(s), verdict);
    found = acr_snapshot_reason(s, 0);
    if (reason == NULL && found != NULL)
        fail_msg("%s", found);
    for (size_t i = 0; found != NULL && strstr(found, reason) == NULL; i++)
        found = acr_snapshot_reason(s, i);
    if (reason != NULL && found == NULL)
        fail_msg("no reason has '%s', but '%s'", reason, acr_snapshot_reason(s, 0));
    end();
}

static void a_good_run_passes(void **state)
{
    (void)state;
    assert_int_equal(acr_snapshot_verdict(NULL), ACR_VERDICT_NONE);
    begin_with("p95 < 1s", false, true);
    assert_int_equal(acr_snapshot_verdict(&j.x.snapshot), ACR_VERDICT_NONE);
    run(10);
    assert_int_equal(acr_snapshot_n_goals(&j.x.snapshot), 1);
    assert_string_equal(acr_goal_text(acr_snapshot_goal(&j.x.snapshot, 0)), "p95 < 1s");
    assert_string_equal(acr_goal_wanted(acr_snapshot_goal(&j.x.snapshot, 0)), "< 1000 ms");
    assert_int_equal(acr_goal_state(acr_snapshot_goal(&j.x.snapshot, 0)), ACR_GOAL_MET);
    assert_null(acr_snapshot_goal(&j.x.snapshot, 1));
    expect(ACR_VERDICT_PASS, NULL);
}

static void goals_and_failures_fail(void **state)
{
    (void)state;
    begin_with("p95 < 5ms", false, true);
    run(10);
    assert_true(acri_verdict_is_goal_missed(v));
    expect(ACR_VERDICT_FAIL, "p95 < 5ms: missed, measured 20 ms");
    begin_with("/b: p95 < 5ms", false, true);
    run(10);
    assert_false(acri_verdict_is_goal_missed(v));
    expect(ACR_VERDICT_FAIL, "/b: p95 < 5ms: not tested, no requests");
    begin_with(NULL, false, true);
    judged_requests(&j, 3, "/a", 20, 0, "HTTP 500");
    run(10);
    expect(ACR_VERDICT_FAIL, "3 requests failed");
    begin_with(NULL, false, false);
    judged_requests(&j, 3, "/a", 20, 0, "HTTP 500");
    run(10);
    expect(ACR_VERDICT_PASS, NULL);
}

static void late_requests_make_it_invalid(void **state)
{
    (void)state;
    begin_with("p95 < 5ms", false, true);
    judged_requests(&j, 30, "/a", 20, 40, NULL);
    run(10);
    expect(ACR_VERDICT_INVALID, "1.48 % of the requests were sent more than 10 ms late");
    begin_with(NULL, false, true);
    judged_requests(&j, 20, "/a", 20, 40, NULL);
    run(10);
    expect(ACR_VERDICT_PASS, NULL);
    /* A tenth of the response time is no harm. */
    begin_with(NULL, false, true);
    judged_requests(&j, 100, "/a", 1000, 40, NULL);
    run(10);
    expect(ACR_VERDICT_PASS, NULL);
}

static void few_requests_are_not_invalid_by_one_moment(void **state)
{
    (void)state;
    begin_with(NULL, false, true);
    judged_requests(&j, 30, "/a", 20, 40, NULL);
    run(3);
    expect(ACR_VERDICT_PASS, NULL);
    begin_with(NULL, false, true);
    for (unsigned i = 0; i < 3; i++) {
        judged_requests(&j, 10, "/a", 20, 40, NULL);
        run(1);
    }
    expect(ACR_VERDICT_INVALID, "sent more than 10 ms late");
}

static void a_lone_stall_is_told(void **state)
{
    struct acri_generator *g = &j.x.snapshot.info.generator;

    (void)state;
    begin_with(NULL, false, true);
    *g = (struct acri_generator){ .n_stalls = 1, .n_stalled = 9, .longest_stall_ms = 150 };
    run(5);
    expect(ACR_VERDICT_PASS, "1 time, at most for 150 ms, with 9 requests in flight (0.9 %");
    begin_with(NULL, false, true);
    *g = (struct acri_generator){ .n_stalls = 2, .n_stalled = 11, .longest_stall_ms = 150 };
    run(5);
    expect(ACR_VERDICT_INVALID, "2 times");
    begin_with(NULL, false, true);
    *g = (struct acri_generator){ .n_stalls = 2, .n_stalled = 11, .longest_stall_ms = 150 };
    run(1);
    expect(ACR_VERDICT_PASS, "2 times");
    /* A tenth of the response time is no harm. */
    for (unsigned i = 0; i < 2; i++) {
        begin_with(NULL, false, true);
        judged_requests(&j, 100, "/slow", 2000, 0, NULL);
        *g = (struct acri_generator){ .n_stalls = 2,
                                      .n_stalled = 90,
                                      .longest_stall_ms = i == 0 ? 150 : 250 };
        run(5);
        expect(i == 0 ? ACR_VERDICT_PASS : ACR_VERDICT_INVALID, "with 90 requests in flight");
    }
}

static void the_generators_cpu_makes_it_invalid(void **state)
{
    static const struct {
        struct acri_generator fared;
        uint32_t verdict;
        const char *reason;
    } cases[] = {
        { { .seconds = 9, .busy_share = 0.1, .wait_share = 0.1, .wait_ms = 2 },
          ACR_VERDICT_PASS,
          NULL },
        { { .seconds = 9, .busy_share = 0.11 },
          ACR_VERDICT_INVALID,
          "needed more than 90 % of its CPU for 11 % of the time" },
        { { .seconds = 9, .wait_share = 0.3 }, ACR_VERDICT_INVALID, "for a CPU 30 % of the time" },
        { { .seconds = 9, .wait_ms = 2.1 }, ACR_VERDICT_INVALID, "2.1 ms for its CPU each time" },
        { { .seconds = 4, .busy_share = 1, .wait_share = 1, .wait_ms = 9 },
          ACR_VERDICT_PASS,
          NULL },
    };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        begin_with(NULL, false, true);
        j.x.snapshot.info.generator = cases[i].fared;
        run(9);
        expect(cases[i].verdict, cases[i].reason);
    }
    /* The wait of a fast target's generator. */
    begin_with(NULL, false, true);
    judged_requests(&j, 100, "/a", 0.1, 0, NULL);
    judged_second(&j);
    j.x.snapshot.info.generator = (struct acri_generator){ .seconds = 9, .wait_ms = 0.04 };
    expect(ACR_VERDICT_PASS, NULL);
}

static void failures_of_the_generator_make_it_invalid(void **state)
{
    (void)state;
    begin_with(NULL, false, false);
    judged_requests(&j, 3, "/a", 20, 0, "connect: Cannot assign requested address");
    run(10);
    expect(ACR_VERDICT_INVALID, "3 requests failed because the generator had no local port");
    begin_with(NULL, false, false);
    judged_requests(&j, 2, "/a", 20, 0, "Too many open files");
    run(10);
    expect(ACR_VERDICT_PASS, NULL);
    begin_with(NULL, false, false);
    acri_block_lost(j.x.block, 9);
    run(10);
    expect(ACR_VERDICT_INVALID, "9 requests are lost");
}

static void missing_workers_make_it_invalid(void **state)
{
    const struct acr_worker workers[] = { { .state = "stopped" }, { .state = "missing" } };
    const struct acri_nodes nodes = { .workers = workers, .n_workers = 2 };

    (void)state;
    begin_with(NULL, false, true);
    j.x.snapshot.info.nodes = &nodes;
    run(2);
    expect(ACR_VERDICT_INVALID, "1 of 2 workers is missing");
}

static void what_could_not_end_is_invalid(void **state)
{
    (void)state;
    begin_with(NULL, false, true);
    run(2);
    acri_verdict_spoil(v, "a thread never ended");
    expect(ACR_VERDICT_INVALID, "a thread never ended");
}

static void dropped_arrivals_are_told(void **state)
{
    (void)state;
    begin_with(NULL, false, true);
    j.x.snapshot.info.load[ACR_LOAD_ARRIVALS] = 100;
    j.x.snapshot.info.load[ACR_LOAD_DROPPED] = 40;
    run(2);
    expect(ACR_VERDICT_PASS, "40 of 100 arrivals were dropped");
}

static void a_lost_goal_stops_the_run_after_its_grace(void **state)
{
    (void)state;
    begin_with("max < 5ms", true, true);
    run(2);
    assert_null(acri_verdict_lost_goal(v));
    run(1);
    assert_string_equal(acri_verdict_lost_goal(v)->spec.text, "max < 5ms");
    end();
    begin_with("max < 5ms abort", false, true);
    run(4);
    assert_non_null(acri_verdict_lost_goal(v));
    end();
    begin_with("max < 5ms", false, true);
    run(4);
    assert_null(acri_verdict_lost_goal(v));
    end();
}

static void a_reset_forgets_stalls(void **state)
{
    (void)state;
    begin_with(NULL, false, true);
    j.x.snapshot.info.generator =
        (struct acri_generator){ .n_stalls = 5, .n_stalled = 900, .longest_stall_ms = 150 };
    run(3);
    assert_int_equal(acri_verdict_state(v), ACR_VERDICT_INVALID);
    acri_stats_reset(j.x.stats, j.now_ns, SAMPLE_REAL_NS);
    run(6);
    expect(ACR_VERDICT_PASS, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_run_passes),
        cmocka_unit_test(goals_and_failures_fail),
        cmocka_unit_test(late_requests_make_it_invalid),
        cmocka_unit_test(few_requests_are_not_invalid_by_one_moment),
        cmocka_unit_test(a_lone_stall_is_told),
        cmocka_unit_test(the_generators_cpu_makes_it_invalid),
        cmocka_unit_test(failures_of_the_generator_make_it_invalid),
        cmocka_unit_test(missing_workers_make_it_invalid),
        cmocka_unit_test(what_could_not_end_is_invalid),
        cmocka_unit_test(dropped_arrivals_are_told),
        cmocka_unit_test(a_lost_goal_stops_the_run_after_its_grace),
        cmocka_unit_test(a_reset_forgets_stalls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
