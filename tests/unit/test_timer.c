/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/check.h"
#include "base/rng.h"
#include "sched/timer.h"

#include <stdlib.h>

enum { N = 1000 };

struct alarm {
    struct acri_timer timer;
    uint64_t at_ns;
    int fired;
};

static uint64_t last_fired_ns;

static void fire(struct acri_timer *t)
{
    struct alarm *a = ACRI_CONTAINER_OF(t, struct alarm, timer);

    assert_true(a->at_ns >= last_fired_ns);
    last_fired_ns = a->at_ns;
    a->fired++;
}

static void timers_fire_once_in_order_whatever_was_changed(void **state)
{
    static struct alarm alarms[N];
    struct acri_timer_heap heap;
    struct acri_rng rng;
    int n_stopped = 0;

    (void)state;
    acri_timer_heap_init(&heap);
    acri_rng_init(&rng, 1, 1);
    last_fired_ns = 0;
    for (int i = 0; i < N; i++) {
        alarms[i] = (struct alarm){ .timer.function = fire };
        alarms[i].at_ns = acri_rng_below(&rng, 1000000);
        acri_timer_set(&heap, &alarms[i].timer, alarms[i].at_ns);
    }
    for (int i = 0; i < N; i += 3) { /* later, earlier, or not at all */
        alarms[i].at_ns = acri_rng_below(&rng, 2000000);
        acri_timer_set(&heap, &alarms[i].timer, alarms[i].at_ns);
        if (i % 2 == 0) {
            acri_timer_stop(&heap, &alarms[i].timer);
            n_stopped++;
        }
    }
    assert_int_equal(acri_timer_heap_expire(&heap, 3000000, SIZE_MAX), N - n_stopped);
    for (int i = 0; i < N; i++)
        assert_int_equal(alarms[i].fired, i % 6 == 0 ? 0 : 1);
    assert_true(acri_timer_heap_next_ns(&heap) == UINT64_MAX);
    acri_timer_heap_done(&heap);
}

/* So many that most wait in buckets; times of seconds, some beyond all buckets. */
static void many_timers_fire_when_they_are_due(void **state)
{
    enum { MANY = 20000 };
    const uint64_t ms = 1000000;
    struct alarm *alarms = acri_alloc(MANY * sizeof(*alarms));
    struct acri_timer_heap heap;
    struct acri_rng rng;
    uint64_t now_ns = 1000 * ms;
    int n_fired = 0;

    (void)state;
    acri_timer_heap_init(&heap);
    acri_rng_init(&rng, 2, 1);
    last_fired_ns = 0;
    for (int i = 0; i < MANY; i++)
        alarms[i].timer.function = fire;
    while (now_ns < 100000 * ms) {
        for (int k = 0; k < 300; k++) {
            struct alarm *a = &alarms[acri_rng_below(&rng, MANY)];
            uint64_t longest = acri_rng_below(&rng, 50) == 0 ? 90000 : 9000;

            if (acri_timer_is_set(&a->timer) && acri_rng_below(&rng, 3) == 0) {
                acri_timer_stop(&heap, &a->timer);
                continue;
            }
            a->at_ns = now_ns + 1 + acri_rng_below(&rng, longest * ms);
            acri_timer_set(&heap, &a->timer, a->at_ns);
        }
        now_ns += 1 + acri_rng_below(&rng, 40 * ms);
        assert_true(acri_timer_heap_next_ns(&heap) <= now_ns + 90000 * ms);
        n_fired += (int)acri_timer_heap_expire(&heap, now_ns, SIZE_MAX);
        for (int i = (int)(now_ns / ms % 10); i < MANY; i += 10) /* a tenth of them each time */
            if (acri_timer_is_set(&alarms[i].timer)) {
                assert_true(alarms[i].at_ns > now_ns);
                assert_true(acri_timer_heap_next_ns(&heap) <= alarms[i].at_ns);
            }
    }
    assert_true(heap.n_later > 0); /* they were needed */
    assert_true(n_fired > 100000);
    for (int i = 0; i < MANY; i++)
        acri_timer_stop(&heap, &alarms[i].timer);
    assert_true(acri_timer_heap_next_ns(&heap) == UINT64_MAX);
    acri_timer_heap_done(&heap);
    free(alarms);
}

static void a_timer_never_fires_early(void **state)
{
    struct alarm a = { .timer.function = fire, .at_ns = 100 };
    struct acri_timer_heap heap;

    (void)state;
    last_fired_ns = 0;
    acri_timer_heap_init(&heap);
    acri_timer_set(&heap, &a.timer, 100);
    assert_int_equal(acri_timer_heap_expire(&heap, 99, 10), 0);
    assert_true(acri_timer_is_set(&a.timer));
    assert_int_equal(acri_timer_heap_expire(&heap, 100, 10), 1);
    assert_false(acri_timer_is_set(&a.timer));
    acri_timer_heap_done(&heap);
}

static void a_batch_is_bounded(void **state)
{
    static struct alarm alarms[10];
    struct acri_timer_heap heap;

    (void)state;
    last_fired_ns = 0;
    acri_timer_heap_init(&heap);
    for (int i = 0; i < 10; i++) {
        alarms[i] = (struct alarm){ .timer.function = fire, .at_ns = 5 };
        acri_timer_set(&heap, &alarms[i].timer, 5);
    }
    assert_int_equal(acri_timer_heap_expire(&heap, 9, 4), 4);
    assert_int_equal(acri_timer_heap_expire(&heap, 9, 100), 6);
    acri_timer_stop(&heap, &alarms[0].timer); /* not running: nothing happens */
    acri_timer_heap_done(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_once_in_order_whatever_was_changed),
        cmocka_unit_test(many_timers_fire_when_they_are_due),
        cmocka_unit_test(a_timer_never_fires_early),
        cmocka_unit_test(a_batch_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
