/* SPDX-License-Identifier: MIT */
/* What statistics and listeners get of a sample, and what becomes of the listeners' results. */
#include "support/unit.h"

#include "support/user.h"

#include "base/log.h"

#include <stdio.h>
#include <unistd.h>

static struct user_home home;
static struct acr_user *user;

/* What listeners were told, and what they shall return. */
static struct {
    int n;
    int results[2];
    const char *raise;
    char context[64];
    char tags[64];
    char error[64];
    double start_unix_s;
} told;

static void tell(struct acr_user *u, const struct acr_request_event *e)
{
    (void)u;
    told.n++;
    acr_copy(told.context, sizeof(told.context), e->context);
    acr_copy(told.tags, sizeof(told.tags), e->tags);
    acr_copy(told.error, sizeof(told.error), e->error);
    told.start_unix_s = e->start_unix_s;
}

static int first(struct acr_user *u, const struct acr_request_event *e)
{
    tell(u, e);
    if (told.raise != NULL)
        return acr_raise(u, "%s", told.raise);
    return told.results[0];
}

static int second(struct acr_user *u, const struct acr_request_event *e)
{
    tell(u, e);
    return told.results[1];
}

static int set_up(void **state)
{
    (void)state;
    memset(&told, 0, sizeof(told));
    user_home_init(&home);
    home.listeners[0] = (struct acri_request_listener){ .function = first, .plugin = "first" };
    home.listeners[1] = (struct acri_request_listener){ .function = second, .plugin = "second" };
    home.plan.n_on_request = 2;
    user = user_new(&home, NULL);
    user->arena = acri_alloc(sizeof(*user->arena));
    acri_arena_init(user->arena, 1u << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_arena_done(user->arena);
    free(user->arena);
    user_free(user);
    user_home_done(&home);
    return 0;
}

static void settle(const char *tags, const char *context, const char *error)
{
    struct acr_sample *s = acr_sample_begin(user);

    user_pass_ms(4);
    acr_sample_settle(s, &(const struct acr_settlement){ .size = sizeof(struct acr_settlement),
                                                         .type = "GET",
                                                         .name = "/x",
                                                         .error = error,
                                                         .context = context,
                                                         .tags = tags });
}

static uint64_t count_of(const char *tag)
{
    const struct acr_metric *m = user_metric(&home, ACR_METRIC_TAG, tag);

    return m != NULL ? m->count : 0;
}

static void a_sample_counts_under_each_of_its_tags(void **state)
{
    const struct acr_metric *m;
    double ms;

    (void)state;
    settle("slow  eu ", NULL, NULL);
    settle("eu", NULL, "timeout");
    settle(" ", NULL, NULL);
    settle("", NULL, NULL);
    settle(NULL, NULL, NULL);
    settle("eu eu free\teu", NULL, NULL);
    assert_int_equal(home.users.block->metrics.n, 3);
    assert_int_equal(count_of("slow"), 1);
    assert_int_equal(count_of("free"), 1);
    m = user_metric(&home, ACR_METRIC_TAG, "eu");
    assert_int_equal(m->count, 3);
    assert_int_equal(m->failures, 1);
    assert_true(acri_metric_quantile(m, 0.5, &ms) && ms > 3.99 && ms < 4.01);
    acr_report(user, .type = "job", .name = "j", .no_time = true, .tags = "eu");
    assert_int_equal(m->count, 4);
    assert_int_equal(m->n_values, 3);
}

static void a_sample_has_sixteen_tags_at_most(void **state)
{
    (void)state;
    settle("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18", NULL, NULL);
    assert_int_equal(home.users.block->metrics.n, ACRI_SAMPLE_TAGS);
    assert_int_equal(count_of("16"), 1);
    assert_int_equal(count_of("17"), 0);
}

static void cancelled_samples_have_no_tags_and_no_listeners(void **state)
{
    (void)state;
    acr_sample_cancel(acr_sample_begin(user), "GET", "/x");
    assert_int_equal(told.n, 0);
    assert_int_equal(home.users.block->ledger.cancelled, 1);
}

static void listeners_get_context_and_tags(void **state)
{
    struct acr_user *child;

    (void)state;
    settle(NULL, NULL, NULL);
    assert_string_equal(told.context, "");
    assert_string_equal(told.tags, "");
    acr_set_context(user, "region=eu");
    settle("a b", NULL, NULL);
    assert_string_equal(told.context, "region=eu");
    assert_string_equal(told.tags, "a b");
    settle(NULL, "its own", NULL);
    assert_string_equal(told.context, "its own");
    acr_report(user, .name = "j", .context = "reported", .tags = "c");
    assert_string_equal(told.context, "reported");
    assert_string_equal(told.tags, "c");
    /* The context is that of the whole user. */
    child = user_new(&home, user);
    acr_set_context(child, "region=us");
    user_request(child, NULL);
    assert_string_equal(told.context, "region=us");
    settle(NULL, NULL, NULL);
    assert_string_equal(told.context, "region=us");
    acr_set_context(user, NULL);
    settle(NULL, NULL, NULL);
    assert_string_equal(told.context, "");
    user_free(child);
}

/* Sets another context each time, and reads the one that it was told after that. */
static int change_context(struct acr_user *u, const struct acr_request_event *e)
{
    char next[16];

    snprintf(next, sizeof(next), "n=%d", told.n);
    acr_set_context(u, next);
    tell(u, e);
    return 0;
}

static void a_listener_may_change_the_context(void **state)
{
    (void)state;
    home.listeners[0].function = change_context;
    settle(NULL, NULL, NULL);
    assert_string_equal(told.context, "n=0");
    settle(NULL, NULL, NULL);
    assert_string_equal(told.context, "n=2");
}

static void an_older_client_knows_fewer_members(void **state)
{
    struct acr_settlement how = {
        .size = offsetof(struct acr_settlement, context),
        .type = "GET",
        .name = "/old",
        .context = (const char *)1,
        .tags = (const char *)1,
    };

    (void)state;
    acr_sample_settle(acr_sample_begin(user), &how);
    assert_non_null(user_entry(&home, "/old"));
    assert_string_equal(told.tags, "");
    assert_int_equal(home.users.block->metrics.n, 0);
}

static void the_strongest_outcome_is_what_was_asked(void **state)
{
    (void)state;
    settle(NULL, NULL, NULL);
    assert_int_equal(user->asked, 0);
    told.results[0] = ACR_STOP_USER;
    told.results[1] = ACR_RESCHEDULE_NOW;
    settle(NULL, NULL, NULL);
    assert_int_equal(user->asked, ACR_STOP_USER);
    told.results[0] = 0;
    settle(NULL, NULL, NULL);
    assert_int_equal(user->asked, ACR_STOP_USER);
    told.results[1] = ACR_STOP_TEST;
    acr_report(user, .name = "j");
    assert_int_equal(user->asked, ACR_STOP_TEST);
    assert_false(home.users.did_listener_fail);
}

static char log_path[] = "/tmp/acrida-sample-XXXXXX";

static void assert_log(const char *wanted, int n_lines)
{
    char text[2048] = "";
    FILE *file = fopen(log_path, "r");
    int n = 0;

    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    if (strstr(text, wanted) == NULL)
        fail_msg("'%s' is not in: %s", wanted, text);
    for (const char *at = text; *at != '\0'; at++)
        n += *at == '\n';
    assert_int_equal(n, n_lines);
}

static void an_error_of_a_listener_is_told_and_noted(void **state)
{
    int fd = mkstemp(log_path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(acri_log_open(log_path), 0);
    (void)acr_raise(user, "of the task");
    told.raise = "no room";
    for (int i = 0; i < 5; i++)
        settle(NULL, NULL, NULL);
    assert_int_equal(told.n, 10); /* the second one is told all the same */
    assert_true(home.users.did_listener_fail);
    assert_int_equal(user->asked, 0);
    assert_log("plugin 'first' failed in request: no room", 1);
    /* What the task raised is still its own. */
    assert_string_equal(user->raised->message, "of the task");
    user_pass_ms(10001);
    told.raise = NULL;
    told.results[1] = 77;
    settle(NULL, NULL, NULL);
    assert_log("plugin 'second' failed in request: it returned 77 (and 4 more since the last line)",
               2);
    acri_log_close();
    unlink(log_path);
}

static void requests_of_hooks_are_not_told(void **state)
{
    (void)state;
    user->phase = ACRI_USER_SERVICE;
    settle("eu", NULL, "x");
    acr_report(user, .name = "j", .tags = "eu");
    assert_int_equal(told.n, 0);
    assert_int_equal(home.users.block->metrics.n, 0);
    assert_int_equal(home.users.block->ledger.started, 0);
}

static void listeners_get_when_it_was_sent(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        double sent_s = (double)acri_clock_real_ns() / 1e9;

        settle(NULL, NULL, NULL);
        assert_true(told.start_unix_s > sent_s - 1e-6 && told.start_unix_s < sent_s + 1e-6);
        user_pass_ms(300);
    }
}

static int report_again(struct acr_user *u, const struct acr_request_event *e)
{
    tell(u, e);
    acr_report(u, .type = "listener", .name = "heard");
    return 0;
}

static void a_listener_may_report_samples(void **state)
{
    (void)state;
    home.listeners[0].function = report_again;
    settle(NULL, NULL, NULL);
    settle(NULL, NULL, NULL);
    assert_int_equal(told.n, 4);
    assert_int_equal(user_entry(&home, "heard")->counts.requests, 2);
}

static void nobody_hears_of_parked_users(void **state)
{
    (void)state;
    acr_measure_begin(user, "TX", "never ended");
    user->phase = ACRI_USER_PARKED;
    settle(NULL, NULL, NULL);
    acri_step_clean_up(user);
    assert_int_equal(told.n, 0);
    assert_int_equal(home.users.n_unsettled, 0);
}

static void measures_are_told_as_samples(void **state)
{
    struct acr_measure *m = acr_measure_begin(user, "TX", "a");

    (void)state;
    acr_measure_end(m, "late");
    assert_int_equal(told.n, 2);
    assert_string_equal(told.error, "late");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sample_counts_under_each_of_its_tags),
        TEST(a_sample_has_sixteen_tags_at_most),
        TEST(cancelled_samples_have_no_tags_and_no_listeners),
        TEST(listeners_get_context_and_tags),
        TEST(a_listener_may_change_the_context),
        TEST(an_older_client_knows_fewer_members),
        TEST(the_strongest_outcome_is_what_was_asked),
        TEST(an_error_of_a_listener_is_told_and_noted),
        TEST(requests_of_hooks_are_not_told),
        TEST(listeners_get_when_it_was_sent),
        TEST(a_listener_may_report_samples),
        TEST(nobody_hears_of_parked_users),
        TEST(measures_are_told_as_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
