/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "sched/mailbox_door.h"
#include "sched/thread.h"

#include <errno.h>

enum { SENDERS = 4, POSTS = 2000 };

static struct acri_mailbox_door door = ACRI_MAILBOX_DOOR_INIT;
static unsigned n_called;

static void count(void *arg)
{
    *(unsigned *)arg += 1;
}

static void who_comes_too_early_or_too_late_is_refused(void **state)
{
    struct acri_mailbox box;

    (void)state;
    n_called = 0;
    assert_int_equal(acri_mailbox_door_post(&door, count, &n_called), -ESHUTDOWN);
    assert_int_equal(acri_mailbox_init(&box), 0);
    acri_mailbox_door_open(&door, &box);
    assert_int_equal(acri_mailbox_door_post(&door, count, &n_called), 0);
    assert_int_equal(acri_mailbox_door_post(&door, count, &n_called), 0);
    acri_mailbox_door_close(&door);
    assert_int_equal(acri_mailbox_door_post(&door, count, &n_called), -ESHUTDOWN);
    /* Who was taken is called. */
    assert_int_equal(acri_mailbox_door_inside(&door), 2);
    assert_int_equal(n_called, 0);
    acri_mailbox_run(&box);
    assert_int_equal(n_called, 2);
    assert_int_equal(acri_mailbox_door_inside(&door), 0);
    acri_mailbox_done(&box);
}

struct sender {
    struct acri_thread thread;
    unsigned n_taken;
};

static void post_all(void *arg)
{
    struct sender *s = arg;

    for (int i = 0; i < POSTS; i++)
        s->n_taken += acri_mailbox_door_post(&door, count, &n_called) == 0;
}

static void closing_loses_nobody_who_was_taken(void **state)
{
    struct sender senders[SENDERS] = { { .n_taken = 0 } };
    struct acri_mailbox box;
    unsigned n_taken = 0;

    (void)state;
    n_called = 0;
    assert_int_equal(acri_mailbox_init(&box), 0);
    acri_mailbox_door_open(&door, &box);
    for (int i = 0; i < SENDERS; i++)
        assert_int_equal(acri_thread_start(&senders[i].thread, "sender", post_all, &senders[i]), 0);
    while (n_called < POSTS)
        acri_mailbox_run(&box);
    acri_mailbox_door_close(&door);
    while (acri_mailbox_door_inside(&door) > 0)
        acri_mailbox_run(&box);
    for (int i = 0; i < SENDERS; i++) {
        acri_thread_join(&senders[i].thread);
        n_taken += senders[i].n_taken;
    }
    assert_int_equal(n_called, n_taken);
    acri_mailbox_done(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_too_early_or_too_late_is_refused),
        cmocka_unit_test(closing_loses_nobody_who_was_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
