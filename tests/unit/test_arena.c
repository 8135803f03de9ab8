/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/arena.h"

#include <string.h>

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    struct acri_arena a;
    char *before = NULL;

    (void)state;
    acri_arena_init(&a, 1 << 20);
    for (size_t n = 1; n < 3000; n += 37) {
        char *memory = acri_arena_alloc(&a, n);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xaa, n);
        assert_ptr_not_equal(memory, before);
        before = memory;
    }
    acri_arena_done(&a);
}

static void what_was_rewound_is_zeroed_again(void **state)
{
    struct acri_arena a;
    size_t mark;
    char *first;
    char *again;

    (void)state;
    acri_arena_init(&a, 1 << 20);
    acri_arena_alloc(&a, 100);
    mark = acri_arena_mark(&a);
    first = acri_arena_alloc(&a, 64);
    memset(first, 'x', 64);
    acri_arena_rewind(&a, mark);
    again = acri_arena_alloc(&a, 64);
    assert_ptr_equal(first, again);
    assert_int_equal(again[63], 0);
    acri_arena_done(&a);
}

static void a_rewind_over_chunks_gives_their_memory_back(void **state)
{
    struct acri_arena a;
    size_t mark;

    (void)state;
    acri_arena_init(&a, 10 << 20);
    acri_arena_alloc(&a, 10);
    mark = acri_arena_mark(&a);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 100; i++)
            assert_non_null(acri_arena_alloc(&a, 5000));
        acri_arena_rewind(&a, mark);
        assert_int_equal(acri_arena_mark(&a), mark);
    }
    acri_arena_rewind(&a, 0);
    assert_non_null(acri_arena_alloc(&a, 1));
    acri_arena_done(&a);
}

static void the_limit_holds_and_nothing_overflows(void **state)
{
    struct acri_arena a;

    (void)state;
    acri_arena_init(&a, 10000);
    assert_non_null(acri_arena_alloc(&a, 9000));
    assert_null(acri_arena_alloc(&a, 2000));
    assert_null(acri_arena_alloc(&a, SIZE_MAX));
    assert_null(acri_arena_alloc(&a, SIZE_MAX - 8));
    assert_non_null(acri_arena_alloc(&a, 500));
    acri_arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(what_was_rewound_is_zeroed_again),
        cmocka_unit_test(a_rewind_over_chunks_gives_their_memory_back),
        cmocka_unit_test(the_limit_holds_and_nothing_overflows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
