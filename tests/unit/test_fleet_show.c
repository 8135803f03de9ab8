/* SPDX-License-Identifier: MIT */
/* What a master shows of its workers: sums of each, statistics by label, states. */
#include "support/unit.h"

#include "app/fleet.h"
#include "base/pack.h"
#include "engine/cluster_report.h"
#include "engine/users.h"
#include "golden/sample.h"
#include "stats/delta.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST = 64 };

static struct acri_fleet fleet;
static struct acri_fleet_worker workers[MOST];
static struct acri_plan plan;
static struct acri_stats *whole;
static struct acri_run_common common = { .plan = &plan };
static const struct acri_run_info run = {
    .state = "running", .n_users = 99, .target_users = 100, .elapsed_s = 3
};

static int set_up(void **state)
{
    (void)state;
    acri_clock_fake(SAMPLE_START_NS);
    memset(workers, 0, sizeof(workers));
    whole = acri_stats_new(SAMPLE_START_NS, SAMPLE_REAL_NS);
    fleet = (struct acri_fleet){ .workers = workers,
                                 .crew = { .run = &common },
                                 .run_id = 7,
                                 .epoch = 1,
                                 .started_ns = SAMPLE_START_NS };
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_fleet_show_done(&fleet);
    acri_stats_free(whole);
    acri_clock_fake(0);
    return 0;
}

static struct acri_fleet_worker *join(const char *name, const char *labels)
{
    struct acri_fleet_worker *w = &workers[fleet.n_workers++];

    snprintf(w->info.name, sizeof(w->info.name), "%s", name);
    snprintf(w->info.labels, sizeof(w->info.labels), "%s", labels);
    w->is_known = w->is_here = w->has_config = true;
    w->observed.run_id = fleet.run_id;
    w->observed.state = ACRI_WORKER_RUNNING;
    acri_fleet_show_joined(&fleet, w);
    return w;
}

static void on_part(void *arg, const void *bytes, size_t n)
{
    struct acri_fleet_worker *w = arg;
    struct acri_buf b;

    acri_buf_init(&b, 1u << 20);
    acri_pack_u64(&b, 1); /* statistics: see cluster_report.c */
    acri_buf_append(&b, bytes, n);
    assert_int_equal(acri_cluster_report_take_with(&plan, whole, w->sum, NULL, w->info.name,
                                                   fleet.started_ns, b.data, b.length),
                     0);
    acri_fleet_show_report(&fleet, w, b.data, b.length);
    acri_buf_done(&b);
}

/* The sample's requests are reported by a worker. */
static void report(struct acri_fleet_worker *w, const struct sample *x)
{
    acri_delta_encode(x->stats, fleet.started_ns, 1u << 20, on_part, w);
}

static const struct acr_snapshot *show(void)
{
    static struct acr_snapshot s;
    struct acri_run_info info = run;

    info.nodes = acri_fleet_show(&fleet, &run, SAMPLE_START_NS + 2 * ACRI_NS_PER_S);
    s = (struct acr_snapshot){ .info = info };
    return &s;
}

static void a_worker_has_the_sum_of_its_reports(void **state)
{
    struct sample x;
    const struct acr_entry *total;
    const struct acr_entry *wanted;

    (void)state;
    sample_make(&x, 12, true);
    wanted = acr_snapshot_total(&x.snapshot);
    report(join("a", ""), &x);
    report(&workers[0], &x);
    report(join("b", ""), &x);
    total = acr_worker_total(acr_snapshot_worker(show(), 0));
    for (uint32_t i = ACR_REQUESTS; i <= ACR_BYTES; i++)
        assert_int_equal(acr_entry_count(total, i), 2 * acr_entry_count(wanted, i));
    total = acr_worker_total(acr_snapshot_worker(show(), 1));
    for (double q = 0; q <= 1; q += 0.125)
        assert_true(acr_entry_quantile_ms(total, ACR_RESPONSE_TIME, ACR_TOTAL, q) ==
                    acr_entry_quantile_ms(wanted, ACR_RESPONSE_TIME, ACR_TOTAL, q));
    assert_int_equal(acr_entry_count(whole->total, ACR_REQUESTS),
                     3 * acr_entry_count(wanted, ACR_REQUESTS));
    assert_int_equal(acr_snapshot_n_labels(show()), 0);
    sample_done(&x);
}

