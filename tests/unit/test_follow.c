/* SPDX-License-Identifier: MIT */
/* A worker's run with a master that is played here: what it is told it does, what it measures it
 * reports once. */
#include "support/unit.h"

#include "base/clock.h"
#include "engine/cluster_report.h"
#include "engine/lead.h"
#include "engine/runner.h"

#include <acrida/cluster.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { USERS = 30, ENOUGH = 600 };

#define ROWS "test_follow.csv"

/* The played master, and what it has seen. */
static struct {
    struct acri_lead lead;
    struct acri_stats *stats; /* of the first epoch, and of the second */
    struct acri_stats *later;
    void *states[1];
    const struct acri_plan *plan;
    struct acri_observed last;
    uint64_t n_reports;
    uint64_t n_stops_asked;
    uint64_t numbers[2 * USERS]; /* how often each user came */
    struct acr_feeder *feeder;   /* one row for each user; NULL = none */
    uint64_t n_rows;             /* of it */
    uint64_t rows_of[USERS];     /* how often each was somebody's */
    uint64_t n_without;          /* users */
    uint64_t n_dealt;            /* by the master */
    uint64_t n_claimed;          /* and not answered yet */
    uint64_t claimed;            /* the feeder */
    uint64_t start_ago_ns;       /* so long ago the run began; 0 = now */
    bool was_prepared;
    bool was_spawned_told;
    bool must_change_epoch;
    bool must_ask_stop;
    char hooks[256];
} seen;

struct counts {
    uint64_t n;
};

static uint32_t slot;

static void wake(void)
{
    const uint64_t one = 1;

    assert_int_equal(write(seen.lead.fd, &one, sizeof(one)), sizeof(one));
}

static void want(enum acri_phase phase, uint64_t n_users)
{
    struct acri_desired *d = &seen.lead.desired;

    d->generation++;
    d->phase = phase;
    d->n_types = 1;
    d->users[0] = n_users;
    d->users_all[0] = 2 * n_users;
    wake();
}

static void drain(void *arg)
{
    uint64_t n;

    (void)arg;
    assert_int_equal(read(seen.lead.fd, &n, sizeof(n)), sizeof(n));
    if (seen.n_claimed == 0)
        return;
    n = seen.n_rows - seen.n_dealt < seen.n_claimed ? seen.n_rows - seen.n_dealt : seen.n_claimed;
    seen.n_claimed = 0;
    seen.n_dealt += n;
    acri_runner_grant(seen.claimed, seen.n_dealt - n, seen.n_dealt);
}

static void claim(void *arg, uint64_t feeder, uint64_t n_wanted, uint64_t end, bool is_exact)
{
    (void)arg;
    assert_true(is_exact);
    assert_int_equal(end, seen.n_rows);
    assert_in_range(n_wanted, 1, USERS);
    assert_int_equal(seen.n_claimed, 0);
    seen.claimed = feeder;
    seen.n_claimed = n_wanted;
    wake();
}

/* Moves the run on by what the worker says. */
static void observe(void *arg, const struct acri_observed *o)
{
    struct acri_desired *d = &seen.lead.desired;

    (void)arg;
    seen.last = *o;
    if (o->state == ACRI_WORKER_PREPARED && d->phase == ACRI_PHASE_PREPARE) {
        seen.was_prepared = true;
        d->start_at_ns = seen.start_ago_ns > 0 ? acri_clock_now_ns() - seen.start_ago_ns : 0;
        want(ACRI_PHASE_RUN, USERS);
    } else if (o->n_users == USERS && !d->is_spawned) {
        d->is_spawned = true;
        want(ACRI_PHASE_RUN, USERS);
    } else if (o->tally.started >= ENOUGH / 2 && seen.must_change_epoch && d->epoch == 1) {
        d->epoch = 2;
        want(ACRI_PHASE_RUN, USERS);
    } else if (o->tally.started >= ENOUGH && d->phase == ACRI_PHASE_RUN && !seen.must_ask_stop &&
               (!seen.must_change_epoch || seen.later->ledger.started > 0)) {
        want(ACRI_PHASE_STOP, 0);
    }
}

static void report(void *arg, uint64_t epoch, const void *bytes, size_t n_bytes)
{
    (void)arg;
    seen.n_reports++;
    assert_in_range(n_bytes, 1, seen.lead.part_max);
    assert_int_equal(acri_cluster_report_take(seen.plan, epoch == 1 ? seen.stats : seen.later,
                                              seen.states, "w", 0, bytes, n_bytes),
                     0);
    for (size_t n = 0; n < 2; n++)
        assert_int_equal(acri_cluster_report_take(seen.plan, seen.stats, NULL, "w", 0, bytes, n),
                         -EBADMSG);
}

static void ask_stop(void *arg)
{
    (void)arg;
    seen.n_stops_asked++;
    want(ACRI_PHASE_STOP, 0);
}

