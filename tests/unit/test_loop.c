/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/check.h"
#include "base/clock.h"
#include "sched/loop.h"

#include <acrida/client.h>

#include <errno.h>
#include <unistd.h>

#define START_NS (1000 * ACRI_NS_PER_S)

static struct acr_loop loop;

static int set_up(void **state)
{
    (void)state;
    acri_clock_fake(START_NS);
    return acri_loop_init(&loop, 0, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    acri_loop_done(&loop);
    acri_clock_fake(0);
    return 0;
}

struct sleeper {
    struct acr_coroutine *coroutine;
    uint64_t deadline_ns;
    int reason;
    int n_ended;
};

static void sleep_once(void *arg)
{
    struct sleeper *s = arg;

    s->coroutine = acri_loop_current(&loop);
    s->reason = acri_loop_suspend(&loop, s->deadline_ns);
}

static void note_end(void *owner)
{
    ((struct sleeper *)owner)->n_ended++;
}

static void go(struct sleeper *s)
{
    assert_true(acri_loop_go(&loop, acri_stack_class_of(0), sleep_once, s, note_end, s));
}

static void a_suspended_coroutine_times_out_at_its_deadline(void **state)
{
    struct sleeper s = { .deadline_ns = START_NS + ACRI_NS_PER_S };

    (void)state;
    go(&s);
    acri_clock_fake(START_NS + ACRI_NS_PER_S - 1);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.n_ended, 0);
    acri_clock_fake(START_NS + ACRI_NS_PER_S);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.n_ended, 1);
    assert_int_equal(s.reason, -ETIMEDOUT);
}

static void the_first_wake_counts(void **state)
{
    struct sleeper s = { .deadline_ns = START_NS + ACRI_NS_PER_S };

    (void)state;
    go(&s);
    assert_true(acri_loop_is_suspended(s.coroutine));
    acri_loop_wake(s.coroutine, 7);
    acri_loop_wake(s.coroutine, 8);
    assert_false(acri_loop_is_suspended(s.coroutine));
    acri_clock_fake(START_NS + 2 * ACRI_NS_PER_S);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.reason, 7);
    assert_int_equal(s.n_ended, 1);
}

/* The timer of a wait that ended early serves the next ones. */
static void sleep_thrice(void *arg)
{
    struct sleeper *s = arg;

    s->coroutine = acri_loop_current(&loop);
    acri_loop_suspend(&loop, START_NS + ACRI_NS_PER_S);
    s->reason = acri_loop_suspend(&loop, START_NS + 3 * ACRI_NS_PER_S);
    s->n_ended = -1;
    acri_loop_suspend(&loop, 0);
    s->n_ended = 0;
}

static void a_deadline_that_was_not_reached_ends_no_later_wait(void **state)
{
    struct sleeper s = { 0 };

    (void)state;
    assert_true(acri_loop_go(&loop, acri_stack_class_of(0), sleep_thrice, &s, note_end, &s));
    acri_loop_wake(s.coroutine, 0);
    acri_loop_turn(&loop, false);
    s.reason = 7;
    acri_clock_fake(START_NS + ACRI_NS_PER_S);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.reason, 7);
    acri_clock_fake(START_NS + 3 * ACRI_NS_PER_S - 1);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.reason, 7);
    acri_clock_fake(START_NS + 3 * ACRI_NS_PER_S);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.reason, -ETIMEDOUT);
    assert_int_equal(s.n_ended, -1);
    /* Without a deadline nothing ends it but a wake, and nothing of it is left behind. */
    acri_clock_fake(START_NS + 1000 * ACRI_NS_PER_S);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.n_ended, -1);
    acri_loop_wake(s.coroutine, 0);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.n_ended, 1);
    assert_true(acri_timer_heap_next_ns(&loop.timers) == UINT64_MAX);
}

static void an_hour_of_sleepers_passes_in_order(void **state)
{
    enum { N = 500 };
    static struct sleeper sleepers[N];
    int n_ended = 0;

    (void)state;
    for (int i = 0; i < N; i++) {
        sleepers[i] = (struct sleeper){ .deadline_ns = START_NS + (uint64_t)(i % 60 + 1) * 60 *
                                                                      ACRI_NS_PER_S };
        go(&sleepers[i]);
    }
    for (uint64_t minute = 1; minute <= 60; minute++) {
        acri_clock_fake(START_NS + minute * 60 * ACRI_NS_PER_S);
        acri_loop_turn(&loop, false);
        acri_loop_turn(&loop, false);
    }
    for (int i = 0; i < N; i++)
        n_ended += sleepers[i].n_ended;
    assert_int_equal(n_ended, N);
}

struct note {
    struct acri_message message;
    int value;
    int *to;
};

static void write_note(struct acri_message *m)
{
    struct note *n = ACRI_CONTAINER_OF(m, struct note, message);

    *n->to = *n->to * 10 + n->value;
}

