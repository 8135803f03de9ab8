/* SPDX-License-Identifier: MIT */
/* When masters and workers take one another for lost, and what their clocks agree on. */
#include "support/cluster.h"

#define NEAR(a, b, most) ((a) < (b) ? (b) - (a) <= (most) : (a) - (b) <= (most))

static struct cluster_worker *one_worker(uint64_t seed)
{
    struct cluster_worker *w;

    cluster_begin(seed);
    master_start();
    w = worker_add(0);
    cluster_run(2 * SECOND);
    assert_int_equal(w->n_joined, 1);
    return w;
}

static void cut_off_for_5_s_a_worker_is_lost_after_3_and_returns(void **state)
{
    struct cluster_worker *w = one_worker(1);
    struct cluster_peer *p = peer_of_worker(w);
    uint64_t cut_ns = c.now_ns;

    (void)state;
    w->cut_until_ns = cut_ns + 5 * SECOND;
    cluster_run(20 * SECOND);
    assert_int_equal(p->n_lost, 1);
    /* Its last heartbeat is up to a second old, and workers are looked at four times a second. */
    assert_in_range(p->lost_at_ns, cut_ns + 2 * SECOND - 10 * MS, cut_ns + 3260 * MS);
    assert_int_equal(p->n_returned, 1);
    assert_in_range(p->returned_at_ns, cut_ns + 5 * SECOND, cut_ns + 6100 * MS);
    assert_int_equal(w->n_orphaned, 0);
    assert_int_equal(acri_master_session_n_here(c.master), 1);
    cluster_end();
}

static void cut_off_for_60_s_a_worker_is_orphaned_after_30_and_told_again(void **state)
{
    struct cluster_worker *w = one_worker(2);
    struct cluster_peer *p = peer_of_worker(w);
    uint64_t cut_ns;

    (void)state;
    master_want(p, 5);
    cluster_run(SECOND);
    assert_int_equal(w->n_desired, 1);
    cut_ns = c.now_ns;
    w->cut_until_ns = cut_ns + 60 * SECOND;
    cluster_run(59 * SECOND);
    assert_int_equal(w->n_orphaned, 1);
    assert_in_range(w->orphaned_at_ns, cut_ns + 29 * SECOND - 10 * MS,
                    cut_ns + 30 * SECOND + 60 * MS);
    assert_in_range(w->n_redials, 9, 19);
    cluster_run(10 * SECOND);
    assert_int_equal(p->n_lost, 1);
    assert_int_equal(p->n_returned, 1);
    assert_in_range(p->returned_at_ns, cut_ns + 60 * SECOND, cut_ns + 62 * SECOND);
    assert_int_equal(w->n_joined, 2);
    assert_int_equal(w->n_desired, 2);
    assert_int_equal(w->desired.iterations, 5);
    assert_int_equal(w->n_gone, 0);
    cluster_end();
}

static void without_a_master_a_worker_says_so_after_ten_minutes_and_goes_on_trying(void **state)
{
    struct cluster_worker *w;
    uint64_t start_ns;

    (void)state;
    cluster_begin(3);
    start_ns = c.now_ns;
    w = worker_add(0);
    cluster_run(700 * SECOND);
    assert_int_equal(w->n_gone, 1);
    assert_true(NEAR(w->gone_at_ns, start_ns + 600 * SECOND, 60 * MS));
    /* It was never in a run. */
    assert_int_equal(w->n_orphaned, 0);
    master_start();
    start_ns = c.now_ns;
    cluster_run(10 * SECOND);
    assert_int_equal(w->n_joined, 1);
    assert_in_range(w->joined_at_ns, start_ns, start_ns + 2 * SECOND);
    master_kill();
    start_ns = c.now_ns;
    cluster_run(650 * SECOND);
    assert_int_equal(w->n_orphaned, 1);
    assert_int_equal(w->n_gone, 2);
    assert_in_range(w->gone_at_ns, start_ns + 598 * SECOND, start_ns + 600 * SECOND + 60 * MS);
    cluster_end();
}

static void a_master_that_was_held_up_blames_nobody(void **state)
{
    struct cluster_worker *w = one_worker(4), *dead = worker_add(1);
    struct cluster_peer *p = peer_of_worker(w), *q = peer_of_worker(dead);

    (void)state;
    cluster_run(2 * SECOND);
    c.is_master_stalled = true;
    dead->cut_until_ns = UINT64_MAX;
    cluster_run(4 * SECOND);
    c.is_master_stalled = false;
    cluster_run(SECOND);
    assert_int_equal(p->n_lost, 0);
    assert_int_equal(q->n_lost, 0);
    cluster_run(3 * SECOND);
    assert_int_equal(p->n_lost, 0);
    assert_int_equal(q->n_lost, 1);
    cluster_end();
}

static void a_worker_that_was_held_up_is_no_orphan(void **state)
{
    struct cluster_worker *w = one_worker(5);
    struct cluster_peer *p = peer_of_worker(w);

    (void)state;
    w->is_stalled = true;
    cluster_run(45 * SECOND);
    assert_int_equal(p->n_lost, 1);
    w->is_stalled = false;
    cluster_run(5 * SECOND);
    assert_int_equal(p->n_returned, 1);
    assert_int_equal(w->n_orphaned, 0);
    cluster_end();
}

