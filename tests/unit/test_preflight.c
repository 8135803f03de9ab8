/* SPDX-License-Identifier: MIT */
/* What is refused, what is warned of, and what is nobody's business, on machines made up here. */
#include "support/unit.h"

#include "app/preflight.h"
#include "engine/lead.h"

#include <acrida/http.h>

#include <string.h>

static int nothing(struct acr_user *u)
{
    (void)u;
    return 0;
}

static const struct acr_task tasks[] = { { .name = "nothing", .run = nothing } };
static const struct acr_http_defaults http = ACR_HTTP_DEFAULTS(.timeout_s = 1);
static const struct acr_http_defaults closing = ACR_HTTP_DEFAULTS(.no_keep_alive = true);

static struct acri_run_options run;
static struct acri_preflight_facts facts;
static struct acri_preflight_verdict v;

static int set_up(void **state)
{
    (void)state;
    run = (struct acri_run_options){
        .host = "", .n_users = 30000, .spawn_rate = 1000, .n_threads = 2, .max_users = 10000
    };
    facts = (struct acri_preflight_facts){
        .files = 20000, .files_open = 10, .ports = 28232, .memory = UINT64_C(8) << 30
    };
    return 0;
}

static void judge(const struct acr_user_type *types, size_t n_types, const struct acr_shape *shape)
{
    const struct acr_plugin plugin = {
        .name = "p", .user_types = types, .n_user_types = n_types, .shape = shape
    };
    const struct acr_plugin *plugins = &plugin;
    struct acri_plan plan;
    struct acri_error error;

    assert_int_equal(acri_plan_init(&plan, &plugins, 1, NULL, &error), 0);
    acri_preflight_judge(&plan, &run, &facts, &v);
    acri_plan_done(&plan);
}

#define JUDGE(...)                                                                                 \
    judge(&(const struct acr_user_type){ .name = "u", .tasks = tasks, .n_tasks = 1, __VA_ARGS__ }, \
          1, NULL)

static void expect(const char *refusal, const char *warning)
{
    if (refusal == NULL)
        assert_string_equal(v.refusal.text, "");
    else
        assert_non_null(strstr(v.refusal.text, refusal));
    assert_int_equal(v.n_warnings, warning != NULL ? 1 : 0);
    if (warning != NULL)
        assert_non_null(strstr(v.warnings[0].text, warning));
}

static void users_of_http_keep_a_descriptor(void **state)
{
    (void)state;
    facts.ports = 0; /* unknown: not checked */
    JUDGE(.host = "http://10.0.0.1");
    expect("30000 users keep a connection each, and this process may have 20000 descriptors", NULL);
    JUDGE(.host = "HTTPS://shop.example/");
    expect("ulimit -n", NULL);
    JUDGE(.http = &http);
    expect("30000 users", NULL);
    run.host = "http://10.0.0.1";
    JUDGE(.http = &http);
    expect("30000 users", NULL);
    facts.files = 0;
    JUDGE(.http = &http);
    expect(NULL, NULL);
}

static void what_only_may_be_is_warned_of(void **state)
{
    (void)state;
    facts.ports = 0;
    JUDGE(.host = "redis://10.0.0.1");
    expect(NULL, "30000 users may keep a connection each");
    run.host = "http://10.0.0.1";
    JUDGE(.state_size = 8);
    expect(NULL, "30000 users may keep a connection each");
    JUDGE(.http = &closing);
    expect(NULL, NULL);
    facts.no_keep_alive = true;
    JUDGE(.host = "http://10.0.0.1");
    expect(NULL, NULL);
}

static void near_the_limit_is_only_a_warning(void **state)
{
    (void)state;
    facts.ports = 0;
    run.n_users = 19982;
    JUDGE(.http = &http);
    expect(NULL, "19982 users may keep");
    run.n_users = 19983;
    JUDGE(.http = &http);
    expect("19983 users keep", NULL);
    run.n_users = 19000;
    JUDGE(.http = &http);
    expect(NULL, NULL);
}

static void users_by_hand_need_nothing(void **state)
{
    static const struct acr_user_type types[] = {
        { .name = "web",
          .host = "http://10.0.0.1",
          .tasks = tasks,
          .n_tasks = 1,
          .fixed_count = 18000 },
        { .name = "hand", .tasks = tasks, .n_tasks = 1 },
    };

    (void)state;
    run.n_users = 1000000;
    JUDGE(.state_size = 8);
    expect(NULL, NULL);
    judge(types, 2, NULL);
    expect(NULL, NULL);
    /* With a host for all nobody knows. */
    run.host = "http://10.0.0.1";
    judge(types, 2, NULL);
    assert_string_equal(v.refusal.text, "");
    assert_int_equal(v.n_warnings, 2);
    assert_non_null(strstr(v.warnings[0].text, "1000000 users may keep"));
    assert_non_null(strstr(v.warnings[1].text, "1000000 users may keep a connection to 10.0.0.1"));
}

static void weights_share_the_users_out(void **state)
{
    static const struct acr_user_type types[] = {
        { .name = "web", .http = &http, .tasks = tasks, .n_tasks = 1, .weight = 3 },
        { .name = "hand", .tasks = tasks, .n_tasks = 1 },
        { .name = "fixed", .http = &http, .tasks = tasks, .n_tasks = 1, .fixed_count = 1000 },
        { .name = "never", .http = &http, .tasks = tasks, .n_tasks = 1, .weight = ACR_NEVER },
    };

    (void)state;
    run.n_users = 41000;
    judge(types, 4, NULL);
    expect("31000 users", NULL);
    run.n_users = 25000;
    judge(types, 4, NULL);
    expect(NULL, NULL);
    run.n_users = 500; /* fewer than are fixed */
    facts.files = 400;
    judge(types, 4, NULL);
    expect("500 users", NULL);
}