static void what_is_no_report_changes_nothing(void **state)
{
    struct acri_fleet_worker *w = join("a", "region=eu");

    (void)state;
    acri_fleet_show_report(&fleet, w, "\001\377\377", 3);
    acri_fleet_show_report(&fleet, w, "\001", 1);
    acri_fleet_show_report(&fleet, w, "\011x", 2);
    acri_fleet_show_report(&fleet, w, "", 0);
    assert_int_equal(acr_snapshot_n_entries(acr_snapshot_of_label(show(), 0)), 0);
}

static void labels_have_all_that_their_workers_report(void **state)
{
    struct sample x;
    const struct acr_snapshot *s;

    (void)state;
    sample_make(&x, 12, true);
    report(join("a", "region=eu  zone=z"), &x);
    report(join("b", " region=us\tzone=z "), &x);
    report(join("c", ""), &x);
    workers[0].observed.n_users = 5;
    workers[1].observed.n_users = 6;
    workers[1].desired.n_types = 1;
    workers[1].desired.users[0] = 8;
    s = show();
    assert_int_equal(acr_snapshot_n_labels(s), 3);
    assert_string_equal(acr_snapshot_label(s, 0), "region=eu");
    assert_string_equal(acr_snapshot_label(s, 1), "zone=z");
    assert_string_equal(acr_snapshot_label(s, 2), "region=us");
    for (size_t i = 0; i < 3; i++) {
        const struct acr_snapshot *label = acr_snapshot_of_label(s, i);
        uint64_t times = i == 1 ? 2 : 1;

        assert_int_equal(acr_snapshot_n_entries(label), acr_snapshot_n_entries(&x.snapshot));
        for (size_t k = 0; k < acr_snapshot_n_entries(label); k++)
            assert_int_equal(acr_entry_count(acr_snapshot_entry(label, k), ACR_REQUESTS),
                             times *
                                 acr_entry_count(acr_snapshot_entry(&x.snapshot, k), ACR_REQUESTS));
        assert_int_equal(acr_failure_count(acr_snapshot_failure(label, 0)),
                         times * acr_failure_count(acr_snapshot_failure(&x.snapshot, 0)));
        assert_int_equal(acr_snapshot_ledger(label, ACR_LEDGER_STARTED),
                         times * acr_snapshot_ledger(&x.snapshot, ACR_LEDGER_STARTED));
        assert_string_equal(acr_snapshot_state(label), "running");
    }
    assert_string_equal(acr_exception_nodes(acr_snapshot_exception(acr_snapshot_of_label(s, 1), 0)),
                        "a, b");
    assert_int_equal(acr_snapshot_users(acr_snapshot_of_label(s, 1)), 11);
    assert_int_equal(acr_snapshot_users(acr_snapshot_of_label(s, 2)), 6);
    assert_int_equal(acr_snapshot_target_users(acr_snapshot_of_label(s, 2)), 8);
    sample_done(&x);
}

static void of_many_labels_the_others_are_together(void **state)
{
    struct sample x;
    const struct acr_snapshot *s;
    char label[64];

    (void)state;
    sample_make(&x, 1, false);
    for (unsigned i = 0; i < ACRI_FLEET_LABELS; i++) {
        snprintf(label, sizeof(label), "n=%u", i);
        join("w", label);
    }
    assert_int_equal(acr_snapshot_n_labels(show()), ACRI_FLEET_LABELS);
    /* Two of the others at one worker count once. */
    report(join("w", "x=1 n=3 x=2"), &x);
    report(join("w", "x=3"), &x);
    s = show();
    assert_int_equal(acr_snapshot_n_labels(s), ACRI_FLEET_LABELS + 1);
    assert_string_equal(acr_snapshot_label(s, ACRI_FLEET_LABELS), "(other labels)");
    assert_int_equal(
        acr_entry_count(acr_snapshot_total(acr_snapshot_of_label(s, ACRI_FLEET_LABELS)), 0),
        2 * acr_entry_count(acr_snapshot_total(&x.snapshot), ACR_REQUESTS));
    assert_int_equal(acr_entry_count(acr_snapshot_total(acr_snapshot_of_label(s, 3)), 0),
                     acr_entry_count(acr_snapshot_total(&x.snapshot), ACR_REQUESTS));
    sample_done(&x);
}

