/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/seal.h"

#include <string.h>

static const unsigned char psk[ACRI_SEAL_KEY_BYTES] = "a key that both of them have got";
static const unsigned char wrong_psk[ACRI_SEAL_KEY_BYTES] = "a key that one of them has not g";
static const char head[] = "head";
static const char text[] = "grasshopper";

#define HELLO_BYTES (sizeof(text) + ACRI_SEAL_NONCE_BYTES + ACRI_SEAL_TAG_BYTES)
#define FRAME_BYTES (sizeof(text) + ACRI_SEAL_TAG_BYTES)

static int set_up(void **state)
{
    (void)state;
    return acri_seal_setup();
}

/* What both ends have after a handshake. */
static void shake_hands(struct acri_seal_session *worker, struct acri_seal_session *master,
                        const unsigned char *master_psk, const char *master_context)
{
    struct acri_seal_pair w;
    struct acri_seal_pair m;

    acri_seal_pair_new(&w);
    acri_seal_pair_new(&m);
    assert_true(acri_seal_session(worker, psk, &w, m.open, "context", 7));
    assert_true(acri_seal_session(master, master_psk, &m, w.open, master_context, 7));
}

static void a_handshake_frame_is_opened_by_the_same_key_only(void **state)
{
    unsigned char sealed[HELLO_BYTES];
    unsigned char again[HELLO_BYTES];
    unsigned char out[sizeof(text)];

    (void)state;
    acri_seal_hello(psk, head, sizeof(head), text, sizeof(text), sealed);
    assert_true(acri_seal_open_hello(psk, head, sizeof(head), sealed, sizeof(sealed), out));
    assert_string_equal((char *)out, text);
    assert_false(acri_seal_open_hello(wrong_psk, head, sizeof(head), sealed, sizeof(sealed), out));
    acri_seal_hello(psk, head, sizeof(head), text, sizeof(text), again);
    assert_memory_not_equal(sealed, again, ACRI_SEAL_NONCE_BYTES);
    assert_memory_not_equal(sealed + ACRI_SEAL_NONCE_BYTES, again + ACRI_SEAL_NONCE_BYTES,
                            sizeof(text));
}

