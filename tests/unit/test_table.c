/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <stdio.h>
#include <string.h>

#include "stats/table.h"

#define N 5000

static struct acri_key keys[N];
static char names[N][16];

static void make_keys(void)
{
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof(names[i]), "/%d", i);
        acri_key_init(&keys[i], "GET", names[i]);
    }
}

static void every_key_is_found_and_no_other(void **state)
{
    struct acri_table t = { 0 };
    struct acri_key same;

    (void)state;
    make_keys();
    assert_null(acri_table_find(&t, &keys[0]));
    for (int i = 0; i < N; i += 2)
        acri_table_add(&t, &keys[i]);
    for (int i = 0; i < N; i++) {
        acri_key_init(&same, "GET", names[i]);
        assert_ptr_equal(acri_table_find(&t, &same), i % 2 == 0 ? &keys[i] : NULL);
    }
    acri_table_done(&t);
}

static void keys_of_one_hash_are_told_apart(void **state)
{
    struct acri_table t = { 0 };

    (void)state;
    make_keys();
    for (int i = 0; i < 100; i++) {
        keys[i].hash = 7;
        if (i < 50)
            acri_table_add(&t, &keys[i]);
    }
    for (int i = 0; i < 100; i++)
        assert_ptr_equal(acri_table_find(&t, &keys[i]), i < 50 ? &keys[i] : NULL);
    acri_table_done(&t);
}

static void a_cleared_table_is_empty_and_keeps_its_memory(void **state)
{
    struct acri_table t = { 0 };
    size_t bytes;

    (void)state;
    make_keys();
    for (int i = 0; i < N; i++)
        acri_table_add(&t, &keys[i]);
    bytes = acri_table_bytes(&t);
    assert_true(bytes >= N * sizeof(struct acri_table_slot));
    acri_table_clear(&t);
    assert_null(acri_table_find(&t, &keys[1]));
    assert_int_equal(acri_table_bytes(&t), bytes);
    acri_table_add(&t, &keys[1]);
    assert_ptr_equal(acri_table_find(&t, &keys[1]), &keys[1]);
    acri_table_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_found_and_no_other),
        cmocka_unit_test(keys_of_one_hash_are_told_apart),
        cmocka_unit_test(a_cleared_table_is_empty_and_keeps_its_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
