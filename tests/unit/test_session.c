/* SPDX-License-Identifier: MIT */
/* Masters and workers over a network that is as bad as it may be. */
#include "support/cluster.h"

enum { STRIDE = UNIT_UNDER_SANITIZER ? 3 : 1 }; /* between two seeds */

static void a_worker_joins_is_told_reports_writes_and_leaves(void **state)
{
    struct cluster_worker *w;
    struct cluster_peer *p;

    (void)state;
    cluster_begin(1);
    master_start();
    w = worker_add(0);
    cluster_run(SECOND);
    p = peer_of_worker(w);
    assert_int_equal(w->n_joined, 1);
    assert_int_equal(p->n_joined, 1);
    assert_string_equal(p->info.name, "worker 0");
    master_want(p, 42);
    for (int i = 0; i < 10; i++)
        worker_report(w, 1000);
    worker_write(w, 300000);
    master_write(p, 3000000);
    w->observed.state = ACRI_WORKER_RUNNING;
    acri_worker_session_observe(w->session, worker_now(w), &w->observed);
    cluster_run(SECOND);
    assert_int_equal(w->desired.iterations, 42);
    assert_int_equal(w->desired.users[2], 42);
    assert_int_equal(w->n_desired, 1);
    assert_int_equal(p->observed.state, ACRI_WORKER_RUNNING);
    assert_int_equal(p->seq, 10);
    assert_int_equal(p->sum, w->sum);
    assert_int_equal(p->got_message, 1);
    assert_int_equal(w->got_message, 1);
    assert_int_equal(acri_worker_session_acknowledged(w->session), 10);
    assert_int_equal(acri_master_session_n_here(c.master), 1);
    acri_worker_session_leave(w->session, worker_now(w), "done");
    cluster_run(SECOND);
    assert_true(acri_worker_session_has_left(w->session));
    assert_int_equal(p->n_left, 1);
    assert_int_equal(p->n_lost, 0);
    assert_int_equal(acri_master_session_n_here(c.master), 0);
    assert_int_equal(acri_master_session_dropped(c.master), 0);
    cluster_end();
}

/* How bad a network and its hosts are. */
struct trouble {
    int n_workers;
    double loss;
    double repeats;
    double breaks_per_s; /* of each worker's connection */
    double busy;         /* of the time a link takes nothing */
    uint64_t cut_every_ns, cut_ns;
    uint64_t restart_every_ns;
    uint64_t durable_delay_ns;
    size_t most_message;
    uint64_t for_ns;
};

static void one_tick_of_trouble(const struct trouble *t)
{
    double tick = (double)CLUSTER_TICK / (double)SECOND;

    for (int i = 0; i < t->n_workers; i++) {
        struct cluster_worker *w = &c.workers[i];

        if (cluster_chance(t->breaks_per_s * tick))
            cluster_break(w);
        w->is_link_busy = cluster_chance(t->busy);
        if (t->cut_every_ns > 0 && cluster_chance((double)CLUSTER_TICK / (double)t->cut_every_ns))
            w->cut_until_ns = c.now_ns + t->cut_ns;
    }
    if (t->restart_every_ns > 0 &&
        cluster_chance((double)CLUSTER_TICK / (double)t->restart_every_ns)) {
        if (c.master != NULL)
            master_kill();
        else
            master_start();
    }
}

static void one_tick_of_work(const struct trouble *t)
{
    double tick = (double)CLUSTER_TICK / (double)SECOND;

    for (int i = 0; i < t->n_workers; i++) {
        struct cluster_worker *w = &c.workers[i];

        if (cluster_chance(2 * tick))
            worker_report(w, cluster_chance(0.02) ? ACRI_WORKER_REPORT_MAX : cluster_below(20000));
        if (cluster_chance(1 * tick))
            worker_write(w, cluster_below(cluster_chance(0.1) ? t->most_message : 300));
    }
    for (int i = 0; i < c.n_peers && c.master != NULL; i++) {
        struct cluster_peer *p = &c.peers[i];

        if (p->is_known && cluster_chance(1 * tick))
            master_write(p, cluster_below(cluster_chance(0.1) ? t->most_message : 300));
        if (p->is_known && cluster_chance(0.5 * tick))
            master_want(p, 1 + cluster_below(1000000));
    }
}

static void trouble_ends(const struct trouble *t)
{
    c.loss = 0;
    c.repeats = 0;
    if (c.master == NULL)
        master_start();
    for (int i = 0; i < t->n_workers; i++) {
        c.workers[i].is_link_busy = false;
        c.workers[i].cut_until_ns = 0;
    }
    cluster_run(30 * SECOND);
    for (int i = 0; i < c.n_peers; i++)
        if (c.peers[i].is_known)
            master_want(&c.peers[i], 2000000 + (uint64_t)i);
    cluster_run(20 * SECOND);
}

