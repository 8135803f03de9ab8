/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "sched/coro.h"

#include <string.h>

struct story {
    struct acri_coro_thread *thread;
    char text[64];
    double number;
};

static void tell(struct story *s, const char *word)
{
    strncat(s->text, word, sizeof(s->text) - strlen(s->text) - 1);
}

static void say_three_words(void *arg)
{
    struct story *s = arg;
    double local = s->number;

    tell(s, "a");
    acri_coro_suspend(s->thread);
    local *= 2;
    tell(s, "b");
    acri_coro_suspend(s->thread);
    tell(s, "c");
    s->number = local;
}

static void a_coroutine_goes_on_where_it_left_off(void **state)
{
    struct acri_coro_thread thread;
    struct story s = { .thread = &thread, .number = 1.5 };
    struct acr_coroutine *c;

    (void)state;
    acri_coro_thread_init(&thread);
    c = acri_coro_new(&thread, acri_stack_class_of(0), 0, say_three_words, &s);

    assert_false(acri_coro_resume(c));
    tell(&s, "1");
    assert_false(acri_coro_resume(c));
    tell(&s, "2");
    assert_true(acri_coro_resume(c));

    assert_string_equal(s.text, "a1b2c");
    assert_true(s.number > 2.9 && s.number < 3.1);
    assert_int_equal(thread.n_live, 0);
    acri_coro_thread_done(&thread);
}

static void the_stack_used_last_is_used_next(void **state)
{
    struct acri_coro_thread thread;
    struct story s = { .thread = &thread };
    struct acr_coroutine *first;

    (void)state;
    acri_coro_thread_init(&thread);
    for (int i = 0; i < 3; i++) {
        struct acr_coroutine *c =
            acri_coro_new(&thread, acri_stack_class_of(0), 0, say_three_words, &s);

        if (i == 0)
            first = c;
        assert_ptr_equal(c, first);
        while (!acri_coro_resume(c))
            ;
    }
    acri_coro_thread_done(&thread);
}

static void thousands_of_coroutines_keep_their_own_state(void **state)
{
    enum { N = 2000 };
    static struct story stories[N];
    static struct acr_coroutine *coroutines[N];
    struct acri_coro_thread thread;

    (void)state;
    acri_coro_thread_init(&thread);
    for (int i = 0; i < N; i++) {
        stories[i] = (struct story){ .thread = &thread, .number = i };
        coroutines[i] =
            acri_coro_new(&thread, acri_stack_class_of(16), 0, say_three_words, &stories[i]);
        assert_non_null(coroutines[i]);
    }
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < N; i++)
            assert_int_equal(acri_coro_resume(coroutines[i]), round == 2);
    for (int i = 0; i < N; i++)
        assert_true(stories[i].number == i * 2.0);
    acri_coro_thread_done(&thread);
}

static void extra_memory_is_zeroed_and_aligned(void **state)
{
    struct acri_coro_thread thread;
    struct story s = { .thread = &thread };
    struct acr_coroutine *c;
    const char *extra;

    (void)state;
    acri_coro_thread_init(&thread);
    c = acri_coro_new(&thread, acri_stack_class_of(0), 100, say_three_words, &s);
    extra = acri_coro_extra(c);
    assert_int_equal((uintptr_t)extra % 8, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(extra[i], 0);
    while (!acri_coro_resume(c))
        ;
    acri_coro_thread_done(&thread);
}

static void stack_sizes_are_rounded_up_to_a_class(void **state)
{
    (void)state;
    assert_int_equal(acri_stack_class_of(0), 2);
    assert_int_equal(acri_stack_class_of(1), 0);
    assert_int_equal(acri_stack_class_of(16), 0);
    assert_int_equal(acri_stack_class_of(17), 1);
    assert_int_equal(acri_stack_class_of(64), 2);
    assert_int_equal(acri_stack_class_of(1024), 6);
    assert_int_equal(acri_stack_class_of(9999), 6);
}

static void the_page_below_a_stack_is_a_guard(void **state)
{
    struct acri_stack_pool pool;
    struct acri_stack stack;

    (void)state;
    acri_stack_pool_init(&pool);
    assert_int_equal(acri_stack_take(&pool, 2, &stack), 0);
    assert_true(acri_stack_pool_is_guard(&pool, stack.memory - 1));
    assert_true(acri_stack_pool_is_guard(&pool, stack.memory - 4096));
    assert_false(acri_stack_pool_is_guard(&pool, stack.memory));
    assert_false(acri_stack_pool_is_guard(&pool, &pool));
    acri_stack_give(&pool, &stack);
    acri_stack_pool_done(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_coroutine_goes_on_where_it_left_off),
        cmocka_unit_test(the_stack_used_last_is_used_next),
        cmocka_unit_test(thousands_of_coroutines_keep_their_own_state),
        cmocka_unit_test(extra_memory_is_zeroed_and_aligned),
        cmocka_unit_test(stack_sizes_are_rounded_up_to_a_class),
        cmocka_unit_test(the_page_below_a_stack_is_a_guard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
