/* SPDX-License-Identifier: MIT */
/* A process that is kept: runs, one after another, without network. */
#include "support/unit.h"

#include "engine/conductor.h"
#include "sched/thread.h"

#include <acrida/control.h>
#include <acrida/data.h>
#include <acrida/events.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { USERS = 20 };

static char folder[] = "/tmp/acrida-control-XXXXXX";

static struct {
    struct acri_thread thread;
    unsigned step; /* of the script below */
    bool must_run_twice;
    bool must_hang;
    char hooks[512];
    uint64_t n_posts;
    struct acr_feeder *kept;
    struct acr_feeder *of_run;
    _Atomic bool is_hanging;
    _Atomic bool is_released;
} seen;

static void note(const char *word)
{
    strncat(seen.hooks, word, sizeof(seen.hooks) - strlen(seen.hooks) - 1);
    strncat(seen.hooks, " ", sizeof(seen.hooks) - strlen(seen.hooks) - 1);
}

static void count_post(void *arg)
{
    (void)arg;
    seen.n_posts++;
}

/* Between runs: the control loop calls it, posted again and again by itself. */
static void steer(void *arg)
{
    const struct acr_snapshot *s = acr_snapshot_now();
    uint64_t n = acr_entry_count(acr_snapshot_total(s), ACR_REQUESTS);
    const char *state = acr_snapshot_state(s);
    char error[200] = "";
    bool is_next = false;

    switch (seen.step) {
    case 0: /* before the first */
        assert_string_equal(state, "ready");
        assert_int_equal(acr_run_number(), 0);
        assert_int_equal(acr_edit_run(5, 0, 0), -ESRCH);
        assert_int_equal(acr_start_run(error, sizeof(error), .users = 666), -EINVAL);
        assert_string_equal(error, "not so many");
        assert_int_equal(acr_start_run(error, sizeof(error), .users = 1), 0);
        assert_int_equal(acr_start_run(error, sizeof(error), .users = 1), -EBUSY);
        assert_string_equal(error, "a run is going on: stop it first");
        is_next = true;
        break;
    case 1: /* all users are there */
        if (seen.must_hang && seen.is_hanging) {
            acr_stop_run();
            seen.step = 6;
        }
        is_next =
            !seen.must_hang && strcmp(state, "running") == 0 && acr_snapshot_users(s) == USERS;
        if (!is_next)
            break;
        assert_int_equal(acr_run_number(), 1);
        assert_int_equal(acr_edit_run(USERS / 2, 1000, 0), 0);
        assert_int_equal(acr_edit_run(1, 0, 5), -EINVAL);
        assert_int_equal(acr_edit_run(1, -1, 0), -EINVAL);
        break;
    case 2: /* half of them */
        is_next = acr_snapshot_users(s) == USERS / 2;
        if (is_next)
            assert_int_equal(acr_edit_run(ACR_EDIT_NONE, 1000, 0), 0);
        break;
    case 3: /* nobody: the run goes on */
        is_next = acr_snapshot_users(s) == 0 && strcmp(state, "running") == 0;
        if (!is_next)
            break;
        assert_int_equal(acr_snapshot_target_users(s), 0);
        assert_int_equal(acr_edit_run(1, 1000, 0), 0);
        break;
    case 4:
        is_next = acr_snapshot_users(s) == 1;
        if (is_next)
            acr_reset_stats();
        break;
    case 5:
        is_next = strstr(seen.hooks, "reset_stats") != NULL;
        if (is_next)
            acr_stop_run();
        break;
    case 6: /* the first is over */
        is_next = strcmp(state, "stopped") == 0;
        if (!is_next)
            break;
        assert_true(seen.must_hang ||
                    acr_snapshot_ledger(s, ACR_LEDGER_STARTED) > n); /* never reset */
        assert_int_equal(acr_start_run(error, sizeof(error), .users = 2),
                         seen.must_hang ? -ESHUTDOWN : 0);
        if (seen.must_hang)
            assert_string_equal(error, "a thread of the last run never ended: end this process, "
                                       "and start it again");
        if (seen.must_hang)
            acr_quit();
        break;
    case 7: /* the second has its own statistics */
        is_next = acr_run_number() == 2 && strcmp(state, "running") == 0;
        if (is_next) {
            acr_quit();
            assert_int_equal(acr_start_run(error, sizeof(error), .users = 2), -ESHUTDOWN);
        }
        break;
    default:
        return;
    }
    seen.step += is_next;
    /* It is refused when all is over. */
    (void)acr_control_post(steer, arg);
}

static void post_first(void *arg)
{
    (void)arg;
    assert_int_equal(acr_control_post(steer, NULL), 0);
}

static int on_init(struct acr_user *u)
{
    note("init");
    acr_control_hold();
    assert_true(acr_control_is_held());
    seen.kept = acr_feeder_open(u, "rows.csv", ACR_FEED_SEQUENTIAL);
    assert_non_null(seen.kept);
    return acri_thread_start(&seen.thread, "poster", post_first, NULL);
}

static int on_start(struct acr_user *u, const struct acr_test_event *e)
{
    (void)e;
    note("test_start");
    assert_int_equal(acr_share(u, "run", "x"), 0);
    seen.of_run = acr_feeder_open(u, "rows.csv", ACR_FEED_SEQUENTIAL);
    return seen.of_run != NULL ? 0 : -1;
}

static int on_reset(struct acr_user *u)
{
    (void)u;
    note("reset_stats");
    return 0;
}

