/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/clock.h"
#include "dist/mail.h"
#include "dist/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define S ACRI_NS_PER_S

static struct acri_mail from, to;
static int n_got;
static size_t n_got_bytes;

static void put(const char *type, size_t n)
{
    char *bytes = calloc(1, n + 1);
    struct acri_mail_parcel *p;

    memset(bytes, type[0], n);
    p = acri_mail_parcel_new(type, bytes, n);
    assert_non_null(p);
    assert_int_equal(acri_mail_put(&from, p), 0);
    acri_mail_parcel_drop(p);
    free(bytes);
}

static void take(struct acri_unpack frame)
{
    struct acri_mail_message m;
    struct acri_wire_piece piece;
    struct acri_unpack body;
    uint64_t type;
    int r;

    while (acri_wire_next(&frame, &type, &body)) {
        assert_true(acri_wire_get_piece(&body, &piece));
        r = acri_mail_take(&to, &piece, &m);
        assert_true(r >= 0);
        if (r == 0)
            continue;
        for (size_t i = 0; i < m.n_bytes; i++)
            assert_int_equal(((char *)m.bytes)[i], m.type[0]);
        n_got++;
        n_got_bytes += m.n_bytes;
        free(m.bytes);
    }
}

/* One frame. Returns: whether there was one. */
static bool carry(bool is_lost)
{
    struct acri_unpack frame;
    struct acri_buf b;
    uint64_t last;

    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    last = acri_mail_fill(&from, &b);
    if (last != 0) {
        acri_mail_sent(&from, S, last);
        acri_unpack_init(&frame, b.data, b.length);
        if (!is_lost)
            take(frame);
    }
    acri_buf_done(&b);
    return last != 0;
}

static void begin(void)
{
    acri_mail_init(&from);
    acri_mail_init(&to);
    n_got = 0;
    n_got_bytes = 0;
}

static void end(void)
{
    acri_mail_done(&from);
    acri_mail_done(&to);
}

static void small_ones_share_a_frame(void **state)
{
    (void)state;
    begin();
    for (int i = 0; i < 10; i++)
        put("a", 100);
    put("empty", 0);
    assert_true(carry(false));
    assert_false(carry(false));
    assert_int_equal(n_got, 11);
    assert_true(to.is_to_tell);
    assert_false(acri_mail_is_empty(&from));
    acri_mail_heard(&from, S, to.have);
    assert_true(acri_mail_is_empty(&from));
    end();
}

static void large_ones_come_in_pieces_within_a_window(void **state)
{
    int n = 0;

    (void)state;
    begin();
    put("x", 1000000);
    while (!acri_mail_is_empty(&from)) {
        bool is_any = false;

        while (carry(false))
            is_any = true;
        assert_true(is_any);
        assert_true(from.flight.n_bytes <= 3 * ACRI_MAIL_PIECE_BYTES);
        assert_true(++n < 20);
        acri_mail_heard(&from, S, to.have);
    }
    assert_int_equal(n_got, 1);
    assert_int_equal(n_got_bytes, 1000000);
    end();
}

static void what_is_lost_comes_again_and_what_comes_again_is_left_out(void **state)
{
    (void)state;
    begin();
    put("x", 150000);
    put("y", 10);
    assert_true(carry(false));
    assert_true(carry(true));
    carry(false);
    assert_int_equal(to.have, 1);
    assert_true(acri_flight_expire(&from.flight, 10 * S, 0));
    while (carry(false))
        acri_mail_heard(&from, S, 0);
    acri_mail_heard(&from, S, to.have);
    while (carry(false))
        continue;
    assert_int_equal(n_got, 2);
    assert_int_equal(n_got_bytes, 150010);
    end();
}

static void with_another_process_it_begins_anew(void **state)
{
    (void)state;
    begin();
    put("x", 150000);
    put("y", 10);
    assert_true(carry(false));
    acri_mail_heard(&from, S, to.have);
    acri_mail_restart(&from);
    acri_mail_restart(&to);
    do {
        acri_mail_heard(&from, S, to.have);
    } while (carry(false));
    assert_int_equal(n_got, 2);
    end();
}

static void there_are_limits(void **state)
{
    struct acri_mail_parcel *p;
    char *large = calloc(1, ACRI_CLUSTER_MESSAGE_MAX + 1);
    char name[257];

    (void)state;
    begin();
    memset(name, 'x', sizeof(name));
    name[256] = '\0';
    assert_null(acri_mail_parcel_new("", "", 0));
    assert_null(acri_mail_parcel_new(name, "", 0));
    assert_non_null(p = acri_mail_parcel_new(name + 1, "", 0));
    for (unsigned i = 0; i < ACRI_MAIL_MESSAGES; i++)
        assert_int_equal(acri_mail_put(&from, p), 0);
    assert_int_equal(acri_mail_put(&from, p), -ENOBUFS);
    acri_mail_parcel_drop(p);
    acri_mail_done(&from);
    acri_mail_init(&from);
    assert_null(acri_mail_parcel_new("x", large, ACRI_CLUSTER_MESSAGE_MAX + 1));
    assert_non_null(p = acri_mail_parcel_new("x", large, ACRI_CLUSTER_MESSAGE_MAX));
    assert_int_equal(acri_mail_put(&from, p), 0);
    assert_int_equal(acri_mail_put(&from, p), 0);
    assert_int_equal(acri_mail_put(&from, p), -ENOBUFS);
    acri_mail_parcel_drop(p);
    free(large);
    end();
}

static void pieces_that_do_not_fit_are_refused(void **state)
{
    struct acri_wire_piece p = {
        .number = 1, .is_last = true, .type = "x", .bytes = "abc", .n_bytes = 3
    };
    struct acri_mail_message m;

    (void)state;
    begin();
    assert_int_equal(acri_mail_take(&to, &p, &m), -EBADMSG); /* no first one */
    p.number++;
    p.is_first = true;
    p.total = 4;
    assert_int_equal(acri_mail_take(&to, &p, &m), -EBADMSG); /* too few */
    p.number++;
    p.total = 2;
    assert_int_equal(acri_mail_take(&to, &p, &m), -EBADMSG); /* too many */
    p.number++;
    p.is_last = false;
    p.total = (uint64_t)ACRI_CLUSTER_MESSAGE_MAX + 1;
    assert_int_equal(acri_mail_take(&to, &p, &m), -EBADMSG);
    p.number++;
    p.total = ACRI_CLUSTER_MESSAGE_MAX;
    assert_int_equal(acri_mail_take(&to, &p, &m), 0);
    assert_true(to.capacity < 100); /* what is announced costs nothing */
    p.number++;
    p.is_last = true;
    p.total = 3;
    assert_int_equal(acri_mail_take(&to, &p, &m), 1); /* a first one begins anew */
    assert_int_equal(m.n_bytes, 3);
    free(m.bytes);
    acri_mail_heard(&from, S, 99);
    assert_int_equal(from.flight.have, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_ones_share_a_frame),
        cmocka_unit_test(large_ones_come_in_pieces_within_a_window),
        cmocka_unit_test(what_is_lost_comes_again_and_what_comes_again_is_left_out),
        cmocka_unit_test(with_another_process_it_begins_anew),
        cmocka_unit_test(there_are_limits),
        cmocka_unit_test(pieces_that_do_not_fit_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
