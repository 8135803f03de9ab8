/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/wire_hello.h"

#include <stdlib.h>
#include <string.h>

static struct acri_wire_hello a_hello(void)
{
    struct acri_wire_hello h = { .version = ACRI_WIRE_VERSION,
                                 .incarnation = 99,
                                 .first_kept = 1000,
                                 .is_deceased = true,
                                 .info = { .name = "shop-1",
                                           .host = "north",
                                           .labels = "region=eu",
                                           .version = "0.1.0",
                                           .n_cpus = 8,
                                           .n_threads = 4,
                                           .memory_bytes = 1ull << 40,
                                           .pid = 4711 } };

    memset(h.nonce, 1, sizeof(h.nonce));
    memset(h.open, 2, sizeof(h.open));
    memset(h.uuid, 3, sizeof(h.uuid));
    return h;
}

static void a_hello_comes_back_and_is_bad_when_cut(void **state)
{
    struct acri_wire_hello h = a_hello(), got;
    struct acri_unpack u;
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_hello(&b, &h);
    acri_unpack_init(&u, b.data, b.length);
    assert_true(acri_wire_get_hello(&u, &got));
    assert_memory_equal(&got, &h, sizeof(h));
    for (size_t n = 0; n < b.length; n++) {
        void *copy = malloc(n > 0 ? n : 1);

        memcpy(copy, b.data, n);
        acri_unpack_init(&u, copy, n);
        assert_false(acri_wire_get_hello(&u, &got));
        free(copy);
    }
    acri_buf_done(&b);
}

static void of_another_version_only_nonce_and_version_are_read(void **state)
{
    struct acri_wire_hello h = a_hello(), got;
    struct acri_unpack u;
    struct acri_buf b;

    (void)state;
    h.version = 300;
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_hello(&b, &h);
    acri_unpack_init(&u, b.data, sizeof(h.nonce) + 2);
    assert_true(acri_wire_get_hello(&u, &got));
    assert_int_equal(got.version, 300);
    assert_memory_equal(got.nonce, h.nonce, sizeof(h.nonce));
    assert_int_equal(got.incarnation, 0);
    acri_buf_done(&b);
}

static void answers_come_back(void **state)
{
    struct acri_wire_welcome w = { .session = 5, .instance = 6, .have = 7, .version = "0.1.0" };
    struct acri_wire_welcome got;
    struct acri_wire_reject r = { .version = 2, .code = ACRI_WIRE_REJECT_FULL }, got_r;
    struct acri_unpack u;
    struct acri_buf b;

    (void)state;
    memset(w.open, 9, sizeof(w.open));
    acri_buf_init(&b, ACRI_WIRE_PLAIN_MAX);
    acri_wire_put_welcome(&b, &w);
    for (size_t n = 0; n < b.length; n++) {
        acri_unpack_init(&u, b.data, n);
        assert_false(acri_wire_get_welcome(&u, &got));
    }
    acri_unpack_init(&u, b.data, b.length);
    assert_true(acri_wire_get_welcome(&u, &got));
    assert_memory_equal(got.open, w.open, sizeof(w.open));
    assert_int_equal(got.session, 5);
    assert_int_equal(got.instance, 6);
    assert_int_equal(got.have, 7);
    assert_string_equal(got.version, "0.1.0");
    acri_buf_clear(&b);
    acri_wire_put_reject(&b, &r);
    acri_unpack_init(&u, b.data, b.length);
    assert_true(acri_wire_get_reject(&u, &got_r));
    assert_int_equal(got_r.version, 2);
    assert_int_equal(got_r.code, ACRI_WIRE_REJECT_FULL);
    acri_buf_done(&b);
}

static void the_context_has_all_in_it(void **state)
{
    unsigned char nonce[ACRI_WIRE_NONCE_BYTES] = { 1 }, own[ACRI_WIRE_NONCE_BYTES] = { 2 };
    unsigned char uuid[16] = { 3 };
    unsigned char one[ACRI_WIRE_CONTEXT_BYTES], other[ACRI_WIRE_CONTEXT_BYTES];

    (void)state;
    acri_wire_context(one, nonce, own, 4, uuid);
    acri_wire_context(other, own, nonce, 4, uuid);
    assert_memory_not_equal(one, other, sizeof(one));
    acri_wire_context(other, nonce, own, 5, uuid);
    assert_memory_not_equal(one, other, sizeof(one));
    uuid[15] = 1;
    acri_wire_context(other, nonce, own, 4, uuid);
    assert_memory_not_equal(one, other, sizeof(one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_comes_back_and_is_bad_when_cut),
        cmocka_unit_test(of_another_version_only_nonce_and_version_are_read),
        cmocka_unit_test(answers_come_back),
        cmocka_unit_test(the_context_has_all_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
