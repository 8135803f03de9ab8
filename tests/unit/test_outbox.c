/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "dist/outbox.h"
#include "dist/wire.h"

#include <stdlib.h>

#define S ACRI_NS_PER_S

static char bytes[128 * 1024];

static void add(struct acri_outbox *o, uint64_t seq, size_t n)
{
    acri_outbox_add(o, seq, 7, 1, bytes, n);
}

/* Send one frame. Returns: its first seq, 0: nothing; *ret_last its last. */
static uint64_t send_one(struct acri_outbox *o, uint64_t now_ns, uint64_t *ret_last)
{
    struct acri_wire_report r;
    struct acri_unpack frame, body;
    struct acri_buf b;
    uint64_t type, first = 0;

    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    *ret_last = acri_outbox_fill(o, &b);
    if (*ret_last != 0) {
        acri_outbox_sent(o, now_ns, *ret_last);
        acri_unpack_init(&frame, b.data, b.length);
        assert_true(acri_wire_next(&frame, &type, &body));
        assert_true(acri_wire_get_report(&body, &r));
        first = r.seq;
    }
    acri_buf_done(&b);
    return first;
}

static void reports_share_frames_and_a_window(void **state)
{
    struct acri_outbox o;
    uint64_t last;

    (void)state;
    acri_outbox_init(&o);
    assert_int_equal(send_one(&o, S, &last), 0);
    for (uint64_t i = 1; i <= 100; i++)
        add(&o, i, 10000);
    for (uint64_t i = 0; i < 8; i++) {
        assert_int_equal(send_one(&o, S, &last), 1 + 3 * i);
        assert_int_equal(last, 3 + 3 * i);
    }
    assert_int_equal(send_one(&o, S, &last), 0);
    acri_outbox_heard(&o, S, 3, 0);
    assert_int_equal(send_one(&o, S, &last), 25);
    assert_int_equal(acri_outbox_first_kept(&o), 1);
    acri_outbox_heard(&o, S, 3, 2);
    assert_int_equal(acri_outbox_first_kept(&o), 3);
    acri_outbox_done(&o);
}

static void large_ones_go_alone_and_one_always_goes(void **state)
{
    struct acri_outbox o;
    uint64_t last;

    (void)state;
    acri_outbox_init(&o);
    for (uint64_t i = 1; i <= 4; i++)
        add(&o, i, sizeof(bytes));
    assert_int_equal(send_one(&o, S, &last), 1);
    assert_int_equal(last, 1);
    assert_int_equal(send_one(&o, S, &last), 2);
    assert_int_equal(send_one(&o, S, &last), 0);
    acri_outbox_done(&o);
}

static void what_is_lost_is_sent_again_from_there(void **state)
{
    struct acri_outbox o;
    uint64_t last;

    (void)state;
    acri_outbox_init(&o);
    for (uint64_t i = 1; i <= 3; i++) {
        add(&o, i, 10);
        assert_int_equal(send_one(&o, S, &last), i);
    }
    acri_outbox_heard(&o, S, 1, 0);
    acri_outbox_expire(&o, 2 * S, 0);
    assert_int_equal(send_one(&o, 2 * S, &last), 0);
    acri_outbox_expire(&o, 3 * S, 0);
    assert_int_equal(send_one(&o, 3 * S, &last), 2);
    assert_int_equal(last, 3);
    acri_outbox_done(&o);
}

static void another_master_has_only_what_was_on_disk(void **state)
{
    struct acri_outbox o;
    uint64_t last;

    (void)state;
    acri_outbox_init(&o);
    for (uint64_t i = 1; i <= 9; i++)
        add(&o, i, 10);
    assert_int_equal(send_one(&o, S, &last), 1);
    acri_outbox_heard(&o, S, 9, 4);
    acri_outbox_restart(&o, 0);
    assert_int_equal(send_one(&o, S, &last), 5);
    acri_outbox_restart(&o, 7);
    assert_int_equal(send_one(&o, S, &last), 8);
    /* Nobody has what was never given. */
    acri_outbox_restart(&o, 500);
    acri_outbox_heard(&o, S, 500, 500);
    assert_int_equal(acri_outbox_first_kept(&o), 10);
    add(&o, 10, 10);
    assert_int_equal(send_one(&o, S, &last), 10);
    acri_outbox_done(&o);
}

static void a_ledger_begins_where_it_begins(void **state)
{
    struct acri_outbox o;
    uint64_t last;

    (void)state;
    acri_outbox_init(&o);
    add(&o, 50, 10);
    assert_int_equal(acri_outbox_first_kept(&o), 50);
    assert_int_equal(send_one(&o, S, &last), 50);
    acri_outbox_done(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_share_frames_and_a_window),
        cmocka_unit_test(large_ones_go_alone_and_one_always_goes),
        cmocka_unit_test(what_is_lost_is_sent_again_from_there),
        cmocka_unit_test(another_master_has_only_what_was_on_disk),
        cmocka_unit_test(a_ledger_begins_where_it_begins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
