/* SPDX-License-Identifier: MIT */
/* Which worker is named as the one that holds up the others. */
#include "support/unit.h"

#include "app/bottleneck.h"
#include "base/log.h"
#include "stats/nodes.h"

#include <stdio.h>
#include <string.h>

enum { WORKERS = 4 };

static struct acr_worker workers[WORKERS];
static struct acri_nodes nodes;
static struct acr_snapshot snapshot;
static struct acri_bottleneck b;
static char said[4096];
static unsigned n_said;

static void on_logged(void *arg, enum acri_log_level level, const char *source, const char *text)
{
    (void)arg;
    (void)source;
    assert_int_equal(level, ACRI_LOG_WARNING);
    snprintf(said, sizeof(said), "%s", text);
    n_said++;
}

static int set_up(void **state)
{
    static const char *const names[] = { "w0", "w1", "w2", "w3" };

    (void)state;
    memset(workers, 0, sizeof(workers));
    for (uint32_t i = 0; i < WORKERS; i++) {
        workers[i] = (struct acr_worker){ .name = names[i], .state = "running", .index = i };
        workers[i].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 2;
    }
    nodes = (struct acri_nodes){ .workers = workers, .n_workers = WORKERS };
    snapshot.info.nodes = &nodes;
    n_said = 0;
    acri_log_copy_to(on_logged, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_log_copy_to(NULL, NULL);
    acri_bottleneck_done(&b);
    return 0;
}

static void steps(unsigned n)
{
    while (n-- > 0)
        acri_bottleneck_step(&b, &snapshot);
}

static void assert_said(unsigned n, const char *text)
{
    assert_int_equal(n_said, n);
    if (strstr(said, text) == NULL)
        fail_msg("'%s' is not in '%s'", text, said);
}

static void as_long_as_all_are_alike_nobody_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 500;
        workers[i].numbers[ACR_WORKER_LOOP_PERCENT] = 90;
    }
    steps(10);
    assert_int_equal(n_said, 0);
}

static void who_is_out_of_cpu_for_some_time_is_named_once(void **state)
{
    (void)state;
    workers[2].numbers[ACR_WORKER_LOOP_PERCENT] = 97.4;
    steps(2);
    workers[2].numbers[ACR_WORKER_LOOP_PERCENT] = 40;
    steps(1);
    workers[2].numbers[ACR_WORKER_LOOP_PERCENT] = 97.4;
    steps(2);
    assert_int_equal(n_said, 0);
    steps(10);
    assert_said(1, "worker w2 is a bottleneck: its busiest thread uses 97 % of a CPU");
}

static void who_is_much_later_than_the_others_is_named_once(void **state)
{
    (void)state;
    workers[1].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 20;
    steps(5);
    assert_int_equal(n_said, 0);
    workers[1].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 21;
    steps(5);
    assert_said(1, "worker w1 is a bottleneck: 1 % of its requests of the last 10 s were sent 21 "
                   "ms late or more, "
                   "2.0 ms at the others");
}

static void little_lateness_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORKERS; i++)
        workers[i].numbers[ACR_WORKER_LATENESS_RECENT_MS] = i == 3 ? 10 : 0;
    steps(5);
    assert_int_equal(n_said, 0);
}

static void of_two_the_other_one_counts(void **state)
{
    (void)state;
    nodes.n_workers = 2;
    workers[0].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 300;
    steps(5);
    assert_said(1, "worker w0 is a bottleneck");
}

static void one_alone_has_nobody_to_be_compared_with(void **state)
{
    (void)state;
    nodes.n_workers = 1;
    workers[0].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 300;
    steps(5);
    assert_int_equal(n_said, 0);
}

static void who_does_not_run_is_left_out(void **state)
{
    (void)state;
    workers[0].state = "missing";
    workers[0].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 3000;
    workers[0].numbers[ACR_WORKER_LOOP_PERCENT] = 100;
    steps(5);
    assert_int_equal(n_said, 0);
}

static void workers_that_come_later_are_looked_at_too(void **state)
{
    (void)state;
    nodes.n_workers = 2;
    steps(1);
    nodes.n_workers = WORKERS;
    workers[3].index = 40;
    workers[3].numbers[ACR_WORKER_LATENESS_RECENT_MS] = 100;
    steps(2);
    assert_said(1, "worker w3 is a bottleneck");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(as_long_as_all_are_alike_nobody_is_named),
        TEST(who_is_out_of_cpu_for_some_time_is_named_once),
        TEST(who_is_much_later_than_the_others_is_named_once),
        TEST(little_lateness_does_not_matter),
        TEST(of_two_the_other_one_counts),
        TEST(one_alone_has_nobody_to_be_compared_with),
        TEST(who_does_not_run_is_left_out),
        TEST(workers_that_come_later_are_looked_at_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