/* Whatever happened: each report counted once, each message there, the last state known. */
static void all_is_well(const struct trouble *t)
{
    for (int i = 0; i < t->n_workers; i++) {
        struct cluster_worker *w = &c.workers[i];
        struct cluster_peer *p = peer_of_worker(w);

        assert_memory_equal(p->uuid, w->first_uuid, 16);
        assert_int_equal(p->seq, w->given);
        assert_int_equal(p->sum, w->sum);
        assert_int_equal(p->missing, 0);
        assert_int_equal(acri_worker_session_acknowledged(w->session), w->given);
        assert_int_equal(w->desired.iterations, p->wanted);
        assert_int_equal(w->index, p->index);
        if (p->sent_messages > 0) {
            assert_int_equal(w->got_life, c.life);
            assert_int_equal(w->got_message, p->sent_messages);
        }
        if (p->got_message != UINT64_MAX)
            assert_int_equal(p->got_message, w->sent_messages);
        assert_int_equal(p->n_returned, t->restart_every_ns > 0 ? p->n_returned : p->n_lost);
        acri_worker_session_leave(w->session, worker_now(w), "done");
    }
    cluster_run(5 * SECOND);
    for (int i = 0; i < t->n_workers; i++) {
        assert_true(acri_worker_session_has_left(c.workers[i].session));
        assert_int_equal(peer_of_worker(&c.workers[i])->n_left, 1);
    }
    assert_int_equal(acri_master_session_n_here(c.master), 0);
}

static void go_through(const struct trouble *t, uint64_t seed)
{
    cluster_begin(seed);
    c.loss = t->loss;
    c.repeats = t->repeats;
    if (t->durable_delay_ns > 0)
        c.durable_delay_ns = t->durable_delay_ns;
    master_start();
    for (int i = 0; i < t->n_workers; i++)
        worker_add(i);
    for (uint64_t end_ns = c.now_ns + t->for_ns; c.now_ns < end_ns;) {
        one_tick_of_trouble(t);
        one_tick_of_work(t);
        cluster_tick();
    }
    trouble_ends(t);
    all_is_well(t);
    assert_true(t->loss == 0 || c.n_lost_frames > 0);
    assert_true(t->restart_every_ns == 0 || c.n_restarts > 0);
    cluster_end();
}

static void nothing_is_lost_or_counted_twice_when_frames_are_lost_and_repeated(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed += STRIDE)
        go_through(&(struct trouble){ .n_workers = 1 + (int)seed,
                                      .loss = 0.04 * (double)(seed - 1),
                                      .repeats = 0.1,
                                      .busy = 0.1,
                                      .most_message = 200000,
                                      .for_ns = 60 * SECOND },
                   seed);
}

static void connections_may_break_all_the_time(void **state)
{
    (void)state;
    for (uint64_t seed = 11; seed <= 16; seed += STRIDE)
        go_through(&(struct trouble){ .n_workers = 8,
                                      .loss = 0.02,
                                      .repeats = 0.02,
                                      .breaks_per_s = 0.7,
                                      .most_message = 100000,
                                      .for_ns = 60 * SECOND },
                   seed);
}

static void hosts_may_be_cut_off(void **state)
{
    (void)state;
    go_through(&(struct trouble){ .n_workers = 10,
                                  .loss = 0.01,
                                  .cut_every_ns = 20 * SECOND,
                                  .cut_ns = 5 * SECOND,
                                  .most_message = 100000,
                                  .for_ns = 120 * SECOND },
               21);
    go_through(&(struct trouble){ .n_workers = 10,
                                  .loss = 0.01,
                                  .cut_every_ns = 120 * SECOND,
                                  .cut_ns = 60 * SECOND,
                                  .most_message = 100000,
                                  .for_ns = 240 * SECOND },
               22);
}

static void the_master_may_be_killed_and_started_again(void **state)
{
    (void)state;
    for (uint64_t seed = 31; seed <= 36; seed += STRIDE)
        go_through(&(struct trouble){ .n_workers = 6,
                                      .loss = 0.05,
                                      .repeats = 0.05,
                                      .breaks_per_s = 0.2,
                                      .restart_every_ns = 5 * SECOND,
                                      .durable_delay_ns = seed % 2 == 0 ? 3 * SECOND : 0,
                                      .most_message = 100000,
                                      .for_ns = 90 * SECOND },
                   seed);
}

static void many_workers_in_all_kinds_of_trouble(void **state)
{
    (void)state;
    go_through(&(struct trouble){ .n_workers = 50,
                                  .loss = 0.1,
                                  .repeats = 0.05,
                                  .breaks_per_s = 0.3,
                                  .busy = 0.05,
                                  .cut_every_ns = 60 * SECOND,
                                  .cut_ns = 5 * SECOND,
                                  .restart_every_ns = 15 * SECOND,
                                  .durable_delay_ns = SECOND,
                                  .most_message = 50000,
                                  .for_ns = 60 * SECOND },
               41);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_joins_is_told_reports_writes_and_leaves),
        cmocka_unit_test(nothing_is_lost_or_counted_twice_when_frames_are_lost_and_repeated),
        cmocka_unit_test(connections_may_break_all_the_time),
        cmocka_unit_test(hosts_may_be_cut_off),
        cmocka_unit_test(the_master_may_be_killed_and_started_again),
        cmocka_unit_test(many_workers_in_all_kinds_of_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