static int send_message(void *arg, const char *type, const void *bytes, size_t n_bytes)
{
    (void)arg;
    assert_string_equal(type, "question");
    assert_int_equal(n_bytes, 4);
    assert_memory_equal(bytes, "text", 4);
    acri_runner_deliver(ACR_FROM_MASTER, "answer", "42", 2);
    return 0;
}

static struct acri_tally *live_tally(void *arg, uint32_t loop)
{
    static struct acri_tally tallies[4];

    (void)arg;
    assert_in_range(loop, 0, 3);
    return &tallies[loop];
}

/* --- the scenario -------------------------------------------------------------------------------
 */

static void note(const char *word)
{
    strncat(seen.hooks, word, sizeof(seen.hooks) - strlen(seen.hooks) - 1);
    strncat(seen.hooks, " ", sizeof(seen.hooks) - strlen(seen.hooks) - 1);
}

static int on_test_start(struct acr_user *u, const struct acr_test_event *e)
{
    note("test_start");
    assert_string_equal(e->role, "worker");
    assert_true(acr_is_worker());
    assert_false(acr_is_master());
    assert_int_equal(acr_worker_index(), 7);
    assert_string_equal(acr_shared(u, "key"), "the master's");
    assert_int_equal(acr_share(u, "key", "mine"), 0);
    assert_int_equal(acr_send_message(0, ".dot", "x"), -EINVAL);
    if (seen.n_rows > 0) {
        seen.feeder = acr_feeder_open(u, ROWS, ACR_FEED_UNIQUE);
        assert_non_null(seen.feeder);
        assert_null(acr_feed(u, seen.feeder)); /* a hook has none */
    }
    return acr_send_message(0, "question", "text");
}

static int on_spawned(struct acr_user *u, const struct acr_test_event *e)
{
    (void)u;
    note("spawning_complete");
    assert_int_equal(e->target_users, 2 * USERS);
    seen.was_spawned_told = true;
    return 0;
}

static int on_tick(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    (void)s;
    note("tick");
    return 0;
}

static int on_message(struct acr_user *u, const struct acr_message_event *e)
{
    (void)u;
    note(e->type);
    assert_string_equal(e->text, "42");
    assert_int_equal(e->from, ACR_FROM_MASTER);
    return 0;
}

static const struct acr_hooks hooks = { .test_start = on_test_start,
                                        .spawning_complete = on_spawned,
                                        .tick = on_tick,
                                        .message = on_message };

/* The same row each time, also when two of its coroutines ask at once. */
static int take_row(struct acr_user *u, void *arg)
{
    const struct acr_row *row = acr_feed(u, seen.feeder);
    uint64_t *ret_row = *(uint64_t **)arg;

    *ret_row = row != NULL ? acr_row_number(row) : UINT64_MAX;
    return 0;
}

static void take_rows(struct acr_user *u)
{
    uint64_t rows[2] = { 0 };
    uint64_t *first = &rows[0];
    struct acr_spawned *other = acr_spawn(u, take_row, &first, sizeof(first));

    take_row(u, &(uint64_t *){ &rows[1] });
    acr_join(u, other, 0);
    assert_int_equal(rows[0], rows[1]);
    take_row(u, &first);
    assert_int_equal(rows[0], rows[1]);
    __atomic_fetch_add(rows[0] != UINT64_MAX ? &seen.rows_of[rows[0]] : &seen.n_without, 1,
                       __ATOMIC_RELAXED);
}

static int on_start(struct acr_user *u)
{
    if (seen.feeder != NULL)
        take_rows(u);
    assert_string_equal(acr_shared(u, "key"), "the master's");
    assert_in_range(acr_number(u), 0, 2 * USERS - 1);
    __atomic_fetch_add(&seen.numbers[acr_number(u)], 1, __ATOMIC_RELAXED);
    return 0;
}

static int report_one(struct acr_user *u)
{
    struct counts *counts = acr_loop_state(u, slot);

    counts->n++;
    acr_report(u, .type = "JOB", .name = "job", .response_time_ms = 1);
    return seen.must_ask_stop ? ACR_STOP_TEST : 0;
}

static const struct acr_task tasks[] = { { .name = "report", .run = report_one } };

static void merge_counts(void *into, const void *from)
{
    ((struct counts *)into)->n += ((const struct counts *)from)->n;
}

static const struct acr_loop_state_type state_type = { .slot = &slot,
                                                       .size = sizeof(struct counts),
                                                       .merge = merge_counts };