static void a_start_is_at_the_same_moment_everywhere(void **state)
{
    struct acri_desired d = { .phase = ACRI_PHASE_RUN };
    uint64_t start_ns;

    (void)state;
    cluster_begin(6);
    c.most_delay_ns = 40 * MS;
    master_start();
    for (int i = 0; i < 20; i++)
        worker_add(i);
    cluster_run(20 * SECOND);
    start_ns = c.now_ns + 10 * SECOND;
    d.start_at_ns = start_ns + c.master_offset_ns;
    for (uint32_t i = 0; i < 20; i++)
        acri_master_session_want(c.master, master_now(), i, &d);
    cluster_run(3 * SECOND);
    for (int i = 0; i < 20; i++) {
        struct cluster_worker *w = &c.workers[i];
        struct acri_master_health health;
        uint64_t at_ns = w->desired.start_at_ns - w->offset_ns;

        assert_true(acri_master_session_health(c.master, master_now(), w->index, &health));
        assert_in_range((uint64_t)(health.round_trip_ms * 1000), 200, 80000);
        assert_true(NEAR(at_ns, start_ns, (uint64_t)(health.round_trip_ms * 5e5) + CLUSTER_TICK));
        /* Wall clocks are hours apart, and nothing but this shows it. */
        assert_true(
            NEAR((int64_t)(health.clock_offset_ms * 1e6), w->wall_skew_ns, (int64_t)(100 * MS)));
    }
    cluster_end();
}

static void whoever_leaves_waits_until_its_reports_are_on_disk(void **state)
{
    struct cluster_worker *w = one_worker(7);

    (void)state;
    c.durable_delay_ns = 0;
    c.is_master_stalled = true;
    worker_report(w, 100);
    acri_worker_session_leave(w->session, worker_now(w), "done");
    cluster_run(2 * SECOND);
    assert_false(acri_worker_session_has_left(w->session));
    c.is_master_stalled = false;
    cluster_run(2 * SECOND);
    assert_true(acri_worker_session_has_left(w->session));
    assert_int_equal(acri_worker_session_acknowledged(w->session), 1);
    assert_int_equal(peer_of_worker(w)->durable_seq, 1);
    assert_int_equal(acri_worker_session_step(w->session, worker_now(w)), UINT64_MAX);
    cluster_end();
}

static void the_twin_of_a_worker_joins_as_another(void **state)
{
    struct cluster_worker *w = one_worker(8), *twin;
    struct acri_worker_session_options o;

    (void)state;
    worker_options(1, &o);
    memcpy(o.uuid, w->first_uuid, sizeof(o.uuid));
    twin = worker_start(1, &o);
    for (int i = 0; i < 5; i++) {
        worker_report(twin, 100);
        worker_report(w, 100);
        worker_write(twin, 10);
    }
    worker_report(w, 100);
    cluster_run(5 * SECOND);
    assert_int_equal(twin->n_joined, 1);
    assert_int_not_equal(twin->index, w->index);
    assert_memory_not_equal(acri_worker_session_uuid(twin->session), w->first_uuid, 16);
    assert_memory_equal(acri_worker_session_uuid(w->session), w->first_uuid, 16);
    assert_int_equal(peer_of_worker(twin)->sum, twin->sum);
    assert_int_equal(peer_of_worker(w)->sum, w->sum);
    assert_int_equal(peer_of_worker(twin)->got_message, 5);
    /* Also while the first is silent: their reports have the same numbers and are not the same. */
    w->cut_until_ns = c.now_ns + 10 * SECOND;
    cluster_run(5 * SECOND);
    worker_options(2, &o);
    memcpy(o.uuid, w->first_uuid, sizeof(o.uuid));
    twin = worker_start(2, &o);
    worker_report(twin, 100);
    cluster_run(10 * SECOND);
    assert_int_equal(peer_of_worker(twin)->sum, twin->sum);
    assert_int_equal(peer_of_worker(w)->n_returned, 1);
    cluster_end();
}

/* Another process delivers what a worker that was killed had not: with what it kept. */
static struct cluster_worker *bury(struct cluster_worker *w, uint64_t first_seq)
{
    struct acri_worker_session_options o;
    struct cluster_worker *heir;
    uint64_t given = w->given;

    worker_options(w->id, &o);
    memcpy(o.uuid, w->first_uuid, sizeof(o.uuid));
    o.is_deceased = true;
    worker_end(w);
    heir = worker_start(w->id, &o);
    heir->given = first_seq - 1;
    while (heir->given < given)
        worker_report(heir, 100);
    heir->observed.tally.started = 77;
    acri_worker_session_observe(heir->session, worker_now(heir), &heir->observed);
    acri_worker_session_leave(heir->session, worker_now(heir), "killed");
    return heir;
}

