/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "engine/health.h"

#include <math.h>
#include <string.h>

#define MS 1000000ull

static struct acri_health health;

static void take(size_t loop, uint64_t cpu_ms, uint64_t wait_ms, uint64_t n_runs, uint64_t n_stalls)
{
    const struct acri_handover h = { .fared = { .cpu_ns = cpu_ms * MS,
                                                .wait_ns = wait_ms * MS,
                                                .n_runs = n_runs,
                                                .n_stalls = n_stalls,
                                                .n_stalled = 2 * n_stalls,
                                                .longest_stall_ns = n_stalls * 110 * MS },
                                     .over_ns = 1000 * MS };

    acri_health_take(&health, loop, &h);
}

static void differences_count_from_the_second_on(void **state)
{
    struct acri_generator g;

    (void)state;
    acri_health_init(&health, 2, 0.9);
    take(0, 5000, 4000, 100, 0); /* what came before is not known to be the run's */
    acri_health_add_up(&health, &g);
    assert_true(g.seconds <= 0);
    take(0, 5950, 4100, 200, 1);
    take(0, 6000, 4100, 200, 1);
    take(1, 1, 1, 1, 2);
    acri_health_add_up(&health, &g);
    assert_true(fabs(g.seconds - 2) < 1e-9);
    assert_true(fabs(g.busy_share - 0.5) < 1e-9);
    assert_true(fabs(g.wait_share - 0.05) < 1e-9);
    assert_true(fabs(g.wait_ms - 1) < 1e-9);
    assert_int_equal(g.n_stalls, 3);
    assert_int_equal(g.n_stalled, 6);
    assert_true(fabs(g.longest_stall_ms - 220) < 1e-9);
    acri_health_reset(&health);
    acri_health_add_up(&health, &g);
    assert_true(g.seconds <= 0);
    assert_int_equal(g.n_stalls, 3);
    acri_health_done(&health);
}

static void what_the_system_tells_is_kept_open(void **state)
{
    struct acri_fared f = { .wait_ns = 7, .n_runs = 7 };
    int fd = 0;
    int first;

    (void)state;
    acri_health_read_wait(&fd, &f);
    first = fd;
    acri_health_read_wait(&fd, &f);
    assert_int_equal(fd, first);
    if (fd > 0)
        assert_int_not_equal(f.n_runs, 0);
    acri_health_close(&fd);
    assert_int_equal(fd, -1);
    f = (struct acri_fared){ .wait_ns = 7 };
    acri_health_read_wait(&fd, &f);
    assert_int_equal(f.wait_ns, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_count_from_the_second_on),
        cmocka_unit_test(what_the_system_tells_is_kept_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