static void a_reset_keeps_ledgers_and_a_new_run_does_not(void **state)
{
    const struct acri_ledger lost = { .lost = 1 };
    struct sample x;
    uint64_t n_started;

    (void)state;
    sample_make(&x, 12, false);
    n_started = acr_snapshot_ledger(&x.snapshot, ACR_LEDGER_STARTED);
    report(join("a", "region=eu"), &x);
    workers[0].most_users = 9;
    acri_fleet_show_reset(&fleet);
    acri_fleet_show_ledger(&fleet, &workers[0], &lost);
    assert_int_equal(acr_entry_count(acr_worker_total(acr_snapshot_worker(show(), 0)), 0), 0);
    assert_int_equal(acr_snapshot_ledger(acr_snapshot_of_label(show(), 0), ACR_LEDGER_STARTED),
                     n_started);
    assert_int_equal(acr_snapshot_ledger(acr_snapshot_of_label(show(), 0), ACR_LEDGER_LOST), 1);
    acri_fleet_show_begin(&fleet);
    assert_int_equal(acr_snapshot_ledger(acr_snapshot_of_label(show(), 0), ACR_LEDGER_STARTED), 0);
    assert_true(acr_worker_value(acr_snapshot_worker(show(), 0), ACR_WORKER_USERS_MAX) == 0);
    sample_done(&x);
}

static void states_say_who_is_there(void **state)
{
    struct acri_fleet_worker *w = join("a", "");

    (void)state;
    assert_string_equal(acri_fleet_show_state(&fleet, w), "running");
    w->observed.state = 77;
    assert_string_equal(acri_fleet_show_state(&fleet, w), "ready");
    w->observed.state = ACRI_WORKER_FAILED;
    assert_string_equal(acri_fleet_show_state(&fleet, w), "failed");
    w->observed.run_id = 6;
    assert_string_equal(acri_fleet_show_state(&fleet, w), "ready");
    w->is_here = false;
    assert_string_equal(acri_fleet_show_state(&fleet, w), "missing");
    w->has_left = true;
    assert_string_equal(acri_fleet_show_state(&fleet, w), "left");
}

static void who_is_not_known_yet_is_not_shown(void **state)
{
    (void)state;
    fleet.n_workers = 2;
    join("c", "");
    assert_int_equal(acr_snapshot_n_workers(show()), 1);
    assert_int_equal(acr_worker_number_of(acr_snapshot_worker(show(), 0)), 2);
}

static void who_was_gone_before_a_run_is_not_of_it(void **state)
{
    struct acri_fleet_worker *gone;

    (void)state;
    join("a", "");
    gone = join("b", "");
    gone->reported.started = 5;
    gone->is_here = false;
    assert_int_equal(acr_snapshot_n_workers(show()), 2);
    gone->has_config = false; /* another run begins */
    assert_int_equal(acr_snapshot_n_workers(show()), 1);
    gone->is_here = true; /* it returns, and is not told of it */
    assert_int_equal(acr_snapshot_n_workers(show()), 2);
    assert_int_equal(acr_worker_ledger(acr_snapshot_worker(show(), 1), ACR_LEDGER_STARTED), 0);
    gone->is_here = false;
    fleet.run_id = 0; /* before the first */
    assert_int_equal(acr_snapshot_n_workers(show()), 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_worker_has_the_sum_of_its_reports),
        TEST(what_is_no_report_changes_nothing),
        TEST(labels_have_all_that_their_workers_report),
        TEST(of_many_labels_the_others_are_together),
        TEST(a_reset_keeps_ledgers_and_a_new_run_does_not),
        TEST(states_say_who_is_there),
        TEST(who_is_not_known_yet_is_not_shown),
        TEST(who_was_gone_before_a_run_is_not_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