static void users_that_never_come_do_not_count(void **state)
{
    (void)state;
    facts.ports = 0;
    run.run_time_s = 10;
    JUDGE(.http = &http);
    expect(NULL, NULL); /* 10,000 by then */
    run.run_time_s = 60;
    JUDGE(.http = &http);
    expect("30000 users", NULL);
    run.n_iterations = 100;
    JUDGE(.http = &http);
    expect(NULL, NULL);
}

static void a_worker_counts_its_part(void **state)
{
    struct acri_lead lead = { .desired = { .first_number = 2, .number_step = 3 } };

    (void)state;
    run.lead = &lead;
    JUDGE(.http = &http);
    expect(NULL, NULL);
    run.n_users = 90000;
    JUDGE(.http = &http);
    expect("30000 users", NULL);
    /* Alone. */
    run.n_users = 30000;
    lead.desired = (struct acri_desired){ .first_number = 0, .number_step = 1 };
    JUDGE(.http = &http);
    expect("30000 users", NULL);
    /* One that comes later, to nobody knows how many. */
    lead.desired.first_number = UINT64_C(1) << 48;
    JUDGE(.http = &http);
    expect(NULL, NULL);
}

static void shapes_and_open_load_are_only_possible(void **state)
{
    static const struct acr_stage stages[] = { { .duration_s = 60, .users = 25000 },
                                               { .duration_s = 60, .users = 5 } };
    static const struct acr_shape shape = { .stages = stages, .n_stages = 2 };
    static const struct acr_user_type type = {
        .name = "u", .http = &http, .tasks = tasks, .n_tasks = 1
    };

    (void)state;
    judge(&type, 1, &shape);
    expect(NULL, "25000 users may keep");
    run.n_users = 1;
    run.arrival_rate = 100;
    JUDGE(.http = &http);
    expect(NULL, NULL);
    JUDGE(.http = &http, .max_users = 50000);
    expect(NULL, "50000 users may keep");
    run.arrival_rate = 0;
    JUDGE(.http = &http, .max_users = 50000, .arrival_rate = 5);
    expect(NULL, "50000 users may keep");
}

static void ports_are_counted_for_each_server(void **state)
{
    static const struct acr_user_type two[] = {
        { .name = "a", .host = "http://10.0.0.1:80/x", .tasks = tasks, .n_tasks = 1 },
        { .name = "b", .host = "http://me:word@10.0.0.1:80", .tasks = tasks, .n_tasks = 1 },
    };
    static const struct acr_user_type apart[] = {
        { .name = "a", .host = "http://10.0.0.1:80", .tasks = tasks, .n_tasks = 1 },
        { .name = "b", .host = "http://10.0.0.1:81", .tasks = tasks, .n_tasks = 1 },
    };
    struct acri_sources sources = { .n = 0 };

    (void)state;
    facts.files = 1000000;
    judge(two, 2, NULL);
    expect("30000 users keep a connection to 10.0.0.1:80 each, and there are 28232 local ports",
           NULL);
    judge(apart, 2, NULL);
    expect(NULL, NULL);
    JUDGE(.host = "http://[::1]:80");
    expect("to [::1]:80 each", NULL);
    JUDGE(.host = "http://shop.example"); /* may have several addresses */
    expect(NULL, "to shop.example each");
    facts.has_detour = true;
    judge(two, 2, NULL);
    expect(NULL, NULL);
    facts.has_detour = false;
    run.sources = &sources;
    assert_int_equal(acri_source_add(&sources, "10.0.0.2", NULL), 0);
    judge(two, 2, NULL);
    expect("--source-address", NULL);
    assert_int_equal(acri_source_add(&sources, "10.0.0.3", NULL), 0);
    judge(two, 2, NULL);
    expect(NULL, NULL);
}

static void memory_is_counted_per_user(void **state)
{
    (void)state;
    facts.files = 1000000;
    facts.ports = 0;
    facts.memory = UINT64_C(1) << 30;
    JUDGE(.state_size = 100000);
    expect("MiB of memory at least, and there are 1024 MiB", NULL);
    JUDGE(.host = "https://10.0.0.1");
    expect(NULL, "MiB of memory");
    JUDGE(.host = "http://10.0.0.1");
    expect(NULL, NULL);
}

static void this_machine_can_be_looked_at(void **state)
{
    (void)state;
    acri_preflight_look(&facts);
    assert_true(facts.files_open >= 3);
    assert_true(facts.ports > 0);
    assert_true(facts.memory > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(users_of_http_keep_a_descriptor, set_up),
        cmocka_unit_test_setup(what_only_may_be_is_warned_of, set_up),
        cmocka_unit_test_setup(near_the_limit_is_only_a_warning, set_up),
        cmocka_unit_test_setup(users_by_hand_need_nothing, set_up),
        cmocka_unit_test_setup(weights_share_the_users_out, set_up),
        cmocka_unit_test_setup(users_that_never_come_do_not_count, set_up),
        cmocka_unit_test_setup(a_worker_counts_its_part, set_up),
        cmocka_unit_test_setup(shapes_and_open_load_are_only_possible, set_up),
        cmocka_unit_test_setup(ports_are_counted_for_each_server, set_up),
        cmocka_unit_test_setup(memory_is_counted_per_user, set_up),
        cmocka_unit_test_setup(this_machine_can_be_looked_at, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
