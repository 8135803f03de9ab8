/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/wire_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct acri_unpack body_of(const struct acri_buf *b, uint64_t type)
{
    struct acri_unpack frame, body;
    uint64_t got;

    acri_unpack_init(&frame, b->data, b->length);
    assert_true(acri_wire_next(&frame, &got, &body));
    assert_int_equal(got, type);
    return body;
}

/* Every member its own number, so that none can stand for another. */
static void fill(struct acri_observed *o)
{
    *o = (struct acri_observed){
        .generation = 1,
        .run_id = 2,
        .state = ACRI_WORKER_FAILED,
        .n_threads = 4,
        .iterations_taken = 26,
        .iterations_returned = 27,
        .iterations_done = 28,
        .iterations_wanted = 29,
        .cpu_percent = 5.5,
        .loop_percent = 6.5,
        .lateness_ms = 7.5,
        .open_requests = 8.5,
        .memory_bytes = 9,
        .n_users = 10,
        .tally = { 11, 12, 13, 14, 15, 16, 25 },
        .load = { 17, 18, 19, 20, 21, 22, 23, UINT64_MAX },
        .fared_s = 30.5,
        .busy_share = 0.25,
        .wait_share = 0.125,
        .wait_ms = 31.5,
        .longest_stall_ms = 32.5,
        .n_stalls = 33,
        .n_stalled = 34,
        .error = "no such file",
        .n_types = ACRI_CLUSTER_TYPES,
    };
    for (uint32_t i = 0; i < ACRI_CLUSTER_TYPES; i++)
        o->users[i] = UINT64_MAX - i;
}

static void heartbeats_come_back_and_are_bad_when_cut(void **state)
{
    struct acri_wire_heartbeat h = { .sent_ns = 1,
                                     .wall_ns = 2,
                                     .round_trip_ns = 3,
                                     .generation = 4 },
                               got = { 0 };
    struct acri_unpack u;
    struct acri_buf b;

    (void)state;
    fill(&h.observed);
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_heartbeat(&b, &h);
    u = body_of(&b, ACRI_WIRE_HEARTBEAT);
    assert_true(acri_wire_get_heartbeat(&u, &got));
    assert_int_equal(got.generation, 4);
    assert_memory_equal(&got.observed.tally, &h.observed.tally, sizeof(got.observed.tally));
    assert_memory_equal(got.observed.load, h.observed.load, sizeof(got.observed.load));
    assert_memory_equal(got.observed.users, h.observed.users, sizeof(got.observed.users));
    assert_string_equal(got.observed.error, "no such file");
    assert_int_equal(got.observed.iterations_taken, 26);
    assert_int_equal(got.observed.iterations_returned, 27);
    assert_int_equal(got.observed.iterations_done, 28);
    assert_int_equal(got.observed.iterations_wanted, 29);
    assert_true(got.observed.lateness_ms == 7.5 && got.observed.open_requests == 8.5);
    assert_int_equal(got.observed.state, ACRI_WORKER_FAILED);
    u = body_of(&b, ACRI_WIRE_HEARTBEAT);
    for (size_t n = (size_t)(u.end - u.at); n-- > 0;) {
        struct acri_unpack cut;

        acri_unpack_init(&cut, u.at, n);
        assert_false(acri_wire_get_heartbeat(&cut, &got));
    }
    acri_buf_done(&b);
}

static void states_come_back_and_are_bad_when_cut(void **state)
{
    struct acri_desired d = { .generation = 1,
                              .run_id = 2,
                              .epoch = 3,
                              .phase = ACRI_PHASE_QUIT,
                              .is_spawned = true,
                              .start_at_ns = 4,
                              .reach_in_ns = 5,
                              .arrival_rate = 6.5,
                              .ramp_per_s = -7.5,
                              .first_number = 8,
                              .number_step = 9,
                              .iterations = 10,
                              .is_short = true,
                              .n_types = 2,
                              .users = { 11, UINT64_MAX },
                              .users_all = { 12, 13 } },
                        got;
    struct acri_unpack u;
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_state(&b, &d);
    u = body_of(&b, ACRI_WIRE_STATE);
    assert_true(acri_wire_get_state(&u, &got));
    assert_memory_equal(&got, &d, sizeof(d));
    u = body_of(&b, ACRI_WIRE_STATE);
    for (size_t n = (size_t)(u.end - u.at); n-- > 0;) {
        struct acri_unpack cut;

        acri_unpack_init(&cut, u.at, n);
        assert_false(acri_wire_get_state(&cut, &got));
    }
    acri_buf_done(&b);
}

static void what_is_no_amount_is_not_sent_and_not_taken(void **state)
{
    struct acri_desired d = { .arrival_rate = NAN, .ramp_per_s = INFINITY }, got;
    struct acri_unpack u;
    struct acri_buf b;
    double bad = NAN;

    (void)state;
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_state(&b, &d);
    u = body_of(&b, ACRI_WIRE_STATE);
    assert_true(acri_wire_get_state(&u, &got));
    assert_true(got.arrival_rate == 0 && got.ramp_per_s == 0);
    /* Behind type, length and seven numbers of one byte each. */
    memcpy(b.data + 4 + 7, &bad, sizeof(bad));
    u = body_of(&b, ACRI_WIRE_STATE);
    assert_false(acri_wire_get_state(&u, &got));
    acri_buf_done(&b);
}

static void counts_are_bounded(void **state)
{
    struct acri_desired d = { .n_types = ACRI_CLUSTER_TYPES + 5 }, got;
    struct acri_unpack u;
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_state(&b, &d);
    u = body_of(&b, ACRI_WIRE_STATE);
    assert_true(acri_wire_get_state(&u, &got));
    assert_int_equal(got.n_types, ACRI_CLUSTER_TYPES);
    acri_buf_clear(&b);
    for (int i = 0; i < 7; i++)
        acri_pack_u64(&b, 0);
    for (int i = 0; i < 2; i++)
        acri_pack_double(&b, 0);
    for (int i = 0; i < 4; i++)
        acri_pack_u64(&b, 0);
    acri_pack_u64(&b, ACRI_CLUSTER_TYPES + 1);
    for (int i = 0; i < 300; i++)
        acri_pack_u64(&b, 1);
    acri_unpack_init(&u, b.data, b.length);
    assert_false(acri_wire_get_state(&u, &got));
    acri_buf_done(&b);
}

static void a_farewell_comes_back(void **state)
{
    struct acri_wire_leave l = { .last_seq = 5, .reason = "quit" }, got = { 0 };
    struct acri_unpack u;
    struct acri_buf b;

    (void)state;
    fill(&l.observed);
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_leave(&b, &l);
    u = body_of(&b, ACRI_WIRE_LEAVE);
    assert_true(acri_wire_get_leave(&u, &got));
    assert_int_equal(got.last_seq, 5);
    assert_string_equal(got.reason, "quit");
    assert_int_equal(got.observed.tally.attempts, 16);
    acri_buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heartbeats_come_back_and_are_bad_when_cut),
        cmocka_unit_test(states_come_back_and_are_bad_when_cut),
        cmocka_unit_test(what_is_no_amount_is_not_sent_and_not_taken),
        cmocka_unit_test(counts_are_bounded),
        cmocka_unit_test(a_farewell_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
