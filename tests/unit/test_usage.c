/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "engine/usage.h"

#include <math.h>
#include <stdlib.h>

#define S ACRI_NS_PER_S

static struct acr_usage_event told;
static int n_told;
static int n_warned;

static int on_usage(struct acr_user *u, const struct acr_usage_event *e)
{
    (void)u;
    told = *e;
    n_told++;
    return 0;
}

static int on_warning(struct acr_user *u, const struct acr_usage_event *e)
{
    (void)u;
    assert_true(e->loop_percent > 90);
    n_warned++;
    return 0;
}

static void usage_is_told_every_ten_seconds_and_a_busy_loop_warned_of(void **state)
{
    static const struct acr_hooks hooks = { .usage = on_usage, .cpu_warning = on_warning };
    struct acri_hook_set listener = { .hooks = &hooks, .plugin = "p" };
    const struct acri_plan plan = { .listeners = &listener, .n_listeners = 1 };
    const struct acri_run_common run = { .plan = &plan };
    struct acri_users users = { .run = &run };
    struct acr_user *service = calloc(1, sizeof(*service));
    struct acri_hook_results results = { 0 };
    uint64_t cpu_ns[] = { S, 2 * S };
    struct acri_arena arena;
    struct acri_usage m;

    (void)state;
    acri_arena_init(&arena, 1 << 20);
    service->home = &users;
    service->root = service;
    service->arena = &arena;
    acri_usage_begin(&m, 2, 100 * S);
    acri_usage_step(&m, 109 * S, cpu_ns, &results, service);
    assert_int_equal(n_told, 0);
    acri_usage_step(&m, 110 * S, cpu_ns, &results, service);
    assert_int_equal(n_told, 1);
    assert_int_equal(n_warned, 0);
    assert_true(fabs(told.loop_percent - 20) < 1e-6); /* the busiest */
    assert_true(told.cpu_percent >= 0);
    assert_true(told.memory_bytes > 100000);
    cpu_ns[0] += 19 * S;
    acri_usage_step(&m, 130 * S, cpu_ns, &results, service);
    assert_int_equal(n_warned, 1);
    assert_true(fabs(told.loop_percent - 95) < 1e-6);
    assert_false(results.did_fail);
    acri_usage_done(&m);
    acri_arena_done(&arena);
    free(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage_is_told_every_ten_seconds_and_a_busy_loop_warned_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
