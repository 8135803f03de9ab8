/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/wire.h"

#include <stdlib.h>
#include <string.h>

static struct acri_buf b;

static void begin(void)
{
    acri_buf_done(&b);
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
}

/* The body of the only record there is. */
static struct acri_unpack body_of(uint64_t type)
{
    struct acri_unpack frame, body;
    uint64_t got;

    acri_unpack_init(&frame, b.data, b.length);
    assert_true(acri_wire_next(&frame, &got, &body));
    assert_int_equal(got, type);
    assert_false(frame.is_bad);
    assert_ptr_equal(frame.at, frame.end);
    return body;
}

static void heads_come_back(void **state)
{
    struct acri_wire_head h = { 1, ACRI_WIRE_DATA, 0x1234, 0x0102030405060708, UINT64_MAX - 1 };
    struct acri_wire_head got;
    unsigned char bytes[ACRI_WIRE_HEAD_BYTES];

    (void)state;
    acri_wire_put_head(bytes, &h);
    assert_int_equal(bytes[4], 8);
    assert_true(acri_wire_get_head(bytes, sizeof(bytes), &got));
    assert_int_equal(got.version, 1);
    assert_int_equal(got.kind, ACRI_WIRE_DATA);
    assert_int_equal(got.flags, 0x1234);
    assert_int_equal(got.session, h.session);
    assert_int_equal(got.counter, h.counter);
    for (size_t n = 0; n < sizeof(bytes); n++)
        assert_false(acri_wire_get_head(bytes, n, &got));
}

static void records_come_back(void **state)
{
    struct acri_wire_answer a = { 3, 4, 5, 6, UINT64_MAX, 8 }, got_a;
    struct acri_wire_report r = { 1, 2, 3, "abc", 3 }, got_r;
    struct acri_wire_piece p = { 9, true, false, "type", 77, "xy", 2 }, got_p;
    struct acri_unpack u;
    uint64_t have;

    (void)state;
    begin();
    acri_wire_put_answer(&b, &a);
    u = body_of(ACRI_WIRE_ANSWER);
    assert_true(acri_wire_get_answer(&u, &got_a));
    assert_int_equal(got_a.index, 3);
    assert_int_equal(got_a.replied_ns, 6);
    assert_int_equal(got_a.have, UINT64_MAX);
    assert_int_equal(got_a.durable, 8);
    begin();
    acri_wire_put_report(&b, &r);
    u = body_of(ACRI_WIRE_REPORT);
    assert_true(acri_wire_get_report(&u, &got_r));
    assert_int_equal(got_r.seq, 1);
    assert_int_equal(got_r.epoch, 3);
    assert_int_equal(got_r.n_bytes, 3);
    assert_memory_equal(got_r.bytes, "abc", 3);
    begin();
    acri_wire_put_piece(&b, &p);
    u = body_of(ACRI_WIRE_PIECE);
    assert_true(acri_wire_get_piece(&u, &got_p));
    assert_true(got_p.is_first && !got_p.is_last);
    assert_string_equal(got_p.type, "type");
    assert_int_equal(got_p.total, 77);
    assert_int_equal(got_p.n_bytes, 2);
    begin();
    acri_wire_put_pieces(&b, 12);
    u = body_of(ACRI_WIRE_PIECES);
    assert_true(acri_wire_get_pieces(&u, &have));
    assert_int_equal(have, 12);
    begin();
    acri_wire_put_bye(&b);
    u = body_of(ACRI_WIRE_BYE);
    assert_ptr_equal(u.at, u.end);
}

static void a_record_that_is_cut_is_bad_wherever(void **state)
{
    struct acri_wire_report r = { 300, 2, 3, "abc", 3 };

    (void)state;
    begin();
    acri_wire_put_report(&b, &r);
    for (size_t n = 0; n < b.length; n++) {
        unsigned char *copy = malloc(n > 0 ? n : 1);
        struct acri_unpack frame, body;
        uint64_t type;

        memcpy(copy, b.data, n);
        acri_unpack_init(&frame, copy, n);
        assert_false(acri_wire_next(&frame, &type, &body));
        assert_int_equal(frame.is_bad, n > 0);
        /* A body that ends early, in a frame that is whole. */
        if (n >= 4) {
            acri_unpack_init(&body, copy + 4, n - 4);
            assert_false(acri_wire_get_report(&body, &r));
        }
        free(copy);
    }
}

static void what_later_versions_append_is_skipped(void **state)
{
    struct acri_wire_answer a = { .index = 5 }, got;
    struct acri_unpack frame, body;
    uint64_t type;
    size_t at;

    (void)state;
    begin();
    at = acri_wire_begin(&b, (enum acri_wire_record)200);
    acri_pack_text(&b, "of a later version");
    acri_wire_end(&b, at);
    at = b.length + 4;
    acri_wire_put_answer(&b, &a);
    acri_pack_text(&b, "more");
    acri_wire_end(&b, at);
    acri_unpack_init(&frame, b.data, b.length);
    assert_true(acri_wire_next(&frame, &type, &body));
    assert_int_equal(type, 200);
    assert_true(acri_wire_next(&frame, &type, &body));
    assert_int_equal(type, ACRI_WIRE_ANSWER);
    assert_true(acri_wire_get_answer(&body, &got));
    assert_int_equal(got.index, 5);
    assert_false(acri_wire_next(&frame, &type, &body));
    assert_false(frame.is_bad);
}

static void sealed_frames_open_once_and_unchanged(void **state)
{
    struct acri_seal_way there = { .counter = 0 }, here;
    struct acri_wire_out out;
    struct acri_wire_in in = { 0 };
    struct acri_unpack body;
    size_t n;

    (void)state;
    assert_int_equal(acri_seal_setup(), 0);
    acri_seal_random(there.key, sizeof(there.key));
    here = there;
    acri_wire_out_init(&out);
    acri_buf_puts(&out.plain, "what is said");
    n = acri_wire_seal_data(&out, &there, 7);
    for (size_t i = 0; i < n; i++) {
        out.frame[i] ^= 0x10;
        assert_false(acri_wire_open_data(&in, &here, out.frame, n, &body));
        assert_false(acri_wire_open_data(&in, &here, out.frame, i, &body));
        out.frame[i] ^= 0x10;
    }
    assert_true(acri_wire_open_data(&in, &here, out.frame, n, &body));
    assert_int_equal(body.end - body.at, 12);
    assert_memory_equal(body.at, "what is said", 12);
    assert_false(acri_wire_open_data(&in, &here, out.frame, n, &body));
    n = acri_wire_seal_hello(&out, there.key, &(struct acri_wire_head){ .version = 1 });
    assert_true(acri_wire_open_hello(&in, there.key, out.frame, n, &body));
    assert_memory_equal(body.at, "what is said", 12);
    out.frame[1] = ACRI_WIRE_WELCOME;
    assert_false(acri_wire_open_hello(&in, there.key, out.frame, n, &body));
    acri_wire_out_done(&out);
    acri_wire_in_done(&in);
    acri_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_come_back),
        cmocka_unit_test(records_come_back),
        cmocka_unit_test(a_record_that_is_cut_is_bad_wherever),
        cmocka_unit_test(what_later_versions_append_is_skipped),
        cmocka_unit_test(sealed_frames_open_once_and_unchanged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