static void a_handshake_frame_that_was_touched_is_refused(void **state)
{
    unsigned char sealed[HELLO_BYTES];
    unsigned char out[sizeof(text)];
    char other_head[sizeof(head)];

    (void)state;
    acri_seal_hello(psk, head, sizeof(head), text, sizeof(text), sealed);
    for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
        sealed[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_false(acri_seal_open_hello(psk, head, sizeof(head), sealed, sizeof(sealed), out));
        sealed[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof(head); bit++) {
        memcpy(other_head, head, sizeof(head));
        other_head[bit / 8] = (char)(other_head[bit / 8] ^ (1 << bit % 8));
        assert_false(
            acri_seal_open_hello(psk, other_head, sizeof(head), sealed, sizeof(sealed), out));
    }
    for (size_t n = 0; n < sizeof(sealed); n++)
        assert_false(acri_seal_open_hello(psk, head, sizeof(head), sealed, n, out));
    assert_true(acri_seal_open_hello(psk, head, sizeof(head), sealed, sizeof(sealed), out));
}

static void a_handshake_frame_may_be_empty(void **state)
{
    unsigned char sealed[ACRI_SEAL_NONCE_BYTES + ACRI_SEAL_TAG_BYTES];
    unsigned char out[1];

    (void)state;
    acri_seal_hello(psk, NULL, 0, NULL, 0, sealed);
    assert_true(acri_seal_open_hello(psk, NULL, 0, sealed, sizeof(sealed), out));
}

static void both_ends_have_the_same_keys_and_each_way_its_own(void **state)
{
    static const unsigned char zeros[ACRI_SEAL_KEY_BYTES];
    struct acri_seal_session w;
    struct acri_seal_session m;
    struct acri_seal_session other;

    (void)state;
    shake_hands(&w, &m, psk, "context");
    assert_memory_equal(w.to_master.key, m.to_master.key, sizeof(zeros));
    assert_memory_equal(w.to_worker.key, m.to_worker.key, sizeof(zeros));
    assert_memory_not_equal(w.to_master.key, w.to_worker.key, sizeof(zeros));
    assert_memory_not_equal(w.to_master.key, zeros, sizeof(zeros));
    assert_int_equal(w.to_master.counter, 0);
    shake_hands(&w, &other, psk, "context");
    assert_memory_not_equal(other.to_master.key, m.to_master.key, sizeof(zeros));
}

static void another_key_or_context_makes_other_sessions(void **state)
{
    struct acri_seal_session w;
    struct acri_seal_session m;

    (void)state;
    shake_hands(&w, &m, wrong_psk, "context");
    assert_memory_not_equal(w.to_master.key, m.to_master.key, ACRI_SEAL_KEY_BYTES);
    assert_memory_not_equal(w.to_worker.key, m.to_worker.key, ACRI_SEAL_KEY_BYTES);
    shake_hands(&w, &m, psk, "kontext");
    assert_memory_not_equal(w.to_master.key, m.to_master.key, ACRI_SEAL_KEY_BYTES);
}

static void the_secret_does_not_outlive_the_handshake(void **state)
{
    static const unsigned char zeros[ACRI_SEAL_KEY_BYTES];
    struct acri_seal_session s;
    struct acri_seal_pair own;
    struct acri_seal_pair other;

    (void)state;
    acri_seal_pair_new(&own);
    acri_seal_pair_new(&other);
    assert_memory_not_equal(own.secret, zeros, sizeof(zeros));
    assert_true(acri_seal_session(&s, psk, &own, other.open, "", 0));
    assert_memory_equal(own.secret, zeros, sizeof(zeros));
    acri_seal_wipe(&s, sizeof(s));
    assert_memory_equal(s.to_master.key, zeros, sizeof(zeros));
}

/* Points of small order (0, 1, p - 1, p, p + 1): the result would not depend on our secret. */
static void weak_open_keys_are_refused(void **state)
{
    static const unsigned char zeros[ACRI_SEAL_KEY_BYTES];
    unsigned char points[5][ACRI_SEAL_KEY_BYTES] = { { 0 }, { 1 } };
    static const unsigned char low[3] = { 0xec, 0xed, 0xee };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        memset(points[2 + i], 0xff, ACRI_SEAL_KEY_BYTES);
        points[2 + i][0] = low[i];
        points[2 + i][31] = 0x7f;
    }
    for (size_t i = 0; i < 5; i++) {
        struct acri_seal_session s;
        struct acri_seal_pair own;

        acri_seal_pair_new(&own);
        memset(&s, 1, sizeof(s));
        assert_false(acri_seal_session(&s, psk, &own, points[i], "", 0));
        assert_memory_equal(own.secret, zeros, sizeof(zeros));
        assert_memory_equal(s.to_master.key, zeros, sizeof(zeros));
    }
}

static void frames_go_both_ways(void **state)
{
    struct acri_seal_session w;
    struct acri_seal_session m;
    unsigned char sealed[FRAME_BYTES];
    unsigned char out[sizeof(text)];

    (void)state;
    shake_hands(&w, &m, psk, "context");
    for (uint64_t i = 1; i <= 3; i++) {
        acri_seal_frame(&w.to_master, head, sizeof(head), text, sizeof(text), sealed);
        assert_int_equal(w.to_master.counter, i);
        assert_true(
            acri_seal_open_frame(&m.to_master, i, head, sizeof(head), sealed, sizeof(sealed), out));
        assert_string_equal((char *)out, text);
        /* What goes one way cannot be sent back. */
        assert_false(
            acri_seal_open_frame(&w.to_worker, i, head, sizeof(head), sealed, sizeof(sealed), out));
        acri_seal_frame(&m.to_worker, head, sizeof(head), text, sizeof(text), sealed);
        assert_true(
            acri_seal_open_frame(&w.to_worker, i, head, sizeof(head), sealed, sizeof(sealed), out));
    }
}

