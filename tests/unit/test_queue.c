/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/check.h"
#include "dist/queue.h"
#include "sched/thread.h"

#include <poll.h>
#include <stdlib.h>

static int numbers[64];

static int readable(const struct acri_queue *q)
{
    struct pollfd p = { .fd = q->fd, .events = POLLIN };

    return poll(&p, 1, 0);
}

static void count_left(void *item)
{
    numbers[63] += *(int *)item;
}

static void first_in_first_out_and_readable_while_not_empty(void **state)
{
    struct acri_queue q;
    uint64_t tag = 0;

    (void)state;
    assert_int_equal(acri_queue_init(&q), 0);
    assert_int_equal(readable(&q), 0);
    assert_null(acri_queue_take(&q, NULL));
    for (int i = 0; i < 3; i++)
        assert_null(acri_queue_put(&q, 0, 10 + (uint64_t)i, &numbers[i]));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(readable(&q), 1);
        assert_ptr_equal(acri_queue_take(&q, &tag), &numbers[i]);
        assert_int_equal(tag, 10 + i);
    }
    assert_int_equal(readable(&q), 0);
    assert_null(acri_queue_take(&q, NULL));
    acri_queue_done(&q, count_left);
}

static void of_a_key_the_latest_is_kept_behind_what_came_before_it(void **state)
{
    struct acri_queue q;

    (void)state;
    assert_int_equal(acri_queue_init(&q), 0);
    assert_null(acri_queue_put(&q, 1, 0, &numbers[0]));
    assert_ptr_equal(acri_queue_put(&q, 1, 0, &numbers[1]), &numbers[0]);
    assert_null(acri_queue_put(&q, 0, 0, &numbers[2]));
    assert_null(acri_queue_put(&q, 5000, 0, &numbers[3]));
    assert_ptr_equal(acri_queue_put(&q, 1, 0, &numbers[4]), &numbers[1]);
    assert_ptr_equal(acri_queue_take(&q, NULL), &numbers[2]);
    assert_ptr_equal(acri_queue_take(&q, NULL), &numbers[3]);
    /* What was taken is not replaced. */
    assert_null(acri_queue_put(&q, 5000, 0, &numbers[5]));
    assert_ptr_equal(acri_queue_take(&q, NULL), &numbers[4]);
    assert_int_equal(readable(&q), 1);
    numbers[5] = 7;
    numbers[63] = 0;
    acri_queue_done(&q, count_left);
    assert_int_equal(numbers[63], 7);
}

enum { SENDERS = 3, ITEMS = 20000 };

struct sender {
    struct acri_thread thread;
    struct acri_queue *q;
    uint32_t key;
};

static void send_all(void *arg)
{
    struct sender *s = arg;

    for (int i = 0; i < ITEMS; i++) {
        int *item = acri_alloc(sizeof(*item));

        *item = i;
        free(acri_queue_put(s->q, s->key, s->key, item));
    }
}

/* The last sender's items have no key and all arrive; of the others' the last one does. */
static void threads(void **state)
{
    struct sender senders[SENDERS];
    int last[SENDERS] = { -1, -1, -1 };
    struct acri_queue q;
    int n = 0;

    (void)state;
    assert_int_equal(acri_queue_init(&q), 0);
    for (uint32_t i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){ .q = &q, .key = (i + 1) % SENDERS };
        assert_int_equal(acri_thread_start(&senders[i].thread, "sender", send_all, &senders[i]), 0);
    }
    while (last[0] < ITEMS - 1 || last[1] < ITEMS - 1 || last[2] < ITEMS - 1) {
        struct pollfd p = { .fd = q.fd, .events = POLLIN };
        uint64_t key = 0;
        int *item;

        assert_int_equal(poll(&p, 1, 20000), 1);
        item = acri_queue_take(&q, &key);
        assert_non_null(item);
        assert_true(*item > last[key]);
        n += key == 0;
        last[key] = *item;
        free(item);
    }
    assert_int_equal(n, ITEMS);
    for (int i = 0; i < SENDERS; i++)
        acri_thread_join(&senders[i].thread);
    assert_int_equal(readable(&q), 0);
    acri_queue_done(&q, free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_first_out_and_readable_while_not_empty),
        cmocka_unit_test(of_a_key_the_latest_is_kept_behind_what_came_before_it),
        cmocka_unit_test(threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