static void messages_run_in_order(void **state)
{
    int seen = 0;
    struct note notes[3] = {
        { .message.run = write_note, .value = 1, .to = &seen },
        { .message.run = write_note, .value = 2, .to = &seen },
        { .message.run = write_note, .value = 3, .to = &seen },
    };

    (void)state;
    for (int i = 0; i < 3; i++)
        acri_loop_post(&loop, &notes[i].message);
    acri_loop_turn(&loop, false);
    assert_int_equal(seen, 123);
}

static uint64_t stalled_ns;
static void *stalled_owner;

static void note_stall(struct acr_loop *l, void *owner, uint64_t held_ns)
{
    (void)l;
    stalled_owner = owner;
    stalled_ns = held_ns;
}

static void hold_the_loop(void *arg)
{
    (void)arg;
    acri_clock_fake(acri_clock_now_ns() + 150 * ACRI_NS_PER_MS);
}

static void a_coroutine_that_holds_its_loop_is_reported(void **state)
{
    int owner;

    (void)state;
    loop.on_stall = note_stall;
    assert_true(acri_loop_go(&loop, acri_stack_class_of(0), hold_the_loop, NULL, NULL, &owner));
    assert_ptr_equal(stalled_owner, &owner);
    assert_int_equal(stalled_ns, 150 * ACRI_NS_PER_MS);
}

static void a_thread_that_is_woken_too_late_is_reported(void **state)
{
    (void)state;
    loop.on_stall = note_stall;
    stalled_owner = &loop;
    stalled_ns = 0;
    /* As if it had waited for a timer that was due before now. */
    loop.polled_ns = acri_clock_now_ns();
    loop.armed_ns = loop.polled_ns + 50 * ACRI_NS_PER_MS;
    acri_clock_fake(loop.armed_ns + 99 * ACRI_NS_PER_MS);
    acri_loop_turn(&loop, false);
    assert_int_equal(stalled_ns, 0);
    loop.polled_ns = acri_clock_now_ns(); /* due before it waited */
    acri_clock_fake(loop.polled_ns + 101 * ACRI_NS_PER_MS);
    acri_loop_turn(&loop, false);
    assert_int_equal(stalled_ns, 101 * ACRI_NS_PER_MS);
    assert_null(stalled_owner);
}

static void near_deadlines_share_a_wake_up_and_none_comes_early(void **state)
{
    (void)state;
    for (uint64_t at_ns = START_NS; at_ns < START_NS + 3 * ACRI_NS_PER_S; at_ns += 7777777) {
        uint64_t fires_ns = acri_loop_coalesce_ns(START_NS, at_ns);

        assert_true(fires_ns >= at_ns && fires_ns < at_ns + ACRI_NS_PER_MS);
        if (at_ns < START_NS + 20 * ACRI_NS_PER_MS)
            assert_true(fires_ns < at_ns + ACRI_NS_PER_MS / 4);
    }
}

struct seen {
    struct acr_watch *watch;
    uint32_t ready;
    int n;
};

static void note_ready(int fd, uint32_t ready, void *arg)
{
    struct seen *s = arg;
    char byte;

    if (ready & ACR_READ)
        assert_int_equal(read(fd, &byte, 1), 1);
    s->ready = ready;
    s->n++;
}

static void a_watch_tells_readiness_until_it_is_paused(void **state)
{
    struct seen s = { 0 };
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    s.watch = acr_watch_new(&loop, fds[0], ACR_READ, note_ready, &s);
    assert_int_equal(write(fds[1], "ab", 2), 2);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.ready, ACR_READ);
    assert_int_equal(s.n, 1);
    assert_int_equal(acr_watch_set(s.watch, 0), 0);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.n, 1);
    assert_int_equal(acr_watch_set(s.watch, ACR_READ), 0);
    acri_loop_turn(&loop, false);
    assert_int_equal(s.n, 2);
    acr_watch_free(s.watch);
    close(fds[0]);
    close(fds[1]);
}

static void count_call(void *arg)
{
    ++*(int *)arg;
}

static void a_client_timer_fires_once_and_can_be_set_again(void **state)
{
    int n = 0;
    struct acr_timer *t = acr_timer_new(&loop, count_call, &n);

    (void)state;
    acr_timer_set(t, START_NS + 10);
    acri_clock_fake(START_NS + 10);
    acri_loop_turn(&loop, false);
    acri_loop_turn(&loop, false);
    assert_int_equal(n, 1);
    acr_timer_set(t, START_NS + 20);
    acr_timer_stop(t);
    acri_clock_fake(START_NS + 30);
    acri_loop_turn(&loop, false);
    assert_int_equal(n, 1);
    acr_timer_free(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_suspended_coroutine_times_out_at_its_deadline),
        TEST(the_first_wake_counts),
        TEST(a_deadline_that_was_not_reached_ends_no_later_wait),
        TEST(an_hour_of_sleepers_passes_in_order),
        TEST(messages_run_in_order),
        TEST(a_coroutine_that_holds_its_loop_is_reported),
        TEST(a_thread_that_is_woken_too_late_is_reported),
        TEST(near_deadlines_share_a_wake_up_and_none_comes_early),
        TEST(a_watch_tells_readiness_until_it_is_paused),
        TEST(a_client_timer_fires_once_and_can_be_set_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