static void play(void)
{
    const struct acr_user_type type = { .name = "jobber",
                                        .on_start = on_start,
                                        .wait = ACR_CONSTANT(0.01),
                                        .tasks = tasks,
                                        .n_tasks = 1 };
    const struct acr_plugin plugin = { .name = "test",
                                       .user_types = &type,
                                       .n_user_types = 1,
                                       .hooks = &hooks,
                                       .loop_state = &state_type };
    const struct acr_plugin *plugins[] = { &plugin };
    static const char *const shared[] = { "key", "the master's" };
    const struct acri_run_listener listener = { .arg = NULL };
    const struct acri_run_options options = { .host = "",
                                              .n_users = 1,
                                              .spawn_rate = 1,
                                              .stop_timeout_s = 1,
                                              .on_stop_timeout_s = 10,
                                              .n_threads = 2,
                                              .lead = &seen.lead };
    struct acri_run_result result = { 0 };
    struct acri_error error = { "" };
    struct acri_plan plan;
    struct counts merged = { 0 };

    seen.plan = &plan;
    seen.stats = acri_stats_new(0, 0);
    seen.later = acri_stats_new(0, 0);
    seen.states[0] = &merged;
    seen.lead = (struct acri_lead){ .fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
                                    .drain = drain,
                                    .observe = observe,
                                    .report = report,
                                    .ask_stop = ask_stop,
                                    .send = send_message,
                                    .live_tally = live_tally,
                                    .claim = claim,
                                    .part_max = 128u * 1024,
                                    .run_id = 5,
                                    .worker_index = 7,
                                    .report_interval_s = 1,
                                    .shared = shared,
                                    .n_shared = 1,
                                    .desired = { .generation = 1,
                                                 .run_id = 5,
                                                 .epoch = 1,
                                                 .phase = ACRI_PHASE_PREPARE,
                                                 .first_number = 1,
                                                 .number_step = 2 } };
    assert_int_equal(acri_plan_init(&plan, plugins, 1, NULL, &error), 0);
    assert_int_equal(acri_runner_run(&plan, &options, &listener, &result, &error), 0);
    assert_int_equal(result.exit_code, 0);
    acri_plan_done(&plan);
    close(seen.lead.fd);
    assert_int_equal(seen.last.state, ACRI_WORKER_STOPPED);
    assert_int_equal(seen.last.n_users, 0);
    /* What was reported is what is told, in sum and by the listener's state. */
    assert_int_equal(seen.stats->ledger.started + seen.later->ledger.started,
                     seen.last.tally.started);
    assert_int_equal(seen.stats->ledger.succeeded + seen.later->ledger.succeeded,
                     seen.last.tally.started);
    assert_int_equal(merged.n, seen.last.tally.started);
}

static int set_up(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    return 0;
}

static int clear(void **state)
{
    (void)state;
    acri_stats_free(seen.stats);
    acri_stats_free(seen.later);
    return 0;
}

static void the_master_decides_and_gets_everything_once(void **state)
{
    (void)state;
    play();
    assert_true(seen.was_prepared);
    assert_true(seen.last.tally.started >= ENOUGH);
    /* Every other number is this worker's. */
    for (size_t i = 0; i < 2 * USERS; i++)
        assert_int_equal(seen.numbers[i], i % 2);
    /* Ticks are for the reporting node. */
    assert_string_equal(seen.hooks, "test_start answer spawning_complete ");
}

static void what_was_measured_belongs_to_its_epoch(void **state)
{
    (void)state;
    seen.must_change_epoch = true;
    play();
    assert_true(seen.stats->ledger.started >= ENOUGH / 2);
    assert_true(seen.later->ledger.started > 0);
}

static void a_task_that_stops_the_test_asks_the_master(void **state)
{
    (void)state;
    seen.must_ask_stop = true;
    play();
    assert_int_equal(seen.n_stops_asked, 1);
}

static void times_are_relative_to_the_start_of_the_run(void **state)
{
    (void)state;
    seen.start_ago_ns = 3 * ACRI_NS_PER_S;
    play();
    assert_true(seen.stats->last_ns > 3 * ACRI_NS_PER_S);
}

/* Users are as many as it takes; some of them get none. */
static void rows_of_users_come_from_the_master(void **state)
{
    FILE *to = fopen(ROWS, "w");

    (void)state;
    seen.n_rows = USERS - 5;
    assert_non_null(to);
    fputs("n\n", to);
    for (uint64_t i = 0; i < seen.n_rows; i++)
        fprintf(to, "%d\n", (int)i);
    assert_int_equal(fclose(to), 0);
    play();
    unlink(ROWS);
    for (uint64_t i = 0; i < seen.n_rows; i++)
        assert_int_equal(seen.rows_of[i], 1);
    assert_int_equal(seen.n_without, 5);
    assert_int_equal(seen.n_dealt, seen.n_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_master_decides_and_gets_everything_once, set_up, clear),
        cmocka_unit_test_setup_teardown(what_was_measured_belongs_to_its_epoch, set_up, clear),
        cmocka_unit_test_setup_teardown(times_are_relative_to_the_start_of_the_run, set_up, clear),
        cmocka_unit_test_setup_teardown(rows_of_users_come_from_the_master, set_up, clear),
        cmocka_unit_test_setup_teardown(a_task_that_stops_the_test_asks_the_master, set_up, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
