/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>

static void grown_memory_keeps_what_it_has_and_is_zero_behind_it(void **state)
{
    size_t n = 0;
    uint32_t *numbers = acri_grow(NULL, &n, 1, sizeof(*numbers));
    const uint32_t *before = numbers;

    (void)state;
    assert_int_equal(n, 64);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(numbers[i], 0);
        numbers[i] = i + 1;
    }
    assert_ptr_equal(acri_grow(numbers, &n, 64, sizeof(*numbers)), before);
    numbers = acri_grow(numbers, &n, 300, sizeof(*numbers));
    assert_int_equal(n, 512);
    for (uint32_t i = 0; i < 512; i++)
        assert_int_equal(numbers[i], i < 64 ? i + 1 : 0);
    free(numbers);
}

static void a_failure_is_a_line_and_a_code(void **state)
{
    struct acri_error error = { "" };

    (void)state;
    assert_int_equal(acri_fail(&error, -EINVAL, "%d of %s", 3, "four"), -EINVAL);
    assert_string_equal(error.text, "3 of four");
    assert_int_equal(acri_fail(NULL, -ENOENT, "nobody hears"), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grown_memory_keeps_what_it_has_and_is_zero_behind_it),
        cmocka_unit_test(a_failure_is_a_line_and_a_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