static int on_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    /* Results are final; but for others the run goes on, for none can be started yet. */
    assert_string_equal(acr_snapshot_state(s), "stopped");
    assert_string_equal(acr_snapshot_state(acr_snapshot_now()), "stopping");
    note("test_stop");
    return 0;
}

static int on_quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    (void)u;
    (void)e;
    note("quitting");
    acri_thread_join(&seen.thread);
    /* What is posted here is called before quit. */
    assert_int_equal(acr_control_post(count_post, NULL), 0);
    return 0;
}

static int on_quit(struct acr_user *u, const struct acr_quit_event *e)
{
    (void)u;
    (void)e;
    note("quit");
    assert_int_equal(seen.n_posts, 1);
    assert_int_equal(acr_control_post(count_post, NULL), -ESHUTDOWN);
    return 0;
}

static const struct acr_hooks hooks = { .init = on_init,
                                        .test_start = on_start,
                                        .reset_stats = on_reset,
                                        .test_stop = on_stop,
                                        .quitting = on_quitting,
                                        .quit = on_quit };

static int work(struct acr_user *u)
{
    const struct acr_row *kept = acr_feed(u, seen.kept);
    const struct acr_row *of_run = acr_feed(u, seen.of_run);

    acr_report(u, .type = "JOB",
               .name = acr_fmt(u, "%s %s", acr_row_get(kept, "id"), acr_row_get(of_run, "id")));
    acr_sleep(u, 0.005);
    seen.is_hanging = seen.must_hang;
    while (seen.must_hang && !seen.is_released)
        usleep(1000);
    return 0;
}

static const struct acr_task tasks[] = { { .name = "work", .run = work } };
static const struct acr_user_type type = { .name = "worker", .tasks = tasks, .n_tasks = 1 };
static const struct acr_plugin plugin = {
    .name = "test", .user_types = &type, .n_user_types = 1, .hooks = &hooks
};

/* Two plans and options in turn, as a keeper makes them. */
static struct acri_plan plans[3];
static struct acri_run_options options[3];
static unsigned n_prepared;
static unsigned n_taken;

static int prepare(void *arg, const struct acr_start *start, const struct acri_run_options *now,
                   const struct acri_plan **ret_plan, const struct acri_run_options **ret_options,
                   struct acri_error *reterr)
{
    (void)arg;
    if (start->users == 666)
        return acri_fail(reterr, -EINVAL, "not so many");
    assert_ptr_equal(now, &options[n_taken]);
    n_prepared++;
    *ret_plan = &plans[n_taken + 1];
    *ret_options = &options[n_taken + 1];
    return 0;
}

static void settle(void *arg, bool did_take)
{
    (void)arg;
    n_taken += did_take;
}

static struct acri_run_result run(void)
{
    static const char *const folders[] = { "." };
    static const struct acri_run_keeper keeper = { .prepare = prepare, .settle = settle };
    const struct acri_run_listener listener = { .keeper = &keeper };
    const struct acr_plugin *plugins[] = { &plugin };
    struct acri_run_result result = { 0 };
    struct acri_error error = { "" };

    n_prepared = n_taken = 0;
    for (size_t i = 0; i < ACR_LEN(plans); i++) {
        assert_int_equal(acri_plan_init(&plans[i], plugins, 1, NULL, &error), 0);
        options[i] = (struct acri_run_options){ .host = "",
                                                .n_users = USERS,
                                                .spawn_rate = 10000,
                                                .on_stop_timeout_s = 0.1,
                                                .seed = i + 1,
                                                .n_threads = seen.must_hang ? 1 : 2,
                                                .folders = folders,
                                                .n_folders = 1,
                                                .exit_code_on_error = 1 };
    }
    assert_int_equal(acri_runner_run(&plans[0], &options[0], &listener, &result, &error), 0);
    if (!result.must_exit)
        for (size_t i = 0; i < ACR_LEN(plans); i++)
            acri_plan_done(&plans[i]);
    return result;
}

static int set_up(void **state)
{
    FILE *f;

    (void)state;
    if (mkdtemp(folder) == NULL || chdir(folder) < 0 || (f = fopen("rows.csv", "w")) == NULL)
        return -1;
    fputs("id\na\nb\n", f);
    return fclose(f);
}

static int tear_down(void **state)
{
    (void)state;
    unlink("rows.csv");
    return rmdir(folder);
}

static void runs_come_one_after_another_until_it_quits(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    assert_int_equal(acr_control_post(count_post, NULL), -ESHUTDOWN);
    assert_int_equal(run().exit_code, 0);
    assert_int_equal(n_prepared, 2);
    assert_int_equal(seen.step, 8);
    assert_string_equal(seen.hooks, "init test_start reset_stats test_stop test_start test_stop "
                                    "quitting quit ");
    assert_int_equal(acr_control_post(count_post, NULL), -ESHUTDOWN);
    assert_false(acr_control_is_held());
}

/* The last one: its thread is left behind. */
static void no_run_follows_one_with_a_thread_that_never_ended(void **state)
{
    struct acri_run_result result;

    (void)state;
    memset(&seen, 0, sizeof(seen));
    seen.must_hang = true;
    result = run();
    assert_true(result.must_exit);
    assert_int_equal(result.exit_code, 4);
    seen.is_released = true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_come_one_after_another_until_it_quits),
        cmocka_unit_test(no_run_follows_one_with_a_thread_that_never_ended),
    };

    /* As a process that must exit does: what the thread that is left behind holds is no leak. */
    _exit(cmocka_run_group_tests(tests, set_up, tear_down));
}
