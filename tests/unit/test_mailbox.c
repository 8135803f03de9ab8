/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/check.h"
#include "sched/mailbox.h"
#include "sched/thread.h"

#include <poll.h>

enum { SENDERS = 4, MESSAGES = 20000 };

struct numbered {
    struct acri_message message;
    int sender;
    int number;
};

struct sender {
    struct acri_thread thread;
    struct acri_mailbox *box;
    struct numbered *messages; /* MESSAGES elements */
};

static int next_of[SENDERS];

static void check_order(struct acri_message *m)
{
    struct numbered *n = ACRI_CONTAINER_OF(m, struct numbered, message);

    assert_int_equal(n->number, next_of[n->sender]);
    next_of[n->sender]++;
}

static void send_all(void *arg)
{
    struct sender *s = arg;

    for (int i = 0; i < MESSAGES; i++)
        acri_mailbox_post(s->box, &s->messages[i].message);
}

static void messages_of_many_threads_arrive_each_once_in_their_order(void **state)
{
    static struct numbered messages[SENDERS][MESSAGES];
    struct sender senders[SENDERS];
    struct acri_mailbox box;
    int n = 0;

    (void)state;
    assert_int_equal(acri_mailbox_init(&box), 0);
    for (int s = 0; s < SENDERS; s++) {
        for (int i = 0; i < MESSAGES; i++)
            messages[s][i] =
                (struct numbered){ .message.run = check_order, .sender = s, .number = i };
        senders[s] = (struct sender){ .box = &box, .messages = messages[s] };
        assert_int_equal(acri_thread_start(&senders[s].thread, "sender", send_all, &senders[s]), 0);
    }
    while (n < SENDERS * MESSAGES) {
        struct pollfd readable = { .fd = box.fd, .events = POLLIN };

        assert_int_equal(poll(&readable, 1, 20000), 1);
        acri_mailbox_run(&box);
        n = 0;
        for (int s = 0; s < SENDERS; s++)
            n += next_of[s];
    }
    for (int s = 0; s < SENDERS; s++)
        acri_thread_join(&senders[s].thread);
    acri_mailbox_done(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_many_threads_arrive_each_once_in_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