static void what_a_killed_worker_left_is_counted_as_its_own(void **state)
{
    struct cluster_worker *w = one_worker(9), *heir;
    struct cluster_peer *p = peer_of_worker(w);
    uint64_t sum;

    (void)state;
    for (int i = 0; i < 5; i++)
        worker_report(w, 100);
    cluster_run(SECOND);
    assert_int_equal(acri_worker_session_acknowledged(w->session), 5);
    w->cut_until_ns = UINT64_MAX;
    for (int i = 0; i < 5; i++)
        worker_report(w, 100);
    sum = w->sum;
    heir = bury(w, 6);
    c.loss = 0.2;
    cluster_run(20 * SECOND);
    assert_true(acri_worker_session_has_left(heir->session));
    assert_int_equal(heir->index, p->index);
    assert_int_equal(p->sum, sum);
    assert_int_equal(p->n_joined, 1);
    assert_int_equal(p->n_lost, 1);
    assert_int_equal(p->n_returned, 0);
    assert_int_equal(p->n_deceased, 1);
    assert_int_equal(p->n_left, 0);
    assert_int_equal(p->observed.tally.started, 77);
    assert_int_equal(acri_master_session_n_here(c.master), 0);
    cluster_end();
}

static void a_master_without_its_journal_says_what_is_missing(void **state)
{
    struct cluster_worker *w = one_worker(10);
    struct cluster_peer *p = peer_of_worker(w);

    (void)state;
    for (int i = 0; i < 5; i++)
        worker_report(w, 100);
    cluster_run(SECOND);
    master_kill();
    memset(c.peers, 0, sizeof(c.peers));
    c.n_peers = 0;
    worker_report(w, 100);
    master_start();
    cluster_run(10 * SECOND);
    p = peer_of_worker(w);
    assert_int_equal(p->n_joined, 1);
    assert_int_equal(p->missing, 5);
    assert_int_equal(p->seq, 6);
    assert_int_equal(p->sum, cluster_value(0, 6));
    assert_int_equal(acri_worker_session_acknowledged(w->session), 6);
    cluster_end();
}

static void messages_have_limits(void **state)
{
    struct cluster_worker *w = one_worker(11);
    struct cluster_peer *p = peer_of_worker(w);
    char *large = calloc(1, ACRI_CLUSTER_MESSAGE_MAX + 1);
    int n = 0;

    (void)state;
    assert_int_equal(acri_worker_session_send(w->session, worker_now(w), "up", large,
                                              ACRI_CLUSTER_MESSAGE_MAX + 1),
                     -EMSGSIZE);
    assert_int_equal(acri_worker_session_send(w->session, worker_now(w), "", large, 1), -EINVAL);
    assert_int_equal(acri_master_session_send(c.master, master_now(), 1, "down", large, 1),
                     -ENOENT);
    w->cut_until_ns = UINT64_MAX;
    while (acri_worker_session_send(w->session, worker_now(w), "up", large, 10) == 0)
        n++;
    assert_int_equal(n, 1024);
    for (n = 0; acri_master_session_send(c.master, master_now(), UINT32_MAX, "down", large,
                                         ACRI_CLUSTER_MESSAGE_MAX) == 0;)
        n++;
    assert_int_equal(n, 2);
    cluster_run(5 * SECOND);
    assert_int_equal(acri_master_session_send(c.master, master_now(), p->index, "down", large, 1),
                     -ENOENT);
    assert_int_equal(acri_master_session_send(c.master, master_now(), UINT32_MAX, "down", large, 1),
                     0);
    free(large);
    cluster_end();
}

static void a_large_message_arrives(void **state)
{
    struct cluster_worker *w = one_worker(12);
    struct cluster_peer *p = peer_of_worker(w);
    size_t n = ACRI_CLUSTER_MESSAGE_MAX - sizeof(struct cluster_letter);

    (void)state;
    c.loss = 0.01;
    worker_write(w, n);
    master_write(p, n);
    master_write(p, 0);
    cluster_run(60 * SECOND);
    assert_int_equal(p->got_message, 1);
    assert_int_equal(w->got_message, 2);
    cluster_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_off_for_5_s_a_worker_is_lost_after_3_and_returns),
        cmocka_unit_test(cut_off_for_60_s_a_worker_is_orphaned_after_30_and_told_again),
        cmocka_unit_test(without_a_master_a_worker_says_so_after_ten_minutes_and_goes_on_trying),
        cmocka_unit_test(a_master_that_was_held_up_blames_nobody),
        cmocka_unit_test(a_worker_that_was_held_up_is_no_orphan),
        cmocka_unit_test(a_start_is_at_the_same_moment_everywhere),
        cmocka_unit_test(whoever_leaves_waits_until_its_reports_are_on_disk),
        cmocka_unit_test(the_twin_of_a_worker_joins_as_another),
        cmocka_unit_test(what_a_killed_worker_left_is_counted_as_its_own),
        cmocka_unit_test(a_master_without_its_journal_says_what_is_missing),
        cmocka_unit_test(messages_have_limits),
        cmocka_unit_test(a_large_message_arrives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