static void a_frame_that_was_touched_is_refused_and_changes_nothing(void **state)
{
    struct acri_seal_session w;
    struct acri_seal_session m;
    unsigned char sealed[FRAME_BYTES];
    unsigned char out[sizeof(text)];

    (void)state;
    shake_hands(&w, &m, psk, "context");
    acri_seal_frame(&w.to_master, head, sizeof(head), text, sizeof(text), sealed);
    for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
        sealed[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_false(
            acri_seal_open_frame(&m.to_master, 1, head, sizeof(head), sealed, sizeof(sealed), out));
        sealed[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    for (size_t n = 0; n < sizeof(sealed); n++)
        assert_false(acri_seal_open_frame(&m.to_master, 1, head, sizeof(head), sealed, n, out));
    assert_false(
        acri_seal_open_frame(&m.to_master, 1, "haed", sizeof(head), sealed, sizeof(sealed), out));
    assert_false(acri_seal_open_frame(&m.to_master, 2, head, sizeof(head), sealed, sizeof(sealed),
                                      out)); /* another counter */
    assert_int_equal(m.to_master.counter, 0);
    assert_true(
        acri_seal_open_frame(&m.to_master, 1, head, sizeof(head), sealed, sizeof(sealed), out));
}

static void a_repeat_is_refused_and_a_gap_is_not(void **state)
{
    struct acri_seal_session w;
    struct acri_seal_session m;
    unsigned char sealed[6][FRAME_BYTES];
    unsigned char out[sizeof(text)];

    (void)state;
    shake_hands(&w, &m, psk, "context");
    for (size_t i = 0; i < 6; i++)
        acri_seal_frame(&w.to_master, NULL, 0, text, sizeof(text), sealed[i]);
    assert_true(acri_seal_open_frame(&m.to_master, 1, NULL, 0, sealed[0], FRAME_BYTES, out));
    assert_false(acri_seal_open_frame(&m.to_master, 1, NULL, 0, sealed[0], FRAME_BYTES, out));
    assert_true(acri_seal_open_frame(&m.to_master, 5, NULL, 0, sealed[4], FRAME_BYTES, out));
    assert_int_equal(m.to_master.counter, 5);
    for (uint64_t i = 0; i <= 5; i++) /* counter 0 is never used */
        assert_false(acri_seal_open_frame(&m.to_master, i, NULL, 0, sealed[i > 0 ? i - 1 : 0],
                                          FRAME_BYTES, out));
    assert_true(acri_seal_open_frame(&m.to_master, 6, NULL, 0, sealed[5], FRAME_BYTES, out));
}

static void random_bytes_differ(void **state)
{
    unsigned char a[32];
    unsigned char b[32];

    (void)state;
    acri_seal_random(a, sizeof(a));
    acri_seal_random(b, sizeof(b));
    assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_frame_is_opened_by_the_same_key_only),
        cmocka_unit_test(a_handshake_frame_that_was_touched_is_refused),
        cmocka_unit_test(a_handshake_frame_may_be_empty),
        cmocka_unit_test(both_ends_have_the_same_keys_and_each_way_its_own),
        cmocka_unit_test(another_key_or_context_makes_other_sessions),
        cmocka_unit_test(the_secret_does_not_outlive_the_handshake),
        cmocka_unit_test(weak_open_keys_are_refused),
        cmocka_unit_test(frames_go_both_ways),
        cmocka_unit_test(a_frame_that_was_touched_is_refused_and_changes_nothing),
        cmocka_unit_test(a_repeat_is_refused_and_a_gap_is_not),
        cmocka_unit_test(random_bytes_differ),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
