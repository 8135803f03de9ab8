/* SPDX-License-Identifier: MIT */
/* From options to what the engine is told. */
#include "support/unit.h"

#include "app/setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct acr_user_type types[] = {
    { .name = "closed" },
    { .name = "open", .arrival_rate = 0.1 },
};
static const struct acr_stage stages[] = { { .duration_s = 1, .users = 5 } };
static const struct acr_shape shape = { .stages = stages, .n_stages = 1 };
static const struct acr_plugin plain = { .name = "p", .user_types = types, .n_user_types = 2 };
static const struct acr_plugin shaped = {
    .name = "p", .user_types = types, .n_user_types = 2, .shape = &shape
};

static struct acri_options *o;
static struct acri_setup s;
static struct acri_error error;

static int isolate(void **state)
{
    (void)state;
    setenv("HOME", "/nonexistent", 1);
    return chdir("/");
}

#define READ(plugin, ...)                                                             \
    read_setup((plugin), count((const char *const[]){ "acrida", __VA_ARGS__, NULL }), \
               (char *const *)(const char *const[]){ "acrida", __VA_ARGS__, NULL })

static int count(const char *const *argv)
{
    int n = 0;

    while (argv[n] != NULL)
        n++;
    return n;
}

static int read_setup(const struct acr_plugin *plugin, int argc, char *const *argv)
{
    o = acri_options_new();
    assert_int_equal(acri_options_parse(o, argc, argv, &error), 0);
    return acri_setup_read(&s, o, &plugin, 1, &error);
}

static int done(void **state)
{
    (void)state;
    acri_setup_done(&s);
    acri_options_free(o);
    return 0;
}

static void without_options_there_is_one_user(void **state)
{
    (void)state;
    assert_int_equal(READ(&plain, "--headless"), 0);
    assert_int_equal(s.run.n_users, 1);
    assert_true(s.run.spawn_rate == 1);
    assert_true(s.run.arrival_rate == 0);
    assert_int_equal(s.run.max_users, 10000);
    assert_int_equal(s.run.on_full, ACR_ON_FULL_DROP);
    assert_int_equal(s.run.n_iterations, 0);
    assert_null(s.run.shape);
    assert_false(s.run.has_users || s.run.ignore_waits || s.run.own_signals);
    assert_int_equal(s.plan.n_names + s.plan.n_tags + s.plan.n_exclude_tags + s.plan.n_changes, 0);
}

static void options_reach_the_engine(void **state)
{
    (void)state;
    assert_int_equal(READ(&plain, "closed", "-u5", "-T", "a", "b", "-E", "c", "--equal-weights",
                          "--config-users", "{\"user_type_name\": \"open\", \"weight\": 2}",
                          "--arrival-rate", "30/m", "--arrivals", "poisson", "--max-users", "7",
                          "--on-full", "queue", "-i", "9"),
                     0);
    assert_string_equal(s.plan.names[0], "closed");
    assert_int_equal(s.plan.n_tags, 2);
    assert_string_equal(s.plan.exclude_tags[0], "c");
    assert_true(s.plan.equal_weights);
    assert_int_equal(s.plan.n_changes, 1);
    assert_true(s.plan.changes[0].weight == 2);
    assert_true(s.run.arrival_rate == 0.5);
    assert_int_equal(s.run.arrivals, ACR_ARRIVALS_POISSON);
    assert_int_equal(s.run.max_users, 7);
    assert_int_equal(s.run.on_full, ACR_ON_FULL_QUEUE);
    assert_int_equal(s.run.n_iterations, 9);
    assert_true(s.run.has_users);
}

static void connections_go_as_they_are_told(void **state)
{
    (void)state;
    assert_int_equal(READ(&plain, "--headless"), 0);
    assert_int_equal(s.run.address_order, ACRI_ADDRESS_FIRST);
    assert_null(s.run.sources);
    done(state);
    assert_int_equal(READ(&plain, "--dns-select", "random", "--source-address", "10.0.0.1, ::1",
                          "--source-address=10.1.0.0/24"),
                     0);
    assert_int_equal(s.run.address_order, ACRI_ADDRESS_RANDOM);
    assert_int_equal(s.run.sources->n, 3);
    assert_int_equal(acri_source_count(s.run.sources, AF_INET), 255);
    done(state);
    assert_int_equal(READ(&plain, "--dns-select=round-robin"), 0);
    assert_int_equal(s.run.address_order, ACRI_ADDRESS_ROUND_ROBIN);
    done(state);
    assert_int_equal(READ(&plain, "--source-address", "here"), -EINVAL);
    assert_non_null(strstr(error.text, "--source-address: 'here' is no address"));
}

