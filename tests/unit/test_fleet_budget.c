/* SPDX-License-Identifier: MIT */
/* --iterations over workers that come and go: just so many are dealt that can have been begun. */
#include "support/unit.h"

#include "support/port.h"

#include "app/fleet.h"
#include "app/fleet_budget.h"
#include "app/fleet_journal.h"
#include "app/options_parse.h"
#include "base/clock.h"
#include "engine/users.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST = 4, ALL = 1000 };

static struct acri_fleet f;
static struct acri_fleet_worker workers[MOST];
static struct acri_options *options;
static struct acri_plan plan;
static struct acri_run_common common = { .plan = &plan };
static uint32_t slots[MOST];
static uint64_t now_ns;

static int set_up(void **state)
{
    char *argv[] = { "acrida", "--iterations", "1000", NULL };
    const struct acri_master_options o = { .bind_host = "127.0.0.1",
                                           .bind_port = port_free(),
                                           .version = "1" };
    struct acri_error error = { "" };

    (void)state;
    options = acri_options_new();
    assert_int_equal(acri_options_parse(options, 3, argv, &error), 0);
    memset(workers, 0, sizeof(workers));
    f = (struct acri_fleet){ .workers = workers,
                             .n_workers = 2,
                             .slots = slots,
                             .options = options,
                             .crew = { .run = &common },
                             .run_id = 7,
                             .phase = ACRI_PHASE_RUN };
    assert_int_equal(acri_master_start(&o, &f.master, &error), 0);
    now_ns = acri_clock_now_ns();
    acri_clock_fake(now_ns);
    for (int i = 0; i < MOST; i++) {
        workers[i].is_here = workers[i].is_known = workers[i].has_config = true;
        workers[i].info.n_threads = 2;
        workers[i].observed = (struct acri_observed){ .run_id = 7, .state = ACRI_WORKER_RUNNING };
    }
    acri_fleet_budget_begin(&f);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_clock_fake(0);
    acri_master_stop(f.master);
    acri_options_free(options);
    return 0;
}

/* A worker has heard of all that it was given, has done so many and wants more. */
static void says(uint32_t worker, uint64_t done, uint64_t wanted)
{
    struct acri_observed *o = &workers[worker].observed;

    o->iterations_taken = workers[worker].iterations.given;
    o->iterations_done = o->tally.iterations = done;
    o->iterations_wanted = wanted;
    acri_fleet_budget_hear(&f, worker);
    acri_fleet_budget_step(&f);
}

static uint64_t given(uint32_t worker)
{
    return workers[worker].iterations.given - workers[worker].iterations.returned;
}

static void lose(uint32_t worker)
{
    workers[worker].is_here = false;
    workers[worker].iterations.lost_ns = now_ns;
}

static void all_are_dealt_in_ever_smaller_parts(void **state)
{
    uint64_t last = UINT64_MAX;
    int n = 0;

    (void)state;
    while (acri_fleet_budget_left(&f) > 0) {
        uint64_t before = given(n % 2);

        says(n % 2, before, 1);
        assert_true(given(n % 2) > before);
        assert_true(given(n % 2) - before <= last);
        last = given(n % 2) - before;
        n++;
    }
    assert_int_equal(given(0) + given(1), ALL);
    assert_true(n > 10 && n < 100);
    assert_false(acri_fleet_budget_is_done(&f));
    says(0, given(0), 0);
    assert_false(acri_fleet_budget_is_done(&f));
    says(1, given(1), 0);
    assert_true(acri_fleet_budget_is_done(&f));
}

static void who_waits_is_given_what_others_return(void **state)
{
    (void)state;
    says(0, 0, ALL);
    assert_int_equal(given(0), ALL);
    says(1, 0, 2);
    assert_int_equal(given(1), 0);
    assert_true(f.is_short);
    workers[0].observed.iterations_returned = 300;
    says(0, 500, 0);
    assert_int_equal(given(0), ALL - 300);
    assert_true(given(1) > 0);
    assert_false(f.is_short);
    /* Said again, it changes nothing. */
    says(0, 500, 0);
    assert_int_equal(given(0) + given(1) + acri_fleet_budget_left(&f), ALL);
}

static void what_a_dead_worker_had_not_begun_is_dealt_again(void **state)
{
    uint64_t n;

    (void)state;
    says(0, 0, 500);
    n = given(0);
    assert_int_equal(n, 500);
    says(0, 100, 0);
    lose(0);
    acri_fleet_budget_step(&f);
    assert_int_equal(acri_fleet_budget_left(&f), ALL - n);
    acri_fleet_budget_close(&f, 0, 123); /* its file says */
    assert_int_equal(acri_fleet_budget_left(&f), ALL - 123);
    says(1, 0, ALL);
    assert_int_equal(given(1), ALL - 123);
    says(1, ALL - 123, 0);
    assert_true(acri_fleet_budget_is_done(&f));
}

static void whose_end_nobody_tells_is_waited_for(void **state)
{
    (void)state;
    says(0, 0, ALL);
    says(0, 100, 0);
    says(1, 0, 1);
    lose(0);
    acri_clock_fake(now_ns + 35 * ACRI_NS_PER_S);
    acri_fleet_budget_step(&f);
    assert_int_equal(given(1), 0); /* it may still be at work */
    acri_clock_fake(now_ns + 45 * ACRI_NS_PER_S);
    acri_fleet_budget_step(&f);
    assert_true(given(1) > 0);
    assert_int_equal(acri_fleet_budget_left(&f) + given(1), ALL - 100);
    /* It is back after all, and had begun 20 more: these are begun twice, which is said. */
    workers[0].is_here = true;
    workers[0].observed.iterations_returned = ALL - 120;
    says(0, 120, 0);
    assert_int_equal(given(0), 120);
    assert_int_equal(acri_fleet_budget_left(&f) + given(0) + given(1), ALL);
}

/* The journal's last note was not on the disk yet. */
static void a_master_that_is_started_again_asks_before_it_deals(void **state)
{
    struct acri_fleet_past past = { .is_there = true };

    (void)state;
    f.past = &past;
    workers[0].iterations.given = 100;
    workers[1].observed.iterations_wanted = 1;
    acri_fleet_budget_hear(&f, 1);
    acri_fleet_budget_step(&f);
    assert_int_equal(given(1), 0);
    workers[0].observed.iterations_taken = 150;
    workers[0].observed.iterations_done = 20;
    acri_fleet_budget_hear(&f, 0);
    acri_fleet_budget_step(&f);
    assert_int_equal(given(0), 150);
    assert_true(given(1) > 0);
    assert_int_equal(acri_fleet_budget_left(&f), ALL - 150 - given(1));
}

static void sums_that_cannot_be_are_cut(void **state)
{
    struct acri_observed *o = &workers[0].observed;

    (void)state;
    o->iterations_taken = o->iterations_returned = o->iterations_done = UINT64_MAX;
    o->tally.iterations = UINT64_MAX;
    acri_fleet_budget_hear(&f, 0);
    acri_fleet_budget_step(&f);
    assert_true(given(0) <= ALL);
    acri_fleet_budget_close(&f, 0, UINT64_MAX);
    assert_int_equal(acri_fleet_budget_left(&f) + given(0), ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_are_dealt_in_ever_smaller_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_is_given_what_others_return, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_dead_worker_had_not_begun_is_dealt_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(whose_end_nobody_tells_is_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_master_that_is_started_again_asks_before_it_deals, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sums_that_cannot_be_are_cut, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