static void stages_win_over_a_shape(void **state)
{
    (void)state;
    assert_int_equal(READ(&shaped, "--stages", "5s:3,5s:4@2"), 0);
    assert_ptr_equal(s.run.shape, &s.shape);
    assert_int_equal(s.run.shape->n_stages, 2);
    assert_int_equal(s.run.shape->stages[1].users, 4);
    assert_false(s.run.has_users);
}

static void once_is_one_user_whatever_else(void **state)
{
    (void)state;
    assert_int_equal(READ(&plain, "--once", "closed", "--config-users",
                          "{\"user_type_name\": \"closed\", \"fixed_count\": 4, \"host\": \"h\"}"),
                     0);
    assert_int_equal(s.plan.n_names, 1);
    assert_string_equal(s.plan.names[0], "closed");
    assert_int_equal(s.plan.n_changes, 1);
    assert_int_equal(s.plan.changes[0].fixed_count, 0);
    assert_true(s.plan.changes[0].weight == 1);
    assert_string_equal(s.plan.changes[0].host, "h");
    assert_int_equal(s.run.n_users, 1);
    assert_int_equal(s.run.n_threads, 1);
    assert_int_equal(s.run.n_iterations, 1);
    assert_true(s.run.ignore_waits);
    assert_null(s.run.shape);
}

static void once_does_not_wait_for_arrivals(void **state)
{
    (void)state;
    assert_int_equal(READ(&plain, "--once", "open", "-i", "3"), 0);
    assert_int_equal(s.run.n_iterations, 3);
    assert_int_equal(s.run.shape->n_stages, 1);
    assert_true(s.run.shape->stages[0].arrival_rate > 100);
}

static void once_is_not_for_a_shape_to_change(void **state)
{
    (void)state;
    assert_int_equal(READ(&shaped, "--once", "closed"), 0);
    assert_int_equal(s.run.shape->stages[0].users, 1);
    assert_true(s.run.shape->stages[0].duration_s > 1e6);
}

static void contradictions_are_told(void **state)
{
    (void)state;
    assert_int_equal(READ(&plain, "--once", "closed", "open"), -EINVAL);
    assert_string_equal(error.text,
                        "--once and names of user types exclude each other: leave one out");
    done(state);
    assert_int_equal(READ(&plain, "--warmup", "5s", "-t", "5s"), -EINVAL);
    assert_string_equal(error.text,
                        "--warmup must be shorter than --run-time: nothing would be measured");
    done(state);
    assert_int_equal(READ(&plain, "--stages", "5s:"), -EINVAL);
    assert_non_null(strstr(error.text, "--stages: stage 1, '5s:': "));
}

static void descriptors_are_raised_and_given_back(void **state)
{
    struct rlimit limit;
    rlim_t before;

    (void)state;
    assert_int_equal(READ(&plain, "-u1"), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = before = limit.rlim_cur / 2;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(acri_setup_raise_files(), before);
    getrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(limit.rlim_cur, limit.rlim_max);
    acri_setup_restore_files(before);
    getrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(limit.rlim_cur, before);
}

#define TEST(name) cmocka_unit_test_teardown(name, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_options_there_is_one_user),     TEST(options_reach_the_engine),
        TEST(connections_go_as_they_are_told),       TEST(stages_win_over_a_shape),
        TEST(once_is_one_user_whatever_else),        TEST(once_does_not_wait_for_arrivals),
        TEST(once_is_not_for_a_shape_to_change),     TEST(contradictions_are_told),
        TEST(descriptors_are_raised_and_given_back),
    };

    return cmocka_run_group_tests(tests, isolate, NULL);
}
